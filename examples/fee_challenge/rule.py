"""A fee that follows the fair price: quotes around an estimate of it, wider the less is known.

After each trade the pool knows its marginal price, fee included. If the trade was an arbitrageur's, that is the
market's price; if it was retail's, it bounds the rival's price, because an order is split so that both pay alike at
the margin. The rule keeps four numbers: the logarithm of the fair price and the variance of what it does not
know, the logarithm of the rival's price, and the step of the last trade. Fees are set after a trade and stay until
the next, as the challenge demands; market prices are never looked at.
"""

from __future__ import annotations

import math

from poolwright.simulate.fees import FeeRule

# Volatility per step (middle of the published range), and the rival's fee as a distance of logarithms.
SIGMA = 0.000945
BAND = -math.log(1.0 - 0.003)
# Names of the numbers in the memory: what is searched, then what is remembered.
SEARCHED = (
    "trust", "trust_size", "noise", "offset", "before", "forget",
    "spread", "uncertain", "lean", "ahead", "after_retail", "chase",
)  # fmt: skip
(TRUST, TRUST_SIZE, NOISE, OFFSET, BEFORE, FORGET, SPREAD, UNCERTAIN, LEAN, AHEAD, AFTER_RETAIL, CHASE) = (
    range(12)
)
FAIR, VARIANCE, RIVAL, LAST, BUY_FEE, SELL_FEE, ASK, BID = range(12, 20)
X, Y = 0, 1
FIRST_PRICE = 100.0


def swap_fee(pool, step, token_in, token_out):
    """Return what was set after the last trade: one fee for those who bring Y and buy X, one for sellers."""
    return pool.memory[BUY_FEE] if token_in == Y else pool.memory[SELL_FEE]


def after_trade(pool, step, token_in, token_out, amount_in, amount_out):
    """Learn from a trade, and quote anew."""
    m = pool.memory
    spot = math.log(pool.reserves[Y] / pool.reserves[X])
    buys = token_in == Y
    fee = m[BUY_FEE] if buys else m[SELL_FEE]
    margin = spot - math.log(1.0 - fee) if buys else spot + math.log(1.0 - fee)
    steps = step.row - m[LAST]
    arbitrage = 0.0
    if steps > 0.0:
        m[LAST] = step.row
        m[VARIANCE] += SIGMA * SIGMA * steps
        m[RIVAL] += (m[FAIR] - m[RIVAL]) * (1.0 - math.exp(-m[FORGET] * steps))
        # How likely it is that an arbitrageur made this trade: the first of its step, ending where the price may be.
        surprise, size = margin - m[FAIR], amount_in / pool.reserves[token_in] / SIGMA
        odds = m[TRUST] - m[TRUST_SIZE] * math.log(size) - 0.5 * math.log(m[VARIANCE] / (SIGMA * SIGMA))
        odds -= 0.5 * surprise * surprise / m[VARIANCE]
        arbitrage = 1.0 / (1.0 + math.exp(min(-odds, 50.0)))
        start = m[ASK] if buys else m[BID]
        m[FAIR] += arbitrage * surprise
        m[VARIANCE] = (1.0 - arbitrage) * (m[VARIANCE] + arbitrage * surprise * surprise)
        # Retail's price is the rival's, which arbitrage holds within its fee of the market's.
        gain = (1.0 - arbitrage) * m[VARIANCE] / (m[VARIANCE] + m[NOISE] * m[NOISE])
        seen = margin + m[BEFORE] * (start - margin) + (-m[OFFSET] if buys else m[OFFSET])
        m[FAIR] += gain * (seen - m[FAIR])
        m[VARIANCE] *= 1.0 - gain
        m[RIVAL] = min(max(m[RIVAL], m[FAIR] - BAND), m[FAIR] + BAND)
    moved = max(m[RIVAL], margin - BAND) if buys else min(m[RIVAL], margin + BAND)
    m[RIVAL] += (1.0 - arbitrage) * (moved - m[RIVAL])
    unknown = math.sqrt(m[VARIANCE] + SIGMA * SIGMA * m[AHEAD])
    spread = m[SPREAD] + m[UNCERTAIN] * unknown + m[AFTER_RETAIL] * (1.0 - arbitrage)
    lean = m[LEAN] * (m[RIVAL] - m[FAIR]) + m[CHASE] * (spot - m[FAIR])
    m[ASK] = max(m[FAIR] + max(spread + lean, 0.0), spot)
    m[BID] = min(m[FAIR] - max(spread - lean, 0.0), spot)
    m[BUY_FEE] = min(1.0 - math.exp(spot - m[ASK]), 0.1)
    m[SELL_FEE] = min(1.0 - math.exp(m[BID] - spot), 0.1)


def rule(numbers: tuple[float, ...]) -> FeeRule:
    """Return the rule with these numbers, in the order of `SEARCHED`."""
    known = (math.log(FIRST_PRICE), 1e-12, math.log(FIRST_PRICE), 0.0)
    first = numbers[SPREAD] + numbers[UNCERTAIN] * SIGMA
    quotes = (known[0] - math.log(1.0 - first), known[0] + math.log(1.0 - first))
    return FeeRule(swap_fee, after_trade, memory=20, start=(*numbers, *known, first, first, *quotes))
