"""The arithmetic of Vyper's words on Python `int`, checked as the contracts check it.

Generated maths calls these by name. Called from Python they run here; called from compiled code,
`poolwright.model.native` supplies the same names on 256-bit words. A failed check raises
`PoolRevert("")`, because the contract reverts without data. Operators that cannot fail or wrap
(`>>`, `&`, `|`, `^`, comparisons, unsigned `//` and `%` by a non-zero constant) stay operators.

Arguments are taken to be in the range of their type: every value here came from a word.
"""

from __future__ import annotations

from math import isqrt as _isqrt
from typing import TypeVar

from poolwright.errors import PoolRevert

uint256 = int
int256 = int

T = TypeVar("T")

MAX_UINT256 = 2**256 - 1
MAX_INT256 = 2**255 - 1
MIN_INT256 = -(2**255)
_WRAP = 2**256


# Checked, uint256.


def uadd(a: uint256, b: uint256) -> uint256:
    r = a + b
    if r <= MAX_UINT256:
        return r
    raise PoolRevert("")


def usub(a: uint256, b: uint256) -> uint256:
    if a >= b:
        return a - b
    raise PoolRevert("")


def umul(a: uint256, b: uint256) -> uint256:
    r = a * b
    if r <= MAX_UINT256:
        return r
    raise PoolRevert("")


def udiv(a: uint256, b: uint256) -> uint256:
    if b:
        return a // b
    raise PoolRevert("")


def umod(a: uint256, b: uint256) -> uint256:
    if b:
        return a % b
    raise PoolRevert("")


def upow(a: uint256, b: uint256) -> uint256:
    if a < 2 or b < 256:  # 2 ** 256 does not fit; below, the power is small enough to compute
        r: int = a ** min(b, 256)
        if r <= MAX_UINT256:
            return r
    raise PoolRevert("")


# Checked, int256. Division truncates toward zero; the remainder has the dividend's sign.


def sadd(a: int256, b: int256) -> int256:
    r = a + b
    if MIN_INT256 <= r <= MAX_INT256:
        return r
    raise PoolRevert("")


def ssub(a: int256, b: int256) -> int256:
    r = a - b
    if MIN_INT256 <= r <= MAX_INT256:
        return r
    raise PoolRevert("")


def smul(a: int256, b: int256) -> int256:
    r = a * b
    if MIN_INT256 <= r <= MAX_INT256:
        return r
    raise PoolRevert("")


def sdiv(a: int256, b: int256) -> int256:
    if b:
        r = a // b if (a < 0) == (b < 0) else -(-a // b)
        if r <= MAX_INT256:
            return r
    raise PoolRevert("")


def smod(a: int256, b: int256) -> int256:
    if b:
        r = abs(a) % abs(b)
        return -r if a < 0 else r
    raise PoolRevert("")


def spow(a: int256, b: int256) -> int256:
    """Raise to a power; a negative exponent reverts."""
    if b >= 0 and (-2 < a < 2 or b < 256):
        r: int = a ** (b if b < 256 else 254 + b % 2)
        if MIN_INT256 <= r <= MAX_INT256:
            return r
    raise PoolRevert("")


def sneg(a: int256) -> int256:
    if a > MIN_INT256:
        return -a
    raise PoolRevert("")


def sabs(a: int256) -> int256:
    if a > MIN_INT256:
        return -a if a < 0 else a
    raise PoolRevert("")


# Unchecked: results wrap at 256 bits, and division by zero gives zero.


def wrap_uadd(a: uint256, b: uint256) -> uint256:
    return (a + b) & MAX_UINT256


def wrap_usub(a: uint256, b: uint256) -> uint256:
    return (a - b) & MAX_UINT256


def wrap_umul(a: uint256, b: uint256) -> uint256:
    return (a * b) & MAX_UINT256


def wrap_udiv(a: uint256, b: uint256) -> uint256:
    return a // b if b else 0


