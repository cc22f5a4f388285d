"""What a pool is worth against holding its first tokens, before fees.

The value of a pool that arbitrage keeps on its invariant, without fees, is a function of the market prices
alone: the least value of any balances on the invariant. Impermanent loss is that value over the value of
holding, less 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from poolwright.analytics.stable_composition import stable_composition
from poolwright.model.float_maths.stable_invariant import invariant_down
from poolwright.spec.bounds import AMPLIFICATION_PRECISION

Floats = npt.NDArray[np.float64]


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


def moving_weights_value(weights: Floats, balances: Floats, prices: Floats) -> Floats:
    """Return the value [r] of a weighted pool without fees whose `weights` [r, k] and market `prices` [r, k] move.

    In each row the weights change, then arbitrage takes the pool to its least value on the new invariant, so that
    ln V_r - ln V_(r-1) = sum w_r ln(w_(r-1) P_r / (w_r P_(r-1))); at fixed prices this is minus KL(w_r || w_(r-1)).
    """
    changes = np.sum(weights[1:] * np.diff(np.log(prices / weights), axis=0), axis=1)
    first = weighted_value(weights[0], balances, prices[0])
    return np.asarray(first * np.exp(np.concatenate([[0.0], np.cumsum(changes)])))


def stable_value(amplification: float, balances: Floats, prices: Floats) -> Floats:
    """Return the least value on the stable invariant through `balances`, at `prices`; see `stable_balances`."""
    return np.asarray(np.sum(stable_balances(amplification, balances, prices) * prices, axis=-1))


def stable_balances(amplification: float, balances: Floats, prices: Floats) -> Floats:
    """Return the balances [..., k] of least value on the stable invariant through `balances`, at `prices` [..., k].

    `amplification`: A in Curve's convention (Ann = A n). `balances` in units of the pool (rates applied) and
    `prices` per such unit.
    """
    return np.asarray(stable_invariant(amplification, balances) * stable_composition(amplification, prices))


def stable_invariant(amplification: float, balances: Floats) -> float:
    """Return D of Ann sum(x) + D = Ann D + D^(n+1) / (n^n prod x), Ann = A n, in the unit of the balances.

    The contract's own iteration in floats, on shares of the sum, which keeps its products in range.
    """
    total = float(np.sum(balances))
    shares = tuple(float(balance) / total for balance in balances)
    return total * invariant_down(shares, 1.0, min(shares), 1.0, amplification * AMPLIFICATION_PRECISION)
