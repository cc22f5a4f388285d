"""Ramps of a stable pool: to the unit, no faster than the contracts let them, as in the Vault; books that close."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

import poolwright as pw
from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model import changes
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail, RivalPool, Venue
from poolwright.simulate.amplification import (
    AmplificationRamps,
    amplification_course,
    zero_fee_balances,
)
from poolwright.simulate.engine import simulate, simulate_totals
from poolwright.simulate.policies import ImbalanceFee, VolatilityFee, least_fee
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario_file import load_scenario
from poolwright.spec.params import PoolParams, Token
from tests.unit.simulate.cases import STABLE, WEIGHTED, market

HOUR, DAY = 3_600, 86_400
PRICES = market(STABLE, 600)
START = int(PRICES.times[0])
# Up to four times A, then down below the first.
RAMPS = AmplificationRamps(((START + 20 * HOUR, 800), (START + 300 * HOUR, 150.5)), 8 * DAY)


def busy(precision: str = "exact") -> SimulationResult:
    agents = [
        Arbitrageur("to_no_arbitrage", gas_cost=0.1),
        Retail(1.5, 2_000.0, rival=Venue(0.0005)),
        LiquidityEvents(((START + 100 * HOUR, 0.5), (START + 400 * HOUR, -0.3))),
        RAMPS,
    ]
    return simulate(STABLE, PRICES, agents=agents, precision=precision)


@pytest.fixture(scope="module")
def result() -> SimulationResult:
    return busy()


def test_values_are_the_straight_line_rounded_towards_the_start() -> None:
    course = amplification_course(RAMPS, STABLE, PRICES, STABLE.swap_fee)
    assert course is not None
    assert course.rows.tolist() == [20, 300]
    for row, time in enumerate(PRICES.times.tolist()):
        up = min(max(Fraction(time - START - 20 * HOUR, 8 * DAY), 0), 1)
        down = min(max(Fraction(time - START - 300 * HOUR, 8 * DAY), 0), 1)
        rise, fall = int(up * 600_000), int(down * 649_500)
        assert course.values[row] == 200_000 + rise - fall


def test_every_trade_is_that_of_a_pool_with_the_rows_amplification(result: SimulationResult) -> None:
    """From the lists alone, each trade by the exact model, to the wei."""
    pool = pw.Pool.from_state(STABLE, result.initial_state)
    moves = dict(zip(result.liquidity.rows.tolist(), result.liquidity.fractions.tolist(), strict=True))
    trades, seen = list(result.trades), set()
    for row in range(result.rows):
        now = int(result.course.values[row])
        pool = pw.Pool.from_state(STABLE, replace(pool.state, amplification=now))
        if row in moves:
            shares = pool.state.shares * abs(moves[row]) // 10**18
            if moves[row] > 0:
                pool.add_liquidity(pw.AddKind.PROPORTIONAL, shares=shares)
            else:
                pool.remove_liquidity(pw.RemoveKind.PROPORTIONAL, shares=shares)
        while trades and trades[0].row == row:
            trade = trades.pop(0)
            made = pool.swap(pw.SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in)
            assert made.amount_out == trade.amount_out
            seen.add(now)
    assert not trades
    assert len(seen) > 100
    assert replace(pool.state, at=0) == replace(result.final_state, at=0)
    assert result.final_state.amplification == 150_500


def test_a_run_is_what_a_pool_in_the_vault_does_under_the_same_ramp() -> None:
    """The manager's ramp, scheduled and executed by the model that is held to the contracts."""
    tokens = tuple(Token(name, 18, peg="USD") for name in ("A", "B"))
    params = PoolParams.stable(tokens, 100_000, swap_fee=10**15)
    prices = pw.generate_market(["A", "B"], 300, seed=3, pegged={"A", "B"})
    first = int(prices.times[0])
    ramps = AmplificationRamps(((first + 50 * HOUR, 700),), 7 * DAY)
    run = simulate(params, prices, agents=[Arbitrageur("to_no_arbitrage"), ramps])
    granted = replace(params, rights=pw.Rights(ramp=3 * DAY))
    vault = pw.Pool.create(
        granted, list(run.initial_state.balances), at=first - 10 * DAY, vault=True, manager="maria"
    )
    due = first + 50 * HOUR
    changes.schedule(vault, "ramp", [7 * DAY, 700_000], at=due - 3 * DAY, account="maria")
    trades = list(run.trades)
    assert {trade.row < 50 for trade in trades} == {True, False}
    executed = False
    for trade in trades:
        time = int(prices.times[trade.row])
        if not executed and time >= due:
            changes.execute(vault, "ramp", at=due)
            executed = True
        made = vault.swap(pw.SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=time)
        assert made.amount_out == trade.amount_out
    assert vault.state.balances == run.final_state.balances


