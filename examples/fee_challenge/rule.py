"""A fee for the challenge that quotes around its own estimate of the market's price, wider the less it knows.

The first trade of a step is an arbitrageur's, who ends at the market's price, or retail's, which only says that the
price was within the pool's quotes. Nobody says which, so the rule keeps several guesses of the price's logarithm, each
with its weight and variance (a Gaussian mixture), and weighs both stories of each trade against each other. Retail also
tells of the rival: an order is split so that both pools pay alike at the margin. The two fees place the ask and the
bid around the mean of the guesses: wider with their deviation, leaning with the rival and with the pool's own
imbalance. Fees are set after a trade and stay until the next, and market prices are never looked at, as the challenge
demands; its 32 numbers of storage suffice.
"""

from __future__ import annotations

import math
from typing import Any

import numba

from poolwright.simulate.fees import FeeRule

X, Y = 0, 1
FIRST_PRICE = 100.0
# Volatility per step (middle of the published range), and the rival's fee as a distance of logarithms.
SIGMA = 0.000945
BAND = -math.log(1.0 - 0.003)
ROOT_TWO_PI = math.sqrt(2.0 * math.pi)
# What the search chooses, with its bounds. Chance and size of retail's trades: `rate`, `middle`, `width` (lognormal, in
# SIGMA). How much a retail trade says of the price: `noise` (first of its step), `again` (later), `offset`, `before`
# (from the price before it rather than after). `forget`: per step, of the rival. Quotes: `spread`, `uncertain` (times
# the deviation, `ahead` steps on), `same` (a later trade in the step), `certain` (after an arbitrageur), `wide` (per
# imbalance), `lean` (to the rival), `chase` and `cube` (to the imbalance), and `cross` beyond `limit`: where the
# pool is far off, it pays arbitrageurs to bring it back.
BOUNDS = {
    "rate": (-4.0, 4.0), "middle": (-1.0, 4.0), "width": (0.5, 3.0), "noise": (5e-4, 2e-2), "again": (5e-4, 3e-2),
    "offset": (0.0, 6e-3), "before": (0.0, 1.0), "forget": (0.0, 0.5), "spread": (0.0, 3e-3), "uncertain": (0.0, 2.5),
    "ahead": (0.0, 5.0), "same": (-1e-3, 1e-3), "certain": (-1e-3, 1e-3), "wide": (-0.5, 0.5), "lean": (-1.0, 1.0),
    "chase": (-0.5, 0.5), "cube": (-0.5, 0.5), "cross": (0.0, 0.8), "limit": (2e-3, 3e-2),
}  # fmt: skip
(RATE, MIDDLE, WIDTH, NOISE, AGAIN, OFFSET, BEFORE, FORGET, SPREAD, UNCERTAIN, AHEAD, SAME, CERTAIN, WIDE, LEAN, CHASE,
 CUBE, CROSS, LIMIT) = range(len(BOUNDS))  # fmt: skip
# What is remembered: fair price, its variance, the rival's price (logarithms), step of the last trade, fees, quotes.
FAIR, VARIANCE, RIVAL, LAST, BUY_FEE, SELL_FEE, ASK, BID = range(len(BOUNDS), len(BOUNDS) + 8)
# Then the guesses: weight, mean and variance of each. With two fees, two quotes and four more: 32 numbers.
GUESSES, FIRST_GUESS = 8, BID + 1
# The variance of a guess that is certain.
CERTAINTY = 1e-10


def swap_fee(pool: Any, step: Any, token_in: int, token_out: int) -> float:
    """Return what was set after the last trade: one fee for those who bring Y and buy X, one for sellers."""
    return pool.memory[BUY_FEE] if token_in == Y else pool.memory[SELL_FEE]


