"""`sweep`: one call from a pool and what to vary to finished runs, here or on a cluster, stopped and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import LiquidityEvents
from poolwright.simulate.engine import simulate
from poolwright.simulate.prices import PriceSeries, load_prices
from poolwright.simulate.rates import Rates
from poolwright.simulate.sweep.executors import Run, cluster, threads
from poolwright.simulate.sweep.identity import data_hash, describe
from poolwright.simulate.sweep.job import Job, Objective, Row, Workload, code_version, numbers
from poolwright.simulate.sweep.points import Point, bare_tables, resolve_point, spec_hash
from poolwright.simulate.sweep.result import SweepResult
from poolwright.simulate.sweep.store import Passing, Store
from poolwright.simulate.sweep.strategy import BATCH, METHODS, Grid, Optuna, Random, thresholds
from poolwright.simulate.sweep.vary import Dimension, Vary, read_vary
from poolwright.simulate.sweep.windows import cut, window_bounds
from poolwright.simulate.words import absent_facts, agent_facts
from poolwright.spec.load import load_spec
from poolwright.spec.schema import PoolSpec
from poolwright.units import format_number

DEFAULT_VALUE = 1_000_000.0
DEFAULT_RUNS = 64
# Figures of which less is better for those who own the pool.
COSTS = frozenset(
    {"lvr", "arbitrage_profit", "front_profit", "gas_paid", "refused_trades", "protocol_fees", "creator_fees"}
)
# Rows that are simulated to learn the names of the figures, and to compile before threads begin.
TRIAL_ROWS = 64
Progress = Callable[[int, int], None]
Strategy = Grid | Random | Optuna


class SweepInterrupted(KeyboardInterrupt):
    """Ctrl-C during a sweep; `.result` holds the finished runs, which are in the folder too."""

    def __init__(self, result: SweepResult) -> None:
        super().__init__("sweep interrupted")
        self.result = result


@dataclass(frozen=True, slots=True)
class _Plan:
    """A sweep about to run."""

    spec: PoolSpec
    work: Workload
    dimensions: tuple[Dimension, ...]
    strategy: Strategy
    prune: bool
    manifest: Mapping[str, Any]


def sweep(
    spec: PoolSpec | str | Path,
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    vary: Vary,
    objective: Objective = "value_vs_hold",
    maximise: bool | None = None,
    method: str = "grid",
    runs: int = DEFAULT_RUNS,
    folds: int = 0,
    prune: bool | None = None,
    folder: str | Path | None = None,
    workers: int = 2,
    scheduler: str | None = None,
    seed: int = 0,
    draws: int = 7,
    value: float | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> SweepResult:
    """Run a pool again and again with some of its keys varied, and keep the figures of each run.

    Args:
        vary: key (dotted, or short such as "swap_fee") -> "lo:hi:n", "lo:hi:n:log", "a,b,c" or a list.
        objective: a figure of the result by name, or a function of it. More is better, except for costs such as
            "lvr"; `maximise` says otherwise.
        method: "grid", or "random" or "optuna" with `runs` points between the ends of the ranges.
        folds: walk-forward folds; the prices are cut into folds + 1 windows in order, and the last is the test.
        prune: give up runs that are below the median after a window; by default for "optuna" with 2 folds or more.
        folder: where finished runs are kept, and gone on from; nowhere if left out.
        seed, draws: of the points of random and optuna; of what is random in the runs (retail, gas), where window
            k draws with `draws` + k and every point meets the same.
        scheduler: address of a Dask scheduler, to run there; results are the same to the bit.
        value: first value of the pool in every window; else that of the spec's balances, or 1,000,000.
        progress: called with (finished runs, runs).
        options: passed to `simulate`: agents, fee, gas_cost, arbitrage and others.

    Raises PoolwrightError for what cannot be swept, or a folder of another sweep; SweepInterrupted for Ctrl-C.
    """
    spec = spec if isinstance(spec, PoolSpec) else load_spec(spec)
    series = _series(spec, prices)
    if workers < 1 or runs < 1:
        raise PoolwrightError("workers and runs must be 1 or more.")
    check_options(options)
    moving = any(isinstance(agent, Rates) for agent in options.get("agents") or ())
    dimensions = read_vary(spec, vary, rates=moving)
    options["seed"] = draws
    figures, traders = _trial(spec, series, options)
    sign = _sign(objective, maximise, figures)
    prune = (method == "optuna" and folds >= 2) if prune is None else prune
    strategy = _strategy(method, dimensions, runs, seed, sign, prune, folds + 1)
    bounds = window_bounds(len(series), folds)
    worth = value if value is not None else first_value(spec, series)
    work = Workload(cut(series, bounds), objective, sign, worth, options, code_version())
    manifest = {
        "spec": spec_hash(spec),
        "data": data_hash(series),
        "source": series.source,
        "code": work.code,
        "name": spec.pool.name or "-".join(token.symbol for token in spec.tokens),
        "vary": {each.path: _described(each, method) for each in dimensions},
        "method": method,
        "objective": describe(objective),
        "sign": sign,
        "folds": folds,
        "seed": seed,
        "prune": prune,
        "value": worth,
        "options": {name: describe(option) for name, option in sorted(options.items())},
        "figures": figures,
        "traders": traders,
    }
    plan = _Plan(spec, work, dimensions, strategy, prune, manifest)
    where: AbstractContextManager[Run]
    where = threads(work, workers) if scheduler is None else cluster(work, scheduler)
    kept = Passing(manifest) if folder is None else Store(Path(folder), manifest)
    return _run(plan, kept, where, progress)


def _run(
    plan: _Plan, kept: Passing | Store, where: AbstractContextManager[Run], progress: Progress | None
) -> SweepResult:
    """Go through the batches; what the folder already holds is not run again."""
    with closing(kept) as store:
        try:
            with where as run:
                first = 0
                for batch in plan.strategy.batches():
                    first = _run_batch(plan, store, run, first, batch, progress)
        except KeyboardInterrupt:
            raise SweepInterrupted(_result(plan, store)) from None
        return _result(plan, store)


def _run_batch(
    plan: _Plan,
    store: Passing | Store,
    run: Run,
    first: int,
    batch: Iterable[Point],
    progress: Progress | None,
) -> int:
    """Run one batch from run number `first` on, let the strategy learn; return the number after the last."""
    earlier = [row for number, row in store.rows.items() if number < first]
    limits = thresholds(earlier, plan.manifest["folds"], plan.work.sign) if plan.prune else ()
    last = first

    def jobs() -> Iterator[Job]:
        nonlocal last
        for number, point in enumerate(batch, first):
            last = number + 1
            job = _job_or_row(plan, store, number, point, limits)
            if job is not None:
                yield job

    for row in run(jobs()):
        store.add(row)
        if progress is not None:
            progress(len(store.rows), plan.strategy.total)
    plan.strategy.learn([store.rows[number] for number in range(first, last)])
    return last


def _job_or_row(
    plan: _Plan, store: Passing | Store, number: int, point: Point, limits: tuple[float, ...]
) -> Job | None:
    """Return the job of a point; None when it is done already, or refused by the linter."""
    held = store.rows.get(number)
    if held is not None:
        if dict(held.point) != dict(point):
            raise PoolwrightError(
                f"{store.folder}: run {number} was made at {dict(held.point)}, not at {dict(point)}: "
                "the method now draws other points. Give another folder."
            )
        return None
    resolved = resolve_point(plan.spec, point)
    if resolved.params is None:
        store.add(Row(number, "refused", point, tuple(map(str, resolved.findings))))
        return None
    return Job(number, point, resolved.params, limits)


def _result(plan: _Plan, store: Passing | Store) -> SweepResult:
    rows = tuple(store.rows[number] for number in sorted(store.rows) if number < plan.strategy.total)
    windows = tuple((window.start, window.end) for window in plan.work.windows)
    return SweepResult(rows, store.manifest, plan.dimensions, windows, plan.strategy.total, store.folder)


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse what has no place in windows that each open a fresh pool."""
    if "balances" in options:
        raise PoolwrightError("each window opens at its own prices: give value instead of balances.")
    if any(isinstance(agent, LiquidityEvents) for agent in options.get("agents") or ()):
        raise PoolwrightError(
            "liquidity events have their own times, but each window opens a fresh pool: leave them out here."
        )


