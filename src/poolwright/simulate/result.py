"""What a simulation found: exact states and trades, and the accounts in the numeraire of the prices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from poolwright.simulate.books import Books
from poolwright.simulate.kernels import tables
from poolwright.simulate.theory import Theory, theory_of
from poolwright.simulate.totals import SimulationTotals
from poolwright.simulate.trades import LiquidityMoves, Trades, whole_units
from poolwright.simulate.typing import Floats, Integers, Limbs


@dataclass(frozen=True, eq=False)
class SimulationResult(SimulationTotals):
    """A finished run with its rows and trades, or the part of it that was done.

    Per row, after its trades: `balances` float64[r, n] in whole tokens. `row_flows` float64[a, :] is what moved, by
    ledger (`kernels.tables`), in the rows `flow_rows` in which something happened. `rebalancer_amounts` [k, n], raw
    units, is what the pool paid for its rebalancer's transactions in `rebalancer_rows`. Trades and liquidity are exact,
    in a float run whole units in float64.
    """

    trades: Trades
    liquidity: LiquidityMoves
    balances: Floats
    flow_rows: Integers
    row_flows: Floats
    rebalancer_rows: Integers
    rebalancer_amounts: Limbs | Floats

    @cached_property
    def flows(self) -> Floats:
        """What moved in each row by ledger [r, :], in the numeraire at the row's prices (`kernels.tables`)."""
        flows = np.zeros((self.rows, tables.FLOWS))
        flows[self.flow_rows] = self.row_flows
        moved = np.diff(self.prices.prices[: self.rows], axis=0)
        flows[1:, tables.REBALANCING] = np.einsum("rn,rn->r", self.balances[:-1], moved)
        return flows

    @cached_property
    def supply(self) -> Floats:
        """Shares per row, after its liquidity moved."""
        shares = np.array([float(each) for each in whole_units(self.liquidity.shares)])
        changes = np.bincount(
            self.liquidity.rows, shares * np.sign(self.liquidity.fractions), minlength=self.rows
        )
        return np.asarray(float(self.initial_state.shares) + np.cumsum(changes))

    @cached_property
    def trade_counts(self) -> Integers:
        """Trades so far, per row."""
        return np.cumsum(np.bincount(self.trades.places[:, 0], minlength=self.rows))

    @cached_property
    def books(self) -> Books:
        """Every ledger of the run, by row and by token; `books.check()` holds them against each other."""
        return Books.of(self)

    @cached_property
    def theory(self) -> Theory | None:
        """What theory expects arbitrage to cost on these prices; None where there is none for the pool."""
        return theory_of(self)

    @cached_property
    def fees(self) -> Floats:
        """Fees paid by all traders, cumulative, in the numeraire at the time of each trade."""
        return np.cumsum(self.flows[:, tables.ARBITRAGE_FEES] + self.flows[:, tables.RETAIL_FEES])

    @cached_property
    def arbitrage_profit(self) -> Floats:
        """What arbitrageurs keep after gas, venue and bids, cumulative, in the numeraire."""
        return np.cumsum(self.flows[:, tables.WALLET])

    @property
    def times(self) -> Integers:
        """Unix seconds of the rows done."""
        return self.prices.times[: self.rows]

    @cached_property
    def value(self) -> Floats:
        """Value of the pool's balances per row; what is owed to protocol and creator is not in it."""
        return np.asarray(np.einsum("rn,rn->r", self.balances, self.prices.prices[: self.rows]))

    @cached_property
    def hold(self) -> Floats:
        """Value of the initial balances per row."""
        return np.asarray(self.prices.prices[: self.rows] @ self.first_balances)

    @cached_property
    def share_value(self) -> Floats:
        """Value per row of the first providers' shares: all of the pool, unless liquidity came or went."""
        return np.asarray(self.value * (self.initial_state.shares / self.supply))

    @cached_property
    def rebalanced(self) -> Floats:
        """Value per row if the first providers held what their shares hold, but traded at market prices for free."""
        before = np.concatenate([[1.0], self.initial_state.shares / self.supply[:-1]])
        first = float(self.first_balances @ self.prices.prices[0])
        return np.asarray(first + np.cumsum(before * self.flows[:, tables.REBALANCING]))

    @cached_property
    def zero_fee_balances(self) -> Floats:
        """Whole tokens [r, n] of the same pool without fees, kept by arbitrage on its first invariant."""
        return self.zero_fee_path

    @cached_property
    def invariant_value(self) -> Floats:
        """Value per row of the same pool without fees."""
        return np.asarray(np.einsum("rn,rn->r", self.zero_fee_balances, self.prices.prices[: self.rows]))

    @cached_property
    def impermanent_loss(self) -> Floats:
        """Value without fees, at the first weights, amplification and rates, over that of holding, less 1."""
        if not self.moves:
            return np.asarray(self.invariant_value / self.hold - 1.0)
        return self.impermanent_loss_at(self.prices.prices[: self.rows])

    def impermanent_loss_at(self, prices: Floats) -> Floats:
        """Value without fees over value of holding, less 1 [...], at market prices [..., n]."""
        free = np.sum(self.zero_fee_balances_at(prices) * prices, axis=-1)
        return np.asarray(free / (prices @ self.first_balances) - 1.0)

    def write_report(self, path: str | Path, **told: Any) -> Path:
        """Write the run as one page of HTML that needs nothing else; see `report.write_report`."""
        from poolwright.simulate.report import write_report

        return write_report(self, path, **told)

    def write_tables(self, folder: str | Path, form: str = "csv", **told: Any) -> Path:
        """Write everything on the page as tables, in CSV, Parquet or JSON; see `export.write_tables`."""
        from poolwright.simulate.export import write_tables

        return write_tables(self, folder, form, **told)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but series and trades, for JSON: exact integers as strings, the rest as floats."""
        return super().to_dict() | {"theory": self.theory._asdict() if self.theory else None}