def after_trade(
    pool: Any, step: Any, token_in: int, token_out: int, amount_in: float, amount_out: float
) -> None:
    """Learn from a trade, and quote anew."""
    m, buys = pool.memory, token_in == Y
    spot = math.log(pool.reserves[Y] / pool.reserves[X])
    # Where the trade ended, the fee in: the market's price if it was an arbitrageur's, the rival's if retail's.
    margin = spot - math.log(1.0 - m[BUY_FEE]) if buys else spot + math.log(1.0 - m[SELL_FEE])
    steps, arbitrage = step.row - m[LAST], 0.0
    if steps > 0.0:
        m[LAST] = step.row
        arbitrage = weigh(m, margin, buys, steps)
    hear_retail(m, margin, buys, steps)
    if steps > 0.0:
        add_guess(m, arbitrage, margin)
    summarise(m, spot)
    follow_rival(m, margin, buys, steps, arbitrage)
    quote(m, spot, steps, arbitrage)


@numba.njit(error_model="numpy")
def weigh(m: Any, margin: float, buys: bool, steps: float) -> float:
    """Weigh the stories of a step's first trade; cut the guesses to the quotes, as if it was retail's; return the
    probability that it was an arbitrageur's.
    """
    size = max(abs(margin - (m[ASK] if buys else m[BID])) / SIGMA, 1e-3)
    far = (math.log(size) - m[MIDDLE]) / m[WIDTH]
    retail = math.exp(max(m[RATE] - 0.5 * far * far, -300.0)) / size
    arbitrage, total = 0.0, 1e-300
    for at in range(FIRST_GUESS, FIRST_GUESS + 3 * GUESSES, 3):
        if m[at] <= 0.0:
            continue
        deviation = math.sqrt(m[at + 2] + SIGMA * SIGMA * steps)
        z = (margin - m[at + 1]) / deviation
        arbitrage += m[at] * math.exp(-0.5 * z * z) / deviation * SIGMA / ROOT_TWO_PI
        m[at] *= (cut(m, at, deviation) + 1e-6) * retail
        total += m[at]
    total += arbitrage
    for at in range(FIRST_GUESS, FIRST_GUESS + 3 * GUESSES, 3):
        m[at] /= total
    return arbitrage / total


@numba.njit(error_model="numpy")
def cut(m: Any, at: int, deviation: float) -> float:
    """Cut one guess to what is between bid and ask; return how much of it that was."""
    mean = m[at + 1]
    a, b = (m[BID] - mean) / deviation, (m[ASK] - mean) / deviation
    inside = 0.5 * (math.erf(b / math.sqrt(2.0)) - math.erf(a / math.sqrt(2.0)))
    if inside <= 1e-5:
        m[at + 1], m[at + 2] = min(max(mean, m[BID]), m[ASK]), 0.25 * SIGMA * SIGMA
        return inside
    at_a, at_b = math.exp(-0.5 * a * a) / ROOT_TWO_PI, math.exp(-0.5 * b * b) / ROOT_TWO_PI
    shift = (at_a - at_b) / inside
    left = 1.0 + (a * at_a - b * at_b) / inside - shift * shift
    m[at + 1] = mean + deviation * shift
    m[at + 2] = max(deviation * deviation * left, 0.04 * SIGMA * SIGMA)
    return inside


@numba.njit(error_model="numpy")
def hear_retail(m: Any, margin: float, buys: bool, steps: float) -> None:
    """Move each guess towards what a retail trade says of the price: Kalman's gain."""
    start = m[ASK] if buys else m[BID]
    seen = margin + m[BEFORE] * (start - margin) + (-m[OFFSET] if buys else m[OFFSET])
    noise = m[NOISE] if steps > 0.0 else m[AGAIN]
    for at in range(FIRST_GUESS, FIRST_GUESS + 3 * GUESSES, 3):
        gain = m[at + 2] / (m[at + 2] + noise * noise)
        m[at + 1] += gain * (seen - m[at + 1])
        m[at + 2] *= 1.0 - gain


