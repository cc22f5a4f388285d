"""Depth, cost and loss of a run, against exact trades and against formulas in mpmath."""

from __future__ import annotations

from dataclasses import replace

import mpmath
import numpy as np
import pytest

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.simulate.agents import Arbitrageur
from poolwright.simulate.curves import (
    LEAST_SIZE,
    MOST_SIZE,
    SIZES,
    cost_curves,
    depth_curves,
    loss_surface,
    quote_token,
)
from poolwright.simulate.engine import simulate
from poolwright.simulate.rebalancer import Rebalancer
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.shape_figures import shape_figures
from poolwright.spec.params import PoolParams, Token
from tests.unit.simulate.cases import CONSTANT_PRODUCT, POOLS, STABLE, WEIGHTED, market


@pytest.fixture(scope="module", params=POOLS.values(), ids=POOLS)
def result(request: pytest.FixtureRequest) -> SimulationResult:
    return simulate(request.param, market(request.param, 300), arbitrage="to_no_arbitrage")


def test_the_quote_token_is_the_steady_one(result: SimulationResult) -> None:
    steady = {"DAI", "USDC", "SDAI"}
    assert result.prices.symbols[quote_token(result)] in steady


def test_trading_to_the_depth_moves_the_price_by_so_much(result: SimulationResult) -> None:
    """The curve's own trade, less the fee, is made in the exact pool without fee; its price tells."""
    quote, prices = quote_token(result), result.prices.prices[-1]
    state = replace(result.final_state, swap_fee=0)
    fee = result.params.swap_fee / 10**18
    curves = depth_curves(result)
    assert {(curve.name, curve.buying) for curve in curves} == {
        (symbol, buying) for k, symbol in enumerate(result.prices.symbols) if k != quote for buying in (True, False)
    }  # fmt: skip
    for curve in curves:
        token = result.prices.symbols.index(curve.name)
        i, o = (quote, token) if curve.buying else (token, quote)
        assert np.sign(curve.x[1]) == (1 if curve.buying else -1)
        assert len(curve.x) == 21
        for move, value in list(zip(curve.x, curve.y, strict=True))[4::8]:
            pool = Pool.from_state(result.params, state)
            before = pool.spot_price(quote, token).raw
            pool.swap(SwapKind.EXACT_IN, i, o, int(value * (1 - fee) / prices[i] * result.units[i]))
            moved = float(pool.spot_price(quote, token).raw / before) - 1
            assert moved == pytest.approx(move, rel=1e-4), (curve.name, curve.buying)


def test_the_cost_is_that_of_the_formula() -> None:
    """1 - out p / in with out = b_o (1 - (b_i / (b_i + in (1 - f)))^(w_i / w_o)), in 40 digits."""
    run = simulate(WEIGHTED, market(WEIGHTED, 100))
    quote, (w, f) = quote_token(run), ([mpmath.mpf(k) / 10 for k in (5, 3, 2)], mpmath.mpf("0.003"))
    balances = [mpmath.mpf(float(b)) for b in run.balances[-1]]
    for curve in cost_curves(run):
        token = run.prices.symbols.index(curve.name)
        i, o = (quote, token) if curve.buying else (token, quote)
        spot = (balances[i] / w[i]) / (balances[o] / w[o])
        assert np.all(np.diff(curve.y) > 0)
        for value, cost in list(zip(curve.x, curve.y, strict=True))[::9]:
            paid = value / mpmath.mpf(run.prices.prices[-1, i])
            out = balances[o] * (1 - (balances[i] / (balances[i] + paid * (1 - f))) ** (w[i] / w[o]))
            units = 2 / (out * run.units[o]) + 2 / (paid * run.units[i])  # of whole units
            assert abs(cost - float(1 - out * spot / paid)) <= units + 1e-10


