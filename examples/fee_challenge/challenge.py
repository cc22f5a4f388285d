"""The published AMM fee challenge: its market, its flow and its two pools, told to the engine.

A constant product pool of 100 X and 10,000 Y at 100; steps of a geometric Brownian motion without drift, its
volatility per step uniform in 0.088 % to 0.101 %; per step Poisson orders, 0.6 to 1.0 on average, lognormal
(deviation 1.2) with mean 19 to 21 Y, half buys; a rival pool alike with 30 bp; fees held outside the reserves.
Edge: retail's cost less the arbitrageurs' gain, at the fair price of each step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from poolwright.simulate.agents import Arbitrageur, Retail, RivalPool
from poolwright.simulate.engine import simulate
from poolwright.simulate.fees import FeeRule
from poolwright.simulate.kernels import tables
from poolwright.simulate.prices import PriceSeries
from poolwright.spec.params import PoolParams, Token

STEPS = 10_000
SECONDS = 60
TOKENS = (Token("X", 18), Token("Y", 18))
BALANCES = (100 * 10**18, 10_000 * 10**18)


def edge(
    fee_bp: float, seed: int, fee: FeeRule | Callable[..., float] | None = None, precision: str = "exact"
) -> tuple[float, float]:
    """Return what retail paid and what arbitrage took in one simulation, in Y."""
    rng = np.random.default_rng([seed, 2026])
    volatility, rate, size = rng.uniform(0.00088, 0.00101), rng.uniform(0.6, 1.0), rng.uniform(19.0, 21.0)
    returns = volatility * rng.standard_normal(STEPS) - volatility**2 / 2
    prices = np.column_stack([100.0 * np.exp(np.cumsum(returns)), np.ones(STEPS)])
    times = 1_700_000_000 + SECONDS * np.arange(STEPS, dtype=np.int64)
    series = PriceSeries(times, prices, ("X", "Y"), "fee challenge", "", True)
    params = PoolParams.constant_product(TOKENS, swap_fee=round(fee_bp * 1e14))
    result = simulate(
        params, series, balances=BALANCES, seed=seed, fee=fee, precision=precision,
        agents=[Arbitrageur(), Retail(rate * 3_600 / SECONDS, size, deviation=1.2, rival=RivalPool(0.003))],
        testing_fees_outside_reserves=True,
    )  # fmt: skip
    flows = result.flows.sum(axis=0)
    return float(flows[tables.RETAIL_COST]), float(flows[tables.GAIN])
