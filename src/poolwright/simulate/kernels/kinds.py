"""What the loop asks of each kind: the best trade and marginal prices in floats, and what a trade pays.

A kind is a tuple of arrays; numba compiles the engine once for each of these types.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from poolwright.errors import PoolRevert
from poolwright.model import native
from poolwright.model.float_maths import constant_product_maths as float_constant_product_maths
from poolwright.model.float_maths import stable_maths as float_stable_maths
from poolwright.model.float_maths import weighted_maths as float_weighted_maths
from poolwright.model.maths import constant_product_maths, scaling, stable_maths, weighted_maths
from poolwright.model.words import to_word
from poolwright.simulate.kernels.amounts import load_all
from poolwright.simulate.kernels.closed_form import (
    weighted_net_at,
    weighted_out,
    weighted_part,
    weighted_slope,
    weighted_trade,
)
from poolwright.simulate.kernels.inline import INLINE, inlined
from poolwright.simulate.kernels.stable_form import (
    Curve,
    stable_d,
    stable_out,
    stable_pair,
    stable_part,
    stable_slope,
    stable_trade,
)
from poolwright.simulate.typing import Flags, Floats, Limbs
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
    """`tokens` carries the number of assets in its type; `factors` and `ann` (A n, [1]) are for the choice of trades.

    Then factors and amplification as the contracts have them, as words and as floats; and what is remembered
    from row to row (`stable_form.remember`). `unit_words`: factors at a rate of 1e-18; `frozen` bool[n]: no swap of it.
    """

    tokens: tuple[int, ...]
    factors: Floats
    ann: Floats
    factor_words: Limbs
    amplification: Limbs
    raw_factors: Floats
    raw_amplification: Floats
    memory: Floats
    unit_words: Limbs
    frozen: Flags


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
        np.array([params.amplification * n / AMPLIFICATION_PRECISION]),
        native.to_limbs(factors),
        native.to_limbs([params.amplification]),
        np.array([float(factor) for factor in factors]),
        np.array([float(params.amplification)]),
        np.zeros(2 * n + 1),
        native.to_limbs([scaling.scaling_factor(token.decimals, WAD) // WAD for token in params.tokens]),
        np.zeros(n, np.bool_),
    )


@inlined
def curve_of(kind: Stable) -> Curve:
    """Return what decides the curve of a stable pool now."""
    return Curve(kind.tokens, kind.factors, kind.ann[0])


def find_trade(
    kind: KindArrays, reserves: Floats, prices: Floats, keeps: Floats, proceeds: float
) -> tuple[int, int, float, float]:
    """Return (token in, token out, amount in, profit) of the most profitable pair; see `closed_form`, `stable_form`."""
    raise NotImplementedError("compiled code only")


def slope(kind: KindArrays, reserves: Floats, i: int, o: int, net: float) -> float:
    """Return d out / d net of a swap after a net amount in, in floats."""
    raise NotImplementedError("compiled code only")


def net_at_slope(kind: KindArrays, reserves: Floats, i: int, o: int, target: float) -> float:
    """Return the net amount in after which the slope has come down to `target`, in floats; 0 if it is below."""
    raise NotImplementedError("compiled code only")


def part_of_order(kind: KindArrays, pools: Any, keeps: Any, pair: Any, amount: float) -> float:
    """Return what the first of two such `pools` (reserves) gets of an order, both paying alike at the margin."""
    raise NotImplementedError("compiled code only")


def float_out(kind: KindArrays, reserves: Floats, i: int, o: int, net: float) -> float:
    """Return the amount out for a net amount in, in floats."""
    raise NotImplementedError("compiled code only")


def amount_out(kind: KindArrays, balances: Limbs, i: int, o: int, net_in: Any) -> Any:
    """Return the exact amount out, a word, for a net amount in times 1e18, a word; reverts as the contract does."""
    raise NotImplementedError("compiled code only")


def is_open(kind: KindArrays, i: int, o: int) -> bool:
    """Tell whether the pool swaps these two at all: neither is frozen."""
    raise NotImplementedError("compiled code only")


@overload(find_trade, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_find_trade(kind: Any, reserves: Any, prices: Any, keeps: Any, proceeds: Any) -> Any:
    if kind.instance_class is Stable:
        return lambda kind, reserves, prices, keeps, proceeds: stable_trade(
            reserves, curve_of(kind), kind.memory, kind.frozen, prices, keeps, proceeds
        )
    bounded = kind.instance_class is Weighted
    return lambda kind, reserves, prices, keeps, proceeds: weighted_trade(
        reserves, kind.weights, prices, keeps, proceeds, bounded
    )


@overload(is_open, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_is_open(kind: Any, i: Any, o: Any) -> Any:
    if kind.instance_class is Stable:
        return lambda kind, i, o: not (kind.frozen[i] or kind.frozen[o])
    return lambda kind, i, o: True


@overload(slope, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_slope(kind: Any, reserves: Any, i: Any, o: Any, net: Any) -> Any:
    if kind.instance_class is Stable:
        return lambda kind, reserves, i, o, net: stable_slope(reserves, curve_of(kind), i, o, net)
    return lambda kind, reserves, i, o, net: weighted_slope(reserves, kind.weights, i, o, net)


@overload(net_at_slope, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_net_at_slope(kind: Any, reserves: Any, i: Any, o: Any, target: Any) -> Any:
    if kind.instance_class is Stable:
        return stable_net_at
    return lambda kind, reserves, i, o, target: weighted_net_at(reserves, kind.weights, i, o, target)


def stable_net_at(kind: Any, reserves: Any, i: Any, o: Any, target: Any) -> Any:
    curve = curve_of(kind)
    return stable_pair(reserves, curve, stable_d(reserves, curve), (i, o), target)[0]


@overload(part_of_order, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_part_of_order(kind: Any, pools: Any, keeps: Any, pair: Any, amount: Any) -> Any:
    if kind.instance_class is Stable:
        return lambda kind, pools, keeps, pair, amount: stable_part(
            pools, curve_of(kind), keeps, pair, amount
        )
    return lambda kind, pools, keeps, pair, amount: weighted_part(
        pools[0], pools[1], kind.weights, keeps, pair, amount
    )


@overload(float_out, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_float_out(kind: Any, reserves: Any, i: Any, o: Any, net: Any) -> Any:
    if kind.instance_class is Stable:
        return lambda kind, reserves, i, o, net: stable_out(reserves, curve_of(kind), i, o, net)
    return lambda kind, reserves, i, o, net: weighted_out(reserves, kind.weights, i, o, net)


@overload(amount_out, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_amount_out(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
    forms = EXACT if balances.dtype == types.uint64 else FLOAT
    return forms[kind.instance_class]


def exact_weighted(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
    return weighted_maths.compute_out_given_exact_in(
        native.load_word(balances, i),
        native.load_word(kind.weight_words, i),
        native.load_word(balances, o),
        native.load_word(kind.weight_words, o),
        net_in,
    )


def float_weighted(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
    return float_weighted_maths.compute_out_given_exact_in(
        balances[i], kind.weights[i], balances[o], kind.weights[o], net_in
    )


def exact_constant_product(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
    return constant_product_maths.compute_out_given_exact_in(
        native.load_word(balances, i), native.load_word(balances, o), net_in
    )


def float_constant_product(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
    return float_constant_product_maths.compute_out_given_exact_in(balances[i], balances[o], net_in)


def exact_stable(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
    if kind.frozen[i] or kind.frozen[o]:
        raise PoolRevert("rate: frozen")
    return stable_maths.compute_out_given_exact_in(
        load_all(balances, kind.tokens),
        load_all(kind.factor_words, kind.tokens),
        native.load_word(kind.amplification, 0),
        to_word(i),
        to_word(o),
        net_in,
    )


def float_stable(kind: Any, balances: Any, i: Any, o: Any, net_in: Any) -> Any:
    if kind.frozen[i] or kind.frozen[o]:
        raise PoolRevert("rate: frozen")
    return float_stable_maths.compute_out_given_exact_in(
        load_all(balances, kind.tokens),
        load_all(kind.raw_factors, kind.tokens),
        kind.raw_amplification[0],
        i,
        o,
        net_in,
    )


EXACT = {Weighted: exact_weighted, ConstantProduct: exact_constant_product, Stable: exact_stable}
FLOAT = {Weighted: float_weighted, ConstantProduct: float_constant_product, Stable: float_stable}
