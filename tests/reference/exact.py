"""Slow, obviously right pool mathematics, to hold the fast integers against.

Written from the formulas of the papers and of the design's "Definitions", never from the contracts. Everything is
a real number of 120 digits (mpmath) or an exact fraction: no rounding to raw units happens here, so a caller can ask
on which side of the truth an integer lies and how far from it. Amounts and balances are raw units, weights and fees
WAD fractions, the amplification is A * 1000 with Curve's convention Ann = A * n.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath

WAD = 10**18
WEIGHTED, STABLE, CONSTANT_PRODUCT = "weighted", "stable", "constant_product"
KINDS = (WEIGHTED, STABLE, CONSTANT_PRODUCT)

# A context of its own: nobody else's change of `mpmath.mp.dps` can blur these figures.
# 120 digits: 34 for the largest balance, 34 for the smallest amount beside it, 16 for the distance asserted, 36 spare.
M = mpmath.MPContext()
M.dps = 120
SOLVED = M.mpf(10) ** -105

Real = Any  # an `mpf` of the context M; mpmath carries no types


def real(value: int | Fraction | Real) -> Real:
    """The value as a real number of 120 digits."""
    if isinstance(value, Fraction):
        return M.mpf(value.numerator) / value.denominator
    return M.mpf(value)


class Impossible(ArithmeticError):
    """No real number answers: more is asked for than the pool holds."""


@dataclass(frozen=True)
class State:
    """One pool as mathematics sees it; `factors` turn raw units into a common value and matter to stable pools only."""

    kind: str
    balances: tuple[int, ...]
    shares: int
    fee: int = 0
    weights: tuple[int, ...] = ()
    amplification: int = 0
    factors: tuple[int, ...] = ()

    @property
    def n(self) -> int:
        return len(self.balances)

    @property
    def f(self) -> Fraction:
        return Fraction(self.fee, WAD)

    def weight(self, i: int) -> Fraction:
        """Exponent of asset i in the product: its weight, or 1/n where all assets weigh the same."""
        return Fraction(self.weights[i], WAD) if self.kind == WEIGHTED else Fraction(1, self.n)

    def with_balances(self, balances: Sequence[int]) -> State:
        return replace(self, balances=tuple(balances))


# ---------------------------------------------------------------- invariants, all of degree 1


def invariant(state: State, balances: Sequence[int | Real] | None = None) -> Real:
    """K(b): prod b^w (weighted), geometric mean (constant product), D of StableSwap over b * factor (stable)."""
    held = state.balances if balances is None else balances
    if state.kind == STABLE:
        return stable_invariant(values(state, held), ann(state))
    return M.exp(M.fsum(real(state.weight(i)) * M.log(b) for i, b in enumerate(held)))


def ann(state: State) -> Real:
    """A * n, with the stored precision of 1000 taken off."""
    return M.mpf(state.amplification) * state.n / 1000


def values(state: State, balances: Sequence[int | Real]) -> list[Real]:
    """Balances in the common value of a stable pool."""
    return [M.mpf(b) * f for b, f in zip(balances, state.factors, strict=True)]


def stable_residual(xs: Sequence[Real], a: Real, d: Real) -> Real:
    """Left minus right side of a*S + D = a*D + D^(n+1) / (n^n prod x), over D; zero at the invariant, falling in D."""
    return a * M.fsum(xs) / d + 1 - a - product_term(xs, d)


def product_term(xs: Sequence[Real], d: Real) -> Real:
    """D^n / (n^n prod x): 1 when all values are equal, larger the more they differ."""
    n = len(xs)
    return M.fprod(d / (n * x) for x in xs)


def stable_invariant(xs: Sequence[Real], a: Real) -> Real:
    """D by Newton's rule on g(D) = (a-1)*D + D^(n+1)/(n^n prod x) - a*S, which is convex right of its root."""
    n, total = len(xs), M.fsum(xs)
    d = total  # D <= S by the inequality of means, so Newton's rule falls monotonically from here
    for _ in range(400):
        p = product_term(xs, d)
        step = ((a - 1) * d + p * d - a * total) / ((a - 1) + (n + 1) * p)
        d -= step
        if abs(step) < SOLVED * d:
            assert abs(stable_residual(xs, a, d)) <= SOLVED * 1000 * (a + 1 + p)
            return d
    raise ArithmeticError("D not found")


