"""One run of a sweep: a pool through every window, reduced to figures at once, so that memory does not grow.

What is here travels to other processes; it holds no files and prints nothing.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import poolwright
from poolwright.errors import PoolwrightError
from poolwright.simulate.engine import simulate, simulate_totals
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.result import SimulationResult
from poolwright.spec.params import PoolParams

Objective = str | Callable[[SimulationResult], float]

# Folders whose sources decide the figures of a run.
CODE_FOLDERS = ("spec", "model", "analytics", "simulate")


class Stopped(Exception):
    """The sweep was told to stop; the run that raises this counts as not begun."""


class Refused(Exception):
    """No such pool can be simulated, for the reason given."""


@dataclass(frozen=True, slots=True)
class Row:
    """One finished run; `objectives` and each of `figures` have one entry per window that was simulated.

    `state`: "done", "pruned" (stopped after a bad window) or "refused" (never run; `findings` say why).
    `spec_hash`: of the pool's integers. `seconds` are the only thing that may differ between equal runs.
    """

    run: int
    state: str
    point: Mapping[str, str]
    findings: tuple[str, ...] = ()
    objectives: tuple[float, ...] = ()
    figures: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    spec_hash: str = ""
    seconds: float = 0.0

    def train(self, windows: int) -> float:
        """Mean objective over all windows but the last; over the only one without a split."""
        seen = self.objectives[: max(windows - 1, 1)]
        return sum(seen) / len(seen) if seen else math.nan

    def test(self, windows: int) -> float:
        """Objective in the last window; NaN without a split, or for a run that did not get there."""
        return self.objectives[-1] if 1 < windows == len(self.objectives) else math.nan


@dataclass(frozen=True, slots=True)
class Job:
    """A point to run. `thresholds`: per window, the mean objective so far below which the run is given up."""

    run: int
    point: Mapping[str, str]
    params: PoolParams
    thresholds: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """What all runs share. `sign`: 1 to maximise the objective, -1 to minimise. `options`: of `simulate`."""

    windows: Sequence[PriceSeries]
    objective: Objective
    sign: int
    value: float
    options: Mapping[str, Any]
    code: str


def run_job(work: Workload, job: Job, stop: Callable[[], bool] | None = None) -> Row:
    """Simulate the windows in order and keep the figures; give up after a bad window when asked to."""
    if work.code != code_version():
        raise PoolwrightError("a worker has another version of the code. Install the same one everywhere.")
    start = time.perf_counter()
    objectives: list[float] = []
    figures: dict[str, list[float]] = {}
    state = "done"

    def watch(done: int, total: int) -> None:
        if stop is not None and stop():
            raise Stopped

    for place in range(len(work.windows)):
        try:
            score, found = _simulated(work, job.params, place, watch)
        except Refused as error:
            return Row(job.run, "refused", job.point, (str(error),), spec_hash=job.params.hash)
        for name, number in found.items():
            figures.setdefault(name, []).append(number)
        objectives.append(score)
        if _is_bad(objectives, job.thresholds, work.sign):
            state = "pruned"
            break
    return Row(
        job.run,
        state,
        job.point,
        objectives=tuple(objectives),
        figures={name: tuple(values) for name, values in figures.items()},
        spec_hash=job.params.hash,
        seconds=time.perf_counter() - start,
    )


def numbers(figures: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures that are numbers."""
    return {
        name: float(value)
        for name, value in figures.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _simulated(
    work: Workload, params: PoolParams, place: int, watch: Callable[[int, int], None]
) -> tuple[float, dict[str, float]]:
    """Simulate one window. A figure needs totals alone; what a function of the result needs ends here.

    Each window has draws of its own, so that they are not one sample seen several times.
    """
    objective, options = work.objective, {"value": work.value, "progress": watch, **work.options}
    options["seed"] = work.options.get("seed", 7) + place
    window = work.windows[place]
    try:
        if isinstance(objective, str):
            found = numbers(simulate_totals(params, window, **options).figures())
            return found[objective], found
        result = simulate(params, window, **options)
    except PoolwrightError as error:
        raise Refused(str(error)) from error
    return float(objective(result)), numbers(result.figures())


def _is_bad(objectives: list[float], thresholds: tuple[float, ...], sign: int) -> bool:
    """Tell whether the mean so far is below the threshold of this window; never in the last two windows."""
    if len(objectives) > len(thresholds):
        return False
    return not sign * sum(objectives) / len(objectives) >= thresholds[len(objectives) - 1]


@cache
def code_version() -> str:
    """Return the sha256 of everything that decides a figure: our sources, and numba's and numpy's versions."""
    digest = hashlib.sha256()
    root = Path(poolwright.__file__).parent
    for folder in CODE_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for package in ("numba", "numpy"):
        digest.update(f"{package}={version(package)}".encode())
    return digest.hexdigest()
