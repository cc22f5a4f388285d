"""A copy of the project with probes in its contracts, and the tests run in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tools.compile_contracts import ARTIFACTS, CONTRACTS, ROOT, compiler_data, deployables
from tools.vyper_coverage.points import Place, points_below
from tools.vyper_coverage.probing import accounts_of, probes
from tools.vyper_coverage.recording import FOLDER

SUITES = (
    "tests/contracts", "tests/regression", "tests/properties", "tests/chain", "tests/twin/test_sameness.py",
    "tests/twin/test_edges.py",
)  # fmt: skip
# Room for the gas of the probes, up to 2,600 each; where gas itself is the matter, it is the same as without them.
ROOM = {
    "src/poolwright/contracts/vault/counterparts.vy": (
        ("PROVIDER_GAS: constant(uint256) = 100_000", "PROVIDER_GAS: constant(uint256) = 1_000_000"),
        ("MODULE_GAS: constant(uint256) = 300_000", "MODULE_GAS: constant(uint256) = 3_000_000"),
    ),
    "src/poolwright/contracts/vault/recording.vy": (
        ("GAS_NEEDED: constant(uint256) = 315_000", "GAS_NEEDED: constant(uint256) = 3_150_000"),
    ),
    "src/poolwright/chain/evm.py": (("BLOCK_GAS_LIMIT = 30_000_000", "BLOCK_GAS_LIMIT = 300_000_000"),),
}
LEAVE = shutil.ignore_patterns(".git", ".venv", ".cache", ".*_cache", "__pycache__", "out", "build", "dist")


def reached(jobs: int, suites: Sequence[str] = SUITES) -> tuple[set[Place], bool]:
    """The places of the contracts that the suites reach, and whether all tests pass."""
    accounts = accounts_of([point.place for point in points_below(CONTRACTS)])
    with tempfile.TemporaryDirectory(prefix="coverage-") as folder:
        copy, notes = Path(folder) / "project", Path(folder) / "notes"
        shutil.copytree(ROOT, copy, ignore=LEAVE, symlinks=True)
        notes.mkdir()
        shared = ROOT.parent / "shared"
        if shared.is_dir():
            (copy.parent / "shared").symlink_to(shared)
        _make_room(copy)
        with ProcessPoolExecutor(jobs) as pool:
            texts = pool.map(partial(_with_probes, accounts, copy), deployables())
            for path, text in zip(deployables(), texts, strict=True):
                (copy / ARTIFACTS.relative_to(ROOT) / f"{path.stem}.json").write_text(text, "utf-8")
        passed = _run(copy, notes, jobs, suites)
        loaded = {int(line) for note in notes.iterdir() for line in note.read_text("utf-8").split()}
    return {place for place, account in accounts.items() if account in loaded}, passed


def _make_room(copy: Path) -> None:
    for name, changes in ROOM.items():
        text = (copy / name).read_text("utf-8")
        for old, new in changes:
            if text.count(old) != 1:
                raise RuntimeError(f"coverage: {name} has no single `{old}`: change ROOM in {__file__}")
            text = text.replace(old, new)
        (copy / name).write_text(text, "utf-8")


def _with_probes(accounts: Mapping[Place, int], copy: Path, path: Path) -> str:
    """The artifact of a contract with its code exchanged; all else tells the same."""
    artifact = json.loads((ARTIFACTS / f"{path.stem}.json").read_text("utf-8"))
    folder = copy / CONTRACTS.relative_to(ROOT)
    with probes(accounts, folder):
        data = compiler_data(folder / path.relative_to(CONTRACTS), folder)
        artifact["bytecode"] = "0x" + data.bytecode.hex()
    return json.dumps(artifact)


def _run(copy: Path, notes: Path, jobs: int, suites: Sequence[str]) -> bool:
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "tools.vyper_coverage.recording",
        "-n", str(jobs), "--dist", "loadfile", "-m", "not verify and not fuzz", *suites,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), FOLDER: str(notes)}
    environment.pop("CI", None)  # no anvil in the copy: what runs there tells nothing here
    return subprocess.run(command, cwd=copy, env=environment, check=False).returncode == 0
