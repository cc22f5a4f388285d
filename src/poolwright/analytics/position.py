"""One liquidity position from entry to exit: what it lost against holding, and what fees had to earn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from poolwright.analytics.impermanent_loss import impermanent_loss as weighted_loss
from poolwright.analytics.position_input import (
    at_least_zero,
    finite,
    positive,
    read_prices,
    read_weights,
)
from poolwright.analytics.stable_composition import stable_composition
from poolwright.errors import PoolwrightError
from poolwright.model.maths.stable_invariant import IMBALANCE_BITS
from poolwright.spec.bounds import AMPLIFICATION_PRECISION, WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams

if TYPE_CHECKING:
    from poolwright.spec.schema import PoolSpec

    Number = int | float | str
    Prices = Mapping[str, Any] | Sequence[Any]

DAYS_PER_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class PositionResult:
    """A position in money (the unit of the prices) and fractions; gains are positive, losses negative.

    Against holding: `net_vs_hold` = `impermanent_loss` + `fees` - `gas`. Against holding that also earns the
    benchmark: `net_result` = `net_vs_hold` - `opportunity_cost`. Fees that make each of them 0:
    `break_even_fees_vs_hold`, `break_even_fees` (0 at least). In money, whatever prices did: `profit`.
    """

    pool: str
    tokens: tuple[str, ...]
    entry_shares: tuple[float, ...]
    """Shares of the value at entry, by token."""
    entry_prices: tuple[float, ...]
    exit_prices: tuple[float, ...]
    value: float
    """Put in at entry, in the proportions of the pool."""
    hold_value: float
    """Of the same tokens at exit, had they been kept."""
    pool_value: float
    """Of the position at exit, without fees."""
    impermanent_loss: float
    """`pool_value` - `hold_value`, at most 0."""
    impermanent_loss_fraction: float
    """The same over `hold_value`."""
    fees: float
    gas: float
    """Entering and leaving."""
    opportunity_cost: float
    """What `value` would have earned at the benchmark."""
    break_even_fees_vs_hold: float
    break_even_fees: float
    break_even_yearly_return: float | None
    """`break_even_fees` over `value`, per year, simple; None without days."""
    net_vs_hold: float
    net_result: float
    profit: float
    """`pool_value` + `fees` - `gas` - `value`."""
    days: float
    benchmark: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON; what belongs to tokens is keyed by symbol."""
        data = asdict(self)
        for name in ("entry_shares", "entry_prices", "exit_prices"):
            data[name] = dict(zip(self.tokens, data[name], strict=True))
        return data | {"tokens": list(self.tokens)}


class Money(NamedTuple):
    """Terms of a position: put in, earned until the exit, gas both ways, yearly benchmark, days."""

    value: float
    fees: float
    gas: float
    benchmark: float
    days: float


def impermanent_loss(
    pool: PoolSpec | PoolParams | Mapping[str, Number],
    entry: Prices,
    exit: Prices,
    *,
    value: Number = 10_000,
    fees: Number = 0,
    gas_enter: Number = 0,
    gas_leave: Number = 0,
    benchmark: Number = 0,
    days: Number = 0,
) -> PositionResult:
    """Return what a position lost or gained between two sets of prices, term by term.

    `pool`: a PoolSpec, PoolParams, or weights by symbol. `entry`, `exit`: prices of one whole token, by symbol
    or in the pool's order, in one currency, in which `value` (put in), `fees` (earned, at exit, not
    reinvested), `gas_enter` and `gas_leave` are too. `benchmark`: yearly return, 0.04 for 4 %, that the value
    could have earned for `days`, compounded. The pool's prices are the market's at entry and at exit; the
    loss is that of the pool without fees. Stable pools: rates are the pool's, at entry and at exit.

    Raises PoolwrightError for unknown, missing or doubled tokens, numbers that make no sense, and a kind of
    pool whose loss depends on more than prices. Sources: Martinelli, "Calculating Value, Impermanent Loss and
    Slippage for Balancer Pools" (weighted); the StableSwap invariant, solved numerically (stable).

    >>> result = impermanent_loss({"ETH": 0.5, "USD": 0.5}, {"ETH": 1000, "USD": 1}, {"ETH": 2000, "USD": 1})
    >>> round(result.impermanent_loss_fraction, 6), round(result.break_even_fees, 2)
    (-0.057191, 857.86)
    """
    name, tokens = _describe(pool)
    first, last = read_prices(tokens, entry, "entry"), read_prices(tokens, exit, "exit")
    money = Money(
        positive(value, "value"),
        at_least_zero(fees, "fees"),
        at_least_zero(gas_enter, "gas_enter") + at_least_zero(gas_leave, "gas_leave"),
        finite(benchmark, "benchmark", above=-1.0),
        at_least_zero(days, "days"),
    )
    shares, loss = _loss(pool, tokens, first, last)
    return settle(name, tokens, shares, (first, last), loss, money)


