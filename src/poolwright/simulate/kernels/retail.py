"""Retail orders: how much is still wanted at the price, and which part goes to the pool.

An order is split so that both places pay alike at the margin, all in; so the pool gets the part that it fills
at a better marginal price than its rival.
"""

from __future__ import annotations

from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.exchange import Deal, trade
from poolwright.simulate.kernels.inline import inlined
from poolwright.simulate.kernels.kinds import (
    find_trade,
    float_out,
    is_open,
    net_at_slope,
    part_of_order,
    slope,
)
from poolwright.simulate.kernels.tables import ORDER, RETAIL, Arbitrageur, Buffer, Ledger, Rows, Scene
from poolwright.simulate.kernels.user_fee import refresh_fees


@inlined
def rival_slope(scene: Scene, row: int, i: int, o: int, amount: float) -> float:
    """Return d out / d in of the rival after an amount in: the market's price less its fee, or its pool's."""
    retail, prices = scene.retail, scene.market.unit_prices[row]
    keep = retail.rival_keeps[i, o]
    if retail.rival == tables.POOL_RIVAL:
        return float(keep * slope(scene.kind, retail.rival_reserves, i, o, keep * amount))
    return float(keep * prices[i] / prices[o]) if retail.rival == tables.VENUE_RIVAL else 0.0


@inlined
def part_for_pool(scene: Scene, ledger: Ledger, row: int, pair: tuple[int, int], amount: float) -> float:
    """Return how much of an order the pool gets."""
    i, o = pair
    keep, reserves = scene.terms.keeps[i, o], ledger.reserves
    retail, kind = scene.retail, scene.kind
    if retail.rival == tables.NO_RIVAL:
        return amount
    if retail.rival == tables.VENUE_RIVAL:
        least = rival_slope(scene, row, i, o, 0.0)
        return float(min(net_at_slope(kind, reserves, i, o, least / keep) / keep, amount))
    pools, keeps = (reserves, retail.rival_reserves), (keep, retail.rival_keeps[i, o])
    return float(part_of_order(kind, pools, keeps, pair, amount))


@inlined
def wanted(scene: Scene, ledger: Ledger, row: int, pair: tuple[int, int], amount: float) -> float:
    """Return what is left of an order: times (best first price over the market's)^elasticity, at most all."""
    i, o = pair
    if scene.retail.elasticity == 0.0:
        return amount
    prices = scene.market.unit_prices[row]
    best = max(
        scene.terms.keeps[i, o] * slope(scene.kind, ledger.reserves, i, o, 0.0),
        rival_slope(scene, row, i, o, 0.0),
    )
    quality: float = best * prices[o] / prices[i]
    kept: float = amount * min(1.0, quality) ** scene.retail.elasticity
    return kept


@inlined
def serve_order(scene: Scene, ledger: Ledger, rows: Rows, buffer: Buffer, row: int) -> None:
    """Fill the next order."""
    retail, prices = scene.retail, scene.market.unit_prices[row]
    at = ledger.cursor[ORDER]
    ledger.cursor[ORDER] = at + 1
    i, o, value = retail.tokens[at, 0], retail.tokens[at, 1], retail.values[at]
    refresh_fees(scene.terms, scene.market, ledger, row, RETAIL)
    amount = wanted(scene, ledger, row, (i, o), value / prices[i])
    part = part_for_pool(scene, ledger, row, (i, o), amount)
    ledger.demand[tables.ARRIVED] += value
    ledger.demand[tables.WANTED] += amount * prices[i]
    deal = Deal(row, RETAIL, i, o, part, 0.0, 0.0)
    if part >= 1.0 and trade(scene, ledger, rows, buffer, deal, prices):
        ledger.demand[tables.ROUTED] += part * prices[i]
    # The rival is the same pool with another fee: what is frozen here is frozen there.
    if retail.rival == tables.POOL_RIVAL and is_open(scene.kind, i, o):
        swap_at_rival(scene, i, o, amount - part)


@inlined
def swap_at_rival(scene: Scene, i: int, o: int, amount: float) -> None:
    """Trade at the rival pool, which keeps its fees as ours does."""
    retail = scene.retail
    net = amount * retail.rival_keeps[i, o]
    out = float_out(scene.kind, retail.rival_reserves, i, o, net)
    retail.rival_reserves[i] += net if scene.terms.outside else amount
    retail.rival_reserves[o] -= out


@inlined
def gas_at(trader: Arbitrageur, row: int) -> float:
    """Return what a trade costs in a row; infinite where nobody arbitrages."""
    return float(trader.gas[min(row, len(trader.gas) - 1)])


@inlined
def arbitrage_rival(scene: Scene, row: int) -> None:
    """Let the best pair trade happen at the rival pool."""
    retail, prices, gas = scene.retail, scene.market.unit_prices[row], gas_at(scene.arbitrageur, row)
    i, o, amount, profit = find_trade(
        scene.kind, retail.rival_reserves, prices, retail.rival_keeps, scene.arbitrageur.proceeds
    )
    if amount > 0.0 and profit > gas:
        swap_at_rival(scene, i, o, amount)
