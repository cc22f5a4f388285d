"""Several pools of the same tokens side by side: each with its arbitrage and its books, retail split over all."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.simulate.agents import Agent, RivalPool
from poolwright.simulate.cast import retail_orders
from poolwright.simulate.engine import DEFAULT_SEED, plan_of
from poolwright.simulate.fees import FeeRule
from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.several import compiled_advance_all
from poolwright.simulate.ledgers import SUM_ROUNDING, BooksError
from poolwright.simulate.policies import FeePolicy
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.run import (
    CHUNK,
    Plan,
    Prepared,
    deferred_interrupt,
    prepare,
    refused_liquidity,
    result_of,
    take_away,
)
from poolwright.simulate.typing import Floats
from poolwright.spec.params import PoolParams
from poolwright.spec.schema import PoolSpec

MOST_POOLS = 16
# Figures that add up over pools.
SUMS = (
    "first_value", "value", "rebalanced", "hold", "fees", "lvr", "arbitrage_fees", "retail_cost", "protocol_fees",
    "creator_fees", "arbitrage_profit", "gas_paid", "trades", "refused_trades",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class PoolsResult:
    """A run of several pools: a result for each, in the order given.

    `demand`: retail's orders in the numeraire: arrived, wanted at the price on offer, filled by the pools, filled by
    the venue, and left (a part below one raw unit, or beyond a pool's limits).
    """

    pools: tuple[SimulationResult, ...]
    demand: Floats

    def figures(self) -> dict[str, float | int]:
        """Return the key figures in sum, in the numeraire or as fractions; see `SimulationTotals.figures`."""
        each = [pool.figures() for pool in self.pools]
        total: dict[str, float | int] = {name: sum(figures[name] for figures in each) for name in SUMS}
        names = ("arrived", "wanted", "filled_by_pools", "filled_by_venue", "left")
        orders = {f"orders_{name}": float(worth) for name, worth in zip(names, self.demand, strict=True)}
        return total | {"value_vs_hold": total["value"] / total["hold"] - 1.0} | orders

    def check(self) -> None:
        """Raise BooksError unless the books close, of each pool and in sum.

        In sum: what the lists of trades say that traders paid and took is, token by token, what all pools hold and
        owe more than at first; and every order is filled by a pool or the venue, or left.
        """
        for pool in self.pools:
            pool.books.check()
        for symbol, left, right in self._tokens():
            exact = all(pool.precision == "exact" for pool in self.pools)
            if abs(left - right) > (0 if exact else SUM_ROUNDING * max(left, right)):
                raise BooksError(
                    f"the books do not close: {symbol}: the pools hold and owe {left}, trades say {right}."
                )
        arrived, wanted, *filled = self.demand.tolist()
        if abs(wanted - sum(filled)) > SUM_ROUNDING * max(wanted, 1.0) or wanted > arrived * (
            1 + SUM_ROUNDING
        ):
            raise BooksError(
                f"the books do not close: {wanted} of orders wanted, {sum(filled)} filled or left."
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

    def to_dict(self) -> dict[str, Any]:
        """Return figures in sum and everything of each pool but series and trades, for JSON."""
        return {"result": self.figures(), "pools": [pool.to_dict() for pool in self.pools]}


def simulate_pools(
    pools: Sequence[PoolSpec | PoolParams],
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    values: Sequence[float] | None = None,
    balances: Sequence[Sequence[int]] | None = None,
    agents: Sequence[Agent] | None = None,
    fees: Sequence[FeeRule | FeePolicy | Callable[..., float] | None] | None = None,
    seed: int = DEFAULT_SEED,
    precision: str = "exact",
    progress: Callable[[int, int], None] | None = None,
) -> PoolsResult:
    """Let agents act on several pools of the same tokens, of any kinds and fees, after each row of prices.

    Agents act on every pool: an arbitrageur trades on each alone (the market between them has endless depth, so what
    it does on one changes nothing on another), liquidity events fall on all, and each of retail's orders is split so
    that all pools, and the venue if there is one, pay alike at the margin. `values`, `balances`, `fees`: one for each
    pool; all else as in `simulate`.
    """
    if not 2 <= len(pools) <= MOST_POOLS:
        raise PoolwrightError(f"{len(pools)} pools: give from 2 to {MOST_POOLS}, or one to simulate().")
    count = len(pools)
    each = zip(pools, _per_pool("values", values, count), _per_pool("balances", balances, count),
               _per_pool("fees", fees, count), strict=True)  # fmt: skip
    plans = [
        plan_of(
            pool, prices, value=value, balances=held, agents=agents, fee=fee, seed=seed, precision=precision
        )
        for pool, value, held, fee in each
    ]
    _refuse(plans)
    return _run(plans, progress)


def _per_pool(name: str, given: Sequence[Any] | None, count: int) -> Sequence[Any]:
    if given is None:
        return [None] * count
    if len(given) != count:
        raise PoolwrightError(f"{name} has {len(given)} entries for {count} pools: give one for each.")
    return given


def _refuse(plans: list[Plan]) -> None:
    symbols = [[token.symbol for token in plan.params.tokens] for plan in plans]
    for other in symbols[1:]:
        if other != symbols[0]:
            raise PoolwrightError(
                f"pools side by side hold the same tokens in the same order, not {', '.join(symbols[0])} and "
                f"{', '.join(other)}."
            )
    decimals = [[token.decimals for token in plan.params.tokens] for plan in plans]
    if any(other != decimals[0] for other in decimals):
        raise PoolwrightError("a token has the same decimals in every pool.")
    if plans[0].cast.front_runner is not None:
        raise PoolwrightError("a FrontRunner runs before the changes of one pool: simulate that pool alone.")
    retail = plans[0].cast.retail
    if retail is not None and isinstance(retail.rival, RivalPool):
        raise PoolwrightError(
            "beside several pools there is no RivalPool: give it as a pool, or a Venue as rival."
        )


def _run(plans: list[Plan], progress: Callable[[int, int], None] | None) -> PoolsResult:
    series, retail = plans[0].prices, plans[0].cast.retail
    orders = retail_orders(retail, series, plans[0].seed)
    most = int(np.bincount(orders.rows).max()) if len(orders.rows) else 0
    alone = [replace(plan, cast=plan.cast._replace(retail=None)) for plan in plans]
    made = [prepare(plan, most) for plan in alone]
    crowd = tables.Crowd(np.zeros(1, np.int64), np.zeros(len(plans)), np.zeros(tables.UNFILLED + 1))
    cursor, total = made[0].ledger.cursor, len(series)
    with deferred_interrupt() as interrupted:
        while (row := int(cursor[tables.ROW])) < total and not interrupted:
            _advance(plans, made, orders, crowd, min(row + CHUNK, total))
            if progress is not None:
                progress(int(cursor[tables.ROW]), total)
    if interrupted:
        signal.raise_signal(signal.SIGINT)
    for each in made:
        each.ledger.demand[: tables.ROUTED] = crowd.demand[: tables.ROUTED]
    results = [result_of(plan, each) for plan, each in zip(plans, made, strict=True)]
    return PoolsResult(tuple(each for each in results if isinstance(each, SimulationResult)), crowd.demand)


def _advance(
    plans: list[Plan], made: list[Prepared], orders: tables.Retail, crowd: tables.Crowd, stop: int
) -> None:
    stands = tuple(tables.Stand(each.scene, each.ledger, each.rows, each.buffer) for each in made)
    try:
        compiled_advance_all(stands, orders, crowd, stop)
    except PoolRevert as revert:
        raise refused_liquidity(plans[0], made[0], revert) from None
    for plan, each in zip(plans, made, strict=True):
        take_away(plan, each)
