"""Halves and quarters of words: 64-bit limbs as `uint64`, and the 128-bit products of two of them.

For `division.py` and `algorithms.py` only. Unlike words, `u128` has plain `+ -`, which wrap.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.datamodel.models import PrimitiveModel
from numba.extending import intrinsic, register_model

from poolwright.model.native.operators import define_operator
from poolwright.model.native.word_types import LIMB, LIMBS, WORD, u256

HALF = ir.IntType(128)
uint64 = types.uint64


class HalfType(types.Type):
    """An unsigned integer of 128 bits, inside division only."""

    signed = False

    def __init__(self) -> None:
        super().__init__(name="u128")


u128 = HalfType()


@register_model(HalfType)
class HalfModel(PrimitiveModel):
    def __init__(self, manager: Any, half_type: HalfType) -> None:
        super().__init__(manager, half_type, HALF)


@define_operator(operator.add, u128)
def emit_half_add(context: Any, builder: Any, half: HalfType, a: Any, b: Any) -> Any:
    return builder.add(a, b)


@define_operator(operator.sub, u128)
def emit_half_sub(context: Any, builder: Any, half: HalfType, a: Any, b: Any) -> Any:
    return builder.sub(a, b)


@define_operator(operator.ge, u128, returns_bool=True)
def emit_half_ge(context: Any, builder: Any, half: HalfType, a: Any, b: Any) -> Any:
    return builder.icmp_unsigned(">=", a, b)


@intrinsic
def product(typingctx: Any, a: Any, b: Any) -> Any:
    """The exact product of two limbs."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.mul(builder.zext(args[0], HALF), builder.zext(args[1], HALF))

    return u128(uint64, uint64), emit


@intrinsic
def wide(typingctx: Any, high: Any, low: Any) -> Any:
    """high * 2**64 + low."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        high, low = (builder.zext(limb, HALF) for limb in args)
        return builder.or_(builder.shl(high, ir.Constant(HALF, 64)), low)

    return u128(uint64, uint64), emit


@intrinsic
def high_of(typingctx: Any, half: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.trunc(builder.lshr(args[0], ir.Constant(HALF, 64)), LIMB)

    return uint64(u128), emit


@intrinsic
def low_of(typingctx: Any, half: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.trunc(args[0], LIMB)

    return uint64(u128), emit


@intrinsic
def funnel(typingctx: Any, high: Any, low: Any, n: Any) -> Any:
    """The high limb of (high * 2**64 + low) << n, for n below 64."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        shape = ir.FunctionType(LIMB, [LIMB, LIMB, LIMB])
        return builder.call(builder.module.declare_intrinsic("llvm.fshl", [LIMB], shape), args)

    return uint64(uint64, uint64, uint64), emit


@intrinsic
def leading_zeros(typingctx: Any, limb: Any) -> Any:
    """How many high bits of a non-zero limb are clear."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.ctlz(args[0], ir.Constant(ir.IntType(1), 1))

    return uint64(uint64), emit


@intrinsic
def leading_zeros_of_word(typingctx: Any, word: Any) -> Any:
    """How many high bits of a non-zero word are clear."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.trunc(builder.ctlz(args[0], ir.Constant(ir.IntType(1), 1)), LIMB)

    return uint64(u256), emit


@intrinsic
def split(typingctx: Any, word: Any) -> Any:
    """The limbs of a word, lowest first."""
    sig = types.UniTuple(uint64, LIMBS)(u256)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        shifted = [builder.lshr(args[0], ir.Constant(WORD, 64 * k)) for k in range(LIMBS)]
        return context.make_tuple(builder, sig.return_type, [builder.trunc(w, LIMB) for w in shifted])

    return sig, emit


@intrinsic
def join(typingctx: Any, l0: Any, l1: Any, l2: Any, l3: Any) -> Any:
    """The word of four limbs, lowest first."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        word = builder.zext(args[0], WORD)
        for k in range(1, LIMBS):
            word = builder.or_(word, builder.shl(builder.zext(args[k], WORD), ir.Constant(WORD, 64 * k)))
        return word

    return u256(uint64, uint64, uint64, uint64), emit


@intrinsic
def full_product(typingctx: Any, a: Any, b: Any) -> Any:
    """(high, low) words of the exact 512-bit product."""
    double = ir.IntType(512)
    sig = types.UniTuple(u256, 2)(u256, u256)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        exact = builder.mul(builder.zext(args[0], double), builder.zext(args[1], double))
        high = builder.trunc(builder.lshr(exact, ir.Constant(double, 256)), WORD)
        return context.make_tuple(builder, sig.return_type, [high, builder.trunc(exact, WORD)])

    return sig, emit


@intrinsic
def bits_of_float(typingctx: Any, x: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bitcast(args[0], LIMB)

    return uint64(types.float64), emit


@intrinsic
def float_of_bits(typingctx: Any, bits: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(uint64), emit