def wrap_sadd(a: int256, b: int256) -> int256:
    r = a + b
    return r if MIN_INT256 <= r <= MAX_INT256 else bits_to_signed(r & MAX_UINT256)


def wrap_ssub(a: int256, b: int256) -> int256:
    r = a - b
    return r if MIN_INT256 <= r <= MAX_INT256 else bits_to_signed(r & MAX_UINT256)


def wrap_smul(a: int256, b: int256) -> int256:
    r = a * b
    return r if MIN_INT256 <= r <= MAX_INT256 else bits_to_signed(r & MAX_UINT256)


def wrap_sdiv(a: int256, b: int256) -> int256:
    if not b:
        return 0
    r = a // b if (a < 0) == (b < 0) else -(-a // b)
    return r if r <= MAX_INT256 else MIN_INT256


# Left shifts drop the high bits silently; 256 or more leaves zero.


def ushl(a: uint256, n: uint256) -> uint256:
    return (a << n) & MAX_UINT256 if n < 256 else 0


def sshl(a: int256, n: uint256) -> int256:
    return bits_to_signed((a << n) & MAX_UINT256) if n < 256 else 0


# Types narrower than a word: a word computes, then the result is checked or cut to the width.


def narrow_u(x: uint256, upper: uint256) -> uint256:
    if x <= upper:
        return x
    raise PoolRevert("")


def narrow_s(x: int256, lower: int256, upper: int256) -> int256:
    if lower <= x <= upper:
        return x
    raise PoolRevert("")


def wrap_narrow_u(x: uint256, bits: int) -> uint256:
    return x & ((1 << bits) - 1)


def wrap_narrow_s(x: int256, bits: int) -> int256:
    r = x & ((1 << bits) - 1)
    return r - (1 << bits) if r >> (bits - 1) else r


# Conversions: range-checked, except through bytes32, which keeps the bits.


def to_signed(x: uint256) -> int256:
    if x <= MAX_INT256:
        return x
    raise PoolRevert("")


def to_unsigned(x: int256) -> uint256:
    if x >= 0:
        return x
    raise PoolRevert("")


def bits_to_signed(x: uint256) -> int256:
    return x if x <= MAX_INT256 else x - _WRAP


def bits_to_unsigned(x: int256) -> uint256:
    return x if x >= 0 else x + _WRAP


def bool_to_word(x: bool) -> uint256:
    return 1 if x else 0


# Built-in functions of the language.


def least(a: int, b: int) -> int:
    return a if a < b else b


def greatest(a: int, b: int) -> int:
    return a if a > b else b


def isqrt(x: uint256) -> uint256:
    return _isqrt(x)


def addmod(a: uint256, b: uint256, c: uint256) -> uint256:
    if c:
        return (a + b) % c
    raise PoolRevert("")


def mulmod(a: uint256, b: uint256, c: uint256) -> uint256:
    if c:
        return a * b % c
    raise PoolRevert("")


# Arrays are tuples: written by building a new one, so a copy never sees the change.


def item(t: tuple[T, ...], i: int) -> T:
    """Read one element; outside the array it reverts."""
    if 0 <= i < len(t):
        return t[i]
    raise PoolRevert("")


def with_item(t: tuple[T, ...], i: int, v: T) -> tuple[T, ...]:
    """Return the array with one element replaced; outside the array it reverts."""
    if 0 <= i < len(t):
        return (*t[:i], v, *t[i + 1 :])
    raise PoolRevert("")


def to_index(n: int, bound: int) -> int:
    """Return a loop count as a plain small integer; above the loop's bound it reverts."""
    if n <= bound:
        return n
    raise PoolRevert("")


def to_word(i: int) -> uint256:
    """Turn a loop's plain index into an unsigned word: on `int` the same number."""
    return i


def to_signed_word(i: int) -> int256:
    """Turn a loop's plain index into a signed word: on `int` the same number."""
    return i
