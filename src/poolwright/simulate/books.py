"""The closed books of a run by row: who gained what in each row, by ledger, beside the pool's own balances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from poolwright.simulate.kernels import tables
from poolwright.simulate.ledgers import (
    LEDGERS,
    ROW_ROUNDING,
    SUM_ROUNDING,
    BooksError,
    Ledgers,
    hold_to,
    totals_by_name,
)
from poolwright.simulate.typing import Floats, Limbs

if TYPE_CHECKING:
    from poolwright.simulate.result import SimulationResult

__all__ = ["LEDGERS", "Books", "BooksError"]


@dataclass(frozen=True, eq=False)
class Books(Ledgers):
    """The ledgers by row: `flows` [r, ledgers], values in the numeraire, balances in whole tokens.

    `token_moves` [r, n]: what the trades and liquidity say the pool's balances changed by, in whole tokens.
    `trade_fees` [r]: what the trades say was paid in fees. `share`: part of the pool that belongs to the first
    providers. `totals` [ledgers]: what the loop summed up as it went.
    """

    prices: Floats
    first: Floats
    balances: Floats
    zero_fee_balances: Floats
    fixed_value: Floats
    share: Floats
    token_moves: Floats
    trade_fees: Floats
    totals: Floats

    @classmethod
    def of(cls, result: SimulationResult) -> Books:
        """Gather the ledgers of a run."""
        moves, fees = _by_trades(result)
        return cls(
            result.flows, result.accounts, result.initial_state.balances, result.final_state.balances,
            result.precision == "exact", result.prices.prices[: result.rows], result.first_balances, result.balances,
            result.zero_fee_balances, (result.impermanent_loss + 1.0) * result.hold,
            result.initial_state.shares / result.supply, moves, fees,
            result.totals[: tables.FLOWS],
        )  # fmt: skip

    @cached_property
    def value(self) -> Floats:
        """Value of the pool's balances, from the pool's own ledger."""
        return _dot(self.balances, self.prices)

    @cached_property
    def value_change(self) -> Floats:
        """Change of the value in each row; the first from the first balances at the first prices."""
        return np.diff(self.value, prepend=float(self.first @ self.prices[0]))

    @cached_property
    def against_holding(self) -> dict[str, Floats]:
        """First providers' value less that of holding, and its parts, cumulative, in the numeraire.

        `impermanent_loss`: without fees, at the first weights, amplification and rates; `reweighting`: what the pool
        without fees has more because they moved. The rest is earned: `fees_and_retail` less what leaves the pool;
        `lvr_avoided`, what was taken from a pool without fees less what arbitrage and front-running took here; `drift`,
        the market's moves on the balances less those on the balances without fees; `joining`, what
        liquidity leaves: its rounding and its withdrawal fees.
        """
        before = np.concatenate([[1.0], self.share[:-1]])
        moved = np.diff(self.prices, axis=0, prepend=self.prices[:1])
        free_before = np.concatenate([self.first[None], self.zero_fee_balances[:-1]])
        free_lvr = _dot(free_before - self.zero_fee_balances, self.prices)
        value_before = np.concatenate([[float(self.first @ self.prices[0])], self.value[:-1]])
        held = value_before + self.ledger("rebalancing_gain")
        taken = self.ledger("lvr") + self.ledger("front_running")
        earned = self.trading + taken - self.ledger("liquidity_moved")
        parts = {
            "fees_and_retail": self.share * earned,
            "lvr_avoided": free_lvr - self.share * taken,
            "drift": before * self.ledger("rebalancing_gain") - _dot(free_before, moved),
            "joining": held * (self.share - before) + self.share * self.ledger("liquidity_moved"),
        }
        free, hold = _dot(self.zero_fee_balances, self.prices), self.prices @ self.first
        first = {
            "difference": self.share * self.value - hold,
            "impermanent_loss": self.fixed_value - hold,
            "reweighting": free - self.fixed_value,
        }
        return first | {name: np.cumsum(part) for name, part in parts.items()}

    def check(self) -> None:
        """Raise BooksError unless every identity holds: tokens to the wei if exact, values to float rounding."""
        size = np.maximum(np.abs(self.value), float(self.first @ self.prices[0]))
        hold_to(self._all_identities(), size)
        self._check_moves()
        self.check_tokens()

    def _all_identities(self) -> Iterator[tuple[str, Floats, Floats, float]]:
        """Yield (what, one side, the other side, rounding) by row."""
        ledger = self.ledger
        yield from self.identities(self.value_change, ROW_ROUNDING)
        fees = ledger("arbitrage_fees") + ledger("retail_fees") + ledger("front_fees")
        yield "fees", fees, self.trade_fees, ROW_ROUNDING
        gained = np.cumsum(ledger("rebalancing_gain") + self.trading)
        yield "sums", np.cumsum(self.value_change), gained, SUM_ROUNDING
        for name, place in LEDGERS.items():
            yield f"{name} in all", ledger(name).sum()[None], self.totals[place, None], SUM_ROUNDING
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

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return the totals in the numeraire, for JSON."""
        change = float(self.value[-1] - self.first @ self.prices[0])
        return {
            "pool": totals_by_name(change, self.totals),
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
        paid_out = _floats(result.rebalancer_amounts[:, k]) / result.units[k]
        np.add.at(moves[:, k], result.rebalancer_rows, -paid_out)
    value = fee / result.units[token_in] * result.prices.prices[rows, token_in]
    return moves, np.bincount(rows, value, minlength=result.rows).astype(np.float64)


def _floats(amounts: Limbs | Floats) -> Floats:
    """Return words in limbs as float64, within two units in the last place; floats as they are."""
    if amounts.dtype != np.uint64:
        return np.asarray(amounts, dtype=np.float64)
    limbs = amounts
    return np.asarray(limbs.astype(np.float64) @ 2.0 ** np.array([0.0, 64.0, 128.0, 192.0]))
