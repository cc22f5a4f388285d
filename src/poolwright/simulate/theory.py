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
    """Return the theory; None for one row, and where weights, amplification or rates move.

    Weighted and constant product pools: by the covariance that the prices had, weighted by the pool's value row by row.
    Stable pools: along their curve, see `curve_lvr`. Sources: see `analytics.lvr.lvr_rate`, and `constant_block_share`
    and `trade_probability` in `analytics.arbitrage_theory`.
    """
    if result.rows < 2 or result.moves:
        return None
    if result.params.kind is Kind.STABLE:
        return Theory(curve_lvr(result), None, None)
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


def curve_lvr(result: SimulationResult) -> float:
    """Return what a pool without fees loses to the portfolio that rebalances to its balances at each row's prices.

    With x(p) the balances at which its prices are the market's, a row takes p_after . (x(p_before) - x(p_after)), in
    the limit of small moves 1/2 dp' (-dx/dp) dp, which is sigma^2 p^2 |x'(p)| / 2 for two tokens; scaled to the value
    that this pool had. The first row takes what the first balances are away from x(p). Source: Milionis, Moallemi,
    Roughgarden, Zhang, "Automated Market Making and Loss-Versus-Rebalancing", arXiv 2208.06046.
    """
    held, prices = result.zero_fee_balances, result.prices.prices[: result.rows]
    taken = np.einsum("rn,rn->r", prices[1:], held[:-1] - held[1:])
    opening = float(prices[0] @ (result.first_balances - held[0]))
    return opening + float(taken @ (result.value[:-1] / result.invariant_value[:-1]))
