"""The best trade of an arbitrageur against one stable pool, in float64; see `closed_form` for units and names.

With the other balances fixed and D the invariant, the balances x in and y out of a pair lie on
x y (x + y + c) = s, c = S' + D / Ann - D, S' the sum of the others; the pool's marginal price there is

    p = -dy/dx = (1 + k / x) / (1 + k / y),   k = x + y + c = s / (x y).

Seen from all tokens at once k is K / Ann, K = D^(n+1) / (n^n prod x), whatever the pair.
"""

from __future__ import annotations

import math

from numba.extending import register_jitable

from poolwright.simulate.kernels.inline import inlined
from poolwright.simulate.typing import Floats

# A stable pool refuses balances below the 2**16th part of the sum; one bit of that is kept as margin.
IMBALANCE = 2.0**-15
# The search ends at a step of this part of the balance: above the noise of p over its slope at A = 10,000.
SETTLED = 1e-11
# Newton's method needs about five; a bracket that is halved each time, as at a limit, about forty.
MOST_STEPS = 100
# Halvings of the part of an order that goes to a pool: 2**-40 of the order.
HALVINGS = 40


@register_jitable  # type: ignore[untyped-decorator]
def stable_slope(reserves: Floats, factors: Floats, ann: float, i: int, o: int, net: float) -> float:
    """Return d out / d net in raw units after a net amount in."""
    d = stable_d(reserves, factors, ann)
    total, scale = stable_rest(reserves, factors, d, ann, i, o)
    x = (reserves[i] + net) * factors[i]
    y = stable_other(x, total, scale, d, ann)
    return float(stable_marginal(x, y, scale) * factors[i] / factors[o])


@register_jitable  # type: ignore[untyped-decorator]
def stable_part(
    pools: tuple[Floats, Floats],
    factors: Floats,
    ann: float,
    keeps: tuple[float, float],
    pair: tuple[int, int],
    amount: float,
) -> float:
    """Return the part of an order that the first of two pools gets, so that both pay alike at the margin, fees in."""
    (reserves, rival), (keep, rival_keep), (i, o) = pools, keeps, pair
    low, high = 0.0, amount
    for halving in range(-2, HALVINGS):
        # First the ends, where one pool gets all.
        middle = low if halving == -2 else high if halving == -1 else 0.5 * (low + high)
        here = keep * stable_slope(reserves, factors, ann, i, o, keep * middle)
        there = rival_keep * stable_slope(rival, factors, ann, i, o, rival_keep * (amount - middle))
        if here > there:
            low = middle
        else:
            high = middle
        if low == high:
            break
    return low


@register_jitable  # type: ignore[untyped-decorator]
def stable_out(reserves: Floats, factors: Floats, ann: float, i: int, o: int, net: float) -> float:
    """Return the amount out of a net amount in, in raw units."""
    d = stable_d(reserves, factors, ann)
    total, scale = stable_rest(reserves, factors, d, ann, i, o)
    left = stable_other((reserves[i] + net) * factors[i], total, scale, d, ann)
    return float(reserves[o] - left / factors[o])


@inlined
def stable_trade(
    reserves: Floats,
    factors: Floats,
    ann: float,
    memory: Floats,
    prices: Floats,
    keeps: Floats,
    proceeds: float,
) -> tuple[int, int, float, float]:
    """Return (token in, token out, amount in, profit) of the most profitable pair; amount 0 if none pays.

    `factors`: value in the pool's unit per raw unit; `ann`: A n; `memory`: see `remember`. The trade ends where
    keep p = (P_i / f_i) / (P_o proceeds / f_o). With u = (1 + k / x) f / P of each token, a pair pays if
    keep proceeds u_i > u_o.
    """
    n = len(reserves)
    remember(reserves, factors, ann, memory)
    best_in, best_out, best_amount, best_profit = 0, 0, 0.0, 0.0
    low = high = memory[n + 1] / prices[0]
    for k in range(1, n):
        worth = memory[n + 1 + k] / prices[k]
        low, high = min(low, worth), max(high, worth)
    # Most rows end here: not even the two tokens that are furthest apart pay. The margin is for the rounding.
    if keeps[0, 0] * proceeds * high <= low * (1.0 - 1e-15):
        return best_in, best_out, best_amount, best_profit
    for i in range(n):
        for o in range(n):
            keep, price = keeps[i, o], prices[o] * proceeds
            if i == o or keep * memory[n + 1 + i] * price <= memory[n + 1 + o] * prices[i]:
                continue
            amount, out = stable_pair(reserves, factors, ann, memory[n], (i, o), prices[i] / (price * keep))
            profit = out * price - amount / keep * prices[i]
            if profit > best_profit:
                best_in, best_out, best_amount, best_profit = i, o, amount / keep, profit
    return best_in, best_out, best_amount, best_profit


