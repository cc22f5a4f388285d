"""The best trade of an arbitrageur against one stable pool, in float64; see `closed_form` for units and names.

With the other balances fixed and D the invariant, the balances x in and y out of a pair lie on
x y (x + y + c) = s, c = S' + D / Ann - D, S' the sum of the others; the pool's marginal price there is

    p = -dy/dx = (1 + k / x) / (1 + k / y),   k = x + y + c = s / (x y).

Seen from all tokens at once k is K / Ann, K = D^(n+1) / (n^n prod x), whatever the pair.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from numba.extending import overload, register_jitable

from poolwright.model.float_maths import stable_invariant
from poolwright.model.words import item, with_item
from poolwright.simulate.kernels.amounts import load_all
from poolwright.simulate.kernels.inline import INLINE, inlined
from poolwright.simulate.typing import Flags, Floats
from poolwright.spec.bounds import AMPLIFICATION_PRECISION


class Curve(NamedTuple):
    """`factors`: value in the pool's unit per raw unit. `ann`: A n. `tokens`: 0, 1, ..., their number in its type."""

    tokens: tuple[int, ...]
    factors: Floats
    ann: float


# A stable pool refuses balances below the 2**16th part of the sum; one bit of that is kept as margin.
IMBALANCE = 2.0**-15
# The search ends at a step of this part of the balance: above the noise of p over its slope at A = 10,000.
SETTLED = 1e-11
# Newton's method needs about five; a bracket that is halved each time, as at a limit, about forty.
MOST_STEPS = 100


@register_jitable  # type: ignore[untyped-decorator]
def stable_slope(reserves: Floats, curve: Curve, i: int, o: int, net: float) -> float:
    """Return d out / d net in raw units after a net amount in."""
    factors, ann = curve.factors, curve.ann
    d = stable_d(reserves, curve)
    total, scale = stable_rest(reserves, curve, d, i, o)
    x = (reserves[i] + net) * factors[i]
    y = stable_other(x, total, scale, d, ann)
    return float(stable_marginal(x, y, scale) * factors[i] / factors[o])


@register_jitable  # type: ignore[untyped-decorator]
def stable_part(
    pools: tuple[Floats, Floats],
    curve: Curve,
    keeps: tuple[float, float],
    pair: tuple[int, int],
    amount: float,
) -> float:
    """Return the part of an order that the first of two pools gets, so that both pay alike at the margin, fees in."""
    (reserves, rival), (keep, rival_keep), (i, o) = pools, keeps, pair
    ann, scaled = curve.ann, curve.factors[i]
    d, rival_d = stable_d(reserves, curve), stable_d(rival, curve)
    total, scale = stable_rest(reserves, curve, d, i, o)
    rival_total, rival_scale = stable_rest(rival, curve, rival_d, i, o)
    low, high, part = 0.0, amount, 0.0
    for step in range(MOST_STEPS):
        x, rival_x = reserves[i] + keep * part, rival[i] + rival_keep * (amount - part)
        _, here, falls = stable_margin(x * scaled, total, scale, d, ann)
        _, there, rises = stable_margin(rival_x * scaled, rival_total, rival_scale, rival_d, ann)
        # Falls as the part grows. Newton's method finds where it is 0, within a bracket as in `stable_search`.
        excess = math.log(keep * here / (rival_keep * there))
        if excess > 0.0:
            low = part
        else:
            high = part
        if low == high:  # an end: one pool gets all
            break
        following = part - excess / ((keep * falls + rival_keep * rises) * scaled)
        if step == 0:  # both ends first
            following = amount
        elif not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - part) <= SETTLED * x:
            return float(following)
        part = following
    return low


@register_jitable  # type: ignore[untyped-decorator]
def stable_out(reserves: Floats, curve: Curve, i: int, o: int, net: float) -> float:
    """Return the amount out of a net amount in, in raw units."""
    factors, ann = curve.factors, curve.ann
    d = stable_d(reserves, curve)
    total, scale = stable_rest(reserves, curve, d, i, o)
    left = stable_other((reserves[i] + net) * factors[i], total, scale, d, ann)
    return float(reserves[o] - left / factors[o])


@inlined
def stable_trade(
    reserves: Floats,
    curve: Curve,
    memory: Floats,
    frozen: Flags,
    prices: Floats,
    keeps: Floats,
    proceeds: float,
) -> tuple[int, int, float, float]:
    """Return (token in, token out, amount in, profit) of the most profitable pair; amount 0 if none pays.

    `memory`: see `remember`; `frozen` tokens stay. The trade ends where
    keep p = (P_i / f_i) / (P_o proceeds / f_o). With u = (1 + k / x) f / P of each token, a pair pays if
    keep proceeds u_i > u_o.
    """
    n = len(reserves)
    remember(reserves, curve, memory)
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
            if (
                i == o
                or keep * memory[n + 1 + i] * price <= memory[n + 1 + o] * prices[i]
                or frozen[i]
                or frozen[o]
            ):
                continue
            amount, out = stable_pair(reserves, curve, memory[n], (i, o), prices[i] / (price * keep))
            profit = out * price - amount / keep * prices[i]
            if profit > best_profit:
                best_in, best_out, best_amount, best_profit = i, o, amount / keep, profit
    return best_in, best_out, best_amount, best_profit


