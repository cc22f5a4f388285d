"""The most that any basket of trades can take from a weighted pool with a fee: a convex programme, solved by its dual.

Maximise sum P_i (out_i - in_i) subject to prod (R_i + g in_i - out_i)^w_i >= prod R_i^w_i, g = 1 - fee. With a
multiplier u on the invariant (in logarithms) the programme falls apart into one problem per asset, solved by hand:
the final balance z_i (fee aside) is u w_i / P_i where that is below R_i, g u w_i / P_i where that is above, else R_i.
The invariant rises with u, so u is found by bisection. What results is feasible, and the multiplier proves that
nothing feasible is better.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Basket(NamedTuple):
    """Amounts paid in (fee included) and taken out, the profit, and an upper bound of any profit."""

    amounts_in: np.ndarray
    amounts_out: np.ndarray
    profit: float
    bound: float


def best_basket(reserves: np.ndarray, weights: np.ndarray, prices: np.ndarray, fee: float) -> Basket:
    """Return the best basket; `bound` - `profit` is the duality gap."""
    keep = 1.0 - fee

    def balances(u: float) -> np.ndarray:
        wanted = u * weights / prices
        return np.where(wanted < reserves, wanted, np.maximum(reserves, keep * wanted))

    def excess(u: float) -> float:
        return float(weights @ np.log(balances(u) / reserves))

    scale = np.max(reserves * prices / weights) / keep
    low, high = 1e-9 * scale, 2.0 * scale
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    z = balances(high)
    paid, taken = np.maximum(z - reserves, 0.0) / keep, np.maximum(reserves - z, 0.0)
    profit = float(prices @ (taken - paid))
    # Lagrangian at u: its maximum over all balances bounds every feasible profit.
    return Basket(paid, taken, profit, profit + high * excess(high))
