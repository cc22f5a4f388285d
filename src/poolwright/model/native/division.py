"""Exact 256-bit division from 64-bit steps.

LLVM's own wide division is a loop over bits. Here the divisor is shifted until its highest bit is set, one
reciprocal of its leading limbs is computed, and each limb of the quotient costs two products and at most two
corrections: Moller and Granlund, "Improved division by invariant integers" (2011), with the names used there:
u dividend, d divisor, v reciprocal, q quotient, r remainder; a digit is a limb, highest digit named highest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from poolwright.model.native.limbs import (
    funnel,
    high_of,
    join,
    leading_zeros,
    leading_zeros_of_word,
    low_of,
    product,
    split,
    uint64,
    wide,
)
from poolwright.model.native.word_types import Constant
from poolwright.model.words import ushl, wrap_uadd, wrap_umul, wrap_usub

inner = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")

ZERO = Constant(0)
N0, N1, N12, N14, N32, N46, N50 = (np.uint64(n) for n in (0, 1, 12, 14, 32, 46, 50))
ALL_ONES = np.uint64(2**64 - 1)
TWO_32 = np.uint64(2**32)


@inner
def reciprocal(d: Any) -> Any:
    """v = floor((2**128 - 1) / d) - 2**64, for d with its highest bit set.

    A float gives v0, about 50 bits and never too high; one Newton step gives the rest, one too low at worst.
    """
    # 2**63 / (d >> 1) lies in (1, 2]. Each of the two roundings and the dropped bit is under 2**-52 relative,
    # so in units of 2**-52 the fraction is off by less than 6: v0 <= v and v - v0 < 2**16.
    fraction = 9223372036854775808.0 / float(np.int64(d >> N1)) - 1.0
    estimate = np.int64(fraction * 4503599627370496.0) - 6
    v0 = uint64(estimate if estimate > 0 else 0) << N12
    # e = 2**128 - 1 - (2**64 + v0) * d, at least 0, below 2**81: v - v0 = floor(e / d).
    e = wide(ALL_ONES, ALL_ONES) - wide(d, N0) - product(v0, d)
    # e / d = e * (2**64 + v) / 2**128; (e >> 50) < 2**31 and (2**64 + v0) >> 32 < 2**33: the product fits.
    e_50 = (high_of(e) << N14) | (low_of(e) >> N50)
    q = (e_50 * (TWO_32 + (v0 >> N32))) >> N46
    v = v0 + q
    if e - product(q, d) >= wide(N0, d):
        v += N1
    return v


@inner
def reciprocal_2(d1: Any, d0: Any) -> Any:
    """v = floor((2**192 - 1) / (d1 * 2**64 + d0)) - 2**64, for d1 with its highest bit set."""
    v = reciprocal(d1)
    p = d1 * v + d0
    if p < d0:
        v -= N1
        if p >= d1:
            v -= N1
            p -= d1
        p -= d1
    t = product(v, d0)
    p += high_of(t)
    if p < high_of(t):
        v -= N1
        if wide(p, low_of(t)) >= wide(d1, d0):
            v -= N1
    return v


@inner
def divide_2_by_1(u1: Any, u0: Any, d: Any, v: Any) -> Any:
    """(quotient, remainder) of two digits by one, for u1 < d."""
    q = product(v, u1) + wide(u1, u0)
    digit = high_of(q) + N1
    r = u0 - digit * d
    if r > low_of(q):
        digit -= N1
        r += d
    if r >= d:  # rare
        digit += N1
        r -= d
    return digit, r


@inner
def divide_3_by_2(u21: Any, u0: Any, d: Any, v: Any) -> Any:
    """(quotient, remainder) of three digits by two, for u21 < d; pairs of digits are u128."""
    q = product(v, high_of(u21)) + u21
    digit = high_of(q)
    r = wide(low_of(u21) - digit * high_of(d), u0) - product(low_of(d), digit) - d
    digit += N1
    if high_of(r) >= low_of(q):
        digit -= N1
        r = r + d
    if r >= d:  # rare
        digit += N1
        r = r - d
    return digit, r


@inner
def divide_5_by_4(r: Any, u0: Any, d: Any, v: Any) -> Any:
    """(quotient, remainder) of r * 2**64 + u0 by d, for words r < d and d with its highest bit set."""
    r0, r1, r2, r3 = split(r)
    d0, d1, d2, d3 = split(d)
    if r3 == d3 and r2 == d2:
        # The digit is 2**64 - 1: r * 2**64 + u0 - (2**64 - 1) * d = d + u0 - (d - r) * 2**64, in [0, d).
        f0, f1, f2, _ = split(wrap_usub(d, r))
        return ALL_ONES, wrap_uadd(wrap_usub(d, join(N0, f0, f1, f2)), join(u0, N0, N0, N0))
    digit, high = divide_3_by_2(wide(r3, r2), r1, wide(d3, d2), v)
    rest = join(u0, r0, low_of(high), high_of(high))
    part = wrap_umul(join(digit, N0, N0, N0), join(d0, d1, N0, N0))
    remainder = wrap_usub(rest, part)
    if rest < part:  # the two digits left out can lower the quotient by one at most
        digit -= N1
        remainder = wrap_uadd(remainder, d)
    return digit, remainder


@inner
def divide_by_one_limb(a: Any, b: Any) -> Any:
    a0, a1, a2, a3 = split(a)
    n = leading_zeros(b)
    d = b << n
    v = reciprocal(d)
    q3 = q2 = N0
    r = funnel(N0, a1, n)
    if a3 | a2:
        q3, r = divide_2_by_1(funnel(N0, a3, n), funnel(a3, a2, n), d, v)
        q2, r = divide_2_by_1(r, funnel(a2, a1, n), d, v)
    q1, r = divide_2_by_1(r, funnel(a1, a0, n), d, v)
    q0, r = divide_2_by_1(r, a0 << n, d, v)
    return join(q0, q1, q2, q3), join(r >> n, N0, N0, N0)


@inner
def divide_by_two_limbs(a: Any, b: Any) -> Any:
    a0, a1, a2, a3 = split(a)
    b0, b1, _, _ = split(b)
    n = leading_zeros(b1)
    d0, d1 = b0 << n, funnel(b1, b0, n)
    d, v = wide(d1, d0), reciprocal_2(d1, d0)
    # A shifted-out part is below 2**63 <= d1, so a digit that starts with it is zero and is skipped.
    q2 = q1 = N0
    r = wide(funnel(N0, a2, n), funnel(a2, a1, n))
    if a3:
        q2, r = divide_3_by_2(wide(funnel(N0, a3, n), funnel(a3, a2, n)), funnel(a2, a1, n), d, v)
    if a3 | a2:
        q1, r = divide_3_by_2(r, funnel(a1, a0, n), d, v)
    else:
        r = wide(funnel(N0, a1, n), funnel(a1, a0, n))
    q0, r = divide_3_by_2(r, a0 << n, d, v)
    r0, r1 = low_of(r), high_of(r)
    # funnel(x, y, 64 - n) is x * 2**64 + y shifted right by n, apart from n = 0, which it reads as 64.
    low = funnel(r1, r0, uint64(64) - n) if n else r0
    return join(q0, q1, q2, N0), join(low, r1 >> n, N0, N0)


@inner
def divide_by_many_limbs(a: Any, b: Any) -> Any:
    """Divisors of three or four limbs: a quotient of at most two."""
    a0, a1, a2, a3 = split(a)
    b0, b1, b2, b3 = split(b)
    three = b3 == N0
    if three:
        b0, b1, b2, b3 = N0, b0, b1, b2
    n = leading_zeros(b3)
    d0, d1, d2, d3 = b0 << n, funnel(b1, b0, n), funnel(b2, b1, n), funnel(b3, b2, n)
    d, v = join(d0, d1, d2, d3), reciprocal_2(d3, d2)
    r = join(funnel(a1, a0, n), funnel(a2, a1, n), funnel(a3, a2, n), funnel(N0, a3, n))
    q1 = N0
    q0, r = divide_5_by_4(r, a0 << n, d, v)
    if three:  # divisor and dividend were shifted by one limb more
        q1 = q0
        q0, r = divide_5_by_4(r, N0, d, v)
        return join(q0, q1, N0, N0), r >> (n + uint64(64))
    return join(q0, q1, N0, N0), r >> n


@inner
def divide(a: Any, b: Any) -> Any:
    """(quotient, remainder) of two words; b is not zero."""
    a0, a1, a2, a3 = split(a)
    b0, b1, b2, b3 = split(b)
    if not (a1 | a2 | a3 | b1 | b2 | b3):
        return join(a0 // b0, N0, N0, N0), join(a0 % b0, N0, N0, N0)
    if a < b:
        return ZERO, a
    if not (b1 | b2 | b3):
        return divide_by_one_limb(a, b0)
    if not (b2 | b3):
        return divide_by_two_limbs(a, b)
    return divide_by_many_limbs(a, b)


@inner
def remainder_of_double(high: Any, low: Any, c: Any) -> Any:
    """(high * 2**256 + low) mod c, for c not zero."""
    r = divide(high, c)[1]
    n = leading_zeros_of_word(c)
    d = ushl(c, n)
    _, _, d2, d3 = split(d)
    v = reciprocal_2(d3, d2)
    if n:
        r = ushl(r, n) | (low >> (uint64(256) - n))
    for limb in split(ushl(low, n))[::-1]:
        _, r = divide_5_by_4(r, limb, d, v)
    return r >> n
