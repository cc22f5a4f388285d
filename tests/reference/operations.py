"""The nine operations of a pool: how to draw one, what it truly amounts to, on which side of it the pool must stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from poolwright.spec.bounds import MAX_BALANCE, MAX_SHARES
from tests.reference import exact
from tests.reference.exact import CONSTANT_PRODUCT, WEIGHTED, M, Real, State
from tests.reference.states import log_uniform

OUT, IN = (
    "out",
    "in",
)  # an amount or shares that the user gets: never above the truth; that the user gives: never below


@dataclass(frozen=True)
class Arguments:
    """Arguments of one operation; what an operation does not need stays at its default."""

    i: int = 0
    o: int = 0
    amount: int = 0
    amounts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Operation:
    """`truth` gives one figure, or one per asset; `moves` the balance or supply to which the distance is relative."""

    name: str
    side: str
    draw: Callable[[Random, State], Arguments]
    truth: Callable[[State, Arguments], Any]
    moves: Callable[[State, Arguments], Any]


def draw_part(rng: Random, limit: int) -> int:
    """An amount of one unit, a few, some part of the limit, the limit to the unit, or a little too much."""
    limit = max(limit, 1)
    shape = rng.choice(("one", "few", "part", "part", "part", "large", "large", "edge", "beyond"))
    if shape == "one":
        return 1
    if shape == "few":
        return rng.randint(1, min(10, limit))
    if shape == "part":
        return log_uniform(rng, 1, limit)
    if shape == "large":
        return max(1, limit * rng.randint(1, 1000) // 1000)
    if shape == "edge":
        return max(1, limit + rng.randint(-2, 2))
    return limit * rng.randint(1001, 4000) // 1000


def draw_pair(rng: Random, state: State) -> tuple[int, int]:
    """Two different assets."""
    i = rng.randrange(state.n)
    return i, (i + rng.randrange(1, state.n)) % state.n


def draw_swap_in(rng: Random, state: State) -> Arguments:
    i, o = draw_pair(rng, state)
    bi, keep = state.balances[i], real_keep(state)
    if state.kind == WEIGHTED:
        limit = bi * min(M.one, M.power(2, exact.real(state.weight(o) / state.weight(i))) - 1) / keep
    elif state.kind == CONSTANT_PRODUCT:
        limit = M.mpf(min(MAX_BALANCE - bi, bi * 100))
    else:
        limit = M.fsum(exact.values(state, state.balances)) / state.factors[i] * 2
    return Arguments(i, o, min(draw_part(rng, int(limit)), MAX_BALANCE))


def draw_swap_out(rng: Random, state: State) -> Arguments:
    i, o = draw_pair(rng, state)
    limit = M.mpf(state.balances[o])
    if state.kind == WEIGHTED:
        limit *= min(M.mpf(1) / 2, 1 - M.power(2, -exact.real(state.weight(i) / state.weight(o))))
    return Arguments(i, o, min(draw_part(rng, int(limit)), MAX_BALANCE))


def draw_add_proportional(rng: Random, state: State) -> Arguments:
    room = min(MAX_BALANCE * state.shares // b for b in state.balances) - state.shares
    return Arguments(amount=draw_part(rng, min(room, MAX_SHARES - state.shares, 20 * state.shares)))


def draw_add_unbalanced(rng: Random, state: State) -> Arguments:
    amounts = [
        0 if rng.random() < 0.3 else draw_part(rng, min(9 * b, MAX_BALANCE - b)) for b in state.balances
    ]
    if rng.random() < 0.2:  # nearly in proportion: the fee falls on crumbs
        part = rng.randint(1, 9000)
        amounts = [b * part // 1000 + rng.randint(0, 3) for b in state.balances]
    return Arguments(amounts=tuple(amounts))


def draw_add_single_in(rng: Random, state: State) -> Arguments:
    i = rng.randrange(state.n)
    return Arguments(i, amount=draw_part(rng, min(9 * state.balances[i], MAX_BALANCE - state.balances[i])))


def draw_add_single_shares(rng: Random, state: State) -> Arguments:
    i = rng.randrange(state.n)
    limit = state.shares * (exact.single_ratio(state, i, exact.fee_curve(state, i, M.mpf(10))) - 1)
    return Arguments(i, amount=min(draw_part(rng, int(limit)), MAX_SHARES))


def draw_remove_proportional(rng: Random, state: State) -> Arguments:
    return Arguments(amount=draw_part(rng, state.shares - 1))


def draw_remove_single_shares(rng: Random, state: State) -> Arguments:
    i = rng.randrange(state.n)
    limit = state.shares * (1 - exact.single_ratio(state, i, M.mpf(1) / 10))
    return Arguments(i, amount=draw_part(rng, int(limit)))


def draw_remove_single_out(rng: Random, state: State) -> Arguments:
    i = rng.randrange(state.n)
    limit = state.balances[i] * (1 - exact.fee_curve(state, i, M.mpf(1) / 10))
    return Arguments(i, amount=draw_part(rng, int(limit)))


def real_keep(state: State) -> Real:
    """1 - f."""
    return exact.real(1 - state.f)


def balance_of(state: State, i: int) -> int:
    return state.balances[i]


OPERATIONS = (
    Operation(
        "swap_exact_in",
        OUT,
        draw_swap_in,
        lambda s, a: exact.swap_out(s, a.i, a.o, a.amount),
        lambda s, a: s.balances[a.o],
    ),
    Operation(
        "swap_exact_out",
        IN,
        draw_swap_out,
        lambda s, a: exact.swap_in(s, a.i, a.o, a.amount),
        lambda s, a: s.balances[a.i],
    ),
    Operation(
        "add_proportional",
        IN,
        draw_add_proportional,
        lambda s, a: exact.proportional_in(s, a.amount),
        lambda s, a: s.balances,
    ),
    Operation(
        "add_unbalanced",
        OUT,
        draw_add_unbalanced,
        lambda s, a: exact.shares_for_amounts(s, a.amounts),
        lambda s, a: s.shares,
    ),
    Operation(
        "add_single_exact_in",
        OUT,
        draw_add_single_in,
        lambda s, a: exact.shares_for_single_in(s, a.i, a.amount),
        lambda s, a: s.shares,
    ),
    Operation(
        "add_single_exact_shares",
        IN,
        draw_add_single_shares,
        lambda s, a: exact.single_in_for_shares(s, a.i, a.amount),
        lambda s, a: s.balances[a.i],
    ),
    Operation(
        "remove_proportional",
        OUT,
        draw_remove_proportional,
        lambda s, a: exact.proportional_out(s, a.amount),
        lambda s, a: s.balances,
    ),
    Operation(
        "remove_single_exact_in",
        OUT,
        draw_remove_single_shares,
        lambda s, a: exact.single_out_for_shares(s, a.i, a.amount),
        lambda s, a: s.balances[a.i],
    ),
    Operation(
        "remove_single_exact_out",
        IN,
        draw_remove_single_out,
        lambda s, a: exact.shares_for_single_out(s, a.i, a.amount),
        lambda s, a: s.shares,
    ),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}
SWAPS = ("swap_exact_in", "swap_exact_out")
ADDS = ("add_proportional", "add_unbalanced", "add_single_exact_in", "add_single_exact_shares")
REMOVES = ("remove_proportional", "remove_single_exact_in", "remove_single_exact_out")
