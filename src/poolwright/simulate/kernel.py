"""The loop of the engine: rows of prices in, exact trades out. Compiled once for each kind, cached on disk.

State is exact: balances and fees are 256-bit words in limbs, changed only by the maths that the contracts run.
Floats choose the trade and keep the accounts in the numeraire.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from poolwright.model import native
from poolwright.model.maths import fee_maths, share_maths
from poolwright.model.words import to_word, uadd, usub
from poolwright.simulate.kinds import KindArrays, amount_out, find_trade
from poolwright.simulate.typing import Floats, Integers, Limbs

# Far above any seen (about ten without a fee): no rounding of floats may keep a row going for ever.
MAX_TRADES_PER_ROW = 1_000
# Places in `Ledger.cursor`.
ROW, BUFFERED, TRADED, REFUSED = 0, 1, 2, 3


class Market(NamedTuple):
    """`unit_prices`: float64[rows, n], numeraire per raw unit. `terms`: swap fee and protocol and creator share.

    `keep`: 1 - swap fee. `gas_cost`: numeraire per trade, paid by the arbitrageur. `repeat`: trade until none pays.
    """

    unit_prices: Floats
    terms: Limbs
    keep: float
    gas_cost: float
    repeat: bool


class Ledger(NamedTuple):
    """What the pool holds and has taken, uint64[n, 4] each, and where the run stands.

    `cursor`: row to do next, trades in the buffer, trades in all, trades that the pool refused. `totals`: fees
    and the arbitrageur's profit, in the numeraire.
    """

    balances: Limbs
    protocol_owed: Limbs
    creator_owed: Limbs
    fees: Limbs
    cursor: Integers
    totals: Floats


class Rows(NamedTuple):
    """The accounts after each row: balances in raw units [rows, n], cumulative fees, profit and trades."""

    balances: Floats
    fees: Floats
    profit: Floats
    trades: Integers


class Buffer(NamedTuple):
    """Trades until they are taken away: row, token in and out; amount in, amount out and fee in raw units."""

    places: Integers
    amounts: Limbs


def empty_buffer(capacity: int) -> Buffer:
    """Return room for `capacity` trades."""
    return Buffer(np.zeros((capacity, 3), np.int64), np.zeros((capacity, 3, 4), np.uint64))


def advance(kind: KindArrays, market: Market, ledger: Ledger, rows: Rows, buffer: Buffer, stop: int) -> None:
    """Trade and book rows up to `stop`, or until the buffer is full; call again to go on."""
    n = len(ledger.balances)
    reserves = np.empty(n)
    for k in range(n):
        reserves[k] = native.to_float(native.load_word(ledger.balances, k))
    while ledger.cursor[ROW] < stop:
        row = ledger.cursor[ROW]
        for _ in range(MAX_TRADES_PER_ROW):
            if ledger.cursor[BUFFERED] == len(buffer.places):
                return
            if not (trade_once(kind, market, ledger, buffer, row, reserves) and market.repeat):
                break
        for k in range(n):
            rows.balances[row, k] = reserves[k]
        rows.fees[row] = ledger.totals[0]
        rows.profit[row] = ledger.totals[1]
        rows.trades[row] = ledger.cursor[TRADED]
        ledger.cursor[ROW] = row + 1


@register_jitable  # type: ignore[untyped-decorator]
def trade_once(
    kind: KindArrays, market: Market, ledger: Ledger, buffer: Buffer, row: int, reserves: Floats
) -> bool:
    """Make the most profitable trade if its exact outcome pays after gas; tell whether one was made."""
    prices = market.unit_prices[row]
    i, o, amount = find_trade(kind, reserves, prices, market.keep)
    if amount < 1.0:
        return False
    swap_fee, amount_in = native.load_word(market.terms, 0), native.from_float(amount)
    fee = fee_maths.fee_of(amount_in, swap_fee)
    out, accepted = to_word(0), True
    # What the pool would refuse is not traded: the choice was made in floats, and the pool has limits.
    try:
        out = amount_out(kind, ledger.balances, i, o, fee_maths.net_of_fee(amount_in, swap_fee))
        share_maths.credited(native.load_word(ledger.balances, i), amount_in)
        share_maths.debited(native.load_word(ledger.balances, o), out)
    except Exception:
        accepted = False
    if not accepted:
        ledger.cursor[REFUSED] += 1
        return False
    profit = native.to_float(out) * prices[o] - native.to_float(amount_in) * prices[i] - market.gas_cost
    if not profit > 0.0:
        return False
    settle(market, ledger, i, o, amount_in, out, fee)
    reserves[i] = native.to_float(native.load_word(ledger.balances, i))
    reserves[o] = native.to_float(native.load_word(ledger.balances, o))
    ledger.totals[0] += native.to_float(fee) * prices[i]
    ledger.totals[1] += profit
    record(ledger, buffer, (row, i, o), (amount_in, out, fee))
    return True


@register_jitable  # type: ignore[untyped-decorator]
def settle(market: Market, ledger: Ledger, i: int, o: int, amount_in: Any, out: Any, fee: Any) -> None:
    """Move the balances as a swap does: the protocol's and creator's parts of the fee leave them."""
    protocol, creator, _, _ = fee_maths.split(
        fee, native.load_word(market.terms, 1), native.load_word(market.terms, 2), to_word(0)
    )
    kept = usub(usub(amount_in, protocol), creator)
    native.store_word(ledger.balances, i, uadd(native.load_word(ledger.balances, i), kept))
    native.store_word(ledger.balances, o, usub(native.load_word(ledger.balances, o), out))
    for owed, part in ((ledger.protocol_owed, protocol), (ledger.creator_owed, creator), (ledger.fees, fee)):
        native.store_word(owed, i, uadd(native.load_word(owed, i), part))


@register_jitable  # type: ignore[untyped-decorator]
def record(ledger: Ledger, buffer: Buffer, place: Any, amounts: Any) -> None:
    """Append a trade: (row, token in, token out) and the words (amount in, amount out, fee)."""
    at = ledger.cursor[BUFFERED]
    for k in range(3):
        buffer.places[at, k] = place[k]
        native.store_word(buffer.amounts, (at, k), amounts[k])
    ledger.cursor[BUFFERED] = at + 1
    ledger.cursor[TRADED] += 1


compiled_advance = native.jit(advance, name="simulation", seconds=10)
