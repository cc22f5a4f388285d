"""Totals alone: the figures of the run with rows and trades, to the bit, and books that close."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from poolwright.simulate.agents import Agent, Arbitrageur, LiquidityEvents, Retail, Venue
from poolwright.simulate.engine import simulate, simulate_totals
from poolwright.simulate.kernels import tables
from poolwright.simulate.ledgers import LEDGERS, BooksError
from poolwright.simulate.totals import SimulationTotals
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import POOLS, WEIGHTED, market

HOUR = 3_600


def everybody(start: int) -> list[Agent]:
    return [
        Arbitrageur("to_no_arbitrage", gas_cost=0.05, venue_fee=1e-4, competition=0.5),
        Retail(1.0, 2_000.0, rival=Venue(0.0035)),
        LiquidityEvents(((start + 200 * HOUR, 0.5), (start + 600 * HOUR, -0.3))),
    ]


def options(params: PoolParams, precision: str) -> dict[str, Any]:
    prices = market(params, 800)
    return {"prices": prices, "agents": everybody(int(prices.times[0])), "precision": precision}


@pytest.fixture(scope="module")
def alone() -> SimulationTotals:
    return simulate_totals(WEIGHTED, **options(WEIGHTED, "exact"))


@pytest.mark.parametrize("precision", ["exact", "float"])
@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_totals_are_those_of_the_run_with_series(params: PoolParams, precision: str) -> None:
    whole, totals = (
        simulate(params, **options(params, precision)),
        simulate_totals(params, **options(params, precision)),
    )
    assert type(totals) is SimulationTotals
    assert totals.figures() == whole.figures()
    assert (totals.final_state, totals.accounts) == (whole.final_state, whole.accounts)
    assert totals.demand.tolist() == whole.demand.tolist()
    assert totals.recheck == whole.recheck
    assert totals.books.to_dict()["pool"] == pytest.approx(whole.books.to_dict()["pool"], rel=1e-12)
    totals.books.check()


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_figures_are_the_ends_of_the_series(params: PoolParams) -> None:
    result = simulate(params, **options(params, "exact"))
    figures, end = result.figures(), result.share_value[-1]
    assert figures["value"] == pytest.approx(result.value[-1], rel=1e-14)
    assert figures["value_vs_hold"] == pytest.approx(end / result.hold[-1] - 1, abs=1e-13)
    assert figures["impermanent_loss"] == pytest.approx(result.impermanent_loss[-1], abs=1e-13)
    assert figures["earned_over_invariant"] == pytest.approx(end - result.invariant_value[-1], rel=1e-9)
    assert figures["rebalanced"] == pytest.approx(result.rebalanced[-1], rel=1e-12)
    assert figures["fees"] == pytest.approx(result.fees[-1], rel=1e-12)
    assert figures["arbitrage_profit"] == pytest.approx(result.arbitrage_profit[-1], rel=1e-12)
    assert figures["trades"] == len(result.trades)
    flows = result.flows.sum(axis=0)
    for name in ("lvr", "arbitrage_fees", "retail_cost"):
        assert figures[name] == pytest.approx(flows[LEDGERS[name]], rel=1e-12)


@pytest.mark.parametrize(
    "name", [name for name in LEDGERS if name not in ("retail_fees", "fees_held_outside")]
)
def test_one_wrong_total_is_found(alone: SimulationTotals, name: str) -> None:
    """Of a pool worth about a million; what retail paid in fees is told apart by rows alone."""
    wrong = alone.totals.copy()
    wrong[LEDGERS[name]] += 1e-3
    with pytest.raises(BooksError, match="the books do not close"):
        replace(alone, totals=wrong).books.check()


def test_one_unit_is_missed(alone: SimulationTotals) -> None:
    accounts = dict(alone.accounts)
    accounts[tables.PROTOCOL] = tuple(each + 1 for each in accounts[tables.PROTOCOL])
    with pytest.raises(BooksError, match="token 0: the pool holds"):
        replace(alone, accounts=accounts).books.check()


def test_memory_does_not_grow_with_the_run() -> None:
    """Prices aside, which all runs share: twice the rows ask for no more."""
    peaks = []
    for hours in (20_000, 40_000):
        prices = market(WEIGHTED, hours)
        simulate_totals(WEIGHTED, prices)
        tracemalloc.start()
        simulate_totals(WEIGHTED, prices)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 50_000  # one number for each of the rows would be 160,000


def test_prices_are_made_once_for_all_runs() -> None:
    prices = market(WEIGHTED, 100)
    assert prices.select(prices.symbols) is prices
    units = np.array([1e18, 1e8, 1e18])
    assert prices.per_unit(units) is prices.per_unit(units.copy())
    assert prices.per_unit(units).tolist() == (prices.prices / units).tolist()
