"""Amounts as the ledger counts them: 256-bit words in limbs, or whole units in float64. One loop serves either.

Floats are rounded to whole units where the contracts round, and to the same side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic, overload

from poolwright.model import native
from poolwright.model.float_maths import fee_maths as float_fee_maths
from poolwright.model.float_maths import share_maths as float_share_maths
from poolwright.model.maths import fee_maths, fixed_point, share_maths
from poolwright.model.words import to_word, uadd, udiv, umul, usub
from poolwright.simulate.kernels.inline import INLINE, inlined


def is_exact(account: Any) -> bool:
    """Tell from a numba array type whether it holds words."""
    return bool(account.dtype == types.uint64)


def read(account: Any, place: Any) -> Any:
    """Return the amount at an index or a tuple of indices."""
    raise NotImplementedError("compiled code only")


def write(account: Any, place: Any, amount: Any) -> None:
    """Set the amount at an index or a tuple of indices."""
    raise NotImplementedError("compiled code only")


def plus(a: Any, b: Any) -> Any:
    """Return a + b, checked when exact."""
    raise NotImplementedError("compiled code only")


def minus(a: Any, b: Any) -> Any:
    """Return a - b, checked when exact."""
    raise NotImplementedError("compiled code only")


def as_float(a: Any) -> float:
    """Return the nearest float64."""
    raise NotImplementedError("compiled code only")


def parts(fee: Any, shares: Any, quanta: Any, token: int) -> Any:
    """Return the protocol's and the creator's part of a fee; `shares` holds theirs.

    `quanta`: by token, what the Vault counts owed fees in; 0 for a ledger that counts raw units.
    """
    raise NotImplementedError("compiled code only")


def part_of_supply(supply: Any, fraction: int) -> Any:
    """Return the shares that are `fraction` (WAD) of the supply, rounded down."""
    raise NotImplementedError("compiled code only")


def provided(balance: Any, shares: Any, supply: Any) -> Any:
    """Return what `shares` more cost in one token; reverts as the pool does."""
    raise NotImplementedError("compiled code only")


def withdrawn(balance: Any, shares: Any, supply: Any, fee: Any) -> Any:
    """Return what `shares` less pay in one token, after a withdrawal fee (basis points); reverts as the pool does."""
    raise NotImplementedError("compiled code only")


@inlined
def add_to(account: Any, place: Any, amount: Any) -> None:
    """Book an amount."""
    write(account, place, plus(read(account, place), amount))


@overload(read, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _read(account: Any, place: Any) -> Any:
    if is_exact(account):
        return lambda account, place: native.load_word(account, place)
    return lambda account, place: account[place]


@overload(write, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _write(account: Any, place: Any, amount: Any) -> Any:
    if is_exact(account):
        return lambda account, place, amount: native.store_word(account, place, amount)

    def write_float(account: Any, place: Any, amount: Any) -> None:
        account[place] = amount

    return write_float


@overload(plus, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _plus(a: Any, b: Any) -> Any:
    return (lambda a, b: a + b) if isinstance(a, types.Float) else (lambda a, b: uadd(a, b))


@overload(minus, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _minus(a: Any, b: Any) -> Any:
    return (lambda a, b: a - b) if isinstance(a, types.Float) else (lambda a, b: usub(a, b))


@overload(as_float, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _as_float(a: Any) -> Any:
    return (lambda a: a) if isinstance(a, types.Float) else (lambda a: native.to_float(a))


@overload(parts, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _parts(fee: Any, shares: Any, quanta: Any, token: Any) -> Any:
    def rounded(fee: Any, shares: Any, quanta: Any, token: Any) -> Any:
        quantum, both = quanta[token], shares[0] + shares[1]
        if quantum == 0.0 or both == 0.0:
            protocol, creator, _, _ = float_fee_maths.split(fee, shares[0], shares[1], 0.0)
            return np.floor(protocol), np.floor(creator)
        owed = np.floor(fee * both / (1e18 * quantum)) * quantum
        creator = np.floor(owed * shares[1] / both)
        return owed - creator, creator

    def exact(fee: Any, shares: Any, quanta: Any, token: Any) -> Any:
        protocol, creator = native.load_word(shares, 0), native.load_word(shares, 1)
        quantum, both = native.load_word(quanta, token), uadd(protocol, creator)
        if quantum == to_word(0) or both == to_word(0):
            protocol, creator, _, _ = fee_maths.split(fee, protocol, creator, to_word(0))
            return protocol, creator
        # Together in whole quanta, as the Vault counts what it owes; shared when it is paid.
        owed = umul(udiv(umul(fee, both), umul(to_word(10**18), quantum)), quantum)
        creator = udiv(umul(owed, creator), both)
        return usub(owed, creator), creator

    return exact if is_exact(shares) else rounded


@overload(part_of_supply, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _part_of_supply(supply: Any, fraction: Any) -> Any:
    if isinstance(supply, types.Float):
        return lambda supply, fraction: np.floor(supply * (fraction / 1e18))
    return lambda supply, fraction: fixed_point.mul_div_down(supply, to_word(fraction), to_word(10**18))


@overload(provided, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _provided(balance: Any, shares: Any, supply: Any) -> Any:
    def rounded(balance: Any, shares: Any, supply: Any) -> Any:
        float_share_maths.minted(supply, shares)
        amount = np.ceil(float_share_maths.proportional_in_up((balance,), shares, supply)[0])
        float_share_maths.credited(balance, amount)
        return amount

    def exact(balance: Any, shares: Any, supply: Any) -> Any:
        share_maths.minted(supply, shares)
        amount = share_maths.proportional_in_up((balance,), shares, supply)[0]
        share_maths.credited(balance, amount)
        return amount

    return rounded if isinstance(balance, types.Float) else exact


@overload(withdrawn, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def _withdrawn(balance: Any, shares: Any, supply: Any, fee: Any) -> Any:
    def rounded(balance: Any, shares: Any, supply: Any, fee: Any) -> Any:
        float_share_maths.burned(supply, shares)
        paid = np.floor(float_share_maths.paid_shares_down(shares, fee))
        amount = np.floor(float_share_maths.proportional_out_down((balance,), paid, supply)[0])
        float_share_maths.debited(balance, amount)
        return amount

    def exact(balance: Any, shares: Any, supply: Any, fee: Any) -> Any:
        share_maths.burned(supply, shares)
        paid = share_maths.paid_shares_down(shares, fee)
        amount = share_maths.proportional_out_down((balance,), paid, supply)[0]
        share_maths.debited(balance, amount)
        return amount

    return rounded if isinstance(balance, types.Float) else exact


def _load_word(limbs: Any, k: Any) -> Any:
    return native.load_word(limbs, k)


def _load_float(numbers: Any, k: Any) -> Any:
    return numbers[k]


@intrinsic  # type: ignore[untyped-decorator]
def load_all(typingctx: Any, account: Any, like: Any) -> Any:
    """Load as many amounts as the tuple `like` has elements."""
    exact = account.dtype == types.uint64
    element, load = (native.u256, _load_word) if exact else (types.float64, _load_float)
    one, all_of_them = element(account, types.int64), types.UniTuple(element, len(like))

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = [context.get_constant(types.int64, k) for k in range(len(like))]
        loaded = [context.compile_internal(builder, load, one, [args[0], place]) for place in places]
        return context.make_tuple(builder, all_of_them, loaded)

    return all_of_them(account, like), emit
