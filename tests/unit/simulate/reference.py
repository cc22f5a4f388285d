"""A slow engine, obviously right: every pair, a search over integer amounts, quotes of the exact pool."""

from __future__ import annotations

from typing import NamedTuple

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.simulate.prices import PriceSeries

# A profit is flat at its maximum: amounts agree to about the root of what the profit is known to.
GOLDEN = 0.6180339887498949


class Choice(NamedTuple):
    """A trade and what it brings, in the numeraire."""

    profit: float
    token_in: int
    token_out: int
    amount_in: int


def profit_of(pool: Pool, unit_prices: list[float], i: int, o: int, amount: int) -> float:
    """Return the profit of an exact-in trade before gas; minus infinity where the pool refuses."""
    try:
        quote = pool.quote(SwapKind.EXACT_IN, i, o, amount)
    except PoolRevert:
        return float("-inf")
    return quote.amount_out * unit_prices[o] - amount * unit_prices[i]


def best_amount(pool: Pool, unit_prices: list[float], i: int, o: int) -> Choice:
    """Search for the best amount of one pair, by golden sections of the range that the pool accepts."""
    balance = pool.state.balances[i]
    low, high = 1.0, float(min(pool.max_amount(SwapKind.EXACT_IN, i, o), 100 * balance))
    if not profit_of(pool, unit_prices, i, o, max(balance // 10**7, 1)) > 0:
        return Choice(0.0, i, o, 0)
    a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    profit_a, profit_b = (profit_of(pool, unit_prices, i, o, int(x)) for x in (a, b))
    while high - low > max(1.0, 1e-9 * high):
        if profit_a >= profit_b:
            high, b, profit_b = b, a, profit_a
            a = high - GOLDEN * (high - low)
            profit_a = profit_of(pool, unit_prices, i, o, int(a))
        else:
            low, a, profit_a = a, b, profit_b
            b = low + GOLDEN * (high - low)
            profit_b = profit_of(pool, unit_prices, i, o, int(b))
    amount = int((low + high) / 2)
    return Choice(profit_of(pool, unit_prices, i, o, amount), i, o, amount)


def best_trade(pool: Pool, unit_prices: list[float]) -> Choice:
    """Return the best of all pairs."""
    n = len(unit_prices)
    return max(best_amount(pool, unit_prices, i, o) for i in range(n) for o in range(n) if i != o)


def run(pool: Pool, prices: PriceSeries, *, repeat: bool = False, gas_cost: float = 0.0) -> list[Choice]:
    """Let the best trades happen on `pool`, row by row; return them."""
    decimals = [token.decimals for token in pool.params.tokens]
    done = []
    for row, time in enumerate(prices.times.tolist()):
        units = [price / 10**d for price, d in zip(prices.prices[row].tolist(), decimals, strict=True)]
        while True:
            choice = best_trade(pool, units)
            if choice.profit - gas_cost <= 0:
                break
            pool.swap(SwapKind.EXACT_IN, choice.token_in, choice.token_out, choice.amount_in, at=time)
            done.append(choice._replace(profit=choice.profit - gas_cost))
            if not repeat:
                break
    return done
