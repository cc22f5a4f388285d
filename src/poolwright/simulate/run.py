"""One run: its arrays before, the loop in chunks, and the result after."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model import native
from poolwright.model.maths import asset_word
from poolwright.model.state import PoolState
from poolwright.simulate import cast
from poolwright.simulate.agents import RivalPool
from poolwright.simulate.amplification import AmplificationCourse
from poolwright.simulate.fees import FeeRule, compile_rule
from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.kinds import kind_arrays
from poolwright.simulate.kernels.loop import compiled_advance
from poolwright.simulate.policies import FeePolicy, policy_terms, told
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.rates import RateCourse
from poolwright.simulate.rebalancer import Course
from poolwright.simulate.recheck import empty_sample, recheck
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.totals import SimulationTotals
from poolwright.simulate.trades import LiquidityMoves, Trades, whole_units
from poolwright.spec.bounds import WAD
from poolwright.spec.constitution import BASIS_POINT
from poolwright.spec.params import PoolParams

# Rows between two moves of the progress bar, and between two looks at Ctrl-C: milliseconds, or some tens of them.
CHUNK = 16_384


class SimulationInterrupted(KeyboardInterrupt):
    """Ctrl-C during a simulation; `.result` holds the rows that were done, perhaps all, None if there were none."""

    def __init__(self, result: SimulationTotals | None) -> None:
        super().__init__("simulation interrupted")
        self.result = result


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for; `series`: with rows and trades."""

    params: PoolParams
    prices: PriceSeries
    initial: PoolState
    cast: cast.Cast
    seed: int
    precision: str
    fee: FeeRule | FeePolicy | None
    fees_outside_reserves: bool
    in_vault: bool
    series: bool
    course: Course | AmplificationCourse | None
    rates: RateCourse | None


class Prepared(NamedTuple):
    """Everything that one run fills, in the loop's form; `compiled` keeps a user's functions alive.

    With series there is room for every row and, at first, for a trade in each and all orders. Pages that nothing
    is written to cost nothing.
    """

    scene: tables.Scene
    ledger: tables.Ledger
    rows: tables.Rows
    buffer: tables.Buffer
    compiled: tuple[Any, Any]


def run(plan: Plan, progress: Callable[[int, int], None] | None) -> SimulationTotals:
    """Run to the end, or raise SimulationInterrupted with what is done."""
    made = prepare(plan)
    total, cursor = len(plan.prices), made.ledger.cursor
    with deferred_interrupt() as interrupted:
        try:
            while (row := int(cursor[tables.ROW])) < total and not interrupted:
                made = _advance(plan, made, min(row + CHUNK, total))
                if progress is not None:
                    progress(int(cursor[tables.ROW]), total)
        except KeyboardInterrupt:
            interrupted.append(signal.SIGINT)
    if interrupted:
        raise SimulationInterrupted(result_of(plan, made) if cursor[tables.ROW] else None)
    return result_of(plan, made)


def _advance(plan: Plan, made: Prepared, stop: int) -> Prepared:
    try:
        compiled_advance(made.scene, made.ledger, made.rows, made.buffer, stop)
    except PoolRevert as revert:
        raise refused_liquidity(plan, made, revert) from None
    return with_room(plan, made, stop)


def refused_liquidity(plan: Plan, made: Prepared, revert: PoolRevert) -> PoolwrightError:
    """Return the error for a liquidity event that the pool refuses."""
    time = iso_time(int(plan.prices.times[made.ledger.cursor[tables.ROW]]))
    return PoolwrightError(f"the pool refuses the liquidity event at {time}: {revert}.")


def with_room(plan: Plan, made: Prepared, stop: int) -> Prepared:
    """Return the same run, with more room if it stopped short for want of it; raise what a fee function did wrong."""
    cursor, buffer = made.ledger.cursor, made.buffer
    if cursor[tables.FAULT]:
        time = iso_time(int(plan.prices.times[cursor[tables.FAULT] - 1]))
        raise PoolwrightError(f"the fee function gave a negative fee or no number at {time}.")
    if not plan.series or cursor[tables.ROW] == stop:
        return made
    count, larger = int(cursor[tables.TRADED]), 2 * len(buffer.places)
    grown = tables.empty_buffer(larger, made.ledger.balances, buffer.sample)
    grown.places[:count], grown.amounts[:count] = buffer.places[:count], buffer.amounts[:count]
    return made._replace(buffer=grown)


