"""What theory expects arbitrage to take from a pool, on the very prices of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from poolwright.analytics.arbitrage_theory import band_half_width, constant_block_share, trade_probability
from poolwright.analytics.lvr import lvr_rate
from poolwright.spec.bounds import WAD
from poolwright.spec.kind import Kind

if TYPE_CHECKING:
    from poolwright.simulate.result import SimulationResult


class Theory(NamedTuple):
    """In the numeraire, over the run. `zero_fee_lvr`: what free and immediate arbitrage takes from a pool without fees.

    `arbitrage_loss`: what it takes from this pool with its flat fee, each row with a new price being a block, without
    gas or other costs; None with more than two tokens, a fee rule, or another fee than the sources treat.
    `poisson_loss`: the same with blocks that come at random, as far apart on average.
    """

    zero_fee_lvr: float
    arbitrage_loss: float | None
    poisson_loss: float | None


def theory_of(result: SimulationResult) -> Theory | None:
    """Return the theory for weighted and constant product pools, None for a stable pool, moving weights or one row.

    The covariance is the one that the prices had, weighted by the pool's value row by row. Sources: see
    `analytics.lvr.lvr_rate`, and `constant_block_share` and `trade_probability` in `analytics.arbitrage_theory`.
    """
    if result.params.kind is Kind.STABLE or result.rows < 2 or result.moves:
        return None
    returns = np.diff(np.log(result.prices.prices[: result.rows]), axis=0)
    covariance = returns.T @ (returns * result.value[:-1, None])
    lvr = float(lvr_rate(result.weights, covariance))
    loss = poisson = None
    if len(result.params.tokens) == 2 and result.fee_rule is None:
        moves = returns[:, 0] - returns[:, 1]
        # Blocks that see the same price as the one before bring no arbitrage: time passes at the new prices only.
        moves = moves[moves != 0]
        volatility = float(np.std(moves)) if len(moves) else 0.0
        if volatility > 0:
            band = band_half_width(result.params.swap_fee / WAD)
            loss = lvr * float(constant_block_share(band, volatility))
            poisson = lvr * float(trade_probability(band, volatility))
    return Theory(lvr, loss, poisson)
