"""What a simulation found: exact states and trades, and the accounts in the numeraire of the prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from poolwright.analytics.impermanent_loss import stable_balances, weighted_value
from poolwright.model.state import PoolState
from poolwright.simulate.agents import Agent, Arbitrage, Arbitrageur, described
from poolwright.simulate.books import Books
from poolwright.simulate.kernels import tables
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.recheck import Recheck
from poolwright.simulate.theory import Theory, theory_of
from poolwright.simulate.trades import LiquidityMoves, Trades, whole_units
from poolwright.simulate.typing import Floats, Integers
from poolwright.spec.bounds import AMPLIFICATION_PRECISION, WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """A finished run, or the part of it that was done.

    Per row, after its trades: `balances` float64[r, n] in whole tokens. `row_flows` float64[a, :] is what moved, by
    ledger (`kernels.tables`), in the rows `flow_rows` in which something happened. States, trades, liquidity and
    `accounts` (raw units by ledger and token) are exact. `demand`: retail's orders in the numeraire, arrived, wanted
    at the price on offer, filled by the pool. `precision` "float": states and trades are whole units in float64, and
    `recheck` says how far a sample of the trades was from the exact maths. `refused` counts trades outside the
    pool's limits.
    """

    params: PoolParams
    prices: PriceSeries
    agents: tuple[Agent, ...]
    seed: int
    precision: str
    recheck: Recheck | None
    fee_rule: str | None
    fees_outside_reserves: bool
    initial_state: PoolState
    final_state: PoolState
    trades: Trades
    liquidity: LiquidityMoves
    balances: Floats
    flow_rows: Integers
    row_flows: Floats
    accounts: dict[int, tuple[int, ...]]
    demand: Floats
    refused: int

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

    @property
    def arbitrageur(self) -> Arbitrageur | None:
        """The one who arbitrages, if anybody does."""
        return next((agent for agent in self.agents if isinstance(agent, Arbitrageur)), None)

    @property
    def arbitrage(self) -> str:
        """Name of the arbitrage model, "none" without one."""
        return str(Arbitrage(self.arbitrageur.model)) if self.arbitrageur else "none"

    @property
    def fee_amounts(self) -> tuple[int, ...]:
        """Fees paid by token, raw units."""
        return self.accounts[tables.FEES]

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
    def rows(self) -> int:
        """Number of price rows done."""
        return len(self.balances)

    @property
    def complete(self) -> bool:
        """False when the run was stopped early."""
        return self.rows == len(self.prices)

    @property
    def times(self) -> Integers:
        """Unix seconds of the rows done."""
        return self.prices.times[: self.rows]

    @cached_property
    def units(self) -> Floats:
        """Raw units per whole token."""
        return np.array([10.0**token.decimals for token in self.params.tokens])

    @cached_property
    def value(self) -> Floats:
        """Value of the pool's balances per row; what is owed to protocol and creator is not in it."""
        return np.asarray(np.einsum("rn,rn->r", self.balances, self.prices.prices[: self.rows]))

    @cached_property
    def hold(self) -> Floats:
        """Value of the initial balances per row."""
        return np.asarray(self.prices.prices[: self.rows] @ self._first())

    @cached_property
    def share_value(self) -> Floats:
        """Value per row of the first providers' shares: all of the pool, unless liquidity came or went."""
        return np.asarray(self.value * (self.initial_state.shares / self.supply))

    @cached_property
    def rebalanced(self) -> Floats:
        """Value per row if the first providers held what their shares hold, but traded at market prices for free."""
        before = np.concatenate([[1.0], self.initial_state.shares / self.supply[:-1]])
        first = float(self._first() @ self.prices.prices[0])
        return np.asarray(first + np.cumsum(before * self.flows[:, tables.REBALANCING]))

    @cached_property
    def zero_fee_balances(self) -> Floats:
        """Whole tokens [r, n] of the same pool without fees, kept by arbitrage on its first invariant."""
        prices = self.prices.prices[: self.rows]
        if self.params.kind is Kind.STABLE:
            rates = np.array([rate / WAD for rate in self.initial_state.rates])
            amplification = self.params.amplification / AMPLIFICATION_PRECISION
            return np.asarray(stable_balances(amplification, self._first() * rates, prices / rates) / rates)
        value = weighted_value(self.weights, self._first(), prices)
        return np.asarray(value[:, None] * self.weights / prices)

    @cached_property
    def invariant_value(self) -> Floats:
        """Value per row of the same pool without fees."""
        return np.asarray(np.einsum("rn,rn->r", self.zero_fee_balances, self.prices.prices[: self.rows]))

    @property
    def weights(self) -> Floats:
        """Weights as fractions; equal ones for a constant product. A stable pool has none."""
        n = len(self.params.tokens)
        if self.params.kind is Kind.WEIGHTED:
            return np.array([weight / WAD for weight in self.params.weights])
        return np.full(n, 1.0 / n)

    @cached_property
    def impermanent_loss(self) -> Floats:
        """Value without fees over value of holding, less 1, per row: at most 0 once arbitrage has begun."""
        return np.asarray(self.invariant_value / self.hold - 1.0)

    @property
    def gas_paid(self) -> float:
        """Gas of all arbitrage, in the numeraire."""
        return float(self.row_flows[:, tables.GAS].sum())

    @property
    def owed(self) -> tuple[float, float]:
        """What protocol and creator are owed, in the numeraire at the last prices."""
        last = self.prices.prices[self.rows - 1] / self.units
        state = self.final_state
        protocol, creator = (sum(a * p for a, p in zip(amounts, last.tolist(), strict=True))
                             for amounts in (state.protocol_owed, state.creator_owed))  # fmt: skip
        return float(protocol), float(creator)

    def write_report(self, path: str | Path, *, notes: Sequence[str] = ()) -> Path:
        """Write the run as one page of HTML that needs nothing else; see `report.write_report`."""
        from poolwright.simulate.report import write_report

        return write_report(self, path, notes=notes)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but series and trades, for JSON: exact integers as strings, the rest as floats."""
        return {
            "pool": {"name": self.params.name, "kind": self.params.kind.value, "hash": self.params.hash}
            | {"params": self.params.to_dict()},
            "prices": {
                "source": self.prices.source,
                "generated": self.prices.generated,
                "sha256": self.prices.sha256,
                "start": self.prices.start,
                "end": iso_time(int(self.times[-1])),
                "rows": self.rows,
                "step_seconds": self.prices.step,
            },
            "agents": [described(agent) for agent in self.agents],
            "assumptions": {
                "arbitrage": self.arbitrage,
                "seed": self.seed,
                "precision": self.precision,
                "recheck": self.recheck._asdict() if self.recheck else None,
                "fee": self.fee_rule or "as declared",
                "fees_outside_reserves": self.fees_outside_reserves,
            },
            "complete": self.complete,
            "result": self.figures(),
            "books": self.books.to_dict(),
            "theory": self.theory._asdict() if self.theory else None,
            "fees_by_token": {
                token.symbol: str(amount)
                for token, amount in zip(self.params.tokens, self.fee_amounts, strict=True)
            },
            "initial_state": self.initial_state.to_dict(),
            "final_state": self.final_state.to_dict(),
        }

    def figures(self) -> dict[str, float | int]:
        """Return the key figures, in the numeraire or as fractions."""
        value, hold, free = float(self.share_value[-1]), float(self.hold[-1]), float(self.invariant_value[-1])
        flows = self.flows.sum(axis=0)
        protocol, creator = self.owed
        return {
            "first_value": float(self._first() @ self.prices.prices[0]),
            "value": float(self.value[-1]),
            "rebalanced": float(self.rebalanced[-1]),
            "hold": hold,
            "value_vs_hold": value / hold - 1.0,
            "impermanent_loss": free / hold - 1.0,
            "earned_over_invariant": value - free,
            "fees": float(self.fees[-1]),
            "lvr": float(flows[tables.LVR]),
            "arbitrage_fees": float(flows[tables.ARBITRAGE_FEES]),
            "retail_cost": float(flows[tables.RETAIL_COST]),
            "protocol_fees": protocol,
            "creator_fees": creator,
            "arbitrage_profit": float(self.arbitrage_profit[-1]),
            "gas_paid": self.gas_paid,
            "trades": len(self.trades),
            "refused_trades": self.refused,
        }

    def _first(self) -> Floats:
        return np.array([float(balance) for balance in self.initial_state.balances]) / self.units
