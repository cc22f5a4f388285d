"""What a run did to its pool, deed by deed in the order of the engine: what a replay on contracts has to do again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from poolwright.errors import PoolwrightError
from poolwright.simulate.amplification import AmplificationRamps
from poolwright.simulate.kernels import tables
from poolwright.simulate.rebalancer import Course, Payer, Rebalancer
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.trades import whole_units

# The order of deeds at one time. ANNOUNCE is for whoever replays: the change of a ramp is announced before it is made.
REPORT, FOLLOW, HALT, ANNOUNCE, RAMP, EARLY_SWAP, LIQUIDITY, SWAP = range(8)


class Report(NamedTuple):
    """A token's rate provider reports a rate, WAD, of a time; 0: always of the moment."""

    time: int
    token: int
    rate: int
    updated: int
    turn: int = REPORT


class Follow(NamedTuple):
    """Somebody lets the pool ask its providers."""

    time: int
    turn: int = FOLLOW


class Halt(NamedTuple):
    """The ramp under way ends where it is."""

    time: int
    turn: int = HALT


class Ramp(NamedTuple):
    """A ramp starts, to the weights (WAD) or to the amplification (A times 1,000), for so many seconds."""

    time: int
    seconds: int
    goals: tuple[int, ...]
    turn: int = RAMP


class Liquidity(NamedTuple):
    """Shares are minted (+) or burned (-) in proportion to the balances, for amounts in raw units."""

    time: int
    shares: int
    amounts: tuple[int, ...]
    turn: int = LIQUIDITY


class Swap(NamedTuple):
    """A swap, exact in, by an agent of `kernels.tables`; raw units."""

    time: int
    turn: int
    agent: int
    token_in: int
    token_out: int
    amount_in: int
    amount_out: int


Deed = Report | Follow | Halt | Ramp | Liquidity | Swap


def journal(result: SimulationResult) -> list[Deed]:
    """Return the deeds of an exact run, in order. PoolwrightError for what no pool in the Vault can do."""
    if result.precision != "exact" or result.fees_outside_reserves:
        raise PoolwrightError(
            "only an exact run of a pool that keeps its fees can be done again on the contracts."
        )
    deeds = [*_rates(result), *_ramps(result), *_liquidity(result), *_swaps(result)]
    return sorted(deeds, key=lambda deed: (deed.time, deed.turn))


def _rates(result: SimulationResult) -> Iterator[Report | Follow]:
    """Yield what providers say where it is new; the pool asks then, and where an answer has grown too old."""
    rates = result.rates
    if rates is None:
        return
    times = result.prices.times[: result.rows].tolist()
    told = {k: (report.rates[0], 0) for k, report in rates.reports.items()}
    for row, time in enumerate(times):
        before = dict(told)
        for k, report in rates.reports.items():
            updated = int(report.updated[row])
            told[k] = report.rates[row], 0 if updated == time else updated
            if told[k] != before[k]:
                yield Report(time, k, *told[k])
        here = rates.accepted[row], rates.frozen[row]
        last = rates.accepted[max(row - 1, 0)], rates.frozen[max(row - 1, 0)]
        if told != before or not all(map(np.array_equal, here, last)):
            yield Follow(time)


def _ramps(result: SimulationResult) -> Iterator[Halt | Ramp]:
    course, mover = result.course, _mover(result)
    if course is None or mover is None:
        return
    if isinstance(mover, Rebalancer) and mover.gas_cost and mover.paid_by == Payer.POOL:
        raise PoolwrightError(
            "no pool in the Vault mints shares for its rebalancer: let another pay, with paid_by or gas_cost = 0."
        )
    halts = set(course.halts.tolist()) if isinstance(course, Course) else set()
    for row, goals in zip(course.rows.tolist(), course.goals.tolist(), strict=True):
        if row < result.rows:
            time = int(result.prices.times[row])
            yield Halt(time) if row in halts else Ramp(time, mover.ramp_seconds, tuple(goals))


def _mover(result: SimulationResult) -> Rebalancer | AmplificationRamps | None:
    movers = (agent for agent in result.agents if isinstance(agent, Rebalancer | AmplificationRamps))
    return next(movers, None)


def _liquidity(result: SimulationResult) -> Iterator[Liquidity]:
    moves = result.liquidity
    amounts = [whole_units(moves.amounts[:, k]) for k in range(len(result.units))]
    columns = zip(
        moves.rows.tolist(), moves.fractions.tolist(), whole_units(moves.shares), *amounts, strict=True
    )
    for row, fraction, shares, *moved in columns:
        yield Liquidity(int(result.prices.times[row]), shares if fraction > 0 else -shares, tuple(moved))


def _swaps(result: SimulationResult) -> Iterator[Swap]:
    """Yield the trades; whoever ran before a change of weights sells before the liquidity of a row moves."""
    row, early = -1, False
    for trade in result.trades:
        early = trade.agent == tables.FRONT_RUNNER and (early or trade.row != row)
        row = trade.row
        turn = EARLY_SWAP if early else SWAP
        yield Swap(
            trade.time, turn, trade.agent, trade.token_in, trade.token_out, trade.amount_in, trade.amount_out
        )
