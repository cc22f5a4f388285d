"""A two-asset constant product with a fee, block after block: the arbitrage theory's own world, simulated.

Independent of the engine and of the pool maths: reserves are moved by the closed form of one arbitrage trade
and money is counted as it changes hands. Fees stay outside the reserves and the log price has no drift, as the
theory assumes.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

PATHS = 100


class Simulated(NamedTuple):
    """Mean and standard error over paths: arbitrage profit over LVR, and the share of blocks with a trade."""

    share: float
    share_error: float
    traded: float
    traded_error: float


def simulate_blocks(fee: float, volatility: float, blocks: int, *, poisson: bool, seed: int) -> Simulated:
    """Run `blocks` blocks in PATHS independent paths; `volatility`: of the log price over one mean block.

    Each path first runs until it has forgotten its start: about (gamma / s)^2 blocks, of which ten times.
    """
    band = -math.log(1.0 - fee)
    warm_up = 100 + int(10 * (band / volatility) ** 2)
    profits, trades = run_paths(fee, volatility, warm_up, blocks // PATHS, poisson, seed)
    share = profits / (volatility**2 / 8)
    return Simulated(
        float(np.mean(share)), float(np.std(share)) / math.sqrt(PATHS - 1),
        float(np.mean(trades)), float(np.std(trades)) / math.sqrt(PATHS - 1),
    )  # fmt: skip


@njit
def run_paths(fee, volatility, warm_up, blocks, poisson, seed):
    """Return, per path, mean profit per block over the pool's value, and the share of blocks with a trade."""
    np.random.seed(seed)
    profits, trades = np.zeros(PATHS), np.zeros(PATHS)
    keep = 1.0 - fee
    for path in range(PATHS):
        x, y, price = 1.0, 1.0, 1.0
        for block in range(-warm_up, blocks):
            step = volatility * np.random.normal()
            if poisson:
                step *= math.sqrt(np.random.exponential())
            price *= math.exp(step)
            gain = 0.0
            k = x * y
            if keep * price * x > y:  # the pool's x is cheap: pay y until keep * price = y / x
                after = math.sqrt(k * keep * price)
                gain = (x - k / after) * price - (after - y) / keep
                x, y = k / after, after
            elif keep * y > price * x:  # the pool's x is dear: pay x until keep * y / x = price
                after = math.sqrt(k * keep / price)
                gain = (y - k / after) - (after - x) / keep * price
                x, y = after, k / after
            if block >= 0 and gain > 0.0:
                profits[path] += gain / (2.0 * math.sqrt(k * price))
                trades[path] += 1
            if not 1e-6 < price < 1e6:  # only ratios matter: keep the numbers in range
                x, y, price = x * math.sqrt(price), y / math.sqrt(price), 1.0
    return profits / blocks, trades / blocks
