"""Two designs on the same prices: what each earns, the difference, and how sure that difference is.

The prices are cut into consecutive windows, and each design is opened afresh in each. The standard error of the mean
difference is that of paired windows: both designs meet the same prices, so what the market did cancels out.
Windows are taken as independent; with few of them, or slow markets, the error is a lower bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poolwright.errors import PoolwrightError
from poolwright.simulate.prices import PriceSeries, load_prices
from poolwright.simulate.sweep.job import Job, Row, Workload, code_version, run_job
from poolwright.simulate.sweep.points import resolve_point
from poolwright.simulate.sweep.result import finite, spread
from poolwright.simulate.sweep.run import check_options, first_value
from poolwright.simulate.sweep.windows import cut, window_bounds
from poolwright.spec.load import load_spec
from poolwright.spec.params import PoolParams
from poolwright.spec.schema import PoolSpec

DEFAULT_WINDOWS = 12
METHOD = "paired windows in time order, a fresh pool in each; standard error of their mean difference"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure: over all prices for each design, and per window the mean of B less A with its standard error."""

    figure: str
    first: float
    second: float
    per_window: float
    standard_error: float

    @property
    def difference(self) -> float:
        """B less A over all prices."""
        return self.second - self.first

    @property
    def errors_away(self) -> float:
        """How many standard errors the mean difference lies from 0; NaN when the error is 0."""
        return self.per_window / self.standard_error if self.standard_error > 0 else math.nan


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two designs beside each other. `value`: what each opened with. `windows`: start and end of each."""

    pools: tuple[PoolParams, PoolParams]
    figures: tuple[Difference, ...]
    windows: tuple[tuple[str, str], ...]
    value: float
    source: str
    sha256: str

    def __getitem__(self, figure: str) -> Difference:
        """Return one figure by name."""
        for each in self.figures:
            if each.figure == figure:
                return each
        known = ", ".join(each.figure for each in self.figures)
        raise KeyError(f"{figure}; known: {known}")

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON; NaN is null."""
        return {
            "pools": [{"name": params.name, "hash": params.hash} for params in self.pools],
            "prices": {"source": self.source, "sha256": self.sha256},
            "value": self.value,
            "method": METHOD,
            "windows": [list(window) for window in self.windows],
            "figures": {
                each.figure: {
                    "a": finite(each.first),
                    "b": finite(each.second),
                    "difference": finite(each.difference),
                    "per_window": finite(each.per_window),
                    "standard_error": finite(each.standard_error),
                }
                for each in self.figures
            },
        }


def compare(
    first: PoolSpec | str | Path,
    second: PoolSpec | str | Path,
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    windows: int = DEFAULT_WINDOWS,
    value: float | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Comparison:
    """Run two designs over the same prices, whole and window by window; `options` go to `simulate`.

    Both open with `value`, or with the worth of the first design's balances, or 1,000,000. They may hold other
    tokens; the prices must have all of them. Raises PoolwrightError for fewer than two windows.
    """
    specs = [each if isinstance(each, PoolSpec) else load_spec(each) for each in (first, second)]
    if windows < 2:
        raise PoolwrightError(f"windows {windows}: a standard error needs two or more.")
    check_options(options)
    series = _series(specs, prices)
    bounds = window_bounds(len(series), windows - 1)
    worth = value if value is not None else first_value(specs[0], series)
    total, rows = 2 * len(specs), []
    for spec in specs:
        for windows_of in ([(0, len(series))], bounds):
            rows.append(_row(spec, series, windows_of, worth, options))
            if progress is not None:
                progress(len(rows), total)
    first_rows, second_rows = (rows[0], rows[1]), (rows[2], rows[3])
    known = [name for name in rows[0].figures if name in rows[2].figures]
    return Comparison(
        (specs[0].resolve(), specs[1].resolve()),
        tuple(_difference(name, first_rows, second_rows) for name in known),
        tuple((window.start, window.end) for window in cut(series, bounds)),
        worth,
        series.source,
        series.sha256,
    )


def _series(
    specs: Sequence[PoolSpec], prices: PriceSeries | str | Path | Mapping[str, str | Path | float]
) -> PriceSeries:
    symbols = list(dict.fromkeys(token.symbol for spec in specs for token in spec.tokens))
    return prices.select(symbols) if isinstance(prices, PriceSeries) else load_prices(prices, symbols)


def _row(
    spec: PoolSpec,
    series: PriceSeries,
    bounds: list[tuple[int, int]],
    value: float,
    options: Mapping[str, Any],
) -> Row:
    """Return the run of a design over windows of the prices."""
    own = series.select([token.symbol for token in spec.tokens])
    params = resolve_point(spec, {}).params
    assert params is not None  # a spec that loaded resolves
    work = Workload(cut(own, bounds), "value", 1, value, options, code_version())
    row = run_job(work, Job(0, {}, params))
    if row.findings:
        raise PoolwrightError(f"{params.name}: {row.findings[0]}")
    return row


def _difference(name: str, first: tuple[Row, Row], second: tuple[Row, Row]) -> Difference:
    pairs = zip(first[1].figures[name], second[1].figures[name], strict=True)
    mean, error = spread(tuple(b - a for a, b in pairs))
    return Difference(name, first[0].figures[name][0], second[0].figures[name][0], mean, error)
