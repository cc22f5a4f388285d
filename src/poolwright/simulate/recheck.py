"""A float run held to the exact maths: a random sample of its trades, each against the contracts' own integers."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model.float_maths import bounds
from poolwright.model.maths import scaling
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.model.state import PoolState
from poolwright.simulate.markets.portable import stream
from poolwright.simulate.trades import Trades
from poolwright.simulate.typing import Floats, Integers
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams

# Rows of which every trade is compared: about a millisecond in each run.
ROWS = 50
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


def recheck(
    params: PoolParams,
    initial: PoolState,
    trades: Trades,
    balances: Floats,
    moved: Integers,
    seed: int,
    outside: bool = False,
) -> Recheck:
    """Compare all trades of a sample of rows; `balances` [r, n] raw units after each row, `moved`: rows of liquidity.

    `outside`: fees stay out of the balances.

    Raises RecheckError when one is further off than the bound in `model/float_maths/bounds.json`.
    """
    bound = _bound(params)
    drawn = stream(seed, "recheck").integers(0, max(len(trades), 1), ROWS if len(trades) else 0)
    count, largest = 0, 0.0
    for row in sorted(set(trades.places[drawn, 0].tolist()) - set(moved.tolist())):
        held = np.array(initial.balances, dtype=np.float64) if row == 0 else balances[row - 1].copy()
        first, last = np.searchsorted(trades.places[:, 0], [row, row + 1])
        for at in range(int(first), int(last)):
            gap = _gap(params, initial, trades, at, held, outside)
            if not gap <= bound:
                raise RecheckError(
                    f"float trade {at} (row {row}) is {gap:.3g} units from the exact one, more than the bound of "
                    f'{bound:g}: use precision="exact" for this pool, and report it.'
                )
            count, largest = count + 1, max(largest, gap)
    return Recheck(count, largest, bound)


def _bound(params: PoolParams) -> float:
    name = f"{params.kind.value}_maths.compute_out_given_exact_in"
    return float(bounds()["functions"][name]["wide"]["bound"]) + ROUNDING


def _gap(
    params: PoolParams, initial: PoolState, trades: Trades, at: int, held: Floats, outside: bool
) -> float:
    """Return how far one trade is from the exact one, and move `held` as it did."""
    _, i, o, _, swap_fee = trades.places[at].tolist()
    paid, taken, fee, protocol, creator = trades.amounts[at].tolist()
    state = replace(initial, balances=tuple(int(each) for each in held), swap_fee=swap_fee)
    try:
        exact = Pool.from_state(params, state).quote(SwapKind.EXACT_IN, i, o, int(paid)).amount_out
    except PoolRevert:
        return float("inf")
    unit = 1.0 + 1e-16 * _size(params, initial, held, o)
    held[i] += paid - (fee if outside else protocol + creator)
    held[o] -= taken
    return float(abs(int(taken) - exact) / unit)


def _size(params: PoolParams, initial: PoolState, held: Floats, o: int) -> float:
    """Return the balance that a unit of the bound is a part of."""
    if params.kind is not Kind.STABLE:
        return float(held[o])
    factors = [
        float(scaling.scaling_factor(token.decimals, rate))
        for token, rate in zip(params.tokens, initial.rates, strict=True)
    ]
    return float(held @ np.array(factors)) / factors[o]
