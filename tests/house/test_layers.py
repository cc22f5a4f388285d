"""Arrows only go downwards. The contract itself stands in pyproject.toml; here it is shown to bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(project_root: Path, tmp_path: Path) -> Path:
    """Return a folder with the sources and the contract, to break at will."""
    shutil.copytree(
        project_root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "artifacts")
    )
    shutil.copy(project_root / "pyproject.toml", tmp_path)
    return tmp_path


def test_layers_hold(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("errors.py", "import poolwright.spec.params"),
        ("spec/params.py", "import poolwright.model.words"),
        ("model/words.py", "import poolwright.chain.evm"),
        ("model/words.py", "import poolwright.twin"),
        ("model/words.py", "import web3"),
        ("simulate/__init__.py", "import poolwright.chain.evm"),
    ],
)
def test_an_arrow_upwards_is_found(copy: Path, module: str, line: str) -> None:
    path = copy / "src" / "poolwright" / module
    path.write_text(path.read_text() + f"\n\ndef _upwards() -> None:\n    {line}\n")
    done = lint_imports(copy)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
