"""Float runs: close to the exact ones, checked against them in every run, and never passed off as exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail, Venue
from poolwright.simulate.engine import simulate
from poolwright.simulate.recheck import RecheckError, recheck
from poolwright.simulate.result import SimulationResult
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import POOLS, WEIGHTED, market

HOUR = 3_600


def busy(params: PoolParams, precision: str) -> SimulationResult:
    prices = market(params, 800)
    start = int(prices.times[0])
    agents = [
        Arbitrageur("to_no_arbitrage", gas_cost=0.05, competition=0.5),
        Retail(1.0, 2_000.0, rival=Venue(0.0035)),
        LiquidityEvents(((start + 200 * HOUR, 0.5), (start + 600 * HOUR, -0.3))),
    ]
    return simulate(params, prices, agents=agents, precision=precision)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_float_run_is_close_to_the_exact_one_and_closes(params: PoolParams) -> None:
    exact, quick = busy(params, "exact"), busy(params, "float")
    quick.books.check()
    one, two = exact.figures(), quick.figures()
    assert abs(one["trades"] - two["trades"]) <= 0.01 * one["trades"]
    for name in ("value", "hold", "lvr", "fees", "arbitrage_profit", "retail_cost"):
        assert two[name] == pytest.approx(one[name], rel=1e-3), name
    assert two["value"] == pytest.approx(one["value"], rel=1e-6)
    assert all(isinstance(each, int) for each in quick.final_state.balances)
    assert all(isinstance(each, int) for each in next(iter(quick.trades)))


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_float_run_says_how_far_it_was_from_exact(params: PoolParams) -> None:
    result = busy(params, "float")
    assert result.recheck is not None
    assert result.recheck.trades >= 40
    assert 0 <= result.recheck.largest_gap < result.recheck.bound
    told = result.to_dict()["assumptions"]
    assert told["precision"] == "float"
    assert told["recheck"]["largest_gap"] == result.recheck.largest_gap
    assert busy(params, "exact").recheck is None


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_a_trade_too_far_from_exact_fails_the_run(params: PoolParams) -> None:
    result = busy(params, "float")
    raw = np.rint(result.balances * result.units)
    options = (raw, result.liquidity.rows, result.seed)
    assert recheck(params, result.initial_state, result.trades, *options).trades > 0
    wrong = result.trades.amounts.copy()
    wrong[:, 1] *= 1 + 1e-7
    with pytest.raises(RecheckError, match="units from the exact one"):
        recheck(params, result.initial_state, replace(result.trades, amounts=wrong), *options)


def test_no_trades_no_recheck_and_no_other_precision() -> None:
    calm = simulate(WEIGHTED, market(WEIGHTED, 50), gas_cost=1e9, precision="float")
    assert calm.recheck is not None
    assert calm.recheck.trades == 0
    assert np.allclose(calm.value, calm.hold, rtol=1e-14)
    with pytest.raises(PoolwrightError, match="no precision 'double'; known: exact, float"):
        simulate(WEIGHTED, market(WEIGHTED, 50), precision="double")
