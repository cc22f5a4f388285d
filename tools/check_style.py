"""Hold what no standard linter knows: rules of fixed-point code, of contracts, of what may be committed."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from project_files import is_generated, project_files, relative

CONTRACTS = "src/poolwright/contracts/"
MODEL = "src/poolwright/model/"
FLOAT_PLACES = (MODEL + "native/", MODEL + "float_maths/")
REQUIRED_TAGS = ("@title", "@notice", "@custom:assumes", "@custom:rounding", "@custom:kill")
REASONS = ("cannot overflow", "wraps on purpose")

# Put together here, so that this file does not find itself.
PERSONAL_PATHS = [re.compile(rf"(?<![\w.])/{name}/\w") for name in ("work", "home", "root", "Users", "opt")]
INDEX_HOSTS = [
    re.compile(r"(?<!\w)" + re.escape(host), re.IGNORECASE)
    for host in (
        "pypi." + "org",
        "files.python" + "hosted",
        "registry." + "npmjs",
        "deb." + "debian",
        "--index" + "-url",
    )
]
TEXT_SUFFIXES = (
    ".py",
    ".vy",
    ".vyi",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yml",
    ".yaml",
    ".cfg",
    ".sh",
    ".js",
    ".mjs",
    "",
)


def contract_findings(path: Path) -> Iterator[str]:
    name = relative(path)
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.isascii():
            yield f"{name}:{number}: not ASCII"
    if path.suffix == ".vyi":
        return
    yield from unsafe_findings(name, text.splitlines())
    if path.name[0].isupper():
        header = text.split('"""')[1] if text.count('"""') >= 2 else ""
        for tag in REQUIRED_TAGS:
            if tag not in header:
                yield f"{name}: the header lacks {tag}"


def unsafe_findings(name: str, lines: list[str]) -> Iterator[str]:
    """Each `unsafe_*` says why it is safe: on its line or in the comment above the run of lines it is in."""
    covered = False
    for number, line in enumerate(lines, 1):
        code, _, comment = line.partition("#")
        explained = any(reason in comment for reason in REASONS)
        if not code.strip():  # a comment block keeps its reason to its last line; an empty line ends it
            covered = bool(line.strip()) and (covered or explained)
        elif "unsafe_" in code:
            covered = covered or explained
            if not covered:
                yield f"{name}:{number}: unsafe_* without its reason ('# cannot overflow: ...')"
        else:
            goes_on = code.rstrip().endswith(
                ("(", ",", "[", ":")
            )  # a call over several lines, or a condition
            covered = explained or (covered and goes_on)


# Where exactness ends by declaration: functions that return a ratio, and the border to JSON.
RATIO_RETURNS = re.compile(r"\b(float|Fraction|Price)\b")
RATIO_NAMES = ("to_dict",)


def float_findings(path: Path) -> Iterator[str]:
    """Floats and `/` stand only in functions that return a ratio, or beside `# float: reason`."""
    name = relative(path)
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    tree = ast.parse(text)
    free = ratio_lines(tree)
    for node in ast.walk(tree):
        number = getattr(node, "lineno", 0)
        if not number or number in free or "# float:" in lines[number - 1]:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{name}:{number}: float literal in the exact model"
        divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        if divides and not is_path_join(node):
            yield f"{name}:{number}: '/' in the exact model"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            yield f"{name}:{number}: float() in the exact model"


def ratio_lines(tree: ast.AST) -> set[int]:
    """Return the lines of functions whose result is a ratio by their own signature."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            returns = ast.unparse(node.returns) if node.returns else ""
            if node.name in RATIO_NAMES or RATIO_RETURNS.search(returns):
                lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def is_path_join(node: ast.AST) -> bool:
    """Tell `folder / "name"` from a division by its text."""
    right = getattr(node, "right", None)
    return isinstance(right, ast.JoinedStr) or (
        isinstance(right, ast.Constant) and isinstance(right.value, str)
    )


def privacy_findings(path: Path) -> Iterator[str]:
    """Nothing committed may tell where it was written, or where somebody's packages come from."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if any(pattern.search(line) for pattern in PERSONAL_PATHS):
            yield f"{relative(path)}:{number}: absolute path of one machine"
        if any(pattern.search(line) for pattern in INDEX_HOSTS):
            yield f"{relative(path)}:{number}: address of a package index"


def findings() -> Iterator[str]:
    for path in project_files(".vy", ".vyi"):
        if relative(path).startswith(CONTRACTS):
            yield from contract_findings(path)
    for path in project_files(".py"):
        name = relative(path)
        if name.startswith(MODEL) and not name.startswith(FLOAT_PLACES) and not is_generated(path):
            yield from float_findings(path)
    for path in project_files():
        if path.suffix in TEXT_SUFFIXES:
            yield from privacy_findings(path)


def main() -> int:
    found = list(findings())
    print("\n".join(found) if found else "style: nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