def prepare(plan: Plan) -> Prepared:
    """Make the arrays of a run."""
    params, series = plan.params, plan.prices
    n, rows = len(params.tokens), len(series)
    units = np.array([10.0**token.decimals for token in params.tokens])
    market = tables.Market(series.per_unit(units), series.times, units)
    raw = partial(_amounts, plan.precision == "exact")
    held = raw(plan.initial.balances)
    ledger = tables.Ledger(
        balances=held,
        supply=raw([plan.initial.shares]),
        accounts=np.zeros((tables.ACCOUNTS, *held.shape), held.dtype),
        reserves=np.array([float(balance) for balance in plan.initial.balances]),
        totals=np.zeros(tables.TOTALS),
        cursor=np.zeros(tables.CURSOR, np.int64),
        demand=np.zeros(3),
    )
    ledger.totals[tables.SHARE] = 1.0
    orders = cast.retail_orders(plan.cast.retail, series, plan.seed)
    if plan.cast.retail is not None and isinstance(plan.cast.retail.rival, RivalPool):
        orders = orders._replace(rival_reserves=ledger.reserves.copy())
    event_rows, fractions = cast.liquidity_rows(plan.cast.liquidity, series)
    moved = np.zeros((len(event_rows), *held.shape), held.dtype)
    events = tables.Events(event_rows, fractions, moved, np.zeros_like(moved[:, 0]))
    terms, compiled = _terms(plan, n)
    arbitrageur = cast.arbitrageur_terms(plan.cast.arbitrageur, series, plan.seed, ledger.balances)
    arrays = kind_arrays(params, plan.initial.rates)
    course = cast.course_terms(plan.cast, plan.course, plan.rates, plan.initial, ledger.balances)
    scene = tables.Scene(arrays, market, terms, arbitrageur, orders, events, course, plan.series)
    kept = rows if plan.series else 0
    slots = max(kept, 1)
    filled = tables.Rows(np.empty((kept, n)), np.zeros((slots, tables.FLOWS)), np.zeros(slots, np.int64))
    sample = empty_sample(plan.seed, n, draws=plan.precision == "float")
    capacity = rows + len(orders.rows) + tables.MAX_TRADES_PER_ROW if plan.series else 0
    buffer = tables.empty_buffer(capacity, ledger.balances, sample)
    return Prepared(scene, ledger, filled, buffer, compiled)


def _amounts(exact: bool, values: Sequence[int]) -> Any:
    """Return amounts as the ledger counts: words in limbs, or float64."""
    return native.to_limbs(values) if exact else np.array([float(value) for value in values])


def _terms(plan: Plan, n: int) -> tuple[tables.Terms, tuple[Any, Any]]:
    params = plan.params
    fee, policy = (plan.fee, None) if isinstance(plan.fee, FeeRule) else (None, plan.fee)
    desk = fee.desk(n) if fee else np.zeros(1)
    compiled = compile_rule(fee, n) if fee else (None, None)
    rule, after = (function.address if function else 0 for function in compiled)
    flat = params.swap_fee / WAD
    asked = policy_terms(policy, params, plan.initial.rates, int(plan.prices.times[0]))
    counted = partial(_amounts, plan.precision == "exact")
    parts = counted([params.protocol_share, params.creator_share])
    quanta = counted([asset_word.quantum(token.decimals) * plan.in_vault for token in params.tokens])
    withdrawal = counted([params.withdrawal_fee // BASIS_POINT])
    terms = tables.Terms(
        np.full((n, n), params.swap_fee, np.int64), np.full((n, n), 1.0 - flat), parts, quanta, withdrawal,
        plan.fees_outside_reserves, asked, rule, after, desk, desk.ctypes.data, flat,
    )  # fmt: skip
    return terms, compiled


@contextmanager
def deferred_interrupt() -> Iterator[list[int]]:
    """Collect Ctrl-C in a list, so that it falls between chunks; a second one interrupts at once."""
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)


def result_of(plan: Plan, made: Prepared) -> SimulationTotals:
    """Return the rows that are done."""
    ledger, events = made.ledger, made.scene.events
    places_of = tables.ROW, tables.EVENT, tables.TRADED, tables.PAID_FOR
    done, seen, count, turned = (int(ledger.cursor[at]) for at in places_of)
    accounts = {place: tuple(whole_units(words)) for place, words in enumerate(ledger.accounts)}
    last_row = int(ledger.cursor[tables.CHANGED]) - 1
    final = replace(
        plan.initial,
        balances=tuple(whole_units(ledger.balances)),
        protocol_owed=accounts[tables.PROTOCOL],
        creator_owed=accounts[tables.CREATOR],
        shares=whole_units(ledger.supply)[0],
        at=int(plan.prices.times[last_row]) if last_row >= 0 else plan.initial.at,
    )
    if isinstance(plan.course, AmplificationCourse):
        final = replace(final, amplification=int(plan.course.values[done - 1]))
    if plan.rates is not None:
        final = replace(final, rates=plan.rates.at(done - 1))
    exact = plan.precision == "exact"
    facts: dict[str, Any] = {
        "params": plan.params,
        "prices": plan.prices,
        "agents": plan.cast.agents,
        "seed": plan.seed,
        "precision": plan.precision,
        "recheck": None
        if exact
        else recheck(plan.params, plan.initial, made.buffer.sample, count, plan.course, plan.rates),
        "fee_rule": told(plan.fee) if plan.fee else None,
        "fees_outside_reserves": plan.fees_outside_reserves,
        "course": plan.course,
        "rates": plan.rates,
        "initial_state": plan.initial,
        "final_state": final,
        "accounts": accounts,
        "totals": ledger.totals,
        "demand": ledger.demand,
        "rows": done,
        "trade_count": count,
        "refused": int(ledger.cursor[tables.REFUSED]),
    }
    if not plan.series:
        return SimulationTotals(**facts)
    places, amounts = made.buffer.places[:count], made.buffer.amounts[:count]
    slots = int(ledger.cursor[tables.SLOT])
    return SimulationResult(
        **facts,
        trades=Trades(plan.prices.times[places[:, 0]], places, amounts),
        liquidity=LiquidityMoves(
            events.rows[:seen], events.fractions[:seen], events.amounts[:seen], events.shares[:seen]
        ),
        balances=made.rows.balances[:done],
        flow_rows=made.rows.flow_rows[:slots],
        rebalancer_rows=made.scene.course.rows[:turned],
        rebalancer_amounts=made.scene.course.amounts[:turned],
        row_flows=made.rows.flows[:slots],
    )
