"""The best trade of several tokens against several others in one transaction, for weighted and constant product pools.

A trade signature says of each token whether it goes in, comes out or stays. For each there is one closed form
(Willetts and Harrington, "Closed-form solutions for generic N-token AMM arbitrage", arXiv 2402.06731). With the
worth r = R P / w of a token and a level u, what comes out ends at r = u and what goes in at r = g u, where
g = keep * proceeds; the invariant sets u:

    ln u = (sum of w ln r - ln g * sum of w of those in) / sum of w, over those that go in or come out

and it is a trade if r > u for all that come out and r < g u for all that go in. So those in are the lowest by
worth and those out the highest, and of 3^n signatures n (n - 1) / 2 are left to try.

The pool has no such operation. It is made as swaps of pairs, one after the other in one transaction (a batch swap
of the vault), which fill the same net amounts: without fees the invariant does not see the order. Adding and removing
liquidity instead would pay the fee twice, once on each side. Fees stay in the pool after each swap, so later
swaps pay a little less than the closed form says: what is booked is what the pool pays, all of it or nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba.extending import overload, register_jitable

from poolwright.simulate.kernels.amounts import as_float, minus, parts, plus, read, write
from poolwright.simulate.kernels.closed_form import WEIGHTED_GROWTH
from poolwright.simulate.kernels.exchange import Deal, offer
from poolwright.simulate.kernels.kinds import Stable, Weighted
from poolwright.simulate.kernels.tables import ARBITRAGEUR, MAX_LEGS, Ledger, Legs, Scene
from poolwright.simulate.typing import Floats


def find_basket(
    kind: Any, reserves: Floats, prices: Floats, keep: float, proceeds: float, legs: Legs
) -> tuple[int, float]:
    """Fill `legs` with the swaps of the best basket; return how many, and the profit of the closed form."""
    raise NotImplementedError("compiled code only")


@overload(find_basket, strict=False)  # type: ignore[untyped-decorator]
def compiled_find_basket(kind: Any, reserves: Any, prices: Any, keep: Any, proceeds: Any, legs: Any) -> Any:
    if kind.instance_class is Stable:
        # Refused before the run: there is no closed form.
        return lambda kind, reserves, prices, keep, proceeds, legs: (0, 0.0)
    most = WEIGHTED_GROWTH if kind.instance_class is Weighted else math.inf

    def weighted(
        kind: Any, reserves: Any, prices: Any, keep: Any, proceeds: Any, legs: Any
    ) -> tuple[int, float]:
        level, ins, outs, order, profit = best_signature(reserves, kind.weights, prices, keep, proceeds)
        if ins == 0:
            return 0, 0.0
        worth = reserves * prices / kind.weights
        count = lay_legs(
            reserves, kind.weights, worth, (keep, proceeds, level, most), (ins, outs), order, legs
        )
        return count, profit

    return weighted


@register_jitable  # type: ignore[untyped-decorator]
def best_signature(
    reserves: Floats, weights: Floats, prices: Floats, keep: float, proceeds: float
) -> tuple[float, int, int, Any, float]:
    """Return (u, how many go in, how many come out, tokens by rising worth, profit); none in if nothing pays."""
    worth = reserves * prices / weights
    order, n = np.argsort(worth), len(worth)
    g = keep * proceeds
    best_level, best_ins, best_outs, best_profit = 0.0, 0, 0, 0.0
    if g * worth[order[n - 1]] <= worth[order[0]]:
        return best_level, best_ins, best_outs, order, best_profit
    for ins in range(1, n):
        for outs in range(1, n - ins + 1):
            part, level, inside = 0.0, 0.0, 0.0
            for at in range(n):
                k = order[at]
                if at < ins or at >= n - outs:
                    part += weights[k]
                    level += weights[k] * math.log(worth[k])
                    inside += weights[k] if at < ins else 0.0
            u = math.exp((level - math.log(g) * inside) / part)
            if worth[order[ins - 1]] >= g * u or worth[order[n - outs]] <= u:
                continue
            profit = 0.0
            for at in range(ins):
                profit -= weights[order[at]] * (g * u - worth[order[at]]) / keep
            for at in range(n - outs, n):
                profit += weights[order[at]] * (worth[order[at]] - u) * proceeds
            if profit > best_profit:
                best_level, best_ins, best_outs, best_profit = u, ins, outs, profit
    return best_level, best_ins, best_outs, order, best_profit


@register_jitable  # type: ignore[untyped-decorator]
def lay_legs(
    reserves: Floats, weights: Floats, worth: Floats, terms: Any, counts: Any, order: Any, legs: Legs
) -> int:
    """Split a basket into swaps of pairs; return how many.

    In logarithms of the invariant, token in i brings w_i ln(g u / r_i), token out o takes w_o ln(r_o / u), and
    both sums are the same. A swap moves as much as both still have to, within the limits of one swap; a basket
    of more than MAX_LEGS swaps (prices apart by dozens of doublings) goes on in the next row.
    """
    (keep, proceeds, level, most), (ins, outs) = terms, counts
    g, n = keep * proceeds, len(order)
    net = reserves.copy()
    i, o, count = 0, n - outs, 0
    left_in, left_out = 0.0, 0.0
    while count < MAX_LEGS:
        if left_in <= 0.0:
            if i == ins:
                break
            left_in = weights[order[i]] * math.log(g * level / worth[order[i]])
            i += 1
        if left_out <= 0.0:
            if o == n:
                break
            left_out = weights[order[o]] * math.log(worth[order[o]] / level)
            o += 1
        token_in, token_out = order[i - 1], order[o - 1]
        moved = min(left_in, left_out, most * weights[token_in], most * weights[token_out])
        amount = net[token_in] * math.expm1(moved / weights[token_in])
        net[token_in] += amount
        net[token_out] *= math.exp(-moved / weights[token_out])
        # What rounding leaves of a token is not a swap.
        left_in = left_in - moved if left_in - moved > 1e-15 else 0.0
        left_out = left_out - moved if left_out - moved > 1e-15 else 0.0
        legs.tokens[count, 0], legs.tokens[count, 1] = token_in, token_out
        legs.amounts[count] = amount / keep
        count += 1
    return count


@register_jitable  # type: ignore[untyped-decorator]
def basket_pays(scene: Scene, ledger: Ledger, row: int, count: int, seen: Floats, gas: float) -> bool:
    """Tell whether the pool takes all swaps of the basket, one after the other, and pays more than they cost."""
    legs = scene.arbitrageur.legs
    for k in range(len(ledger.reserves)):
        write(legs.balances, k, read(ledger.balances, k))
    profit = -gas
    for at in range(count):
        i, o = legs.tokens[at, 0], legs.tokens[at, 1]
        deal = Deal(row, ARBITRAGEUR, i, o, legs.amounts[at], 0.0, 0.0)
        accepted, amount, out, fee = offer(scene.kind, legs.balances, deal, scene.terms.swap_fees[i, o])
        if not accepted:
            return False
        protocol, creator = parts(fee, scene.terms.shares, scene.terms.quanta, i)
        away = fee if scene.terms.outside else plus(protocol, creator)
        write(legs.balances, i, plus(read(legs.balances, i), minus(amount, away)))
        write(legs.balances, o, minus(read(legs.balances, o), out))
        profit += as_float(out) * seen[o] * scene.arbitrageur.proceeds - as_float(amount) * seen[i]
    return profit > 0.0
