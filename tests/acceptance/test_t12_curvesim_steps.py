"""T12, step by step: curvesim's arbitrageur and ours on the same prices, each trading one best pair in each row.

Bounds, as parts of all that the pool holds. Without a fee both solve the same equation; curvesim's root is where a
difference of float64 prices changes its sign, some 1e-16 over the slope of the price, so 1e-10. With a fee f the pools
differ by design: curvesim keeps it in the token out, ours in the token in, so that after a trade of size a their prices
differ by what f a of a token does; so f times the largest trade. curvesim chooses the pair by its gain counted in the
token out, ours by money: where these differ, ours gains more.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.curvesim_steps import compare_steps, largest_trade, read_steps

CLOSE = 1e-10
ROUNDING = 1e-15
RECORD = read_steps()
POOLS = RECORD["pools"]


def check(told: dict[str, Any]) -> None:
    steps = compare_steps(told)
    bound = CLOSE + told["fee"] / 1e10 * largest_trade(told)
    for row, step in enumerate(steps):
        assert step.gain >= -ROUNDING, f"row {row}: {step}"
        if step.pair:
            assert step.amount <= bound, f"row {row}: {step}"
        else:
            assert step.gain > 0, f"row {row}: {step}"
    others = sum(not step.pair for step in steps)
    assert others <= 0.02 * len(steps)
    if not others:  # else the pools have parted, and each is right
        assert max(step.apart for step in steps) <= bound


def test_the_record_covers_what_it_should() -> None:
    assert {len(told["balances"]) for told in POOLS.values()} == {2, 3, 4}
    assert {told["fee"] > 0 for told in POOLS.values()} == {False, True}
    assert sum(trade is not None for told in POOLS.values() for _, trade in told["rows"]) >= 800
    assert RECORD["versions"]["curvesim"] == "0.5.0"


@pytest.mark.parametrize("name", POOLS)
def test_recorded_steps_on_the_same_prices(name: str) -> None:
    check(POOLS[name])


@pytest.mark.parametrize("name", POOLS)
def test_another_amplification_would_be_found(name: str) -> None:
    with pytest.raises(AssertionError):
        check({**POOLS[name], "amplification": POOLS[name]["amplification"] * 1.01})


@pytest.mark.parametrize("seed", [12, 2026])
def test_live_steps_on_the_same_prices(project_root: Path, curvesim_python: Path, seed: int) -> None:
    """The record can be made again, and prices that nobody recorded give the same trades as well."""
    command = [str(curvesim_python), "tools/record_curvesim_steps.py", "--seed", str(seed)]
    environment = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run(
        command, cwd=project_root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    live = json.loads(done.stdout)
    for name, told in live["pools"].items():
        if seed == 12:  # roots are found by floats, whose last digits are the processor's
            assert [row[0] for row in told["rows"]] == [row[0] for row in POOLS[name]["rows"]]
        check(told)
