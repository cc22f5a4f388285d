"""The committed twin is what the committed contracts say."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from poolwright.model import maths
from poolwright.twin.__main__ import main
from poolwright.twin.generate import MODEL, ROOT, SOURCES, generate, stale

generated = cache(generate)  # seconds; the sources stay as they are


def test_generated_files_are_fresh() -> None:
    files, errors = generated()
    assert not errors
    names = [str(p.relative_to(ROOT)) for p in stale(files)]
    assert not names, f"run `python -m poolwright.twin`: {names}"


def test_check_names_the_stale_file(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.setattr("poolwright.twin.__main__.generate", generated)
    assert main(["--check"]) == 0
    original = Path.read_text
    changed = MODEL / "fixed_point.py"
    monkeypatch.setattr(Path, "read_text", lambda p, *a: original(p, *a) + (" " if p == changed else ""))
    assert main(["--check"]) == 1
    assert "stale: model/maths/fixed_point.py" in capsys.readouterr().out


def test_every_module_and_function_is_listed() -> None:
    assert list(maths.MODULES) == sorted(p.stem for p in SOURCES.glob("*.vy"))
    for path in SOURCES.glob("*.vy"):
        listed = [f.name for f in maths.FUNCTIONS if f.module == path.stem]
        tree = ast.parse((MODEL / f"{path.stem}.py").read_text())
        assert listed == [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]


def test_no_float_appears() -> None:
    for path in MODEL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path.name
            assert not isinstance(node, ast.Div), path.name
