"""A float run held to the exact maths: a random sample of its trades, each against the contracts' own integers."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model.float_maths import bounds
from poolwright.model.maths import fee_maths, scaling, weighted_maths
from poolwright.model.results import SwapKind
from poolwright.model.snapshot import Snapshot
from poolwright.model.state import PoolState
from poolwright.simulate.amplification import AmplificationCourse
from poolwright.simulate.kernels.tables import Sample
from poolwright.simulate.markets.portable import stream
from poolwright.simulate.rebalancer import Course
from poolwright.simulate.typing import Floats
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams

# Trades that are compared: about a millisecond in each run.
SIZE = 50
# Steps drawn for the sample, enough for 50 e^20 trades.
STEPS = 1_000
# No trade has this number.
NEVER = 2**62
# What rounding to whole units may add on either side, beside the bound of the formula.
ROUNDING = 1.0


class RecheckError(PoolwrightError):
    """A float trade was further from the exact one than the committed bound allows."""


class Recheck(NamedTuple):
    """How a sample of trades compared: `largest_gap` and `bound` in units of the committed bounds.

    A unit is one raw unit of the token out and 1e-16 of its balance (stable pools: of the pool's value in it).
    """

    trades: int
    largest_gap: float
    bound: float


def empty_sample(seed: int, tokens: int, *, draws: bool) -> Sample:
    """Draw which trades of a run are kept, all alike likely, however many there will be; none without `draws`.

    The first SIZE are kept, then each later one replaces one of them with probability SIZE over its number;
    the gaps between such trades are drawn at once (Li, "Reservoir-sampling algorithms of time complexity
    O(n(1 + log(N/n)))", 1994, algorithm L).
    """
    room = np.zeros((SIZE, 5), np.int64), np.zeros((SIZE, 5)), np.zeros((SIZE, tokens))
    if not draws:
        return Sample(np.array([NEVER]), np.array([0]), *room)
    rng = stream(seed, "recheck")
    largest = np.exp(np.cumsum(np.log(rng.random(STEPS))) / SIZE)
    gaps = np.floor(np.log(rng.random(STEPS)) / np.log1p(-largest)) + 1.0
    later = np.minimum(SIZE - 1 + np.cumsum(gaps), float(NEVER)).astype(np.int64)
    numbers = np.concatenate([np.arange(SIZE), later, [NEVER]])
    return Sample(numbers, np.concatenate([np.arange(SIZE), rng.integers(0, SIZE, STEPS + 1)]), *room)


def recheck(
    params: PoolParams,
    initial: PoolState,
    sample: Sample,
    trades: int,
    course: Course | AmplificationCourse | None = None,
) -> Recheck:
    """Compare a sample of so many trades with the exact maths; `course`: weights or amplification that moved.

    Raises RecheckError when one is further off than the bound in `model/float_maths/bounds.json`.
    """
    bound, count, largest = _bound(params), min(trades, SIZE), 0.0
    for at in range(count):
        gap = _gap(params, initial, sample, at, course)
        if not gap <= bound:
            raise RecheckError(
                f"a float trade of row {sample.places[at, 0]} is {gap:.3g} units from the exact one, more than the "
                f'bound of {bound:g}: use precision="exact" for this pool, and report it.'
            )
        largest = max(largest, gap)
    return Recheck(count, largest, bound)


def _bound(params: PoolParams) -> float:
    name = f"{params.kind.value}_maths.compute_out_given_exact_in"
    return float(bounds()["functions"][name]["wide"]["bound"]) + ROUNDING


def _gap(
    params: PoolParams,
    initial: PoolState,
    sample: Sample,
    at: int,
    course: Course | AmplificationCourse | None,
) -> float:
    """Return how far one trade is from the exact one."""
    row, i, o, _, swap_fee = sample.places[at].tolist()
    paid, taken, *_ = sample.amounts[at].tolist()
    held = sample.balances[at]
    if isinstance(course, Course):
        return _weighted_gap(course.weights[row].tolist(), (i, o), (int(paid), int(taken)), swap_fee, held)
    state = replace(initial, balances=tuple(map(int, held.tolist())), swap_fee=swap_fee)
    if course is not None:
        state = replace(state, amplification=int(course.values[row]))
    try:
        exact = Snapshot(params, state).quote(SwapKind.EXACT_IN, i, o, int(paid)).amount_out
    except PoolRevert:
        return float("inf")
    unit = 1.0 + 1e-16 * _size(params, initial, held, o)
    return float(abs(int(taken) - exact) / unit)


def _weighted_gap(
    weights: list[int], pair: tuple[int, int], amounts: tuple[int, int], swap_fee: int, held: Floats
) -> float:
    """Do as `_gap` with weights in the middle of a ramp, which no pool is created with."""
    (i, o), (paid, taken) = pair, amounts
    net = fee_maths.net_of_fee(paid, swap_fee)
    try:
        exact = weighted_maths.compute_out_given_exact_in(
            int(held[i]), weights[i], int(held[o]), weights[o], net
        )
    except PoolRevert:
        return float("inf")
    return float(abs(taken - exact) / (1.0 + 1e-16 * held[o]))


def _size(params: PoolParams, initial: PoolState, held: Floats, o: int) -> float:
    """Return the balance that a unit of the bound is a part of."""
    if params.kind is not Kind.STABLE:
        return float(held[o])
    factors = [
        float(scaling.scaling_factor(token.decimals, rate))
        for token, rate in zip(params.tokens, initial.rates, strict=True)
    ]
    return float(held @ np.array(factors)) / factors[o]
