"""One trade: what the pool pays for it, whether it is made, and where everybody books it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload, register_jitable

from poolwright.model import native
from poolwright.model.float_maths import fee_maths as float_fee_maths
from poolwright.model.float_maths import share_maths as float_share_maths
from poolwright.model.maths import fee_maths, share_maths
from poolwright.model.words import to_word
from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.amounts import add_to, as_float, is_exact, minus, parts, plus, read, write
from poolwright.simulate.kernels.inline import INLINE, inlined
from poolwright.simulate.kernels.kinds import amount_out
from poolwright.simulate.kernels.policy_fees import tell_policy
from poolwright.simulate.kernels.tables import (
    ARBITRAGEUR,
    CREATOR,
    FEES,
    OUTSIDE,
    PAID,
    PROTOCOL,
    REFUSED,
    RETAIL,
    SAMPLED,
    SLOT,
    TAKEN,
    TRADED,
    Buffer,
    Ledger,
    Rows,
    Sample,
    Scene,
)  # fmt: skip
from poolwright.simulate.kernels.user_fee import tell_user
from poolwright.simulate.typing import Floats, Integers


class Deal(NamedTuple):
    """A wish to trade: an amount of token in, raw units, as a float.

    `gas` in the numeraire; an arbitrageur trades only for more profit than `least`.
    """

    row: int
    agent: int
    token_in: int
    token_out: int
    amount: float
    gas: float
    least: float


def offer(kind: Any, balances: Any, deal: Deal, swap_fee: int) -> Any:
    """Return (accepted, amount in, amount out, fee) as the ledger counts; a refusal has zeros."""
    raise NotImplementedError("compiled code only")


@overload(offer, strict=False, jit_options=INLINE)  # type: ignore[untyped-decorator]
def compiled_offer(kind: Any, balances: Any, deal: Any, swap_fee: Any) -> Any:
    return exact_offer if is_exact(balances) else rounded_offer


def exact_offer(kind: Any, balances: Any, deal: Any, swap_fee: Any) -> Any:
    i, o, amount = deal.token_in, deal.token_out, native.from_float(deal.amount)
    fee_word, fee, out = to_word(swap_fee), to_word(0), to_word(0)
    accepted = True
    # What the pool would refuse is not traded: the choice was made in floats, and the pool has limits.
    try:
        fee = fee_maths.fee_of(amount, fee_word)
        out = amount_out(kind, balances, i, o, fee_maths.net_of_fee(amount, fee_word))
        share_maths.credited(native.load_word(balances, i), amount)
        share_maths.debited(native.load_word(balances, o), out)
    except Exception:
        accepted = False
    return accepted, amount, out, fee


def rounded_offer(kind: Any, balances: Any, deal: Any, swap_fee: Any) -> Any:
    i, o, amount, fee_rate = deal.token_in, deal.token_out, whole(deal.amount), float(swap_fee)
    fee, out, accepted = 0.0, 0.0, True
    try:
        fee = whole(float_fee_maths.fee_of(amount, fee_rate))
        out = whole(amount_out(kind, balances, i, o, float_fee_maths.net_of_fee(amount, fee_rate)))
        float_share_maths.credited(balances[i], amount)
        float_share_maths.debited(balances[o], out)
    except Exception:
        accepted = False
    return accepted, amount, out, fee


@inlined
def whole(amount: float) -> float:
    """Round down to whole units, as the contracts do."""
    return float(np.floor(amount))


@inlined
def trade(scene: Scene, ledger: Ledger, rows: Rows, buffer: Buffer, deal: Deal, seen: Floats) -> bool:
    """Trade unless the pool refuses, or an arbitrageur's exact outcome does not pay at the prices `seen`."""
    i, o = deal.token_in, deal.token_out
    swap_fee = scene.terms.swap_fees[i, o]
    accepted, amount_in, out, fee = offer(scene.kind, ledger.balances, deal, swap_fee)
    if not accepted:
        ledger.cursor[REFUSED] += 1
        return False
    paid, taken = as_float(amount_in), as_float(out)
    profit = 0.0
    if deal.agent != RETAIL:
        proceeds = scene.arbitrageur.proceeds if deal.agent == ARBITRAGEUR else 1.0
        profit = taken * seen[o] * proceeds - paid * seen[i] - deal.gas
        if not profit > deal.least:
            return False
    sample, slot = buffer.sample, drawn_slot(ledger, buffer.sample)
    if slot >= 0:
        for k in range(len(ledger.reserves)):
            sample.balances[slot, k] = ledger.reserves[k]
    before = read(ledger.balances, i), read(ledger.balances, o)
    protocol, creator = settle(scene, ledger, deal, amount_in, out, fee)
    after = read(ledger.balances, i), read(ledger.balances, o)
    tell_policy(scene.terms.policy, (i, o), scene.market.times[deal.row], before, after, amount_in)
    worth = (paid, taken, as_float(fee), as_float(minus(amount_in, fee)))
    flows = rows.flows[ledger.cursor[SLOT]]
    book_trader(scene, flows, deal, worth, profit)
    price = scene.market.unit_prices[deal.row, i]
    flows[tables.PROTOCOL_VALUE] += as_float(protocol) * price
    flows[tables.CREATOR_VALUE] += as_float(creator) * price
    if scene.terms.outside:
        flows[tables.OUTSIDE_VALUE] += as_float(minus(minus(fee, protocol), creator)) * price
    amounts = amount_in, out, fee, protocol, creator
    if slot >= 0:
        note(sample.places[slot], deal, swap_fee)
        for k in range(5):
            sample.amounts[slot, k] = as_float(amounts[k])
        ledger.cursor[SAMPLED] += 1
    if scene.series:
        record(ledger, buffer, deal, swap_fee, amounts)
    ledger.cursor[TRADED] += 1
    tell_user(scene.terms, scene.market, ledger, (deal.row, i, o), paid, taken)
    return True


