"""A copy of the project with a mutant in it, all that is generated made anew, and its tests run until one fails."""

from __future__ import annotations

import filecmp
import gc
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tools.mutants.mutant import Mutant, Verdict

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = Path("src/poolwright/contracts")
# Contracts of the tests, compiled: by the hash of all their sources, so that mutants may share them.
CACHE = ROOT / ".cache" / "mutants"


def source_of(mutant: Mutant) -> Path:
    """The mutant's source, below the root of a project."""
    return CONTRACTS / f"{mutant.source}.vy"


def run(mutant: Mutant) -> Verdict:
    """Test a copy with the mutant in it; in a process that ends with it, for it imports the copy.

    Raises ValueError if the mutant does not fit, RuntimeError if it does not compile or reaches nothing.
    """

    def plant(copy: Path) -> None:
        path = copy / source_of(mutant)
        path.write_text(mutant.applied_to(path.read_text("utf-8")), "utf-8")
        if mutant.source.startswith("maths/"):
            _regenerate(copy, Path("src/poolwright/model") / f"{mutant.source}.py")
        for name in mutant.contracts:
            _recompile(copy, name)

    return _tried(plant, mutant.tests, mutant.only)


def control(tests: tuple[str, ...]) -> Verdict:
    """The same with the sources as they are: nothing may fail."""
    return _tried(lambda copy: None, tests, "")


def _tried(plant: Callable[[Path], None], tests: tuple[str, ...], only: str) -> Verdict:
    started = time.perf_counter()
    gc.disable()  # the process is short; for the compiler it is a quarter of the time
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder) / "project"
        for name in ("src", "tests", "tools", "docs"):  # parity reads docs/storage.md
            shutil.copytree(ROOT / name, copy / name)
        shutil.copy(ROOT / "pyproject.toml", copy)
        plant(copy)
        killer = _first_failure(copy, tests, only)
    return Verdict(killer, time.perf_counter() - started)


def _regenerate(copy: Path, exact: Path) -> None:
    """Make the twin anew. The float form may refuse statements that its rules do not know; the exact must carry it."""
    command = [sys.executable, "-m", "poolwright.twin"]
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if filecmp.cmp(copy / exact, ROOT / exact, shallow=False):
        raise RuntimeError(f"the mutant does not reach {exact}: {done.stdout}{done.stderr}")


def _recompile(copy: Path, name: str) -> None:
    (path,) = (copy / CONTRACTS).rglob(f"{name}.vy")
    try:
        tool = runpy.run_path(str(copy / "tools" / "compile_contracts.py"))
        text = tool["compile_contract"](path).text
    except Exception as error:  # of the compiler's many; its traceback would not come through
        raise RuntimeError(f"{name} does not compile: {error}") from None
    artifact = CONTRACTS / "artifacts" / f"{name}.json"
    (copy / artifact).write_text(text, "utf-8")
    if filecmp.cmp(copy / artifact, ROOT / artifact, shallow=False):
        raise RuntimeError(f"the mutant does not reach {artifact}")


def _first_failure(copy: Path, tests: tuple[str, ...], only: str) -> str:
    """The name of the first test that fails, "" if none does."""
    import pytest  # not before the fork, for who reads the list only

    os.chdir(copy)
    sys.path[:0] = [str(copy / "src"), str(copy)]
    flags = ["-x", "-q", "--tb=no", "-n", "0", "-o", f"cache_dir={CACHE}", "-m", "not verify and not fuzz"]
    chosen = ["-k", only] if only else []
    with open("told", "w+", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        code = pytest.main([*flags, *chosen, *(f"tests/{name}" for name in tests)])
        sys.stdout.flush()
        told = Path("told").read_text("utf-8")
    os.chdir(ROOT)
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", told, re.MULTILINE)
    if code not in (0, 1) or bool(code) != bool(failed):
        raise RuntimeError(f"the tests did not run: {told[-2_000:]}")
    return failed[1] if failed else ""
