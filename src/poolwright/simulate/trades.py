"""What happened to the pool, in order: swaps, and liquidity that came and went, in exact raw units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from poolwright.model.native.border import from_limbs
from poolwright.simulate.typing import Floats, Integers, Limbs


def whole_units(amounts: Limbs | Floats) -> list[int]:
    """Return amounts as integers: words in limbs [n, 4] exactly, float64 [n] as they are."""
    if amounts.dtype == np.uint64:
        return from_limbs(amounts.view(np.uint64))
    return [int(amount) for amount in amounts.tolist()]


class Trade(NamedTuple):
    """One swap, exact in: `row` and `time` (unix seconds) of the prices, token positions, raw units.

    `protocol_fee` and `creator_fee` are parts of `fee`; `agent`: 0 arbitrageur, 1 retail; `swap_fee` in WAD.
    """

    row: int
    time: int
    token_in: int
    token_out: int
    amount_in: int
    amount_out: int
    fee: int
    protocol_fee: int
    creator_fee: int
    agent: int
    swap_fee: int


@dataclass(frozen=True, slots=True, eq=False)
class Trades:
    """All swaps in order; iterating gives `Trade`s with exact integers.

    `places`: int64[t, 5], row, token in, token out, agent, swap fee. `amounts`: uint64[t, 5, 4], in limbs: amount
    in, out, fee, protocol's part and creator's part; a float run has float64[t, 5], whole units too.
    """

    times: Integers
    places: Integers
    amounts: Limbs | Floats

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Trade]:
        columns = [whole_units(self.amounts[:, k]) for k in range(self.amounts.shape[1])]
        for (row, i, o, agent, swap_fee), time, *amounts in zip(
            self.places.tolist(), self.times.tolist(), *columns, strict=True
        ):
            paid, taken, fee, protocol, creator = amounts
            yield Trade(row, time, i, o, paid, taken, fee, protocol, creator, agent, swap_fee)


@dataclass(frozen=True, slots=True, eq=False)
class LiquidityMoves:
    """Proportional adds and removes in order: `rows`, `fractions` (WAD of the supply, below 0 removed).

    `amounts` uint64[e, n, 4] and `shares` uint64[e, 4] are raw units in limbs; in a float run float64[e, n], [e].
    """

    rows: Integers
    fractions: Integers
    amounts: Limbs | Floats
    shares: Limbs | Floats

    def __len__(self) -> int:
        return len(self.rows)
