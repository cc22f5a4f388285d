"""Several pools of the same tokens side by side: each with its arbitrage and its books, retail split over all."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.simulate.agents import Agent, RivalPool
from poolwright.simulate.cast import retail_orders
from poolwright.simulate.engine import DEFAULT_SEED, plan_of
from poolwright.simulate.fees import FeeRule
from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.several import compiled_advance_all
from poolwright.simulate.policies import FeePolicy
from poolwright.simulate.pools_result import PoolsResult, PoolsTotals
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
    with_room,
)
from poolwright.spec.params import PoolParams
from poolwright.spec.schema import PoolSpec

if TYPE_CHECKING:
    from poolwright.simulate.seeds import PoolsOverSeeds

MOST_POOLS = 16


class PoolsInterrupted(KeyboardInterrupt):
    """Ctrl-C during a run of several pools; `.result` holds the rows that were done, perhaps all, None if none.

    `.over`: where several seeds were asked for, the figures of those done, None before two.
    """

    def __init__(self, result: PoolsTotals | None, over: PoolsOverSeeds | None = None) -> None:
        super().__init__("simulation interrupted")
        self.result = result
        self.over = over


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
    in_vault: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> PoolsResult:
    """Let agents act on several pools of the same tokens, of any kinds and fees, after each row of prices.

    Agents act on every pool: an arbitrageur trades on each alone (the market between them has endless depth, so what
    it does on one changes nothing on another), liquidity events fall on all, and each of retail's orders is split so
    that all pools, and the venue if there is one, pay alike at the margin. `values`, `balances`, `fees`: one for each
    pool; all else as in `simulate`. Raises PoolsInterrupted, with the rows done, for Ctrl-C.
    """
    plans = _plans(
        pools,
        prices,
        values=values,
        balances=balances,
        fees=fees,
        agents=agents,
        seed=seed,
        precision=precision,
        in_vault=in_vault,
    )
    result = _run(plans, progress)
    assert isinstance(result, PoolsResult)
    return result


def simulate_pools_totals(
    pools: Sequence[PoolSpec | PoolParams],
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> PoolsTotals:
    """Do as `simulate_pools` does, options and all, but keep no rows and trades; the figures are the same."""
    plans = _plans(pools, prices, **options)
    return _run([replace(plan, series=False) for plan in plans], progress)


def _plans(
    pools: Sequence[PoolSpec | PoolParams],
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    values: Sequence[float] | None = None,
    balances: Sequence[Sequence[int]] | None = None,
    fees: Sequence[FeeRule | FeePolicy | Callable[..., float] | None] | None = None,
    **options: Any,
) -> list[Plan]:
    """Return what each pool is asked for, checked alone and together."""
    if not 2 <= len(pools) <= MOST_POOLS:
        raise PoolwrightError(f"{len(pools)} pools: give from 2 to {MOST_POOLS}, or one to simulate().")
    count = len(pools)
    each = zip(pools, _per_pool("values", values, count), _per_pool("balances", balances, count),
               _per_pool("fees", fees, count), strict=True)  # fmt: skip
    plans = [
        plan_of(pool, prices, value=value, balances=held, fee=fee, **options)
        for pool, value, held, fee in each
    ]
    _refuse(plans)
    return plans


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
    if any(not np.array_equal(plan.prices.prices, plans[0].prices.prices) for plan in plans[1:]):
        raise PoolwrightError(
            "the pools open at different rates, so that one underlying price gives a token two: write the same rate "
            'in each file, or give the prices of the token itself (prices = "token").'
        )
    retail = plans[0].cast.retail
    if retail is not None and isinstance(retail.rival, RivalPool):
        raise PoolwrightError(
            "beside several pools there is no RivalPool: give it as a pool, or a Venue as rival."
        )


def _run(plans: list[Plan], progress: Callable[[int, int], None] | None) -> PoolsTotals:
    """Run to the end, or raise PoolsInterrupted with what is done."""
    series, retail = plans[0].prices, plans[0].cast.retail
    orders = retail_orders(retail, series, plans[0].seed)
    alone = [replace(plan, cast=plan.cast._replace(retail=None)) for plan in plans]
    made = [prepare(plan) for plan in alone]
    crowd = tables.Crowd(np.zeros(1, np.int64), np.zeros(len(plans)), np.zeros(tables.UNFILLED + 1))
    cursor, total = made[0].ledger.cursor, len(series)
    with deferred_interrupt() as interrupted:
        try:
            while (row := int(cursor[tables.ROW])) < total and not interrupted:
                made = _advance(plans, made, orders, crowd, min(row + CHUNK, total))
                if progress is not None:
                    progress(int(cursor[tables.ROW]), total)
        except KeyboardInterrupt:
            interrupted.append(signal.SIGINT)
    if interrupted:
        raise PoolsInterrupted(_result(plans, made, crowd) if cursor[tables.ROW] else None)
    return _result(plans, made, crowd)


def _result(plans: list[Plan], made: list[Prepared], crowd: tables.Crowd) -> PoolsTotals:
    """Return the rows that are done, the same in all pools."""
    for each in made:
        each.ledger.demand[: tables.ROUTED] = crowd.demand[: tables.ROUTED]
    found = [result_of(plan, each) for plan, each in zip(plans, made, strict=True)]
    whole = tuple(each for each in found if isinstance(each, SimulationResult))
    return PoolsResult(whole, crowd.demand) if whole else PoolsTotals(tuple(found), crowd.demand)


def _advance(
    plans: list[Plan], made: list[Prepared], orders: tables.Retail, crowd: tables.Crowd, stop: int
) -> list[Prepared]:
    stands = tuple(tables.Stand(each.scene, each.ledger, each.rows, each.buffer) for each in made)
    try:
        compiled_advance_all(stands, orders, crowd, stop)
    except PoolRevert as revert:
        raise refused_liquidity(plans[0], made[0], revert) from None
    return [with_room(plan, each, stop) for plan, each in zip(plans, made, strict=True)]
