"""Where the answers are kept: a fact's word read from storage, many times quicker than by asking the contract."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from poolwright.chain.evm import EmbeddedChain
from tests.contracts.parity.facts import (
    ASSET,
    CLASS,
    GUARD,
    GUARDIAN,
    LISTED,
    MODULE,
    NEW_OWNER,
    NEXT_OWNER,
    POOL,
    RAMP,
    RATE,
    SPLIT,
    TERMS,
    TURNOVER,
    WORLD,
    Fact,
)

PAGE = Path(__file__).parents[3] / "docs" / "storage.md"
# The variable of each field; a map of pools, but for what the Vault has once.
FIELDS = {
    POOL: "pools", TERMS: "terms", SPLIT: "splits", RAMP: "ramps", RATE: "rates", MODULE: "modules",
    GUARD: "guards", TURNOVER: "turnovers", ASSET: "words", CLASS: "classes", LISTED: "listed",
}  # fmt: skip
ONCE = {WORLD: "world", NEW_OWNER: "owner", NEXT_OWNER: "next_owner", GUARDIAN: "guardian"}


@lru_cache
def layout() -> dict[str, dict[str, int]]:
    """The slot of each variable, by contract: of ours from the page that the compiler's layout is written to."""
    slots = {"PermitToken": {"balanceOf": 0, "allowance": 1, "nonces": 2}, "Permit2": {"nonceBitmap": 0}}
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]:
        if ", for ever\n" in section:
            rows = re.findall(r"^\| (\d+) \| `(?:storage\.)?(\w+)` \|", section, re.MULTILINE)
            slots[section.split(",")[0]] = {name: int(slot) for slot, name in rows}
    return slots


def slot_of(fact: Fact) -> int:
    """The first slot of the answer."""
    slots = layout()[fact.target.artifact.contract]
    keys = [each if isinstance(each, int) else int(each, 16) for each in fact.arguments]
    if fact.function != "stored":
        names = {"claim": "claims", "change": "changes"}
        return _within(slots[names.get(fact.function, fact.function)], *keys)
    pool, number, key = keys
    if number in ONCE:
        return slots[ONCE[number]]
    slot = _within(slots[FIELDS[number]], pool)
    if number in (RAMP, RATE, ASSET):
        return slot + key
    return _within(slot, key) if number in (CLASS, LISTED) else slot


def _within(slot: int, *keys: int) -> int:
    """The slot of an entry of a map, or of a map of maps."""
    for key in keys:
        slot = int.from_bytes(keccak(slot.to_bytes(32, "big") + key.to_bytes(32, "big")), "big")
    return slot


def read(chain: EmbeddedChain, address: str, slot: int, function: str) -> bytes:
    """The word of a fact as `Look` gives it: a change by its hash."""
    storage = chain._evm.storage
    if function != "change":
        return storage(address, slot).to_bytes(32, "big")  # type: ignore[no-any-return]
    due, count = storage(address, slot), storage(address, slot + 1)
    return _digest(due, tuple(storage(address, slot + 2 + k) for k in range(count)))


@lru_cache(maxsize=1_000)
def _digest(due: int, payload: tuple[int, ...]) -> bytes:
    return keccak(encode(["(uint256,uint256[])"], [(due, payload)]))
