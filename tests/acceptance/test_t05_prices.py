"""T5, the prices: a plain kernel of the closed form trades on our W3 series as the reference numbers say.

The engine is not asked here: only whether the series is the one that those numbers were made on.
"""

import numba
import numpy as np
import numpy.typing as npt
import pytest

from poolwright.simulate.markets import ReferenceW3
from poolwright.simulate.prices import PriceSeries

WEIGHTS = np.array([0.5, 0.3, 0.2])
KEEP = 0.997
Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def w3() -> PriceSeries:
    return ReferenceW3().generate()


@pytest.fixture(scope="module")
def reserves(w3: PriceSeries) -> Floats:
    return WEIGHTS * 1e6 / w3.prices[0]


@numba.njit  # type: ignore[untyped-decorator]
def best_pair(
    prices: Floats, reserves: Floats, weights: Floats, keep: float, gas: float, repeat: bool
) -> int:
    """Trade the most profitable pair after each row, once or until none pays; change `reserves`, count trades."""
    n, trades = len(weights), 0
    for row in range(len(prices)):
        again = True
        while again:
            best, i, o, paid, taken = gas, -1, -1, 0.0, 0.0
            for a in range(n):
                for b in range(n):
                    market = prices[row, a] / prices[row, b]
                    offer = keep * (reserves[b] / weights[b]) / (reserves[a] / weights[a])
                    if a == b or offer <= market:
                        continue
                    ratio = weights[a] / weights[b]
                    x = (offer / market) ** (1 / (1 + ratio))
                    amount_in, amount_out = reserves[a] * (x - 1) / keep, reserves[b] * (1 - x ** (-ratio))
                    profit = amount_out * prices[row, b] - amount_in * prices[row, a]
                    if profit > best:
                        best, i, o, paid, taken = profit, a, b, amount_in, amount_out
            again = repeat and i >= 0
            if i >= 0:
                reserves[i] += paid
                reserves[o] -= taken
                trades += 1
    return trades


def test_w3_is_worth_what_holding_it_is_stated_to_be(w3: PriceSeries, reserves: Floats) -> None:
    assert len(w3) == 525_600
    assert w3.step == 60
    assert np.isclose(float((reserves * w3.prices[-1]).sum()), 1_200_955.55, atol=0.006, rtol=0)
    assert np.array_equal(w3.prices[:, 2], np.ones(525_600))


@pytest.mark.parametrize(
    ("gas", "repeat", "over_hold", "trades"),
    [(0.0, False, 1.085273, 197_386), (0.0, True, 1.086183, 225_098), (1.0, False, 1.059037, 29_503)],
)
def test_w3_gives_the_reference_numbers(
    w3: PriceSeries, reserves: Floats, gas: float, repeat: bool, over_hold: float, trades: int
) -> None:
    pool = reserves.copy()
    counted = best_pair(w3.prices, pool, WEIGHTS, KEEP, gas, repeat)
    final = float((pool * w3.prices[-1]).sum() / (reserves * w3.prices[-1]).sum())
    assert abs(final - over_hold) < 1e-6
    # A few trades lie at the edge of rounding.
    assert abs(counted - trades) <= 10
