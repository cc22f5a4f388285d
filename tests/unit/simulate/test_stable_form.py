"""The best trade against a stable pool, held to 40 digits: no pair and no amount earns more."""

from __future__ import annotations

import math
from typing import NamedTuple

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from poolwright.simulate.kernels.stable_form import IMBALANCE, Curve, remember, stable_trade

CASES = 80
GOLDEN = (mpmath.sqrt(5) - 1) / 2


class Case(NamedTuple):
    """A pool and a market; `factors` are value in the pool's unit per raw unit."""

    reserves: np.ndarray
    factors: np.ndarray
    ann: float
    prices: np.ndarray
    keeps: np.ndarray
    proceeds: float

    @property
    def curve(self) -> Curve:
        return Curve(tuple(range(len(self.reserves))), self.factors, self.ann)

    def best(self, memory: np.ndarray | None = None) -> tuple[int, int, float, float]:
        memory = np.zeros(2 * len(self.reserves) + 1) if memory is None else memory
        frozen = np.zeros(len(self.reserves), np.bool_)
        return stable_trade(self.reserves, self.curve, memory, frozen, self.prices, self.keeps, self.proceeds)


def drawn(seed: int) -> Case:
    """From calm pools near their peg to ones that are 100 times out of balance, A from 0.5 to 10,000."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    factors = 10.0 ** rng.integers(-6, 7, n)
    wildness = 10.0 ** rng.uniform(-4, 0)
    reserves = 1e7 * 100.0 ** (rng.uniform(-1, 1, n) * wildness) / factors
    prices = factors * np.exp(rng.normal(0, 10.0 ** rng.uniform(-4, -0.5), n))
    keeps = 1.0 - rng.uniform(0, 0.004, (n, n))
    keeps[range(n), range(n)] = keeps.max()
    return Case(
        reserves, factors, n * 10.0 ** rng.uniform(-0.3, 4), prices, keeps, 1.0 - rng.uniform(0, 0.001)
    )


def invariant(x: list[mpf], ann: mpf) -> mpf:
    """D of Ann sum(x) + D = Ann D + D^(n+1) / (n^n prod x): Newton from above, in 40 digits."""
    n, d = len(x), sum(x)
    for _ in range(300):
        power = d ** (n + 1) / (n**n * mpmath.fprod(x))
        step = ((ann - 1) * d + power - ann * sum(x)) / (ann - 1 + (n + 1) * power / d)
        d -= step
        if abs(step) < d * mpf(10) ** -38:
            return d
    raise AssertionError("no invariant")


class Pair:
    """What one pair earns by its amount in; the amount out keeps D."""

    def __init__(self, case: Case, i: int, o: int) -> None:
        self.factor_in, self.factor_out = mpf(float(case.factors[i])), mpf(float(case.factors[o]))
        x = [mpf(float(r)) * mpf(float(f)) for r, f in zip(case.reserves, case.factors, strict=True)]
        ann, n = mpf(case.ann), len(x)
        self.x, self.y, d = x[i], x[o], invariant(x, ann)
        self.rest = sum(x) - x[i] - x[o]
        others = mpmath.fprod(each for k, each in enumerate(x) if k not in (i, o))
        self.linear, self.constant = self.rest + d / ann - d, d ** (n + 1) / (n**n * others * ann)
        self.keep = mpf(float(case.keeps[i, o]))
        self.price_in, self.price_out = (
            mpf(float(case.prices[i])),
            mpf(float(case.prices[o])) * mpf(case.proceeds),
        )

    def left(self, x: mpf) -> mpf:
        half = (self.linear + x) / 2
        return mpmath.sqrt(half**2 + self.constant / x) - half

    def profit(self, amount: mpf) -> mpf:
        left = self.left(self.x + amount * self.keep * self.factor_in)
        return (self.y - left) / self.factor_out * self.price_out - amount * self.price_in

    def limit(self) -> mpf:
        """The amount in at which the balance out meets the least part of the sum that is chosen."""
        low, high = self.x, self.x * 2**60
        for _ in range(200):
            middle = (low + high) / 2
            y = self.left(middle)
            low, high = (middle, high) if y > mpf(IMBALANCE) * (self.rest + middle + y) else (low, middle)
        return (low - self.x) / (self.keep * self.factor_in)

    def most(self) -> mpf:
        """The largest profit, by golden sections of the amounts up to the limit: profit is concave."""
        low, high = mpf(0), self.limit()
        for _ in range(110):
            a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
            low, high = (low, b) if self.profit(a) > self.profit(b) else (a, high)
        return max(self.profit((low + high) / 2), mpf(0))


@pytest.fixture(autouse=True)
def _forty_digits() -> object:
    with mpmath.workdps(40):
        yield


@pytest.mark.parametrize("seed", range(CASES))
def test_no_pair_and_no_amount_earns_more(seed: int) -> None:
    case = drawn(seed)
    n, worth = len(case.reserves), float(case.reserves @ case.prices)
    i, o, amount, profit = case.best()
    most = max(Pair(case, a, b).most() for a in range(n) for b in range(n) if a != b)
    assert abs(profit - most) <= 1e-13 * worth
    if amount > 0:
        assert i != o
        assert abs(Pair(case, i, o).profit(mpf(amount)) - most) <= 1e-13 * worth
    else:
        assert most <= 1e-13 * worth


def test_most_cases_trade_and_some_do_not() -> None:
    trading = [drawn(seed).best()[2] > 0 for seed in range(CASES)]
    assert CASES // 2 < sum(trading) < CASES


@pytest.mark.parametrize("ann", [1.0, 200.0, 40_000.0])
def test_a_worthless_token_fills_the_pool_up_to_its_limit(ann: float) -> None:
    pair = np.full((2, 2), 0.999)
    case = Case(np.array([1e6, 1e6]), np.ones(2), ann, np.array([1e-12, 1.0]), pair, 1.0)
    i, o, amount, _ = case.best()
    assert (i, o) == (0, 1)
    assert amount == pytest.approx(float(Pair(case, 0, 1).limit()), rel=1e-9)


def test_what_is_remembered_is_of_these_reserves() -> None:
    """A memory that has seen other pools gives what a fresh one gives."""
    memories: dict[int, np.ndarray] = {}
    for seed in range(CASES):
        case = drawn(seed)
        n = len(case.reserves)
        memory = memories.setdefault(n, np.zeros(2 * n + 1))
        assert case.best(memory) == case.best()
        d = memory[n]
        levels = case.factors + d / case.ann * np.prod(d / (n * case.reserves * case.factors)) / case.reserves
        assert np.allclose(memory[n + 1 :], levels, rtol=1e-13)
        before = memory.copy()
        remember(case.reserves, case.curve, memory)
        assert memory.tolist() == before.tolist()
    assert math.prod(memories) > 2
