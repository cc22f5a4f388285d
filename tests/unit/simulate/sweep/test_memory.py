"""A sweep keeps figures, not series: its memory does not grow with its runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHILD = """
import resource, sys
import poolwright as pw
from tests.unit.simulate.sweep.cases import market, pool
runs = int(sys.argv[1])
pw.sweep(pool(), market(20_000), vary={"swap_fee": f"0.0005:0.01:{runs}"}, workers=2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(runs: int, root: Path) -> float:
    """Return the peak memory of a sweep in a process of its own, in MB."""
    command = [sys.executable, "-c", CHILD, str(runs)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


@pytest.mark.verify
def test_memory_does_not_grow_with_runs(project_root: Path) -> None:
    few, many = peak(8, project_root), peak(80, project_root)
    # One result of this market is above 6 MB: 72 of them would be 400.
    assert many - few < 40, (few, many)
