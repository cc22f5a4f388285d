"""The falling fee, against exact fractions, and as pools charge it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import BLOCK_TIME, EmbeddedChain
from poolwright.chain.hops import fee_and_indices
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, DAY, World

FEE, FIRST, LAST = 64, 8 * 10**16, 10**15 + 7
WAD = 10**18


def fee_module(
    chain: EmbeddedChain, start: int, duration: int, first: int = FIRST, last: int = LAST
) -> Contract:
    return Contract.deploy(chain, artifact("FeeModule"), start, duration, first, last)


def test_fee_falls_linearly_and_rounds_up(chain: EmbeddedChain) -> None:
    start = chain.blocks[-1].timestamp + 1000
    module = fee_module(chain, start, 997)
    before = FIRST
    for seconds in (-900, 0, 1, 2, 500, 996, 997, 998, 10**6):
        chain.mine(start + seconds)
        fee = module.compute_fee(NOBODY, NOBODY, 0, 1, False, 1)
        true = FIRST - (FIRST - LAST) * Fraction(min(max(seconds, 0), 997), 997)
        assert true <= fee < true + 1
        assert fee <= before
        before = fee
    assert before == LAST


@pytest.mark.parametrize(
    ("duration", "first", "last", "text"),
    [(0, 2, 1, "fee: no duration"), (9, 1, 2, "fee: does not fall"), (9, WAD + 1, 1, "fee: does not fall")],
)
def test_nonsense_is_refused(chain: EmbeddedChain, duration: int, first: int, last: int, text: str) -> None:
    with pytest.raises(CallReverted, match=text):
        fee_module(chain, 0, duration, first, last)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_pool_charges_it_within_its_terms(
    world: World, token: Callable[[int], Contract], chain: EmbeddedChain, kind: Kind
) -> None:
    least, most = 2 * 10**15, 5 * 10**16
    pool = world.open(
        [token(18), token(18)], kind, [10**24] * 2, policy="module", base=least, least=least, most=most
    )
    start = chain.blocks[-1].timestamp + 2 * DAY
    module = fee_module(chain, start, 1000)
    world.do(pool, "module", [int(module.address, 16) | FEE << 160])
    world.vault.add_proportional(
        pool, WAD, [10**24] * 2, EVER, ALICE, sender=ALICE
    )  # fees do not matter to it
    for seconds in (-DAY // 2, 250, 600, 900, 2000):
        chain.mine(start + seconds - BLOCK_TIME)
        world.swap(pool, 0, 1, 10**18)
        (swap,) = world.vault.events("Swap")
        own = FIRST - (FIRST - LAST) * min(max(seconds, 0), 1000) // 1000
        assert fee_and_indices(swap["fee_and_indices"])[0] == min(
            max(own, least), most
        )  # of an amount of one WAD
        world.vault.add_single_exact_in(pool, 0, 10**18, 0, EVER, ALICE, sender=ALICE)
        (added,) = world.vault.events("Single")
        own = FIRST - (FIRST - LAST) * min(max(seconds + BLOCK_TIME, 0), 1000) // 1000
        # half of it is beyond the proportion, and pays
        assert added["fee"] == pytest.approx(min(max(own, least), most) / 2, rel=1e-3)


def test_pool_without_module_charges_its_least_fee(world: World, token: Callable[[int], Contract]) -> None:
    pool = world.open([token(18), token(18)], Kind.WEIGHTED, [10**24] * 2, policy="module")
    world.swap(pool, 0, 1, 10**18)
    (swap,) = world.vault.events("Swap")
    assert fee_and_indices(swap["fee_and_indices"])[0] == 10**15
