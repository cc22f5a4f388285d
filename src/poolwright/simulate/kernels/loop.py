"""The loop of the engine: a row of prices in, liquidity, arbitrage and retail in this order, and the row's books.

Compiled once for each kind and ledger, cached on disk. An exact ledger is 256-bit words, changed only by the
maths that the contracts run; floats choose the trades and keep the accounts in the numeraire.
"""

from __future__ import annotations

import math

from numba.extending import register_jitable

from poolwright.model import native
from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.amounts import (
    add_to,
    as_float,
    minus,
    part_of_supply,
    plus,
    provided,
    read,
    withdrawn,
    write,
)  # fmt: skip
from poolwright.simulate.kernels.basket import basket_pays, find_basket
from poolwright.simulate.kernels.course import front_run, turn_values
from poolwright.simulate.kernels.exchange import Deal, trade, trade_apart
from poolwright.simulate.kernels.inline import inlined
from poolwright.simulate.kernels.kinds import find_trade
from poolwright.simulate.kernels.retail import arbitrage_rival, gas_at, serve_order
from poolwright.simulate.kernels.tables import (
    ARBITRAGEUR,
    CHANGED,
    EVENT,
    FIRST_GAIN,
    MAX_ARBITRAGE,
    MAX_TRADES_PER_ROW,
    ORDER,
    PAID_FOR,
    PROVIDED,
    REBALANCING,
    ROW,
    SHARE,
    SLOT,
    TRADED,
    WITHDRAWN,
    Buffer,
    Ledger,
    Rows,
    Scene,
)  # fmt: skip
from poolwright.simulate.kernels.user_fee import refresh_fees
from poolwright.simulate.typing import Integers


def advance(scene: Scene, ledger: Ledger, rows: Rows, buffer: Buffer, stop: int) -> None:
    """Trade and book rows up to `stop`, or until the buffer may be full; call again with a larger one to go on."""
    scene, ledger, rows, buffer = native.borrowed((scene, ledger, rows, buffer))
    cursor, order_rows = ledger.cursor, scene.retail.rows
    rival = scene.retail.rival == tables.POOL_RIVAL
    while cursor[ROW] < stop:
        row = cursor[ROW]
        orders = due(order_rows, cursor[ORDER], row)
        if not has_room(scene, ledger, buffer, orders):
            return
        before = happenings(cursor)
        open_row(scene, ledger, rows, buffer, row)
        if rival:
            arbitrage_rival(scene, row)
        for _ in range(orders):
            serve_order(scene, ledger, rows, buffer, row)
        if scene.course.front:
            front_run(scene, ledger, rows, buffer, row)
        close_row(scene, ledger, rows, row, before)


@inlined
def has_room(scene: Scene, ledger: Ledger, buffer: Buffer, orders: int) -> bool:
    """Tell whether the trades of a row with so many orders can be kept."""
    enough: bool = ledger.cursor[TRADED] + MAX_TRADES_PER_ROW + orders <= len(buffer.places)
    return enough or not scene.series


@inlined
def open_row(scene: Scene, ledger: Ledger, rows: Rows, buffer: Buffer, row: int) -> None:
    """Book the market's move, turn weights or amplification, move liquidity, then let the arbitrageur trade."""
    trader, prices = scene.arbitrageur, scene.market.unit_prices
    cursor, reserves, totals = ledger.cursor, ledger.reserves, ledger.totals
    gain = 0.0
    for k in range(len(reserves)):
        gain += reserves[k] * (prices[row, k] - prices[max(row - 1, 0), k])
    totals[REBALANCING] += gain
    totals[FIRST_GAIN] += gain * totals[SHARE]
    if len(scene.course.values) > 0:
        turn_values(scene, ledger, rows, buffer, row)
    for _ in range(due(scene.events.rows, cursor[EVENT], row)):
        move_liquidity(scene, ledger, rows, row)
    gas, seen = gas_at(trader, row), prices[max(row - trader.latency, 0)]
    if trader.choice == tables.ONE_BASKET:
        trade_basket(scene, ledger, rows, buffer, row, gas)
    for _ in range(MAX_ARBITRAGE if trader.choice != tables.ONE_BASKET else 0):
        refresh_fees(scene.terms, scene.market, ledger, row, ARBITRAGEUR)
        i, o, amount, profit = find_trade(scene.kind, reserves, seen, scene.terms.keeps, trader.proceeds)
        if amount < 1.0 or profit <= gas:
            break
        deal = Deal(row, ARBITRAGEUR, i, o, amount, gas, 0.0)
        done = trade(scene, ledger, rows, buffer, deal, seen)
        if not done or trader.choice == tables.ONE_PAIR:
            break


