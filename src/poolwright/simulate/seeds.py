"""The same run for several seeds: how far chance alone moves each figure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from poolwright.errors import PoolwrightError
from poolwright.simulate.engine import SimulationInterrupted, simulate, simulate_totals
from poolwright.simulate.pools import PoolsInterrupted, simulate_pools, simulate_pools_totals
from poolwright.simulate.pools_result import PoolsResult, PoolsTotals
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario import Scenario
from poolwright.simulate.sweep.identity import data_hash, describe
from poolwright.simulate.sweep.job import code_version
from poolwright.simulate.sweep.result import finite, spread
from poolwright.simulate.sweep.seed_store import SeedStore
from poolwright.simulate.totals import SimulationTotals
from poolwright.spec.params import PoolParams
from poolwright.spec.schema import PoolSpec

Figures = Mapping[str, float | int]


@dataclass(frozen=True, slots=True)
class OverSeeds:
    """`figures`: by name, one value per seed of `seeds`, as `SimulationResult.figures` has them."""

    seeds: tuple[int, ...]
    figures: Mapping[str, tuple[float, ...]]

    def __getitem__(self, figure: str) -> tuple[float, float]:
        """Return mean and standard error of a figure."""
        return spread(self.figures[figure])

    def to_dict(self) -> dict[str, Any]:
        """Return mean, standard error and values of each figure, for JSON."""
        return {
            "seeds": list(self.seeds),
            "figures": {
                name: {"mean": self[name][0], "standard_error": finite(self[name][1]), "values": list(values)}
                for name, values in self.figures.items()
            },
        }


class SeedsInterrupted(KeyboardInterrupt):
    """Ctrl-C between or within seeds; `.result` and `.over` hold what was done, `over` None before two seeds."""

    def __init__(self, result: SimulationResult | None, over: OverSeeds | None) -> None:
        super().__init__("simulation interrupted")
        self.result = result
        self.over = over


class PoolsOverSeeds(NamedTuple):
    """Figures over seeds of several pools: in sum, and of each in the order given."""

    together: OverSeeds
    pools: tuple[OverSeeds, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return those of all, for JSON."""
        return {"result": self.together.to_dict(), "pools": [over.to_dict() for over in self.pools]}


