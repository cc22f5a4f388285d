"""A float run held to the exact maths: a random sample of its trades, each against the contracts' own integers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model.float_maths import bounds
from poolwright.model.maths import (
    constant_product_maths,
    fee_maths,
    scaling,
    stable_maths,
    weighted_maths,
)
from poolwright.model.state import PoolState
from poolwright.simulate.amplification import AmplificationCourse
from poolwright.simulate.kernels.tables import Sample
from poolwright.simulate.markets.portable import stream
from poolwright.simulate.rates import RateCourse
from poolwright.simulate.rebalancer import Course
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
    rates: RateCourse | None = None,
) -> Recheck:
    """Compare a sample of so many trades with the exact maths; `course`, `rates`: what moved.

    Raises RecheckError when one is further off than the bound in `model/float_maths/bounds.json`.
    """
    bound, count, largest = _bound(params), min(trades, SIZE), 0.0
    amount_out = _formula(params, initial, course, rates)
    kept = (each[:count].tolist() for each in (sample.places, sample.amounts, sample.balances))
    for (row, i, o, _, swap_fee), (paid, taken, *_), held in zip(*kept, strict=True):
        net = fee_maths.net_of_fee(int(paid), swap_fee)
        try:
            exact = amount_out(row, tuple(map(int, held)), i, o, net)
        except PoolRevert:
            exact = 0
        factors = _factors(params, rates.at(row) if rates else initial.rates)
        sizes = np.array(factors, dtype=np.float64)
        size = float(np.array(held) @ sizes) / sizes[o] if factors else held[o]
        gap = abs(int(taken) - exact) / (1.0 + 1e-16 * size) if exact else math.inf
        if not gap <= bound:
            raise RecheckError(
                f"a float trade of row {row} is {gap:.3g} units from the exact one, more than the bound of "
                f'{bound:g}: use precision="exact" for this pool, and report it.'
            )
        largest = max(largest, gap)
    return Recheck(count, largest, bound)


def _bound(params: PoolParams) -> float:
    name = f"{params.kind.value}_maths.compute_out_given_exact_in"
    return float(bounds()["functions"][name]["wide"]["bound"]) + ROUNDING


def _factors(params: PoolParams, rates: tuple[int, ...]) -> tuple[int, ...]:
    """Return value per raw unit of each token of a stable pool, in WAD; none of another kind."""
    if params.kind is not Kind.STABLE:
        return ()
    pairs = zip(params.tokens, rates, strict=True)
    return tuple(scaling.scaling_factor(token.decimals, rate) for token, rate in pairs)


def _formula(
    params: PoolParams,
    initial: PoolState,
    course: Course | AmplificationCourse | None,
    rates: RateCourse | None,
) -> Callable[[int, tuple[int, ...], int, int, int], int]:
    """Return the exact amount out as a function of row, balances, token in, token out and net amount in (WAD)."""
    if params.kind is Kind.CONSTANT_PRODUCT:
        return lambda row, held, i, o, net: constant_product_maths.compute_out_given_exact_in(
            held[i], held[o], net
        )
    if params.kind is Kind.STABLE:
        fixed = initial.amplification
        ramped = course.values if isinstance(course, AmplificationCourse) else None
        return lambda row, held, i, o, net: stable_maths.compute_out_given_exact_in(
            held, _factors(params, rates.at(row) if rates else initial.rates),
            fixed if ramped is None else int(ramped[row]), i, o, net,
        )  # fmt: skip
    moving = course.weights if isinstance(course, Course) else None

    def weighted(row: int, held: tuple[int, ...], i: int, o: int, net: int) -> int:
        # In the middle of a ramp there are weights that no pool is created with.
        weights = params.weights if moving is None else moving[row].tolist()
        return weighted_maths.compute_out_given_exact_in(held[i], weights[i], held[o], weights[o], net)

    return weighted
