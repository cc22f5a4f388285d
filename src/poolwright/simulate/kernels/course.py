"""Weights, amplification and rates that move, row by row; what the rebalancer costs; the front-runner's two trades."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba.extending import overload, register_jitable

from poolwright.model import native
from poolwright.model.maths import ramp_maths, rate_maths
from poolwright.model.words import to_word, umul
from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.amounts import (
    add_to,
    as_float,
    minus,
    part_of_supply,
    plus,
    read,
    withdrawn,
    write,
)
from poolwright.simulate.kernels.closed_form import WEIGHTED_GROWTH, weighted_out, weighted_trade
from poolwright.simulate.kernels.exchange import Deal, trade_apart
from poolwright.simulate.kernels.inline import inlined
from poolwright.simulate.kernels.kinds import Stable, Weighted, find_trade
from poolwright.simulate.kernels.policy_fees import tell_factors
from poolwright.simulate.kernels.stable_form import Curve, stable_d
from poolwright.simulate.kernels.tables import (
    FRONT_RUNNER,
    KEEPER,
    PAID_FOR,
    SLOT,
    WAITING,
    Buffer,
    Ledger,
    Rows,
    Scene,
)
from poolwright.simulate.typing import Flags, Floats, Integers, Limbs
from poolwright.spec.bounds import AMPLIFICATION_PRECISION

# Swaps in a row that a front-runner counts on to undo its trade; a pool's limits allow a halving with each.
MOST_BACK = 32


def ramp(words: Limbs, times: Integers, values: Limbs) -> None:
    """Fill `values` [rows, n, 4] with each ramp's value at each of `times`."""
    for row in range(len(times)):
        for k in range(len(words)):
            value = ramp_maths.value_at(native.load_word(words, k), to_word(times[row]))
            native.store_word(values, (row, k), value)


def invariants(tokens: tuple[int, ...], balances: Floats, anns: Floats, found: Floats) -> None:
    """Fill `found` [rows] with D of the stable invariant through `balances` [rows, n] at Ann = A n, `anns` [rows]."""
    ones = np.ones(len(tokens))
    for row in range(len(anns)):
        found[row] = stable_d(balances[row], Curve(tokens, ones, anns[row]))


def follow(
    reports: Limbs, updated: Integers, times: Integers, terms: Limbs, accepted: Limbs, frozen: Flags
) -> None:
    """Fill what a pool makes of a provider's `reports` [rows, 4], asked once in each row; `accepted` starts it off.

    `terms`: the most that it follows in a block, WAD, and the age that it bears, seconds.
    """
    max_move, max_age = native.load_word(terms, 0), native.load_word(terms, 1)
    rate = rate_maths.Rate(native.load_word(accepted, 0), to_word(times[0]), False)
    for row in range(len(times)):
        report, now = native.load_word(reports, row), to_word(times[row])
        if rate_maths.is_sound(report, to_word(updated[row]), now, max_age):
            rate = rate_maths.followed(rate, report, max_move, now)
        else:
            rate = rate_maths.Rate(rate.accepted, rate.time, True)
        native.store_word(accepted, row, rate.accepted)
        frozen[row] = rate.frozen


def set_rates(kind: Any, policy: Any, course: Any, row: int) -> None:
    """Give a stable pool the rates of a row, and those who look at values too."""
    raise NotImplementedError("compiled code only")


def set_values(kind: Any, values: Integers) -> None:
    """Make these the weights of a weighted pool, or the one of them the amplification of a stable pool."""
    raise NotImplementedError("compiled code only")


def front_run(scene: Scene, ledger: Ledger, rows: Rows, buffer: Buffer, row: int) -> None:
    """Trade last in a row whose next has other weights, as much as the pool takes, if that should pay."""
    raise NotImplementedError("compiled code only")


@overload(set_values, strict=False)  # type: ignore[untyped-decorator]
def compiled_set_values(kind: Any, values: Any) -> Any:
    forms = {Weighted: set_weights, Stable: set_amplification}
    return forms.get(kind.instance_class, lambda kind, values: None)


