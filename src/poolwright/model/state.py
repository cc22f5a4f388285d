"""PoolState: everything about a pool that changes, in integers; the same type that is read back from a chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from poolwright.model.memory import Memory
from poolwright.model.memory_form import memory_from_dict, memory_to_dict

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
        """Return the fields by name, every integer as a string, for JSON; `memory` only where there is one."""
        data: dict[str, Any] = {
            name: [str(each) for each in value] if isinstance(value, tuple) else str(value)
            for name in LEDGER
            for value in (getattr(self, name),)
        }
        return data if self.memory is None else data | {"memory": memory_to_dict(self.memory)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        fields: dict[str, Any] = {
            name: tuple(int(each) for each in data[name]) if isinstance(data[name], list) else int(data[name])
            for name in LEDGER
        }
        return cls(**fields, memory=memory_from_dict(data["memory"]) if "memory" in data else None)
