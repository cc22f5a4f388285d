"""The ledgers of a run, row by row or in all, and the identities that hold between them.

With p the market's prices and x the pool's balances, in each row

    value change = x_before . (p_after - p_before)          the rebalancing portfolio's gain
                 + p_after . (x_after - x_before)           and this is, booked by those who traded,
                 = - LVR + fees from arbitrage + retail's cost - protocol's and creator's parts
                   - front-runner's take + its fees - what the pool pays its rebalancer
                   - fees held outside (a test's option) + liquidity moved.

LVR of a trade is the arbitrageur's gain before gas plus the pool fee that it paid, and a front-runner's take is the
same of its trades. What a change of weights costs is part of both: it is by such trades that a pool pays for it.
Each ledger is kept where its flow happens, none as a rest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolwright.errors import PoolwrightError
from poolwright.simulate.kernels import tables
from poolwright.simulate.typing import Floats

# Rounding allowed in one row, and in a sum over rows, as a part of the pool's value: measured below a tenth.
ROW_ROUNDING = 1e-12
SUM_ROUNDING = 1e-10
LEDGERS = {
    "rebalancing_gain": tables.REBALANCING,
    "lvr": tables.LVR,
    "arbitrage_fees": tables.ARBITRAGE_FEES,
    "retail_cost": tables.RETAIL_COST,
    "retail_fees": tables.RETAIL_FEES,
    "protocol": tables.PROTOCOL_VALUE,
    "creator": tables.CREATOR_VALUE,
    "fees_held_outside": tables.OUTSIDE_VALUE,
    "liquidity_moved": tables.LIQUIDITY,
    "arbitrage_gain": tables.GAIN,
    "gas": tables.GAS,
    "venue_fees": tables.VENUE,
    "bids": tables.BIDS,
    "arbitrage_profit": tables.WALLET,
    "front_running": tables.FRONT_LOSS,
    "front_fees": tables.FRONT_FEES,
    "front_gain": tables.FRONT_GAIN,
    "front_gas": tables.FRONT_GAS,
    "front_profit": tables.FRONT_WALLET,
    "rebalancer_gas": tables.KEEPER_GAS,
    "rebalancer_from_pool": tables.KEEPER_POOL,
    "rebalancer_from_payer": tables.KEEPER_PAYER,
    "rebalancer_profit": tables.KEEPER_WALLET,
}  # fmt: skip
# What those who trade or provide change of a pool's value, with the side on which each ledger enters.
TRADING = {
    "lvr": -1.0, "arbitrage_fees": 1.0, "retail_cost": 1.0, "protocol": -1.0, "creator": -1.0,
    "fees_held_outside": -1.0, "front_running": -1.0, "front_fees": 1.0, "rebalancer_from_pool": -1.0,
    "liquidity_moved": 1.0,
}  # fmt: skip


class BooksError(PoolwrightError):
    """Two ledgers that must agree do not; the message names the identity, the row and both sides."""


@dataclass(frozen=True, eq=False)
class Ledgers(ABC):
    """`flows` float64[r, FLOWS], in the numeraire; `accounts`: raw units by ledger and token, with the pool's first
    and last balances.
    """

    flows: Floats
    accounts: dict[int, tuple[int, ...]]
    first_raw: tuple[int, ...]
    last_raw: tuple[int, ...]
    exact: bool

    @abstractmethod
    def check(self) -> None:
        """Raise BooksError unless every identity holds: tokens to the wei if exact, values to float rounding."""

    @abstractmethod
    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return the totals in the numeraire, for JSON."""

    def ledger(self, name: str) -> Floats:
        """Return what moved in each row on a ledger of `LEDGERS`, in the numeraire."""
        return np.asarray(self.flows[:, LEDGERS[name]])

    @cached_property
    def trading(self) -> Floats:
        """p_after . (x_after - x_before) as the traders and providers booked it."""
        flows = (sign * self.ledger(name) for name, sign in TRADING.items())
        return np.asarray(sum(flows, np.zeros(len(self.flows))))

    def identities(
        self, value_change: Floats, rounding: float
    ) -> Iterator[tuple[str, Floats, Floats, float]]:
        """Yield (what, one side, the other side, rounding) for what holds in each row, and so in all."""
        ledger = self.ledger
        yield "value change", value_change, ledger("rebalancing_gain") + self.trading, rounding
        yield "LVR", ledger("lvr") - ledger("arbitrage_fees"), ledger("arbitrage_gain"), rounding
        costs = ledger("gas") + ledger("venue_fees") + ledger("bids")
        yield "arbitrageur", ledger("arbitrage_profit"), ledger("arbitrage_gain") - costs, rounding
        yield "front-running", ledger("front_running") - ledger("front_fees"), ledger("front_gain"), rounding
        yield "front-runner", ledger("front_profit"), ledger("front_gain") - ledger("front_gas"), rounding
        paid = ledger("rebalancer_from_pool") + ledger("rebalancer_from_payer")
        yield "rebalancer", ledger("rebalancer_profit"), paid - ledger("rebalancer_gas"), rounding

    def check_tokens(self) -> None:
        """Compare all ledgers token by token: nothing appears, nothing is lost, not one unit."""
        book = self.accounts
        inward = (tables.PROVIDED, tables.PAID, tables.PAID + 2, tables.PAID + 4)
        outward = (
            tables.WITHDRAWN,
            tables.TAKEN,
            tables.TAKEN + 2,
            tables.TAKEN + 4,
            tables.KEEPER,
            tables.PROTOCOL,
            tables.CREATOR,
            tables.OUTSIDE,
        )
        for k, first in enumerate(self.first_raw):
            expected = (
                first + sum(book[place][k] for place in inward) - sum(book[place][k] for place in outward)
            )
            # Floats lose a unit in the last place of the largest balance now and then.
            rounding = 0.0 if self.exact else SUM_ROUNDING * float(max(first, *(book[at][k] for at in book)))
            if abs(expected - self.last_raw[k]) > rounding:
                raise BooksError(
                    f"the books do not close: token {k}: the pool holds {self.last_raw[k]}, the ledgers say {expected}."
                )


@dataclass(frozen=True, eq=False)
class TotalLedgers(Ledgers):
    """The ledgers in all: `flows` has one row, `value_change` one number, from a `first_value`."""

    value_change: Floats
    first_value: float

    def check(self) -> None:
        """Raise BooksError unless every identity holds over the whole run, and token by token."""
        size = np.array([max(self.first_value, self.first_value + float(self.value_change[0]))])
        hold_to(self.identities(self.value_change, SUM_ROUNDING), size)
        self.check_tokens()

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return the totals in the numeraire, for JSON."""
        return {"pool": totals_by_name(float(self.value_change[0]), self.flows[0])}


def hold_to(identities: Iterable[tuple[str, Floats, Floats, float]], size: Floats) -> None:
    """Raise BooksError where two sides differ by more than their rounding, a part of `size`, row by row."""
    for name, left, right, rounding in identities:
        gap = np.abs(left - right) > rounding * size
        if gap.any() or not np.isfinite(left + right).all():
            row = int(np.argmax(gap))
            raise BooksError(
                f"the books do not close: {name}, row {row}: {float(left[row])!r} against {float(right[row])!r}."
            )


def totals_by_name(value_change: float, flows: Floats) -> dict[str, float]:
    """Return what moved in all by name, beside the change of the pool's value."""
    return {"value_change": value_change} | {name: float(flows[place]) for name, place in LEDGERS.items()}
