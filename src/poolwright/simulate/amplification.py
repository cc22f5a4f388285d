"""Amplification that moves: the scheduled ramps of a stable pool, bounded as the contracts bound them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from poolwright.analytics.impermanent_loss import stable_invariant
from poolwright.analytics.stable_composition import stable_composition
from poolwright.errors import PoolwrightError
from poolwright.model.maths import ramp_maths
from poolwright.simulate.kernels.course import compiled_invariants
from poolwright.simulate.parameters import whole, within
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.ramps import ramp_values, seconds_needed, too_fast
from poolwright.simulate.typing import Floats, Integers
from poolwright.spec.bounds import (
    AMPLIFICATION_PRECISION,
    MAX_AMPLIFICATION,
    MAX_RAMP,
    MIN_AMPLIFICATION,
    MIN_RAMP,
)
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams


@dataclass(frozen=True, slots=True)
class AmplificationRamps:
    """Moves the amplification of a stable pool towards targets, by linear ramps.

    `targets`: (unix seconds, A) in order of time, A as in pool.toml (Ann = A n). Each ramp starts in the first row at
    or after its time, takes `ramp_seconds`, and must be over before the next. As in the contracts, A may not change
    in one block (12 seconds) by more than the least fee, as a part of it.
    """

    targets: tuple[tuple[int, float], ...]
    ramp_seconds: int = 7 * 86_400

    def __post_init__(self) -> None:
        whole("ramp_seconds", self.ramp_seconds)
        within("ramp_seconds", self.ramp_seconds, MIN_RAMP, MAX_RAMP)
        if not self.targets:
            raise PoolwrightError("targets is empty: give (unix seconds, amplification), one or more.")
        for each in self.targets:
            if len(each) != 2:
                raise PoolwrightError(f"targets has {each!r}, which is not (unix seconds, amplification).")
            whole("targets time", each[0])
            _in_units(each[1])
        times = [time for time, _ in self.targets]
        if any(later <= time for time, later in zip(times, times[1:], strict=False)):
            raise PoolwrightError("targets times must rise.")


class AmplificationCourse(NamedTuple):
    """The amplification of a run at each row, `values` int64[rows], A times 1,000.

    `rows`: in which a ramp starts; `goals` int64[k, 1]: where it ends.
    """

    values: Integers
    rows: Integers
    goals: Integers


def amplification_course(
    agent: AmplificationRamps | None, params: PoolParams, series: PriceSeries, least_fee: int
) -> AmplificationCourse | None:
    """Return the amplification of all rows, None without an agent; `least_fee`, WAD, is what bounds the speed.

    Raises PoolwrightError for what the contracts refuse: another kind, a ramp within a ramp, one that is too fast.
    """
    if agent is None:
        return None
    if params.kind is not Kind.STABLE:
        raise PoolwrightError(
            f"AmplificationRamps move the amplification of a stable pool; this one is {params.kind.value}."
        )
    values = np.full(len(series), params.amplification, np.int64)
    rows: list[int] = []
    goals: list[tuple[int]] = []
    over = 0
    for time, target in agent.targets:
        row = int(np.searchsorted(series.times, time))
        if row == len(series):
            raise PoolwrightError(
                f"targets: {iso_time(time)} is after the last price, at {iso_time(int(series.times[-1]))}. "
                "Leave it out, or give more prices."
            )
        first = int(series.times[row])
        if first < over:
            raise PoolwrightError(
                f"targets: at {iso_time(first)} the ramp before is under way until {iso_time(over)}. "
                "Start later, or shorten ramp_seconds."
            )
        over = first + agent.ramp_seconds
        start, goal = int(values[row]), _in_units(target)
        _refuse_too_fast(start, goal, agent.ramp_seconds, least_fee)
        values[row:] = ramp_values([ramp_maths.Ramp(start, goal, first, over)], series.times[row:])[:, 0]
        rows.append(row)
        goals.append((goal,))
    return AmplificationCourse(values, np.array(rows, np.int64), np.array(goals, np.int64))


def _in_units(amplification: float) -> int:
    """Return A times 1,000, exactly; 0.1 is a tenth, not the binary number next to it."""
    least, most = (bound / AMPLIFICATION_PRECISION for bound in (MIN_AMPLIFICATION, MAX_AMPLIFICATION))
    within("targets amplification", amplification, least, most)
    units = Fraction(str(amplification)) * AMPLIFICATION_PRECISION
    if units.denominator != 1:
        raise PoolwrightError(f"targets amplification {amplification!r} has more than 3 decimals.")
    return int(units)


def _refuse_too_fast(start: int, goal: int, seconds: int, least_fee: int) -> None:
    """Hold a ramp to the contracts' speed, and say how long it has to be."""
    needed = seconds_needed(start, goal, seconds, least_fee)
    if needed:
        ends = f"{start / AMPLIFICATION_PRECISION:g} to {goal / AMPLIFICATION_PRECISION:g}"
        raise PoolwrightError(too_fast(f"an amplification from {ends}", seconds, needed, least_fee))


def zero_fee_balances(values: Integers, rates: Floats, balances: Floats, prices: Floats) -> Floats:
    """Return the balances [r, k] of a pool without fees whose amplification and rates move, by arbitrage at `prices`.

    `prices` [r, k]; `values` [r]: A times 1,000; `rates` [r, k] or [k]; `balances` [k], the first. No asset is ever
    frozen. In each row the amplification or a rate changes, which leaves the balances and gives them another D, then
    arbitrage takes the pool to the least value on the new invariant. The invariant is of degree 1 in units of the pool
    (balance times rate), so with u_r the composition where D = 1, x_r = D_r u_r and
    D_r = D_(r-1) D(u_(r-1) rate_r / rate_(r-1) at A_r): where neither changes, D stays.
    """
    amplification = values / AMPLIFICATION_PRECISION
    rates = np.broadcast_to(rates, prices.shape)
    composition = stable_composition(amplification, prices / rates)
    growth = np.ones(len(prices))
    moved = 1 + np.flatnonzero((np.diff(values) != 0) | (np.diff(rates, axis=0) != 0).any(axis=1))
    found = np.empty(len(moved))
    n = prices.shape[1]
    grown = composition[moved - 1] * rates[moved] / rates[moved - 1]
    compiled_invariants(tuple(range(n)), grown, amplification[moved] * n, found)
    growth[moved] = found
    first = stable_invariant(float(amplification[0]), balances * rates[0])
    return np.asarray((first * np.cumprod(growth))[:, None] * composition / rates)
