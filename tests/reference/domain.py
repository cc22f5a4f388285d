"""Which reverts are due: for each text, its condition in the documented domain, decided on exact numbers.

A revert outside these conditions is a surprise, and a revert without a text (checked arithmetic) always is. Where the
contract decides on its own rounded figure, a condition has the room of the distance d.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from poolwright.spec.bounds import MAX_BALANCE, MAX_SHARES
from tests.reference import exact
from tests.reference.exact import CONSTANT_PRODUCT, STABLE, WEIGHTED, M, Real
from tests.reference.operations import Arguments, Operation
from tests.reference.states import STABLE_SMALLEST, Sample

EDGE_ROOM = 1 + M.mpf(2) ** -10


@dataclass(frozen=True)
class Case:
    """What a condition may look at; `truth` is None where no real number answers."""

    sample: Sample
    operation: Operation
    a: Arguments
    truth: Any

    @property
    def state(self) -> exact.State:
        return self.sample.state

    @property
    def name(self) -> str:
        return self.operation.name

    def room(self) -> Real:
        """The distance d of a single figure."""
        moves = self.operation.moves(self.state, self.a)
        return 1 + M.mpf(max(moves) if isinstance(moves, tuple) else moves) / 10**16


def is_due(reason: str, sample: Sample, operation: Operation, a: Arguments, truth: Any) -> bool:
    """True if the contract's domain refuses this operation with this text."""
    condition = CONDITIONS.get(reason)
    return condition is not None and condition(Case(sample, operation, a, truth))


def swap_in_too_large(c: Case) -> bool:
    """Weighted: net above the balance; stable: worth more than the whole pool; all: more than a balance holds."""
    i, s = c.a.i, c.state
    if c.name == "swap_exact_in" and c.a.amount > MAX_BALANCE:
        return True
    if s.kind == CONSTANT_PRODUCT:
        return c.name == "swap_exact_out" and (c.truth is None or bool(c.truth > MAX_BALANCE))
    net = c.a.amount * (1 - s.f) if c.name == "swap_exact_in" else c.truth and c.truth * exact.real(1 - s.f)
    if net is None:
        return True
    if s.kind == WEIGHTED:
        return bool(exact.real(net) >= s.balances[i] * (1 - M.mpf(10) ** -16))
    return bool(exact.real(net) * s.factors[i] >= M.fsum(exact.values(s, s.balances)))


