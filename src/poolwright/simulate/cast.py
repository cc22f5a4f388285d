"""The agents of a run, put into the arrays that the compiled loop reads: gas, orders and events by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from poolwright.errors import PoolwrightError
from poolwright.model.state import PoolState
from poolwright.simulate.agents import Agent, Arbitrage, Arbitrageur, LiquidityEvents, Retail, RivalPool
from poolwright.simulate.amplification import AmplificationCourse, AmplificationRamps
from poolwright.simulate.fees import FeeRule
from poolwright.simulate.kernels import tables
from poolwright.simulate.markets.gas import GasSeries
from poolwright.simulate.markets.portable import stream
from poolwright.simulate.policies import Accounts, FeePolicy
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.rates import RateCourse, Rates
from poolwright.simulate.rebalancer import Course, FrontRunner, Payer, Rebalancer
from poolwright.simulate.typing import Flags, Floats, Integers, Limbs
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams

A = TypeVar("A")
SECONDS_PER_HOUR = 3_600


PARTS: tuple[type[Any], ...] = (
    Arbitrageur, Retail, LiquidityEvents, Rebalancer, FrontRunner, AmplificationRamps, Accounts, Rates
)  # fmt: skip


class Cast(NamedTuple):
    """The agents of a run, at most one of each; None where nobody plays the part."""

    arbitrageur: Arbitrageur | None
    retail: Retail | None
    liquidity: LiquidityEvents | None
    rebalancer: Rebalancer | None
    front_runner: FrontRunner | None
    amplification: AmplificationRamps | None
    accounts: Accounts | None
    rates: Rates | None

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Those who are there."""
        return tuple(agent for agent in self if agent is not None)


def cast_of(agents: Sequence[Agent]) -> Cast:
    """Sort agents by part; refuse two of one part and strangers."""
    for agent in agents:
        if not isinstance(agent, PARTS):
            known = ", ".join(part.__name__ for part in PARTS)
            raise PoolwrightError(f"{agent!r} is no agent; known: {known} (poolwright.simulate.agents).")
    return Cast(*(_one(agents, part) for part in PARTS))


def refuse_unsupported(cast: Cast, params: PoolParams, fee: FeeRule | FeePolicy | None) -> None:
    """Refuse what an agent cannot do on this pool, rather than do something like it."""
    refuse_moving_weights(cast, fee)
    agent = cast.arbitrageur
    if agent is not None and agent.model is Arbitrage.BEST_BASKET:
        if params.kind is Kind.STABLE:
            raise PoolwrightError(
                "best_basket has a closed form for weighted and constant product pools only. "
                "Use to_no_arbitrage for a stable pool: it ends where no basket pays."
            )
        if fee is not None:
            raise PoolwrightError(
                "best_basket needs one fee for all tokens that stays as it is within a transaction; a fee rule or "
                "policy gives none. Use best_pair or to_no_arbitrage."
            )


def refuse_moving_weights(cast: Cast, fee: FeeRule | FeePolicy | None) -> None:
    """Refuse what a pool of moving weights, or one who runs before them, cannot be combined with."""
    if cast.front_runner is not None:
        if cast.rebalancer is None:
            raise PoolwrightError("a FrontRunner runs before a Rebalancer's changes; there is none.")
        if fee is not None:
            raise PoolwrightError(
                "a FrontRunner weighs fees that stay as they are; those of a rule or policy do not."
            )
    if cast.rebalancer is not None and cast.retail is not None and isinstance(cast.retail.rival, RivalPool):
        raise PoolwrightError("a RivalPool keeps its weights: beside a Rebalancer, give a Venue as rival.")
    if (
        cast.amplification is not None
        and cast.retail is not None
        and isinstance(cast.retail.rival, RivalPool)
    ):
        raise PoolwrightError(
            "a RivalPool keeps its amplification: beside AmplificationRamps, give a Venue as rival."
        )


def course_terms(
    cast: Cast,
    course: Course | AmplificationCourse | None,
    rates: RateCourse | None,
    state: PoolState,
    balances: Any,
) -> tables.Course:
    """Return what the loop needs of what moves in a pool that opens in a `state`; `balances`: as the ledger counts."""
    rows, n = course.rows if isinstance(course, Course) else np.zeros(0, np.int64), len(state.balances)
    amounts = np.zeros((len(rows), *balances.shape), balances.dtype)
    moving: tuple[Limbs, Flags] = np.zeros((0, n, 4), np.uint64), np.zeros((0, n), np.bool_)
    if rates is not None:
        moving = rates.accepted, rates.frozen
    if isinstance(course, AmplificationCourse) or rates is not None:
        fixed = np.full((len(moving[1]), 1), state.amplification)
        values = course.values[:, None] if isinstance(course, AmplificationCourse) else fixed
        return tables.Course(values, values, *moving, rows, amounts, 0.0, False, False, 0.0)
    if not isinstance(course, Course) or cast.rebalancer is None:
        values = np.zeros((0, n), np.int64)
        return tables.Course(values, values, *moving, rows, amounts, 0.0, False, False, 0.0)
    agent, front = cast.rebalancer, cast.front_runner
    return tables.Course(
        course.weights, course.scheduled, *moving, rows, amounts, float(agent.gas_cost), agent.paid_by is Payer.POOL,
        front is not None, float(front.gas_cost) if front else 0.0,
    )  # fmt: skip


