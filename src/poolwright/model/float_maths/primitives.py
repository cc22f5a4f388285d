"""What the float form computes by other means than the contracts: powers, quotients, shifts, stopping rules.

The generator puts these in the place of `fixed_point` and `log_exp` (see REPLACED) and of the integers' own
devices. Everything above them is translated. Nothing here rounds in a known direction. Written for Python and,
through `poolwright.model.native`, for compiled code: the same operations in the same order give the same bits.
"""

from __future__ import annotations

import math
from typing import Final

from poolwright.errors import PoolRevert

WAD: float = 1e18
E36: float = 1e36

# Scale of the exact logarithms, and the exponent from which the exact power reverts.
LOG2_SCALE: float = 2.0**96
MAX_EXPONENT: float = 135.0

# Two units in the last place of a number just above a power of two: no solver gets nearer for certain.
SETTLED: float = 2.0**-51

# Exact function -> its float form here. `_up` and `_down` meet: a float result is between them or beside them.
REPLACED: Final[dict[str, dict[str, str]]] = {
    "fixed_point": {
        "WAD": "WAD",
        "E36": "E36",
        "div_up": "ratio",
        "mul_down": "mul_wad",
        "mul_up": "mul_wad",
        "div_wad_down": "div_wad",
        "div_wad_up": "div_wad",
        "mul_div_down": "mul_div",
        "mul_div_up": "mul_div",
    },
    "log_exp": {
        "E36": "E36",
        "pow_down": "power",
        "pow_up": "power",
        "log2_down": "log2_ratio",
        "log2_up": "log2_ratio",
        "log2_ratio": "log2_ratio",
        "exp2_down": "exp2",
        "exp2_up": "exp2",
        "exp2": "exp2",
        "ln": "ln",
        "exp": "exp",
    },
}


def divide(a: float, b: float) -> float:
    """Return a / b; by zero it reverts without a text, as checked arithmetic does."""
    if b == 0.0:
        raise PoolRevert("")
    return a / b


def ratio(a: float, b: float) -> float:
    """Return a / b; by zero it reverts with the text of `fixed_point`."""
    if b == 0.0:
        raise PoolRevert("fixed_point: division by zero")
    return a / b


def mul_wad(a: float, b: float) -> float:
    """Return a * b / 1e18."""
    return a * b / WAD


def div_wad(a: float, b: float) -> float:
    """Return a * 1e18 / b."""
    return ratio(a * WAD, b)


def mul_div(a: float, b: float, c: float) -> float:
    """Return a * b / c. The product stays below 1e142 wherever the exact one fits 512 bits."""
    return ratio(a * b, c)


def power(n: float, d: float, p: float, q: float) -> float:
    """Return (n / d)^(p / q) in 1e36 scale; relative error about (1 + p / q) * 2^-52, from that of n and d."""
    if q == 0.0:
        raise PoolRevert("log_exp: exponent out of range")
    return exp2(log2_ratio(n, d) * (p / q))


def log2_ratio(n: float, d: float) -> float:
    """Return log2(n / d) in 2^96 scale."""
    if n <= 0.0 or d <= 0.0:
        raise PoolRevert("log_exp: ratio out of range")
    return math.log2(n / d) * LOG2_SCALE


def exp2(y: float) -> float:
    """Return 2^y in 1e36 scale, y in 2^96 scale."""
    exponent = y / LOG2_SCALE
    if exponent >= MAX_EXPONENT:
        raise PoolRevert("log_exp: exponent too large")
    return math.exp2(exponent) * E36


def ln(n: float, d: float) -> float:
    """Return ln(n / d) in 1e36 scale."""
    if n <= 0.0 or d <= 0.0:
        raise PoolRevert("log_exp: ratio out of range")
    return math.log(n / d) * E36


def exp(x: float) -> float:
    """Return e^x, both in 1e36 scale."""
    exponent = x / E36
    if exponent >= MAX_EXPONENT * math.log(2.0):
        raise PoolRevert("log_exp: exponent too large")
    return math.exp(exponent) * E36


def shifted(a: float, n: int) -> float:
    """Return a * 2^n, exact: a shift that drops no bits."""
    return math.ldexp(a, n)


def settled(value: float, last: float) -> bool:
    """Tell whether a solver that falls from `last` to `value` has arrived: it stands still, or rose by rounding."""
    return last - value <= last * SETTLED
