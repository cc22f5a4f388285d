"""The share token as a ledger: against a dictionary, refusals and events included."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from poolwright.chain.evm import ACCOUNTS, EmbeddedChain
from poolwright.chain.revert import CallReverted
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.ShareToken.clones import clone_code, deploy_clone

VAULT, ALICE, BOB, CAROL = ACCOUNTS[:4]


def test_mint_and_burn_tell_the_supply_before(shares: Contract) -> None:
    assert shares.mint(NOBODY, 10**6) == 0
    assert shares.events("Transfer") == [{"sender": NOBODY, "receiver": NOBODY, "value": 10**6}]
    assert shares.mint(ALICE, 500) == 10**6
    assert shares.events("Transfer") == [{"sender": NOBODY, "receiver": ALICE, "value": 500}]
    assert shares.burn(ALICE, 200) == 10**6 + 500
    assert shares.events("Transfer") == [{"sender": ALICE, "receiver": NOBODY, "value": 200}]
    assert (shares.totalSupply(), shares.balanceOf(ALICE)) == (10**6 + 300, 300)


@pytest.mark.parametrize("function", ["mint", "burn"])
def test_only_the_vault_makes_and_destroys(shares: Contract, function: str) -> None:
    shares.mint(ALICE, 500)
    for account in (ALICE, BOB):
        with pytest.raises(CallReverted, match="share: not the vault"):
            getattr(shares, function)(ALICE, 1, sender=account)


def test_mint_reverts_when_the_supply_overflows(shares: Contract) -> None:
    shares.mint(ALICE, EVER)
    with pytest.raises(CallReverted):
        shares.mint(BOB, 1)
    assert shares.balanceOf(BOB) == 0


def test_burn_reverts_when_the_balance_is_too_low(shares: Contract) -> None:
    shares.mint(ALICE, 5)
    shares.mint(BOB, 5)
    with pytest.raises(CallReverted, match="share: balance too low"):
        shares.burn(ALICE, 6)


def test_nothing_goes_where_it_could_not_come_back(shares: Contract) -> None:
    shares.mint(ALICE, 5)
    for receiver in (NOBODY, shares.address):
        with pytest.raises(CallReverted, match="share: no such receiver"):
            shares.transfer(receiver, 1, sender=ALICE)


def test_allowance_is_used_up_unless_it_is_endless(shares: Contract) -> None:
    shares.mint(ALICE, 100)
    assert shares.approve(BOB, 30, sender=ALICE) is True
    assert shares.events("Approval") == [{"owner": ALICE, "spender": BOB, "value": 30}]
    assert shares.transferFrom(ALICE, CAROL, 20, sender=BOB) is True
    assert shares.allowance(ALICE, BOB) == 10
    with pytest.raises(CallReverted, match="share: allowance too low"):
        shares.transferFrom(ALICE, CAROL, 11, sender=BOB)
    with pytest.raises(CallReverted, match="share: allowance too low"):
        shares.transferFrom(ALICE, CAROL, 1, sender=CAROL)
    shares.approve(BOB, EVER, sender=ALICE)
    shares.transferFrom(ALICE, CAROL, 80, sender=BOB)
    assert shares.allowance(ALICE, BOB) == EVER
    with pytest.raises(CallReverted, match="share: balance too low"):
        shares.transferFrom(ALICE, CAROL, 1, sender=BOB)


def test_random_moves_agree_with_a_dictionary(shares: Contract) -> None:
    draw = random.Random(7)
    book: Counter[str] = Counter()
    refused = 0
    for _ in range(400):
        sender, receiver = draw.choice(ACCOUNTS[1:5]), draw.choice(ACCOUNTS[1:5])
        amount = draw.choice([0, 1, draw.randrange(1000), 2 * book[sender]])
        move = draw.choice(["mint", "burn", "transfer"])
        if move != "mint" and amount > book[sender]:
            with pytest.raises(CallReverted, match="share: balance too low"):
                shares.burn(sender, amount) if move == "burn" else shares.transfer(
                    receiver, amount, sender=sender
                )
            refused += 1
        elif move == "mint":
            assert shares.mint(receiver, amount) == book.total()
            book[receiver] += amount
        elif move == "burn":
            assert shares.burn(sender, amount) == book.total()
            book[sender] -= amount
        else:
            assert shares.transfer(receiver, amount, sender=sender) is True
            book[sender] -= amount
            book[receiver] += amount
        assert [shares.balanceOf(each) for each in ACCOUNTS[1:5]] == [book[each] for each in ACCOUNTS[1:5]]
        assert shares.totalSupply() == book.total()
    assert 20 < refused < 300


def test_clones_share_nothing(chain: EmbeddedChain, implementation: str, shares: Contract) -> None:
    other = deploy_clone(chain, clone_code(implementation, b"Another", b"A"))
    shares.mint(ALICE, 7)
    shares.approve(BOB, 7, sender=ALICE)
    assert (other.totalSupply(), other.balanceOf(ALICE), other.allowance(ALICE, BOB)) == (0, 0, 0)
    assert (other.VAULT(), other.decimals()) == (VAULT, 18)