def stable_value_given_invariant(xs: Sequence[Real], i: int, a: Real, d: Real) -> Real:
    """The positive x_i that gives the invariant d beside the other values: root of a*y^2 + b*y = c."""
    n = len(xs)
    others = [x for j, x in enumerate(xs) if j != i]
    c = d * d / n * M.fprod(d / (n * x) for x in others)
    b = a * M.fsum(others) + d - a * d
    root = M.sqrt(b * b + 4 * a * c)
    return 2 * c / (b + root) if b > 0 else (root - b) / (2 * a)


def invariant_ratio(state: State, after: Sequence[int | Real]) -> Real:
    """K(after) / K(before)."""
    return invariant(state, after) / invariant(state)


def single_ratio(state: State, i: int, u: Real) -> Real:
    """rho_i(u): what K is multiplied by when balance i is multiplied by u."""
    if state.kind != STABLE:
        return M.power(u, real(state.weight(i)))
    return invariant_ratio(state, [M.mpf(b) * u if j == i else b for j, b in enumerate(state.balances)])


def balance_ratio(state: State, i: int, ratio: Real) -> Real:
    """Inverse of rho_i: what balance i must be multiplied by so that K is multiplied by `ratio`."""
    if state.kind != STABLE:
        return M.power(ratio, 1 / real(state.weight(i)))
    xs = values(state, state.balances)
    return stable_value_given_invariant(xs, i, ann(state), invariant(state) * ratio) / xs[i]


# ---------------------------------------------------------------- swaps


def out_given_net_in(state: State, i: int, o: int, net: Fraction) -> Real:
    """Amount out for an amount in from which the fee is already gone."""
    bi, bo = state.balances[i], state.balances[o]
    if state.kind == CONSTANT_PRODUCT:
        return real(bo * net / (bi + net))
    if state.kind == WEIGHTED:
        exponent = real(state.weight(i) / state.weight(o))
        return -bo * M.expm1(-exponent * M.log1p(real(net / bi)))
    xs = values(state, state.balances)
    d = stable_invariant(xs, ann(state))
    xs[i] += real(net) * state.factors[i]
    return (xs[o] - stable_value_given_invariant(xs, o, ann(state), d)) / state.factors[o]


def net_in_given_out(state: State, i: int, o: int, amount_out: int) -> Real:
    """Amount in, before the fee is put on top, that buys `amount_out`."""
    if amount_out >= state.balances[o]:
        raise Impossible("out of all the pool holds")
    bi, bo = state.balances[i], state.balances[o]
    if state.kind == CONSTANT_PRODUCT:
        return real(Fraction(bi * amount_out, bo - amount_out))
    if state.kind == WEIGHTED:
        exponent = real(state.weight(o) / state.weight(i))
        return bi * M.expm1(exponent * M.log1p(real(Fraction(amount_out, bo - amount_out))))
    xs = values(state, state.balances)
    d = stable_invariant(xs, ann(state))
    xs[o] -= M.mpf(amount_out) * state.factors[o]
    return (stable_value_given_invariant(xs, i, ann(state), d) - xs[i]) / state.factors[i]


def swap_out(state: State, i: int, o: int, amount_in: int) -> Real:
    """Exact in: the fee is taken off the amount in, unrounded."""
    return out_given_net_in(state, i, o, amount_in * (1 - state.f))


def swap_in(state: State, i: int, o: int, amount_out: int) -> Real:
    """Exact out: the amount in that leaves enough after the fee."""
    return net_in_given_out(state, i, o, amount_out) / real(1 - state.f)


def spot_price(state: State, i: int, o: int) -> Real:
    """Units of o (raw) per unit of i (raw) for an infinitely small trade, no fee: (dK/db_i) / (dK/db_o)."""
    bi, bo = state.balances[i], state.balances[o]
    if state.kind != STABLE:
        return real(state.weight(i) / state.weight(o) * Fraction(bo, bi))
    xs = values(state, state.balances)
    a, d = ann(state), stable_invariant(xs, ann(state))
    t = product_term(xs, d) * d
    return (a + t / xs[i]) / (a + t / xs[o]) * state.factors[i] / state.factors[o]


# ---------------------------------------------------------------- liquidity