def _series(
    spec: PoolSpec, prices: PriceSeries | str | Path | Mapping[str, str | Path | float]
) -> PriceSeries:
    symbols = [token.symbol for token in spec.tokens]
    return prices.select(symbols) if isinstance(prices, PriceSeries) else load_prices(prices, symbols)


def _trial(
    spec: PoolSpec, series: PriceSeries, options: Mapping[str, Any]
) -> tuple[list[str], list[list[str]]]:
    """Return the names of the figures, and who trades, in words; the spec as it stands must be able to run."""
    rows = slice(0, TRIAL_ROWS)
    start = replace(series, times=series.times[rows], prices=series.prices[rows])
    pool = PoolSpec.model_validate(bare_tables(spec))
    result = simulate(pool, start, **options)
    facts = [*(fact for agent in result.agents for fact in agent_facts(agent)), *absent_facts(result)]
    return sorted(numbers(result.figures())), [list(fact) for fact in facts]


def _sign(objective: Objective, maximise: bool | None, figures: list[str]) -> int:
    if isinstance(objective, str) and objective not in figures:
        raise PoolwrightError(
            f"objective {objective!r} is no figure of a simulation; known: {', '.join(figures)}."
        )
    if maximise is None:
        maximise = not (isinstance(objective, str) and objective in COSTS)
    return 1 if maximise else -1


def _strategy(
    method: str,
    dimensions: tuple[Dimension, ...],
    runs: int,
    seed: int,
    sign: int,
    prune: bool,
    windows: int,
) -> Strategy:
    if method == "grid":
        return Grid(dimensions)
    if method == "random":
        return Random(dimensions, runs, seed, BATCH if prune else runs)
    if method == "optuna":
        return Optuna(dimensions, runs, seed, sign, windows)
    raise PoolwrightError(f"there is no method {method!r}; known: {', '.join(METHODS)}.")


def first_value(spec: PoolSpec, series: PriceSeries) -> float:
    """Return the worth of the spec's balances at the first prices, or the default."""
    balances = [token.balance for token in spec.tokens]
    if any(balance is None for balance in balances):
        return DEFAULT_VALUE
    prices = series.select([token.symbol for token in spec.tokens]).prices[0].tolist()
    pairs = zip(balances, prices, strict=True)
    return float(sum(float(balance) * price for balance, price in pairs if balance is not None))


def _described(dimension: Dimension, method: str) -> list[str]:
    """Return what decides the points: the grid's values, or the ends of the range."""
    if method == "grid" or dimension.ends is None:
        return list(dimension.values)
    return [*map(format_number, dimension.ends), "log" if dimension.log else "linear"]