def test_the_pool_at_the_end_has_the_weights_of_the_end() -> None:
    prices = market(WEIGHTED, 100)
    mover = Rebalancer(((int(prices.times[10]), (0.1, 0.2, 0.7)),), ramp_seconds=333_333)  # still under way
    run = simulate(WEIGHTED, prices, agents=[Arbitrageur(), mover])
    weights = run.course.fractions[-1]
    assert 0.1 < weights[0] < 0.5
    for curve in depth_curves(run):
        token, quote = run.prices.symbols.index(curve.name), quote_token(run)
        i, o = (quote, token) if curve.buying else (token, quote)
        move = curve.x[-1] if curve.buying else 1 / (1 + curve.x[-1]) - 1
        growth = np.expm1(np.log1p(move) * weights[o] / (weights[i] + weights[o]))
        paid = run.balances[-1, i] * growth * prices.prices[-1, i] / (1 - 0.003)
        assert curve.y[-1] == pytest.approx(paid, rel=1e-9)


def test_sizes_that_a_pool_refuses_are_left_out() -> None:
    narrow = PoolParams.weighted(
        [Token("WETH", 18), Token("DAI", 18)], [10**16, 99 * 10**16], swap_fee=10**15
    )
    run = simulate(narrow, market(narrow, 50))
    pool, step = Pool.from_state(narrow, run.final_state), (MOST_SIZE / LEAST_SIZE) ** (1 / (SIZES - 1))
    for curve in cost_curves(run):
        i, o = (1, 0) if curve.buying else (0, 1)
        most = [int(size / run.prices.prices[-1, i] * 1e18) for size in (curve.x[-1], curve.x[-1] * step)]
        pool.quote(SwapKind.EXACT_IN, i, o, most[0])
        with pytest.raises(PoolRevert):
            pool.quote(SwapKind.EXACT_IN, i, o, most[1])


def test_the_loss_of_two_tokens_is_the_published_one() -> None:
    """2 sqrt(r) / (1 + r) - 1."""
    pair = PoolParams.constant_product([Token("WETH", 18), Token("DAI", 18)], swap_fee=3 * 10**15)
    surface = loss_surface(simulate(pair, market(pair, 100)))
    assert (surface.tokens, surface.quote, len(surface.y)) == (("WETH",), "DAI", 0)
    r = surface.x
    assert surface.z[0] == pytest.approx(2 * np.sqrt(r) / (1 + r) - 1, abs=1e-9)
    assert r[0] <= surface.path.min() < surface.path.max() <= r[-1]


def test_the_loss_of_three_tokens_is_that_of_the_run_where_the_market_went(result: SimulationResult) -> None:
    surface = loss_surface(result)
    x, y = (np.argmin(np.abs(np.log(axis))) for axis in (surface.x, surface.y))
    assert surface.z.shape == (len(surface.y), len(surface.x))
    assert surface.z[y, x] == pytest.approx(float(result.impermanent_loss[0]), abs=1e-12)
    assert surface.z.max() <= 1e-12
    corner = result.prices.prices[0].copy()
    for token, axis, at in zip(surface.tokens, (surface.x, surface.y), (3, 30), strict=True):
        corner[result.prices.symbols.index(token)] *= axis[at]
    assert surface.z[30, 3] == pytest.approx(float(result.impermanent_loss_at(corner[None])[0]), rel=1e-12)
    end = result.prices.prices[-1] / result.prices.prices[-1, quote_token(result)]
    assert float(result.impermanent_loss_at(end[None])[0]) == pytest.approx(
        result.impermanent_loss[-1], abs=1e-12
    )


@pytest.mark.parametrize(
    "params", [WEIGHTED, CONSTANT_PRODUCT, STABLE], ids=["weighted", "product", "stable"]
)
def test_the_figures_draw_the_curves(params: PoolParams) -> None:
    run = simulate(params, market(params, 60))
    figures = shape_figures(run)
    assert list(figures) == ["depth", "impact", "surface"]
    depth = figures["depth"][2]
    assert [len(trace.x) for trace in depth.data] == [len(curve.x) for curve in depth_curves(run)]