def proportional_in(state: State, shares: int) -> list[Fraction]:
    """What each asset must add for `shares` new shares."""
    return [Fraction(b * shares, state.shares) for b in state.balances]


def unbalanced_net(state: State, amounts: Sequence[int]) -> list[Real]:
    """Amounts less the fee, which falls only on what exceeds the growth of the invariant without a fee."""
    r0 = invariant_ratio(state, [b + a for b, a in zip(state.balances, amounts, strict=True)])
    f = real(state.f)
    return [a - f * max(M.zero, a - b * (r0 - 1)) for b, a in zip(state.balances, amounts, strict=True)]


def shares_for_amounts(state: State, amounts: Sequence[int]) -> Real:
    """Unbalanced add: shares in proportion to the growth of the invariant by the net amounts."""
    net = unbalanced_net(state, amounts)
    return state.shares * (
        invariant_ratio(state, [b + a for b, a in zip(state.balances, net, strict=True)]) - 1
    )


def shares_for_single_in(state: State, i: int, amount: int) -> Real:
    """Single asset add, exact amount in: the unbalanced add of one amount."""
    return shares_for_amounts(state, [amount if j == i else 0 for j in range(state.n)])


def fee_curve(state: State, i: int, u: Real) -> Real:
    """phi_i(u) = (1-f)*u + f*rho_i(u): a single balance times u counts as this much once the fee is off."""
    return real(1 - state.f) * u + real(state.f) * single_ratio(state, i, u)


def single_in_for_shares(state: State, i: int, shares: int) -> Real:
    """Single asset add, exact shares out: b_i * (u - 1) with phi(u) = rho^-1((S + s) / S)."""
    v = balance_ratio(state, i, real(Fraction(state.shares + shares, state.shares)))
    # For u >= 1: rho(u) <= u, hence (1-f)*u <= phi(u) <= u, which brackets the root.
    u = solve_increasing(lambda x: fee_curve(state, i, x), v, v / real(1 - state.f), v)
    return state.balances[i] * (u - 1)


def single_out_for_shares(state: State, i: int, shares: int) -> Real:
    """Single asset remove, exact shares in: b_i * (1 - phi(rho^-1((S - s) / S)))."""
    if shares >= state.shares:
        raise Impossible("more shares than the supply")
    q = balance_ratio(state, i, real(Fraction(state.shares - shares, state.shares)))
    return state.balances[i] * (1 - fee_curve(state, i, q))


def left_before_fee(state: State, i: int, amount: int) -> Real:
    """q with phi(q) = 1 - amount / b_i: the factor on balance i of which the fee then leaves the amount."""
    if amount >= state.balances[i]:
        raise Impossible("out of all the pool holds")
    v = real(Fraction(state.balances[i] - amount, state.balances[i]))
    # For q <= 1: q <= rho(q), hence q <= phi(q) and the root is at most v; below it, halve until phi is under v.
    low = v
    while fee_curve(state, i, low) > v:
        low /= 2
    return solve_increasing(lambda x: fee_curve(state, i, x), low, v, v)


def shares_for_single_out(state: State, i: int, amount: int) -> Real:
    """Single asset remove, exact amount out: S * (1 - rho(q)) with phi(q) = 1 - amount / b_i."""
    return state.shares * (1 - single_ratio(state, i, left_before_fee(state, i, amount)))


def proportional_out(state: State, shares: int) -> list[Fraction]:
    """What each asset pays for `shares` burned."""
    if shares >= state.shares:
        raise Impossible("more shares than the supply")
    return [Fraction(b * shares, state.shares) for b in state.balances]


def solve_increasing(func: Callable[[Real], Real], low: Real, high: Real, target: Real) -> Real:
    """Root of func(x) = target in [low, high] by false position (Illinois), accepted on its residual only."""
    near = SOLVED * target
    f_low, f_high = func(low) - target, func(high) - target
    for x, residual in ((low, f_low), (high, f_high)):
        if abs(residual) <= near:
            return x
    for _ in range(500):
        middle = high - f_high * (high - low) / (f_high - f_low)
        f_middle = func(middle) - target
        if abs(f_middle) <= near:
            return middle
        if (f_middle > 0) == (f_high > 0):
            f_low /= 2  # the Illinois step: pull the end that has not moved
        else:
            low, f_low = high, f_high
        high, f_high = middle, f_middle
    raise ArithmeticError("no root found")
