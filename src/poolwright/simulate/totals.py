"""What a run comes to: final state, sums over all rows by ledger, and the key figures, in the numeraire."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from poolwright.analytics.impermanent_loss import moving_weights_value, stable_balances, weighted_value
from poolwright.model.state import PoolState
from poolwright.simulate.agents import Agent, Arbitrage, Arbitrageur, described
from poolwright.simulate.amplification import AmplificationCourse, zero_fee_balances
from poolwright.simulate.kernels import tables
from poolwright.simulate.ledgers import Ledgers, TotalLedgers
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.rates import RateCourse
from poolwright.simulate.rebalancer import Course
from poolwright.simulate.recheck import Recheck
from poolwright.simulate.typing import Floats
from poolwright.spec.bounds import AMPLIFICATION_PRECISION, WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams


@dataclass(frozen=True, eq=False)
class SimulationTotals:
    """A finished run, or the part of it that was done, without its rows and trades.

    `rows` of prices were done. States and `accounts` (raw units by ledger and token) are exact. `totals` float64:
    what moved in all, by ledger (`kernels.tables`), in the numeraire at each row's prices. `demand`: retail's orders
    in the numeraire, arrived, wanted at the price on offer, filled by the pool. `precision` "float": states are whole
    units in float64, and `recheck` says how far a sample of the trades was from the exact maths. `trade_count` were
    made; `refused` counts trades outside the pool's limits.
    """

    params: PoolParams
    prices: PriceSeries
    agents: tuple[Agent, ...]
    seed: int
    precision: str
    recheck: Recheck | None
    fee_rule: str | None
    fees_outside_reserves: bool
    course: Course | AmplificationCourse | None
    rates: RateCourse | None
    initial_state: PoolState
    final_state: PoolState
    accounts: dict[int, tuple[int, ...]]
    totals: Floats
    demand: Floats
    rows: int
    trade_count: int
    refused: int

    @property
    def complete(self) -> bool:
        """False when the run was stopped early."""
        return self.rows == len(self.prices)

    @property
    def moves(self) -> bool:
        """Whether weights, amplification or rates may have moved."""
        return self.course is not None or self.rates is not None

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

    @property
    def gas_paid(self) -> float:
        """Gas of all arbitrage, in the numeraire."""
        return float(self.totals[tables.GAS])

    @cached_property
    def units(self) -> Floats:
        """Raw units per whole token."""
        return np.array([10.0**token.decimals for token in self.params.tokens])

    @property
    def weights(self) -> Floats:
        """Weights as fractions; equal ones for a constant product. A stable pool has none."""
        n = len(self.params.tokens)
        if self.params.kind is Kind.WEIGHTED:
            return np.array([weight / WAD for weight in self.params.weights])
        return np.full(n, 1.0 / n)

    @cached_property
    def first_balances(self) -> Floats:
        """First balances in whole tokens."""
        return np.array([float(balance) for balance in self.initial_state.balances]) / self.units

    @cached_property
    def last_prices(self) -> Floats:
        """Prices of the last row that was done."""
        return np.asarray(self.prices.prices[self.rows - 1])

    @cached_property
    def last_value(self) -> float:
        """Value of the pool's balances at the end."""
        balances = np.array([float(balance) for balance in self.final_state.balances]) / self.units
        return float(balances @ self.last_prices)

    @property
    def owed(self) -> tuple[float, float]:
        """What protocol and creator are owed, in the numeraire at the last prices."""
        last = self.last_prices / self.units
        state = self.final_state
        protocol, creator = (sum(a * p for a, p in zip(amounts, last.tolist(), strict=True))
                             for amounts in (state.protocol_owed, state.creator_owed))  # fmt: skip
        return float(protocol), float(creator)

    @property
    def books(self) -> Ledgers:
        """The ledgers in all; `books.check()` holds them against each other."""
        first = float(self.first_balances @ self.prices.prices[0])
        return TotalLedgers(
            self.totals[None, : tables.FLOWS], self.accounts, self.initial_state.balances,
            self.final_state.balances, self.precision == "exact", np.array([self.last_value - first]), first,
        )  # fmt: skip

    @cached_property
    def zero_fee_path(self) -> Floats:
        """Whole tokens [r, n] per row of the same pool without fees; weights, amplification and rates move as they did.

        Where rates move no asset of it is frozen.
        """
        prices = np.asarray(self.prices.prices[: self.rows])
        if not self.moves:
            return self.zero_fee_balances_at(prices)
        if not isinstance(self.course, Course):
            values = (
                self.course.values[: self.rows]
                if self.course
                else np.full(self.rows, self.params.amplification)
            )
            rates = np.array([rate / WAD for rate in self.initial_state.rates])
            if self.rates is not None:
                rates = self.rates.floats[: self.rows]
            return zero_fee_balances(values, rates, self.first_balances, prices)
        weights = self.course.fractions[: self.rows]
        return np.asarray(
            moving_weights_value(weights, self.first_balances, prices)[:, None] * weights / prices
        )

    def zero_fee_balances_at(self, prices: Floats) -> Floats:
        """Whole tokens [..., n] of the same pool without fees, kept by arbitrage on its first invariant and weights."""
        if self.params.kind is Kind.STABLE:
            rates = np.array([rate / WAD for rate in self.initial_state.rates])
            amplification = self.params.amplification / AMPLIFICATION_PRECISION
            return np.asarray(
                stable_balances(amplification, self.first_balances * rates, prices / rates) / rates
            )
        value = weighted_value(self.weights, self.first_balances, prices)
        return np.asarray(value[..., None] * self.weights / prices)

    def figures(self) -> dict[str, float | int]:
        """Return the key figures, in the numeraire or as fractions."""
        totals = self.totals
        first = float(self.first_balances @ self.prices.prices[0])
        value = self.last_value * self.initial_state.shares / self.final_state.shares
        hold = float(self.first_balances @ self.last_prices)
        fixed = float(self.zero_fee_balances_at(self.last_prices[None])[0] @ self.last_prices)
        free = fixed if not self.moves else float(self.zero_fee_path[-1] @ self.last_prices)
        rebalanced = first + float(totals[tables.FIRST_GAIN])
        protocol, creator = self.owed
        return {
            "first_value": first,
            "value": self.last_value,
            "rebalanced": rebalanced,
            "hold": hold,
            "value_vs_hold": value / hold - 1.0,
            "value_vs_rebalanced": value / rebalanced - 1.0,
            "impermanent_loss": fixed / hold - 1.0,
            "reweighting": free / hold - fixed / hold,
            "earned_over_invariant": value - free,
            "fees": float(totals[tables.ARBITRAGE_FEES] + totals[tables.RETAIL_FEES]),
            "lvr": float(totals[tables.LVR]),
            "arbitrage_fees": float(totals[tables.ARBITRAGE_FEES]),
            "retail_cost": float(totals[tables.RETAIL_COST]),
            "protocol_fees": protocol,
            "creator_fees": creator,
            "arbitrage_profit": float(totals[tables.WALLET]),
            "gas_paid": self.gas_paid,
            "front_profit": float(totals[tables.FRONT_WALLET]),
            "rebalancer_cost": float(totals[tables.KEEPER_GAS]),
            "trades": self.trade_count,
            "refused_trades": self.refused,
        }

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
                "end": iso_time(int(self.prices.times[self.rows - 1])),
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
            "fees_by_token": {
                token.symbol: str(amount)
                for token, amount in zip(self.params.tokens, self.fee_amounts, strict=True)
            },
            "initial_state": self.initial_state.to_dict(),
            "final_state": self.final_state.to_dict(),
        }