def _one(agents: Sequence[Agent], part: type[A]) -> A | None:
    found = [agent for agent in agents if isinstance(agent, part)]
    if len(found) > 1:
        raise PoolwrightError(f"{len(found)} agents of kind {part.__name__}: a run takes one of each kind.")
    return found[0] if found else None


CHOICES = {
    Arbitrage.BEST_PAIR: tables.ONE_PAIR,
    Arbitrage.TO_NO_ARBITRAGE: tables.ALL_PAIRS,
    Arbitrage.BEST_BASKET: tables.ONE_BASKET,
}


def arbitrageur_terms(
    agent: Arbitrageur | None, series: PriceSeries, seed: int, balances: Any
) -> tables.Arbitrageur:
    """Return what the loop needs of an arbitrageur; without one, gas is infinite. `balances`: as the ledger counts."""
    room = np.zeros((tables.MAX_LEGS, 2), np.int64), np.zeros(tables.MAX_LEGS)
    legs = tables.Legs(*room, np.zeros_like(balances))
    if agent is None:
        return tables.Arbitrageur(np.array([np.inf]), 0, 1.0, 0.0, tables.ONE_PAIR, legs)
    gas = _gas(agent, series, seed)
    if agent.gaps:
        gas = np.broadcast_to(gas, (len(series),)).copy()
        for start, stop in agent.gaps:
            gas[(series.times >= start) & (series.times < stop)] = np.inf
    choice = CHOICES[Arbitrage(agent.model)]
    return tables.Arbitrageur(
        gas, agent.latency_blocks, 1.0 - float(agent.venue_fee), float(agent.competition), choice, legs
    )


def _gas(agent: Arbitrageur, series: PriceSeries, seed: int) -> Floats:
    """Return what a trade costs in the numeraire: one number, or one per row."""
    if isinstance(agent.gas_cost, int | float):
        return np.array([float(agent.gas_cost)])
    law = agent.gas_cost
    if isinstance(law, GasSeries):
        law = GasSeries(series.times, law.at(series.times), law.source)
    else:
        law = law.generate(series.times, seed)
    assert agent.native is not None
    native: float | Floats
    if isinstance(agent.native, str):
        native = series.select([agent.native]).prices[:, 0]
    else:
        native = float(agent.native)
    return np.ascontiguousarray(law.cost(agent.gas_used, native))


def retail_orders(agent: Retail | None, series: PriceSeries, seed: int) -> tables.Retail:
    """Draw the orders of a run: the same seed gives the same orders, whatever the pool."""
    n = len(series.symbols)
    reserves, none = np.ones(n), np.zeros(0, np.int64)
    if agent is None or agent.orders_per_hour == 0:
        return tables.Retail(
            none, none.reshape(0, 2), np.zeros(0), 0.0, tables.NO_RIVAL, np.ones((n, n)), reserves
        )
    counts = _arrivals(agent, series, stream(seed, "retail", "arrivals"))
    rows = np.repeat(np.arange(len(series)), counts)
    tokens = _pairs(stream(seed, "retail", "pairs"), len(rows), n)
    normal = stream(seed, "retail", "sizes").standard_normal(len(rows))
    values = agent.mean_size * np.exp(agent.deviation * normal - 0.5 * agent.deviation**2)
    rival, fee = tables.NO_RIVAL, 0.0
    if agent.rival is not None:
        rival = tables.POOL_RIVAL if isinstance(agent.rival, RivalPool) else tables.VENUE_RIVAL
        fee = agent.rival.fee
    keeps = np.full((n, n), 1.0 - fee)
    return tables.Retail(rows, tokens, values, float(agent.elasticity), rival, keeps, reserves)


def _arrivals(agent: Retail, series: PriceSeries, rng: np.random.Generator) -> Integers:
    """Return how many orders arrive in each row; the first row is as long as most are."""
    gaps = np.diff(series.times)
    even = (gaps == gaps[:1]).all()  # then one rate for all gives the same draws sooner
    seconds = gaps[0] if even else np.concatenate([[series.step], gaps])
    return rng.poisson(agent.orders_per_hour * seconds / SECONDS_PER_HOUR, len(series))


def _pairs(rng: np.random.Generator, count: int, n: int) -> Integers:
    """Return [count, 2] token positions, all ordered pairs alike."""
    pairs = np.empty((count, 2), np.int64)
    pairs[:, 0] = token_in = rng.integers(0, n, count)
    other = rng.integers(0, n - 1, count)
    np.add(other, other >= token_in, out=pairs[:, 1])
    return pairs


def liquidity_rows(agent: LiquidityEvents | None, series: PriceSeries) -> tuple[Integers, Integers]:
    """Return the row and the fraction (WAD) of each event, in order of time."""
    if agent is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    schedule = sorted(agent.schedule)
    times = np.array([time for time, _ in schedule], dtype=np.int64)
    if len(times) and times[-1] > series.times[-1]:
        raise PoolwrightError(
            f"a liquidity event at {int(times[-1])} (unix seconds) is after the last price, at "
            f"{int(series.times[-1])}. Leave it out or simulate longer."
        )
    fractions = np.array([round(fraction * 1e18) for _, fraction in schedule], dtype=np.int64)
    return np.searchsorted(series.times, times).astype(np.int64), fractions