def test_a_ramp_to_where_the_pool_is_changes_nothing() -> None:
    still = AmplificationRamps(((START + 20 * HOUR, 200),), DAY)
    agents = [Arbitrageur("to_no_arbitrage"), Retail(1.0, 2_000.0)]
    for precision in ("exact", "float"):
        run = simulate(STABLE, PRICES, agents=[*agents, still], precision=precision)
        alone = simulate(STABLE, PRICES, agents=agents, precision=precision)
        assert np.array_equal(run.trades.amounts, alone.trades.amounts)
        assert run.final_state == alone.final_state
        assert run.figures() == alone.figures()


def test_books_close_and_tell_what_the_ramp_did(result: SimulationResult) -> None:
    result.books.check()
    held = result.books.against_holding
    still = simulate(STABLE, PRICES, agents=[Arbitrageur()]).books.against_holding
    assert np.allclose(held["impermanent_loss"], still["impermanent_loss"], rtol=1e-9, atol=1e-6)
    assert np.abs(still["reweighting"]).max() == 0
    assert np.abs(held["reweighting"][:20]).max() < 1e-8
    assert np.abs(held["reweighting"][-1]) > 1


def test_float_runs_and_totals_say_the_same(result: SimulationResult) -> None:
    quick = busy("float")
    quick.books.check()
    assert quick.recheck is not None
    assert quick.recheck.trades == 50
    assert quick.figures()["value"] == pytest.approx(result.figures()["value"], rel=1e-9)
    totals = simulate_totals(STABLE, PRICES, agents=result.agents)
    totals.books.check()
    assert totals.figures() == result.figures()
    assert totals.final_state == result.final_state


def test_with_hardly_a_fee_the_pool_is_worth_what_theory_says() -> None:
    """First balances far from even, so that D moves with A; arbitrage ends within a fee of the market's prices."""
    tokens = tuple(Token(name, 18, peg="USD") for name in ("A", "B"))
    params = PoolParams.stable(tokens, 20_000, swap_fee=10**14)
    times = START + HOUR * np.arange(2_000, dtype=np.int64)
    drift = np.column_stack([np.linspace(0.7, 1.0, 2_000), np.ones(2_000)])
    prices = pw.PriceSeries(times, drift, ("A", "B"), "drift", "", True)
    ramps = AmplificationRamps(((START, 10.5),), 2_000 * HOUR)
    run = simulate(params, prices, agents=[Arbitrageur("to_no_arbitrage"), ramps])
    run.books.check()
    figures = run.figures()
    assert abs(figures["reweighting"]) > 1e-3
    # What is earned above the pool without fees is of the order of fee times volume.
    assert 0 <= figures["earned_over_invariant"] / figures["value"] < 1e-4


def test_balances_without_fees_are_those_of_60_digits() -> None:
    """Row by row from the invariant in the paper's form: A changes D at the old balances, arbitrage keeps D."""
    amplification = np.array([50_000, 50_000, 70_000, 20_000, 20_000], np.int64)
    prices = np.array([[1, 1, 1], [1.02, 1, 0.99], [1.01, 0.97, 1], [1.05, 1.0, 0.9], [0.9, 1.1, 1.0]])
    first = np.array([120.0, 80.0, 100.0])
    rates = np.array([[1, 1.1, 1], [1, 1.1, 1], [1, 1.12, 1], [1, 1.05, 1.03], [1, 1.05, 1.03]])
    found = zero_fee_balances(amplification, rates, first, prices)
    with mpmath.workdps(60):
        held = [mpmath.mpf(each) for each in first.tolist()]
        for row, thousandths in enumerate(amplification.tolist()):
            paper = mpmath.mpf(thousandths) / 1_000 / 9  # A of the paper: A / n^(n-1)
            rate = [mpmath.mpf(each) for each in rates[row].tolist()]
            units = [each * worth for each, worth in zip(held, rate, strict=True)]
            asked = [mpmath.mpf(each) / worth for each, worth in zip(prices[row].tolist(), rate, strict=True)]
            held = [each / worth for each, worth in zip(_at_market(units, paper, asked), rate, strict=True)]
            assert found[row] == pytest.approx([float(each) for each in held], rel=1e-12)


def _at_market(held: list[mpmath.mpf], a: mpmath.mpf, prices: list[mpmath.mpf]) -> list[mpmath.mpf]:
    def gap(x: list[mpmath.mpf], d: mpmath.mpf) -> mpmath.mpf:
        return a * 27 * sum(x) + d - a * 27 * d - d**4 / (27 * mpmath.fprod(x))

    d = mpmath.findroot(lambda d: gap(held, d), sum(held))

    def conditions(*x: mpmath.mpf) -> list[mpmath.mpf]:
        pull = [a * 27 + d**4 / (27 * mpmath.fprod(x) * each) for each in x]
        return [gap(list(x), d), *(pull[k] * prices[0] - pull[0] * prices[k] for k in (1, 2))]

    return list(mpmath.findroot(conditions, held, tol=1e-28, maxsteps=100))


