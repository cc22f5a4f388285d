"""Weights that move: the pool's own rebalancer, and the one who trades before each scheduled change.

What a rebalancer does follows from prices, targets and the seed, never from the pool's balances, so the weights of all
rows are known before the run. A ramp is what the contracts make of it (`ramp_maths.value_at`), to the last unit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from poolwright.errors import PoolwrightError
from poolwright.model.maths import ramp_maths
from poolwright.simulate.markets.portable import stream
from poolwright.simulate.parameters import whole, within
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.ramps import ramp_values, seconds_needed, too_fast
from poolwright.simulate.typing import Floats, Integers
from poolwright.spec.bounds import MAX_RAMP, MIN_RAMP, MIN_WEIGHT, WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams
from poolwright.spec.weighted import split_wad

SECONDS_PER_HOUR = 3_600
Flags = npt.NDArray[np.bool_]
Targets = tuple[tuple[int, tuple[float, ...]], ...] | Callable[[PriceSeries], Floats]


class Payer(StrEnum):
    """Who pays for the rebalancer's transactions."""

    MANAGER = "manager"
    POOL = "pool"
    PROTOCOL = "protocol"
    CREATOR = "creator"


@dataclass(frozen=True, slots=True)
class Rebalancer:
    """Moves the weights of a weighted pool towards targets, by linear ramps that the contracts take.

    `targets`: (unix seconds, weights) in order, each valid from its time on; or a function of the prices that returns
    weights [rows, n], each row from prices up to that row if it is to be honest. A ramp takes `ramp_seconds`; it starts
    when a weight is off its target by more than `threshold` (a fraction of the value), no ramp runs and the brake is
    off. As in the contracts, no weight may change in one block (12 seconds) by more than half the least fee, as a part
    of it; `unbounded` ramps may, and be of any length: no pool of ours makes them, they are for theory.

    The rebalancer looks at each row, or at random times, `checks_per_hour` on average, that nobody can foresee.

    `brake_drop`: it halts, at the weights of that moment, when the tokens, held at the pool's first weights, are worth
    less than 1 - brake_drop of their highest value of the last `brake_seconds`; and rests for `brake_rest` seconds.

    Each start and each halt is a transaction of `gas_cost` (numeraire), paid by `paid_by`: "manager", from elsewhere;
    "protocol" or "creator", from their fees; "pool", by minting shares for the rebalancer that it withdraws at once.
    """

    targets: Targets
    ramp_seconds: int = 86_400
    threshold: float = 0.0
    checks_per_hour: float | None = None
    gas_cost: float = 0.0
    paid_by: Payer | str = Payer.MANAGER
    brake_drop: float | None = None
    brake_seconds: int = 3_600
    brake_rest: int = 86_400
    unbounded: bool = False

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "paid_by", Payer(self.paid_by))
        except ValueError:
            raise PoolwrightError(f"paid_by {str(self.paid_by)!r}; known: {', '.join(Payer)}.") from None
        for name in ("ramp_seconds", "brake_seconds", "brake_rest"):
            whole(name, getattr(self, name))
        least, most = (1, 2**31) if self.unbounded else (MIN_RAMP, MAX_RAMP)
        within("ramp_seconds", self.ramp_seconds, least, most)
        within("threshold", self.threshold, 0, 1)
        within("gas_cost", self.gas_cost, 0, 1e9)
        if self.checks_per_hour is not None:
            within("checks_per_hour", self.checks_per_hour, 1e-6, 3_600)
        if self.brake_drop is not None:
            within("brake_drop", self.brake_drop, 1e-6, 1)


@dataclass(frozen=True, slots=True)
class FrontRunner:
    """Knows the schedule: trades last before a change of weights and first after it, whenever that should pay.

    With keep = 1 - fee, a token more paid in before and bought back after the change earns
    keep^2 (w_in / w_in') (w_out' / w_out) - 1, however much it is. So it pays where the step of a ramp is larger than
    two fees, and then it makes the largest swap that the pool allows. It sells at the market; a swap costs `gas_cost`.
    """

    gas_cost: float = 0.0

    def __post_init__(self) -> None:
        within("gas_cost", self.gas_cost, 0, 1e9)


class Course(NamedTuple):
    """The weights of a run: int64[rows, n] in WAD, at each row and as scheduled there for the next.

    `rows`: in which the rebalancer makes a transaction, in order; the halts among them are `halts`. `goals`
    int64[k, n]: where each transaction sends the weights, at a halt where they are.
    """

    weights: Integers
    scheduled: Integers
    rows: Integers
    halts: Integers
    goals: Integers

    @property
    def fractions(self) -> Floats:
        """Weights as fractions that sum to 1 [rows, n]; a ramp's rounding leaves a few units."""
        return np.asarray(self.weights / self.weights.sum(axis=1, keepdims=True))