@register_jitable  # type: ignore[untyped-decorator]
def stable_pair(
    reserves: Floats, curve: Curve, d: float, pair: tuple[int, int], least: float
) -> tuple[float, float]:
    """Return the net amount in at which the pool pays `least` raw units out per unit in, and the amount out."""
    factors, ann, (i, o) = curve.factors, curve.ann, pair
    total, scale = stable_rest(reserves, curve, d, i, o)
    x = reserves[i] * factors[i]
    grown = stable_search(x, total, scale, d, ann, least * factors[o] / factors[i])
    left = stable_other(grown, total, scale, d, ann)
    return (grown - x) / factors[i], reserves[o] - left / factors[o]


@register_jitable  # type: ignore[untyped-decorator]
def remember(reserves: Floats, curve: Curve, memory: Floats) -> None:
    """Bring `memory` up to these reserves: themselves [n], D, and (1 + k / x) f of each token [n].

    They change with a trade only, so most rows find them as they were.
    """
    factors, n = curve.factors, len(reserves)
    same = True
    for k in range(n):
        same = same and memory[k] == reserves[k]
        memory[k] = reserves[k]
    if same:
        return
    d = stable_d(reserves, curve)
    excess = d / curve.ann
    for k in range(n):
        excess *= d / (n * reserves[k] * factors[k])
    memory[n] = d
    for k in range(n):
        memory[n + 1 + k] = factors[k] + excess / reserves[k]


@register_jitable  # type: ignore[untyped-decorator]
def stable_rest(reserves: Floats, curve: Curve, d: float, i: int, o: int) -> tuple[float, float]:
    """Return S', the sum of the balances beside i and o, and the constant of the pair's curve, `scale`."""
    n = len(reserves)
    total, scale = 0.0, d / curve.ann
    for k in range(n):
        if k != i and k != o:
            x = reserves[k] * curve.factors[k]
            total += x
            scale *= d / (n * x)
    return total, scale * d * d / (n * n)


@register_jitable  # type: ignore[untyped-decorator]
def stable_search(x: float, total: float, scale: float, d: float, ann: float, target: float) -> float:
    """Return the balance in at which the marginal price has come down to `target`, or the pool's limit.

    Newton's method on p, within a bracket that is halved when a step leaves it.
    """
    low, high, first = x, math.inf, x
    for _ in range(MOST_STEPS):
        y, p, slope = stable_margin(x, total, scale, d, ann)
        if p > target and y > IMBALANCE * (total + x + y):
            low = x
        elif x == first:
            return x
        else:
            high = x
        following = x - (1.0 - target / p) / slope
        if not low < following < high:
            following = 0.5 * (low + high) if high < math.inf else 2.0 * low
        if abs(following - x) <= SETTLED * x:
            return float(following)
        x = following
    return low


@inlined
def stable_margin(x: float, total: float, scale: float, d: float, ann: float) -> tuple[float, float, float]:
    """Return the other balance y, the marginal price p, and p' / p.

    From k = x + y + c follows k' = 1 - p, and so p' / p = (1 - p - k / x) / (x + k) - (1 - p + p k / y) / (y + k).
    """
    y = stable_other(x, total, scale, d, ann)
    k, p = scale / (x * y), stable_marginal(x, y, scale)
    return y, p, (1.0 - p - k / x) / (x + k) - (1.0 - p + p * k / y) / (y + k)


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
def stable_d(reserves: Floats, curve: Curve) -> float:
    """Return D, in the pool's unit."""
    amplification = curve.ann * AMPLIFICATION_PRECISION / len(curve.tokens)
    x, total, least = balances_of(reserves, curve), 0.0, math.inf
    for k in range(len(x)):
        total, least = total + item(x, k), min(least, item(x, k))
    return stable_invariant.invariant_down(x, total, least, total, amplification)


def balances_of(reserves: Floats, curve: Curve) -> tuple[float, ...]:
    """Return the balances in the pool's unit, as many as the type of `curve` says."""
    return tuple(float(reserves[k] * curve.factors[k]) for k in curve.tokens)


@overload(balances_of, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_balances_of(reserves: Any, curve: Any) -> Any:
    def scaled(reserves: Any, curve: Any) -> Any:
        x = load_all(reserves, curve.tokens)
        for k in range(len(x)):
            x = with_item(x, k, item(x, k) * curve.factors[k])
        return x

    return scaled
