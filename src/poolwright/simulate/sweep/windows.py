"""Walk-forward windows: consecutive stretches of the prices, each simulated by itself with a pool opened there.

With k folds there are k + 1 windows. Fold i chooses by windows 0 to i - 1 and is tested on window i: nothing
that comes later has a say. Each window is simulated once per run, so k folds cost no more than one pass.
"""

from __future__ import annotations

from dataclasses import replace

from poolwright.errors import PoolwrightError
from poolwright.simulate.prices import PriceSeries

# Rows that a window needs at least, for its figures to mean anything.
MIN_ROWS = 2


def window_bounds(rows: int, folds: int) -> list[tuple[int, int]]:
    """Return (first row, row after the last) of each of folds + 1 windows, as even as can be.

    >>> window_bounds(10, 0), window_bounds(10, 2)
    ([(0, 10)], [(0, 3), (3, 7), (7, 10)])
    """
    if folds < 0:
        raise PoolwrightError(f"folds {folds} must be 0 (no split) or more.")
    count = folds + 1
    if rows < count * MIN_ROWS:
        raise PoolwrightError(f"{folds} folds need {count * MIN_ROWS} rows of prices; there are {rows}.")
    edges = [(rows * i + count // 2) // count for i in range(count + 1)]
    edges[-1] = rows
    return list(zip(edges[:-1], edges[1:], strict=True))


def cut(prices: PriceSeries, bounds: list[tuple[int, int]]) -> list[PriceSeries]:
    """Return the windows as series of their own, without copying; a window of all rows is the series itself."""
    if bounds == [(0, len(prices))]:
        return [prices]
    return [
        replace(prices, times=prices.times[first:stop], prices=prices.prices[first:stop])
        for first, stop in bounds
    ]
