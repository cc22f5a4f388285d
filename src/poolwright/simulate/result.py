"""What a simulation found: exact states and trades, and the accounts in the numeraire of the prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from poolwright.analytics.impermanent_loss import stable_value, weighted_value
from poolwright.model.native.border import from_limbs
from poolwright.model.state import PoolState
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.typing import Floats, Integers, Limbs
from poolwright.spec.bounds import AMPLIFICATION_PRECISION, WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams


class Arbitrage(StrEnum):
    """How arbitrageurs act after each row of prices."""

    BEST_PAIR = "best_pair"
    TO_NO_ARBITRAGE = "to_no_arbitrage"

    @property
    def description(self) -> str:
        """Say it in words, for a report."""
        if self is Arbitrage.BEST_PAIR:
            return (
                "after each row of prices, the one most profitable trade between two tokens, at its best size"
            )
        return "after each row of prices, the most profitable trade between two tokens, again until none pays"


class Trade(NamedTuple):
    """One swap, exact in: `row` and `time` (unix seconds) of the prices, token positions, raw units."""

    row: int
    time: int
    token_in: int
    token_out: int
    amount_in: int
    amount_out: int
    fee: int


@dataclass(frozen=True, slots=True, eq=False)
class Trades:
    """All swaps in order; iterating gives `Trade`s with exact integers.

    `places`: int64[t, 3], row, token in, token out. `amounts`: uint64[t, 3, 4], amount in, out and fee in limbs.
    """

    times: Integers
    places: Integers
    amounts: Limbs

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Trade]:
        columns = [from_limbs(self.amounts[:, k]) for k in range(3)]
        for (row, i, o), time, *amounts in zip(
            self.places.tolist(), self.times.tolist(), *columns, strict=True
        ):
            yield Trade(row, time, i, o, *amounts)


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """A finished run, or the part of it that was done.

    Per row, after its trades: `balances` float64[r, n] in whole tokens; `fees` paid and `arbitrage_profit` (after
    gas), both cumulative in the numeraire at the time of each trade; `trade_counts`, cumulative. States, trades
    and `fee_amounts` (fees paid by token, raw units) are exact. `refused` counts trades outside the pool's limits.
    """

    params: PoolParams
    prices: PriceSeries
    arbitrage: Arbitrage
    gas_cost: float
    initial_state: PoolState
    final_state: PoolState
    trades: Trades
    balances: Floats
    fees: Floats
    arbitrage_profit: Floats
    trade_counts: Integers
    fee_amounts: tuple[int, ...]
    refused: int

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
    def invariant_value(self) -> Floats:
        """Value per row of the same pool without fees, kept by arbitrage on its first invariant."""
        prices = self.prices.prices[: self.rows]
        if self.params.kind is Kind.STABLE:
            rates = np.array([rate / WAD for rate in self.initial_state.rates])
            amplification = self.params.amplification / AMPLIFICATION_PRECISION
            return stable_value(amplification, self._first() * rates, prices / rates)
        return weighted_value(self.weights, self._first(), prices)

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
        """Cost of all trades to the arbitrageurs, in the numeraire."""
        return self.gas_cost * len(self.trades)

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
            "assumptions": {"arbitrage": self.arbitrage.value, "gas_cost": self.gas_cost},
            "complete": self.complete,
            "result": self.figures(),
            "fees_by_token": {
                token.symbol: str(amount)
                for token, amount in zip(self.params.tokens, self.fee_amounts, strict=True)
            },
            "initial_state": self.initial_state.to_dict(),
            "final_state": self.final_state.to_dict(),
        }

    def figures(self) -> dict[str, float | int]:
        """Return the key figures, in the numeraire or as fractions."""
        value, hold, free = float(self.value[-1]), float(self.hold[-1]), float(self.invariant_value[-1])
        protocol, creator = self.owed
        return {
            "first_value": float(self._first() @ self.prices.prices[0]),
            "value": value,
            "hold": hold,
            "value_vs_hold": value / hold - 1.0,
            "impermanent_loss": free / hold - 1.0,
            "earned_over_invariant": value - free,
            "fees": float(self.fees[-1]),
            "protocol_fees": protocol,
            "creator_fees": creator,
            "arbitrage_profit": float(self.arbitrage_profit[-1]),
            "gas_paid": self.gas_paid,
            "trades": len(self.trades),
            "refused_trades": self.refused,
        }

    def _first(self) -> Floats:
        return np.array([float(balance) for balance in self.initial_state.balances]) / self.units
