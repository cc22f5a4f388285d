"""Which points to run: a grid, at random, or Optuna's TPE. The same seed gives the same points, whoever runs them.

Points come in batches. What a strategy learns, it learns from whole batches in the order of their runs, so the
number of workers and the order in which they finish decide nothing.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np

from poolwright.errors import PoolwrightError
from poolwright.extras import require
from poolwright.simulate.sweep.job import Row
from poolwright.simulate.sweep.points import Point
from poolwright.simulate.sweep.vary import Dimension

METHODS = ("grid", "random", "optuna")
# Runs at a time for strategies that learn; part of what a sweep is, unlike the number of workers.
BATCH = 8
# Runs before any is given up: a median of fewer says little.
LEARN_FIRST = 8


class Grid:
    """Every combination, the last key fastest."""

    def __init__(self, dimensions: Sequence[Dimension]) -> None:
        for dimension in dimensions:
            if not dimension.values:
                raise PoolwrightError(
                    f"{dimension.path}: a grid needs to know how many values: write lo:hi:n."
                )
        self.dimensions = dimensions
        self.total = math.prod(len(dimension.values) for dimension in dimensions)

    def batches(self) -> Iterator[Iterable[Point]]:
        """Yield the one batch there is."""
        paths = [dimension.path for dimension in self.dimensions]
        values = itertools.product(*(dimension.values for dimension in self.dimensions))
        yield (dict(zip(paths, each, strict=True)) for each in values)

    def learn(self, rows: Sequence[Row]) -> None:
        """Learn nothing."""


class Random:
    """Points drawn evenly (in the logarithm for a log range); point i depends on the seed and i only."""

    def __init__(self, dimensions: Sequence[Dimension], runs: int, seed: int, size: int) -> None:
        self.dimensions, self.total, self.seed, self.size = dimensions, runs, seed, size

    def batches(self) -> Iterator[Iterable[Point]]:
        """Yield the points, `size` at a time."""
        for first in range(0, self.total, self.size):
            yield map(self._point, range(first, min(first + self.size, self.total)))

    def learn(self, rows: Sequence[Row]) -> None:
        """Learn nothing."""

    def _point(self, run: int) -> Point:
        shares = np.random.default_rng([self.seed, run]).random(len(self.dimensions)).tolist()
        pairs = zip(self.dimensions, shares, strict=True)
        return {dimension.path: dimension.at(share) for dimension, share in pairs}


class Optuna:
    """Optuna's tree-structured Parzen estimator, seeded, asked and told in batches."""

    def __init__(
        self, dimensions: Sequence[Dimension], runs: int, seed: int, sign: int, windows: int
    ) -> None:
        optuna = require("optuna", "optimise")
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.optuna, self.dimensions, self.total, self.windows = optuna, dimensions, runs, windows
        # constant_liar: the points of one batch keep clear of each other.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True, multivariate=True)
        direction = "maximize" if sign > 0 else "minimize"
        self.study = optuna.create_study(sampler=sampler, direction=direction)
        self.trials: list[Any] = []

    def batches(self) -> Iterator[Iterable[Point]]:
        """Yield the points, a batch at a time; `learn` comes between."""
        spaces = {dimension.path: self._space(dimension) for dimension in self.dimensions}
        for first in range(0, self.total, BATCH):
            count = min(BATCH, self.total - first)
            self.trials = [self.study.ask(fixed_distributions=spaces) for _ in range(count)]
            yield [self._point(trial) for trial in self.trials]

    def learn(self, rows: Sequence[Row]) -> None:
        """Tell the study how the last batch went; a refused point counts as worse than any other."""
        state = self.optuna.trial.TrialState
        for trial, row in zip(self.trials, rows, strict=True):
            train = row.train(self.windows)
            if row.state == "done" and math.isfinite(train):
                self.study.tell(trial, train)
                continue
            if math.isfinite(train):
                trial.report(train, len(row.objectives))
            self.study.tell(trial, state=state.PRUNED)

    def _space(self, dimension: Dimension) -> Any:
        kinds = self.optuna.distributions
        if dimension.ends is None:
            return kinds.CategoricalDistribution(dimension.values)
        low, high = map(float, dimension.ends)
        return kinds.FloatDistribution(low, high, log=dimension.log)

    def _point(self, trial: Any) -> Point:
        found = trial.params
        return {
            each.path: found[each.path] if each.ends is None else each.text(found[each.path])
            for each in self.dimensions
        }


def thresholds(rows: Iterable[Row], folds: int, sign: int) -> tuple[float, ...]:
    """Return, per window, the median over finished runs of the mean objective up to it, in the direction of good.

    Empty while there are too few runs, and for the last two windows: there is little left to save.
    """
    done = [row for row in rows if row.state == "done"]
    if len(done) < LEARN_FIRST:
        return ()
    return tuple(
        median(sign * sum(row.objectives[: window + 1]) / (window + 1) for row in done)
        for window in range(folds - 1)
    )
