"""Ether through the edge gives what the wrapped token would through the Vault, and nothing stays behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, MANAGER, World

WAD = 10**18


@dataclass
class Edge:
    """The edge, wrapped ether W, tokens A and B; pools W-A-B (weighted) and A-B (stable)."""

    contract: Contract
    wrapped: Contract
    a: Contract
    b: Contract
    index: str
    stable: str

    def ether(self, account: str) -> int:
        return self.contract.chain.balance(account)


@pytest.fixture
def edge(world: World, token: Callable[[int], Contract], compiled: Compile) -> Iterator[Edge]:
    wrapped = Contract.deploy(world.chain, compiled("faces/WrappedEther.vy"))
    for account in (MANAGER, ALICE):
        wrapped.deposit(sender=account, value=2000 * WAD)
        wrapped.approve(world.vault, EVER, sender=account)
    a, b = token(6), token(18)
    index = world.open([a, wrapped, b], Kind.WEIGHTED, [10**9, 1000 * WAD, 1000 * WAD])
    stable = world.open([a, b], Kind.STABLE, [10**9, 1000 * WAD])
    contract = Contract.deploy(world.chain, artifact("EtherEdge"), world.vault, wrapped)
    for each in (a, b, world.share(index)):
        each.approve(contract, EVER, sender=ALICE)
    yield Edge(contract, wrapped, a, b, index, stable)
    assert [each.balanceOf(contract) for each in (wrapped, a, b, world.share(index))] == [0] * 4
    assert world.chain.balance(contract.address) == 0
    assert wrapped.totalSupply() == world.chain.balance(wrapped.address)


def path(world: World, hops: list[int], exact_out: bool, amount: int) -> int:
    """What the Vault's own path would give."""
    limit = EVER if exact_out else 0
    return world.vault.ask("swap_path", hops, exact_out, amount, limit, EVER, BOB, NOBODY, sender=ALICE)


def test_exact_ether_in(world: World, edge: Edge) -> None:
    hops = [hop(edge.index, 1, 0), hop(edge.stable, 0, 1)]
    out = path(world, hops, False, WAD)
    with pytest.raises(CallReverted, match="swap: out below limit"):
        edge.contract.swap_from_ether(hops, False, out + 1, EVER, BOB, NOBODY, sender=ALICE, value=WAD)
    ether, held = edge.ether(ALICE), edge.b.balanceOf(BOB)
    assert edge.contract.swap_from_ether(hops, False, out, EVER, BOB, NOBODY, sender=ALICE, value=WAD) == out
    assert (ether - edge.ether(ALICE), edge.b.balanceOf(BOB) - held) == (WAD, out)


def test_exact_out_for_ether_gives_the_rest_back(world: World, edge: Edge) -> None:
    hops = [hop(edge.index, 1, 0), hop(edge.stable, 0, 1)]
    into = path(world, hops, True, WAD)
    with pytest.raises(CallReverted, match="swap: in above limit"):
        edge.contract.swap_from_ether(hops, True, WAD, EVER, BOB, NOBODY, sender=ALICE, value=into - 1)
    ether, held = edge.ether(ALICE), edge.b.balanceOf(BOB)
    assert (
        edge.contract.swap_from_ether(hops, True, WAD, EVER, BOB, NOBODY, sender=ALICE, value=9 * WAD) == into
    )
    assert (ether - edge.ether(ALICE), edge.b.balanceOf(BOB) - held) == (into, WAD)


@pytest.mark.parametrize("exact_out", [False, True])
def test_path_to_ether(world: World, edge: Edge, exact_out: bool) -> None:
    hops = [hop(edge.stable, 1, 0), hop(edge.index, 0, 1)]
    other = path(world, hops, exact_out, WAD)
    worse = other - 1 if exact_out else other + 1
    with pytest.raises(CallReverted, match="limit"):
        edge.contract.swap_to_ether(hops, exact_out, WAD, worse, EVER, BOB, NOBODY, sender=ALICE)
    ether, held = edge.ether(BOB), edge.b.balanceOf(ALICE)
    assert edge.contract.swap_to_ether(hops, exact_out, WAD, other, EVER, BOB, NOBODY, sender=ALICE) == other
    moved = (held - edge.b.balanceOf(ALICE), edge.ether(BOB) - ether)
    assert moved == ((other, WAD) if exact_out else (WAD, other))