@inlined
def close_row(scene: Scene, ledger: Ledger, rows: Rows, row: int, before: int) -> None:
    """Keep the balances and go on; `before`: what had happened until the row."""
    cursor, reserves, units = ledger.cursor, ledger.reserves, scene.market.units
    if scene.series:
        for k in range(len(reserves)):
            rows.balances[row, k] = reserves[k] / units[k]
    if happenings(cursor) > before:
        close_books(scene, ledger, rows, row)
    cursor[ROW] = row + 1


@inlined
def close_books(scene: Scene, ledger: Ledger, rows: Rows, row: int) -> None:
    """Add what moved in a row to the totals; keep it by row, or make its place ready for the next."""
    slot = ledger.cursor[SLOT]
    ledger.cursor[CHANGED] = row + 1
    flows, totals = rows.flows[slot], ledger.totals
    for k in range(len(flows)):
        totals[k] += flows[k]
    if scene.series:
        rows.flow_rows[slot] = row
        ledger.cursor[SLOT] = slot + 1
    else:
        flows[:] = 0.0


@inlined
def happenings(cursor: Integers) -> int:
    """Return how many trades, liquidity events and transactions of the rebalancer there were."""
    return int(cursor[TRADED] + cursor[EVENT] + cursor[PAID_FOR])


@inlined
def due(rows: Integers, first: int, row: int) -> int:
    """Return how many of `rows`, in order, from place `first` on, are this row."""
    at = first
    while at < len(rows) and rows[at] == row:
        at += 1
    return int(at - first)


@register_jitable  # type: ignore[untyped-decorator]
def trade_basket(scene: Scene, ledger: Ledger, rows: Rows, buffer: Buffer, row: int, gas: float) -> None:
    """Make all swaps of the best basket, if together they pay; the first carries the gas of them all."""
    trader, prices = scene.arbitrageur, scene.market.unit_prices
    seen = prices[max(row - trader.latency, 0)]
    keep = scene.terms.keeps[0, 0]
    count, profit = find_basket(scene.kind, ledger.reserves, seen, keep, trader.proceeds, trader.legs)
    if profit <= gas or not basket_pays(scene, ledger, row, count, seen, gas):
        return
    for at in range(count):
        i, o = trader.legs.tokens[at, 0], trader.legs.tokens[at, 1]
        gas_here = gas if at == 0 else 0.0
        deal = Deal(row, ARBITRAGEUR, i, o, trader.legs.amounts[at], gas_here, -math.inf)
        trade_apart(scene, ledger, rows, buffer, deal, seen)


@register_jitable  # type: ignore[untyped-decorator]
def move_liquidity(scene: Scene, ledger: Ledger, rows: Rows, row: int) -> None:
    """Make the next proportional add or remove."""
    events, at = scene.events, ledger.cursor[EVENT]
    ledger.cursor[EVENT] = at + 1
    fraction, supply = events.fractions[at], read(ledger.supply, 0)
    shares = part_of_supply(supply, abs(fraction))
    write(events.shares, at, shares)
    prices, flows = scene.market.unit_prices[row], rows.flows[ledger.cursor[SLOT]]
    for k in range(len(ledger.reserves)):
        balance = read(ledger.balances, k)
        if fraction > 0:
            amount = provided(balance, shares, supply)
            write(ledger.balances, k, plus(balance, amount))
            add_to(ledger.accounts, (PROVIDED, k), amount)
            flows[tables.LIQUIDITY] += as_float(amount) * prices[k]
        else:
            amount = withdrawn(balance, shares, supply, read(scene.terms.withdrawal, 0))
            write(ledger.balances, k, minus(balance, amount))
            add_to(ledger.accounts, (WITHDRAWN, k), amount)
            flows[tables.LIQUIDITY] -= as_float(amount) * prices[k]
        write(events.amounts, (at, k), amount)
        ledger.reserves[k] = as_float(read(ledger.balances, k))
    after = plus(supply, shares) if fraction > 0 else minus(supply, shares)
    write(ledger.supply, 0, after)
    ledger.totals[SHARE] *= as_float(supply) / as_float(after)


compiled_advance = native.jit(advance, name="simulation", seconds=12, nogil=True)
