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
from typing import TYPE_CHECKING, Any

from poolwright.errors import PoolwrightError
from poolwright.simulate.engine import simulate
from poolwright.simulate.prices import PriceSeries, load_prices
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.sweep.job import Job, Row, Workload, code_version, numbers, run_job
from poolwright.simulate.sweep.result import finite, spread
from poolwright.simulate.sweep.run import check_options, first_value
from poolwright.simulate.sweep.windows import cut, window_bounds
from poolwright.spec.load import load_spec
from poolwright.spec.params import PoolParams
from poolwright.spec.schema import PoolSpec

if TYPE_CHECKING:
    from poolwright.simulate.seeds import OverSeeds

DEFAULT_WINDOWS = 12
METHOD = "paired windows in time order, a fresh pool in each; standard error of their mean difference"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both designs: over all prices, and `windows`: (A, B) in each window."""

    figure: str
    first: float
    second: float
    windows: tuple[tuple[float, float], ...]

    @property
    def difference(self) -> float:
        """B less A over all prices."""
        return self.second - self.first

    @property
    def by_window(self) -> tuple[float, ...]:
        """B less A in each window."""
        return tuple(b - a for a, b in self.windows)

    @property
    def per_window(self) -> float:
        """Mean of B less A over the windows."""
        return spread(self.by_window)[0]

    @property
    def standard_error(self) -> float:
        """Standard error of that mean."""
        return spread(self.by_window)[1]

    @property
    def errors_away(self) -> float:
        """How many standard errors the mean difference lies from 0; NaN when the error is 0."""
        return self.per_window / self.standard_error if self.standard_error > 0 else math.nan


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two designs beside each other. `runs`: over all prices. `value`: what each opened with.

    `windows`: start and end of each. `source` and `sha256`: of the prices of all tokens. `over`: where several seeds
    were asked for, B less A over all prices by seed.
    """

    specs: tuple[PoolSpec, PoolSpec]
    runs: tuple[SimulationResult, SimulationResult]
    figures: tuple[Difference, ...]
    windows: tuple[tuple[str, str], ...]
    value: float
    source: str
    sha256: str
    over: OverSeeds | None = None

    @property
    def pools(self) -> tuple[PoolParams, PoolParams]:
        """Both designs in integers."""
        return self.runs[0].params, self.runs[1].params

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
        } | ({"over_seeds": self.over.to_dict()} if self.over else {})

    def write_report(self, path: str | Path, **told: Any) -> Path:
        """Write both as one page of HTML that needs nothing else; see `comparison_report.write_report`."""
        from poolwright.simulate.sweep.comparison_report import write_report

        return Path(write_report(self, path, **told))


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
    runs: list[SimulationResult] = []
    rows: list[Row] = []
    for spec in specs:
        runs.append(_run(spec, series, worth, options))
        _tell(progress, len(runs) + len(rows))
        rows.append(_row(spec, series, bounds, worth, options))
        _tell(progress, len(runs) + len(rows))
    return Comparison(
        (specs[0], specs[1]),
        (runs[0], runs[1]),
        _differences((runs[0], rows[0]), (runs[1], rows[1])),
        tuple((window.start, window.end) for window in cut(series, bounds)),
        worth,
        series.source,
        series.sha256,
    )


def _tell(progress: Callable[[int, int], None] | None, done: int) -> None:
    """Say how many of the four steps are done: each design over all prices, and over the windows."""
    if progress is not None:
        progress(done, 4)


def _series(
    specs: Sequence[PoolSpec], prices: PriceSeries | str | Path | Mapping[str, str | Path | float]
) -> PriceSeries:
    symbols = list(dict.fromkeys(token.symbol for spec in specs for token in spec.tokens))
    return prices.select(symbols) if isinstance(prices, PriceSeries) else load_prices(prices, symbols)


def _run(spec: PoolSpec, series: PriceSeries, value: float, options: Mapping[str, Any]) -> SimulationResult:
    """Return the run of a design over all prices."""
    params = spec.resolve()
    try:
        return simulate(params, series, value=value, **options)
    except PoolwrightError as error:
        raise PoolwrightError(f"{params.name}: {error}") from error


def _row(
    spec: PoolSpec,
    series: PriceSeries,
    bounds: list[tuple[int, int]],
    value: float,
    options: Mapping[str, Any],
) -> Row:
    """Return the runs of a design over windows of the prices."""
    own, params = series.select([token.symbol for token in spec.tokens]), spec.resolve()
    work = Workload(cut(own, bounds), "value", 1, value, options, code_version())
    row = run_job(work, Job(0, {}, params))
    if row.findings:
        raise PoolwrightError(f"{params.name}: {row.findings[0]}")
    return row


def _differences(
    one: tuple[SimulationResult, Row], other: tuple[SimulationResult, Row]
) -> tuple[Difference, ...]:
    """Return every figure that both designs have."""
    first, second = (numbers(run.figures()) for run, _ in (one, other))
    by_window = one[1].figures, other[1].figures
    return tuple(
        Difference(
            name, first[name], second[name], tuple(zip(*(each[name] for each in by_window), strict=True))
        )
        for name in first
        if name in second
    )
