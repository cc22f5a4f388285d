"""When blocks come, and which price each block sees: the last one at or before it, never a later one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from poolwright.errors import PriceDataError
from poolwright.simulate.markets.clock import check_seed
from poolwright.simulate.markets.parameters import within
from poolwright.simulate.markets.portable import stream
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.typing import Floats, Integers

MOST_BLOCKS = 100_000_000


class BlockLaw(Protocol):
    """A law of block times."""

    def times(self, start: float, stop: float, seed: int = ...) -> Floats:
        """Return the times of the blocks in (start, stop], unix seconds, strictly rising."""


@dataclass(frozen=True, slots=True)
class ConstantBlocks:
    """A block every `seconds` after the start."""

    seconds: float = 12.0

    def __post_init__(self) -> None:
        within("seconds between blocks", self.seconds, 1e-3, 1e6)

    def times(self, start: float, stop: float, seed: int = 7) -> Floats:
        """Return the times; nothing is random."""
        slots = np.arange(1, _slots(start, stop, self.seconds, seed) + 1, dtype=np.float64)
        return np.asarray(start + self.seconds * slots)


@dataclass(frozen=True, slots=True)
class MissedSlots:
    """A slot every `seconds`, each empty with probability `missed`, independently of the others."""

    seconds: float = 12.0
    missed: float = 0.01

    def __post_init__(self) -> None:
        within("seconds between slots", self.seconds, 1e-3, 1e6)
        within("missed", self.missed, 0, 0.999)

    def times(self, start: float, stop: float, seed: int = 7) -> Floats:
        """Return the times of the slots that have a block."""
        slots = _slots(start, stop, self.seconds, seed)
        made = stream(seed, "missed slots").random(slots) >= self.missed
        return np.asarray(start + self.seconds * (np.flatnonzero(made) + 1))


@dataclass(frozen=True, slots=True)
class PoissonBlocks:
    """Blocks at random, `mean_seconds` apart on average, as under proof of work."""

    mean_seconds: float = 12.0

    def __post_init__(self) -> None:
        within("mean_seconds between blocks", self.mean_seconds, 1e-3, 1e6)

    def times(self, start: float, stop: float, seed: int = 7) -> Floats:
        """Return the times; a later stop only adds blocks at the end."""
        expected = _slots(start, stop, self.mean_seconds, seed)
        rng, offsets = stream(seed, "poisson blocks"), np.zeros(1)
        while offsets[-1] <= stop - start:
            gaps = rng.standard_exponential(expected // 4 + 16) * self.mean_seconds
            # Summed on from the last one, so that the size of a batch changes no time.
            offsets = np.concatenate([offsets, np.cumsum(np.concatenate([offsets[-1:], gaps]))[1:]])
        times = start + offsets[1:]
        # Two blocks may fall on one float: 2e-7 s at today's unix times.
        return np.asarray(times[(times <= stop) & (np.diff(times, prepend=start) > 0)])


def rows_at(times: npt.NDArray[Any], block_times: npt.NDArray[Any]) -> Integers:
    """Return the index of the last of `times` at or before each block; refuse a block before the first."""
    rows = np.searchsorted(times, block_times, side="right") - 1
    if len(rows) and rows.min() < 0:
        early = float(np.asarray(block_times)[np.argmin(rows)])
        raise PriceDataError(
            f"a block at {iso_time(int(early))} is before the first price ({iso_time(int(times[0]))}): "
            "it would have to look ahead. Start the blocks later."
        )
    return np.asarray(rows, dtype=np.int64)


def sample_at(series: PriceSeries, block_times: npt.NDArray[Any]) -> PriceSeries:
    """Return a row per block: the last price at or before it.

    Its times are whole seconds and strictly rising, as on chain: a block within the second of the one before
    it is stamped one second later (the price is still that of its true time). Blocks that come faster than a
    second apart on the whole cannot be stamped so and are refused: use `rows_at` for them.
    """
    exact = np.asarray(block_times, dtype=np.float64)
    if len(exact) < 2 or (np.diff(exact) < 0).any():
        raise PriceDataError("block times must be two or more, in order.")
    rows = rows_at(series.times, exact)
    if exact[-1] >= series.times[-1] + max(series.step, 1):
        raise PriceDataError(
            f"the blocks go on until {iso_time(int(exact[-1]))}, but {series.source} ends at {series.end}. Stop there."
        )
    turns = np.arange(len(exact), dtype=np.int64)
    stamps = np.maximum.accumulate(np.floor(exact).astype(np.int64) - turns) + turns
    if stamps[-1] - exact[-1] > 60:
        raise PriceDataError(
            "the blocks come faster than one a second, which is all that stamps of whole seconds can tell apart. "
            "Use rows_at(series.times, block_times) for the rows that they see."
        )
    prices = np.ascontiguousarray(series.prices[rows])
    digest = hashlib.sha256(series.sha256.encode() + exact.astype("<f8").tobytes()).hexdigest()
    source = f"{series.source}; sampled at {len(exact)} blocks"
    return PriceSeries(stamps, prices, series.symbols, source, digest, series.generated)


def _slots(start: float, stop: float, seconds: float, seed: int) -> int:
    """Return how many whole slots fit, after checking what every law is asked for."""
    check_seed(seed)
    if not stop > start:
        raise PriceDataError(f"blocks need a stop ({stop}) after their start ({start}).")
    if (stop - start) / seconds > MOST_BLOCKS:
        raise PriceDataError(
            f"{(stop - start) / seconds:.3g} blocks are more than {MOST_BLOCKS:,}. Take a shorter stretch at a time."
        )
    # A slot on the very stop counts, also where the division falls short by rounding.
    return int((stop - start) / seconds + 1e-9)
