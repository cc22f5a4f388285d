"""Dust, exhaustively: pools of two assets of a few units, operations of every size, the exact invariant after each.

The loss of November 2025 (125 million) happened at balances of 8 to 18 units: scaling rounded down twice, an exact-out
swap was under-charged, and value per share fell by a percent in one call.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from tests.reference.exact import KINDS, STABLE, WAD, WEIGHTED, State
from tests.reference.operations import OPERATIONS, Arguments
from tests.reference.states import Sample
from tests.reference.subject import build_pool, run
from tests.reference.test_never_falls import never_fell

FEES = (0, 10**12, 10**17)
SUPPLIES = (2, 7, 10**6)
# (decimals, rates) of the two assets; the second is the pool that was drained, in shape
VALUES = {
    "weighted": [((18, 18), (WAD, WAD))],
    "constant_product": [((18, 18), (WAD, WAD))],
    "stable": [
        ((18, 18), (WAD, WAD)),
        ((18, 18), (WAD, 1_058_100_000_000_000_000)),
        ((6, 8), (WAD * 100, WAD)),
    ],
}


def dust_pools(kind, most):
    """Every state, each with the fee leaving the pool entirely and not at all."""
    for balances, fee, supply, values, leaving in product(
        product(range(1, most + 1), repeat=2), FEES, SUPPLIES, VALUES[kind], (0, WAD // 2)
    ):
        decimals, rates = values
        factors = tuple(10 ** (18 - d) * r for d, r in zip(decimals, rates, strict=True))
        weights = (8 * 10**17, 2 * 10**17) if kind == WEIGHTED else ()
        amplification = 200_000 if kind == STABLE else 0
        state = State(kind, balances, supply, fee, weights, amplification, factors if kind == STABLE else ())
        yield Sample(state, decimals, rates, leaving, leaving)


def every_arguments(name, state):
    """All sizes up to a little more than the pool holds."""
    most = max(state.balances) + 1
    if name == "add_unbalanced":
        return [Arguments(amounts=amounts) for amounts in product(range(3), range(3))]
    if name.startswith("swap"):
        return [Arguments(i, 1 - i, amount) for i in (0, 1) for amount in range(1, most + 1)]
    sizes = range(1, most + 1) if "shares" not in name and "proportional" not in name else (1, 2, 6, 10**5)
    return [Arguments(i, amount=amount) for i in (0, 1) for amount in sizes]


def exhaust(kind, most):
    """Try everything on pools of 1 to `most` units; (answered, refused)."""
    answered = refused = 0
    for number, sample in enumerate(dust_pools(kind, most)):
        # every operation on every state, but of the nine only three per supply, fee and split, in turn
        for operation in OPERATIONS[number % 3 :: 3]:
            for arguments in every_arguments(operation.name, sample.state):
                pool = build_pool(sample)
                outcome = run(pool, operation.name, arguments)
                if outcome.reverted:
                    refused += 1
                    assert outcome.reason, (sample, operation.name, arguments)
                    continue
                answered += 1
                after = replace(sample.state, balances=pool.state.balances, shares=pool.state.shares)
                assert never_fell(sample.state, after), (sample, operation.name, arguments, after)
    return answered, refused


@pytest.mark.parametrize("kind", KINDS)
def test_value_per_share_never_falls_in_dust(kind, record_property):
    answered, refused = exhaust(kind, 3)
    assert answered > 1000
    record_property("distance", f"{kind:17} never fell in dust: {answered} answered, {refused} refused")


@pytest.mark.verify
@pytest.mark.parametrize("kind", KINDS)
def test_value_per_share_never_falls_in_more_dust(kind):
    answered, _ = exhaust(kind, 6)
    assert answered > 6000
