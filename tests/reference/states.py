"""Random pools, steered to where rounding hurts: dust, plenty, extreme weights, fees, rates and imbalance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from poolwright.model.maths import stable_invariant
from poolwright.spec.bounds import (
    MAX_AMPLIFICATION,
    MAX_BALANCE,
    MAX_RATE,
    MAX_SHARES,
    MAX_SWAP_FEE,
    MIN_AMPLIFICATION,
    MIN_RATE,
    MIN_WEIGHT,
    MINIMUM_SHARES,
)
from tests.reference import exact
from tests.reference.exact import CONSTANT_PRODUCT, STABLE, WAD, WEIGHTED, M, State

DECIMALS = (0, 2, 6, 8, 18, *range(19))
# What the stable maths admits: no value at or under this part of the sum.
STABLE_SMALLEST: int = 2**stable_invariant.IMBALANCE_BITS


@dataclass(frozen=True)
class Sample:
    """One pool: its mathematics, and what else is needed to build it."""

    state: State
    decimals: tuple[int, ...]
    rates: tuple[int, ...]
    protocol_share: int = 0
    creator_share: int = 0
    label: str = ""


def log_uniform(rng: Random, low: int, high: int) -> int:
    """An integer in [low, high] whose logarithm is uniform."""
    if low >= high:
        return low
    drawn = M.exp(M.log(low) + (M.log(high) - M.log(low)) * rng.random())
    return min(max(int(drawn), low), high)


def draw_weights(rng: Random, n: int) -> tuple[int, ...]:
    """Weights that sum to WAD, each at least 1 %: equal, one as large as can be, or random."""
    shape = rng.choice(("equal", "extreme", "random", "random"))
    if shape == "extreme":
        weights = [MIN_WEIGHT] * n
    elif shape == "equal":
        weights = [WAD // n] * n
    else:
        cuts = sorted(rng.randrange(WAD - n * MIN_WEIGHT + 1) for _ in range(n - 1))
        edges = [0, *cuts, WAD - n * MIN_WEIGHT]
        weights = [MIN_WEIGHT + b - a for a, b in pairwise(edges)]
    weights[rng.randrange(n)] += WAD - sum(weights)
    return tuple(weights)


def draw_fee(rng: Random) -> int:
    """0 to 10 %, with both ends and a single WAD unit."""
    return rng.choice((0, 1, 4 * 10**14, 3 * 10**15, MAX_SWAP_FEE, rng.randrange(MAX_SWAP_FEE + 1)))


def draw_balances(rng: Random, n: int) -> tuple[str, list[int]]:
    """Balances of one class for pools whose maths runs on raw units."""
    label = rng.choice(("dust", "small", "normal", "huge", "mixed", "mixed"))
    low, high = {
        "dust": (1, 100),
        "small": (1, 10**9),
        "normal": (10**12, 10**27),
        "huge": (10**31, MAX_BALANCE // 2),
        "mixed": (1, MAX_BALANCE // 2),
    }[label]
    return label, [log_uniform(rng, low, high) for _ in range(n)]


def draw_rate(rng: Random) -> int:
    """0.01 to 100, often 1."""
    uneven = (MIN_RATE, MAX_RATE, 1_058_100_000_000_000_000, log_uniform(rng, MIN_RATE, MAX_RATE))
    return rng.choice((WAD, WAD, WAD, *uneven))


def draw_amplification(rng: Random) -> int:
    return rng.choice(
        (MIN_AMPLIFICATION, MAX_AMPLIFICATION, log_uniform(rng, MIN_AMPLIFICATION, MAX_AMPLIFICATION))
    )


def stable_domain(state: State, balances: Sequence[int] | None = None) -> bool:
    """True where the stable maths promises an answer."""
    xs = exact.values(state, state.balances if balances is None else balances)
    return bool(min(xs) * STABLE_SMALLEST > M.fsum(xs))


def draw_stable_balances(rng: Random, factors: Sequence[int]) -> tuple[str, list[int]] | None:
    """Values x * 2^-u with u up to the chosen imbalance; None when no raw balances can express them."""
    label, span = rng.choice((("even", 0.1), ("mild", 4.0), ("strong", 10.0), ("extreme", 15.9)))
    few_low = rng.random() < 0.5
    u = [0.0 if few_low and rng.random() < 0.6 else rng.random() * span for _ in factors]
    u[rng.randrange(len(u))] = 0.0
    low = max(f * M.power(2, x) for f, x in zip(factors, u, strict=True))
    high = min(f * M.power(2, x) for f, x in zip(factors, u, strict=True)) * (MAX_BALANCE // 2)
    if low >= high:
        return None
    size = rng.choice(("dust", "middle", "huge", "any"))
    if size == "dust":
        high = min(high, low * 1000)
    elif size == "huge":
        low = max(low, high / 1000)
    top = M.exp(M.log(low) + (M.log(high) - M.log(low)) * rng.random())
    raw = [max(1, int(top / M.power(2, x) / f + 0.5)) for f, x in zip(factors, u, strict=True)]
    return f"{label} {size}", raw


def draw_shares(rng: Random, invariant: exact.Real) -> int:
    """A supply near the invariant, or any; sometimes a handful."""
    shape = rng.choice(("near", "near", "any", "tiny"))
    if shape == "near":
        return min(max(int(invariant * M.power(10, rng.uniform(-3, 3))), 1), MAX_SHARES // 2)
    return log_uniform(rng, 1, 1000 if shape == "tiny" else MAX_SHARES // 2)


def draw_sample(rng: Random, kind: str, n: int | None = None) -> Sample:
    """One pool of the kind, inside the domain on which the kind promises answers."""
    if n is None:
        n = rng.choice((2, 2, 3, 3, 4, 5, 6, 7, 8, rng.randint(9, 16) if kind == WEIGHTED else 8))
    while True:
        decimals = tuple(rng.choice(DECIMALS) for _ in range(n))
        rates = tuple(draw_rate(rng) if kind == STABLE else WAD for _ in range(n))
        factors = tuple(10 ** (18 - d) * r for d, r in zip(decimals, rates, strict=True))
        drawn = draw_stable_balances(rng, factors) if kind == STABLE else draw_balances(rng, n)
        if drawn is None:
            continue
        label, balances = drawn
        state = State(
            kind,
            tuple(balances),
            MINIMUM_SHARES,
            draw_fee(rng),
            draw_weights(rng, n) if kind == WEIGHTED else (),
            draw_amplification(rng) if kind == STABLE else 0,
            factors if kind == STABLE else (),
        )
        if kind != STABLE or stable_domain(state):
            break
    scale = M.mpf(10) ** 18 if kind == STABLE else M.one
    shares = draw_shares(rng, exact.invariant(state) / scale)
    state = State(kind, state.balances, shares, state.fee, state.weights, state.amplification, state.factors)
    protocol = rng.choice((0, 10**17, 5 * 10**17, rng.randrange(5 * 10**17)))
    creator = rng.choice((0, 0, 25 * 10**16, 5 * 10**17))
    return Sample(state, decimals, rates, protocol, creator, f"{kind}-{n} {label}")


__all__ = [
    "CONSTANT_PRODUCT",
    "STABLE",
    "WEIGHTED",
    "Sample",
    "draw_sample",
    "log_uniform",
    "stable_domain",
]
