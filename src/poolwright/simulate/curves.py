"""What the pool of a result is like: depth by move of the price, cost by size of the trade, loss by prices.

Depth and cost are of the pool as the run left it, from the exact model; the loss is that of the pool as it opened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from poolwright.analytics.depth import depth
from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.simulate.rebalancer import Course
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.typing import Floats
from poolwright.spec.bounds import WAD
from poolwright.spec.kind import Kind

# Moves of the price, as fractions: where a pool of the kind is used.
MOVES = {Kind.STABLE: 0.005}
USUAL_MOVE = 0.10
MOVE_POINTS = 20
# Sizes of a trade, as parts of the pool's value.
LEAST_SIZE, MOST_SIZE, SIZES = 1e-5, 0.05, 38
# Price ratios of the surface of loss, to each side at least, and points along one axis.
RATIOS = {Kind.STABLE: 1.02}
USUAL_RATIO = 2.0
SURFACE = 41
# Pairs that are drawn: more would not be told apart.
MOST_PAIRS = 6


class Curve(NamedTuple):
    """One line: `x` is a move of the price or a trade's value, `y` a value or a fraction."""

    name: str
    buying: bool
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Surface:
    """Impermanent loss `z` [y, x] at price ratios against `quote`, now over first, of `tokens` (x, then y).

    The other tokens keep their first prices. `path` [r, 2]: where the market went. With two tokens there is one axis:
    `y` is empty and `z` is [1, x].
    """

    tokens: tuple[str, ...]
    quote: str
    x: Floats
    y: Floats
    z: Floats
    path: Floats


def quote_token(result: SimulationResult) -> int:
    """Return the token that the others are priced in: the one whose price moved least."""
    logs = np.log(result.prices.prices[: result.rows])
    return int(np.argmin(logs.max(axis=0) - logs.min(axis=0)))


def depth_curves(result: SimulationResult) -> list[Curve]:
    """Return, per token against the quote token, the value paid in until its price has moved by x."""
    pool, quote = _final_pool(result), quote_token(result)
    prices = result.prices.prices[result.rows - 1]
    most = MOVES.get(result.params.kind, USUAL_MOVE)
    moves = most * np.arange(1, MOVE_POINTS + 1) / MOVE_POINTS
    curves = []
    for token in _drawn_tokens(result, quote):
        for buying in (True, False):
            i, o = (quote, token) if buying else (token, quote)
            # A token that falls to 1 / (1 + move) of its price has lost move / (1 + move).
            asked = moves if buying else moves / (1.0 - moves)
            found = [(0.0, 0.0), *_depths(pool, i, o, asked, moves if buying else -moves)]
            x, paid = np.array(found).T
            curves.append(Curve(result.prices.symbols[token], buying, x, paid * prices[i]))
    return curves


def _depths(pool: Pool, i: int, o: int, asked: Floats, moves: Floats) -> list[tuple[float, float]]:
    """Return (move, whole tokens in) as far as the pool can be moved."""
    found = []
    for ask, move in zip(asked.tolist(), moves.tolist(), strict=True):
        try:
            found.append((move, depth(pool, i, o, ask).amount_in))
        except PoolwrightError:
            break
    return found


def cost_curves(result: SimulationResult) -> list[Curve]:
    """Return, per token against the quote token, what a trade of value x costs: fee and price impact over its value.

    The cost is 1 less amount out at the pool's price over amount in; sizes that the pool refuses are left out.
    """
    pool, quote = _final_pool(result), quote_token(result)
    value, prices = float(result.value[-1]), result.prices.prices[result.rows - 1]
    sizes = value * np.geomspace(LEAST_SIZE, MOST_SIZE, SIZES)
    curves = []
    for token in _drawn_tokens(result, quote):
        for buying in (True, False):
            i, o = (quote, token) if buying else (token, quote)
            raw = [int(size / prices[i] * result.units[i]) for size in sizes.tolist()]
            found = _costs(pool, i, o, dict(zip(raw, sizes.tolist(), strict=True)))
            x, cost = np.array(found).T if found else (np.zeros(0), np.zeros(0))
            curves.append(Curve(result.prices.symbols[token], buying, x, cost))
    return curves


def _costs(pool: Pool, i: int, o: int, amounts: dict[int, float]) -> list[tuple[float, float]]:
    spot, found = pool.spot_price(i, o).raw, []
    for raw, size in amounts.items():
        try:
            got = pool.quote(SwapKind.EXACT_IN, i, o, raw).amount_out
        except PoolRevert:
            continue
        found.append((size, float(1 - got * spot / Fraction(raw))))
    return found


def loss_surface(result: SimulationResult) -> Surface:
    """Return impermanent loss over the prices of the two tokens that moved most, or of the only one."""
    quote, prices = quote_token(result), result.prices.prices[: result.rows]
    relative = prices / prices[:, [quote]]
    relative = relative / relative[0]
    span = np.abs(np.log(relative)).max(axis=0)
    axes = [int(token) for token in np.argsort(-span) if token != quote][:2]
    ticks = [_ratios(result, relative[:, token]) for token in axes]
    grid = np.stack(np.meshgrid(*ticks), axis=-1) if len(axes) == 2 else ticks[0][None, :, None]
    asked = np.broadcast_to(prices[0], (*grid.shape[:2], len(prices[0]))).copy()
    asked[..., axes] *= grid
    loss = result.impermanent_loss_at(asked)
    symbols = tuple(result.prices.symbols[token] for token in axes)
    rows = np.linspace(0, result.rows - 1, min(result.rows, 600)).round().astype(int)
    y = ticks[1] if len(axes) == 2 else np.zeros(0)
    return Surface(symbols, result.prices.symbols[quote], ticks[0], y, loss, relative[rows][:, axes])


def _ratios(result: SimulationResult, path: Floats) -> Floats:
    """Return ratios that hold the path with room, evenly in the logarithm, 1 in the middle."""
    least = np.log(RATIOS.get(result.params.kind, USUAL_RATIO))
    reach = max(least, 1.15 * float(np.abs(np.log(path)).max()))
    return np.asarray(np.exp(np.linspace(-reach, reach, SURFACE)))


def _final_pool(result: SimulationResult) -> Pool:
    params = result.params
    if isinstance(result.course, Course):
        weights = result.course.weights[result.rows - 1].tolist()
        weights[weights.index(max(weights))] += WAD - sum(
            weights
        )  # the few units that a ramp's rounding leaves
        params = replace(params, weights=tuple(weights))
    return Pool.from_state(params, result.final_state)


def _drawn_tokens(result: SimulationResult, quote: int) -> list[int]:
    """Return the tokens beside the quote token, largest value first when there are too many."""
    worth = result.balances[-1] * result.prices.prices[result.rows - 1]
    others = [token for token in range(len(worth)) if token != quote]
    largest = sorted(others, key=lambda token: -worth[token])[:MOST_PAIRS]
    return sorted(largest)
