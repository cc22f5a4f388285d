"""The best trade of an arbitrageur against one pool, in float64: which pair, and how much in.

Only the choice is made in floats; what a trade pays is the ledger's word, and a trade happens only if it pays.
Amounts are raw units, prices are numeraire per raw unit; `keeps` is 1 - fee by token in and out, `proceeds` the
part of the amount out that is left when it is sold. Written for numba and for Python.
"""

from __future__ import annotations

import math

from numba.extending import register_jitable

from poolwright.simulate.kernels.inline import inlined
from poolwright.simulate.typing import Floats

# Relative distance kept from the limits of a swap, so that no rounding of floats passes them.
MARGIN = 1e-12
# Largest growth of the balance in, and largest part of the balance out, of one weighted swap.
WEIGHTED_GROWTH = math.log(2.0) - MARGIN
# A stable pool refuses balances below the 2**16th part of the sum; one bit of that is kept as margin.
STABLE_IMBALANCE = 2.0**-15
# Bisections in a stable pool: relative error 2**-40 of the amount, of which the profit feels the square.
STABLE_STEPS = 40
STABLE_DOUBLINGS = 128


@inlined
def weighted_trade(
    reserves: Floats, weights: Floats, prices: Floats, keeps: Floats, proceeds: float, bounded: bool
) -> tuple[int, int, float, float]:
    """Return (token in, token out, amount in, profit) of the most profitable pair; amount 0 if none pays.

    With q = keep (R_o / w_o) / (R_i / w_i) and m = P_i / (P_o proceeds), the trade pays if q > m; then the
    balance in grows by x = (q / m)^(w_o / (w_i + w_o)), for keep * in = R_i (x - 1) and out = R_o (1 - x^(-w_i / w_o)).
    `bounded`: keep to the limits of a weighted swap, net in <= R_i and out <= R_o / 2.
    """
    n = len(reserves)
    best_in, best_out, best_amount, best_profit = 0, 0, 0.0, 0.0
    low = high = reserves[0] * prices[0] / weights[0]
    for k in range(1, n):
        worth = reserves[k] * prices[k] / weights[k]
        low, high = min(low, worth), max(high, worth)
    # Most rows end here: not even the two tokens that are furthest apart pay. The margin is for the rounding.
    if keeps[0, 0] * proceeds * high <= low * (1.0 - 1e-15):
        return best_in, best_out, best_amount, best_profit
    for i in range(n):
        for o in range(n):
            if i == o:
                continue
            keep, price = keeps[i, o], prices[o] * proceeds
            # q > m without a division, which most rows would spend in vain.
            gain, cost = keep * (reserves[o] * price) * weights[i], reserves[i] * prices[i] * weights[o]
            if gain <= cost:
                continue
            ratio, advantage = weights[i] / weights[o], gain / cost
            growth = math.log(advantage) / (1.0 + ratio)
            if bounded:
                growth = min(growth, WEIGHTED_GROWTH, WEIGHTED_GROWTH / ratio)
            amount = reserves[i] * math.expm1(growth) / keep
            profit = -reserves[o] * math.expm1(-growth * ratio) * price - amount * prices[i]
            if profit > best_profit:
                best_in, best_out, best_amount, best_profit = i, o, amount, profit
    return best_in, best_out, best_amount, best_profit


@inlined
def weighted_slope(reserves: Floats, weights: Floats, i: int, o: int, net: float) -> float:
    """Return d out / d net after a net amount in: (w_i / w_o) (R_o / R_i) (1 + net / R_i)^(-w_i / w_o - 1)."""
    ratio: float = weights[i] / weights[o]
    first = ratio * reserves[o] / reserves[i]
    grown = 1.0 + net / reserves[i]
    return float(first / (grown * grown) if ratio == 1.0 else first * grown ** (-ratio - 1.0))


@inlined
def weighted_net_at(reserves: Floats, weights: Floats, i: int, o: int, target: float) -> float:
    """Return the net amount in after which `weighted_slope` has come down to `target`; 0 if it is below already."""
    ratio: float = weights[i] / weights[o]
    growth = math.log(ratio * reserves[o] / reserves[i] / target) / (1.0 + ratio)
    return float(reserves[i] * math.expm1(growth)) if growth > 0.0 else 0.0


@inlined
def weighted_out(reserves: Floats, weights: Floats, i: int, o: int, net: float) -> float:
    """Return R_o (1 - (1 + net / R_i)^(-w_i / w_o))."""
    return float(-reserves[o] * math.expm1(-weights[i] / weights[o] * math.log1p(net / reserves[i])))


