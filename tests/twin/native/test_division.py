"""Division where the estimate of a quotient digit goes wrong: quotient and remainder are exact always."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from poolwright.model.native import from_limbs, load_word, store_word, to_limbs, u256
from poolwright.model.native.division import divide, divide_5_by_4, reciprocal, reciprocal_2
from poolwright.model.native.limbs import leading_zeros_of_word, split
from poolwright.model.words import ushl
from tests.twin.native.cases import LIMBS, division_cases


@njit
def divide_all(a: Any, b: Any, quotients: Any, remainders: Any) -> None:
    for i in range(len(a)):
        quotient, remainder = divide(load_word(a, i), load_word(b, i))
        store_word(quotients, i, quotient)
        store_word(remainders, i, remainder)


def assert_exact(dividends: list[int], divisors: list[int]) -> None:
    quotients, remainders = (np.zeros((len(dividends), 4), np.uint64) for _ in range(2))
    divide_all(to_limbs(dividends), to_limbs(divisors), quotients, remainders)
    got = list(zip(from_limbs(quotients), from_limbs(remainders), strict=True))
    want = list(map(divmod, dividends, divisors))
    wrong = [(a, b) for a, b, one, other in zip(dividends, divisors, got, want, strict=True) if one != other]
    assert not wrong, f"{len(wrong)} wrong, first {wrong[0]}"


def test_quotients_at_the_boundaries_of_their_estimates() -> None:
    assert_exact(*division_cases(100_000, seed=40))


@pytest.mark.fuzz
def test_quotients_a_million() -> None:
    for seed in range(10):
        assert_exact(*division_cases(100_000, seed=1000 + seed))


def test_every_pattern_of_extreme_limbs() -> None:
    ends = (0, 1, 2**63, 2**64 - 1)
    words = [a | b << 64 | c << 128 | d << 192 for a in ends for b in ends for c in ends for d in ends]
    pairs = [(a, b) for a in words for b in words if b]
    assert_exact([a for a, _ in pairs], [b for _, b in pairs])


@njit
def reciprocals(divisors: Any, out: Any) -> None:
    for i in range(len(divisors)):
        out[i] = reciprocal(divisors[i])


def test_reciprocal_of_one_limb_is_exact() -> None:
    rng = np.random.default_rng(41)
    near = [2**63 + k for k in range(5_000)] + [2**64 - 1 - k for k in range(5_000)]
    near += [2**63 + (1 << k) + d for k in range(63) for d in (-1, 0, 1)]
    divisors = np.array([*near, *(rng.integers(2**63, 2**64 - 1, 50_000, np.uint64)).tolist()], np.uint64)
    out = np.zeros_like(divisors)
    reciprocals(divisors, out)
    assert out.tolist() == [(2**128 - 1) // d - 2**64 for d in divisors.tolist()]


@njit
def reciprocals_2(high: Any, low: Any, out: Any) -> None:
    for i in range(len(high)):
        out[i] = reciprocal_2(high[i], low[i])


def test_reciprocal_of_two_limbs_is_exact() -> None:
    rng = np.random.default_rng(42)
    highs = [h | 2**63 for h in [*LIMBS, *rng.integers(0, 2**63, 300, np.uint64).tolist()]]
    lows = [*LIMBS, *rng.integers(0, 2**63, 100, np.uint64).tolist()]
    high = np.array([h for h in highs for _ in lows], np.uint64)
    low = np.array([v for _ in highs for v in lows], np.uint64)
    out = np.zeros_like(high)
    reciprocals_2(high, low, out)
    want = [(2**192 - 1) // (h << 64 | v) - 2**64 for h, v in zip(high.tolist(), low.tolist(), strict=True)]
    assert out.tolist() == want


@njit
def one_digit(r: Any, u0: Any, d: Any, digits: Any, rests: Any) -> None:
    for i in range(len(r)):
        divisor = load_word(d, i)
        parts = split(divisor)
        digits[i], rest = divide_5_by_4(load_word(r, i), u0[i], divisor, reciprocal_2(parts[3], parts[2]))
        store_word(rests, i, rest)


def test_five_limbs_by_four_with_leading_limbs_equal() -> None:
    """The digit that Knuth's estimate cannot give, and the correction that almost never happens."""
    dividends, divisors = division_cases(40_000, seed=43)
    divisors = [d | 2**255 for d in divisors]
    rests = [a % d for a, d in zip(dividends, divisors, strict=True)]
    rests[::2] = [d - 1 - (a >> 130) % d for a, d in zip(dividends[::2], divisors[::2], strict=True)]
    rests[::4] = [d - 1 - (a >> 200) % d for a, d in zip(dividends[::4], divisors[::4], strict=True)]
    lows = [LIMBS[k % len(LIMBS)] for k in range(len(rests))]
    digits, out = np.zeros(len(rests), np.uint64), np.zeros((len(rests), 4), np.uint64)
    one_digit(to_limbs(rests), np.array(lows, np.uint64), to_limbs(divisors), digits, out)
    want = [divmod(r << 64 | u, d) for r, u, d in zip(rests, lows, divisors, strict=True)]
    assert list(zip(digits.tolist(), from_limbs(out), strict=True)) == want
    equal = sum(r >> 128 == d >> 128 for r, d in zip(rests, divisors, strict=True))
    assert equal > 1_000


def test_leading_zeros_and_shift_normalise_a_divisor() -> None:
    compiled = njit(lambda d: ushl(d, leading_zeros_of_word(d)))
    compiled.compile((u256,))
    for k in range(256):
        assert compiled.overloads[u256,].entry_point(1 << k) == 1 << 255
