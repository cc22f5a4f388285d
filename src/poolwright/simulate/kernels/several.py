"""The loop over several pools: each has its own arbitrage, liquidity and books; retail's orders are split over all.

An order is split so that all pay alike at the margin, fees in: with `level` the marginal price where it ends, pool k
gets what brings its price down to `level`. The level is found by bisection, for the sum of these is the order.
Pools of different kinds have different types, so functions go through the tuple of pools one by one, at compile time.
"""

from __future__ import annotations

import math
from typing import Any

from numba.extending import overload, register_jitable

from poolwright.model import native
from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.exchange import Deal, trade_apart
from poolwright.simulate.kernels.kinds import is_open, net_at_slope, slope
from poolwright.simulate.kernels.loop import close_row, due, happenings, has_room, open_row
from poolwright.simulate.kernels.tables import RETAIL, ROW, Crowd, Retail, Stand
from poolwright.simulate.kernels.user_fee import refresh_fees

# Bisections of the level's logarithm, from a range of a few doublings to the last bits.
HALVINGS = 60


def advance_all(stands: Any, retail: Retail, crowd: Crowd, stop: int) -> None:
    """Trade and book rows up to `stop` in all pools, or until a buffer may be full; call again to go on."""
    stands, retail, crowd = native.borrowed((stands, retail, crowd))
    while stands[0].ledger.cursor[ROW] < stop:
        row = stands[0].ledger.cursor[ROW]
        orders = due(retail.rows, crowd.cursor[0], row)
        if not room_everywhere(stands, orders):
            return
        befores = open_all(stands, row)
        for _ in range(orders):
            serve_everywhere(stands, retail, crowd, row)
        close_all(stands, row, befores)


def room_everywhere(stands: Any, orders: int) -> bool:
    """Tell whether each pool can keep a row with so many orders."""
    raise NotImplementedError("compiled code only")


def open_all(stands: Any, row: int) -> Any:
    """Move liquidity and let arbitrageurs trade in each pool; return each pool's trades and events before."""
    raise NotImplementedError("compiled code only")


def close_all(stands: Any, row: int, befores: Any) -> None:
    """Keep each pool's row."""
    raise NotImplementedError("compiled code only")


def best_slope(stands: Any, row: int, i: int, o: int) -> float:
    """Return the best first marginal price of all pools, fees in, with each pool's fees as they are now."""
    raise NotImplementedError("compiled code only")


def gather(stands: Any, i: int, o: int, level: float, parts: Any, place: int) -> float:
    """Fill `parts` with what each pool takes until its price is down to `level`; return the sum."""
    raise NotImplementedError("compiled code only")


def trade_parts(stands: Any, deal: Deal, crowd: Crowd, factor: float, place: int) -> None:
    """Trade each pool's part, times `factor`."""
    raise NotImplementedError("compiled code only")


@overload(room_everywhere, strict=False)  # type: ignore[untyped-decorator]
def _room_everywhere(stands: Any, orders: Any) -> Any:
    if len(stands) == 0:
        return lambda stands, orders: True

    def room(stands: Any, orders: Any) -> bool:
        first = stands[0]
        return has_room(first.scene, first.ledger, first.buffer, orders) and room_everywhere(
            stands[1:], orders
        )

    return room


@overload(open_all, strict=False)  # type: ignore[untyped-decorator]
def _open_all(stands: Any, row: Any) -> Any:
    if len(stands) == 0:
        return lambda stands, row: ()
    return lambda stands, row: (open_one(stands[0], row), *open_all(stands[1:], row))


@register_jitable  # type: ignore[untyped-decorator]
def open_one(stand: Stand, row: int) -> int:
    """Open one pool's row; return its trades and events before."""
    before = happenings(stand.ledger.cursor)
    open_row(stand.scene, stand.ledger, stand.rows, stand.buffer, row)
    return before


@overload(close_all, strict=False)  # type: ignore[untyped-decorator]
def _close_all(stands: Any, row: Any, befores: Any) -> Any:
    if len(stands) == 0:
        return lambda stands, row, befores: None

    def close(stands: Any, row: Any, befores: Any) -> None:
        first = stands[0]
        close_row(first.scene, first.ledger, first.rows, row, befores[0])
        close_all(stands[1:], row, befores[1:])

    return close


@overload(best_slope, strict=False)  # type: ignore[untyped-decorator]
def _best_slope(stands: Any, row: Any, i: Any, o: Any) -> Any:
    if len(stands) == 0:
        return lambda stands, row, i, o: 0.0

    def best(stands: Any, row: Any, i: Any, o: Any) -> float:
        return float(max(slope_of(stands[0], row, i, o), best_slope(stands[1:], row, i, o)))

    return best


