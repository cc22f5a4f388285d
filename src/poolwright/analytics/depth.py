"""How much a pool trades: depth within a move of the price, capital efficiency, effective spread.

Prices, limits and amounts come from the exact pool, so each kind is covered as it is; results are floats in
whole tokens. Where a closed form exists (weighted, constant product) it gives the depth instead of a search.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from fractions import Fraction

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.spec.bounds import WAD
from poolwright.spec.kind import Kind

# A search ends when the amount is known to 2^-40 of itself.
SEARCH_BITS = 40


@dataclass(frozen=True, slots=True)
class Depth:
    """What can be traded until token out costs `move` more (fraction) than now.

    `amount_in`: with the fee; `amount_out`: bought for it; whole tokens. `capital_efficiency`: `amount_in`
    over what a 50/50 constant product of the same value and fee takes, V / 2 (sqrt(1 + move) - 1).
    """

    move: float
    amount_in: float
    amount_out: float
    capital_efficiency: float

    def to_dict(self) -> dict[str, float]:
        """Return the fields by name, for JSON."""
        return asdict(self)


def depth(pool: Pool, token_in: int | str, token_out: int | str, move: float) -> Depth:
    """Return the depth of a pool towards a dearer token out; `move` is a fraction, 0.02 for 2 %.

    The price is the pool's own, without fee; the fee stays aside while the price moves. PoolwrightError when
    the pool's domain ends before the price is reached. In a weighted pool a large move may take several
    trades, as each is bounded.
    """
    if not 0 < move < math.inf:
        raise ValueError(f"move {move}: give a fraction of more than 0, such as 0.02")
    i, o = pool.position(token_in), pool.position(token_out)
    params, state = pool.params, pool.state
    if params.kind is Kind.STABLE:
        net, out = _searched(Pool.from_state(params, replace(state, swap_fee=0)), i, o, move)
    else:
        weights = params.weights or (1,) * len(params.tokens)
        net, out = weighted_depth(_whole(pool, i), weights[i], _whole(pool, o), weights[o], move)
    half = _value(pool, i) / 2.0
    return Depth(move, net * WAD / (WAD - state.swap_fee), out, net / (half * _grown(move)))


def weighted_depth(
    balance_in: float, weight_in: float, balance_out: float, weight_out: float, move: float
) -> tuple[float, float]:
    """Return (net in, out) until the price of the token out has risen by the fraction `move`.

    With u = (1 + move)^(w_o / (w_i + w_o)): in = b_i (u - 1), out = b_o (1 - u^(-w_i / w_o)), in the units of
    the balances; weights on any one scale. Source: the invariant, b_i^w_i b_o^w_o constant.
    """
    growth = math.log1p(move) * weight_out / (weight_in + weight_out)
    return balance_in * math.expm1(growth), -balance_out * math.expm1(-growth * weight_in / weight_out)


def effective_spread(pool: Pool, base: int | str, quote: int | str, amount: float) -> float:
    """Return (ask - bid) / mid for buying and for selling `amount` whole tokens of `base` against `quote`.

    Ask and bid are average prices, fee and price impact included; mid is the pool's price without fee. For
    small amounts it tends to 1 / (1 - fee) - (1 - fee). PoolRevert if the pool refuses either trade.
    """
    b, q = pool.position(base), pool.position(quote)
    raw = int(Fraction(amount) * 10 ** pool.params.tokens[b].decimals)
    if raw < 1:
        raise ValueError(f"amount {amount}: give at least the smallest unit of the token")
    paid = pool.quote(SwapKind.EXACT_OUT, q, b, raw).amount_in
    received = pool.quote(SwapKind.EXACT_IN, b, q, raw).amount_out
    return float(Fraction(paid - received, raw) / pool.spot_price(q, b).raw)


def _searched(pool: Pool, i: int, o: int, move: float) -> tuple[float, float]:
    """Return (in, out) in whole tokens by bisection over exact trades in a pool without fee."""
    start = pool.snapshot
    target = pool.spot_price(i, o).raw * (1 + Fraction(move))

    def reached(amount: int) -> bool:
        pool.restore(start)
        try:
            pool.swap(SwapKind.EXACT_IN, i, o, amount)
        except PoolRevert:  # too little to buy anything: the limit above is one that the pool accepts
            return False
        return pool.spot_price(i, o).raw >= target

    low, high = 0, pool.max_amount(SwapKind.EXACT_IN, i, o)
    if not reached(high):
        raise PoolwrightError(
            f"the pool's balances cannot move its price by {move:g}; ask for a smaller move."
        )
    while high - low > max(1, low >> SEARCH_BITS):
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    pool.restore(start)
    out = pool.quote(SwapKind.EXACT_IN, i, o, high).amount_out
    tokens = pool.params.tokens
    return high / 10 ** tokens[i].decimals, out / 10 ** tokens[o].decimals


def _value(pool: Pool, i: int) -> float:
    """Return the pool's value in whole tokens of token i, at its own prices."""
    others = (k for k in range(len(pool.params.tokens)) if k != i)
    return _whole(pool, i) + sum(_whole(pool, k) * float(pool.spot_price(i, k)) for k in others)


def _whole(pool: Pool, k: int) -> float:
    return float(Fraction(pool.state.balances[k], 10 ** pool.params.tokens[k].decimals))


def _grown(move: float) -> float:
    """Return sqrt(1 + move) - 1 without cancellation."""
    return math.expm1(math.log1p(move) / 2.0)
