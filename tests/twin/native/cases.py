"""Integers for word tests: edges of limbs and types, patterns of limbs that upset division, random widths."""

from __future__ import annotations

import random
from functools import cache
from itertools import product

WRAP = 2**256
POWERS = [1, 8, 31, 32, 52, 53, 63, 64, 65, 112, 127, 128, 129, 191, 192, 193, 253, 254, 255]
EDGES = sorted(
    {0, 1, 2, 3, 10**18, 10**36, WRAP - 1, WRAP - 2} | {2**k + d for k in POWERS for d in (-1, 0, 1)}
)
LIMBS = [0, 1, 2, 2**32, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 2, 2**64 - 1]


def signed(bits: int) -> int:
    """Read 256 bits as two's complement."""
    return bits - WRAP if bits >> 255 else bits


def random_word(rng: random.Random) -> int:
    """Half of all words have random bits at a random width, half are made of limbs at their extremes."""
    if rng.random() < 0.5:
        return rng.getrandbits(rng.randint(1, 256))
    count = rng.randint(1, 4)
    limbs = [rng.choice(LIMBS) if rng.random() < 0.7 else rng.getrandbits(64) for _ in range(count)]
    return sum(limb << 64 * k for k, limb in enumerate(limbs))


def columns(count: int, *, cases: int, seed: int = 0) -> list[list[int]]:
    """Return `count` lists of unsigned words: every combination of edges for one or two, then random ones."""
    edges = list(product(EDGES, repeat=count)) if count < 3 else []
    return [
        [row[k] for row in edges] + list(random_words(cases, seed + k))  # fresh lists: tests may change them
        for k in range(count)
    ]


@cache
def random_words(count: int, seed: int) -> tuple[int, ...]:
    rng = random.Random(seed)
    return tuple([random_word(rng) for _ in range(count)])


def shift_amounts(count: int, *, seed: int) -> list[int]:
    """Amounts around and far beyond the width of a word."""
    rng = random.Random(seed)
    rare = [0, 63, 64, 128, 255, 256, 257, 2**64, WRAP - 1]
    return [rng.randint(0, 260) if rng.random() < 0.8 else rng.choice(rare) for _ in range(count)]


def division_cases(cases: int, *, seed: int) -> tuple[list[int], list[int]]:
    """Pairs where the estimate of a quotient digit is most often wrong.

    Dividends one below, at and above a multiple of the divisor; divisors just above and below powers of two;
    limbs all ones or zero; remainders that share their highest limbs with the divisor.
    """
    rng = random.Random(seed)
    dividends, divisors = [], []
    for k in range(cases):
        b = random_word(rng) or 1
        if k % 3 == 0:
            b = max(1, (1 << rng.randint(1, 255)) + rng.randint(-3, 3))
        a = random_word(rng)
        if k % 2 == 0:
            quotient = random_word(rng) % (WRAP // b) + 1
            a = min(quotient * b + rng.randint(-2, 2), WRAP - 1)
        elif k % 5 == 0:
            a = min(b << rng.randint(0, 256 - b.bit_length()), WRAP - 1) - rng.getrandbits(8)
        dividends.append(max(a, 0))
        divisors.append(b)
    return dividends, divisors
