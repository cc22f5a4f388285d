"""Checked and wrapping arithmetic, shifts and conversions of `poolwright.model.words`, in place.

Everything here is a few instructions and at most one test. Division, roots and modular products are
algorithms: `division.py` and `algorithms.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature

from poolwright.errors import PoolRevert
from poolwright.model import words
from poolwright.model.native.operators import emit_shift_left
from poolwright.model.native.word_types import WORD, WORD_BITS, i256, u256

ZERO = ir.Constant(WORD, 0)
MIN_SIGNED = ir.Constant(WORD, -(1 << (WORD_BITS - 1)))
Emit = Callable[..., Any]


def revert_if(context: Any, builder: Any, condition: Any) -> None:
    """Leave the compiled function with PoolRevert("") when the condition holds."""
    with builder.if_then(condition, likely=False):
        context.call_conv.return_user_exc(builder, PoolRevert, ("",))


def define(function: Any, *signatures: Any) -> Callable[[Emit], Emit]:
    """Make `emit(context, builder, *values)` the compiled form of a function, for each signature."""

    class Helper(ConcreteTemplate):
        key = function
        cases = list(signatures)

    infer_global(function, types.Function(Helper))

    def decorate(emit: Emit) -> Emit:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return emit(context, builder, *args)

        for case in signatures:
            lower_builtin(function, *case.args)(lower)
        return emit

    return decorate


def define_compiled(function: Any, *signatures: Any) -> Callable[[Emit], Emit]:
    """Make a plain function, compiled once per module as a function of its own, the form of another."""

    def decorate(body: Emit) -> Emit:
        for case in signatures:

            @define(function, case)
            def emit(context: Any, builder: Any, *args: Any, case: Any = case) -> Any:
                return context.compile_internal(builder, body, case, args)

        return body

    return decorate


UNSIGNED = signature(u256, u256, u256)
SIGNED = signature(i256, i256, i256)


def checked(name: str) -> Emit:
    """Emit LLVM's operation with an overflow bit, and revert on it."""

    def emit(context: Any, builder: Any, a: Any, b: Any) -> Any:
        pair = getattr(builder, name)(a, b)
        revert_if(context, builder, builder.extract_value(pair, 1))
        return builder.extract_value(pair, 0)

    return emit


def wrapping(name: str) -> Emit:
    """Emit LLVM's plain operation, which wraps at 256 bits."""

    def emit(context: Any, builder: Any, a: Any, b: Any) -> Any:
        return getattr(builder, name)(a, b)

    return emit


define(words.uadd, UNSIGNED)(checked("uadd_with_overflow"))
define(words.usub, UNSIGNED)(checked("usub_with_overflow"))
define(words.sadd, SIGNED)(checked("sadd_with_overflow"))
define(words.ssub, SIGNED)(checked("ssub_with_overflow"))
define(words.wrap_uadd, UNSIGNED)(wrapping("add"))
define(words.wrap_usub, UNSIGNED)(wrapping("sub"))
define(words.wrap_umul, UNSIGNED)(wrapping("mul"))
define(words.wrap_sadd, SIGNED)(wrapping("add"))
define(words.wrap_ssub, SIGNED)(wrapping("sub"))
define(words.wrap_smul, SIGNED)(wrapping("mul"))


def exact_product(builder: Any) -> Any:
    """One function per module, shared by all checked products: (a * b mod 2**256, whether it overflowed).

    LLVM splits the overflow test into halves; in place, at every product, it would swell compile time.
    """
    result = ir.LiteralStructType([WORD, ir.IntType(1)])
    name = "poolwright.exact_product"
    if name in builder.module.globals:
        return builder.module.globals[name]
    function = ir.Function(builder.module, ir.FunctionType(result, [WORD, WORD]), name)
    function.linkage = "linkonce_odr"
    function.attributes.add("noinline")
    body = ir.IRBuilder(function.append_basic_block())
    body.ret(body.umul_with_overflow(*function.args))
    return function


