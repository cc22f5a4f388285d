# pragma version 0.4.3
"""
@title Fixed-point arithmetic
@notice Products and quotients of uint256 whose rounding direction is part of the name.
@custom:assumes nothing: every function is total, or reverts with a text (checked products without one)
@custom:rounding _down: floor of the exact real result; _up: ceiling of it
@custom:kill none: pure functions
"""

from .. import refusal

WAD: constant(uint256) = 10 ** 18
E36: constant(uint256) = 10 ** 36


@internal
@pure
def div_up(a: uint256, b: uint256) -> uint256:
    # ceil(a / b)
    if b == 0:
        refusal.because("fixed_point: division by zero")
    if a == 0:
        return 0
    # cannot overflow: a >= 1 under the subtraction; with b >= 2 the quotient is below 2^255, with b = 1 it is a - 1.
    return unsafe_add(unsafe_div(unsafe_sub(a, 1), b), 1)


@internal
@pure
def mul_down(a: uint256, b: uint256) -> uint256:
    # floor(a * b / 10^18); reverts without a text when a * b >= 2^256
    return a * b // WAD


@internal
@pure
def mul_up(a: uint256, b: uint256) -> uint256:
    # ceil(a * b / 10^18); reverts without a text when a * b >= 2^256
    product: uint256 = a * b
    if product == 0:
        return 0
    # cannot overflow: product >= 1, and (2^256 - 1) // 10^18 + 1 < 2^197.
    return unsafe_add(unsafe_sub(product, 1) // WAD, 1)


@internal
@pure
def div_wad_down(a: uint256, b: uint256) -> uint256:
    # floor(a * 10^18 / b); reverts without a text when a * 10^18 >= 2^256
    if b == 0:
        refusal.because("fixed_point: division by zero")
    return unsafe_div(a * WAD, b)  # cannot overflow: a quotient by b >= 1


@internal
@pure
def div_wad_up(a: uint256, b: uint256) -> uint256:
    # ceil(a * 10^18 / b); reverts without a text when a * 10^18 >= 2^256
    return self.div_up(a * WAD, b)


@internal
@pure
def mul_div_down(a: uint256, b: uint256, c: uint256) -> uint256:
    # floor(a * b / c) with a 512-bit product
    if c == 0:
        refusal.because("fixed_point: division by zero")
    if (a | b) >> 128 == 0:
        # cannot overflow: both factors are below 2^128.
        return unsafe_div(unsafe_mul(a, b), c)
    return self._wide_mul_div(a, b, c)


@internal
@pure
def mul_div_up(a: uint256, b: uint256, c: uint256) -> uint256:
    # ceil(a * b / c) with a 512-bit product
    quotient: uint256 = self.mul_div_down(a, b, c)
    if uint256_mulmod(a, b, c) == 0:
        return quotient
    if quotient == max_value(uint256):
        refusal.because("fixed_point: overflow")
    return unsafe_add(quotient, 1)  # cannot overflow: quotient < 2^256 - 1


@internal
@pure
def _wide_mul_div(a: uint256, b: uint256, c: uint256) -> uint256:
    # floor(a * b / c), c >= 1, for any a and b.
    # a * b = high * 2^256 + low: low is the product mod 2^256, the product mod (2^256 - 1) is high + low mod (2^256 - 1).
    low: uint256 = unsafe_mul(a, b)  # wraps on purpose: the product mod 2^256
    folded: uint256 = uint256_mulmod(a, b, max_value(uint256))
    # wraps on purpose: high = folded - low, less 1 where high + low passed 2^256 - 1 and was folded back.
    high: uint256 = unsafe_sub(folded, low)
    if folded < low:
        high = unsafe_sub(high, 1)  # wraps on purpose: see above
    if high == 0:
        return unsafe_div(low, c)  # cannot overflow: a quotient by c >= 1
    if high >= c:
        refusal.because("fixed_point: overflow")

    # Take away the remainder; what is left divides exactly.
    remainder: uint256 = uint256_mulmod(a, b, c)
    if remainder > low:
        high = unsafe_sub(high, 1)  # cannot overflow: high >= 1; this is the borrow
    low = unsafe_sub(low, remainder)  # wraps on purpose: borrowed above

    # Take the powers of two out of c; the same number of bits leaves (high, low), and the quotient then fits low alone.
    twos: uint256 = c & unsafe_sub(0, c)  # wraps on purpose: two's complement keeps the lowest set bit
    odd: uint256 = unsafe_div(c, twos)  # cannot overflow: a quotient by twos >= 1
    # wraps on purpose: (2^256 - twos) / twos + 1 = 2^256 / twos, which is 0 for twos = 1, where nothing moves down.
    up: uint256 = unsafe_add(unsafe_div(unsafe_sub(0, twos), twos), 1)
    # wraps on purpose: bits of high above the quotient's 256 are dropped, they are 0 because high < c.
    low = unsafe_div(low, twos) | unsafe_mul(high, up)

    # Inverse of odd mod 2^256: 3 * odd ^ 2 is right in 5 bits, each Newton step doubles that: 10, 20, 40, 80, 160, 320.
    inverse: uint256 = unsafe_mul(3, odd) ^ 2  # wraps on purpose: modular
    for _: uint256 in range(6):
        # wraps on purpose: arithmetic mod 2^256
        inverse = unsafe_mul(inverse, unsafe_sub(2, unsafe_mul(odd, inverse)))
    return unsafe_mul(low, inverse)  # wraps on purpose: exact division in arithmetic mod 2^256
