"""The engine: agents against one pool through a price history, exact to the wei."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model.pool import Pool
from poolwright.model.state import PoolState
from poolwright.simulate.agents import Agent, Arbitrage, Arbitrageur
from poolwright.simulate.amplification import amplification_course
from poolwright.simulate.cast import cast_of, refuse_unsupported
from poolwright.simulate.fees import FeeRule
from poolwright.simulate.policies import FeePolicy, declared, least_fee
from poolwright.simulate.prices import PriceSeries, load_prices
from poolwright.simulate.rates import opened, priced, rate_course
from poolwright.simulate.rebalancer import course_of
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.run import Plan, SimulationInterrupted, run
from poolwright.simulate.totals import SimulationTotals
from poolwright.simulate.typing import Floats
from poolwright.spec.bounds import WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams
from poolwright.spec.schema import PoolSpec

# Value of a pool whose first balances nobody gave, in the numeraire of the prices.
DEFAULT_VALUE = 1_000_000.0
DEFAULT_SEED = 7

__all__ = ["SimulationInterrupted", "balances_worth", "simulate", "simulate_totals"]


def simulate(
    pool: PoolSpec | PoolParams,
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    value: float | None = None,
    balances: Sequence[int] | None = None,
    arbitrage: Arbitrage | str | None = None,
    gas_cost: float | None = None,
    agents: Sequence[Agent] | None = None,
    fee: FeeRule | FeePolicy | Callable[..., float] | None = None,
    seed: int = DEFAULT_SEED,
    precision: str = "exact",
    progress: Callable[[int, int], None] | None = None,
    in_vault: bool = False,
    testing_fees_outside_reserves: bool = False,
) -> SimulationResult:
    """Let agents act on a pool after each row of prices, with the exact maths of the contracts.

    Args:
        pool: its first balances are `balances` (raw units), or worth `value` in the numeraire at the first
            prices, or those of the spec, or worth 1,000,000.
        prices: a series, or what `load_prices` reads.
        arbitrage, gas_cost: short for one `Arbitrageur`: "best_pair" (the default), "to_no_arbitrage" or
            "best_basket", and the numeraire that each trade costs beside the pool's fee.
        agents: all who act, see `poolwright.simulate.agents`; the result names them.
        fee: in place of the declared swap fee: a policy of the contracts (`poolwright.simulate.policies`), or a
            function or `FeeRule` of your own.
        seed: of everything random: retail orders, generated gas.
        precision: "exact", the contracts' own integers; or "float", the same formulas on float64, several times
            as quick, of which a sample is compared with the exact ones in every run (`result.recheck`).
        progress: called with (rows done, rows) now and then.
        in_vault: count what protocol and creator are owed as the Vault does, in 1e-9 of a token, so that a replay there
            ends alike to the wei; else in raw units.
        testing_fees_outside_reserves: keep fees beside the balances, which no pool of ours does: for comparison
            with published figures of such pools.

    Raises PriceDataError for the prices, PoolwrightError for what cannot be run, SimulationInterrupted (a
    KeyboardInterrupt that carries the rows done) for Ctrl-C.
    """
    plan = plan_of(
        pool, prices, value=value, balances=balances, arbitrage=arbitrage, gas_cost=gas_cost, agents=agents, fee=fee,
        seed=seed, precision=precision, in_vault=in_vault, testing_fees_outside_reserves=testing_fees_outside_reserves,
    )  # fmt: skip
    result = run(plan, progress)
    assert isinstance(result, SimulationResult)
    return result


def simulate_totals(
    pool: PoolSpec | PoolParams,
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> SimulationTotals:
    """Do as `simulate` does, options and all, but keep only figures, ledgers in all and final states.

    Memory does not grow with the run, and the figures are those of `simulate` to the bit.
    """
    return run(replace(plan_of(pool, prices, **options), series=False), progress)


def plan_of(
    pool: PoolSpec | PoolParams,
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    value: float | None = None,
    balances: Sequence[int] | None = None,
    arbitrage: Arbitrage | str | None = None,
    gas_cost: float | None = None,
    agents: Sequence[Agent] | None = None,
    fee: FeeRule | FeePolicy | Callable[..., float] | None = None,
    seed: int = DEFAULT_SEED,
    precision: str = "exact",
    in_vault: bool = False,
    testing_fees_outside_reserves: bool = False,
) -> Plan:
    """Return what `simulate` is asked for, checked."""
    params = pool.resolve() if isinstance(pool, PoolSpec) else pool
    symbols = [token.symbol for token in params.tokens]
    history = prices.select(symbols) if isinstance(prices, PriceSeries) else load_prices(prices, symbols)
    if agents is None:
        agents = [Arbitrageur(arbitrage or Arbitrage.BEST_PAIR, 0.0 if gas_cost is None else gas_cost)]
    elif arbitrage is not None or gas_cost is not None:
        raise PoolwrightError("give agents, or arbitrage and gas_cost, which are short for one Arbitrageur.")
    if precision not in ("exact", "float"):
        raise PoolwrightError(f"there is no precision {precision!r}; known: exact, float.")
    cast = cast_of(agents)
    at_first = opened(cast.rates, params, history)
    history = priced(cast.rates, at_first, history)
    if balances is None:
        balances = _first_balances(pool, at_first, history, value)
    elif value is not None:
        raise PoolwrightError("give value or balances, not both.")
    given = fee if fee is None or isinstance(fee, FeeRule | FeePolicy) else FeeRule(fee)
    rule = declared(params, cast.accounts) if given is None else given
    refuse_unsupported(cast, params, rule)
    bound = least_fee(rule, params)
    weights = course_of(cast.rebalancer, params, history, seed, bound)
    ramped = amplification_course(cast.amplification, params, history, bound)
    initial = _open(at_first, tuple(balances))
    return Plan(
        params,
        history,
        initial,
        cast,
        seed,
        precision,
        rule,
        testing_fees_outside_reserves,
        in_vault,
        series=True,
        course=ramped if weights is None else weights,
        rates=rate_course(cast.rates, at_first, history),
    )


def balances_worth(params: PoolParams, first_prices: Floats, value: float) -> tuple[int, ...]:
    """Return raw balances worth `value` in all, rounded down: by weight, or equal worth without weights.

    A stable pool gets equal amounts in its own unit (rates applied), where its prices are even.
    """
    if not (np.isfinite(value) and value > 0):
        raise PoolwrightError(f"value {value} must be a positive number, in the numeraire of the prices.")
    # Fractions, so that round figures stay round.
    worth, prices = Fraction(value), [Fraction(float(price)) for price in first_prices]
    if params.kind is Kind.STABLE:
        rates = [Fraction(token.rate, WAD) for token in params.tokens]
        each = worth / sum(price / rate for price, rate in zip(prices, rates, strict=True))
        whole = [each / rate for rate in rates]
    else:
        weights = params.weights or (1,) * len(prices)
        whole = [worth * w / sum(weights) / price for w, price in zip(weights, prices, strict=True)]
    raw = [int(amount * 10**token.decimals) for amount, token in zip(whole, params.tokens, strict=True)]
    for amount, token in zip(raw, params.tokens, strict=True):
        if amount < 1:
            raise PoolwrightError(
                f"value {value} buys less than one unit of {token.symbol}. Start with more."
            )
    return tuple(raw)


@lru_cache(maxsize=64)  # many runs begin alike, over seeds and over generated markets
def _open(params: PoolParams, balances: tuple[int, ...]) -> PoolState:
    try:
        return Pool.create(params, balances, vault=False).state
    except PoolRevert as revert:
        raise PoolwrightError(f"a pool cannot open with these first balances: {revert}.") from None


def _first_balances(
    pool: PoolSpec | PoolParams, params: PoolParams, series: PriceSeries, value: float | None
) -> tuple[int, ...]:
    given = pool.initial_balances() if isinstance(pool, PoolSpec) and value is None else None
    return given or balances_worth(params, series.prices[0], DEFAULT_VALUE if value is None else value)
