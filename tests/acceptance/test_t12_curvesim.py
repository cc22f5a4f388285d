"""T12: StableSwap trade for trade against curvesim's integer pools, without fee: amounts, balances and D.

Bounds. Per trade, from the same balances: ours is above curvesim's by at most 2 raw units, and below it by at most
these and the distance that the contracts promise, 1 raw unit and 1e-16 of the balance that moves: the solver stops
at a bound on the pool's side. curvesim stops its Newton steps within one unit of 18 decimals, floors D and y, and
keeps one more unit back. Pools that run apart add this up, and twice that for D, whose slope in a balance is below
two here. Fees apart (curvesim takes them from the amount out, ours are on the amount in) the two are the same curve.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.curvesim_record import compare, read_record

AMOUNT = 2
RECORD = read_record()
POOLS = RECORD["pools"]


def check(told: dict[str, Any]) -> None:
    so_far = 0  # in 18 decimals
    for trade, gaps in enumerate(compare(told), 1):
        so_far += (AMOUNT + gaps.allowed) * 10 ** (18 - gaps.decimals)
        assert -AMOUNT - gaps.allowed <= gaps.amount <= AMOUNT, f"trade {trade}: {gaps}"
        assert abs(gaps.invariant) <= AMOUNT, f"trade {trade}: {gaps}"
        assert gaps.largest_balance <= so_far, f"trade {trade}: {gaps}"
        assert abs(gaps.invariant_apart) <= 2 * so_far, f"trade {trade}: {gaps}"


def test_the_record_covers_what_it_should() -> None:
    assert {len(told["decimals"]) for told in POOLS.values()} == {2, 3, 4}
    assert {places for told in POOLS.values() for places in told["decimals"]} == {6, 18}
    assert len({told["amplification"] for told in POOLS.values()}) >= 5
    assert sum(len(told["trades"]) for told in POOLS.values()) >= 400
    assert RECORD["versions"]["curvesim"] == "0.5.0"


@pytest.mark.parametrize("name", POOLS)
def test_recorded_trades(name: str) -> None:
    check(POOLS[name])


@pytest.mark.parametrize("name", POOLS)
def test_another_amplification_would_be_found(name: str) -> None:
    """A off by one in a thousand moves amounts by far more than the bound, so the bound says something."""
    told = POOLS[name]
    beside = {**told, "amplification": told["amplification"] * 1.001}
    assert max(abs(gaps.amount) - 50 * (AMOUNT + gaps.allowed) for gaps in compare(beside)) > 0


@pytest.mark.parametrize("seed", [12, 2026])
def test_live_trades(project_root: Path, curvesim_python: Path, seed: int) -> None:
    """The record can be made again, and trades that nobody recorded agree as well."""
    command = [str(curvesim_python), "tools/record_curvesim.py", "--seed", str(seed)]
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(
        command, cwd=project_root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    live = json.loads(done.stdout)
    if seed == 12 and live["versions"]["curvesim"] == RECORD["versions"]["curvesim"]:
        assert live["pools"] == POOLS
    for told in live["pools"].values():
        check(told)