def over_seeds(
    pool: PoolSpec | PoolParams,
    scenario: Scenario,
    count: int,
    *,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> tuple[SimulationResult, OverSeeds | None]:
    """Simulate with the scenario's seed and the `count` - 1 after it; return the first run, and all figures.

    `options` go to `simulate`. One seed needs nothing random and gives no spread. Raises PoolwrightError where
    seeds change nothing, SeedsInterrupted for Ctrl-C.
    """
    first: SimulationResult | None = None
    figures: list[Figures] = []
    for prices, asked in _stages(scenario, _symbols(pool), count, progress):
        try:
            if first is None:
                first = simulate(pool, prices, **asked, **options)
                result: SimulationTotals = first
            else:
                result = simulate_totals(pool, prices, **asked, **options)
        except SimulationInterrupted as stopped:
            if stopped.result is not None and stopped.result.complete:
                figures.append(stopped.result.figures())
            done = first or stopped.result
            whole = done if isinstance(done, SimulationResult) else None  # None: no row was done
            raise SeedsInterrupted(whole, _collected(scenario.seed, figures)) from None
        figures.append(result.figures())
    assert first is not None
    return first, _collected(scenario.seed, figures)


def pools_over_seeds(
    pools: Sequence[PoolSpec | PoolParams],
    scenario: Scenario,
    count: int,
    *,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> tuple[PoolsResult, PoolsOverSeeds | None]:
    """Do as `over_seeds` does with pools side by side; `options` go to `simulate_pools`.

    Raises PoolwrightError where seeds change nothing, PoolsInterrupted, with the seeds done, for Ctrl-C.
    """
    first: PoolsResult | None = None
    figures: list[list[Figures]] = []
    for prices, asked in _stages(scenario, _symbols(pools[0]), count, progress):
        try:
            if first is None:
                first = simulate_pools(pools, prices, **asked, **options)
                result: PoolsTotals = first
            else:
                result = simulate_pools_totals(pools, prices, **asked, **options)
        except PoolsInterrupted as stopped:
            if stopped.result is not None and stopped.result.complete:
                figures.append(_columns(stopped.result))
            over = _collected_of_pools(scenario.seed, figures)
            raise PoolsInterrupted(first or stopped.result, over) from None
        figures.append(_columns(result))
    assert first is not None
    return first, _collected_of_pools(scenario.seed, figures)


def differences_over_seeds(
    first: PoolSpec | PoolParams,
    second: PoolSpec | PoolParams,
    scenario: Scenario,
    count: int,
    *,
    folder: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> OverSeeds:
    """Simulate two designs, each alone, with the same seeds; return the second's figures less the first's, by seed.

    Both meet the same market and the same orders, so most of what chance does cancels out. `folder`: where finished
    seeds are kept, and gone on from; nowhere if left out. `options` go to `simulate`. Raises PoolwrightError for fewer
    than two seeds, where seeds change nothing, and for a folder of another comparison; SeedsInterrupted, with the
    seeds done, for Ctrl-C.
    """
    if count < 2:
        raise PoolwrightError(f"seeds {count}: a standard error needs two or more.")
    symbols = list(dict.fromkeys([*_symbols(first), *_symbols(second)]))
    check_seeds(scenario, count)
    store = None if folder is None else _store(Path(folder), (first, second), scenario, symbols, options)
    done: dict[int, Figures] = {} if store is None else dict(store.figures)
    try:
        for prices, asked in _stages(scenario, symbols, count, progress, done):
            a, b = (simulate_totals(pool, prices, **asked, **options).figures() for pool in (first, second))
            done[asked["seed"]] = {name: b[name] - a[name] for name in a}
            if store is not None:
                store.add(asked["seed"], done[asked["seed"]])
    except KeyboardInterrupt:
        raise SeedsInterrupted(None, _by_seed(scenario.seed, count, done)) from None
    finally:
        if store is not None:
            store.close()
    over = _by_seed(scenario.seed, count, done)
    assert over is not None
    return over


def _by_seed(first: int, count: int, done: Mapping[int, Figures]) -> OverSeeds | None:
    """Return the figures of the seeds that are done, in order, of `count` from `first` on."""
    return _collected(first, [done[seed] for seed in range(first, first + count) if seed in done])


def _store(
    folder: Path,
    pools: Sequence[PoolSpec | PoolParams],
    scenario: Scenario,
    symbols: Sequence[str],
    options: Mapping[str, Any],
) -> SeedStore:
    """Open what the folder holds of this comparison: the pools, who trades, the prices, all options, the code."""
    hashes = [(pool.resolve() if isinstance(pool, PoolSpec) else pool).hash for pool in pools]
    told = [
        *hashes,
        replace(scenario, source=""),
        data_hash(scenario.stage(symbols).prices),
        options,
        code_version(),
    ]
    identity = hashlib.sha256(describe(told).encode()).hexdigest()
    return SeedStore(folder / "seeds.jsonl", identity)


def _symbols(pool: PoolSpec | PoolParams) -> list[str]:
    return [token.symbol for token in pool.tokens]


def _stages(
    scenario: Scenario,
    symbols: Sequence[str],
    count: int,
    progress: Callable[[int, int], None] | None,
    done: Collection[int] = (),
) -> Iterator[tuple[PriceSeries, dict[str, Any]]]:
    """Yield the prices of each seed that is not done and what else its run is asked for."""
    check_seeds(scenario, count)
    for place in range(count):
        if scenario.seed + place in done:
            continue
        stage = scenario.stage(symbols, scenario.seed + place)
        asked = {"agents": stage.agents, "seed": stage.seed, "progress": _part(progress, place, count)}
        yield stage.prices, asked


def check_seeds(scenario: Scenario, count: int) -> None:
    """Refuse fewer than one seed, and several that change nothing."""
    if count < 1:
        raise PoolwrightError(f"seeds {count} must be 1 or more.")
    if count > 1 and not scenario.random:
        raise PoolwrightError(
            "every seed gives the same run: recorded prices, no retail, no law of gas or blocks. Leave seeds out."
        )


def _collected(first: int, figures: Sequence[Figures]) -> OverSeeds | None:
    """Return the figures of the seeds from `first` on; None for fewer than two."""
    if len(figures) < 2:
        return None
    done = tuple(range(first, first + len(figures)))
    return OverSeeds(done, {name: tuple(float(each[name]) for each in figures) for name in figures[0]})


def _columns(result: PoolsTotals) -> list[Figures]:
    """Return the figures in sum, then those of each pool."""
    return [result.figures(), *(each.figures() for each in result.pools)]


def _collected_of_pools(first: int, figures: Sequence[Sequence[Figures]]) -> PoolsOverSeeds | None:
    """Return the same for each column: in sum, then pool by pool."""
    columns = [_collected(first, column) for column in zip(*figures, strict=True)]
    told = tuple(column for column in columns if column is not None)
    return PoolsOverSeeds(told[0], told[1:]) if told else None


def _part(
    progress: Callable[[int, int], None] | None, place: int, count: int
) -> Callable[[int, int], None] | None:
    """Return a progress of one seed that counts the rows of all."""
    if progress is None:
        return None
    told = progress
    return lambda done, total: told(place * total + done, count * total)
