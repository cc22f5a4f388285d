"""When the rows of a generated series are, and how one is put together and labelled."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from poolwright.errors import PriceDataError
from poolwright.simulate.market import DEFAULT_START, HOURS_PER_YEAR
from poolwright.simulate.markets.portable import exp
from poolwright.simulate.prices import GENERATED, PriceSeries
from poolwright.simulate.typing import Floats, Integers

SECONDS_PER_YEAR = HOURS_PER_YEAR * 3_600
# Beyond e**±600 a price is no price any more, and sums of values would soon be infinite.
MOST_LOG = 600.0


class Generator(Protocol):
    """What makes a market: everything that it draws follows from its fields and the seed."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """The columns that it makes, in order."""

    def generate(
        self, rows: int, step_seconds: int = ..., seed: int = ..., start_time: int = ...
    ) -> PriceSeries:
        """Return `rows` rows, `step_seconds` apart, from `start_time` (unix seconds) on."""


class Clock(NamedTuple):
    """`rows` times, `step_seconds` apart, the first at `start_time`."""

    rows: int
    step_seconds: int
    start_time: int

    @property
    def years(self) -> float:
        """Length of a step in years of 365.25 days."""
        return self.step_seconds / SECONDS_PER_YEAR

    @property
    def hours(self) -> Floats:
        """Hours since the first row, of each row."""
        return np.asarray(np.arange(self.rows) * (self.step_seconds / 3_600))

    @property
    def times(self) -> Integers:
        """Unix seconds of each row."""
        return self.start_time + self.step_seconds * np.arange(self.rows, dtype=np.int64)


def clock(rows: int, step_seconds: int, seed: int, start_time: int = DEFAULT_START) -> Clock:
    """Check what every generator is asked for."""
    if not _whole(rows) or rows < 2:
        raise PriceDataError(f"rows {rows} must be a whole number of 2 or more.")
    if not _whole(step_seconds) or step_seconds < 1:
        raise PriceDataError(f"step_seconds {step_seconds} must be a whole number of 1 or more.")
    check_seed(seed)
    return Clock(int(rows), int(step_seconds), int(start_time))


def check_seed(seed: int) -> None:
    """Refuse what is no seed, before NumPy does in its own words."""
    if not _whole(seed) or seed < 0:
        raise PriceDataError(f"seed {seed!r} must be a whole number of 0 or more.")


def _whole(number: object) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def from_logs(label: object, symbols: Sequence[str], first: Floats, logs: Floats, at: Clock) -> PriceSeries:
    """Return the series first * exp(logs), labelled; refuse prices that leave the range of numbers."""
    wild = ~(np.abs(logs) <= MOST_LOG)
    if wild.any():
        row, column = (int(place) for place in np.argwhere(wild)[0])
        raise PriceDataError(
            f"the price of {symbols[column]} leaves every sensible range at row {row}. "
            "Lower its volatility, drift or jumps, or generate fewer rows."
        )
    return labelled(label, symbols, first * exp(logs), at)


def labelled(label: object, symbols: Sequence[str], prices: Floats, at: Clock) -> PriceSeries:
    """Return the series with "generated: ..." as its source and the hash of its numbers."""
    prices = np.ascontiguousarray(prices)
    digest = hashlib.sha256(at.times.astype("<i8").tobytes() + prices.astype("<f8").tobytes()).hexdigest()
    return PriceSeries(at.times, prices, tuple(symbols), f"{GENERATED}: {label}", digest, generated=True)


def described(generator: object, at: Clock, seed: int) -> str:
    """Write every parameter of a generator on one line."""
    return f"{generator!r}, {at.rows} rows of {at.step_seconds} s, seed {seed}"