@register_jitable  # type: ignore[untyped-decorator]
def trade_apart(scene: Scene, ledger: Ledger, rows: Rows, buffer: Buffer, deal: Deal, seen: Floats) -> bool:
    """Do as `trade`, compiled once for all who call it: where speed matters less than the time to compile."""
    return trade(scene, ledger, rows, buffer, deal, seen)


@inlined
def book_trader(scene: Scene, flows: Floats, deal: Deal, worth: Any, profit: float) -> None:
    """Book a trade at the row's prices. `worth`: paid, taken, fee, net in; `profit`: as expected, after gas."""
    i, o = deal.token_in, deal.token_out
    prices = scene.market.unit_prices[deal.row]
    paid, taken, fee, net = (
        worth[0] * prices[i],
        worth[1] * prices[o],
        worth[2] * prices[i],
        worth[3] * prices[i],
    )
    if deal.agent == ARBITRAGEUR:
        bid = scene.arbitrageur.bid * profit
        flows[tables.GAIN] += taken - paid
        flows[tables.LVR] += taken - net
        flows[tables.ARBITRAGE_FEES] += fee
        flows[tables.GAS] += deal.gas
        flows[tables.VENUE] += taken * (1.0 - scene.arbitrageur.proceeds)
        flows[tables.BIDS] += bid
        # The wallet sees one sum: what the venue pays, less what was paid in, gas and bid.
        flows[tables.WALLET] += taken * scene.arbitrageur.proceeds - (paid + deal.gas + bid)
    elif deal.agent == RETAIL:
        flows[tables.RETAIL_COST] += paid - taken
        flows[tables.RETAIL_FEES] += fee
    else:
        flows[tables.FRONT_GAIN] += taken - paid
        flows[tables.FRONT_LOSS] += taken - net
        flows[tables.FRONT_FEES] += fee
        flows[tables.FRONT_GAS] += deal.gas
        flows[tables.FRONT_WALLET] += taken - (paid + deal.gas)


@inlined
def settle(scene: Scene, ledger: Ledger, deal: Deal, amount_in: Any, out: Any, fee: Any) -> Any:
    """Move the balances as a swap does, and book on every ledger; return the protocol's and creator's parts."""
    i, o, accounts = deal.token_in, deal.token_out, ledger.accounts
    protocol, creator = parts(fee, scene.terms.shares, scene.terms.quanta, i)
    kept = minus(minus(amount_in, protocol), creator)
    if scene.terms.outside:
        left = minus(minus(fee, protocol), creator)
        kept = minus(kept, left)
        add_to(accounts, (OUTSIDE, i), left)
    write(ledger.balances, i, plus(read(ledger.balances, i), kept))
    write(ledger.balances, o, minus(read(ledger.balances, o), out))
    add_to(accounts, (PROTOCOL, i), protocol)
    add_to(accounts, (CREATOR, i), creator)
    add_to(accounts, (FEES, i), fee)
    add_to(accounts, (PAID + 2 * deal.agent, i), amount_in)
    add_to(accounts, (TAKEN + 2 * deal.agent, o), out)
    ledger.reserves[i] = as_float(read(ledger.balances, i))
    ledger.reserves[o] = as_float(read(ledger.balances, o))
    return protocol, creator


@inlined
def drawn_slot(ledger: Ledger, sample: Sample) -> int:
    """Return where the sample keeps the trade about to be made, -1 if it is not drawn."""
    place = ledger.cursor[SAMPLED]
    return int(sample.slots[place]) if sample.numbers[place] == ledger.cursor[TRADED] else -1


@inlined
def record(ledger: Ledger, buffer: Buffer, deal: Deal, swap_fee: int, amounts: Any) -> None:
    """Write a trade into the buffer."""
    at = ledger.cursor[TRADED]
    note(buffer.places[at], deal, swap_fee)
    for k in range(5):
        write(buffer.amounts, (at, k), amounts[k])


@inlined
def note(place: Integers, deal: Deal, swap_fee: int) -> None:
    """Write which trade it was."""
    place[0], place[1], place[2] = deal.row, deal.token_in, deal.token_out
    place[3], place[4] = deal.agent, swap_fee
