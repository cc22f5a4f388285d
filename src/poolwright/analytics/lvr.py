"""Loss versus rebalancing (LVR): what prices that move cost a pool without fees, as a rate.

Rates are fractions of the pool's value per unit of time, the unit in which volatility or covariance is given
(per year: 0.6 for 60 %). Prices follow a geometric Brownian motion and arbitrage is immediate and free.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def lvr_rate_two_assets(weight: npt.ArrayLike, volatility: npt.ArrayLike) -> Floats:
    """Return w (1 - w) sigma^2 / 2 of a weighted pool of an asset and cash; sigma^2 / 8 at 50/50.

    `weight`: of the asset, 0 to 1. `volatility`: of its price in cash. Arrays broadcast. Source: Milionis,
    Moallemi, Roughgarden, Zhang, "Automated Market Making and Loss-Versus-Rebalancing", arXiv 2208.06046.

    >>> round(1e4 * float(lvr_rate_two_assets(0.5, 0.05)), 6)  # basis points a day at 5 % a day
    3.125
    """
    w, sigma = np.asarray(weight, dtype=np.float64), np.asarray(volatility, dtype=np.float64)
    if np.any(~((w >= 0) & (w <= 1))):
        raise ValueError(f"weight {weight!r}: give a fraction from 0 to 1")
    return np.asarray(w * (1.0 - w) * sigma * sigma / 2.0)


def lvr_rate_of_demand(volatility: npt.ArrayLike, price: npt.ArrayLike, slope: npt.ArrayLike) -> Floats:
    """Return sigma^2 P^2 |x'(P)| / 2 of any pool of an asset and cash, in cash per unit of time.

    `slope`: x'(P), the change of the pool's balance of the asset with its price P; at most 0. Not divided
    by the value. Source: as `lvr_rate_two_assets`.
    """
    sigma, p, x = (np.asarray(each, dtype=np.float64) for each in (volatility, price, slope))
    return np.asarray(sigma * sigma * p * p * np.abs(x) / 2.0)


def lvr_rate(weights: npt.ArrayLike, covariance: npt.ArrayLike) -> Floats:
    """Return (sum w_i C_ii - w C w) / 2 of a weighted pool of any number of assets.

    `weights`: [n], summing to 1. `covariance`: [..., n, n] of log returns in one numeraire, any: the rate is
    the same in each. Source: Evans, "Liquidity Provider Returns in Geometric Mean Markets", arXiv 2006.08806;
    it is the excess growth rate of the portfolio with constant weights.

    >>> round(float(lvr_rate([0.5, 0.3, 0.2], np.diag([0.36, 0.64, 0.0]))), 4)
    0.1122
    """
    w, c = np.asarray(weights, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if w.ndim != 1 or c.shape[-2:] != (len(w), len(w)):
        raise ValueError(f"covariance of shape {c.shape} does not fit weights of shape {w.shape}")
    if np.any(~(w >= 0)) or abs(float(np.sum(w)) - 1.0) > 1e-9:
        raise ValueError(f"weights {w.tolist()}: give fractions of 0 or more that sum to 1")
    own = np.einsum("i,...ii->...", w, c)
    together = np.einsum("i,...ij,j->...", w, c, w)
    return np.asarray((own - together) / 2.0)