def set_weights(kind: Any, values: Any) -> None:
    for k in range(len(values)):
        kind.weights[k] = values[k] / 1e18
        native.store_word(kind.weight_words, k, to_word(values[k]))


def set_amplification(kind: Any, values: Any) -> None:
    if kind.raw_amplification[0] == values[0]:
        return
    kind.raw_amplification[0] = values[0]
    kind.ann[0] = values[0] * len(kind.factors) / AMPLIFICATION_PRECISION
    native.store_word(kind.amplification, 0, to_word(values[0]))
    # What is remembered of the balances is of the amplification before: no balance is below 0.
    kind.memory[0] = -1.0


@overload(set_rates, strict=False)  # type: ignore[untyped-decorator]
def compiled_set_rates(kind: Any, policy: Any, course: Any, row: Any) -> Any:
    if kind.instance_class is not Stable:
        return lambda kind, policy, course, row: None
    return set_stable_rates


def set_stable_rates(kind: Any, policy: Any, course: Any, row: Any) -> None:
    moved = False
    for k in range(len(kind.factors)):
        kind.frozen[k] = course.frozen[row, k]
        factor = umul(native.load_word(course.rates, (row, k)), native.load_word(kind.unit_words, k))
        if factor != native.load_word(kind.factor_words, k):
            moved = True
            native.store_word(kind.factor_words, k, factor)
            kind.raw_factors[k] = native.to_float(factor)
            kind.factors[k] = kind.raw_factors[k] / 1e18
    if moved:
        tell_factors(policy, kind.factor_words)
        # What is remembered of the balances is of the rates before: no balance is below 0.
        kind.memory[0] = -1.0


@register_jitable  # type: ignore[untyped-decorator]
def turn_values(scene: Scene, ledger: Ledger, rows: Rows, buffer: Buffer, row: int) -> None:
    """Bring weights, amplification and rates up to a row; the rebalancer is paid, and who ran before it sells first."""
    course, at = scene.course, ledger.cursor[PAID_FOR]
    set_values(scene.kind, course.values[row])
    if len(course.rates) > 0:
        set_rates(scene.kind, scene.terms.policy, course, row)
    if at < len(course.rows) and course.rows[at] == row:
        ledger.cursor[PAID_FOR] = at + 1
        pay_keeper(scene, ledger, rows, row)
    if ledger.cursor[WAITING] == 0:
        return
    ledger.cursor[WAITING] = 0
    prices = scene.market.unit_prices[row]
    for _ in range(MOST_BACK):
        i, o, amount, profit = find_trade(scene.kind, ledger.reserves, prices, scene.terms.keeps, 1.0)
        if amount < 1.0 or profit <= course.front_gas:
            break
        deal = Deal(row, FRONT_RUNNER, i, o, amount, course.front_gas, 0.0)
        if not trade_apart(scene, ledger, rows, buffer, deal, prices):
            break


@inlined
def pay_keeper(scene: Scene, ledger: Ledger, rows: Rows, row: int) -> None:
    """Pay for one transaction of the rebalancer: from elsewhere, or by shares minted for it and withdrawn at once."""
    course, prices, flows = scene.course, scene.market.unit_prices[row], rows.flows[ledger.cursor[SLOT]]
    flows[tables.KEEPER_GAS] += course.cost
    received = 0.0
    if course.from_pool:
        value = 0.0
        for k in range(len(ledger.reserves)):
            value += ledger.reserves[k] * prices[k]
        # Minted shares are this part of the new supply, so that they are worth the cost.
        part = min(course.cost / value, 0.5)
        supply = read(ledger.supply, 0)
        shares = part_of_supply(supply, int(part / (1.0 - part) * 1e18))
        grown = plus(supply, shares)
        for k in range(len(ledger.reserves)):
            balance = read(ledger.balances, k)
            amount = withdrawn(balance, shares, grown, minus(shares, shares))  # no provider leaves: no fee
            write(ledger.balances, k, minus(balance, amount))
            add_to(ledger.accounts, (KEEPER, k), amount)
            write(course.amounts, (ledger.cursor[PAID_FOR] - 1, k), amount)
            ledger.reserves[k] = as_float(read(ledger.balances, k))
            received += as_float(amount) * prices[k]
        flows[tables.KEEPER_POOL] += received
    else:
        received = course.cost
        flows[tables.KEEPER_PAYER] += course.cost
    flows[tables.KEEPER_WALLET] += received - course.cost