@register_jitable  # type: ignore[untyped-decorator]
def stable_slope(reserves: Floats, factors: Floats, ann: float, i: int, o: int, net: float) -> float:
    """Return d out / d net in raw units after a net amount in."""
    d = stable_d(reserves, factors, ann)
    total, scale = stable_rest(reserves, factors, d, ann, i, o)
    x = (reserves[i] + net) * factors[i]
    return float(stable_marginal(x, total, scale, d, ann) * factors[i] / factors[o])


@register_jitable  # type: ignore[untyped-decorator]
def stable_net_at(reserves: Floats, factors: Floats, ann: float, i: int, o: int, target: float) -> float:
    """Return the net amount in, raw units, at which `stable_slope` is down to `target`, or the pool's limit."""
    d = stable_d(reserves, factors, ann)
    total, scale = stable_rest(reserves, factors, d, ann, i, o)
    x, scaled = reserves[i] * factors[i], target * factors[o] / factors[i]
    if stable_marginal(x, total, scale, d, ann) <= scaled:
        return 0.0
    return float((stable_search(x, total, scale, d, ann, scaled) - x) / factors[i])


@register_jitable  # type: ignore[untyped-decorator]
def stable_out(reserves: Floats, factors: Floats, ann: float, i: int, o: int, net: float) -> float:
    """Return the amount out of a net amount in, in raw units."""
    d = stable_d(reserves, factors, ann)
    total, scale = stable_rest(reserves, factors, d, ann, i, o)
    left = stable_other((reserves[i] + net) * factors[i], total, scale, d, ann)
    return float(reserves[o] - left / factors[o])


@register_jitable  # type: ignore[untyped-decorator]
def stable_trade(
    reserves: Floats, factors: Floats, ann: float, prices: Floats, keeps: Floats, proceeds: float
) -> tuple[int, int, float, float]:
    """Return (token in, token out, amount in, profit) of the most profitable pair; amount 0 if none pays.

    `factors`: value in the pool's unit per raw unit; `ann`: A n. The trade ends where the pool's marginal price
    meets the market's, keep (Ann + K / x_i) / (Ann + K / x_o) = (P_i / f_i) / (P_o proceeds / f_o),
    found by bisection.
    """
    n = len(reserves)
    d = stable_d(reserves, factors, ann)
    best_in, best_out, best_amount, best_profit = 0, 0, 0.0, 0.0
    for i in range(n):
        for o in range(n):
            if i == o:
                continue
            keep, price = keeps[i, o], prices[o] * proceeds
            target = prices[i] / factors[i] * factors[o] / (price * keep)
            total, scale = stable_rest(reserves, factors, d, ann, i, o)
            x = reserves[i] * factors[i]
            if stable_marginal(x, total, scale, d, ann) <= target:
                continue
            grown = stable_search(x, total, scale, d, ann, target)
            amount = (grown - x) / (factors[i] * keep)
            left = stable_other(grown, total, scale, d, ann)
            profit = (reserves[o] - left / factors[o]) * price - amount * prices[i]
            if profit > best_profit:
                best_in, best_out, best_amount, best_profit = i, o, amount, profit
    return best_in, best_out, best_amount, best_profit


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
    """Return the balance in at which the marginal price has come down to `target`, or the pool's limit."""
    low, step = x, x * 1e-6
    for _ in range(STABLE_DOUBLINGS):
        if not stable_goes_on(low + step, total, scale, d, ann, target):
            break
        low += step
        step *= 2.0
    high = low + step
    for _ in range(STABLE_STEPS):
        middle = 0.5 * (low + high)
        if stable_goes_on(middle, total, scale, d, ann, target):
            low = middle
        else:
            high = middle
    return low


@register_jitable  # type: ignore[untyped-decorator]
def stable_goes_on(x: float, total: float, scale: float, d: float, ann: float, target: float) -> bool:
    """Tell whether a balance in of x is allowed and the pool still pays more than the market there."""
    y = stable_other(x, total, scale, d, ann)
    within: bool = y > STABLE_IMBALANCE * (total + x + y)
    return within and stable_marginal(x, total, scale, d, ann) > target


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


@register_jitable  # type: ignore[untyped-decorator]
def stable_marginal(x: float, total: float, scale: float, d: float, ann: float) -> float:
    """Return -dy/dx = (Ann + K / x) / (Ann + K / y) on the invariant, K = Ann scale / (x y)."""
    y: float = stable_other(x, total, scale, d, ann)
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
