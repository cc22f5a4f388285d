"""Fee policies against 60 digits: never below the true fee, within two units above it, and inside [least, most]."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import mpmath
import pytest
from mpmath import mpf

from poolwright.model.maths import fee_policy_maths, limits

WAD = 10**18
CASES = 3_000


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mpmath.workdps(60):
        yield


def fees(rng: random.Random) -> tuple[int, int, int]:
    """Draw least <= base <= most."""
    least, base, most = sorted(rng.randint(0, limits.MAX_SWAP_FEE) for _ in range(3))
    return least, base, most


def slope(rng: random.Random) -> int:
    return rng.getrandbits(rng.randint(0, 64))


def test_volatility_fee() -> None:
    rng, inside = random.Random(1), 0
    for _ in range(CASES):
        _, base, most = fees(rng)
        k, volatility = slope(rng), rng.getrandbits(rng.randint(0, 59))
        true = base + Fraction(k * volatility, WAD)
        fee = fee_policy_maths.volatility_fee(base, most, k, volatility)
        assert base <= fee <= most
        assert min(true, most) <= fee < min(true, most) + 1
        inside += base < fee < most
        assert fee_policy_maths.volatility_fee(base, most, k, volatility + 1) >= fee
    assert inside > CASES // 10


def pair(rng: random.Random, bits: int = 160) -> tuple[int, int]:
    """Draw two values, often near each other, up to 2^90 to one."""
    a = max(rng.getrandbits(rng.randint(1, bits)), 1)
    if rng.random() < 0.6:
        b = a + rng.choice((-1, 1)) * rng.randint(0, a // 3)
    else:
        b = a >> rng.randint(0, 90) if rng.random() < 0.5 else a << rng.randint(0, 10)
    return (a, max(b, 1)) if rng.random() < 0.5 else (max(b, 1), a)


def test_imbalance_fee() -> None:
    rng, dearer, cheaper = random.Random(2), 0, 0
    for _ in range(CASES):
        least, base, most = fees(rng)
        k, (a, b) = slope(rng), pair(rng)
        true = base + k * mpmath.log(mpf(a) / b)
        want = min(max(true, least), most)
        fee = fee_policy_maths.imbalance_fee(least, base, most, k, a, b)
        assert least <= fee <= most
        assert want - mpf(10) ** -20 <= fee, (a, b, k)
        assert fee <= want + 2 + mpf(3 * k) / WAD, (a, b, k)
        dearer += base < fee < most
        cheaper += least < fee < base
    assert min(dearer, cheaper) > CASES // 20


def test_imbalance_fee_of_huge_values_is_still_not_below_the_true_one() -> None:
    rng = random.Random(6)
    for _ in range(CASES):
        least, base, most = fees(rng)
        k, (a, b) = slope(rng), pair(rng, 246)
        want = min(max(base + k * mpmath.log(mpf(a) / b), least), most)
        assert want - mpf(10) ** -20 <= fee_policy_maths.imbalance_fee(least, base, most, k, a, b) <= most
    assert fee_policy_maths.imbalance_fee(0, 0, WAD, 1, 2**256 - 1, 2**256 - 1) <= 1


def test_imbalance_fee_of_a_balanced_pool_is_the_base() -> None:
    for value in (1, 10**18, 2**175, 2**176 - 1):
        assert fee_policy_maths.imbalance_fee(1, 4 * 10**14, WAD // 10, WAD, value, value) == 4 * 10**14


def test_imbalance_fee_grows_with_what_comes_in() -> None:
    rng = random.Random(3)
    for _ in range(CASES // 3):
        least, base, most = fees(rng)
        k, (a, b) = slope(rng), pair(rng)
        more = a + rng.randint(0, a)
        fee = fee_policy_maths.imbalance_fee(least, base, most, k, a, b)
        assert fee_policy_maths.imbalance_fee(least, base, most, k, more, b) + 1 + 3 * k // WAD >= fee


def test_there_and_back_pays_at_least_twice_the_base_where_the_line_is_free() -> None:
    """What one direction saves the other pays: no rebate can be milked by going round."""
    rng = random.Random(4)
    for _ in range(CASES // 3):
        base = rng.randint(0, limits.MAX_SWAP_FEE // 2)
        least, most, k, (a, b) = 0, 2 * base, slope(rng) % (WAD // 100), pair(rng)
        there = fee_policy_maths.imbalance_fee(least, base, most, k, a, b)
        back = fee_policy_maths.imbalance_fee(least, base, most, k, b, a)
        assert there + back >= 2 * base


def test_tiered_fee_falls_in_equal_steps() -> None:
    rng = random.Random(5)
    for _ in range(CASES):
        least, base, _ = fees(rng)
        found = [fee_policy_maths.tiered_fee(least, base, c) for c in range(5)]
        assert (found[0], found[3], found[4]) == (base, least, least)
        for c in range(4):
            true = base - Fraction((base - least) * c, 3)
            assert true <= found[c] < true + 1


@pytest.mark.parametrize("threshold", [1, 7, 10**18])
def test_classes_are_powers_of_ten_of_the_threshold(threshold: int) -> None:
    for power in (1, 10, 100):
        edge = threshold * power
        below, at = fee_policy_maths.class_of(edge - 1, threshold), fee_policy_maths.class_of(edge, threshold)
        assert (below, at) == (len(str(power)) - 1, len(str(power)))


def test_no_threshold_no_class() -> None:
    assert fee_policy_maths.class_of(2**200, 0) == 0