@overload(front_run, strict=False)  # type: ignore[untyped-decorator]
def compiled_front_run(scene: Any, ledger: Any, rows: Any, buffer: Any, row: Any) -> Any:
    fields = dict(zip(scene.instance_class._fields, scene.types, strict=True))
    if fields["kind"].instance_class is not Weighted:
        return lambda scene, ledger, rows, buffer, row: None

    def weighted(scene: Any, ledger: Any, rows: Any, buffer: Any, row: Any) -> None:
        following, prices = scene.course.scheduled[row] / 1e18, scene.market.unit_prices[row]
        i, o = best_pair(scene.kind.weights, following, scene.terms.keeps)
        if i == o:
            return
        keep = scene.terms.keeps[i, o]
        ratio = scene.kind.weights[i] / scene.kind.weights[o]
        net = ledger.reserves[i] * math.expm1(min(WEIGHTED_GROWTH, WEIGHTED_GROWTH / ratio))
        terms = scene.terms.keeps, prices, scene.course.front_gas
        expected = round_trip(ledger.reserves, scene.kind.weights, following, (i, o), net, terms)
        deal = Deal(row, FRONT_RUNNER, i, o, net / keep, scene.course.front_gas, -math.inf)
        if expected > 0.0 and trade_apart(scene, ledger, rows, buffer, deal, prices):
            ledger.cursor[WAITING] = 1

    return weighted


@register_jitable  # type: ignore[untyped-decorator]
def best_pair(weights: Floats, following: Floats, keeps: Floats) -> tuple[int, int]:
    """Return the pair whose price the change moves most, if by more than two fees; the same token twice if none."""
    best, best_in, best_out = 1.0 + 1e-12, 0, 0
    for i in range(len(weights)):
        for o in range(len(weights)):
            gain = keeps[i, o] * keeps[o, i] * (weights[i] / following[i]) * (following[o] / weights[o])
            if i != o and gain > best:
                best, best_in, best_out = gain, i, o
    return best_in, best_out


@register_jitable  # type: ignore[untyped-decorator]
def round_trip(
    reserves: Floats, weights: Floats, following: Floats, pair: tuple[int, int], net: float, terms: Any
) -> float:
    """Return how much more a trade before and the best trades after the change earn than the latter alone, after gas.

    `terms`: keeps, today's prices, gas of a swap.
    """
    (i, o), (keeps, prices, gas) = pair, terms
    alone = back(reserves.copy(), following, terms)
    moved, amount = reserves.copy(), net / keeps[i, o]
    out = weighted_out(reserves, weights, i, o, net)
    moved[i] += amount
    moved[o] -= out
    first = out * prices[o] - amount * prices[i] - gas
    return float(first + back(moved, following, terms) - alone)


@register_jitable  # type: ignore[untyped-decorator]
def back(reserves: Floats, weights: Floats, terms: Any) -> float:
    """Return what pair trades earn until none pays; `reserves` are used up."""
    (keeps, prices, gas), earned = terms, 0.0
    for _ in range(MOST_BACK):
        i, o, amount, profit = weighted_trade(reserves, weights, prices, keeps, 1.0, True)
        if amount <= 0.0 or profit <= gas:
            break
        reserves[o] -= weighted_out(reserves, weights, i, o, amount * keeps[i, o])
        reserves[i] += amount
        earned += profit - gas
    return earned


compiled_follow = native.jit(follow, name="rates", seconds=3)
compiled_ramp = native.jit(ramp, name="ramps", seconds=3)
compiled_invariants = native.jit(invariants, name="invariants", seconds=2)
