"""The same sweep on a Dask cluster of two processes here: equal to the bit, and nothing lost with a worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import poolwright as pw
from poolwright.errors import PoolwrightError
from poolwright.simulate.result import SimulationResult
from tests.unit.simulate.sweep.cases import market, pool

VARY = {"swap_fee": "0.0005:0.05:8:log", "WETH.weight": "0.2,0.5,0.97"}


def test_a_scheduler_that_does_not_answer_is_said() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(PoolwrightError, match="no Dask scheduler answers there"):
        pw.sweep(pool(), market(50), vary={"swap_fee": "1%"}, scheduler="nonsense://127.0.0.1:1")


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and workers as processes of their own, on loopback; yield address and workers."""
    where = folder / "scheduler.json"
    python = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    quiet["env"] = os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])}
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(where)]
    scheduler = subprocess.Popen([*python, *options], **quiet)
    started: list[subprocess.Popen[bytes]] = []
    try:
        address = _address(where)
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
        command += ["--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
        started += [subprocess.Popen(command, **quiet) for _ in range(workers)]
        _wait_for_workers(address, workers)
        yield address, started
    finally:
        for process in [*started, scheduler]:
            process.kill()
            process.wait()


def _address(where: Path) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return str(json.loads(where.read_text())["address"])
        except (OSError, ValueError, KeyError):
            time.sleep(0.1)
    raise AssertionError("no scheduler")


def _wait_for_workers(address: str, workers: int) -> None:
    import distributed

    with distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)


def timeless(result: pw.SweepResult) -> list[Any]:
    """Return the runs without the seconds that they took."""
    return [replace(row, seconds=0.0) for row in result.rows]


@pytest.mark.verify
def test_a_cluster_gives_the_same_bits(tmp_path: Path) -> None:
    with cluster(tmp_path) as (address, _):
        for method in ("grid", "random", "optuna"):
            options: dict[str, Any] = {"vary": VARY, "method": method, "runs": 24, "folds": 3, "seed": 3}
            here = pw.sweep(pool(), market(), **options, prune=True)
            there = pw.sweep(pool(), market(), **options, prune=True, scheduler=address)
            assert timeless(here) == timeless(there), method


@pytest.mark.verify
def test_a_function_of_the_user_travels_too(tmp_path: Path) -> None:
    def mine(result: SimulationResult) -> float:
        return result.figures()["fees"] ** 2

    with cluster(tmp_path) as (address, _):
        here = pw.sweep(pool(), market(), vary=VARY, objective=mine)
        there = pw.sweep(pool(), market(), vary=VARY, objective=mine, scheduler=address)
    assert timeless(here) == timeless(there)


@pytest.mark.verify
def test_a_worker_killed_loses_nothing(tmp_path: Path) -> None:
    vary = {"swap_fee": "0.0001:0.05:60"}
    kills: list[int] = []

    def slow(result: SimulationResult) -> float:
        time.sleep(0.05)
        return result.figures()["fees"]

    here = pw.sweep(pool(), market(), vary=vary, objective="fees")
    with cluster(tmp_path) as (address, workers):

        def kill_one(done: int, total: int) -> None:
            if done == 20 and not kills:
                kills.append(done)
                os.kill(workers[0].pid, signal.SIGKILL)
                workers[0].wait()

        out = tmp_path / "out"
        there = pw.sweep(
            pool(), market(), vary=vary, objective=slow, scheduler=address, progress=kill_one, folder=out
        )
    assert kills
    assert there.complete
    assert [row.objectives for row in here.rows] == [row.objectives for row in there.rows]
    assert len({row.run for row in there.rows}) == 60
