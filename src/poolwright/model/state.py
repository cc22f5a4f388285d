"""PoolState: everything about a pool that changes, in integers; the same type that is read back from a chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from poolwright.model.memory import Memory

# The fields that a ledger keeps, in its order.
LEDGER: Final = (
    "balances", "protocol_owed", "creator_owed", "shares", "rates", "swap_fee", "amplification", "at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PoolState:
    """One moment of a pool. Amounts are raw token units; fractions and rates are WAD.

    `balances` belong to the liquidity providers; `protocol_owed` and `creator_owed` are held beside them
    until collected. `shares` is the effective supply (18 decimals), locked shares included.

    `memory` is what the Vault keeps beside: its pools have one, the ledgers that replays use have none. With a memory
    `protocol_owed` and `creator_owed` are 0 (owed fees are in it), `rates`, `swap_fee` and `amplification` those
    in force when the pool was last left.
    """

    balances: tuple[int, ...]
    protocol_owed: tuple[int, ...]
    creator_owed: tuple[int, ...]
    shares: int
    rates: tuple[int, ...]
    swap_fee: int
    amplification: int
    at: int = 0
    memory: Memory | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name, every integer as a string, for JSON."""
        return {
            name: [str(each) for each in value] if isinstance(value, tuple) else str(value)
            for name in LEDGER
            for value in (getattr(self, name),)
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        fields: dict[str, Any] = {
            name: tuple(int(each) for each in data[name]) if isinstance(data[name], list) else int(data[name])
            for name in LEDGER
        }
        return cls(**fields)