@pytest.mark.parametrize("target", [80, 199.999, 230, 1_000, 10_000])
@pytest.mark.parametrize("fee", [10**13, 4 * 10**14, 10**16])
def test_as_fast_as_the_contracts_let_it_be(target: float, fee: int) -> None:
    """The least length that an error names passes here and in the Vault; a shorter one is refused by both."""
    params = replace(STABLE, swap_fee=fee, tokens=tuple(Token(name, 18) for name in ("DAI", "USDC", "SDAI")))
    granted = replace(params, rights=pw.Rights(ramp=3 * DAY))
    goal = round(target * 1_000)
    low, fast = min(goal, 200_000), abs(goal - 200_000)
    least = max(HOUR, -(-fast * 12 // (low * fee // 10**18)) if low * fee // 10**18 else 10**9)
    for seconds in {HOUR, max(HOUR, least - 1), least, min(least + 1, 365 * DAY)}:
        if seconds > 365 * DAY:
            continue
        vault = pw.Pool.create(granted, [10**24] * 3, at=START - 10 * DAY, vault=True, manager="maria")
        refused = ""
        try:
            changes.schedule(vault, "ramp", [seconds, goal], at=START - 5 * DAY, account="maria")
            changes.execute(vault, "ramp", at=START)
        except PoolRevert as revert:
            refused = str(revert)
        assert refused == ("" if seconds >= least else "ramp: too fast")
        ramps = AmplificationRamps(((START, target),), seconds)
        if not refused:
            assert amplification_course(ramps, params, PRICES, fee) is not None
            continue
        advice = f"ramp_seconds = {least} or more" if least <= 365 * DAY else "Go less far"
        with pytest.raises(PoolwrightError, match=advice):
            amplification_course(ramps, params, PRICES, fee)


def test_the_fee_that_bounds_the_speed_is_the_policys_least() -> None:
    assert least_fee(None, STABLE) == 4 * 10**14
    assert least_fee(VolatilityFee(0.001, 0.02, 0.3), STABLE) == 10**15
    assert least_fee(ImbalanceFee(0.0002, 0.001, 0.02, 0.3), STABLE) == 2 * 10**14
    quick = AmplificationRamps(((START, 800),), DAY)
    simulate(STABLE, PRICES, agents=[quick], fee=VolatilityFee(0.001, 0.02, 0.3))
    with pytest.raises(
        PoolwrightError, match=r"from 200 to 800 in 86400 seconds is too fast.*ramp_seconds = 90000"
    ):
        simulate(STABLE, PRICES, agents=[quick])


def test_what_makes_no_run_is_refused() -> None:
    twice = AmplificationRamps(((START, 210), (START + HOUR, 220)), 2 * HOUR)
    late = AmplificationRamps(((int(PRICES.times[-1]) + 1, 210),))
    for params, agents, message in (
        (WEIGHTED, [RAMPS], "of a stable pool; this one is weighted"),
        (STABLE, [RAMPS, Retail(1.0, 1.0, rival=RivalPool(0.003))], "a RivalPool keeps its amplification"),
        (STABLE, [twice], "the ramp before is under way until"),
        (STABLE, [late], "is after the last price, at"),
        (STABLE, [RAMPS, RAMPS], "2 agents of kind AmplificationRamps"),
        (replace(STABLE, swap_fee=0), [RAMPS], "Go less far, or give the pool a higher least fee"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            simulate(params, market(params, 20) if params is WEIGHTED else PRICES, agents=agents)
    for make, message in (
        (lambda: AmplificationRamps(()), "one or more"),
        (lambda: AmplificationRamps(((5, 100), (5, 200))), "times must rise"),
        (lambda: AmplificationRamps(((5, 0.5),)), "amplification 0.5 must be a number from 1 to 10000"),
        (lambda: AmplificationRamps(((5, 10.0001),)), "more than 3 decimals"),
        (lambda: AmplificationRamps(((5, 10),), 60), "ramp_seconds 60 must be a number from 3600 to"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            make()


def test_a_scenario_file_names_the_ramps(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text("[amplification]\ntargets = [[2024-02-01, 400]]\nramp_seconds = 7200\n")
    assert load_scenario(file).agents[-1] == AmplificationRamps(((1_706_745_600, 400),), 7_200)
    file.write_text("[amplification]\ntargets = [[2024-02-01, 0.5]]\n")
    with pytest.raises(PoolwrightError, match=r"line 2, amplification\.targets: .*must be a number from 1"):
        load_scenario(file)
