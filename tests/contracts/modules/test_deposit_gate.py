"""The deposit gate, alone and plugged into pools of every kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, MANAGER, World

BEFORE_ADD = 4
WAD = 10**18


@pytest.fixture
def gate(chain: EmbeddedChain, token: Callable[[int], Contract]) -> Contract:
    """Lets in who holds five of a token; in the beginning Alice alone."""
    badge = token(0)
    badge.transfer(NOBODY, 10**33 - 4, sender=BOB)
    return Contract.deploy(chain, artifact("DepositGate"), badge, 5)


@pytest.fixture(params=list(Kind), ids=lambda kind: kind.value)
def gated(
    request: pytest.FixtureRequest, world: World, token: Callable[[int], Contract], gate: Contract
) -> str:
    """A pool with the gate plugged in."""
    pool = world.open([token(18), token(18)], request.param, [10**24, 10**24])
    world.do(pool, "module", [int(gate.address, 16) | BEFORE_ADD << 160])
    return pool


def add(world: World, pool: str, way: str, account: str) -> None:
    vault, million = world.vault, 10**24
    calls = {
        "proportional": lambda: vault.add_proportional(pool, WAD, [million] * 2, EVER, ALICE, sender=account),
        "unbalanced": lambda: vault.add_unbalanced(pool, [WAD, 2 * WAD], 0, EVER, ALICE, sender=account),
        "exact in": lambda: vault.add_single_exact_in(pool, 0, WAD, 0, EVER, ALICE, sender=account),
        "exact shares": lambda: vault.add_single_exact_shares(
            pool, 0, WAD, million, EVER, ALICE, sender=account
        ),
    }
    calls[way]()


@pytest.mark.parametrize("way", ["proportional", "unbalanced", "exact in", "exact shares"])
def test_only_holders_add(world: World, gated: str, way: str) -> None:
    held = world.share(gated).balanceOf(ALICE)
    with pytest.raises(CallReverted, match="gate: not a holder"):
        add(world, gated, way, BOB)  # although Alice, a holder, would have the shares
    add(world, gated, way, ALICE)
    assert world.share(gated).balanceOf(ALICE) > held


def test_everybody_swaps_and_leaves(world: World, gated: str) -> None:
    add(world, gated, "proportional", ALICE)
    world.share(gated).transfer(BOB, WAD, sender=ALICE)
    assert world.swap(gated, 0, 1, WAD, sender=BOB) > 0
    assert world.vault.remove_proportional(gated, WAD // 4, [0, 0], EVER, BOB, sender=BOB)
    assert world.vault.remove_single_exact_in(gated, 0, WAD // 4, 0, EVER, BOB, sender=BOB)
    assert world.vault.recovery_exit(gated, WAD // 4, BOB, 0, sender=BOB)


def test_who_has_let_the_token_go_is_out(world: World, gated: str, gate: Contract) -> None:
    badge = Contract(world.chain, gate.TOKEN(), world.share(gated).artifact)  # any ERC-20 interface does
    badge.transfer(MANAGER, 10**33 - 5, sender=ALICE)
    add(world, gated, "proportional", ALICE)
    badge.transfer(MANAGER, 1, sender=ALICE)
    with pytest.raises(CallReverted, match="gate: not a holder"):
        add(world, gated, "proportional", ALICE)


def test_gate_that_lets_everybody_in_is_refused(chain: EmbeddedChain, gate: Contract) -> None:
    for token, least in ((gate.TOKEN(), 0), (ALICE, 1)):
        with pytest.raises(CallReverted, match="gate: lets everybody in"):
            Contract.deploy(chain, artifact("DepositGate"), token, least)


def test_gate_has_nothing_to_say_but_of_deposits(gate: Contract) -> None:
    for point in (1, 2, 8, 16, 32):  # all but BEFORE_ADD
        gate.ask("before_operation", NOBODY, point, BOB, [], 0)
    with pytest.raises(CallReverted, match="gate: not a holder"):
        gate.ask("before_operation", NOBODY, BEFORE_ADD, BOB, [], 0)
    assert gate.compute_fee(NOBODY, BOB, 0, 1, False, WAD) == 0


def test_gate_that_is_unplugged_lets_everybody_in(world: World, gated: str) -> None:
    world.do(gated, "module", [0])
    add(world, gated, "proportional", BOB)
    assert world.share(gated).balanceOf(ALICE) == WAD
