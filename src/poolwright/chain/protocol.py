"""The protocol's contracts as one: their only order of deployment, and the Vault with the interface of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak
from web3 import Web3
from web3.contract import Contract

from poolwright.chain.artifacts import Artifact, artifact
from poolwright.chain.records import ChainError
from poolwright.spec.kind import Kind

# The Vault's own code first, then what it passes calls on to; every function is in one of them.
VAULT_PARTS = ("Vault", "VaultExtension", "VaultUnbalanced", "VaultBatch", "VaultAdmin", "VaultFactory")
KINDS = {
    Kind.WEIGHTED: "WeightedKind",
    Kind.CONSTANT_PRODUCT: "ConstantProductKind",
    Kind.STABLE: "StableKind",
}


# What only reads the Vault, and may be deployed again by anybody: with the contracts that each is told of.
READERS = {
    "VaultLens": ("Vault",),
    "LiquidityLens": ("Vault",),
    "PoolReader": ("Vault", "VaultLens"),
    "PoolOracle": ("Vault",),
}

# Modules of which one serves every pool that plugs it in, in the same way.
SHARED_MODULES = {"TwapRing": ("Vault",)}


@dataclass(frozen=True)
class Protocol:
    """Addresses of one deployment; `vault` has the interface of all its parts. `parts` has every contract by name."""

    web3: Web3
    vault: Contract
    share_token: str
    kinds: dict[Kind, str]
    parts: dict[str, str]

    def kind_address(self, kind: Kind) -> str:
        """Where the contract of a native kind is."""
        return self.kinds[kind]

    def contract(self, name: str) -> Contract:
        """One of the deployed contracts by name, such as "PoolOracle", with its own interface."""
        return self.web3.eth.contract(
            address=self.web3.to_checksum_address(self.parts[name]), abi=artifact(name).abi
        )


def vault_artifact() -> Artifact:
    """The Vault's interface, whole: every function and event of its parts, each once."""
    entries: dict[str, dict[str, Any]] = {}
    for part in VAULT_PARTS:
        for entry in artifact(part).abi:
            if entry["type"] in ("function", "event"):
                entries.setdefault(_signature(entry), entry)
    own = artifact("Vault")
    constructor = [entry for entry in own.abi if entry["type"] == "constructor"]
    return Artifact("Vault", [*constructor, *entries.values()], own.bytecode, own.source_hash)


def deploy_protocol(web3: Web3, owner: str | None = None) -> Protocol:
    """Deploy everything from the default account. `owner` holds the protocol's own powers, else that account does.

    The share token and the Vault need each other's address: the Vault's is known beforehand, from the account's nonce.
    Raises ChainError if it came out otherwise (another transaction of the account in between).
    """
    account = web3.to_checksum_address(web3.eth.default_account)  # type: ignore[arg-type]
    parts: dict[str, str] = {}
    nonce = web3.eth.get_transaction_count(account)
    expected = create_address(account, nonce + len(KINDS) + 8)
    kinds = {kind: _deploy(web3, parts, name) for kind, name in KINDS.items()}
    counterparts = _deploy(web3, parts, "VaultCounterparts")
    share_token = _deploy(web3, parts, "ShareToken", expected)
    factory = _deploy(web3, parts, "VaultFactory", counterparts, share_token, *kinds.values())
    admin = _deploy(web3, parts, "VaultAdmin", factory)
    extension = _deploy(web3, parts, "VaultExtension", counterparts, admin)
    stable = _deploy(web3, parts, "VaultStable")
    unbalanced = _deploy(web3, parts, "VaultUnbalanced", counterparts, stable)
    batch = _deploy(web3, parts, "VaultBatch", counterparts, stable)
    vault = _deploy(
        web3, parts, "Vault", owner or account, counterparts, stable, extension, unbalanced, batch
    )
    if vault != expected:
        raise ChainError(
            f"the Vault came to {vault}, but its share token expects {expected}: "
            f"another transaction of {account} came in between; deploy again"
        )
    for name, told in (READERS | SHARED_MODULES).items():
        _deploy(web3, parts, name, *(parts[each] for each in told))
    contract = web3.eth.contract(address=web3.to_checksum_address(vault), abi=vault_artifact().abi)
    return Protocol(web3, contract, share_token, kinds, parts)


def create_address(account: str, nonce: int) -> str:
    """Where a contract comes that an account makes at a nonce (CREATE)."""
    digest = keccak(rlp.encode([bytes.fromhex(account[2:]), nonce]))
    return Web3.to_checksum_address(digest[-20:])


def _deploy(web3: Web3, parts: dict[str, str], name: str, *arguments: Any) -> str:
    compiled = artifact(name)
    factory = web3.eth.contract(abi=compiled.abi, bytecode=compiled.bytecode)
    digest = factory.constructor(*arguments).transact()
    receipt = web3.eth.wait_for_transaction_receipt(digest)
    address = receipt["contractAddress"]
    if not receipt["status"] or address is None:
        raise ChainError(f"{name} could not be deployed: the transaction {digest.hex()} failed")
    parts[name] = Web3.to_checksum_address(address)
    return parts[name]


def _signature(entry: dict[str, Any]) -> str:
    inputs = ",".join(each["type"] for each in entry["inputs"])
    return f"{entry['type']} {entry['name']}({inputs})"
