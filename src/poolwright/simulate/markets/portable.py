"""Numbers that come out bit for bit alike on every machine: exponential, logarithm, named random streams.

NumPy picks its exponential by the processor, and a matrix product adds in an order that depends on the library
behind it. Here only operations are used that IEEE 754 rounds correctly everywhere, in a fixed order. What is
left to NumPy are the draws: the bits of PCG64, and its normal and Poisson numbers, which a release may change
(a test holds recorded ones) and which ask the C library for a logarithm beyond 3.65 standard deviations.
"""

from __future__ import annotations

import hashlib
import math
from itertools import accumulate, chain

import numpy as np

from poolwright.simulate.typing import Floats

LOG2_E = 1.4426950408889634
# ln 2 in two parts: the first has 33 significant bits, so that its product with any exponent is exact.
LN2_HIGH = 0.693147180369123816490
LN2_LOW = 1.90821492927058770002e-10
LN2 = 0.6931471805599453
# Taylor coefficients 1/k!, highest first. At |r| <= ln(2)/2 the first one left out is below 5e-18.
_EXP_SERIES = tuple(1.0 / math.factorial(k) for k in range(13, -1, -1))


def stream(seed: int, *path: str) -> np.random.Generator:
    """Return the random stream of a name: another name is another stream, whatever else is drawn.

    A child of `SeedSequence(seed)` as `spawn` makes them, but keyed by the name instead of by its turn, so
    that neither adding nor reordering assets changes the numbers that one of them gets.
    """
    digest = hashlib.sha256("/".join(path).encode()).digest()
    key = tuple(int.from_bytes(digest[at : at + 4], "little") for at in range(0, 16, 4))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(int(seed), spawn_key=key)))


def exp(x: Floats) -> Floats:
    """Return e**x for finite |x| <= 700, within 2 units in the last place."""
    exponent = np.rint(x * LOG2_E)
    rest = (x - exponent * LN2_HIGH) - exponent * LN2_LOW
    total = np.full_like(rest, _EXP_SERIES[0])
    for coefficient in _EXP_SERIES[1:]:
        total *= rest
        total += coefficient
    return np.asarray(np.ldexp(total, exponent.astype(np.int32)), dtype=np.float64)


def exp_one(x: float) -> float:
    """Return e**x of one number."""
    return float(exp(np.array([x]))[0])


def log_one(x: float) -> float:
    """Return the natural logarithm of one positive number, within a few units in the last place."""
    fraction, exponent = math.frexp(x)
    if fraction < 0.7071067811865476:
        fraction, exponent = 2.0 * fraction, exponent - 1
    # ln f = 2 artanh(s), |s| <= 0.172: the first term left out is below 1e-18.
    s = (fraction - 1.0) / (fraction + 1.0)
    square, series = s * s, 0.0
    for k in range(23, 0, -2):
        series = series * square + 1.0 / k
    return exponent * LN2_HIGH + (exponent * LN2_LOW + 2.0 * s * series)


def halved(periods: Floats) -> Floats:
    """Return 0.5**periods; below 1e-300 it is 0."""
    return np.asarray(np.where(periods < 997.0, exp(-LN2 * np.minimum(periods, 997.0)), 0.0))


def reverting(first: float, keep: Floats, shocks: Floats) -> Floats:
    """Return the path x[0] = first, x[i + 1] = keep[i] * x[i] + shocks[i]."""
    steps = zip(keep.tolist(), shocks.tolist(), strict=True)
    levels = accumulate(steps, lambda level, step: step[0] * level + step[1], initial=first)
    return np.fromiter(chain(levels), dtype=np.float64, count=len(shocks) + 1)


def factor(matrix: Floats) -> Floats | None:
    """Return the lower triangular L with L L' = matrix, or None if it is no covariance.

    Unlike the usual routine it takes a singular matrix (perfectly correlated assets), and its first k rows
    depend on the first k assets alone.
    """
    n = len(matrix)
    lower = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            rest = float(matrix[i, j]) - sum(float(lower[i, k] * lower[j, k]) for k in range(j))
            if i == j:
                if rest < -1e-10:
                    return None
                lower[i, i] = math.sqrt(rest) if rest > 1e-14 else 0.0
            elif lower[j, j] > 0:
                lower[i, j] = rest / lower[j, j]
            elif abs(rest) > 1e-7:
                return None
    return lower


def combine(lower: Floats, columns: Floats) -> Floats:
    """Return columns @ lower.T, adding from left to right: float64[rows, n]."""
    mixed = np.zeros_like(columns)
    for i in range(len(lower)):
        for j in range(i + 1):
            if lower[i, j] != 0.0:
                mixed[:, i] += lower[i, j] * columns[:, j]
    return mixed