@register_jitable  # type: ignore[untyped-decorator]
def stable_pair(
    reserves: Floats, factors: Floats, ann: float, d: float, pair: tuple[int, int], least: float
) -> tuple[float, float]:
    """Return the net amount in at which the pool pays `least` raw units out per unit in, and the amount out."""
    i, o = pair
    total, scale = stable_rest(reserves, factors, d, ann, i, o)
    x = reserves[i] * factors[i]
    grown = stable_search(x, total, scale, d, ann, least * factors[o] / factors[i])
    left = stable_other(grown, total, scale, d, ann)
    return (grown - x) / factors[i], reserves[o] - left / factors[o]


@register_jitable  # type: ignore[untyped-decorator]
def remember(reserves: Floats, factors: Floats, ann: float, memory: Floats) -> None:
    """Bring `memory` up to these reserves: themselves [n], D, and (1 + k / x) f of each token [n].

    They change with a trade only, so most rows find them as they were. The last D is a good first guess.
    """
    n = len(reserves)
    same = True
    for k in range(n):
        same = same and memory[k] == reserves[k]
        memory[k] = reserves[k]
    if same:
        return
    d = stable_d(reserves, factors, ann)
    excess = d / ann
    for k in range(n):
        excess *= d / (n * reserves[k] * factors[k])
    memory[n] = d
    for k in range(n):
        memory[n + 1 + k] = factors[k] + excess / reserves[k]


@register_jitable  # type: ignore[untyped-decorator]
def stable_rest(
    reserves: Floats, factors: Floats, d: float, ann: float, i: int, o: int
) -> tuple[float, float]:
    """Return S', the sum of the balances beside i and o, and the constant of the pair's curve, `scale`."""
    n = len(reserves)
    total, scale = 0.0, d / ann
    for k in range(n):
        if k != i and k != o:
            x = reserves[k] * factors[k]
            total += x
            scale *= d / (n * x)
    return total, scale * d * d / (n * n)


@register_jitable  # type: ignore[untyped-decorator]
def stable_search(x: float, total: float, scale: float, d: float, ann: float, target: float) -> float:
    """Return the balance in at which the marginal price has come down to `target`, or the pool's limit.

    Newton's method on p, within a bracket that is halved when a step leaves it. From k = x + y + c follows
    k' = 1 - p, and so p' / p = (1 - p - k / x) / (x + k) - (1 - p + p k / y) / (y + k).
    """
    low, high, first = x, math.inf, x
    for _ in range(MOST_STEPS):
        y = stable_other(x, total, scale, d, ann)
        k, p = scale / (x * y), stable_marginal(x, y, scale)
        if p > target and y > IMBALANCE * (total + x + y):
            low = x
        elif x == first:
            return x
        else:
            high = x
        slope = (1.0 - p - k / x) / (x + k) - (1.0 - p + p * k / y) / (y + k)
        following = x - (1.0 - target / p) / slope
        if not low < following < high:
            following = 0.5 * (low + high) if high < math.inf else 2.0 * low
        if abs(following - x) <= SETTLED * x:
            return float(following)
        x = following
    return low


@register_jitable  # type: ignore[untyped-decorator]
def stable_other(x: float, total: float, scale: float, d: float, ann: float) -> float:
    """Return the other balance y >= 0 of y^2 + (S' + x + D / Ann - D) y = scale / x."""
    linear = total + x + d / ann - d
    constant = scale / x
    root = math.sqrt(linear * linear + 4.0 * constant)
    # Of the two forms of the root, the one that does not cancel.
    if linear > 0.0:
        return 2.0 * constant / (linear + root)
    return 0.5 * (root - linear)


@inlined
def stable_marginal(x: float, y: float, scale: float) -> float:
    """Return p = (1 + k / x) / (1 + k / y), k = s / (x y)."""
    k = scale / (x * y)
    return (1.0 + k / x) / (1.0 + k / y)


@register_jitable  # type: ignore[untyped-decorator]
def stable_d(reserves: Floats, factors: Floats, ann: float) -> float:
    """Return D of Ann sum(x) + D = Ann D + D^(n+1) / (n^n prod x)."""
    n = len(reserves)
    total = 0.0
    for k in range(n):
        total += reserves[k] * factors[k]
    d = total
    for _ in range(255):
        product = d
        for k in range(n):
            product *= d / (n * reserves[k] * factors[k])
        last = d
        d = (ann * total + n * product) * d / ((ann - 1.0) * d + (n + 1) * product)
        if abs(d - last) <= 1e-15 * d:
            break
    return d
