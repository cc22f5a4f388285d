"""The closed books of a run: who gained what in each row, by ledger, and the identities that hold between them.

With p the market's prices and x the pool's balances, in each row

    value change = x_before . (p_after - p_before)          the rebalancing portfolio's gain
                 + p_after . (x_after - x_before)           and this is, booked by those who traded,
                 = - LVR + fees from arbitrage + retail's cost - protocol's and creator's parts
                   - fees held outside (a test's option) + liquidity moved.

LVR of a trade is the arbitrageur's gain before gas plus the pool fee that it paid. There is no cost of
rebalancing: no pool here changes its weights. Each ledger is kept where its flow happens, none as a rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from poolwright.errors import PoolwrightError
from poolwright.simulate.kernels import tables
from poolwright.simulate.typing import Floats, Limbs

if TYPE_CHECKING:
    from poolwright.simulate.result import SimulationResult

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
}  # fmt: skip


class BooksError(PoolwrightError):
    """Two ledgers that must agree do not; the message names the identity, the row and both sides."""


@dataclass(frozen=True, eq=False)
class Books:
    """The ledgers. Arrays are per row: `flows` [r, ledgers] and values in the numeraire, balances in whole tokens.

    `token_moves` [r, n]: what the trades and liquidity say the pool's balances changed by, in whole tokens.
    `trade_fees` [r]: what the trades say was paid in fees. `share`: part of the pool that belongs to the first
    providers. `accounts`: raw units by ledger and token, with the pool's first and last balances.
    """

    prices: Floats
    first: Floats
    balances: Floats
    zero_fee_balances: Floats
    flows: Floats
    share: Floats
    token_moves: Floats
    trade_fees: Floats
    accounts: dict[int, tuple[int, ...]]
    first_raw: tuple[int, ...]
    last_raw: tuple[int, ...]
    exact: bool

    @classmethod
    def of(cls, result: SimulationResult) -> Books:
        """Gather the ledgers of a run."""
        rows, units = result.rows, result.units
        prices = result.prices.prices[:rows]
        moves, fees = _by_trades(result)
        return cls(
            prices, np.array([float(b) for b in result.initial_state.balances]) / units, result.balances,
            result.zero_fee_balances, result.flows, result.initial_state.shares / result.supply, moves, fees,
            result.accounts, result.initial_state.balances, result.final_state.balances, result.precision == "exact",
        )  # fmt: skip

    def ledger(self, name: str) -> Floats:
        """Return what moved in each row on a ledger of `LEDGERS`, in the numeraire."""
        return np.asarray(self.flows[:, LEDGERS[name]])

    @cached_property
    def value(self) -> Floats:
        """Value of the pool's balances, from the pool's own ledger."""
        return _dot(self.balances, self.prices)

    @cached_property
    def value_change(self) -> Floats:
        """Change of the value in each row; the first from the first balances at the first prices."""
        return np.diff(self.value, prepend=float(self.first @ self.prices[0]))

    @cached_property
    def trading(self) -> Floats:
        """p_after . (x_after - x_before) as the traders and providers booked it."""
        return np.asarray(
            -self.ledger("lvr") + self.ledger("arbitrage_fees") + self.ledger("retail_cost")
            - self.ledger("protocol") - self.ledger("creator") - self.ledger("fees_held_outside")
            + self.ledger("liquidity_moved")
        )  # fmt: skip

    @cached_property
    def against_holding(self) -> dict[str, Floats]:
        """First providers' value less that of holding, and its parts, cumulative, in the numeraire.

        `impermanent_loss`: of the pool without fees. The rest is earned: `fees_and_retail` less what leaves the
        pool; `lvr_avoided`, what arbitrage took from a pool without fees less what it took here; `drift`, the
        market's moves on the balances less those on the balances without fees; `joining`, rounding of liquidity.
        """
        before = np.concatenate([[1.0], self.share[:-1]])
        moved = np.diff(self.prices, axis=0, prepend=self.prices[:1])
        free_before = np.concatenate([self.first[None], self.zero_fee_balances[:-1]])
        free_lvr = _dot(free_before - self.zero_fee_balances, self.prices)
        value_before = np.concatenate([[float(self.first @ self.prices[0])], self.value[:-1]])
        held = value_before + self.ledger("rebalancing_gain")
        earned = self.trading + self.ledger("lvr") - self.ledger("liquidity_moved")
        parts = {
            "fees_and_retail": self.share * earned,
            "lvr_avoided": free_lvr - self.share * self.ledger("lvr"),
            "drift": before * self.ledger("rebalancing_gain") - _dot(free_before, moved),
            "joining": held * (self.share - before) + self.share * self.ledger("liquidity_moved"),
        }
        free, hold = _dot(self.zero_fee_balances, self.prices), self.prices @ self.first
        return {"difference": self.share * self.value - hold, "impermanent_loss": free - hold} | {
            name: np.cumsum(part) for name, part in parts.items()
        }

    def check(self) -> None:
        """Raise BooksError unless every identity holds: tokens to the wei if exact, values to float rounding."""
        for name, left, right, rounding in self._identities():
            size = np.maximum(np.abs(self.value), float(self.first @ self.prices[0]))
            gap = np.abs(left - right) > rounding * size
            if gap.any() or not np.isfinite(left + right).all():
                row = int(np.argmax(gap))
                raise BooksError(
                    f"the books do not close: {name}, row {row}: {float(left[row])!r} against {float(right[row])!r}."
                )
        self._check_moves()
        self._check_tokens()

    def _identities(self) -> Iterator[tuple[str, Floats, Floats, float]]:
        """Yield (what, one side, the other side, rounding) by row."""
        ledger = self.ledger
        portfolio = ledger("rebalancing_gain")
        yield "value change", self.value_change, portfolio + self.trading, ROW_ROUNDING
        yield "LVR", ledger("lvr") - ledger("arbitrage_fees"), ledger("arbitrage_gain"), ROW_ROUNDING
        costs = ledger("gas") + ledger("venue_fees") + ledger("bids")
        yield "arbitrageur", ledger("arbitrage_profit"), ledger("arbitrage_gain") - costs, ROW_ROUNDING
        yield "fees", ledger("arbitrage_fees") + ledger("retail_fees"), self.trade_fees, ROW_ROUNDING
        yield "sums", np.cumsum(self.value_change), np.cumsum(portfolio + self.trading), SUM_ROUNDING
        held = self.against_holding
        rest = sum((held[name] for name in held if name != "difference"), np.zeros(len(self.value)))
        yield "against holding", held["difference"], rest, SUM_ROUNDING

    def _check_moves(self) -> None:
        """Compare, by row and token, the pool's balances with what trades and liquidity moved."""
        changes = np.diff(self.balances, axis=0, prepend=self.first[None])
        gap = np.abs(changes - self.token_moves) > ROW_ROUNDING * np.maximum(self.balances, self.first)
        if gap.any():
            row, token = (int(at) for at in np.argwhere(gap)[0])
            raise BooksError(
                f"the books do not close: token {token}, row {row}: the pool's balance changed by "
                f"{changes[row, token]!r}, trades and liquidity moved {self.token_moves[row, token]!r}."
            )

    def _check_tokens(self) -> None:
        """Compare all ledgers token by token: nothing appears, nothing is lost, not one unit."""
        book = self.accounts
        inward = (tables.PROVIDED, tables.PAID, tables.PAID + 2)
        outward = (
            tables.WITHDRAWN,
            tables.TAKEN,
            tables.TAKEN + 2,
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

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return the totals in the numeraire, for JSON."""
        totals = self.flows.sum(axis=0)
        return {
            "pool": {"value_change": float(self.value[-1] - self.first @ self.prices[0])}
            | {name: float(totals[place]) for name, place in LEDGERS.items()},
            "against_holding": {name: float(part[-1]) for name, part in self.against_holding.items()},
        }


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("rn,rn->r", one, other))


def _by_trades(result: SimulationResult) -> tuple[Floats, Floats]:
    """Return by row, from the lists of trades and liquidity: moves of the balances [r, n], and fees in value [r]."""
    trades, moves = result.trades, np.zeros((result.rows, len(result.units)))
    rows, token_in, token_out = trades.places[:, 0], trades.places[:, 1], trades.places[:, 2]
    paid, taken, fee, protocol, creator = (_floats(trades.amounts[:, k]) for k in range(5))
    away = fee if result.fees_outside_reserves else protocol + creator
    np.add.at(moves, (rows, token_in), (paid - away) / result.units[token_in])
    np.add.at(moves, (rows, token_out), -taken / result.units[token_out])
    liquidity = result.liquidity
    for k in range(moves.shape[1]):
        amounts = _floats(liquidity.amounts[:, k]) * np.sign(liquidity.fractions) / result.units[k]
        np.add.at(moves[:, k], liquidity.rows, amounts)
    value = fee / result.units[token_in] * result.prices.prices[rows, token_in]
    return moves, np.bincount(rows, value, minlength=result.rows).astype(np.float64)


def _floats(amounts: Limbs | Floats) -> Floats:
    """Return words in limbs as float64, within two units in the last place; floats as they are."""
    if amounts.dtype != np.uint64:
        return np.asarray(amounts, dtype=np.float64)
    limbs = amounts
    return np.asarray(limbs.astype(np.float64) @ 2.0 ** np.array([0.0, 64.0, 128.0, 192.0]))
