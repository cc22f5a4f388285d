"""quote_many: swaps over arrays of amounts, native and exact; a revert code for each, never an aborted batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from poolwright.errors import PoolRevert
from poolwright.extras import require
from poolwright.model.kinds import Stable, Weighted
from poolwright.model.maths import fee_maths
from poolwright.model.pool import Pool, Token
from poolwright.model.results import SwapKind
from poolwright.model.snapshot import Snapshot
from poolwright.spec.bounds import MAX_BALANCE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Limbs = NDArray[np.uint64]


class QuoteBatch(NamedTuple):
    """Quotes of many amounts against one state.

    `given` and `found` are amounts in and out (or out and in, exact out) as uint64[n, 4] limbs, lowest first.
    `codes` is int32[n]: 0 accepted, otherwise 1 + the position of the revert text in `reasons`; a refused
    element has 0 found. Integers are made when asked for.
    """

    kind: SwapKind
    swap_fee: int
    given: Limbs
    found: Limbs
    codes: NDArray[np.int32]
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def amounts_in(self) -> list[int]:
        """Return the amounts in, raw units."""
        return _integers(self.given if self.kind is SwapKind.EXACT_IN else self.found)

    @property
    def amounts_out(self) -> list[int]:
        """Return the amounts out, raw units."""
        return _integers(self.found if self.kind is SwapKind.EXACT_IN else self.given)

    @property
    def fees(self) -> list[int]:
        """Return the fees, in token in; 0 where refused."""
        pairs = zip(self.amounts_in, self.codes.tolist(), strict=True)
        return [0 if code else fee_maths.fee_of(amount, self.swap_fee) for amount, code in pairs]

    def reason(self, position: int) -> str | None:
        """Return the revert text of one element, None if it was accepted."""
        code = int(self.codes[position])
        return self.reasons[code - 1] if code else None


def quote_many(
    pool: Pool, kind: SwapKind, token_in: Token, token_out: Token, amounts: Sequence[int] | NDArray[Any], *,
    at: int = 0, account: str | None = None,
) -> QuoteBatch:  # fmt: skip
    """Return the exact quote of every amount (raw units; a list, or an array of integers) against the pool as it is.

    `at` and `account` are as in `Pool.quote`: the fee that they make is one for all amounts.

    Raises TypeError or OverflowError for amounts that are no unsigned integers; MissingExtra without numba.
    """
    require("numba", extra="sim")
    import numpy as np

    from poolwright.model.native import to_limbs

    i, o = pool.position(token_in), pool.position(token_out)
    given = to_limbs(amounts)
    found = np.zeros_like(given)
    reverted = np.zeros(len(given), np.bool_)
    exact_in = kind is SwapKind.EXACT_IN
    try:
        moment = pool.moment(token_in, token_out, at=at, account=account)
    except PoolRevert as revert:
        return QuoteBatch(kind, 0, given, found, np.ones(len(given), np.int32), (revert.reason,))
    state = moment.state
    if i == o:
        reverted[:] = True
    else:
        _run(moment, exact_in, i, o, (given, found, reverted))
        sums = (given, found) if exact_in else (found, given)
        reverted |= _suspect(*sums, state.balances[i], state.balances[o])
    codes, reasons = _explain(moment, kind, i, o, given, found, reverted)
    return QuoteBatch(kind, state.swap_fee, given, found, codes, reasons)


def _run(moment: Snapshot, exact_in: bool, i: int, o: int, columns: tuple[Limbs, Limbs, Any]) -> None:
    """Fill `columns`: amounts given, amounts found, whether an element reverted."""
    invariant, balances, fee = moment.invariant, moment.state.balances, moment.state.swap_fee
    if isinstance(invariant, Stable):
        try:
            x, *scale = invariant.scaled
        except PoolRevert:
            columns[2][:] = True
            return
        factors = invariant.factors
        swap = (i, factors[i], o, factors[o], balances[o], fee)
        _compiled("stable", len(x))(exact_in, x, (*scale, moment.state.amplification), swap, *columns)
    elif isinstance(invariant, Weighted):
        weights = invariant.weights
        pair = (balances[i], weights[i], balances[o], weights[o], fee)
        _compiled("weighted", 0)(exact_in, pair, *columns)
    else:
        _compiled("constant_product", 0)(exact_in, (balances[i], balances[o], fee), *columns)


@cache
def _compiled(kernel: str, assets: int) -> Callable[..., None]:
    """The compiled kernel that takes Python integers as words; `assets` only where it decides the shape of x."""
    from numba import types

    from poolwright.model import kernels, native

    words = {"weighted": (5,), "constant_product": (3,), "stable": (assets, 4, 6)}[kernel]
    limbs = types.uint64[:, ::1]
    signature = (
        types.boolean, *(types.UniTuple(native.u256, n) for n in words), limbs, limbs, types.boolean[::1],
    )  # fmt: skip
    dispatcher = native.jit(getattr(kernels, kernel), name=f"{kernel.replace('_', ' ')} quotes", seconds=3)
    dispatcher.compile(signature)
    entry: Callable[..., None] = dispatcher.overloads[signature].entry_point
    return entry


def _suspect(amounts_in: Limbs, amounts_out: Limbs, balance_in: int, balance_out: int) -> Any:
    """Elements that the ledger might refuse: nothing out, all out, or too much in. The model decides."""
    overfull = _above(amounts_in, MAX_BALANCE - balance_in)
    return ~amounts_out.any(axis=1) | overfull | _above(amounts_out, balance_out - 1)


def _above(limbs: Limbs, bound: int) -> Any:
    """Elements above a bound that is below 2**128."""
    high, low = divmod(bound, 2**64)
    return limbs[:, 2:].any(axis=1) | (limbs[:, 1] > high) | ((limbs[:, 1] == high) & (limbs[:, 0] > low))


def _explain(
    moment: Snapshot, kind: SwapKind, i: int, o: int, given: Limbs, found: Limbs, reverted: Any
) -> tuple[Any, tuple[str, ...]]:
    """Ask the exact model about every flagged element: its text, or its amount if the flag was only caution."""
    import numpy as np

    from poolwright.model.native import load_word, store_word

    codes = np.zeros(len(given), np.int32)
    reasons: dict[str, int] = {}
    for k in np.flatnonzero(reverted):
        try:
            quote = moment.quote(kind, i, o, load_word(given, k))
            store_word(found, k, quote.amount_out if kind is SwapKind.EXACT_IN else quote.amount_in)
        except PoolRevert as revert:
            codes[k] = reasons.setdefault(revert.reason, len(reasons) + 1)
            found[k] = 0
    return codes, tuple(reasons)


def _integers(limbs: Limbs) -> list[int]:
    from poolwright.model.native import from_limbs

    return from_limbs(limbs)