def test_path_must_begin_or_end_in_ether(edge: Edge) -> None:
    away, back = hop(edge.index, 1, 0), hop(edge.index, 0, 1)
    with pytest.raises(CallReverted, match="edge: path not from ether"):
        edge.contract.swap_from_ether([back], False, 0, EVER, BOB, NOBODY, sender=ALICE, value=WAD)
    with pytest.raises(CallReverted, match="edge: path not to ether"):
        edge.contract.swap_to_ether([away], False, 1, 0, EVER, BOB, NOBODY, sender=ALICE)
    with pytest.raises(CallReverted, match="edge: path from ether"):
        edge.contract.swap_to_ether([away, back], False, 1, 0, EVER, BOB, NOBODY, sender=ALICE)


def test_deadlines_hold(world: World, edge: Edge) -> None:
    now = world.chain.blocks[-1].timestamp
    calls = (
        lambda: edge.contract.swap_from_ether(
            [hop(edge.index, 1, 0)], False, 0, now, BOB, NOBODY, sender=ALICE, value=WAD
        ),
        lambda: edge.contract.add_unbalanced(edge.index, [0, WAD, 0], 0, now, BOB, sender=ALICE, value=WAD),
    )
    for call in calls:
        with pytest.raises(CallReverted, match="vault: too late"):
            call()


def test_unbalanced_add_with_ether(world: World, edge: Edge) -> None:
    amounts, share = [10**6, WAD, 0], world.share(edge.index)
    shares = world.vault.ask("add_unbalanced", edge.index, amounts, 0, EVER, BOB, sender=ALICE)
    with pytest.raises(CallReverted, match="add: shares below limit"):
        edge.contract.add_unbalanced(edge.index, amounts, shares + 1, EVER, BOB, sender=ALICE, value=WAD)
    with pytest.raises(CallReverted):  # nothing to wrap the last wei with
        edge.contract.add_unbalanced(edge.index, amounts, shares, EVER, BOB, sender=ALICE, value=WAD - 1)
    ether, held = edge.ether(ALICE), edge.a.balanceOf(ALICE)
    added = edge.contract.add_unbalanced(edge.index, amounts, shares, EVER, BOB, sender=ALICE, value=3 * WAD)
    assert added == share.balanceOf(BOB) == shares
    assert (ether - edge.ether(ALICE), held - edge.a.balanceOf(ALICE)) == (WAD, 10**6)


def test_proportional_add_with_ether(world: World, edge: Edge) -> None:
    most, share = [10**9, 1000 * WAD, 1000 * WAD], world.share(edge.index)
    amounts = world.vault.ask("add_proportional", edge.index, WAD, most, EVER, BOB, sender=ALICE)
    tight = [amounts[0], amounts[1] - 1, amounts[2]]
    with pytest.raises(CallReverted, match="add: in above limit"):
        edge.contract.add_proportional(edge.index, WAD, tight, EVER, BOB, sender=ALICE, value=9 * WAD)
    ether, held = edge.ether(ALICE), edge.b.balanceOf(ALICE)
    edge.contract.add_proportional(edge.index, WAD, list(amounts), EVER, BOB, sender=ALICE, value=9 * WAD)
    assert share.balanceOf(BOB) == WAD
    assert (ether - edge.ether(ALICE), held - edge.b.balanceOf(ALICE)) == (amounts[1], amounts[2])


def test_proportional_remove_into_ether(world: World, edge: Edge) -> None:
    world.vault.add_proportional(edge.index, 9 * WAD, [EVER] * 3, EVER, ALICE, sender=ALICE)
    amounts = world.vault.ask("remove_proportional", edge.index, WAD, [0] * 3, EVER, BOB, sender=ALICE)
    over = [amounts[0], amounts[1] + 1, amounts[2]]
    with pytest.raises(CallReverted, match="remove: out below limit"):
        edge.contract.remove_proportional(edge.index, WAD, over, EVER, BOB, sender=ALICE)
    before = edge.a.balanceOf(BOB), edge.ether(BOB), edge.b.balanceOf(BOB)
    edge.contract.remove_proportional(edge.index, WAD, list(amounts), EVER, BOB, sender=ALICE)
    after = edge.a.balanceOf(BOB), edge.ether(BOB), edge.b.balanceOf(BOB)
    assert [now - was for was, now in zip(before, after, strict=True)] == list(amounts)
    assert world.share(edge.index).balanceOf(ALICE) == 8 * WAD


