"""The arrays that the compiled loop reads and fills. Amounts are raw units, prices numeraire per raw unit."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from poolwright.simulate.typing import Flags, Floats, Integers, Limbs

# Far above any seen (about ten without a fee): no rounding of floats may keep a row going for ever.
MAX_ARBITRAGE = 1_000
# The most trades of a row beside retail's: those, and the front-runner's (`course.MOST_BACK`, and one).
MAX_TRADES_PER_ROW = MAX_ARBITRAGE + 100
# Swaps of one basket: n - 1 of them, and more only where a swap meets the pool's limits.
MAX_LEGS = 64

# Who trades.
ARBITRAGEUR, RETAIL, FRONT_RUNNER = range(3)
# Places in `Ledger.accounts`: what each ledger has received or paid, by token. Of agent a: PAID + 2 a, TAKEN + 2 a.
# KEEPER: what the pool paid for its rebalancer's transactions.
PROTOCOL, CREATOR, FEES, OUTSIDE, PROVIDED, WITHDRAWN, PAID, TAKEN = range(8)
KEEPER = TAKEN + 5
ACCOUNTS = KEEPER + 1
# Columns of `Rows.flows`: what moved in a row, in the numeraire at that row's prices. The first is no trade's and
# is told by the pool's own balances (`result`).
(REBALANCING, GAIN, LVR, ARBITRAGE_FEES, RETAIL_COST, RETAIL_FEES, PROTOCOL_VALUE, CREATOR_VALUE, OUTSIDE_VALUE,
 LIQUIDITY, GAS, VENUE, BIDS, WALLET, FRONT_GAIN, FRONT_LOSS, FRONT_FEES, FRONT_GAS, FRONT_WALLET, KEEPER_GAS,
 KEEPER_POOL, KEEPER_PAYER, KEEPER_WALLET) = range(23)  # fmt: skip
FLOWS = KEEPER_WALLET + 1
# Places in `Ledger.totals`: the flows of all rows; then the first providers' part of the rebalancing portfolio's
# gain, and the part of the pool that is theirs now.
FIRST_GAIN, SHARE = FLOWS, FLOWS + 1
TOTALS = SHARE + 1
# Places in `Ledger.cursor`. CHANGED: the last row in which something happened, counted from 1, 0 for none.
# PAID_FOR: the rebalancer's next transaction. WAITING: 1 while a front-runner has still to trade back.
ROW, TRADED, REFUSED, ORDER, EVENT, FAULT, SLOT, SAMPLED, CHANGED, PAID_FOR, WAITING = range(11)
CURSOR = WAITING + 1
# Places in `Ledger.demand`: retail's orders in the numeraire: arrived, still wanted at the price, sent to the pool.
ARRIVED, WANTED, ROUTED, AT_VENUE, UNFILLED = range(5)
# How an arbitrageur chooses: one pair, pairs until none pays, one basket.
ONE_PAIR, ALL_PAIRS, ONE_BASKET = range(3)
# What retail can choose beside the pool.
NO_RIVAL, VENUE_RIVAL, POOL_RIVAL = range(3)


class Market(NamedTuple):
    """`unit_prices`: float64[rows, n]. `times`: int64[rows], unix seconds. `units`: raw units per whole token."""

    unit_prices: Floats
    times: Integers
    units: Floats


class Terms(NamedTuple):
    """What the pool charges: `swap_fees` int64[n, n] in WAD and `keeps` 1 - fee, by token in and out.

    The diagonal of `keeps` holds the largest of them.

    `shares`: protocol's and creator's part, as the ledger counts; `quanta`: see `amounts.parts`. `withdrawal` [1]:
    basis points of shares burned. `outside`: fees stay out of the reserves. `policy`: one of `policy_fees`. `rule`,
    `after`: addresses of a user's compiled functions, 0 for none; `desk` is their view of the pool, at `desk_address`;
    `flat`: the declared fee.
    """

    swap_fees: Integers
    keeps: Floats
    shares: Any
    quanta: Any
    withdrawal: Any
    outside: bool
    policy: Any
    rule: int
    after: int
    desk: Floats
    desk_address: int
    flat: float


class Legs(NamedTuple):
    """Room for the swaps of a basket: `tokens` int64[MAX_LEGS, 2] in and out, `amounts` in, and trial `balances`."""

    tokens: Integers
    amounts: Floats
    balances: Any


class Arbitrageur(NamedTuple):
    """`gas`: numeraire per trade, [1] or [rows]; infinite where nobody arbitrages. `latency` in rows.

    `proceeds`: 1 - fee of the venue on what is sold there. `bid`: part of the profit bid away. `choice`: ONE_PAIR,
    ALL_PAIRS or ONE_BASKET.
    """

    gas: Floats
    latency: int
    proceeds: float
    bid: float
    choice: int
    legs: Legs


class Retail(NamedTuple):
    """Orders in order of `rows`: `tokens` int64[k, 2], `values` in the numeraire; and where else they may go.

    `rival`: NO_RIVAL, VENUE_RIVAL or POOL_RIVAL, which charges 1 - `rival_keeps`; `rival_reserves` of a pool.
    """

    rows: Integers
    tokens: Integers
    values: Floats
    elasticity: float
    rival: int
    rival_keeps: Floats
    rival_reserves: Floats


class Events(NamedTuple):
    """Proportional adds (+) and removes (-) in order of `rows`; `fractions` int64, WAD of the supply.

    Filled by the run: `amounts` [e, n] and `shares` [e], as the ledger counts.
    """

    rows: Integers
    fractions: Integers
    amounts: Any
    shares: Any


class Course(NamedTuple):
    """What moves, `values` at each row, and as `scheduled` there for the next; no rows if it stays.

    int64[rows, n] in WAD, the weights of a weighted pool, or int64[rows, 1], the amplification of a stable one.
    `rates` [rows, n, 4] in limbs and `frozen` bool[rows, n], of a stable pool; no rows if they stay.

    `rows`: of the rebalancer's transactions, each of `cost`, paid by the pool if `from_pool`: then the run fills
    `amounts` [k, n], as the ledger counts. `front`: somebody runs
    before changes, with `front_gas` for each swap.
    """

    values: Integers
    scheduled: Integers
    rates: Limbs
    frozen: Flags
    rows: Integers
    amounts: Any
    cost: float
    from_pool: bool
    front: bool
    front_gas: float


class Scene(NamedTuple):
    """Everything about a run that the loop does not keep accounts in; `series`: keep rows and trades, too."""

    kind: Any
    market: Market
    terms: Terms
    arbitrageur: Arbitrageur
    retail: Retail
    events: Events
    course: Course
    series: bool


class Ledger(NamedTuple):
    """What everybody has: words in limbs (exact) or float64, one loop for both.

    `balances` [n] and `supply` [1] of the pool; `accounts` [ACCOUNTS, n]; `reserves`: the balances in float64.
    `totals` [TOTALS], `cursor`, `demand`: see the names above.
    """

    balances: Any
    supply: Any
    accounts: Any
    reserves: Floats
    totals: Floats
    cursor: Integers
    demand: Floats


class Rows(NamedTuple):
    """After each row's trades: `balances` in whole tokens [rows, n]. Of rows in which something happened: `flows`
    [rows, FLOWS], zero at first, in the next slot, and which row each slot is, `flow_rows` [rows]. Without series no
    balances, and the one slot of the row at hand.
    """

    balances: Floats
    flows: Floats
    flow_rows: Integers


class Sample(NamedTuple):
    """A few trades, drawn beforehand, with the pool's `balances` before each, for `recheck`.

    `numbers`: which trades of the run, in order, the last never reached; `slots`: where each is kept, over an
    earlier one. Kept, as `Buffer` has them: `places` [k, 5], `amounts` float64[k, 5].
    """

    numbers: Integers
    slots: Integers
    places: Integers
    amounts: Floats
    balances: Floats


class Buffer(NamedTuple):
    """Trades in order: row, token in, token out, agent and fee in WAD; five amounts each.

    Amounts in raw units: in, out, fee, protocol's part, creator's part. `sample`: of all trades.
    """

    places: Integers
    amounts: Any
    sample: Sample


class Stand(NamedTuple):
    """One of several pools in a run: everything that a run of one pool has."""

    scene: Scene
    ledger: Ledger
    rows: Rows
    buffer: Buffer


class Crowd(NamedTuple):
    """Retail before several pools: `cursor` [1], the next order; `parts` [pools], what each gets of an order.

    `demand` in the numeraire: as in `Ledger`, of all pools; then what the venue filled, and what nobody did.
    """

    cursor: Integers
    parts: Floats
    demand: Floats


def empty_buffer(capacity: int, amounts: Any, sample: Sample) -> Buffer:
    """Return room for `capacity` trades; `amounts` is an array of the ledger's kind."""
    shape = (capacity, 5, 4) if amounts.dtype == np.uint64 else (capacity, 5)
    return Buffer(np.empty((capacity, 5), np.int64), np.empty(shape, amounts.dtype), sample)
