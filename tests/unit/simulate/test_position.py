"""A provider's position in a run, against the closed form of one position and against the books."""

from __future__ import annotations

import pytest

import poolwright as pw
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail
from poolwright.simulate.engine import simulate
from poolwright.simulate.position import position_of
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario import Position
from poolwright.simulate.words import position_rows
from tests.unit.simulate.cases import WEIGHTED, market


@pytest.fixture(scope="module")
def result() -> SimulationResult:
    prices = market(WEIGHTED, 24 * 40)
    events = LiquidityEvents(((int(prices.times[300]), 0.5),))
    return simulate(WEIGHTED, prices, value=500_000.0, agents=[Arbitrageur(), Retail(4, 900), events])


def test_it_is_the_closed_form_with_the_runs_own_income(result: SimulationResult) -> None:
    """Opened at its weights, the pool without fees is the one of the formula."""
    terms = Position(value=10_000, gas=30, benchmark=0.04)
    found = position_of(result, terms)
    symbols = result.prices.symbols
    entry, exit = (dict(zip(symbols, result.prices.prices[row].tolist(), strict=True)) for row in (0, -1))
    expected = pw.impermanent_loss(
        WEIGHTED, entry, exit, value=10_000, fees=found.fees, gas_enter=10, gas_leave=20, benchmark=0.04,
        days=found.days,
    )  # fmt: skip
    assert found.days == pytest.approx(40 - 1 / 24)
    for name in (
        "impermanent_loss",
        "hold_value",
        "net_result",
        "break_even_fees",
        "opportunity_cost",
        "profit",
    ):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-7), name


def test_all_of_the_pool_adds_up_to_the_books(result: SimulationResult) -> None:
    found, held = position_of(result), result.books.to_dict()["against_holding"]
    assert found.value == pytest.approx(500_000, rel=1e-6)
    assert found.net_vs_hold == pytest.approx(held["difference"], rel=1e-9)
    assert found.impermanent_loss == pytest.approx(held["impermanent_loss"], rel=1e-9)
    earned = held["fees_and_retail"] + held["lvr_avoided"] + held["drift"] + held["joining"]
    assert found.fees == pytest.approx(earned, rel=1e-6)


def test_the_rows_add_up_in_their_order(result: SimulationResult) -> None:
    rows = {name: float(amount.replace(",", "")) for name, amount, _ in position_rows(position_of(result, Position(
        value=9_000, gas=40, benchmark=0.05)))}  # fmt: skip
    parts = rows["Impermanent loss"] + rows["Earned in the pool"] + rows["Gas"]
    assert parts == pytest.approx(rows["Against holding"], abs=1.1)
    assert rows["Against holding"] + rows["Benchmark"] == pytest.approx(rows["Net result"], abs=1.1)
    assert rows["To break even"] - rows["Earned in the pool"] == pytest.approx(-rows["Net result"], abs=1.1)


def test_moving_weights_are_part_of_what_is_earned() -> None:
    prices = market(WEIGHTED, 24 * 20)
    mover = Rebalancer(((int(prices.times[50]), (0.2, 0.3, 0.5)),), ramp_seconds=36_000)
    run = simulate(WEIGHTED, prices, agents=[Arbitrageur(), mover, FrontRunner()])
    found, held = position_of(run), run.books.to_dict()["against_holding"]
    assert abs(held["reweighting"]) > 1
    assert found.net_vs_hold == pytest.approx(held["difference"], rel=1e-9)