@define(words.umul, UNSIGNED)
def emit_umul(context: Any, builder: Any, a: Any, b: Any) -> Any:
    """In place for factors below 2**128, whose product fits; by the shared function for the others."""
    half = ir.Constant(WORD, WORD_BITS // 2)
    result = cgutils.alloca_once(builder, WORD)
    small = builder.icmp_unsigned("==", builder.lshr(builder.or_(a, b), half), ZERO)
    with builder.if_else(small, likely=True) as (fits, may_overflow):
        with fits:
            low_a, low_b = (builder.zext(builder.trunc(x, ir.IntType(128)), WORD) for x in (a, b))
            builder.store(builder.mul(low_a, low_b), result)
        with may_overflow:
            pair = builder.call(exact_product(builder), [a, b])
            revert_if(context, builder, builder.extract_value(pair, 1))
            builder.store(builder.extract_value(pair, 0), result)
    return builder.load(result)


@define(words.smul, SIGNED)
def emit_smul(context: Any, builder: Any, a: Any, b: Any) -> Any:
    """Multiply the magnitudes; the product fits up to 2**255, and 2**255 itself only when negative."""
    pair = builder.call(exact_product(builder), [emit_magnitude(builder, a), emit_magnitude(builder, b)])
    magnitude = builder.extract_value(pair, 0)
    negative = builder.icmp_signed("<", builder.xor(a, b), ZERO)
    product = builder.select(negative, builder.neg(magnitude), magnitude)
    wrong_sign = builder.xor(builder.icmp_signed("<", product, ZERO), negative)
    misfit = builder.and_(wrong_sign, builder.icmp_unsigned("!=", magnitude, ZERO))
    revert_if(context, builder, builder.or_(builder.extract_value(pair, 1), misfit))
    return product


def emit_magnitude(builder: Any, a: Any) -> Any:
    """Absolute value as an unsigned word; exact for the lowest number too."""
    return builder.select(builder.icmp_signed("<", a, ZERO), builder.neg(a), a)


@define(words.sneg, signature(i256, i256))
def emit_sneg(context: Any, builder: Any, a: Any) -> Any:
    revert_if(context, builder, builder.icmp_signed("==", a, MIN_SIGNED))
    return builder.neg(a)


@define(words.sabs, signature(i256, i256))
def emit_sabs(context: Any, builder: Any, a: Any) -> Any:
    revert_if(context, builder, builder.icmp_signed("==", a, MIN_SIGNED))
    return emit_magnitude(builder, a)


@define(words.ushl, UNSIGNED)
@define(words.sshl, signature(i256, i256, u256))
def emit_shl(context: Any, builder: Any, a: Any, n: Any) -> Any:
    return emit_shift_left(builder, a, n)


@define(words.narrow_u, signature(u256, u256, u256))
def emit_narrow_u(context: Any, builder: Any, x: Any, upper: Any) -> Any:
    revert_if(context, builder, builder.icmp_unsigned(">", x, upper))
    return x


@define(words.narrow_s, signature(i256, i256, i256, i256))
def emit_narrow_s(context: Any, builder: Any, x: Any, lower: Any, upper: Any) -> Any:
    below, above = builder.icmp_signed("<", x, lower), builder.icmp_signed(">", x, upper)
    revert_if(context, builder, builder.or_(below, above))
    return x


def unused_bits(builder: Any, bits: Any) -> Any:
    return builder.sub(ir.Constant(WORD, WORD_BITS), bits)


@define(words.wrap_narrow_u, UNSIGNED)
def emit_wrap_narrow_u(context: Any, builder: Any, x: Any, bits: Any) -> Any:
    n = unused_bits(builder, bits)
    return builder.lshr(builder.shl(x, n), n)


@define(words.wrap_narrow_s, signature(i256, i256, u256))
def emit_wrap_narrow_s(context: Any, builder: Any, x: Any, bits: Any) -> Any:
    n = unused_bits(builder, bits)
    return builder.ashr(builder.shl(x, n), n)


@define(words.to_signed, signature(i256, u256))
@define(words.to_unsigned, signature(u256, i256))
def emit_convert(context: Any, builder: Any, x: Any) -> Any:
    """Both ways the numbers that fit are those with the highest bit clear."""
    revert_if(context, builder, builder.icmp_signed("<", x, ZERO))
    return x


@define(words.bits_to_signed, signature(i256, u256))
@define(words.bits_to_unsigned, signature(u256, i256))
def emit_same_bits(context: Any, builder: Any, x: Any) -> Any:
    return x


@define(words.bool_to_word, signature(u256, types.boolean))
def emit_bool_to_word(context: Any, builder: Any, x: Any) -> Any:
    return builder.zext(x, WORD)


@define(words.to_word, signature(u256, types.int64), signature(u256, u256))
@define(words.to_signed_word, signature(i256, types.int64), signature(i256, i256))
def emit_to_word(context: Any, builder: Any, i: Any) -> Any:
    """Loop indices are machine integers, negative only where the loop is over a signed range."""
    return builder.sext(i, WORD) if i.type.width < WORD_BITS else i
