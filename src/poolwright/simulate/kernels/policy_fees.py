"""The contracts' fee policies in the loop: each has a type of its own, so that only the one in use is compiled."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload, register_jitable

from poolwright.model import native
from poolwright.model.maths import fee_policy_maths, oracle_maths
from poolwright.model.maths.asset_word import Asset
from poolwright.model.words import greatest, least, to_signed_word, to_word, uadd, udiv, umul, ushl, usub
from poolwright.simulate.kernels.amounts import read
from poolwright.simulate.kernels.inline import INLINE
from poolwright.simulate.typing import Floats, Integers, Limbs
from poolwright.spec.bounds import WAD

# Rows of a volatility policy's memory, by token.
DRIFT, VARIANCE, TIME = range(3)


class Flat(NamedTuple):
    """The declared fee, or a user's function."""

    nothing: int


class Volatility(NamedTuple):
    """`words`: base, most, slope. `memory` int64[3, n]: drift and variance of each token as the contracts keep them,
    and since when they rest. `room`: of one word, as the others have it.
    """

    words: Limbs
    half_life: int
    memory: Integers
    room: Limbs


class Imbalance(NamedTuple):
    """`words`: least, base, most, slope. `factors`: value of a raw unit; `weights` in WAD."""

    words: Limbs
    factors: Limbs
    weights: Limbs
    room: Limbs


class Tiered(NamedTuple):
    """`words`: least, base. `classes` int64: by who trades."""

    words: Limbs
    classes: Integers
    room: Limbs


class Traded(NamedTuple):
    """`words`: least, base, threshold. `turnover`, one word, is what was traded until `time` int64[1], WAD."""

    words: Limbs
    half_life: int
    turnover: Limbs
    time: Integers
    room: Limbs


class Pooled(NamedTuple):
    """`words`: least, base, threshold."""

    words: Limbs
    room: Limbs


def policy_fees(policy: Any, ledger: Any, time: int, agent: int, swap_fees: Integers) -> bool:
    """Fill the fee of each pair in WAD for one who trades at a time; False for a flat fee, which stays as it is."""
    raise NotImplementedError("compiled code only")


def tell_policy(policy: Any, place: tuple[int, int], time: int, before: Any, after: Any, paid: Any) -> None:
    """Tell a policy of a trade: both balances before and after, in and out, and the amount in."""
    raise NotImplementedError("compiled code only")


@overload(policy_fees, strict=False)  # type: ignore[untyped-decorator]
def compiled_policy_fees(policy: Any, ledger: Any, time: Any, agent: Any, swap_fees: Any) -> Any:
    return FEES[policy.instance_class]


@overload(tell_policy, strict=False)  # type: ignore[untyped-decorator]
def compiled_tell_policy(policy: Any, place: Any, time: Any, before: Any, after: Any, paid: Any) -> Any:
    told = {Volatility: tell_volatility, Traded: tell_traded}
    return told.get(policy.instance_class, lambda policy, place, time, before, after, paid: None)


def tell_volatility(policy: Any, place: Any, time: Any, before: Any, after: Any, paid: Any) -> None:
    for side in range(2):
        move(policy, place[side], time, as_word(before[side]), as_word(after[side]))


def tell_traded(policy: Any, place: Any, time: Any, before: Any, after: Any, paid: Any) -> None:
    parts = udiv(umul(as_word(paid), to_word(WAD)), as_word(before[0]))
    # The Vault's word of a turnover holds 128 bits.
    most = usub(ushl(to_word(1), 128), to_word(1))
    native.store_word(policy.turnover, 0, least(uadd(turnover_at(policy, time), parts), most))
    policy.time[0] = time


@register_jitable  # type: ignore[untyped-decorator]
def turnover_at(policy: Traded, time: int) -> Any:
    """Return what is left at a time of what was traded."""
    left = oracle_maths.decay(to_word(time - policy.time[0]), to_word(policy.half_life))
    return umul(native.load_word(policy.turnover, 0), left) >> 64


def tell_factors(policy: Any, factors: Limbs) -> None:
    """Tell a policy that compares values what a raw unit of each token is worth now."""
    raise NotImplementedError("compiled code only")


@overload(tell_factors, strict=False)  # type: ignore[untyped-decorator]
def compiled_tell_factors(policy: Any, factors: Any) -> Any:
    if policy.instance_class is not Imbalance:
        return lambda policy, factors: None

    def told(policy: Any, factors: Any) -> None:
        policy.factors[:] = factors

    return told


def as_word(amount: Any) -> Any:
    """Return an amount of either ledger as a word."""
    raise NotImplementedError("compiled code only")


