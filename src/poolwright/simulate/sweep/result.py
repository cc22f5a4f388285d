"""What a sweep found: the finished runs, the best of them, and what choosing as one goes would have brought."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from poolwright.errors import PoolwrightError, UnitError
from poolwright.simulate.sweep.job import Row
from poolwright.simulate.sweep.points import resolve_point
from poolwright.simulate.sweep.store import to_table
from poolwright.simulate.sweep.vary import Dimension
from poolwright.simulate.sweep.wording import write_figure
from poolwright.spec.schema import PoolSpec
from poolwright.spec.writing import spec_toml
from poolwright.units import parse_number

# Tables of pool.toml that a simulation does not feel: a chosen pool has them as the swept one.
UNFELT = ("rights", "guard")


class Fold(NamedTuple):
    """One step of walking forward: the run that was best so far, and how it did next."""

    fold: int
    run: int
    point: Mapping[str, str]
    train: float
    test: float


@dataclass(frozen=True, eq=False)
class SweepResult:
    """The finished runs of a sweep in order; `manifest` says what was swept, by hashes.

    `total`: runs asked for. `sign`: 1 when more of the objective is better, -1 when less. `windows`: start and
    end of each window, ISO 8601.
    """

    rows: tuple[Row, ...]
    manifest: Mapping[str, Any]
    dimensions: tuple[Dimension, ...]
    windows: tuple[tuple[str, str], ...]
    total: int
    folder: Path | None = None

    @property
    def complete(self) -> bool:
        """False when it was stopped early."""
        return len(self.rows) == self.total

    @property
    def sign(self) -> int:
        """1 to maximise, -1 to minimise."""
        return int(self.manifest["sign"])

    @property
    def folds(self) -> int:
        """Number of train and test pairs; 0 without a split."""
        return int(self.manifest["folds"])

    @property
    def table(self) -> Any:
        """All runs as an Arrow table, as in the folder."""
        return to_table(self.rows, self.manifest)

    @property
    def columns(self) -> dict[str, list[Any]]:
        """All runs as plain columns, one per window where the table has lists: fees_1 is that of the first window."""
        found: dict[str, list[Any]] = {}
        for name in self.table.column_names:
            values = self.table.column(name).to_pylist()
            if not any(isinstance(value, list) for value in values) or name == "findings":
                told = [" ".join(value) if isinstance(value, list) else value for value in values]
                found[name] = told
                continue
            for place in range(self.folds + 1):
                cells = [value[place] if value and place < len(value) else None for value in values]
                found[f"{name}_{place + 1}" if self.folds else name] = cells
        return found

    def count(self, state: str) -> int:
        """Number of runs in a state: done, pruned or refused."""
        return sum(row.state == state for row in self.rows)

    def best(self, count: int = 10) -> list[Row]:
        """Return finished runs, best on the train windows first; a tie goes to the earlier run.

        The test window has no say in the order.
        """
        return self._ranked[:count]

    @cached_property
    def _ranked(self) -> list[Row]:
        windows = self.folds + 1
        done = [row for row in self.rows if row.state == "done" and math.isfinite(row.train(windows))]
        return sorted(done, key=lambda row: (-self.sign * row.train(windows), row.run))

    def at_the_end(self) -> list[Dimension]:
        """Return the ranges and lists of numbers at whose very end the best run lies: a wider one may hold better."""
        found = []
        for dimension in self.dimensions if self._ranked else ():
            ends = dimension.ends or _ends(dimension.values)
            if ends is not None:
                value, (low, high) = parse_number(self._ranked[0].point[dimension.path]), ends
                # A search draws from between the ends, and hardly ever an end itself.
                drawn = self.manifest["method"] != "grid" and dimension.ends is not None
                room = (high - low) / 100 if drawn else 0
                if not low + room < value < high - room:
                    found.append(dimension)
        return found

    def walk_forward(self) -> list[Fold]:
        """Return, per fold, the run chosen by the windows before it and its objective in the next one.

        A search that learns, or gives up runs, has let every train window decide what is run at all; then only
        the last fold is free of look-ahead, and only it is returned.
        """
        folds = []
        done = self._ranked
        learned = self.manifest["prune"] or self.manifest["method"] == "optuna"
        first = max(self.folds, 1) if learned else 1
        for fold in range(first, self.folds + 1 if done else 0):
            chosen = max(done, key=lambda row: (self.sign * sum(row.objectives[:fold]), -row.run))
            train = sum(chosen.objectives[:fold]) / fold
            folds.append(Fold(fold, chosen.run, chosen.point, train, chosen.objectives[fold]))
        return folds

    def pool_toml(self, spec: PoolSpec, row: Row | None = None) -> str:
        """Return the pool.toml of a run, else of the best, made from the pool that was swept.

        It has no first balances: those of the old weights would not fit. Raises PoolwrightError without a run.
        """
        row = row or next(iter(self._ranked), None)
        if row is None:
            raise PoolwrightError("no run is finished, so there is no pool to write.")
        windows, name = self.folds + 1, str(self.manifest["objective"]).partition(" ")[0]
        test = f", {write_figure(name, row.test(windows))} on the test window" if self.folds else ""
        chosen = ", ".join(f"{dimension.short} {row.point[dimension.path]}" for dimension in self.dimensions)
        remarks = [
            f"Run {row.run} of a sweep by {name}: {write_figure(name, row.train(windows))} on train{test}.",
            f"Chosen: {chosen}.",
            f"Prices: {self.manifest['source']}, SHA-256 {self.manifest['data']}.",
        ]
        chosen_spec = resolve_point(spec, row.point).spec
        return spec_toml(
            chosen_spec.model_copy(update={name: getattr(spec, name) for name in UNFELT}), remarks
        )

    def write_report(self, path: str | Path) -> Path:
        """Write the sweep as one page of HTML that needs nothing else."""
        from poolwright.simulate.sweep.report import write_report

        return write_report(self, path)

    def to_dict(self, best: int = 10) -> dict[str, Any]:
        """Return what was swept and the best runs, for JSON; NaN is null."""
        windows = self.folds + 1
        return {
            "sweep": dict(self.manifest),
            "complete": self.complete,
            "runs": {"asked": self.total, "finished": len(self.rows)}
            | {state: self.count(state) for state in ("done", "pruned", "refused")},
            "windows": [list(window) for window in self.windows],
            "best": [
                {
                    "run": row.run,
                    "point": dict(row.point),
                    "train": finite(row.train(windows)),
                    "test": finite(row.test(windows)),
                    "objectives": [finite(each) for each in row.objectives],
                    "figures": {name: [finite(each) for each in of] for name, of in row.figures.items()},
                    "spec_hash": row.spec_hash,
                }
                for row in self.best(best)
            ],
            "walk_forward": [
                fold._asdict() | {"point": dict(fold.point), "train": finite(fold.train)}
                | {"test": finite(fold.test)}
                for fold in self.walk_forward()
            ],
            "refused": [
                {"run": row.run, "point": dict(row.point), "findings": list(row.findings)}
                for row in self.rows
                if row.state == "refused"
            ],
            "folder": None if self.folder is None else str(self.folder),
        }  # fmt: skip


def _ends(values: Sequence[str]) -> tuple[Fraction, Fraction] | None:
    """Return the least and the most of three numbers or more: fewer have no middle."""
    try:
        numbers = [parse_number(value) for value in values]
    except UnitError:
        return None
    return (min(numbers), max(numbers)) if len(numbers) > 2 else None


def finite(value: float) -> float | None:
    """Return the value, or None for what JSON cannot say."""
    return value if math.isfinite(value) else None


def spread(values: tuple[float, ...]) -> tuple[float, float]:
    """Return mean and standard error over windows; NaN for the error of one."""
    mean = sum(values) / len(values)
    if len(values) < 2:
        return mean, math.nan
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, math.sqrt(variance / len(values))
