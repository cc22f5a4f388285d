"""Words to float64 and back: nearest, ties to even, one way; truncation the other way."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from numba import njit

from poolwright.errors import PoolRevert
from poolwright.model.native import (
    from_float,
    from_limbs,
    load_signed_word,
    load_word,
    store_word,
    to_float,
    to_limbs,
)
from tests.twin.native.cases import columns, signed

CASES = 20_000


@njit
def floats_of(limbs: Any, out: Any) -> None:
    for i in range(len(limbs)):
        out[i] = to_float(load_word(limbs, i))


@njit
def floats_of_signed(limbs: Any, out: Any) -> None:
    for i in range(len(limbs)):
        out[i] = to_float(load_signed_word(limbs, i))


@njit
def words_of(x: Any, out: Any, reverted: Any) -> None:
    for i in range(len(x)):
        try:
            store_word(out, i, from_float(x[i]))
        except Exception:
            reverted[i] = True


def ties() -> list[int]:
    """Integers half-way between two floats, one off the half either side, at every size."""
    rng = random.Random(50)
    result = []
    for shift in range(1, 203):
        half = ((1 << 52 | rng.getrandbits(52)) << shift) + (1 << (shift - 1))
        result += [half - 1, half, half + 1]
    return result


def test_to_float_is_nearest() -> None:
    values = columns(1, cases=CASES)[0] + ties()
    out = np.zeros(len(values))
    floats_of(to_limbs(values), out)
    assert out.tolist() == [float(v) for v in values]
    floats_of_signed(to_limbs(values), out)
    assert out.tolist() == [float(signed(v)) for v in values]


def test_from_float_truncates() -> None:
    rng = random.Random(52)
    values = [math.ldexp(1.0 + rng.random(), rng.randint(-5, 255)) for _ in range(CASES)]
    values += [0.0, -0.0, 0.5, 0.9999999999999999, 1.0, 2.0**53 - 1, 2.0**53, 2.0**64, 2.0**255]
    values += [math.nextafter(2.0**k, 0.0) for k in range(257)]
    out, reverted = np.zeros((len(values), 4), np.uint64), np.zeros(len(values), np.bool_)
    words_of(np.array(values), out, reverted)
    assert from_limbs(out) == [int(v) for v in values]
    assert not reverted.any()


@pytest.mark.parametrize("x", [-1.0, -5e-324, math.nan, math.inf, -math.inf, 2.0**256])
def test_from_float_reverts_outside_the_type(x: float) -> None:
    out, reverted = np.zeros((1, 4), np.uint64), np.zeros(1, np.bool_)
    words_of(np.array([x]), out, reverted)
    assert reverted[0]
    with pytest.raises(PoolRevert):
        from_float(x)


def test_python_forms_agree() -> None:
    assert to_float(2**200 + 1) == 2.0**200
    assert from_float(2.0**200 * 1.5) == 3 << 199
    assert from_float(7.9) == 7
