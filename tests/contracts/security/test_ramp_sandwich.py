"""A ramp as fast as a pool allows it: a trade in one block and its return in the next gain nothing, either way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.evm import BLOCK_TIME
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.protocol import ALICE, MANAGER, RIGHTS, WAD, World

FEE = 10**15
LONGEST = 365 * 86_400
# Far enough for the speed to be the fee's to bound, not the least duration of a ramp.
TARGETS = {Kind.WEIGHTED: [9 * WAD // 10, WAD // 10], Kind.STABLE: [20_000]}
HELD = {
    Kind.WEIGHTED: [10**24, 10**24],
    Kind.STABLE: [10**24, 3 * 10**22],
}  # where an amplification moves prices


def fastest(world: World, pool: str, targets: list[int]) -> int:
    """The shortest duration, seconds, that the pool takes."""
    low, high = 0, LONGEST
    while high - low > 1:
        middle = (low + high) // 2
        try:
            world.vault.ask("schedule", pool, RIGHTS.index("ramp"), [middle, *targets], sender=MANAGER)
            high = middle
        except PoolRevert:
            low = middle
    return high


@pytest.mark.parametrize("kind", TARGETS, ids=lambda kind: kind.value)
def test_trade_around_a_block_of_a_ramp_gains_nothing(
    world: World, token: Callable[[int], Contract], kind: Kind
) -> None:
    chain, targets = world.chain, TARGETS[kind]
    pool = world.open([token(18), token(18)], kind, HELD[kind], base=FEE, least=FEE, most=FEE)
    duration = fastest(world, pool, targets)
    assert 20 * 3_600 < duration < LONGEST
    world.do(pool, "ramp", [duration, *targets])
    best = -(10**24)
    for _ in range(0, duration, max(duration // 12, BLOCK_TIME)):
        for i, o in ((0, 1), (1, 0)):
            for amount in (10**15, 10**19, 10**20, 10**21, 10**22):
                snapshot = chain.snapshot()
                out = world.swap(pool, i, o, amount, sender=ALICE)
                back = world.swap(pool, o, i, out, sender=ALICE)  # a block later
                best = max(best, (back - amount) * WAD // amount)
                assert chain.restore(snapshot)
        chain.mine(chain.blocks[-1].timestamp + max(duration // 12, BLOCK_TIME))
    assert -2 * FEE < best <= 0  # the ramp does help, and never beyond what the fees take