def swap_out_too_large(c: Case) -> bool:
    """Weighted: more than half of the balance; others: all of it."""
    held = c.state.balances[c.a.o]
    out = c.a.amount if c.name == "swap_exact_out" else c.truth
    if c.state.kind == WEIGHTED:
        return bool(out > held // 2)
    return bool(out >= held)


def nothing_comes_out(c: Case) -> bool:
    """The true figure is within d of nothing."""
    return c.truth is not None and bool(c.truth < 1 + c.room())


def shares_too_many(c: Case) -> bool:
    """The supply would pass its bound, or an argument already does."""
    asked = c.a.amount if c.name in ("add_proportional", "add_single_exact_shares") else 0
    given = c.truth if c.name in ("add_unbalanced", "add_single_exact_in") else asked
    return bool(c.state.shares + given > MAX_SHARES)


def supply_exceeded(c: Case) -> bool:
    """All shares, or more, would be burned."""
    burned = c.truth if c.name == "remove_single_exact_out" else c.a.amount
    return burned is None or bool(burned >= c.state.shares - c.room())


def balance_too_large(c: Case) -> bool:
    """A receipt would pass the ledger's bound."""
    return any(b + a > MAX_BALANCE for b, a in zip(c.state.balances, received(c), strict=True))


def received(c: Case) -> list[Real]:
    """The largest amount in per asset that is still within d of the truth."""
    n = c.state.n
    if c.name == "add_unbalanced":
        return list(c.a.amounts)
    if c.name == "add_proportional":
        return [part + 1 for part in c.truth]
    if c.name in ("swap_exact_in", "add_single_exact_in"):
        return [c.a.amount if i == c.a.i else 0 for i in range(n)]
    return [c.truth + c.room() if i == c.a.i else 0 for i in range(n)]


def balance_too_small(c: Case) -> bool:
    """A payment would leave nothing."""
    if c.name == "remove_proportional":
        return c.truth is None
    return c.truth is None or bool(c.truth + c.room() >= c.state.balances[c.a.o])


def add_too_large(c: Case) -> bool:
    """More than nine times a balance, or nine times the supply, in one add."""
    s, a = c.state, c.a
    if c.name == "add_unbalanced":
        return any(x > 9 * b for x, b in zip(a.amounts, s.balances, strict=True))
    if c.name == "add_single_exact_in":
        return a.amount > 9 * s.balances[a.i]
    return a.amount > 9 * s.shares or bool(c.truth + c.room() >= 9 * s.balances[a.i])


def remove_too_large(c: Case) -> bool:
    """What is left before the fee would be under a tenth of the balance."""
    q = left_before_fee(c)
    return q is None or bool(q <= EDGE_ROOM / 10)


def left_before_fee(c: Case) -> Real | None:
    """The factor on the balance that the burned shares alone account for.

    For an exact amount out the contract searches it between v = 1 - amount / balance and (v - f * rho(v)) / (1 - f),
    and refuses when that first lower bound is already outside: up to 8 % before the true factor would be.
    """
    s = c.state
    if c.name == "remove_single_exact_out":
        v = exact.real(1 - Fraction(c.a.amount, s.balances[c.a.i]))
        f = exact.real(s.f)
        return (v - f * exact.single_ratio(s, c.a.i, v)) / (1 - f) if v > 0 else None
    if c.a.amount >= s.shares:
        return None
    return exact.balance_ratio(s, c.a.i, exact.real(1 - Fraction(c.a.amount, s.shares)))


def stable_imbalance(c: Case) -> bool:
    """Some value, before, after or at an end of the search, would be less than the smallest part of the sum."""
    if c.state.kind != STABLE or c.truth is None:
        return c.state.kind == STABLE
    return any(min(xs) * STABLE_SMALLEST <= M.fsum(xs) * EDGE_ROOM for xs in stable_ends(c))


def stable_ends(c: Case) -> Iterator[list[Real]]:
    """The values that the stable maths meets in this operation."""
    s, a = c.state, c.a
    xs = exact.values(s, s.balances)
    yield xs

    def changed(**by: Real) -> list[Real]:
        return [x + by.get(f"b{k}", 0) * s.factors[k] for k, x in enumerate(xs)]

    if c.name.startswith("swap"):
        given = a.amount if c.name == "swap_exact_in" else c.truth
        out = c.truth if c.name == "swap_exact_in" else a.amount
        yield changed(**{f"b{a.i}": given * exact.real(1 - s.f), f"b{a.o}": -out})
        if c.name == "swap_exact_out":
            yield changed(**{f"b{a.o}": M.mpf(-out)})
    elif c.name == "add_unbalanced":
        yield changed(**{f"b{k}": M.mpf(x) for k, x in enumerate(a.amounts)})
        yield changed(**{f"b{k}": x for k, x in enumerate(exact.unbalanced_net(s, a.amounts))})
    elif c.name.startswith("add"):
        yield changed(**{f"b{a.i}": M.mpf(a.amount if c.name == "add_single_exact_in" else c.truth)})
    else:
        q = left_before_fee(c)
        yield changed(**{f"b{a.i}": s.balances[a.i] * ((q or M.zero) - 1)})


CONDITIONS: dict[str, Callable[[Case], bool]] = {
    "swap: in too large": swap_in_too_large,
    "swap: out too large": swap_out_too_large,
    "swap: zero out": nothing_comes_out,
    "shares: zero minted": nothing_comes_out,
    "shares: too many": shares_too_many,
    "shares: supply exceeded": supply_exceeded,
    "pool: balance too large": balance_too_large,
    "pool: balance too small": balance_too_small,
    "add: amount too large": add_too_large,
    "remove: amount too large": remove_too_large,
    "remove: zero out": nothing_comes_out,
    "stable: imbalance": stable_imbalance,
}
