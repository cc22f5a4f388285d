"""Hold files, functions, parameter lists and bytecode to the size budget.

The aims are lower (file 250, function 20, deployable 400, module 200); past these limits the check fails.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from project_files import is_generated, project_files, relative

PYTHON_FILE = 500
PYTHON_FUNCTION = 60
PARAMETERS = 7  # that may be passed by position
VYPER_DEPLOYABLE = 800
VYPER_MODULE = 350
VYPER_FUNCTION = 60
RUNTIME_BYTES = 22_000  # the chain's limit is 24,576; a tenth stays in hand

# "path" or "path:function" -> (its own limit, why it may be larger).
EXCEPTIONS: dict[str, tuple[int, str]] = {
    "src/poolwright/contracts/vault/swapping.vy:swap": (
        185,
        "in parts, which hand each other a dozen words, a swap costs 300 gas more: measured",
    ),
    "src/poolwright/contracts/vault/adding.vy:add_single": (75, "as a swap: one function from word to word"),
}


def over(key: str, size: int, limit: int, what: str) -> Iterator[str]:
    """Yield one finding when `size` passes the limit or the exception made for `key`."""
    limit = EXCEPTIONS.get(key, (limit, ""))[0]
    if size > limit:
        yield f"{key}: {what} {size}, at most {limit}"


def python_findings(path: Path) -> Iterator[str]:
    name = relative(path)
    text = path.read_text(encoding="utf-8")
    yield from over(name, text.count("\n"), PYTHON_FILE, "lines")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0]
        documented = isinstance(first, ast.Expr) and isinstance(getattr(first, "value", None), ast.Constant)
        prose = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
        size = (node.end_lineno or 0) - node.lineno + 1 - prose
        yield from over(f"{name}:{node.name}", size, PYTHON_FUNCTION, "lines (docstring aside)")
        if name.startswith("tests/"):  # whose parameters are fixtures and cases
            continue
        positional = [
            a.arg for a in [*node.args.posonlyargs, *node.args.args] if a.arg not in ("self", "cls")
        ]
        yield from over(f"{name}:{node.name}", len(positional), PARAMETERS, "parameters passed by position")


def vyper_findings(path: Path) -> Iterator[str]:
    name = relative(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    limit = VYPER_DEPLOYABLE if path.name[0].isupper() else VYPER_MODULE
    yield from over(name, len(lines), limit, "lines")
    starts = [i for i, line in enumerate(lines) if line.startswith("def ")]
    for start in starts:
        end = start + 1
        last = start
        while end < len(lines) and not re.match(r"[@A-Za-z_]", lines[end]):
            last = end if lines[end].strip() and lines[end][0] in " )" else last
            end += 1
        function = lines[start].removeprefix("def ").split("(")[0]
        yield from over(f"{name}:{function}", last - start + 1, VYPER_FUNCTION, "lines")


def bytecode_findings(path: Path) -> Iterator[str]:
    artifact = json.loads(path.read_text(encoding="utf-8"))
    sizes = [value for key, value in artifact.items() if key in ("runtime_size", "runtimeSize")]
    if not sizes:
        yield f"{relative(path)}: the artifact does not say its runtime size"
    for size in sizes:
        yield from over(relative(path), size, RUNTIME_BYTES, "bytes of runtime code")


def findings() -> Iterator[str]:
    for path in project_files(".py"):
        if not is_generated(path):
            yield from python_findings(path)
    for path in project_files(".vy"):
        if relative(path).startswith("src/"):
            yield from vyper_findings(path)
    for path in project_files(".json"):
        if relative(path).startswith("src/poolwright/contracts/artifacts/"):
            yield from bytecode_findings(path)


def main() -> int:
    found = list(findings())
    print("\n".join(found) if found else "sizes: all within the budget")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
