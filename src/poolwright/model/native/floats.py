"""Words to and from float64: the nearest number one way, truncation the other way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba.core import types
from numba.core.typing.templates import signature

from poolwright.errors import PoolRevert
from poolwright.model import words
from poolwright.model.native.arithmetic import define_compiled
from poolwright.model.native.limbs import (
    bits_of_float,
    float_of_bits,
    join,
    leading_zeros_of_word,
    split,
    uint64,
)
from poolwright.model.native.word_types import Constant, i256, u256

SIGNED_ZERO: Any = Constant(0, signed=True)
N0, N1, N52 = np.uint64(0), np.uint64(1), np.uint64(52)
FRACTION = np.uint64(2**52 - 1)
HIDDEN_BIT = np.uint64(2**52)
TWO_53, TWO_256 = 2.0**53, 2.0**256


def to_float(word: int) -> float:
    """Return the float64 nearest to a word, ties to even."""
    return float(word)


def from_float(x: float) -> int:
    """Return a float64 truncated to an unsigned word; PoolRevert("") if negative, NaN or 2**256 and more."""
    if not 0.0 <= x < TWO_256:
        raise PoolRevert("")
    return math.floor(x)


@define_compiled(to_float, signature(types.float64, u256))
def nearest_float(x: Any) -> Any:
    l0, l1, l2, l3 = split(x)
    if not (l1 | l2 | l3):
        return float(l0)
    n = leading_zeros_of_word(x)
    t0, t1, t2, t3 = split(words.ushl(x, n))
    if t0 | t1 | t2:  # a bit far below the last one kept still decides a tie
        t3 |= N1
    return float(t3) * float_of_bits((uint64(1023 + 192) - n) << N52)


@define_compiled(to_float, signature(types.float64, i256))
def nearest_float_signed(x: Any) -> Any:
    if x < SIGNED_ZERO:
        return -to_float(words.bits_to_unsigned(words.wrap_ssub(SIGNED_ZERO, x)))
    return to_float(words.bits_to_unsigned(x))


@define_compiled(from_float, signature(u256, types.float64))
def truncated_float(x: Any) -> Any:
    if not 0.0 <= x < TWO_256:
        raise PoolRevert("")
    if x < TWO_53:
        return join(uint64(np.int64(x)), N0, N0, N0)
    bits = bits_of_float(x)
    return words.ushl(join((bits & FRACTION) | HIDDEN_BIT, N0, N0, N0), (bits >> N52) - uint64(1023 + 52))
