"""What gas costs over time: laws that give a price in gwei for any times, always above zero."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from poolwright.errors import PriceDataError
from poolwright.simulate.columns import find_only_price_column, find_time_column, parse_prices, parse_times
from poolwright.simulate.markets.blocks import rows_at
from poolwright.simulate.markets.clock import SECONDS_PER_YEAR, check_seed
from poolwright.simulate.markets.parameters import frozen, within
from poolwright.simulate.markets.portable import exp, halved, reverting, stream
from poolwright.simulate.prices import GENERATED
from poolwright.simulate.tables import read_table
from poolwright.simulate.typing import Floats, Integers

GWEI = 1e-9  # of the chain's own token
MOST_GWEI = 1e9

# Unix seconds, rising; whole or not.
AnyTimes = npt.NDArray[np.int64] | npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GasSeries:
    """Gas prices at times: `times` unix seconds, rising; `gwei`: float64[n], positive. Both read-only."""

    times: AnyTimes
    gwei: Floats
    source: str
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(
            self.times.astype("<f8").tobytes() + self.gwei.astype("<f8").tobytes()
        ).hexdigest()
        object.__setattr__(self, "sha256", digest)
        self.times.setflags(write=False)
        self.gwei.setflags(write=False)

    def __len__(self) -> int:
        return len(self.times)

    def at(self, times: AnyTimes) -> Floats:
        """Return the last gas price at or before each time."""
        return np.asarray(self.gwei[rows_at(self.times, times)])

    def cost(self, gas_used: float, native_price: float | Floats) -> Floats:
        """Return what `gas_used` units of gas cost at each time, in the numeraire of `native_price`.

        `native_price`: of one whole token of the chain (ETH, POL), one number or one per time.
        """
        within("gas_used", gas_used, 0, 1e12)
        return np.asarray(self.gwei * (GWEI * gas_used) * native_price)


class GasLaw(Protocol):
    """A law of gas prices: the same times and seed give the same prices."""

    def generate(self, times: AnyTimes, seed: int = ...) -> GasSeries:
        """Return the gas price at each of `times`."""


@dataclass(frozen=True, slots=True)
class ConstantGas:
    """The same price always, in gwei."""

    gwei: float = 20.0

    def __post_init__(self) -> None:
        within("gwei", self.gwei, 1e-9, MOST_GWEI)

    def generate(self, times: AnyTimes, seed: int = 7) -> GasSeries:
        """Return the price at each time."""
        times = _checked(times, seed)
        return _labelled(self, times, np.full(len(times), float(self.gwei)), seed)


@dataclass(frozen=True, slots=True)
class LognormalGas:
    """Mean-reverting in the logarithm, stationary: `deviation` of ln(price) around `median_gwei`."""

    median_gwei: float = 20.0
    deviation: float = 0.5
    half_life_hours: float = 6.0

    def __post_init__(self) -> None:
        within("median_gwei", self.median_gwei, 1e-9, MOST_GWEI)
        within("deviation", self.deviation, 0, 5)
        within("half_life_hours", self.half_life_hours, 1e-4, 1e6)

    def generate(self, times: AnyTimes, seed: int = 7) -> GasSeries:
        """Return the price at each time: the exact law of the process, whatever the distances."""
        times = _checked(times, seed)
        keep = halved(np.diff(times) / 3_600 / self.half_life_hours)
        normal = stream(seed, "gas").standard_normal(len(times)) * self.deviation
        logs = reverting(float(normal[0]), keep, normal[1:] * np.sqrt(1.0 - keep * keep))
        return _labelled(self, times, self.median_gwei * exp(logs), seed)


@dataclass(frozen=True, slots=True)
class RecordedGas:
    """A recorded history; `loop` plays it from the first time asked for, again and again."""

    recorded_times: Integers = field(repr=False)
    recorded_gwei: Floats = field(repr=False)
    source: str
    loop: bool = False

    @classmethod
    def load(cls, path: str | Path, column: str | None = None, *, loop: bool = False) -> RecordedGas:
        """Read a CSV or Parquet file with a time column and one of gas prices in gwei, all positive."""
        table = read_table(Path(path))
        time_column = find_time_column(table)
        times = parse_times(table, time_column)
        if len(times) < 2 or (np.diff(times) <= 0).any():
            row = int(np.argmax(np.diff(times) <= 0)) + 1 if len(times) > 1 else 0
            raise PriceDataError(
                f"{table.place(row, time_column)}: gas prices need two rows or more, in order of time, each time once."
            )
        gwei = parse_prices(table, find_only_price_column(table, "gas_price", column))
        return cls(times, gwei, f"{table.name} (sha256 {table.sha256[:16]})", loop)

    def generate(self, times: AnyTimes, seed: int = 7) -> GasSeries:
        """Return the last recorded price at or before each time; nothing is random."""
        times = _checked(times, seed)
        asked: AnyTimes = times
        if self.loop:
            step = int(np.median(np.diff(self.recorded_times)))
            span = int(self.recorded_times[-1] - self.recorded_times[0]) + step
            asked = self.recorded_times[0] + np.mod(times - times[0], span)
        rows = np.searchsorted(self.recorded_times, asked, side="right") - 1
        if rows.min() < 0 or (not self.loop and times[-1] > self.recorded_times[-1] + 3_600):
            raise PriceDataError(
                f"{self.source}: the gas prices do not cover the times asked for. Use loop=True to replay them."
            )
        name = f"{self.source}, looped" if self.loop else self.source
        return GasSeries(times, self.recorded_gwei[rows], name)


@dataclass(frozen=True, slots=True)
class GasSpikes:
    """Spikes on top of another law: each multiplies its price and fades.

    `scheduled`: (hours after the first time, multiple) each. `per_year`: of spikes at random, `multiple` high.
    `half_life_hours`: of what a spike adds. Spikes at the same time add up.
    """

    base: GasLaw
    scheduled: tuple[tuple[float, float], ...] = ()
    per_year: float = 0.0
    multiple: float = 10.0
    half_life_hours: float = 2.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "scheduled", frozen(self.scheduled))
        for hours, multiple in self.scheduled:
            within("hours of a spike", hours, 0, 1e7)
            within("multiple of a spike", multiple, 1, 1e5)
        within("per_year", self.per_year, 0, 1e5)
        within("multiple", self.multiple, 1, 1e5)
        within("half_life_hours", self.half_life_hours, 1e-4, 1e6)

    def generate(self, times: AnyTimes, seed: int = 7) -> GasSeries:
        """Return the price at each time."""
        base = self.base.generate(times, seed)
        hours = (base.times - base.times[0]) / 3_600
        rng = stream(seed, "gas spikes")
        count = int(rng.poisson(self.per_year * float(hours[-1]) * 3_600 / SECONDS_PER_YEAR))
        drawn = [(float(at), self.multiple) for at in rng.random(count) * hours[-1]]
        factor = np.ones(len(hours))
        for at, multiple in (*self.scheduled, *drawn):
            # After 60 half-lives less is left than a float can tell.
            span = (at, at + 60.0 * self.half_life_hours)
            first, last = np.searchsorted(hours, span).tolist()
            factor[first:last] += (multiple - 1.0) * halved((hours[first:last] - at) / self.half_life_hours)
        return _labelled(self, base.times, base.gwei * factor, seed)


def _checked(times: AnyTimes, seed: int) -> AnyTimes:
    check_seed(seed)
    times = times.copy()
    if times.ndim != 1 or not len(times) or (np.diff(times) < 0).any():
        raise PriceDataError("times of gas prices must be a list of unix seconds in order, at least one.")
    return times


def _labelled(law: object, times: AnyTimes, gwei: Floats, seed: int) -> GasSeries:
    return GasSeries(times, gwei, f"{GENERATED}: {law!r}, seed {seed}")
