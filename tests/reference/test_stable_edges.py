"""The stable maths where its scale changes and where its domain ends, to the unit on either side."""

from __future__ import annotations

from random import Random

import pytest

from tests.reference.check import Tally, check_case
from tests.reference.exact import STABLE, WAD, State
from tests.reference.operations import OPERATIONS
from tests.reference.states import STABLE_SMALLEST, Sample

# Sums of values at which `normalise` shifts differently.
THRESHOLDS = (56, 72, 88, 100, 104, 120, 136, 152, 168, 184, 200, 216, 232)
FACTORS = ((18, WAD // 100), (6, WAD), (0, 100 * WAD))  # the least, a middle and the largest


def factor_of(decimals, rate):
    return 10 ** (18 - decimals) * rate


def sample_of(balances, decimals, rates, a, fee):
    factors = tuple(factor_of(d, r) for d, r in zip(decimals, rates, strict=True))
    state = State(STABLE, tuple(balances), 10**20, fee, (), a, factors)
    return Sample(state, tuple(decimals), tuple(rates), 0, 0)


def check_all(sample, rng, tally):
    for operation in OPERATIONS:
        arguments = operation.draw(rng, sample.state)
        check_case(sample, operation, arguments, tally, f"{sample}\n{operation.name} {arguments}")


@pytest.mark.parametrize("bits", THRESHOLDS)
def test_either_side_of_a_change_of_scale(bits):
    rng, tally = Random(bits), Tally()
    for n in (2, 3, 8):
        for decimals, rate in FACTORS:
            factor = factor_of(decimals, rate)
            each = 2**bits // n // factor
            if not 1 <= each < 2**111:
                continue
            rest = 2**bits // factor - each * (n - 1)
            for more in (-1, 0, 1):
                balances = [each] * (n - 1) + [max(rest + more, 1)]
                sample = sample_of(
                    balances, [decimals] * n, [rate] * n, rng.choice((1000, 10**7)), 3 * 10**15
                )
                check_all(sample, rng, tally)
    assert tally.answered > 0.4 * tally.cases


def check_largest_imbalance(n, a, sizes):
    rng, tally = Random(f"{n} {a}"), Tally()
    for large in (1, n - 1):  # how many assets are large; the others are as small as may be
        for size in sizes:
            small = size * large // (STABLE_SMALLEST - (n - large))
            for more in (0, 1, 2, small // 1000):
                balances = [size] * large + [small + more] * (n - large)
                sample = sample_of(balances, [18] * n, [WAD] * n, a, rng.choice((0, 10**17)))
                check_all(sample, rng, tally)
    assert tally.answered > 0.2 * tally.cases


@pytest.mark.parametrize("n", [2, 3, 8])
@pytest.mark.parametrize("a", [1000, 10**7])
def test_the_largest_imbalance_to_the_unit(n, a):
    check_largest_imbalance(n, a, (10**20,))


@pytest.mark.verify
@pytest.mark.parametrize("n", range(2, 9))
@pytest.mark.parametrize("a", [1000, 100_000, 10**7])
def test_the_largest_imbalance_to_the_unit_in_many_pools(n, a):
    check_largest_imbalance(n, a, (10**6, 10**9, 10**15, 10**20, 10**27, 10**31))
