"""Windows in time order."""

from __future__ import annotations

import numpy as np
import pytest

from poolwright.errors import PoolwrightError
from poolwright.simulate.sweep.windows import cut, window_bounds
from tests.unit.simulate.sweep.cases import market


@pytest.mark.parametrize(("rows", "folds"), [(10, 0), (10, 4), (101, 3), (525_600, 7)])
def test_windows_cover_the_prices_once_and_evenly(rows: int, folds: int) -> None:
    bounds = window_bounds(rows, folds)
    assert [first for first, _ in bounds] == [0, *(stop for _, stop in bounds[:-1])]
    assert bounds[-1][1] == rows
    sizes = [stop - first for first, stop in bounds]
    assert len(sizes) == folds + 1
    assert max(sizes) - min(sizes) <= 1


def test_windows_are_the_prices_in_order() -> None:
    prices = market(50)
    windows = cut(prices, window_bounds(50, 3))
    assert np.array_equal(np.concatenate([window.prices for window in windows]), prices.prices)
    assert all(a.times[-1] < b.times[0] for a, b in zip(windows, windows[1:], strict=False))


@pytest.mark.parametrize(("rows", "folds"), [(10, 5), (10, -1), (1, 0)])
def test_too_few_rows_are_refused(rows: int, folds: int) -> None:
    with pytest.raises(PoolwrightError, match="folds"):
        window_bounds(rows, folds)


def test_a_window_of_everything_is_the_series_itself() -> None:
    """So that what was made of it for one sweep (prices per raw unit) serves the next."""
    prices = market(50)
    assert cut(prices, window_bounds(50, 0)) == [prices]
