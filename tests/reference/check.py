"""One operation on one random pool against the truth: side, distance, ledger, and whether a revert was due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Any

from tests.reference import exact
from tests.reference.domain import is_due
from tests.reference.exact import WAD, M
from tests.reference.operations import BY_NAME, OUT, Arguments, Operation
from tests.reference.states import Sample, draw_sample
from tests.reference.subject import Outcome, build_pool, run

# From here on the relative part of d is 10^8 units or more: a distance seen is not just the last unit's rounding.
PLENTY = 10**24


@dataclass
class Tally:
    """What a run of cases saw."""

    cases: int = 0
    answered: int = 0
    worst: float = 0.0
    worst_of_plenty: float = 0.0
    reverts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        share = 100 * self.answered // max(self.cases, 1)
        far = f"{self.worst:.4f} d, {self.worst_of_plenty:.6f} d from 1e24 up"
        return f"{self.cases} cases, {share} % answered, largest distance {far}"


def distance(figure: int, truth: exact.Real, moves: int, side: str) -> exact.Real:
    """How far the figure lies on the pool's side of the truth, in units of d; negative on the wrong side."""
    gap = truth - figure if side == OUT else figure - truth
    return gap / (1 + M.mpf(moves) / 10**16)


def check_cases(kind: str, name: str, count: int, seed: str) -> Tally:
    """Draw and check `count` cases of one operation of one kind."""
    rng, tally, operation = Random(f"{seed} {kind} {name}"), Tally(), BY_NAME[name]
    for number in range(count):
        sample = draw_sample(rng, kind)
        arguments = operation.draw(rng, sample.state)
        told = f"case {number}: {sample}\n{name} {arguments}"
        check_case(sample, operation, arguments, tally, told)
    assert tally.answered >= 0.4 * tally.cases, f"too many reverts to prove anything: {tally.reverts}"
    return tally


def check_case(sample: Sample, operation: Operation, a: Arguments, tally: Tally, told: str) -> None:
    """Run one operation and hold the answer, or the revert, against the truth."""
    pool = build_pool(sample)
    before = pool.state
    outcome = run(pool, operation.name, a)
    tally.cases += 1
    try:
        truth = operation.truth(sample.state, a)
    except exact.Impossible:
        truth = None
    if outcome.reverted:
        assert pool.state == before, f"a failed action changed the pool\n{told}"
        due = is_due(outcome.reason or "", sample, operation, a, truth)
        assert due, f"revert {outcome.reason!r} was not due, truth {truth}\n{told}"
        tally.reverts[outcome.reason or ""] += 1
        return
    assert truth is not None, f"answered {outcome.figure}, although there is no answer\n{told}"
    tally.answered += 1
    seen = hold_figure(sample, operation, a, outcome, truth, told)
    tally.worst = max(tally.worst, seen)
    moves = operation.moves(sample.state, a)
    if not isinstance(moves, tuple) and moves >= PLENTY:
        tally.worst_of_plenty = max(tally.worst_of_plenty, seen)
    check_ledger(before, pool.state, outcome.result, operation.name, a, sample, told)
    check_fees(sample, operation.name, a, outcome.result, told)


def hold_figure(
    sample: Sample, operation: Operation, a: Arguments, outcome: Outcome, truth: Any, told: str
) -> float:
    """Assert side and distance; proportional figures are exact."""
    if isinstance(truth, list):
        rounded = floor if operation.side == OUT else ceil
        assert outcome.figure == [rounded(part) for part in truth], f"not rounded to the pool's side: {told}"
        return float(max(abs(Fraction(x) - part) for x, part in zip(outcome.figure, truth, strict=True)))
    gap = distance(outcome.figure, truth, operation.moves(sample.state, a), operation.side)
    assert gap >= 0, f"{outcome.figure} favours the trader, truth {truth}\n{told}"
    assert gap <= 1, f"{outcome.figure} is {float(gap):.3f} d from {truth}\n{told}"
    return float(gap)


def check_ledger(
    before: Any, after: Any, result: Any, name: str, a: Arguments, sample: Sample, told: str
) -> None:
    """Assert that balances, owed fees and shares moved by what the result says, to the wei."""
    n = sample.state.n
    received, paid, fees, protocol, creator, shares = movements(result, name, a, n)
    for i in range(n):
        assert protocol[i] == fees[i] * sample.protocol_share // WAD, told
        assert creator[i] == fees[i] * sample.creator_share // WAD, told
        assert 0 <= protocol[i] + creator[i] <= fees[i], told
        moved = received[i] - paid[i] - protocol[i] - creator[i]
        assert after.balances[i] == before.balances[i] + moved, told
        assert after.protocol_owed[i] == before.protocol_owed[i] + protocol[i], told
        assert after.creator_owed[i] == before.creator_owed[i] + creator[i], told
    assert after.shares == before.shares + shares, told
    for same in ("rates", "swap_fee", "amplification"):
        assert getattr(after, same) == getattr(before, same), told
    assert result.state == after, told


def movements(result: Any, name: str, a: Arguments, n: int) -> tuple[Sequence[int], ...]:
    """(received, paid, fees, protocol, creator) per asset, and the change of the supply."""
    nothing = [0] * n

    def only(value: int, at: int) -> list[int]:
        return [value if i == at else 0 for i in range(n)]

    if name.startswith("swap"):
        given = a.amount
        assert given == (result.amount_in if name == "swap_exact_in" else result.amount_out)
        fees = (only(part, a.i) for part in (result.fee, result.protocol_fee, result.creator_fee))
        return only(result.amount_in, a.i), only(result.amount_out, a.o), *fees, 0  # type: ignore[return-value]
    fees = (list(part) for part in (result.fees, result.protocol_fees, result.creator_fees))
    if name.startswith("add"):
        return list(result.amounts), nothing, *fees, result.shares
    return nothing, list(result.amounts), *fees, -result.shares  # type: ignore[return-value]


def check_fees(sample: Sample, name: str, a: Arguments, result: Any, told: str) -> None:
    """Assert the reported fee: floor(amount in * f) of a swap, within d of the true one of a liquidity operation."""
    state = sample.state
    if name.startswith("swap"):
        assert result.fee == result.amount_in * state.fee // WAD, told
        return
    for i, (fee, true) in enumerate(zip(result.fees, true_fees(state, name, a, result), strict=True)):
        bound = 1 + M.mpf(state.balances[i]) / 10**16
        assert fee >= 0, told
        assert abs(fee - true) <= bound, f"fee {fee} of asset {i}, truth {true}\n{told}"


def true_fees(state: exact.State, name: str, a: Arguments, result: Any) -> list[exact.Real]:
    """The fee in each asset, as a real number."""
    if name in ("add_proportional", "remove_proportional"):
        return [M.zero] * state.n
    if name.startswith("add"):
        amounts = result.amounts
        net = exact.unbalanced_net(state, amounts)
        return [amount - kept for amount, kept in zip(amounts, net, strict=True)]
    if name == "remove_single_exact_out":
        q = exact.left_before_fee(state, a.i, a.amount)
    else:
        q = exact.balance_ratio(state, a.i, exact.real(Fraction(state.shares - a.amount, state.shares)))
    fee = state.balances[a.i] * (exact.fee_curve(state, a.i, q) - q)
    return [fee if i == a.i else M.zero for i in range(state.n)]
