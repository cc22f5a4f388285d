"""What a pool is worth against holding its first tokens, before fees.

The value of a pool that arbitrage keeps on its invariant, without fees, is a function of the market prices
alone: the least value of any balances on the invariant. Impermanent loss is that value over the value of
holding, less 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Bisection steps: the bracket is under 32 wide in the logarithm; 64 halvings leave the last bit.
BISECTIONS = 64


def impermanent_loss(weights: Sequence[float] | Floats, price_ratios: Sequence[float] | Floats) -> Floats:
    """Return prod r_i^w_i / sum w_i r_i - 1 for a weighted pool, at most 0.

    `weights`: [k], summing to 1; equal ones for a constant product. `price_ratios`: [..., k], price over
    first price. Source: Martinelli, "Calculating Value, Impermanent Loss and Slippage for Balancer Pools".

    >>> round(float(impermanent_loss([0.5, 0.5], [4.0, 1.0])), 6)
    -0.2
    """
    w = np.asarray(weights, dtype=np.float64)
    ratios = np.asarray(price_ratios, dtype=np.float64)
    return np.asarray(np.exp(np.log(ratios) @ w) / (ratios @ w) - 1.0)


def weighted_value(weights: Floats, balances: Floats, prices: Floats) -> Floats:
    """Return K prod (P_i / w_i)^w_i, the least value on prod x_i^w_i = K through `balances`, at `prices`."""
    return np.asarray(np.exp(np.log(balances * prices / weights) @ weights))


def stable_value(amplification: float, balances: Floats, prices: Floats) -> Floats:
    """Return the least value on the stable invariant through `balances`, at `prices`; see `stable_balances`."""
    return np.asarray(np.sum(stable_balances(amplification, balances, prices) * prices, axis=-1))


def stable_balances(amplification: float, balances: Floats, prices: Floats) -> Floats:
    """Return the balances [..., k] of least value on the stable invariant through `balances`, at `prices` [..., k].

    `amplification`: A in Curve's convention (Ann = A n). `balances` in units of the pool (rates applied) and
    `prices` per such unit. At the least value the marginal prices are the market's, Ann + K / x_i = u P_i,
    with K = D^(n+1) / (n^n prod x); the invariant then gives K for each u, and u is found by bisection.
    """
    n = len(balances)
    ann = amplification * n
    invariant = stable_invariant(amplification, balances)
    relative = prices / np.min(prices, axis=-1, keepdims=True)

    def solve(log_excess: Floats) -> tuple[Floats, Floats]:
        """Return x / K [..., k] and K / D where u min(P) = Ann (1 + excess)."""
        excess = np.exp(log_excess)[..., None]
        ratios = 1.0 / (ann * (relative - 1.0 + excess * relative))
        return ratios, (1.0 - 1.0 / ann) / (np.sum(ratios, axis=-1) - 1.0 / ann)

    # K / x is at least about 1 for the largest x, so excess >= 1 / Ann; from excess = n on no K is positive.
    low = np.full(relative.shape[:-1], -np.log(100.0 * ann))
    high = np.full(relative.shape[:-1], np.log(2.0 * n))
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        ratios, k = solve(middle)
        with np.errstate(invalid="ignore"):
            # n^n K^(n+1) prod(x / K) / D^(n+1) is 1 on the invariant and rises with u.
            size = n * np.log(n) + (n + 1) * np.log(k) + np.sum(np.log(ratios), axis=-1)
        too_high = ~(size < 0)
        high, low = np.where(too_high, middle, high), np.where(too_high, low, middle)
    ratios, k = solve(0.5 * (low + high))
    return np.asarray(invariant * k[..., None] * ratios)


def stable_invariant(amplification: float, balances: Floats) -> float:
    """Return D of Ann sum(x) + D = Ann D + D^(n+1) / (n^n prod x), Ann = A n, in the unit of the balances."""
    n = len(balances)
    ann = amplification * n
    total = float(np.sum(balances))
    d = total
    for _ in range(255):
        product = d
        for balance in balances:
            product *= d / (n * float(balance))
        step = (ann * total + n * product) * d / ((ann - 1.0) * d + (n + 1) * product)
        if abs(step - d) <= 1e-15 * d:
            return step
        d = step
    return d
