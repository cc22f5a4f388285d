"""What the embedded chain keeps of a transaction: receipts, logs, blocks; and how it says no."""

from __future__ import annotations

from dataclasses import dataclass

from poolwright.chain.revert import revert_text
from poolwright.errors import PoolwrightError


class ChainError(PoolwrightError):
    """The chain cannot do what was asked: unknown block, too little ether, no answer from a node."""


@dataclass(frozen=True, slots=True)
class Log:
    """One event: who emitted it, its topics and its data."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one transaction did. `output` is its return data, or its revert data when `success` is false."""

    hash: bytes
    block: int
    sender: str
    to: str | None
    value: int
    data: bytes
    nonce: int
    success: bool
    output: bytes
    halt: str
    gas_used: int
    logs: tuple[Log, ...]
    contract_address: str | None

    @property
    def reason(self) -> str:
        """The revert text; "" for a success and for a revert without data."""
        return "" if self.success else revert_text(self.output)


@dataclass(frozen=True, slots=True)
class Block:
    """A block holds at most one transaction."""

    number: int
    timestamp: int
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running some code came to: return or revert data, or the name of an abnormal end."""

    success: bool
    output: bytes
    halt: str
    gas_used: int
    logs: tuple[Log, ...] = ()
    created: str | None = None