def course_of(
    agent: Rebalancer | None, params: PoolParams, series: PriceSeries, seed: int, least_fee: int
) -> Course | None:
    """Return the weights of all rows, None without a rebalancer; `least_fee`, WAD, is what bounds the speed.

    Raises PoolwrightError for what the contracts refuse: another kind, a ramp that is too fast.
    """
    if agent is None:
        return None
    if params.kind is not Kind.WEIGHTED:
        raise PoolwrightError(
            f"a Rebalancer moves the weights of a weighted pool; this one is {params.kind.value}."
        )
    targets = _targets(agent, params, series)
    checks, braked = _checks(agent, series, seed), _braked(agent, params, series)
    weights = np.tile(np.array(params.weights, np.int64), (len(series), 1))
    scheduled, rows, halts, goals = weights.copy(), [], [], []
    row, rest_until = 0, -1
    while True:
        off = np.max(np.abs(targets[row:] - weights[row] / WAD), axis=1) > max(agent.threshold, 1e-12)
        ready = off & checks[row:] & ~braked[row:] & (series.times[row:] >= rest_until)
        if not ready.any():
            break
        start = row + int(np.argmax(ready))
        goal = _wad(targets[start])
        if not agent.unbounded:
            _refuse_too_fast(weights[start].tolist(), goal, agent.ramp_seconds, least_fee)
        rows.append(start)
        goals.append(goal)
        row = _ramp(agent, series.times, (weights, scheduled), start, goal)
        stopped = start + 1 + np.flatnonzero(braked[start + 1 : row + 1])
        if len(stopped) and stopped[0] < row:
            row = int(stopped[0])
            rows.append(row)
            halts.append(row)
            goals.append(tuple(weights[row].tolist()))
            rest_until = int(series.times[row]) + agent.brake_rest
            weights[row:] = weights[row]
            scheduled[row:] = weights[row]
        if row >= len(series) - 1:
            break
    sent = np.array(goals, np.int64).reshape(len(goals), len(params.tokens))
    return Course(weights, scheduled, np.array(rows, np.int64), np.array(halts, np.int64), sent)


def _refuse_too_fast(weights: list[int], goal: tuple[int, ...], seconds: int, least_fee: int) -> None:
    """Hold each weight to the contracts' speed; two that move may move a price by twice as much."""
    needed = max(seconds_needed(*each, seconds, least_fee // 2) for each in zip(weights, goal, strict=True))
    if needed:
        ends = " to ".join(", ".join(f"{weight / WAD:.4g}" for weight in each) for each in (weights, goal))
        raise PoolwrightError(too_fast(f"weights from {ends}", seconds, needed, least_fee))


def _ramp(
    agent: Rebalancer, times: Integers, filled: tuple[Integers, Integers], start: int, target: tuple[int, ...]
) -> int:
    """Fill weights and schedule from row `start` on; return the row at which the ramp is over, or the last."""
    weights, scheduled = filled
    first, end = int(times[start]), int(times[start]) + agent.ramp_seconds
    pairs = zip(weights[start].tolist(), target, strict=True)
    ramps = [ramp_maths.Ramp(weight, goal, first, end) for weight, goal in pairs]
    stop = min(int(np.searchsorted(times, end)), len(times) - 1)
    weights[start : stop + 1] = ramp_values(ramps, times[start : stop + 1])
    weights[stop:] = weights[stop]
    scheduled[start:stop] = weights[start + 1 : stop + 1]
    scheduled[stop:] = weights[stop]
    return stop


def _wad(weights: Floats) -> tuple[int, ...]:
    """Return weights as integers that sum to WAD; 0.7 is seven tenths, not the binary number next to it."""
    return split_wad([Fraction(str(weight)) for weight in weights.tolist()])


def _targets(agent: Rebalancer, params: PoolParams, series: PriceSeries) -> Floats:
    """Return what is wanted at each row [rows, n], checked."""
    n, least = len(params.tokens), MIN_WEIGHT / WAD
    if callable(agent.targets):
        wanted = np.asarray(agent.targets(series), dtype=np.float64)
        if wanted.shape != (len(series), n):
            raise PoolwrightError(
                f"targets of shape {wanted.shape}: the function must return [{len(series)}, {n}]."
            )
    else:
        times = np.array([time for time, _ in agent.targets], np.int64)
        if len(times) == 0 or (np.diff(times) <= 0).any() or any(len(each) != n for _, each in agent.targets):
            raise PoolwrightError(
                f"targets: give (unix seconds, {n} weights) with rising times, one or more."
            )
        known = np.array([np.array(params.weights) / WAD, *(each for _, each in agent.targets)])
        wanted = known[np.searchsorted(times, series.times, side="right")]
    wrong = ~(np.isfinite(wanted).all(axis=1) & (wanted >= least - 1e-12).all(axis=1))
    wrong |= np.abs(wanted.sum(axis=1) - 1) > 1e-9
    if wrong.any():
        row = int(np.argmax(wrong))
        raise PoolwrightError(
            f"target weights {wanted[row].tolist()} at {iso_time(int(series.times[row]))}: each must be {least:g} or "
            "more, and all sum to 1."
        )
    return wanted


def _checks(agent: Rebalancer, series: PriceSeries, seed: int) -> Flags:
    """Return at which rows the rebalancer looks."""
    if agent.checks_per_hour is None:
        return np.ones(len(series), np.bool_)
    hours = np.diff(series.times, prepend=series.times[0] - series.step) / SECONDS_PER_HOUR
    drawn = stream(seed, "rebalancer", "checks").random(len(series))
    return np.asarray(drawn < -np.expm1(-agent.checks_per_hour * hours))


def _braked(agent: Rebalancer, params: PoolParams, series: PriceSeries) -> Flags:
    """Return at which rows the tokens have fallen too far from their highest value of late."""
    braked = np.zeros(len(series), np.bool_)
    if agent.brake_drop is None:
        return braked
    worth = series.prices / series.prices[0] @ (np.array(params.weights) / WAD)
    highest: deque[int] = deque()
    for row, time in enumerate(series.times.tolist()):
        while highest and worth[highest[-1]] <= worth[row]:
            highest.pop()
        highest.append(row)
        while series.times[highest[0]] < time - agent.brake_seconds:
            highest.popleft()
        braked[row] = worth[row] < (1 - agent.brake_drop) * worth[highest[0]]
    return braked
