"""What several pools of the same tokens came to side by side: a result for each, and their sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from poolwright.simulate.kernels import tables
from poolwright.simulate.ledgers import SUM_ROUNDING, BooksError
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.totals import SimulationTotals
from poolwright.simulate.typing import Floats

# Figures that add up over pools.
SUMS = (
    "first_value", "value", "rebalanced", "hold", "fees", "lvr", "arbitrage_fees", "retail_cost", "protocol_fees",
    "creator_fees", "arbitrage_profit", "gas_paid", "trades", "refused_trades",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class PoolsTotals:
    """A run of several pools, or the part of it that was done: totals for each, in the order given.

    `demand`: retail's orders in the numeraire: arrived, wanted at the price on offer, filled by the pools, filled by
    the venue, and left (a part below one raw unit, or beyond a pool's limits).
    """

    pools: tuple[SimulationTotals, ...]
    demand: Floats

    @property
    def complete(self) -> bool:
        """False when the run was stopped early."""
        return self.pools[0].complete

    def figures(self) -> dict[str, float | int]:
        """Return the key figures in sum, in the numeraire or as fractions; see `SimulationTotals.figures`."""
        each = [pool.figures() for pool in self.pools]
        total: dict[str, float | int] = {name: sum(figures[name] for figures in each) for name in SUMS}
        names = ("arrived", "wanted", "filled_by_pools", "filled_by_venue", "left")
        orders = {f"orders_{name}": float(worth) for name, worth in zip(names, self.demand, strict=True)}
        return total | {"value_vs_hold": total["value"] / total["hold"] - 1.0} | orders

    def check(self) -> None:
        """Raise BooksError unless each pool's books close, and every order is filled by pools or venue, or left."""
        for pool in self.pools:
            pool.books.check()
        arrived, wanted, *filled = self.demand.tolist()
        if abs(wanted - sum(filled)) > SUM_ROUNDING * max(wanted, 1.0) or wanted > arrived * (
            1 + SUM_ROUNDING
        ):
            raise BooksError(
                f"the books do not close: {wanted} of orders wanted, {sum(filled)} filled or left."
            )

    def to_dict(self) -> dict[str, Any]:
        """Return figures in sum and everything of each pool but series and trades, for JSON."""
        return {"result": self.figures(), "pools": [pool.to_dict() for pool in self.pools]}


@dataclass(frozen=True, eq=False)
class PoolsResult(PoolsTotals):
    """The same with the rows and trades of each pool."""

    pools: tuple[SimulationResult, ...]

    def check(self) -> None:
        """Raise BooksError unless the books close, of each pool and in sum.

        In sum also token by token: what the lists of trades say that traders paid and took is what all pools hold and
        owe more than at first.
        """
        super().check()
        for symbol, left, right in self._tokens():
            exact = all(pool.precision == "exact" for pool in self.pools)
            if abs(left - right) > (0 if exact else SUM_ROUNDING * max(left, right)):
                raise BooksError(
                    f"the books do not close: {symbol}: the pools hold and owe {left}, trades say {right}."
                )

    def _tokens(self) -> Iterator[tuple[str, int, int]]:
        """Yield symbol, what all pools hold and owe, and the same by trades and liquidity from the first balances."""
        for k, token in enumerate(self.pools[0].params.tokens):
            held = moved = 0
            for pool in self.pools:
                state, book = pool.final_state, pool.accounts
                held += (
                    state.balances[k]
                    + state.protocol_owed[k]
                    + state.creator_owed[k]
                    + book[tables.OUTSIDE][k]
                )
                moved += pool.initial_state.balances[k] + book[tables.PROVIDED][k] - book[tables.WITHDRAWN][k]
                for trade in pool.trades:
                    moved += trade.amount_in * (trade.token_in == k) - trade.amount_out * (
                        trade.token_out == k
                    )
            yield token.symbol, held, moved
