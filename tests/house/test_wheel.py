"""The wheel works where nothing of the repository is: sizes, contents, missing extras, and the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CORE_MEGABYTES = 120
MEGABYTE = 1_000_000


def run(command: list[str], folder: Path, expect: int = 0) -> str:
    """Run in `folder`, without anything of ours on the path; return what was printed."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), "."]
    run(command, project_root)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty folder with a clean virtual environment in `venv`."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run([sys.executable, "-m", "venv", "venv"], folder)
    return folder


def pip_install(what: str, elsewhere: Path, project_root: Path) -> None:
    constraints = ["--constraint", str(project_root / "constraints.txt")]
    run(["venv/bin/python", "-m", "pip", "install", "--quiet", *constraints, what], elsewhere)


def test_wheel_holds_all_that_runs_without_a_compiler(wheel: Path, project_root: Path) -> None:
    """Contracts, artifacts and generated maths: each file of the repository, byte for byte."""
    package = project_root / "src" / "poolwright"
    wanted = [package / "py.typed"]
    patterns = ("contracts/**/*.vy", "contracts/artifacts/*.json", "model/maths/*.py", "model/float_maths/*")
    for pattern in patterns:
        found = [path for path in package.glob(pattern) if path.is_file()]
        assert found, pattern
        wanted += found
    with zipfile.ZipFile(wheel) as archive:
        for path in wanted:
            assert archive.read(path.relative_to(package.parent).as_posix()) == path.read_bytes()
        assert not [name for name in archive.namelist() if name.startswith(("tests", "bench", "tools"))]


def test_core_is_small_and_names_the_missing_extra(wheel: Path, elsewhere: Path, project_root: Path) -> None:
    pip_install(str(wheel), elsewhere, project_root)
    size = sum(path.stat().st_size for path in (elsewhere / "venv").rglob("*") if path.is_file())
    assert size <= CORE_MEGABYTES * MEGABYTE, f"the core takes {size / MEGABYTE:.0f} MB"

    assert "poolwright" in run(["venv/bin/poolwright", "--help"], elsewhere)
    refused = run(["venv/bin/poolwright", "demo"], elsewhere, expect=2)
    assert 'pip install "poolwright[' in " ".join(refused.split())


def test_demo_runs_from_the_wheel(wheel: Path, elsewhere: Path, project_root: Path) -> None:
    pip_install(f"{wheel}[all]", elsewhere, project_root)
    where = run(["venv/bin/python", "-c", "import poolwright; print(poolwright.__file__)"], elsewhere)
    assert Path(where.strip()).is_relative_to(elsewhere / "venv")
    shown = run(["venv/bin/poolwright", "demo"], elsewhere)
    assert "generated" in shown
