"""The same run for several seeds: how far chance alone moves each figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from poolwright.errors import PoolwrightError
from poolwright.simulate.engine import SimulationInterrupted, simulate, simulate_totals
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario import Scenario
from poolwright.simulate.sweep.result import finite, spread
from poolwright.simulate.totals import SimulationTotals
from poolwright.spec.params import PoolParams
from poolwright.spec.schema import PoolSpec


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
    if count < 1:
        raise PoolwrightError(f"seeds {count} must be 1 or more.")
    if count > 1 and not scenario.random:
        raise PoolwrightError(
            "every seed gives the same run: recorded prices, no retail, no law of gas or blocks. Leave seeds out."
        )
    params = pool.resolve() if isinstance(pool, PoolSpec) else pool
    symbols = [token.symbol for token in params.tokens]
    seeds = range(scenario.seed, scenario.seed + count)
    first: SimulationResult | None = None
    figures: list[dict[str, float]] = []
    for place, seed in enumerate(seeds):
        staged = scenario.stage(symbols, seed)
        asked = {"agents": staged.agents, "seed": seed, "progress": _part(progress, place, count), **options}
        try:
            if first is None:
                result: SimulationTotals = simulate(pool, staged.prices, **asked)
            else:
                result = simulate_totals(pool, staged.prices, **asked)
        except SimulationInterrupted as stopped:
            done = first or stopped.result
            whole = done if isinstance(done, SimulationResult) else None  # None: no row was done
            raise SeedsInterrupted(whole, _collected(seeds, figures)) from None
        if first is None:
            assert isinstance(result, SimulationResult)
            first = result
        figures.append({name: float(value) for name, value in result.figures().items()})
    assert first is not None
    return first, _collected(seeds, figures)


def _collected(seeds: Iterable[int], figures: list[dict[str, float]]) -> OverSeeds | None:
    if len(figures) < 2:
        return None
    done = tuple(seeds)[: len(figures)]
    return OverSeeds(done, {name: tuple(each[name] for each in figures) for name in figures[0]})


def _part(
    progress: Callable[[int, int], None] | None, place: int, count: int
) -> Callable[[int, int], None] | None:
    """Return a progress of one seed that counts the rows of all."""
    if progress is None:
        return None
    told = progress
    return lambda done, total: told(place * total + done, count * total)
