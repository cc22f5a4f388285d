"""Value per share never falls: random sequences of swap, add and remove, judged on the exact invariant.

A swap leaves K1 >= K0; an add or a remove leaves K1 * S0 >= K0 * S1. Protocol and creator take their parts of the fee
out of the balances on the way: even then nothing falls, because they get no more than the fee.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from random import Random

import pytest

from tests.reference import exact
from tests.reference.exact import CONSTANT_PRODUCT, KINDS, M, State
from tests.reference.operations import OPERATIONS
from tests.reference.states import Sample, draw_sample
from tests.reference.subject import build_pool, run

STEPS = 40
QUICK, LONG = 60, 800
# Of 120 digits, so that an equality (a proportional exit without remainder) is not taken for a fall.
NOISE = M.mpf(10) ** -110


def never_fell(before: State, after: State) -> bool:
    """K1 * S0 >= K0 * S1; in whole numbers where the invariant allows it."""
    if before.kind == CONSTANT_PRODUCT:
        n = before.n
        return prod(after.balances) * before.shares**n >= prod(before.balances) * after.shares**n
    k0, k1 = exact.invariant(before), exact.invariant(after)
    return bool(k1 * before.shares >= k0 * after.shares * (1 - NOISE))


def walk(sample: Sample, rng: Random) -> int:
    """Run a sequence on one pool; how many steps were answered."""
    pool, answered = build_pool(sample), 0
    for step in range(STEPS):
        held = pool.state
        before = replace(sample.state, balances=held.balances, shares=held.shares)
        operation = rng.choice(OPERATIONS)
        arguments = operation.draw(rng, before)
        outcome = run(pool, operation.name, arguments)
        if outcome.reverted:
            assert pool.state == held
            continue
        answered += 1
        after = replace(before, balances=pool.state.balances, shares=pool.state.shares)
        if operation.name.startswith("swap"):
            assert after.shares == before.shares
        assert never_fell(before, after), (
            f"step {step} of {sample}\n{before}\n{operation.name} {arguments}\n{after}"
        )
    return answered


def walk_many(kind: str, count: int, seed: str) -> str:
    rng, answered, dust = Random(f"{seed} {kind}"), 0, 0
    for number in range(count):
        sample = draw_sample(rng, kind)
        while number % 2 and "dust" not in sample.label:
            sample = draw_sample(rng, kind)
        dust += "dust" in sample.label
        answered += walk(sample, rng)
    assert dust >= count // 2
    assert answered >= 0.4 * count * STEPS
    return f"{kind:17} never fell in {answered} steps of {count} sequences, {dust} from dust"


@pytest.mark.parametrize("kind", KINDS)
def test_value_per_share_never_falls(kind, record_property):
    record_property("distance", walk_many(kind, QUICK, "quick"))


@pytest.mark.verify
@pytest.mark.parametrize("kind", KINDS)
def test_value_per_share_never_falls_in_many_sequences(kind, record_property):
    record_property("distance", walk_many(kind, LONG, "verify"))
