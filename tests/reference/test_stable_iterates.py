"""Each step of the stable solver ends on its side of the root, whatever it starts from: exact signs of the equations.

Both equations are polynomials in whole numbers, so their sign tells the side of the root without any root. How soon a
solver may stop is a part of the least balance: told of a huge one it stops after its first step, told of a small one
after its last, and what it then answers is the iterate.
"""

from __future__ import annotations

import math
import random

import pytest

from poolwright.errors import PoolRevert
from poolwright.model.maths import limits, stable_invariant, stable_liquidity, stable_maths
from tests.reference.exact import STABLE
from tests.reference.states import draw_sample
from tests.reference.test_stable_bounds import balances

CASES = 300
PRECISION = limits.AMPLIFICATION_PRECISION
LARGE = 1 << 103  # a least balance after which any first step will do
AMPLIFICATIONS = (limits.MIN_AMPLIFICATION, 100_000, limits.MAX_AMPLIFICATION)


def excess(x: tuple[int, ...], d: int, ann: int) -> int:
    """F(D) = P + (Ann - 1) D - Ann S, times what makes it whole; rises with D where it is not far below nothing."""
    n = len(x)
    scale = n**n * math.prod(x)
    return PRECISION * d ** (n + 1) + ((ann - PRECISION) * d - ann * sum(x)) * scale


def surplus(x: tuple[int, ...], index: int, y: int, d: int, ann: int) -> int:
    """G(y) = y^2 + (S' + D / Ann - D) y - D^(n+1) / (n^n prod' x Ann), times what makes it whole."""
    n = len(x)
    others = [x_k for k, x_k in enumerate(x) if k != index]
    scale = n**n * math.prod(others)
    linear = ann * (sum(others) - d) + PRECISION * d
    return (ann * y * y + linear * y) * scale - PRECISION * d ** (n + 1)


def well_below(value: int) -> int:
    """Less by more than where solvers stop and what their roundings come to, both a part in 2^62 or so."""
    return value - (value >> 60) - 1000


def pools(n: int) -> list[tuple[tuple[int, ...], int, int, int]]:
    """(x, sum, least, amplification) inside the domain, most at an edge of it."""
    rng, found = random.Random(f"iterates {n}"), []
    while len(found) < CASES:
        x = balances(rng, n)
        try:
            found.append((x, *stable_invariant.check_domain(x), rng.choice(AMPLIFICATIONS)))
        except PoolRevert:
            continue
    return found


@pytest.mark.parametrize("n", range(2, 9))
def test_every_iterate_of_d_is_an_upper_bound(n: int) -> None:
    rng = random.Random(n)
    for x, total, least, amplification in pools(n):
        ann = amplification * n
        above = stable_invariant.above_root(x, total, least)
        last = stable_invariant._root_up(x, total, 0, above, ann)
        starts = (above, *(last * part // 8 for part in (1, 4, rng.randint(5, 15))))
        for start in starts:
            for tolerance in (LARGE, 1 << 90, 1 << 80, least):
                d = stable_invariant._root_up(x, total, tolerance, min(start, total), ann)
                assert excess(x, d, ann) >= 0, (x, amplification, start, tolerance)
            assert excess(x, well_below(d), ann) < 0, (x, amplification, start)


@pytest.mark.parametrize("n", range(2, 9))
def test_d_is_between_its_bounds(n: int) -> None:
    for x, total, least, amplification in pools(n):
        ann = amplification * n
        above = stable_invariant.above_root(x, total, least)
        down = stable_invariant.invariant_down(x, total, least, above, amplification)
        assert excess(x, down, ann) <= 0
        assert excess(x, down + (down >> 60) + 1000, ann) > 0
        # of whatever normalising cut off
        up = stable_invariant.invariant_up(x, total, least, amplification)
        assert excess(tuple(x_k + 1 for x_k in x), up, ann) >= 0


@pytest.mark.parametrize("n", range(2, 9))
def test_every_iterate_of_a_balance_is_an_upper_bound(n: int) -> None:
    rng, answered = random.Random(n), 0
    for x, total, least, amplification in pools(n):
        d = stable_invariant.invariant_up(x, total, least, amplification)
        d = d * rng.choice((1000, rng.randint(990, 1010))) // 1000
        index = rng.randrange(n)
        for start in (0, 1, x[index], rng.randrange(2 * total), stable_invariant.Y_MAX - 1):
            try:
                y = stable_invariant.balance_up(x, index, start, d, amplification)
            except PoolRevert:
                continue
            answered += 1
            ann = amplification * n
            assert surplus(x, index, y, d, ann) >= 0, (x, index, start, d, amplification)
            assert surplus(x, index, well_below(y), d, ann) < 0, (x, index, start, d, amplification)
    assert answered > 2 * CASES


def outcome(function, *args):
    """What a function answers, or why not."""
    try:
        return function(*args)
    except PoolRevert as refused:
        return str(refused)


def test_an_add_of_one_asset_is_one_of_any_proportion() -> None:
    """To the wei: the Vault asks for the one, previews and the model for the other."""
    rng, answered = random.Random(1), 0
    for _ in range(CASES):
        state = draw_sample(rng, STABLE).state
        index = rng.randrange(state.n)
        held, factor = state.balances[index], state.factors[index]
        amount = max(1, int(held * 10 ** rng.uniform(-9, 1)))
        amounts = tuple(amount if k == index else 0 for k in range(state.n))
        values, worth = stable_maths.values_of(state.balances, state.factors)
        rest = (state.shares, state.fee)
        one = outcome(
            stable_liquidity.compute_shares_given_amount_in,
            *(values, worth, state.amplification, index, held, factor, amount, *rest),
        )
        many = outcome(
            stable_liquidity.compute_shares_given_amounts_in,
            *(state.balances, state.factors, state.amplification, amounts, *rest),
        )
        if isinstance(many, str):
            assert one == many
        else:
            answered += 1
            assert one == (many[0], many[1][index])
            assert sum(many[1]) == many[1][index]
    assert answered > CASES // 2
