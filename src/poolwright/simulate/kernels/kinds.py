"""What the loop asks of each kind: the best trade and marginal prices in floats, and what a trade pays.

A kind is a tuple of arrays; numba compiles the engine once for each of these types.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import intrinsic, overload

from poolwright.model import native
from poolwright.model.maths import constant_product_maths, scaling, stable_maths, weighted_maths
from poolwright.model.words import to_word
from poolwright.simulate.kernels.closed_form import (
    stable_out,
    stable_slope,
    stable_trade,
    weighted_out,
    weighted_slope,
    weighted_trade,
)
from poolwright.simulate.typing import Floats, Limbs
from poolwright.spec.bounds import AMPLIFICATION_PRECISION, WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams


class Weighted(NamedTuple):
    """`weights`: fractions, and the same as words."""

    weights: Floats
    weight_words: Limbs


class ConstantProduct(NamedTuple):
    """`weights`: equal, because any pair trades at a constant product."""

    weights: Floats


class Stable(NamedTuple):
    """`tokens` carries the number of assets in its type; `factors` and `ann` (A n) are for floats, then as words."""

    tokens: tuple[int, ...]
    factors: Floats
    ann: float
    factor_words: Limbs
    amplification: Limbs


KindArrays = Weighted | ConstantProduct | Stable


def kind_arrays(params: PoolParams, rates: tuple[int, ...]) -> KindArrays:
    """Return the arrays of a pool's kind; `rates` in WAD."""
    n = len(params.tokens)
    if params.kind is Kind.WEIGHTED:
        return Weighted(
            np.array([weight / WAD for weight in params.weights]), native.to_limbs(params.weights)
        )
    if params.kind is Kind.CONSTANT_PRODUCT:
        return ConstantProduct(np.full(n, 1.0 / n))
    factors = [
        scaling.scaling_factor(token.decimals, rate) for token, rate in zip(params.tokens, rates, strict=True)
    ]
    return Stable(
        tuple(range(n)),
        np.array([factor / WAD for factor in factors]),
        params.amplification * n / AMPLIFICATION_PRECISION,
        native.to_limbs(factors),
        native.to_limbs([params.amplification]),
    )


def find_trade(
    kind: KindArrays, reserves: Floats, prices: Floats, keeps: Floats, proceeds: float
) -> tuple[int, int, float, float]:
    """Return (token in, token out, amount in, profit) of the most profitable pair; see `closed_form`."""
    raise NotImplementedError("compiled code only")


def slope(kind: KindArrays, reserves: Floats, i: int, o: int, net: float) -> float:
    """Return d out / d net of a swap after a net amount in, in floats."""
    raise NotImplementedError("compiled code only")


def float_out(kind: KindArrays, reserves: Floats, i: int, o: int, net: float) -> float:
    """Return the amount out for a net amount in, in floats."""
    raise NotImplementedError("compiled code only")


def amount_out(kind: KindArrays, balances: Limbs, i: int, o: int, net_in: Any) -> Any:
    """Return the exact amount out, a word, for a net amount in times 1e18, a word; reverts as the contract does."""
    raise NotImplementedError("compiled code only")


@overload(find_trade, strict=False)  # type: ignore[untyped-decorator]
def compiled_find_trade(kind: Any, reserves: Any, prices: Any, keeps: Any, proceeds: Any) -> Any:
    if kind.instance_class is Stable:
        return lambda kind, reserves, prices, keeps, proceeds: stable_trade(
            reserves, kind.factors, kind.ann, prices, keeps, proceeds
        )
    bounded = kind.instance_class is Weighted
    return lambda kind, reserves, prices, keeps, proceeds: weighted_trade(
        reserves, kind.weights, prices, keeps, proceeds, bounded
    )


@overload(slope, strict=False)  # type: ignore[untyped-decorator]
def compiled_slope(kind: Any, reserves: Any, i: Any, o: Any, net: Any) -> Any:
    if kind.instance_class is Stable:
        return lambda kind, reserves, i, o, net: stable_slope(reserves, kind.factors, kind.ann, i, o, net)
    return lambda kind, reserves, i, o, net: weighted_slope(reserves, kind.weights, i, o, net)


@overload(float_out, strict=False)  # type: ignore[untyped-decorator]
def compiled_float_out(kind: Any, reserves: Any, i: Any, o: Any, net: Any) -> Any:
    if kind.instance_class is Stable:
        return lambda kind, reserves, i, o, net: stable_out(reserves, kind.factors, kind.ann, i, o, net)
    return lambda kind, reserves, i, o, net: weighted_out(reserves, kind.weights, i, o, net)


@overload(amount_out, strict=False)  # type: ignore[untyped-decorator]
def compiled_amount_out(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
    if kind.instance_class is Weighted:

        def weighted(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
            return weighted_maths.compute_out_given_exact_in(
                native.load_word(balances, i),
                native.load_word(kind.weight_words, i),
                native.load_word(balances, o),
                native.load_word(kind.weight_words, o),
                net_in,
            )

        return weighted
    if kind.instance_class is ConstantProduct:

        def constant_product(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
            return constant_product_maths.compute_out_given_exact_in(
                native.load_word(balances, i), native.load_word(balances, o), net_in
            )

        return constant_product

    def stable(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
        return stable_maths.compute_out_given_exact_in(
            load_words(balances, kind.tokens),
            load_words(kind.factor_words, kind.tokens),
            native.load_word(kind.amplification, 0),
            to_word(i),
            to_word(o),
            net_in,
        )

    return stable


def _load_one(limbs: Any, k: Any) -> Any:
    return native.load_word(limbs, k)


@intrinsic  # type: ignore[untyped-decorator]
def load_words(typingctx: Any, limbs: Any, like: Any) -> Any:
    """Load as many words as the tuple `like` has elements."""
    one = native.u256(limbs, types.int64)
    whole = types.UniTuple(native.u256, len(like))

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = [context.get_constant(types.int64, k) for k in range(len(like))]
        loaded = [context.compile_internal(builder, _load_one, one, [args[0], place]) for place in places]
        return context.make_tuple(builder, whole, loaded)

    return whole(limbs, like), emit
