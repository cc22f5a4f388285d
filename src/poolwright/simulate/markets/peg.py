"""Pegged assets: an Ornstein-Uhlenbeck process around the peg in the logarithm, and how a peg breaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poolwright.errors import PriceDataError
from poolwright.simulate.market import DEFAULT_START
from poolwright.simulate.markets.brownian import Moments
from poolwright.simulate.markets.clock import SECONDS_PER_YEAR, Clock, clock, described, from_logs
from poolwright.simulate.markets.parameters import within
from poolwright.simulate.markets.portable import LN2, exp_one, halved, log_one, reverting, stream
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.typing import Floats

# A dead asset is worth this part of its peg for ever: nothing, but a number that can be divided by.
WORTHLESS = 1e-6


@dataclass(frozen=True, slots=True)
class Depeg:
    """The peg breaks `at_hours` after the first row and reaches `depth` (times the peg) `fall_hours` later.

    Then either it comes back, half of the way (in the logarithm) each `recovery_half_life_hours`; or it dies,
    halving each `death_half_life_hours` down to a millionth; or, with neither, it stays. `turbulence`: how many
    times larger the noise is at the bottom.
    """

    at_hours: float
    depth: float
    fall_hours: float = 0.0
    recovery_half_life_hours: float | None = None
    death_half_life_hours: float | None = None
    turbulence: float = 1.0

    def __post_init__(self) -> None:
        within("at_hours", self.at_hours, 0, 1e7)
        within("depth", self.depth, WORTHLESS, 10)
        within("fall_hours", self.fall_hours, 0, 1e6)
        within("turbulence", self.turbulence, 0, 1_000)
        for name in ("recovery_half_life_hours", "death_half_life_hours"):
            if getattr(self, name) is not None:
                within(name, getattr(self, name), 1e-3, 1e6)
        if self.depth == 1:
            raise PriceDataError("depth 1 is the peg itself. Give the part that is left, such as 0.88.")
        if self.recovery_half_life_hours is not None and self.death_half_life_hours is not None:
            raise PriceDataError("a depeg either recovers or dies: give one of the two half-lives.")

    def levels(self, hours: Floats) -> Floats:
        """Return the logarithm of the broken peg, over the peg, at each of `hours`."""
        bottom = log_one(self.depth)
        since = hours - self.at_hours
        # The row at the break is the last good one; a fall in no time is done on the next.
        part = (
            np.clip(since / self.fall_hours, 0, 1) if self.fall_hours > 0 else np.where(since > 0, 1.0, 0.0)
        )
        after = np.maximum(since - self.fall_hours, 0.0)
        if self.recovery_half_life_hours is not None:
            return np.asarray(bottom * part * halved(after / self.recovery_half_life_hours))
        if self.death_half_life_hours is not None:
            sunk = bottom * part - LN2 * (after / self.death_half_life_hours)
            return np.asarray(np.maximum(sunk, log_one(WORTHLESS)))
        return np.asarray(bottom * part)


@dataclass(frozen=True, slots=True)
class Peg:
    """One pegged asset, stationary from the first row on.

    `level`: the median price. `deviation`: stationary standard deviation of the log price. `half_life_hours`:
    of a deviation. `jump_share` of the variance comes in jumps, `jumps_per_year` of them, that land on rows;
    they decay as any deviation does.
    """

    symbol: str
    level: float = 1.0
    deviation: float = 0.0015
    half_life_hours: float = 12.0
    depeg: Depeg | None = None
    jumps_per_year: float = 0.0
    jump_share: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.symbol, str) or not self.symbol:
            raise PriceDataError(f"symbol {self.symbol!r} must be a name.")
        within("level", self.level, 1e-12, 1e12)
        within("deviation", self.deviation, 0, 1)
        within("half_life_hours", self.half_life_hours, 1e-4, 1e6)
        within("jumps_per_year", self.jumps_per_year, 0, 1e6)
        within("jump_share", self.jump_share, 0, 1)
        if self.jump_share > 0 and self.jumps_per_year == 0:
            raise PriceDataError("jump_share needs jumps: give jumps_per_year too, or leave both at 0.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The one column."""
        return (self.symbol,)

    def generate(
        self, rows: int, step_seconds: int = 3_600, seed: int = 7, start_time: int = DEFAULT_START
    ) -> PriceSeries:
        """Return the path of this seed: the exact law of the process at these times."""
        at = clock(rows, step_seconds, seed, start_time)
        logs = self._noise(at, seed)
        if self.depeg is not None:
            broken = self.depeg.levels(at.hours)
            strain = np.minimum(np.abs(broken / log_one(self.depeg.depth)), 1.0)
            logs = broken + logs * (1.0 + (self.depeg.turbulence - 1.0) * strain)
        label = described(self, at, seed)
        return from_logs(label, self.symbols, np.array([self.level]), logs[:, np.newaxis], at)

    def moments(self, step_seconds: int = 3_600) -> Moments:
        """Return what the log returns have in theory while the peg holds."""
        years = step_seconds / SECONDS_PER_YEAR
        keep = self._keep(step_seconds)
        variance = 2.0 * (1.0 - keep) * self.deviation**2
        excess = 0.0
        if self.jump_share > 0 and variance > 0:
            jumps = self.jump_share * self.deviation**2 * (1.0 - keep * keep)
            excess = 3.0 * jumps**2 / (self.jumps_per_year * years) * fourth_of_return(keep) / variance**2
        return Moments(
            np.array([np.sqrt(variance / years)]), np.zeros(1), np.array([3.0 + excess]), np.eye(1)
        )

    def _keep(self, step_seconds: int) -> float:
        """Return the part of a deviation that is left after a step."""
        return exp_one(-LN2 * step_seconds / 3_600 / self.half_life_hours)

    def _noise(self, at: Clock, seed: int) -> Floats:
        rng = stream(seed, "peg", self.symbol)
        normal = rng.standard_normal(at.rows)
        keep = self._keep(at.step_seconds)
        variance = self.deviation * self.deviation * (1.0 - keep * keep)
        shocks = normal[1:] * np.sqrt(variance * (1.0 - self.jump_share))
        if self.jump_share > 0:
            rate = self.jumps_per_year * at.years
            jumps = stream(seed, "peg jumps", self.symbol)
            count = jumps.poisson(rate, at.rows - 1)
            shocks += np.sqrt(count * (variance * self.jump_share / rate)) * jumps.standard_normal(
                at.rows - 1
            )
        return reverting(float(normal[0]) * self.deviation, np.full(at.rows - 1, keep), shocks)


def fourth_of_return(keep: float) -> float:
    """Return the fourth cumulant of a return over that of a shock.

    A return is the shock less (1 - keep) times the deviation so far, and fourth cumulants of independent parts
    add up: 1 + (1 - keep)^4 (1 + keep^4 + keep^8 + ...).
    """
    return 1.0 + (1.0 - keep) ** 4 / (1.0 - keep**4)
