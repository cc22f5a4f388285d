"""T10: at its limits the simulation is what theory says: no fee, endless cost, scale, order, stable extremes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poolwright.analytics.lvr import lvr_rate
from poolwright.simulate.engine import simulate
from poolwright.simulate.kernels.closed_form import weighted_out
from poolwright.simulate.kernels.stable_form import Curve, stable_out
from poolwright.simulate.prices import PriceSeries
from poolwright.spec.bounds import MAX_SWAP_FEE
from poolwright.spec.params import PoolParams, Token
from tests.unit.simulate.cases import POOLS, WAD, market

WEIGHTS = (0.5, 0.3, 0.2)
VOLATILITIES = (0.6, 0.8, 0.0)
TOKENS = (Token("A", 18), Token("B", 18), Token("C", 18))


def brownian(rows: int, seed: int) -> PriceSeries:
    """Return minutes of independent Brownian motions, without drift."""
    rng, step = np.random.default_rng(seed), np.array(VOLATILITIES) / np.sqrt(525_600)
    logs = np.cumsum(step * rng.standard_normal((rows, 3)) - step**2 / 2, axis=0)
    logs[0] = 0
    times = 1_700_000_000 + 60 * np.arange(rows, dtype=np.int64)
    return PriceSeries(times, np.exp(logs), ("A", "B", "C"), "brownian", "", True)


def weighted(fee: int) -> PoolParams:
    return PoolParams.weighted(TOKENS, [round(w * 10) * WAD // 10 for w in WEIGHTS], swap_fee=fee)


def test_without_a_fee_lvr_is_the_excess_growth_rate() -> None:
    """F5: 11.22 % of value a year; the sample's own covariance takes most of the noise away."""
    rows = 100_000
    result = simulate(weighted(0), brownian(rows, 5), arbitrage="to_no_arbitrage")
    lvr = result.figures()["lvr"]
    rate = float(lvr_rate(WEIGHTS, np.diag(np.square(VOLATILITIES))))
    assert rate == pytest.approx(0.1122, abs=1e-12)
    expected = rate * float(result.value.mean()) * rows / 525_600
    assert lvr == pytest.approx(expected, rel=0.02)
    assert result.theory is not None
    assert lvr == pytest.approx(result.theory.zero_fee_lvr, rel=1e-3)
    # As the fee goes to nothing, what is left to the arbitrageurs goes to the same.
    gaps = [
        1
        - simulate(weighted(fee), brownian(rows, 5), arbitrage="to_no_arbitrage").figures()[
            "arbitrage_profit"
        ]
        / lvr
        for fee in (10**12, 10**14, 10**15)
    ]
    assert 0 < gaps[0] < 0.01 < gaps[1] < gaps[2] < 0.9


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_endless_cost_is_holding(params: PoolParams) -> None:
    prices = market(params, 300)
    dear = simulate(params, prices, gas_cost=1e12)
    assert len(dear.trades) == 0
    assert np.allclose(dear.share_value, dear.hold, rtol=1e-14)
    # The largest fee, on prices that never leave its band.
    calm = replace(
        prices, prices=prices.prices[0] * np.exp(0.04 * np.sin(np.arange(300)))[:, None] ** [0, 1, 0]
    )
    wide = simulate(replace(params, swap_fee=MAX_SWAP_FEE), calm)
    assert len(wide.trades) == 0
    assert len(simulate(params, calm).trades) > 100
    assert np.allclose(wide.share_value, wide.hold, rtol=1e-14)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_a_pool_twice_as_large_does_twice_of_everything(params: PoolParams) -> None:
    fine = replace(params, tokens=tuple(replace(token, decimals=18) for token in params.tokens))
    prices = market(fine, 500)
    one, two = simulate(fine, prices, value=1e6), simulate(fine, prices, value=2e6)
    assert [trade[:4] for trade in one.trades] == [trade[:4] for trade in two.trades]
    first, second = one.figures(), two.figures()
    for name in ("value", "hold", "lvr", "fees", "arbitrage_profit", "rebalanced"):
        assert second[name] == pytest.approx(2 * first[name], rel=1e-7), name
    for name in ("value_vs_hold", "impermanent_loss"):
        assert second[name] == pytest.approx(first[name], abs=1e-9), name


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_the_order_of_tokens_changes_nothing(params: PoolParams) -> None:
    fine = replace(params, tokens=tuple(replace(token, decimals=18) for token in params.tokens))
    order = [2, 0, 1]
    turned = replace(
        fine, tokens=tuple(fine.tokens[k] for k in order),
        weights=tuple(fine.weights[k] for k in order) if fine.weights else (),
    )  # fmt: skip
    prices = market(fine, 500)
    one, two = simulate(fine, prices).figures(), simulate(turned, prices).figures()
    for name in ("value", "hold", "lvr", "fees", "arbitrage_profit", "impermanent_loss"):
        assert two[name] == pytest.approx(one[name], rel=1e-8), name


def test_a_stable_pool_lies_between_product_and_sum() -> None:
    reserves = np.array([3e6, 2e6])
    flat, middling, steep = (Curve((0, 1), np.ones(2), ann) for ann in (1e10, 200.0, 1e-7))
    for net in (1.0, 1e4, 5e5):
        product = weighted_out(reserves, np.array([0.5, 0.5]), 0, 1, net)
        assert stable_out(reserves, steep, 0, 1, net) == pytest.approx(product, rel=1e-5)
        assert stable_out(reserves, flat, 0, 1, net) == pytest.approx(net, rel=1e-6)
        between = stable_out(reserves, middling, 0, 1, net)
        assert product < between < net
