"""T1: impermanent loss to the printed digits: the closed form, the public API, and the exact pool traded there."""

from __future__ import annotations

import math

import pytest

import poolwright as pw
from poolwright.analytics.impermanent_loss import impermanent_loss

WAD = 10**18
RATIOS = (0.25, 0.5, 0.75, 1.25, 1.5, 2.0, 4.0, 5.0)
# Per cent of hold, for an asset of this weight (per cent) against cash.
TABLE = {
    50: (-20.0000, -5.7191, -1.0257, -0.6192, -2.0204, -5.7191, -20.0000, -25.4644),
    60: (-20.8590, -5.7494, -1.0040, -0.5859, -1.8904, -5.2677, -17.9501, -22.7492),
    80: (-17.5308, -4.2751, -0.6978, -0.3799, -1.2027, -3.2722, -10.8402, -13.7167),
    95: (-6.8023, -1.4033, -0.2143, -0.1106, -0.3460, -0.9296, -3.0615, -3.8874),
}
CELLS = [
    (weight, ratio, loss)
    for weight, row in TABLE.items()
    for ratio, loss in zip(RATIOS, row, strict=True)
]  # fmt: skip


@pytest.mark.parametrize(("weight", "ratio", "loss"), CELLS)
def test_table(weight: int, ratio: float, loss: float) -> None:
    weights = [weight / 100, 1 - weight / 100]
    assert round(100 * float(impermanent_loss(weights, [ratio, 1.0])), 4) == loss
    found = pw.impermanent_loss(dict(zip("AB", weights, strict=True)), [7.0, 1.0], [7.0 * ratio, 1.0])
    assert round(100 * found.impermanent_loss_fraction, 4) == loss


def test_three_assets() -> None:
    found = pw.impermanent_loss({"A": 0.5, "B": 0.3, "C": 0.2}, [1, 1, 1], [2, 0.5, 1])
    assert round(100 * found.impermanent_loss_fraction, 4) == -14.9112


@pytest.mark.parametrize(("weight", "ratio", "loss"), CELLS)
def test_exact_pool_traded_to_the_price_loses_as_much(weight: int, ratio: float, loss: float) -> None:
    """Without fee, in as many trades as the limits of a swap ask for."""
    weights = (weight * 10**16, WAD - weight * 10**16)
    tokens = [pw.Token("A", 18), pw.Token("B", 18)]
    first = [each * 10**6 for each in weights]  # both cost 1
    pool = pw.Pool.create(pw.PoolParams.weighted(tokens, weights, swap_fee=0), first)
    paid, bought = (1, 0) if ratio > 1 else (0, 1)
    goal = max(ratio, 1 / ratio)
    # The price moves as u^((w_i + w_o) / w_o) with the growth u of the balance paid in.
    growth = goal ** (weights[bought] / WAD)
    trades = math.ceil(math.log(growth) / math.log(1.2) + math.log(goal) / math.log(1.2))
    for step in range(1, trades + 1):
        target = round(first[paid] * growth ** (step / trades))
        pool.swap(pw.SwapKind.EXACT_IN, paid, bought, target - pool.state.balances[paid])
    assert float(pool.spot_price("B", "A")) == pytest.approx(ratio, rel=1e-12)
    after, hold = ((ratio * a + b) for a, b in (pool.state.balances, first))
    assert round(100 * (after / hold - 1), 4) == loss
