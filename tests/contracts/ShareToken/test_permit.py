"""Permits, signed with eth_account, which hashes typed data by itself."""

from __future__ import annotations

from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from poolwright.chain.evm import ACCOUNTS, CHAIN_ID, EmbeddedChain
from poolwright.chain.revert import CallReverted
from tests.contracts.conftest import Compile
from tests.contracts.contract import NOBODY, Contract
from tests.contracts.ShareToken.clones import clone_code, deploy_clone

BOB = ACCOUNTS[2]
OWNER = Account.from_key(keccak(text="owner of a few shares"))
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
YES = bytes.fromhex("1626ba7e")


def typed(token: Contract, **changes: Any) -> Any:
    message = {"owner": OWNER.address, "spender": BOB, "value": 77, "nonce": 0, "deadline": 2**40}
    domain = {"name": "Three coins", "version": "1", "chainId": CHAIN_ID, "verifyingContract": token.address}
    for name, value in changes.items():
        (domain if name in domain else message)[name] = value
    types = {
        "Permit": [
            {"name": "owner", "type": "address"},
            {"name": "spender", "type": "address"},
            {"name": "value", "type": "uint256"},
            {"name": "nonce", "type": "uint256"},
            {"name": "deadline", "type": "uint256"},
        ]
    }
    return encode_typed_data(domain, types, message)


def signed(token: Contract, **changes: Any) -> tuple[int, bytes, bytes]:
    signature = OWNER.sign_message(typed(token, **changes))
    return signature.v, signature.r.to_bytes(32, "big"), signature.s.to_bytes(32, "big")


def permit(token: Contract, signature: tuple[int, bytes, bytes], **changes: Any) -> None:
    given = {"owner": OWNER.address, "spender": BOB, "value": 77, "deadline": 2**40} | changes
    token.permit(*given.values(), *signature)


def test_permit_allows_once(shares: Contract) -> None:
    signature = signed(shares)
    permit(shares, signature)
    assert shares.events("Approval") == [{"owner": OWNER.address.lower(), "spender": BOB, "value": 77}]
    assert shares.allowance(OWNER.address, BOB) == 77
    assert shares.nonces(OWNER.address) == 1
    with pytest.raises(CallReverted, match="share: bad signature"):
        permit(shares, signature)
    permit(shares, signed(shares, nonce=1, value=5), value=5)
    assert shares.allowance(OWNER.address, BOB) == 5


def test_domain_separator_is_that_of_typed_data(shares: Contract) -> None:
    assert shares.DOMAIN_SEPARATOR() == typed(shares).header


@pytest.mark.parametrize(
    "change",
    [
        {"chainId": CHAIN_ID + 1},
        {"verifyingContract": NOBODY},
        {"name": "Another"},
        {"version": "2"},
        {"spender": ACCOUNTS[3]},
        {"value": 78},
        {"nonce": 1},
        {"deadline": 2**41},
        {"owner": BOB},
    ],
    ids=lambda change: next(iter(change)),
)
def test_permit_reverts_when_anything_else_was_signed(shares: Contract, change: dict[str, Any]) -> None:
    with pytest.raises(CallReverted, match="share: bad signature"):
        permit(shares, signed(shares, **change))


def test_permit_reverts_after_its_deadline(shares: Contract) -> None:
    now = shares.chain.blocks[-1].timestamp
    with pytest.raises(CallReverted, match="share: permit too late"):
        permit(shares, signed(shares, deadline=now), deadline=now)
    next_block = now + 24
    permit(shares, signed(shares, deadline=next_block), deadline=next_block)


def test_permit_of_one_pool_is_none_of_another(
    chain: EmbeddedChain, implementation: str, shares: Contract
) -> None:
    other = deploy_clone(chain, clone_code(implementation, b"Three coins", b"PW-3"))
    with pytest.raises(CallReverted, match="share: bad signature"):
        permit(other, signed(shares))


def test_permit_reverts_for_the_other_form_of_a_signature(shares: Contract) -> None:
    v, r, s = signed(shares)
    mirrored = (55 - v, r, (ORDER - int.from_bytes(s, "big")).to_bytes(32, "big"))
    with pytest.raises(CallReverted, match="share: bad signature"):
        permit(shares, mirrored)
    permit(shares, (v, r, s))


def test_nobody_permits_nothing(shares: Contract) -> None:
    # ecrecover answers the empty address for a signature that is none
    with pytest.raises(CallReverted, match="share: bad signature"):
        permit(shares, (27, b"\0" * 32, b"\0" * 32), owner=NOBODY)


def test_contract_permits_by_its_own_judgement(shares: Contract, compiled: Compile) -> None:
    wallet = Contract.deploy(shares.chain, compiled("ShareToken/Wallet.vy"))
    digest = keccak(b"\x19\x01" + typed(shares).header + typed(shares, owner=wallet.address).body)
    mark = (28, b"\1" * 32, b"\2" * 32)
    with pytest.raises(CallReverted, match="share: bad signature"):
        permit(shares, mark, owner=wallet.address)
    wallet.accept(digest, b"\x16\x26\xba\x7f")
    with pytest.raises(CallReverted, match="share: bad signature"):
        permit(shares, mark, owner=wallet.address)
    wallet.accept(digest, YES)
    permit(shares, mark, owner=wallet.address)
    assert shares.allowance(wallet.address, BOB) == 77
    with pytest.raises(CallReverted, match="share: bad signature"):
        permit(shares, mark, owner=wallet.address)


def test_contract_that_answers_nothing_permits_nothing(shares: Contract) -> None:
    with pytest.raises(CallReverted):
        permit(shares, (28, b"\1" * 32, b"\2" * 32), owner=shares.address)
