"""Parameters as people give them: one number for all assets or one each, a correlation or a whole matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from poolwright.errors import PriceDataError
from poolwright.simulate.markets.portable import factor
from poolwright.simulate.typing import Floats

# Stored as a tuple, one number per asset.
PerAsset = float | Sequence[float]
# Stored as a tuple of rows.
Correlation = float | Sequence[Sequence[float]]


def check_symbols(symbols: Sequence[str]) -> tuple[str, ...]:
    """Return the symbols as a tuple, or say what is wrong with them."""
    if isinstance(symbols, str) or not symbols or len(set(symbols)) != len(symbols):
        raise PriceDataError(f"symbols {symbols!r} must be a list of names, at least one, each once.")
    return tuple(symbols)


def frozen(value: Any) -> Any:
    """Return lists (of lists) as tuples, so that what holds them can be hashed and never changes."""
    return tuple(frozen(each) for each in value) if isinstance(value, list | tuple | np.ndarray) else value


def within(name: str, value: Any, least: float, most: float) -> float:
    """Return the number, or say which range it must lie in."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not least <= number <= most:
        raise PriceDataError(f"{name} {value!r} must lie between {least:g} and {most:g}.")
    return number


def per_asset(
    name: str, value: PerAsset, symbols: Sequence[str], least: float, most: float
) -> tuple[float, ...]:
    """Return one number per symbol, each within the range."""
    given = [value] * len(symbols) if np.ndim(value) == 0 else list(value)  # type: ignore[arg-type]
    if len(given) != len(symbols):
        raise PriceDataError(
            f"{name} has {len(given)} numbers, but there are {len(symbols)} assets ({', '.join(symbols)}). "
            "Give one number for all, or one for each."
        )
    pairs = zip(symbols, given, strict=True)
    return tuple(within(f"{name} of {symbol}", number, least, most) for symbol, number in pairs)


def correlations(value: Correlation, symbols: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    """Return the whole matrix; refuse one that no assets can have."""
    n = len(symbols)
    if np.ndim(value) == 0:
        uniform = np.full((n, n), within("correlation", value, -1, 1))
        np.fill_diagonal(uniform, 1.0)
        return _checked(uniform, symbols)
    try:
        matrix = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.shape != (n, n):
        raise PriceDataError(
            f"correlation must be one number, or {n} rows of {n} numbers, in the order {', '.join(symbols)}."
        )
    return _checked(matrix, symbols)


def _checked(matrix: Floats, symbols: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    bad = ~(np.abs(matrix) <= 1.0) | (np.abs(matrix - matrix.T) > 1e-12)
    np.fill_diagonal(bad, np.diag(bad) | (np.diag(matrix) != 1.0))
    if bad.any():
        i, j = (int(place) for place in np.argwhere(bad)[0])
        raise PriceDataError(
            f"the correlation of {symbols[i]} and {symbols[j]} is {float(matrix[i, j])!r}: it must lie between -1 "
            "and 1, be the same both ways, and 1 with itself."
        )
    if factor(matrix) is None:
        raise PriceDataError(
            f"no assets can have these correlations together ({', '.join(symbols)}): each pair is possible, the whole "
            "is not. Move them towards 0."
        )
    return tuple(tuple(float(each) for each in row) for row in matrix)