def _describe(pool: Any) -> tuple[str, tuple[str, ...]]:
    """Return what to call the pool, and its symbols."""
    if isinstance(pool, Mapping):
        return "weighted", tuple(pool)
    params = _params(pool)
    return params.name, tuple(token.symbol for token in params.tokens)


def _params(pool: Any) -> PoolParams:
    if isinstance(pool, PoolParams):
        return pool
    from poolwright.spec.schema import PoolSpec  # costs the import of pydantic, which only files need

    if isinstance(pool, PoolSpec):
        return pool.resolve()
    raise PoolwrightError(
        f"a {type(pool).__name__} describes no pool; give a PoolSpec, PoolParams, or weights by symbol"
    )


def _loss(
    pool: Any, tokens: Sequence[str], first: Sequence[float], last: Sequence[float]
) -> tuple[list[float], float]:
    """Return the shares of value at entry, and pool over hold less 1."""
    if isinstance(pool, Mapping):
        return _weighted(read_weights(pool), first, last)
    params = _params(pool)
    if params.kind is Kind.WEIGHTED:
        return _weighted([weight / WAD for weight in params.weights], first, last)
    if params.kind is Kind.CONSTANT_PRODUCT:
        return _weighted([1.0 / len(tokens)] * len(tokens), first, last)
    if params.kind is Kind.STABLE:
        return _stable(params, first, last)
    raise PoolwrightError(
        f"the impermanent loss of a {params.kind.value} pool depends on more than prices; use simulate"
    )


def _weighted(
    weights: list[float], first: Sequence[float], last: Sequence[float]
) -> tuple[list[float], float]:
    ratios = np.array(last) / np.array(first)
    # Rounding may leave a few units in the last place above 0 where nothing moved.
    return weights, min(float(weighted_loss(weights, ratios)), 0.0)


def _stable(params: PoolParams, first: Sequence[float], last: Sequence[float]) -> tuple[list[float], float]:
    rates = np.array([token.rate / WAD for token in params.tokens])
    amplification = params.amplification / AMPLIFICATION_PRECISION
    before, after = np.array(first) / rates, np.array(last) / rates
    entered, left = (stable_composition(amplification, prices) for prices in (before, after))
    for when, balances in (("entry", entered), ("exit", left)):
        _check_balance(params, when, balances)
    shares = entered * before / (entered @ before)
    return shares.tolist(), min(float((left @ after) / (entered @ after) - 1.0), 0.0)


def _check_balance(params: PoolParams, when: str, balances: Any) -> None:
    """Refuse prices that arbitrage cannot reach, because the contract stops trading before."""
    scarcest = int(np.argmin(balances))
    if balances[scarcest] <= np.sum(balances) / 2**IMBALANCE_BITS:
        raise PoolwrightError(
            f"at the {when} prices the pool would hold less {params.tokens[scarcest].symbol} than its contract "
            "allows; it stops trading before. Check the prices, or whether these assets belong in a stable pool"
        )


def settle(
    name: str,
    tokens: tuple[str, ...],
    shares: list[float],
    prices: tuple[tuple[float, ...], tuple[float, ...]],
    loss: float,
    money: Money,
) -> PositionResult:
    """Put the terms together: `shares` of the value at entry, `prices` at entry and exit, `loss` over hold."""
    first, last = prices
    value, fees, gas, benchmark, days = money
    hold = value * math.fsum(s * b / a for s, a, b in zip(shares, first, last, strict=True))
    lost = hold * loss
    missed = value * math.expm1(days / DAYS_PER_YEAR * math.log1p(benchmark))
    needed = max(gas - lost + missed, 0.0)
    return PositionResult(
        pool=name,
        tokens=tokens,
        entry_shares=tuple(shares),
        entry_prices=first,
        exit_prices=last,
        value=value,
        hold_value=hold,
        pool_value=hold + lost,
        impermanent_loss=lost,
        impermanent_loss_fraction=loss,
        fees=fees,
        gas=gas,
        opportunity_cost=missed,
        break_even_fees_vs_hold=gas - lost,
        break_even_fees=needed,
        break_even_yearly_return=needed / value * DAYS_PER_YEAR / days if days else None,
        net_vs_hold=lost + fees - gas,
        net_result=lost + fees - gas - missed,
        profit=hold + lost + fees - gas - value,
        days=days,
        benchmark=benchmark,
    )
