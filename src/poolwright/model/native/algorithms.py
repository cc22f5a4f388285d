"""Division, powers, roots and modular arithmetic of `poolwright.model.words`.

Each is compiled once as a function of its own and called: they are too long to be repeated in place.
"""

from __future__ import annotations

import math
import operator
from typing import Any

from llvmlite import ir
from numba.core import cgutils
from numba.core.typing.templates import signature

from poolwright.errors import PoolRevert
from poolwright.model import words
from poolwright.model.native.arithmetic import SIGNED, UNSIGNED, define, define_compiled, emit_magnitude
from poolwright.model.native.division import divide, remainder_of_double
from poolwright.model.native.floats import from_float, to_float
from poolwright.model.native.limbs import full_product
from poolwright.model.native.operators import define_operator
from poolwright.model.native.word_types import WORD, Constant, i256, u256

ZERO: Any = Constant(0)
ONE: Any = Constant(1)
ALL_ONES: Any = Constant(2**256 - 1)
SIGNED_ZERO: Any = Constant(0, signed=True)
LOWEST: Any = Constant(-(2**255), signed=True)
LOWEST_MAGNITUDE: Any = Constant(2**255)


def magnitude(x: int) -> int:
    """Absolute value of a signed word as an unsigned one, of the lowest too."""
    return abs(x)


@define(magnitude, signature(u256, i256))
def emit(context: Any, builder: Any, a: Any) -> Any:
    return emit_magnitude(builder, a)


@define_compiled(words.udiv, UNSIGNED)
def checked_quotient(a: Any, b: Any) -> Any:
    if b == ZERO:
        raise PoolRevert("")
    return divide(a, b)[0]


@define_compiled(words.umod, UNSIGNED)
def checked_remainder(a: Any, b: Any) -> Any:
    if b == ZERO:
        raise PoolRevert("")
    return divide(a, b)[1]


def define_by_constant(symbol: Any, checked: Any, by_power_of_two: Any) -> None:
    """Make an operator the checked division, or a shift or mask when the divisor is a power of two.

    Operators divide by constants only, so LLVM settles the test for a power of two while compiling.
    """

    @define_operator(symbol, u256)
    def emit(context: Any, builder: Any, word: Any, a: Any, b: Any) -> Any:
        result = cgutils.alloca_once(builder, WORD)
        one_bit = builder.icmp_unsigned("==", builder.ctpop(b), ir.Constant(WORD, 1))
        with builder.if_else(one_bit) as (power_of_two, otherwise):
            with power_of_two:
                builder.store(by_power_of_two(builder, a, b), result)
            with otherwise:
                builder.store(context.compile_internal(builder, checked, UNSIGNED, (a, b)), result)
        return builder.load(result)


def emit_shift_by_divisor(builder: Any, a: Any, b: Any) -> Any:
    return builder.lshr(a, builder.cttz(b, ir.Constant(ir.IntType(1), 1)))


def emit_mask_by_divisor(builder: Any, a: Any, b: Any) -> Any:
    return builder.and_(a, builder.sub(b, ir.Constant(WORD, 1)))


define_by_constant(operator.floordiv, checked_quotient, emit_shift_by_divisor)
define_by_constant(operator.mod, checked_remainder, emit_mask_by_divisor)


@define_compiled(words.wrap_udiv, UNSIGNED)
def quotient_or_zero(a: Any, b: Any) -> Any:
    return ZERO if b == ZERO else divide(a, b)[0]


@define_compiled(words.wrap_sdiv, SIGNED)
def signed_quotient_or_zero(a: Any, b: Any) -> Any:
    """Truncates toward zero; the one quotient that does not fit, -2**255 / -1, wraps to itself."""
    if b == SIGNED_ZERO:
        return SIGNED_ZERO
    q = words.bits_to_signed(divide(magnitude(a), magnitude(b))[0])
    return words.wrap_ssub(SIGNED_ZERO, q) if (a ^ b) < SIGNED_ZERO else q


@define_compiled(words.sdiv, SIGNED)
def signed_quotient(a: Any, b: Any) -> Any:
    q = words.wrap_sdiv(a, b)
    if b == SIGNED_ZERO or (q == LOWEST and b < SIGNED_ZERO):
        raise PoolRevert("")
    return q


@define_compiled(words.smod, SIGNED)
def signed_remainder(a: Any, b: Any) -> Any:
    """Has the sign of the dividend."""
    if b == SIGNED_ZERO:
        raise PoolRevert("")
    r = words.bits_to_signed(divide(magnitude(a), magnitude(b))[1])
    return words.wrap_ssub(SIGNED_ZERO, r) if a < SIGNED_ZERO else r


@define_compiled(words.upow, UNSIGNED)
def power(a: Any, b: Any) -> Any:
    """Square and multiply; a square is always multiplied in later, so if it overflows, so does the power."""
    result = ONE
    while True:
        if (b & 1) != ZERO:
            result = words.umul(result, a)
        b = b >> 1
        if b == ZERO:
            return result
        a = words.umul(a, a)


@define_compiled(words.spow, SIGNED)
def signed_power(a: Any, b: Any) -> Any:
    if b < SIGNED_ZERO:
        raise PoolRevert("")
    size = words.upow(magnitude(a), words.bits_to_unsigned(b))
    negative = a < SIGNED_ZERO and (b & 1) != SIGNED_ZERO
    if size > LOWEST_MAGNITUDE or (size == LOWEST_MAGNITUDE and not negative):
        raise PoolRevert("")
    result = words.bits_to_signed(size)
    return words.wrap_ssub(SIGNED_ZERO, result) if negative else result


@define_compiled(words.addmod, signature(u256, u256, u256, u256))
def sum_modulo(a: Any, b: Any, c: Any) -> Any:
    if c == ZERO:
        raise PoolRevert("")
    a, b = divide(a, c)[1], divide(b, c)[1]
    gap = words.wrap_usub(c, b)  # at least 1, since b < c
    return words.wrap_usub(a, gap) if a >= gap else words.wrap_uadd(a, b)


@define_compiled(words.mulmod, signature(u256, u256, u256, u256))
def product_modulo(a: Any, b: Any, c: Any) -> Any:
    if c == ZERO:
        raise PoolRevert("")
    high, low = full_product(a, b)
    if c == ALL_ONES:  # 2**256 = 1 modulo 2**256 - 1: the upper word is added, and its carry once more
        total = words.wrap_uadd(high, low)
        if total < low:
            total = words.wrap_uadd(total, ONE)
        return ZERO if total == ALL_ONES else total
    if high == ZERO:
        return divide(low, c)[1]
    return remainder_of_double(high, low, c)


@define_compiled(words.isqrt, signature(u256, u256))
def square_root(x: Any) -> Any:
    """Newton from above: the last value that still fell is floor(sqrt(x))."""
    if x == ZERO:
        return ZERO
    # Two roundings, each below 2**-52 relative: the factor and the 1 keep the start at or above the root.
    estimate = math.sqrt(to_float(x)) * 1.000000000000001 + 1.0
    root = from_float(estimate)
    while True:
        closer = words.wrap_uadd(root, divide(x, root)[0]) >> 1  # both are below 2**129
        if closer >= root:
            return root
        root = closer