def test_single_remove_into_ether(world: World, edge: Edge) -> None:
    world.vault.add_proportional(edge.index, 9 * WAD, [EVER] * 3, EVER, ALICE, sender=ALICE)
    out = world.vault.ask("remove_single_exact_in", edge.index, 1, WAD, 0, EVER, BOB, sender=ALICE)
    with pytest.raises(CallReverted, match="remove: out below limit"):
        edge.contract.remove_single_exact_in(edge.index, WAD, out + 1, EVER, BOB, sender=ALICE)
    ether = edge.ether(BOB)
    assert edge.contract.remove_single_exact_in(edge.index, WAD, out, EVER, BOB, sender=ALICE) == out
    assert edge.ether(BOB) - ether == out


def test_nobody_removes_the_shares_of_another(world: World, edge: Edge) -> None:
    world.vault.add_proportional(edge.index, 9 * WAD, [EVER] * 3, EVER, ALICE, sender=ALICE)
    with pytest.raises(CallReverted, match="share: allowance too low"):
        edge.contract.remove_proportional(edge.index, WAD, [0] * 3, EVER, BOB, sender=BOB)


def test_edge_takes_ether_and_orders_from_nobody_else(edge: Edge) -> None:
    assert not edge.contract.chain.transact(edge.contract.address, b"", sender=ALICE, value=1).success
    with pytest.raises(CallReverted, match="face: not the vault"):
        edge.contract.unlocked(bytes(512), sender=ALICE)


def test_receiver_of_ether_finds_the_vault_idle(world: World, edge: Edge, compiled: Compile) -> None:
    receiver = Contract.deploy(world.chain, compiled("hostile/Puppet.vy"))
    edge.a.mint(receiver.address, 10**6)
    request = (hop(edge.index, 0, 1), False, 10**6, 0, EVER, BOB, NOBODY)
    receiver.write([
        (edge.a.address, edge.a.encode("approve", world.vault, EVER), True),
        (world.vault.address, world.vault.encode("asset_words", edge.index, 3), True),
        (world.vault.address, world.vault.encode("swap", request), True),
    ])  # fmt: skip
    hops = [hop(edge.index, 0, 1)]
    out = edge.contract.swap_to_ether(hops, False, 10**6, 0, EVER, receiver, NOBODY, sender=ALICE)
    assert world.chain.balance(receiver.address) == out
    assert [outcome[0] for outcome in receiver.read()] == [True] * 3


def test_ether_that_lies_there_is_not_spent(world: World, edge: Edge) -> None:
    other = Contract.deploy(world.chain, artifact("EtherEdge"), world.vault, edge.wrapped)
    edge.a.approve(other, EVER, sender=ALICE)
    forced = bytes.fromhex(
        "73" + other.address[2:] + "ff"
    )  # a creation that destroys itself towards the edge
    world.chain.transact(None, forced, sender=ALICE, value=5 * WAD)
    assert world.chain.balance(other.address) == 5 * WAD
    with pytest.raises(CallReverted, match="edge: too little ether"):
        other.add_unbalanced(edge.index, [10**6, WAD, 0], 0, EVER, BOB, sender=ALICE, value=WAD - 1)
    other.add_unbalanced(edge.index, [10**6, WAD, 0], 0, EVER, BOB, sender=ALICE, value=2 * WAD)
    assert world.chain.balance(other.address) == 5 * WAD


def test_no_ether_where_none_comes_out_or_goes_in(world: World, edge: Edge) -> None:
    """A share too small for a wei of ether, and a deposit of the other tokens."""
    world.vault.add_proportional(edge.index, 9 * WAD, [EVER] * 3, EVER, ALICE, sender=ALICE)
    world.swap(edge.index, 0, 1, 10**8)  # a share was worth a wei, and is worth less
    ether, share = edge.ether(BOB), world.share(edge.index)
    held = share.balanceOf(ALICE)
    edge.contract.remove_proportional(edge.index, 1, [0] * 3, EVER, BOB, sender=ALICE)
    assert (edge.ether(BOB), share.balanceOf(ALICE)) == (ether, held - 1)
    ether = edge.ether(ALICE)
    assert edge.contract.add_unbalanced(edge.index, [10**6, 0, 0], 0, EVER, BOB, sender=ALICE, value=WAD) > 0
    assert edge.ether(ALICE) == ether
