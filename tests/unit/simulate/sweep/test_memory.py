"""A sweep keeps figures, not series: its memory does not grow with its runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.unit.simulate.sweep.cases import market

# The prices come from a file of the parent's: making them takes more memory than sweeping over them.
CHILD = """
import resource, sys
import numpy as np
import poolwright as pw
from tests.unit.simulate.sweep.cases import pool
file, runs, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None
prices = np.load(file)
series = pw.PriceSeries(60 * np.arange(len(prices)), prices, ("WETH", "WBTC", "DAI"), "made", "", True)
vary = {"swap_fee": f"0.0005:0.01:{runs}"}
pw.sweep(pool(), series, vary=vary, workers=2, precision="float", folder=folder)
# Linux counts what the parent held at the fork into ru_maxrss, too; the status file of the process does not.
try:
    status = open("/proc/self/status").read()
    most = int(status.partition("VmHWM:")[2].split()[0])
except OSError:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(most, "pyarrow" in sys.modules)
"""
YEAR = 525_600


def run(root: Path, file: Path, *arguments: object) -> tuple[float, bool]:
    """Return the peak memory of a sweep in a process of its own, in MB, and whether it loaded pyarrow."""
    command = [sys.executable, "-c", CHILD, str(file), *map(str, arguments)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    most, loaded = done.stdout.split()
    return int(most) / 1024, loaded == "True"


def written(rows: int, folder: Path) -> Path:
    np.save(folder / "prices.npy", market(rows).prices)
    return folder / "prices.npy"


@pytest.mark.verify
def test_memory_does_not_grow_with_runs(project_root: Path, tmp_path: Path) -> None:
    file = written(20_000, tmp_path)
    few, many = (run(project_root, file, runs)[0] for runs in (8, 80))
    # One result of this market is above 6 MB: 72 of them would be 400.
    assert many - few < 40, (few, many)


@pytest.mark.verify
@pytest.mark.parametrize("kept", [False, True])
def test_a_year_of_minutes_at_64_fees_stays_below_300_mb(
    project_root: Path, tmp_path: Path, kept: bool
) -> None:
    most, _ = run(project_root, written(YEAR, tmp_path), 64, *[tmp_path / "runs"][: int(kept)])
    assert most < 300


def test_a_sweep_that_is_kept_nowhere_does_without_parquet(project_root: Path, tmp_path: Path) -> None:
    file = written(100, tmp_path)
    assert not run(project_root, file, 2)[1]
    assert run(project_root, file, 2, tmp_path / "runs")[1]
