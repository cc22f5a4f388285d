"""The stable solver's unchecked arithmetic, run with every operation checked: nothing in its domain leaves a word.

Nothing is compared with the solver's own results here: a wrapped product, a negative difference or a division by
zero raises. Near the edges that the bounds in stable_invariant.vy are proved for: sums that fill 104 bits, assets at
2^-16 of the sum, every number of assets, the least and the greatest amplification.
"""

from __future__ import annotations

import random

import pytest

from poolwright.errors import PoolRevert
from poolwright.model import words
from poolwright.model.maths import limits, stable_invariant

CASES = 300
CHECKED = {"wrap_uadd": "uadd", "wrap_usub": "usub", "wrap_umul": "umul", "wrap_udiv": "udiv"}


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrapping, checking in CHECKED.items():
        monkeypatch.setattr(stable_invariant, wrapping, getattr(words, checking))


def balances(rng: random.Random, n: int) -> tuple[int, ...]:
    """Values in the solver's own unit, most of them at an edge of the domain or close to it."""
    total = (1 << rng.choice((88, 96, 103))) + rng.randrange(1 << 87)
    if rng.random() < 0.5:
        total = (1 << 104) - 9 - rng.randrange(1 << 60)
    least = (total >> 16) + 1
    x = [least + rng.choice((0, 1, rng.randrange(least))) for _ in range(n)]
    for i in rng.sample(range(n), rng.randrange(1, n)):
        x[i] = max(x[i], int((total - sum(x)) * rng.random()))
    x[rng.randrange(n)] += max(total - sum(x), 0)
    return tuple(x)


@pytest.mark.parametrize("n", range(2, 9))
def test_nothing_leaves_a_word(n: int) -> None:
    rng = random.Random(n)
    answered = 0
    for _ in range(CASES):
        x = balances(rng, n)
        amplification = rng.choice((limits.MIN_AMPLIFICATION, 200_000, limits.MAX_AMPLIFICATION))
        try:
            total, least = stable_invariant.check_domain(x)
        except PoolRevert:
            continue
        d = stable_invariant.invariant_up(x, total, least, amplification)
        start = min(d * rng.choice((1, 2, 4, 8, 16)) // 8, total)
        stable_invariant.invariant_down(x, total, least, start, amplification)
        for index in range(n):
            start = rng.choice((0, x[index], rng.randrange(total)))
            try:
                stable_invariant.balance_up(x, index, start, d, amplification)
                answered += 1
            except PoolRevert as refused:
                if not str(refused).startswith("stable: "):
                    pytest.fail(f"{refused} of {x}, A {amplification}")
    assert answered > CASES // 2
