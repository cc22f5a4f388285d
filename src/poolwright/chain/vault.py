"""Pools in the Vault, from PoolParams: created, opened, and asked for by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web3.contract import Contract

from poolwright.chain.artifacts import artifact
from poolwright.chain.protocol import Protocol
from poolwright.chain.records import ChainError
from poolwright.spec.constitution import guard_word
from poolwright.spec.params import PoolParams

NEVER = 2**63  # a deadline that does not come
NO_ONE = "0x" + "00" * 20


def create_pool(
    protocol: Protocol, params: PoolParams, tokens: Sequence[str] = (), *, manager: str | None = None,
    providers: Sequence[str | None] = (),
) -> str:  # fmt: skip
    """Create a pool in the Vault, managed by the default account unless another is named; its share token's address.

    The guard of a launch is set at once, which only the manager can do: leave `manager` out where `params` has one.
    """
    vault = protocol.vault
    text = params.constitution_text(protocol.kinds[params.kind], tokens, providers)
    receipt = send(protocol, vault.functions.create_pool(text, manager or protocol.web3.eth.default_account))
    (created,) = events(protocol, receipt, "PoolCreated")
    pool = str(created["pool"])
    guard = guard_word(params.guard)
    if guard:
        send(protocol, vault.functions.guard_launch(pool, guard))
    return pool


def share_token(protocol: Protocol, pool: str) -> Contract:
    """The share token of a pool."""
    address = protocol.web3.to_checksum_address(pool)
    return protocol.web3.eth.contract(address=address, abi=artifact("ShareToken").abi)


def send(protocol: Protocol, call: Any) -> Any:
    """Send a call as a transaction of the default account and wait for it; its receipt. ChainError when it failed."""
    digest = call.transact()
    receipt = protocol.web3.eth.wait_for_transaction_receipt(digest)
    if not receipt["status"]:
        raise ChainError(f"{call.fn_name} failed in transaction {digest.hex()}")
    return receipt


def events(protocol: Protocol, receipt: Any, name: str) -> list[dict[str, Any]]:
    """The Vault's events of a name in a receipt, each as its fields."""
    from web3.logs import DISCARD

    found = protocol.vault.events[name]().process_receipt(receipt, errors=DISCARD)
    return [dict(each["args"]) for each in found]
