"""Weights that move: ramps to the unit, triggers and brake, who pays, the front-runner's law, and books that close."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from poolwright.analytics.weight_change import linear_path, weight_change_cost
from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model import changes
from poolwright.model.maths import fee_maths, weighted_maths
from poolwright.model.pool import Pool
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail, RivalPool, Venue
from poolwright.simulate.engine import simulate, simulate_totals
from poolwright.simulate.kernels import tables
from poolwright.simulate.ledgers import LEDGERS, BooksError
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer, course_of
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.trades import whole_units
from poolwright.spec.governance import Rights
from poolwright.spec.params import PoolParams, Token
from tests.unit.simulate.cases import STABLE, WEIGHTED, finest, market

HOUR = 3_600
POOL = finest(WEIGHTED)
PAIR = PoolParams.weighted((Token("A", 18), Token("B", 18)), [5 * 10**17] * 2, swap_fee=0)


def flat(rows: int, step: int = 12) -> PriceSeries:
    """Return prices of A and B that never move."""
    times = 1_700_000_000 + step * np.arange(rows, dtype=np.int64)
    return PriceSeries(times, np.ones((rows, 2)), ("A", "B"), "flat", "", True)


def busy(paid_by: str = "pool", precision: str = "exact") -> SimulationResult:
    """Run with all five agents."""
    prices = market(WEIGHTED, 600)
    start = int(prices.times[0])
    targets = ((start + 30 * HOUR, (0.2, 0.4, 0.4)), (start + 300 * HOUR, (0.6, 0.2, 0.2)))
    agents = [
        Arbitrageur("to_no_arbitrage", gas_cost=0.1, competition=0.5, venue_fee=0.0001),
        Retail(1.5, 2_000.0, rival=Venue(0.0035)),
        LiquidityEvents(((start + 100 * HOUR, 0.5), (start + 400 * HOUR, -0.3))),
        Rebalancer(targets, ramp_seconds=48 * HOUR, gas_cost=7.0, paid_by=paid_by),
        FrontRunner(gas_cost=0.2),
    ]
    return simulate(WEIGHTED, prices, agents=agents, precision=precision)


@pytest.fixture(scope="module")
def result() -> SimulationResult:
    return busy()


@pytest.mark.parametrize("steps", [1, 10, 100])
def test_a_ramp_without_fee_costs_what_the_divergence_says(steps: int) -> None:
    """T7 in the engine: 50/50 to 90/10 at fixed prices, arbitrage after each step."""
    prices = flat(steps + 2)
    mover = Rebalancer(((int(prices.times[0]), (0.9, 0.1)),), ramp_seconds=12 * steps, unbounded=True)
    run = simulate(PAIR, prices, agents=[Arbitrageur("to_no_arbitrage"), mover])
    lost = 1 - run.figures()["value"] / run.figures()["first_value"]
    assert lost == pytest.approx(weight_change_cost(linear_path([0.5, 0.5], [0.9, 0.1], steps)), rel=1e-9)
    assert -run.figures()["reweighting"] == pytest.approx(lost, rel=1e-9)
    run.books.check()


def test_weights_are_the_straight_line_rounded_towards_the_start() -> None:
    prices = flat(50, step=60)
    mover = Rebalancer(((int(prices.times[5]), (0.7, 0.3)),), ramp_seconds=1_000, unbounded=True)
    course = course_of(mover, PAIR, prices, 7, 0)
    assert course.rows.tolist() == [5]
    for row, time in enumerate(prices.times.tolist()):
        done = min(max(Fraction(time - int(prices.times[5]), 1_000), 0), 1)
        line = 5 * 10**17 + done * 2 * 10**17
        rise, fall = course.weights[row].tolist()
        assert (rise, fall) == (int(line), 10**18 - int(line))
    assert np.array_equal(course.scheduled[:-1], course.weights[1:])


def test_a_ramp_starts_when_a_weight_is_off_and_is_not_interrupted() -> None:
    prices = flat(400, step=60)
    wanted = np.full((400, 2), 0.5)
    wanted[:, 0] += np.arange(400) * 7e-4  # 5 % in 71.4 rows
    wanted[:, 1] = 1 - wanted[:, 0]
    mover = Rebalancer(lambda series: wanted, ramp_seconds=600, threshold=0.05, unbounded=True)
    course = course_of(mover, PAIR, prices, 7, 0)
    # A ramp takes ten rows; the next starts as far above its target.
    assert course.rows.tolist()[:3] == [72, 144, 216]
    assert course.fractions[82:145, 0] == pytest.approx(wanted[72, 0])
    assert wanted[72, 0] < course.fractions[145, 0] < wanted[144, 0]


def test_random_checks_come_from_the_seed_and_as_often_as_told() -> None:
    prices = flat(20_000, step=60)
    wanted = np.full((20_000, 2), 0.5)
    wanted[::2] = (0.6, 0.4)
    mover = Rebalancer(lambda series: wanted, ramp_seconds=60, checks_per_hour=2.0, unbounded=True)
    one, again, other = (course_of(mover, PAIR, prices, seed, 0) for seed in (7, 7, 8))
    assert np.array_equal(one.rows, again.rows)
    assert not np.array_equal(one.rows, other.rows)
    # 667 checks expected, of which about half find a target that differs.
    assert 270 < len(one.rows) < 400


def test_the_brake_halts_a_ramp_in_a_crash_and_rests() -> None:
    prices = flat(300, step=60)
    crashed = prices.prices.copy()
    crashed[60:, 0] = 0.5  # the tokens fall by a quarter
    prices = replace(prices, prices=crashed)
    mover = Rebalancer(
        ((int(prices.times[40]), (0.8, 0.2)),), ramp_seconds=60 * 60, brake_drop=0.2, brake_seconds=1_800,
        brake_rest=6_000, unbounded=True,
    )  # fmt: skip
    course = course_of(mover, PAIR, prices, 7, 0)
    start, halt, again = course.rows.tolist()
    assert (start, halt, course.halts.tolist()) == (40, 60, [60])
    assert (course.weights[60:again] == course.weights[60]).all()
    assert course.scheduled[59].tolist() != course.weights[60].tolist() or course.weights[60, 0] > 5 * 10**17
    assert again == 160  # 100 rows of rest, the brake long off
    assert course.fractions[-1].tolist() == pytest.approx([0.8, 0.2])
    free = course_of(replace(mover, brake_drop=None), PAIR, prices, 7, 0)
    assert free.rows.tolist() == [40]
    assert free.fractions[100].tolist() == pytest.approx([0.8, 0.2])


def test_books_close_with_everybody_there(result: SimulationResult) -> None:
    result.books.check()
    totals = result.books.to_dict()["pool"]
    for name in LEDGERS:
        assert totals[name] != 0 or name in (
            "fees_held_outside",
            "rebalancer_from_payer",
            "rebalancer_profit",
        ), name
    assert set(result.trades.places[:, 3].tolist()) == {
        tables.ARBITRAGEUR,
        tables.RETAIL,
        tables.FRONT_RUNNER,
    }
    assert len(result.rebalancer_rows) == 2
    held = result.books.against_holding
    rest = sum(part for name, part in held.items() if name != "difference")
    assert np.allclose(held["difference"], rest, atol=1e-4)
    assert [each["agent"] for each in result.to_dict()["agents"]][3:] == ["Rebalancer", "FrontRunner"]


def test_the_value_change_is_told_by_trades_and_payments_row_by_row(result: SimulationResult) -> None:
    """In exact fractions from the lists alone, every trade by the contract's maths at the row's weights."""
    unit = [Fraction(1, 10**token.decimals) for token in WEIGHTED.tokens]
    p = [[Fraction(x) * u for x, u in zip(row, unit, strict=True)] for row in result.prices.prices.tolist()]
    held, sums = list(result.initial_state.balances), dict.fromkeys(LEDGERS, Fraction(0))
    moves = {row: k for k, row in enumerate(result.liquidity.rows.tolist())}
    liquidity = [whole_units(each) for each in result.liquidity.amounts]
    payments = dict(
        zip(result.rebalancer_rows.tolist(), map(whole_units, result.rebalancer_amounts), strict=True)
    )
    trades, at = list(result.trades), 0
    for row in range(result.rows):
        for k, paid in enumerate(payments.get(row, (0, 0, 0))):
            held[k] -= paid
            sums["rebalancer_from_pool"] += paid * p[row][k]
        weights, early = result.course.weights[row].tolist(), True
        while True:
            early = (
                early
                and at < len(trades)
                and trades[at].row == row
                and trades[at].agent == tables.FRONT_RUNNER
            )
            if not early and row in moves:
                sign = 1 if result.liquidity.fractions[moves[row]] > 0 else -1
                held = [b + sign * m for b, m in zip(held, liquidity[moves.pop(row)], strict=True)]
            if at == len(trades) or trades[at].row != row:
                break
            trade = trades[at]
            at += 1
            i, o = trade.token_in, trade.token_out
            net = fee_maths.net_of_fee(trade.amount_in, trade.swap_fee)
            out = weighted_maths.compute_out_given_exact_in(held[i], weights[i], held[o], weights[o], net)
            assert out == trade.amount_out
            held[i] += trade.amount_in - trade.protocol_fee - trade.creator_fee
            held[o] -= out
            if trade.agent == tables.FRONT_RUNNER:
                sums["front_gain"] += out * p[row][o] - trade.amount_in * p[row][i]
                sums["front_fees"] += trade.fee * p[row][i]
                sums["front_gas"] += Fraction(0.2)
    assert tuple(held) == result.final_state.balances
    totals = result.books.to_dict()["pool"]
    for name in ("front_gain", "front_fees", "front_gas", "rebalancer_from_pool"):
        assert totals[name] == pytest.approx(float(sums[name]), rel=1e-9)
    assert totals["rebalancer_from_pool"] == pytest.approx(totals["rebalancer_gas"], rel=1e-4)  # a satoshi


@pytest.mark.parametrize("name", [name for name in LEDGERS if name.startswith(("front", "rebalancer"))])
def test_one_wrong_ledger_is_found(result: SimulationResult, name: str) -> None:
    flows = result.books.flows.copy()
    flows[int(np.argmax(np.abs(flows[:, LEDGERS[name]]))), LEDGERS[name]] += 1e-5
    with pytest.raises(BooksError, match="the books do not close"):
        replace(result.books, flows=flows).check()


@pytest.mark.parametrize("paid_by", ["manager", "protocol", "creator"])
def test_who_else_pays_leaves_the_pool_alone(result: SimulationResult, paid_by: str) -> None:
    other = busy(paid_by)
    other.books.check()
    totals = other.books.to_dict()["pool"]
    assert totals["rebalancer_from_payer"] == totals["rebalancer_gas"] == 14.0
    assert totals["rebalancer_from_pool"] == totals["rebalancer_profit"] == 0.0
    assert sum(other.accounts[tables.KEEPER]) == 0 < sum(result.accounts[tables.KEEPER])
    assert other.to_dict()["agents"][3]["paid_by"] == paid_by


def test_float_runs_and_totals_say_the_same(result: SimulationResult) -> None:
    quick = busy(precision="float")
    quick.books.check()
    assert quick.recheck.trades == 50
    for name in ("value", "front_profit", "rebalancer_cost", "reweighting"):
        assert quick.figures()[name] == pytest.approx(result.figures()[name], rel=1e-6)
    totals = simulate_totals(WEIGHTED, result.prices, agents=result.agents)
    totals.books.check()
    assert totals.figures() == result.figures()


@pytest.mark.parametrize("rows", [20, 200])
def test_front_running_pays_only_where_a_step_is_larger_than_two_fees(rows: int) -> None:
    """40 % of a weight in 20 steps is 4 % and more a step; in 2,000 it is less than two fees of 0.3 %."""
    params = replace(PAIR, swap_fee=3 * 10**15)
    for steps, pays in ((rows // 2, rows < 100), (20 * rows, False)):
        prices = flat(steps + 3)
        mover = Rebalancer(((int(prices.times[0]), (0.9, 0.1)),), ramp_seconds=12 * steps, unbounded=True)
        alone = simulate(params, prices, agents=[Arbitrageur(), mover])
        run = simulate(params, prices, agents=[Arbitrageur(), mover, FrontRunner()])
        run.books.check()
        weights = run.course.fractions
        step = weights[:-1, ::-1] * weights[1:] / (weights[1:, ::-1] * weights[:-1])
        assert (step.max() * 0.997**2 > 1) == (run.books.to_dict()["pool"]["front_running"] > 0)
        if pays:
            assert run.figures()["front_profit"] > 0
            assert run.figures()["value"] < alone.figures()["value"]
        if step.max() * 0.997**2 <= 1:
            assert list(run.trades) == list(alone.trades)


@pytest.mark.parametrize("fee", [10**14, 3 * 10**15])
@pytest.mark.parametrize("goal", [(0.9, 0.1), (0.51, 0.49), (0.02, 0.98)])
def test_as_fast_as_the_contracts_let_it_be(fee: int, goal: tuple[float, float]) -> None:
    """The least length that an error names passes here and in the Vault; a shorter one is refused by both."""
    params = replace(PAIR, swap_fee=fee, rights=Rights(ramp=0))
    prices = flat(3)
    start = int(prices.times[0])
    words = [round(weight * 100) * 10**16 for weight in goal]
    units = [min(word, 5 * 10**17) * (fee // 2) // 10**18 for word in words]
    exact = max(-(-abs(word - 5 * 10**17) * 12 // unit) for word, unit in zip(words, units, strict=True))
    least = max(HOUR, exact)
    for seconds in {max(HOUR, least - 1), least}:
        vault = Pool.create(params, [10**24] * 2, at=start - HOUR, vault=True, manager="maria")
        refused = ""
        try:
            changes.schedule(vault, "ramp", [seconds, *words], at=start, account="maria")
        except PoolRevert as revert:
            refused = str(revert)
        assert refused == ("" if seconds >= least else "ramp: too fast")
        mover = Rebalancer(((start, goal),), ramp_seconds=seconds)
        if not refused:
            assert course_of(mover, params, prices, 7, fee).goals.tolist() == [words]
            continue
        with pytest.raises(PoolwrightError, match=rf"is too fast.*ramp_seconds = {least} or more"):
            course_of(mover, params, prices, 7, fee)
    with pytest.raises(PoolwrightError, match="Go less far, or give the pool a higher least fee"):
        simulate(PAIR, prices, agents=[Rebalancer(((start, goal),))])


def test_what_makes_no_run_is_refused() -> None:
    prices = market(WEIGHTED, 20)
    start = int(prices.times[0])
    mover = Rebalancer(((start, (0.4, 0.3, 0.3)),))
    for params, agents, message in (
        (STABLE, [mover], "this one is stable"),
        (WEIGHTED, [FrontRunner()], "there is none"),
        (WEIGHTED, [mover, Retail(1.0, 1.0, rival=RivalPool(0.003))], "a RivalPool keeps its weights"),
        (WEIGHTED, [Rebalancer(((start, (0.4, 0.4)),))], "3 weights"),
        (WEIGHTED, [Rebalancer(((start, (0.4, 0.3, 0.2)),))], "all sum to 1"),
        (WEIGHTED, [Rebalancer(((start, (0.995, 0.0025, 0.0025)),))], "must be 0.01 or"),
        (WEIGHTED, [Rebalancer(lambda series: np.ones((2, 3)) / 3)], r"must return \[20, 3\]"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            simulate(params, market(params, 20), agents=agents)
    with pytest.raises(PoolwrightError, match="a rule or policy do not"):
        simulate(WEIGHTED, prices, agents=[mover, FrontRunner()], fee=lambda p, s, i, o: 0.001)
    for make, message in (
        (lambda: Rebalancer((), paid_by="lp"), "paid_by 'lp'; known: manager, pool, protocol, creator"),
        (lambda: Rebalancer((), ramp_seconds=3_599), "ramp_seconds 3599 must be a number from 3600 to"),
        (lambda: Rebalancer((), ramp_seconds=0, unbounded=True), "ramp_seconds 0 must be a number from 1"),
        (lambda: Rebalancer((), brake_drop=0.0), "brake_drop 0.0"),
        (lambda: FrontRunner(gas_cost=-1), "gas_cost -1"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            make()