@numba.njit(error_model="numpy")
def add_guess(m: Any, weight: float, mean: float) -> None:
    """Add a certain guess in the place of the lightest, which is merged with its nearest unless it is nothing."""
    light = FIRST_GUESS
    for at in range(FIRST_GUESS, FIRST_GUESS + 3 * GUESSES, 3):
        light = at if m[at] < m[light] else light
    if m[light] > 1e-4:
        near, distance = -1, math.inf
        for at in range(FIRST_GUESS, FIRST_GUESS + 3 * GUESSES, 3):
            if at != light and abs(m[at + 1] - m[light + 1]) < distance:
                near, distance = at, abs(m[at + 1] - m[light + 1])
        part = m[light] / (m[light] + m[near])
        apart = m[light + 1] - m[near + 1]
        m[near] += m[light]
        m[near + 1] += part * apart
        spread = part * m[light + 2] + (1.0 - part) * m[near + 2] + part * (1.0 - part) * apart * apart
        m[near + 2] = max(spread, CERTAINTY)
    m[light], m[light + 1], m[light + 2] = weight, mean, CERTAINTY


@numba.njit(error_model="numpy")
def summarise(m: Any, spot: float) -> None:
    """Take mean and variance of the guesses, as distances from the spot price."""
    total, mean, square = 0.0, 0.0, 0.0
    for at in range(FIRST_GUESS, FIRST_GUESS + 3 * GUESSES, 3):
        off = m[at + 1] - spot
        total += m[at]
        mean += m[at] * off
        square += m[at] * (m[at + 2] + off * off)
    mean /= total
    m[FAIR], m[VARIANCE] = spot + mean, max(square / total - mean * mean, CERTAINTY)


@numba.njit(error_model="numpy")
def follow_rival(m: Any, margin: float, buys: bool, steps: float, arbitrage: float) -> None:
    """Keep the rival's price within its fee of the fair one, as arbitrage does, and where retail says that it is."""
    if steps > 0.0:
        m[RIVAL] += (m[FAIR] - m[RIVAL]) * (1.0 - math.exp(-m[FORGET] * steps))
        m[RIVAL] = min(max(m[RIVAL], m[FAIR] - BAND), m[FAIR] + BAND)
    told = max(m[RIVAL], margin - BAND) if buys else min(m[RIVAL], margin + BAND)
    m[RIVAL] += (1.0 - arbitrage) * (told - m[RIVAL])


@numba.njit(error_model="numpy")
def quote(m: Any, spot: float, steps: float, arbitrage: float) -> None:
    """Place ask and bid, and turn them into fees: none below 0 or above a tenth."""
    off = spot - m[FAIR]
    spread = m[SPREAD] + m[UNCERTAIN] * math.sqrt(m[VARIANCE] + SIGMA * SIGMA * m[AHEAD])
    spread += m[CERTAIN] * arbitrage + m[WIDE] * abs(off) + (m[SAME] if steps == 0.0 else 0.0)
    lean = m[LEAN] * (m[RIVAL] - m[FAIR]) + m[CHASE] * off + m[CUBE] * off * abs(off) / 0.005
    cross = m[CROSS] * (max(off - m[LIMIT], 0.0) + min(off + m[LIMIT], 0.0))
    m[ASK] = max(m[FAIR] + max(spread + lean, 0.0) + cross, spot)
    m[BID] = min(m[FAIR] - max(spread - lean, 0.0) + cross, spot)
    m[BUY_FEE] = min(1.0 - math.exp(spot - m[ASK]), 0.1)
    m[SELL_FEE] = min(1.0 - math.exp(m[BID] - spot), 0.1)


def rule(numbers: tuple[float, ...]) -> FeeRule:
    """Return the rule with these numbers, in the order of `BOUNDS`."""
    price, first_fee = math.log(FIRST_PRICE), 0.002
    quotes = price - math.log(1.0 - first_fee), price + math.log(1.0 - first_fee)
    known = price, CERTAINTY, price, 0.0, first_fee, first_fee, *quotes
    guesses = (1.0, price, CERTAINTY) + (0.0, price, CERTAINTY) * (GUESSES - 1)
    return FeeRule(
        swap_fee, after_trade, memory=FIRST_GUESS + 3 * GUESSES, start=(*numbers, *known, *guesses)
    )
