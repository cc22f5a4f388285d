"""Bad tokens behind a face: paid in full or refused, and no way in for a second call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, MANAGER, World

WAD = 10**18
Bad = Callable[[str], tuple[Contract, Contract, Contract, str]]


@pytest.fixture
def bad(world: World, token: Callable[[int], Contract], compiled: Compile) -> Bad:
    """A token of the zoo in a pool with a plain one: the face, the token, the plain one, the pool."""

    def make(name: str) -> tuple[Contract, Contract, Contract, str]:
        face = Contract.deploy(world.chain, artifact("BalancerFace"), world.vault)
        hostile, plain = Contract.deploy(world.chain, compiled(f"hostile/{name}.vy"), 18), token(18)
        if name == "RefusingToken":
            hostile.refuse(False)
        for account in (MANAGER, ALICE):
            hostile.mint(account, 10**30)
            for spender in (world.vault, face):
                hostile.approve(spender, EVER, sender=account)
        plain.approve(face, EVER, sender=ALICE)
        return face, hostile, plain, world.open([hostile, plain], Kind.WEIGHTED, [10**24, 10**24])

    return make


def swap(face: Contract, pool: str, token_in: Contract, token_out: Contract, kind: int = 0) -> int:
    single = (bytes.fromhex(pool[2:]) + bytes(12), kind, token_in.address, token_out.address, WAD, b"")
    funds = (ALICE, False, BOB, False)
    return face.swap(single, funds, EVER if kind else 0, EVER, sender=ALICE)


def solvent(world: World, pool: str, *tokens: Contract) -> bool:
    """Whether the Vault has of each token what the ledger says, and nobody owes."""
    held = [token.balanceOf(world.vault.address) for token in tokens]
    return all(has >= booked for has, booked in zip(held, world.balances(pool, len(tokens)), strict=True))


@pytest.mark.parametrize(
    "name", ["SilentToken", "ZeroShyToken", "BlockingToken", "RefusingToken", "TwoDoorToken"]
)
def test_token_that_delivers_is_served(world: World, bad: Bad, name: str) -> None:
    face, hostile, plain, pool = bad(name)
    for kind in (0, 1):
        for ends in ((hostile, plain), (plain, hostile)):
            assert swap(face, pool, *ends, kind) > 0
            assert solvent(world, pool, hostile, plain)
            assert [each.balanceOf(face.address) for each in (hostile, plain)] == [0, 0]


def test_refusal_of_a_token_refuses_the_swap(world: World, bad: Bad) -> None:
    face, hostile, plain, pool = bad("RefusingToken")
    hostile.refuse(True)
    with pytest.raises(CallReverted, match="face: transfer refused"):
        swap(face, pool, hostile, plain)
    with pytest.raises(CallReverted, match="vault: transfer refused"):
        swap(face, pool, plain, hostile)


@pytest.mark.parametrize("worth", [WAD * 99 // 100, WAD * 10 // 9])
def test_rebased_token_pays_in_full_or_not_at_all(world: World, bad: Bad, worth: int) -> None:
    face, hostile, plain, pool = bad("RebasingToken")
    hostile.rebase(worth)
    before = plain.balanceOf(BOB), hostile.balanceOf(world.vault.address)
    try:
        swap(face, pool, hostile, plain)
    except CallReverted as revert:
        reason = revert.reason
    else:
        reason = ""
    paid = hostile.balanceOf(world.vault.address) - before[1]
    assert (reason, plain.balanceOf(BOB)) == ("vault: unsettled", before[0]) or (reason == "" and paid >= WAD)


def test_token_cannot_call_its_way_in(world: World, bad: Bad) -> None:
    face, hostile, plain, pool = bad("CallingToken")
    # its own account could otherwise do all of this
    hostile.mint(hostile.address, 10**24)
    plain.mint(hostile.address, 10**24)
    for each in (world.vault, face):
        data = hostile.encode("approve", each, EVER)
        hostile.write([(hostile.address, data, True), (plain.address, data, True)])
        hostile.transfer(BOB, 0, sender=ALICE)
    own = (hostile.address, False, hostile.address, False)
    single = (bytes.fromhex(pool[2:]) + bytes(12), 0, plain.address, hostile.address, WAD, b"")
    request = (hop(pool, 1, 0), False, WAD, 0, EVER, hostile.address, NOBODY)
    vault = world.vault
    calls = [
        (face, face.encode("swap", single, own, 0, EVER)),
        (face, face.encode("getPoolTokens", single[0])),
        (face, face.encode("unlocked", b"\x01" + bytes(64))),
        (vault, vault.encode("swap", request)),
        (vault, vault.encode("take", plain, WAD, hostile)),
        (vault, vault.encode("sync", plain)),
        (vault, vault.encode("settle")),
        (vault, vault.encode("unlock", b"")),
    ]
    script = [(target.address, data, False) for target, data in calls]
    for before in (False, True):
        hostile.play_before(before)
        for ends in ((hostile, plain), (plain, hostile)):
            hostile.write(script)
            assert swap(face, pool, *ends) > 0
            outcomes = [outcome[0] for outcome in hostile.read()]
            assert outcomes == [False] * len(calls)
            assert solvent(world, pool, hostile, plain)
    hostile.write(script[:2])
    hostile.transfer(BOB, 0, sender=ALICE)
    assert [outcome[0] for outcome in hostile.read()] == [True, True]  # alone, the same calls are good
