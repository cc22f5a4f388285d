"""The best trade of an arbitrageur against one weighted pool, in float64: which pair, and how much in.

Only the choice is made in floats; what a trade pays is the ledger's word, and a trade happens only if it pays.
Amounts are raw units, prices are numeraire per raw unit; `keeps` is 1 - fee by token in and out, `proceeds` the
part of the amount out that is left when it is sold. Written for numba and for Python.
"""

from __future__ import annotations

import math

from poolwright.simulate.kernels.inline import inlined
from poolwright.simulate.typing import Floats

# Relative distance kept from the limits of a swap, so that no rounding of floats passes them.
MARGIN = 1e-12
# Largest growth of the balance in, and largest part of the balance out, of one weighted swap.
WEIGHTED_GROWTH = math.log(2.0) - MARGIN


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
            grown, shrunk = weighted_move((gain - cost) / cost, weights[i] / weights[o], bounded)
            amount = reserves[i] * grown / keep
            profit = reserves[o] * shrunk * price - amount * prices[i]
            if profit > best_profit:
                best_in, best_out, best_amount, best_profit = i, o, amount, profit
    return best_in, best_out, best_amount, best_profit


@inlined
def weighted_move(advantage: float, ratio: float, bounded: bool) -> tuple[float, float]:
    """Return x - 1 and 1 - x^(-ratio) for x = (1 + advantage)^(1 / (1 + ratio)); at equal weights by a root."""
    if ratio == 1.0:
        grown = advantage / (math.sqrt(1.0 + advantage) + 1.0)
        if bounded:
            grown = min(grown, 1.0 - 2.0 * MARGIN)
        return grown, grown / (1.0 + grown)
    growth = math.log1p(advantage) / (1.0 + ratio)
    if bounded:
        growth = min(growth, WEIGHTED_GROWTH, WEIGHTED_GROWTH / ratio)
    return math.expm1(growth), -math.expm1(-growth * ratio)


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
    ratio: float = weights[i] / weights[o]
    if ratio == 1.0:
        return float(reserves[o] * net / (reserves[i] + net))
    return float(-reserves[o] * math.expm1(-ratio * math.log1p(net / reserves[i])))


@inlined
def weighted_part(
    reserves: Floats,
    rival: Floats,
    weights: Floats,
    keeps: tuple[float, float],
    pair: tuple[int, int],
    amount: float,
) -> float:
    """Return the part of an order that this pool gets beside a `rival` of the same weights, fees in.

    After m in, the pool pays (a / (R_i + k m))^(1 + r) at the margin, a = (k r R_o R_i^r)^(1 / (1 + r)), r = w_i / w_o;
    the rival after the rest alike, with b and Q. Equal where a (Q_i + l (amount - m)) = b (R_i + k m).
    """
    (keep, rival_keep), (i, o) = keeps, pair
    ratio: float = weights[i] / weights[o]
    a = weighted_depth(reserves[i], reserves[o], ratio, keep)
    b = weighted_depth(rival[i], rival[o], ratio, rival_keep)
    part = (a * (rival[i] + rival_keep * amount) - b * reserves[i]) / (b * keep + a * rival_keep)
    return float(min(max(part, 0.0), amount))


@inlined
def weighted_depth(balance_in: float, balance_out: float, ratio: float, keep: float) -> float:
    """Return (keep r R_o R_i^r)^(1 / (1 + r)), without the largest powers."""
    if ratio == 1.0:
        return math.sqrt(keep * balance_out) * math.sqrt(balance_in)
    return float(balance_in * (keep * ratio * balance_out / balance_in) ** (1.0 / (1.0 + ratio)))
