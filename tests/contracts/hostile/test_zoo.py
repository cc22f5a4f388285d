"""The hostile counterparts do what they are there for: a test that counts on a bad habit needs the habit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.evm import ACCOUNTS, EmbeddedChain
from poolwright.chain.revert import CallReverted
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, Contract

ALICE, BOB, CAROL = ACCOUNTS[1:4]
Zoo = Callable[..., Contract]

# What each token makes of a transfer of 500 out of 1,000: (balance of the sender, of the receiver) after it.
MOVES = {
    "PlainToken": (500, 500),
    "TaxedToken": (500, 495),
    "RebasingToken": (500, 500),
    "SilentToken": (500, 500),
    "LyingToken": (1000, 0),
    "RefusingToken": (1000, 0),
    "ZeroShyToken": (500, 500),
    "BlockingToken": (500, 500),
    "TwoDoorToken": (500, 500),
    "CallingToken": (500, 500),
}
ANSWERS = {"SilentToken": b"", "RefusingToken": bytes(32)}


@pytest.fixture
def zoo(chain: EmbeddedChain, compiled: Compile) -> Zoo:
    """Deploy one of the zoo by name."""
    return lambda name, *arguments: Contract.deploy(chain, compiled(f"hostile/{name}.vy"), *arguments)


@pytest.mark.parametrize("name", MOVES)
def test_token_moves_as_it_does(zoo: Zoo, name: str) -> None:
    for by_allowance in (False, True):
        token = zoo(name, 6)
        token.mint(ALICE, 1000)
        if by_allowance:
            token.approve(CAROL, EVER, sender=ALICE)
            token.transferFrom(ALICE, BOB, 500, sender=CAROL)
        else:
            token.transfer(BOB, 500, sender=ALICE)
        receipt = token.chain.blocks[-1].receipt
        assert receipt is not None
        assert receipt.output == ANSWERS.get(name, (1).to_bytes(32, "big"))
        assert (token.balanceOf(ALICE), token.balanceOf(BOB)) == MOVES[name]
        assert token.decimals() == 6


@pytest.mark.parametrize("name", sorted(MOVES.keys() - {"LyingToken", "RefusingToken"}))
def test_token_keeps_to_balances_and_allowances(zoo: Zoo, name: str) -> None:
    token = zoo(name, 18)
    token.mint(ALICE, 1000)
    token.approve(CAROL, 499, sender=ALICE)
    with pytest.raises(CallReverted):
        token.transferFrom(ALICE, BOB, 500, sender=CAROL)
    with pytest.raises(CallReverted):
        token.transfer(BOB, 1001, sender=ALICE)
    token.transferFrom(ALICE, BOB, 499, sender=CAROL)
    assert token.allowance(ALICE, CAROL) == 0


def test_zero_shy_token_refuses_nothing(zoo: Zoo) -> None:
    with pytest.raises(CallReverted, match="token: nothing"):
        zoo("ZeroShyToken", 18).transfer(BOB, 0, sender=ALICE)


def test_rebasing_token_changes_every_balance(zoo: Zoo) -> None:
    token = zoo("RebasingToken", 18)
    token.mint(ALICE, 1000)
    for worth, seen in ((11 * 10**17, 1100), (5 * 10**17, 500)):
        token.rebase(worth)
        assert (token.balanceOf(ALICE), token.totalSupply()) == (seen, seen)
    token.transfer(BOB, 100, sender=ALICE)
    assert (token.balanceOf(ALICE), token.balanceOf(BOB)) == (400, 100)


def test_blocking_token_stops_sender_and_receiver(zoo: Zoo) -> None:
    token = zoo("BlockingToken", 18)
    token.mint(ALICE, 1000)
    token.block_account(BOB, True)
    with pytest.raises(CallReverted, match="token: blocked"):
        token.transfer(BOB, 1, sender=ALICE)
    token.block_account(BOB, False)
    token.transfer(BOB, 1, sender=ALICE)
    token.block_account(BOB, True)
    with pytest.raises(CallReverted, match="token: blocked"):
        token.transfer(CAROL, 1, sender=BOB)


def test_refusing_token_can_relent(zoo: Zoo) -> None:
    token = zoo("RefusingToken", 18)
    token.mint(ALICE, 10)
    token.refuse(False)
    assert token.transfer(BOB, 4, sender=ALICE) is True
    assert token.balanceOf(BOB) == 4


def test_two_doors_lead_to_one_ledger(zoo: Zoo) -> None:
    token = zoo("TwoDoorToken", 18)
    door = zoo("SecondDoor", token)
    token.open_door(door)
    token.mint(ALICE, 100)
    token.approve(CAROL, 30, sender=ALICE)
    door.transfer(BOB, 10, sender=ALICE)
    door.transferFrom(ALICE, BOB, 30, sender=CAROL)
    assert token.balanceOf(BOB) == door.balanceOf(BOB) == 40
    assert door.allowance(ALICE, CAROL) == 0
    with pytest.raises(CallReverted):
        door.transferFrom(ALICE, BOB, 1, sender=CAROL)
    with pytest.raises(CallReverted, match="token: not the door"):
        token.move_for(ALICE, ALICE, BOB, 1, sender=BOB)


@pytest.mark.parametrize("before", [False, True])
def test_calling_token_calls_in_the_middle_of_a_move(zoo: Zoo, before: bool) -> None:
    token = zoo("CallingToken", 18)
    token.mint(ALICE, 100)
    look = token.encode("balanceOf", BOB)
    token.write([(token.address, look, True), (token.address, token.encode("transfer", BOB, 1), False)])
    token.play_before(before)
    token.transfer(BOB, 60, sender=ALICE)
    seen, again = token.read()
    assert seen == (True, (0 if before else 60).to_bytes(32, "big"))
    assert again[0] is False  # it has nothing itself
    token.write([(token.address, token.encode("transfer", BOB, 1), True)])
    with pytest.raises(CallReverted):
        token.transfer(BOB, 1, sender=ALICE)


def test_puppet_plays_and_answers_whatever_it_is_called_for(zoo: Zoo) -> None:
    token, puppet = zoo("PlainToken", 18), zoo("Puppet")
    token.mint(puppet.address, 100)
    puppet.write([(token.address, token.encode("transfer", BOB, 7), True)])
    puppet.set_answer(b"\xaa" * 64)
    receipt = token.chain.transact(puppet.address, bytes.fromhex("12345678") + bytes(64))
    assert (receipt.success, receipt.output) == (True, b"\xaa" * 64)
    puppet.act()
    assert token.balanceOf(BOB) == 14


def test_liar_answers_fails_burns_and_probes(zoo: Zoo) -> None:
    token, liar = zoo("PlainToken", 18), zoo("Liar")
    question = bytes.fromhex("2c4e722e")  # rate()
    liar.set_answer(question, bytes(31) + b"\x05" + bytes(32))
    assert token.chain.call(liar.address, question) == bytes(31) + b"\x05" + bytes(32)
    liar.set_probes([token.address], [token.encode("transfer", BOB, 1)])
    assert token.chain.call(liar.address, question)[31] == 5
    liar.set_probes([token.address], [token.encode("balanceOf", BOB)])
    with pytest.raises(CallReverted, match="liar: a probe was answered"):
        token.chain.call(liar.address, question)
    liar.set_mode(1)
    with pytest.raises(CallReverted, match="liar: fails"):
        token.chain.call(liar.address, question)
    liar.set_mode(2)
    spent = token.chain.trial(liar.address, question, sender=ALICE, gas=1_000_000)
    assert (spent.success, spent.gas_used) == (False, 1_000_000)
