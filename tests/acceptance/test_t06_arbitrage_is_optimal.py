"""T6: the closed form of the best pair trade (F1) against the convex programme over every basket."""

from __future__ import annotations

import numpy as np
import pytest

from poolwright.analytics.impermanent_loss import weighted_value
from poolwright.simulate.kernels import closed_form
from tests.acceptance.convex import best_basket


def weighted_trade(reserves, weights, prices, keep, bounded):
    """Return (token in, token out, amount in) of the engine's choice at one fee."""
    keeps = np.full((len(reserves), len(reserves)), keep)
    return closed_form.weighted_trade(reserves, weights, prices, keeps, 1.0, bounded)[:3]


WEIGHTS = np.array([0.5, 0.3, 0.2])
OLD, NEW = np.array([40_000.0, 2_500.0, 1.0]), np.array([40_400.0, 2_462.5, 1.0])
RESERVES = WEIGHTS * 1e6 / OLD
FEE = 0.003


def pair_profit(
    reserves: np.ndarray, weights: np.ndarray, prices: np.ndarray, trade: tuple[int, int, float], fee: float
) -> tuple[float, float]:
    """Return (amount out, profit) of a trade by the invariant, which is all that is taken from the product."""
    i, o, amount = trade
    left = (reserves[i] / (reserves[i] + (1 - fee) * amount)) ** (weights[i] / weights[o])
    out = reserves[o] * (1 - left)
    return float(out), float(out * prices[o] - amount * prices[i])


def test_example_is_the_optimum_over_all_baskets() -> None:
    trade = weighted_trade(RESERVES, WEIGHTS, NEW, 1 - FEE, True)
    out, profit = pair_profit(RESERVES, WEIGHTS, NEW, trade, FEE)
    best = best_basket(RESERVES, WEIGHTS, NEW, FEE)
    assert trade[:2] == (1, 0)
    assert (round(trade[2] * OLD[1]), round(out * OLD[0])) == (4_177, 4_119)
    assert round(profit, 3) == 45.614
    assert profit == pytest.approx(best.profit, rel=1e-9)
    assert best.bound - best.profit < 1e-6
    assert np.count_nonzero(best.amounts_in) == np.count_nonzero(best.amounts_out) == 1


def test_example_is_beaten_by_no_amount_and_no_pair() -> None:
    amounts = np.geomspace(1.0, 1e5, 20_001) / OLD[:, None]
    best = max(
        pair_profit(RESERVES, WEIGHTS, NEW, (i, o, amount), FEE)[1]
        for i in range(3) for o in range(3) if i != o
        for amount in amounts[i][:: 1 if (i, o) == (1, 0) else 100]
    )  # fmt: skip
    closed = pair_profit(RESERVES, WEIGHTS, NEW, weighted_trade(RESERVES, WEIGHTS, NEW, 1 - FEE, True), FEE)[
        1
    ]
    assert closed - 1e-4 < best <= closed + 1e-9


@pytest.mark.parametrize("fee", [0.0, 0.0005, 0.003, 0.01, 0.1])
def test_two_assets_in_any_state(fee: float) -> None:
    """With two assets a basket is a pair trade: the two optima are one, or none."""
    rng, traded = np.random.default_rng(6), 0
    for _ in range(300):
        weights = rng.dirichlet([2.0, 2.0])
        reserves, prices = rng.lognormal(0, 3, 2), rng.lognormal(0, 3, 2)
        reserves[0] = reserves[1] * prices[1] / prices[0] * weights[0] / weights[1] * rng.lognormal(0, 0.1)
        trade = weighted_trade(reserves, weights, prices, 1 - fee, False)
        profit = pair_profit(reserves, weights, prices, trade, fee)[1] if trade[2] else 0.0
        best, value = best_basket(reserves, weights, prices, fee), float(reserves @ prices)
        assert profit == pytest.approx(best.profit, rel=1e-6, abs=1e-13 * value)
        assert best.bound - best.profit < 1e-12 * value
        traded += trade[2] > 0
    assert traded == 300 if fee == 0 else traded > 0


@pytest.mark.parametrize("n", [3, 5, 16])
def test_best_pair_of_many_assets_never_beats_the_basket_and_repeated_pairs_stop_at_it(n: int) -> None:
    """After pairs traded until none pays, the convex programme finds nothing either, in any state."""
    rng = np.random.default_rng(n)
    for _ in range(30):
        weights, prices = rng.dirichlet(np.full(n, 3.0)), rng.lognormal(0, 2, n)
        reserves = weights / prices * 1e6 * rng.lognormal(0, 0.03, n)
        first = best_basket(reserves, weights, prices, FEE)
        trade, earned = weighted_trade(reserves, weights, prices, 1 - FEE, False), 0.0
        while trade[2] > 0:
            out, profit = pair_profit(reserves, weights, prices, trade, FEE)
            assert profit <= best_basket(reserves, weights, prices, FEE).profit + 1e-6
            earned += profit
            if profit < 1e-9:
                break
            reserves[trade[0]] += (1 - FEE) * trade[2]  # the programme holds fees aside
            reserves[trade[1]] -= out
            trade = weighted_trade(reserves, weights, prices, 1 - FEE, False)
        assert earned <= first.profit + 1e-6
        assert best_basket(reserves, weights, prices, FEE).profit < 1e-6


def test_without_fee_the_basket_takes_the_pool_to_its_least_value() -> None:
    best = best_basket(RESERVES, WEIGHTS, NEW, 0.0)
    least = float(weighted_value(WEIGHTS, RESERVES, NEW))
    assert best.profit == pytest.approx(float(RESERVES @ NEW) - least, rel=1e-9)
