"""T7: what changing weights costs, to the printed digits: linear steps against the cheapest path."""

from __future__ import annotations

import numpy as np
import pytest

import poolwright as pw
from poolwright.analytics.weight_change import (
    linear_path,
    slerp_path,
    step_costs,
    weight_change_cost,
    weight_distance,
)

HALF, HEAVY = [0.5, 0.5], [0.9, 0.1]
WAD = 10**18


@pytest.mark.parametrize(
    ("steps", "linear", "slerp", "digits"),
    [
        (1, 30.7927, 30.7927, 4),
        (10, 4.2092, 4.1394, 4),
        (100, 0.43754, 0.42829, 5),
        (1_000, 0.043925, 0.042977, 6),
    ],
)
def test_half_to_ninety(steps: int, linear: float, slerp: float, digits: int) -> None:
    assert round(100 * weight_change_cost(linear_path(HALF, HEAVY, steps)), digits) == linear
    assert round(100 * weight_change_cost(slerp_path(HALF, HEAVY, steps)), digits) == slerp


def test_three_assets() -> None:
    """As the sum of KL, which the source prints here; 4.4 % cheaper along the great circle."""
    first, last = [0.05, 0.55, 0.40], [0.40, 0.50, 0.10]
    linear = float(np.sum(step_costs(linear_path(first, last, 100))))
    slerp = float(np.sum(step_costs(slerp_path(first, last, 100))))
    assert (round(100 * linear, 4), round(100 * slerp, 4)) == (0.5755, 0.5499)
    assert round(100 * (1 - slerp / linear), 1) == 4.4


def test_many_steps_cost_the_square_of_the_distance() -> None:
    expected = weight_distance(HALF, HEAVY) ** 2 / 2_000
    assert weight_change_cost(slerp_path(HALF, HEAVY, 1_000)) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize(("steps", "expected"), [(10, 4.2092), (100, 0.43754)])
def test_exact_pool_whose_weights_move_loses_as_much(steps: int, expected: float) -> None:
    """Each step is a new pool with the new weights and the old balances, traded back to the market without fee."""
    tokens, balances = [pw.Token("A", 18), pw.Token("B", 18)], [500_000 * WAD, 500_000 * WAD]
    for weight in linear_path(HALF, HEAVY, steps)[1:, 0]:
        w = (round(float(weight) * WAD), WAD - round(float(weight) * WAD))
        pool = pw.Pool.create(pw.PoolParams.weighted(tokens, w, swap_fee=0), balances)
        growth = float(1 / pool.spot_price("A", "B").exact) ** (
            w[1] / WAD
        )  # A is paid in until the price is 1
        pool.swap(pw.SwapKind.EXACT_IN, "A", "B", round(balances[0] * (growth - 1)))
        assert float(pool.spot_price("A", "B")) == pytest.approx(1.0, rel=1e-12)
        balances = list(pool.state.balances)
    assert round(100 * (1 - sum(balances) / (1_000_000 * WAD)), 4) == round(expected, 4)