@overload(as_word, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_as_word(amount: Any) -> Any:
    if isinstance(amount, types.Float):
        return lambda amount: native.from_float(amount)
    return lambda amount: amount


@register_jitable  # type: ignore[untyped-decorator]
def rested(policy: Volatility, k: int, time: int, balance: Any) -> Any:
    """Return drift and variance of a token at a time."""
    memory, nothing = policy.memory, to_word(0)
    drift, variance = to_signed_word(memory[DRIFT, k]), to_word(memory[VARIANCE, k])
    asset = Asset(balance, nothing, drift, variance, to_word(memory[TIME, k]), nothing)
    return oracle_maths.rested(asset, to_word(time), to_word(policy.half_life))


@register_jitable  # type: ignore[untyped-decorator]
def move(policy: Volatility, k: int, time: int, before: Any, after: Any) -> None:
    """Let a token's balance move at a time."""
    drift, variance = rested(policy, k, time, before)
    drift = oracle_maths.drifted(drift, before, after)
    # Both are far below 2^53, so that a float holds them exactly.
    policy.memory[DRIFT, k] = np.int64(native.to_float(drift))
    policy.memory[VARIANCE, k] = np.int64(native.to_float(variance))
    policy.memory[TIME, k] = time


@register_jitable  # type: ignore[untyped-decorator]
def machine_integer(room: Limbs, word: Any) -> Any:
    """Return a word below 2^63 as a machine integer."""
    native.store_word(room, 0, word)
    return np.int64(room[0, 0])


def flat_fees(policy: Any, ledger: Any, time: Any, agent: Any, swap_fees: Any) -> bool:
    return False


def volatility_fees(policy: Any, ledger: Any, time: Any, agent: Any, swap_fees: Any) -> bool:
    n = len(swap_fees)
    base, most = native.load_word(policy.words, 0), native.load_word(policy.words, 1)
    slope = native.load_word(policy.words, 2)
    for i in range(n):
        _, of_i = rested(policy, i, time, to_word(1))
        for o in range(i):
            _, of_o = rested(policy, o, time, to_word(1))
            volatility = oracle_maths.volatility(greatest(of_i, of_o))
            fee = fee_policy_maths.volatility_fee(base, most, slope, volatility)
            swap_fees[i, o] = swap_fees[o, i] = machine_integer(policy.room, fee)
    return True


def imbalance_fees(policy: Any, ledger: Any, time: Any, agent: Any, swap_fees: Any) -> bool:
    n = len(swap_fees)
    for i in range(n):
        for o in range(n):
            if i != o:
                fee = fee_policy_maths.imbalance_fee(
                    native.load_word(policy.words, 0), native.load_word(policy.words, 1),
                    native.load_word(policy.words, 2), native.load_word(policy.words, 3),
                    value_of(policy, ledger.balances, i), value_of(policy, ledger.balances, o),
                )  # fmt: skip
                swap_fees[i, o] = machine_integer(policy.room, fee)
    return True


@register_jitable  # type: ignore[untyped-decorator]
def value_of(policy: Imbalance, balances: Any, k: int) -> Any:
    """Return a token's value per weight, as the Vault asks for it."""
    value = umul(as_word(read(balances, k)), native.load_word(policy.factors, k))
    return udiv(value, native.load_word(policy.weights, k))


def tiered_fees(policy: Any, ledger: Any, time: Any, agent: Any, swap_fees: Any) -> Any:
    return fill_tier(policy, to_word(policy.classes[agent]), swap_fees)


def traded_fees(policy: Any, ledger: Any, time: Any, agent: Any, swap_fees: Any) -> Any:
    threshold = native.load_word(policy.words, 2)
    return fill_tier(policy, fee_policy_maths.class_of(turnover_at(policy, time), threshold), swap_fees)


def pooled_fees(policy: Any, ledger: Any, time: Any, agent: Any, swap_fees: Any) -> Any:
    supply, threshold = as_word(read(ledger.supply, 0)), native.load_word(policy.words, 2)
    return fill_tier(policy, fee_policy_maths.class_of(supply, threshold), swap_fees)


@register_jitable  # type: ignore[untyped-decorator]
def fill_tier(policy: Any, account_class: Any, swap_fees: Integers) -> bool:
    """Fill the fee of a class, the same for all pairs."""
    low, base = native.load_word(policy.words, 0), native.load_word(policy.words, 1)
    swap_fees[:] = machine_integer(policy.room, fee_policy_maths.tiered_fee(low, base, account_class))
    return True


FEES = {
    Flat: flat_fees,
    Volatility: volatility_fees,
    Imbalance: imbalance_fees,
    Tiered: tiered_fees,
    Traded: traded_fees,
    Pooled: pooled_fees,
}


@register_jitable  # type: ignore[untyped-decorator]
def keeps_of(swap_fees: Integers, keeps: Floats) -> None:
    """Fill `keeps` from the fees, the largest of them on the diagonal."""
    n, most = len(keeps), 0.0
    for i in range(n):
        for o in range(n):
            if i != o:
                keeps[i, o] = 1.0 - swap_fees[i, o] / 1e18
                most = max(most, keeps[i, o])
    for k in range(n):
        keeps[k, k] = most