@register_jitable  # type: ignore[untyped-decorator]
def slope_of(stand: Stand, row: int, i: int, o: int) -> float:
    """Return one pool's first marginal price, fees in, after asking for its fees; 0 where it is frozen."""
    if not is_open(stand.scene.kind, i, o):
        return 0.0
    refresh_fees(stand.scene.terms, stand.scene.market, stand.ledger, row, RETAIL)
    keep = stand.scene.terms.keeps[i, o]
    return float(keep * slope(stand.scene.kind, stand.ledger.reserves, i, o, 0.0))


@overload(gather, strict=False)  # type: ignore[untyped-decorator]
def _gather(stands: Any, i: Any, o: Any, level: Any, parts: Any, place: Any) -> Any:
    if len(stands) == 0:
        return lambda stands, i, o, level, parts, place: 0.0

    def every(stands: Any, i: Any, o: Any, level: Any, parts: Any, place: Any) -> float:
        stand = stands[0]
        keep = stand.scene.terms.keeps[i, o]
        parts[place] = 0.0
        if is_open(stand.scene.kind, i, o):
            parts[place] = net_at_slope(stand.scene.kind, stand.ledger.reserves, i, o, level / keep) / keep
        return float(parts[place] + gather(stands[1:], i, o, level, parts, place + 1))

    return every


@overload(trade_parts, strict=False)  # type: ignore[untyped-decorator]
def _trade_parts(stands: Any, deal: Any, crowd: Any, factor: Any, place: Any) -> Any:
    if len(stands) == 0:
        return lambda stands, deal, crowd, factor, place: None

    def each(stands: Any, deal: Any, crowd: Any, factor: Any, place: Any) -> None:
        trade_part(stands[0], deal, crowd, factor * crowd.parts[place])
        trade_parts(stands[1:], deal, crowd, factor, place + 1)

    return each


@register_jitable  # type: ignore[untyped-decorator]
def trade_part(stand: Stand, deal: Deal, crowd: Crowd, amount: float) -> None:
    """Trade one pool's part of an order."""
    prices = stand.scene.market.unit_prices[deal.row]
    part = Deal(deal.row, RETAIL, deal.token_in, deal.token_out, amount, 0.0, 0.0)
    worth = amount * prices[deal.token_in]
    if amount >= 1.0 and trade_apart(stand.scene, stand.ledger, stand.rows, stand.buffer, part, prices):
        stand.ledger.demand[tables.ROUTED] += worth
        crowd.demand[tables.ROUTED] += worth
    else:
        crowd.demand[tables.UNFILLED] += worth


@register_jitable  # type: ignore[untyped-decorator]
def serve_everywhere(stands: Any, retail: Retail, crowd: Crowd, row: int) -> None:
    """Split the next order over all pools and the venue, and trade."""
    at = crowd.cursor[0]
    crowd.cursor[0] = at + 1
    i, o, value = retail.tokens[at, 0], retail.tokens[at, 1], retail.values[at]
    prices = stands[0].scene.market.unit_prices[row]
    market = prices[i] / prices[o]
    venue = retail.rival_keeps[i, o] * market if retail.rival == tables.VENUE_RIVAL else 0.0
    best = max(best_slope(stands, row, i, o), venue)
    amount = value / prices[i]
    if retail.elasticity != 0.0:
        amount *= min(1.0, best / market) ** retail.elasticity
    crowd.demand[tables.ARRIVED] += value
    crowd.demand[tables.WANTED] += amount * prices[i]
    if best == 0.0:  # frozen in every pool, and no venue
        crowd.demand[tables.UNFILLED] += amount * prices[i]
        return
    filled = level_parts(stands, (i, o), amount, (best, venue), crowd)
    # The last bits of the level are the order's to the last bits, too.
    factor = amount / filled if filled > amount or venue == 0.0 else 1.0
    trade_parts(stands, Deal(row, RETAIL, i, o, amount, 0.0, 0.0), crowd, factor, 0)
    crowd.demand[tables.AT_VENUE] += max(amount - filled * factor, 0.0) * prices[i]


@register_jitable  # type: ignore[untyped-decorator]
def level_parts(stands: Any, pair: Any, amount: float, ends: Any, crowd: Crowd) -> float:
    """Fill `crowd.parts` at the level where the pools take the whole order, or at the venue's; return their sum."""
    (i, o), (best, venue) = pair, ends
    if venue > 0.0:
        filled: float = gather(stands, i, o, venue, crowd.parts, 0)
        if filled <= amount:
            return filled
    high = math.log(best)
    low, step = high, 1e-3
    while gather(stands, i, o, math.exp(low), crowd.parts, 0) < amount and step < 1e3:
        low -= step
        step *= 2.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if gather(stands, i, o, math.exp(middle), crowd.parts, 0) < amount:
            high = middle
        else:
            low = middle
    return float(gather(stands, i, o, math.exp(low), crowd.parts, 0))


compiled_advance_all = native.jit(advance_all, name="simulation of several pools", seconds=30, nogil=True)
