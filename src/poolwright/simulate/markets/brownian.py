"""Volatile assets: correlated geometric Brownian motion, and the same with jumps (Merton 1976)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from poolwright.errors import PriceDataError
from poolwright.simulate.market import DEFAULT_START
from poolwright.simulate.markets.clock import SECONDS_PER_YEAR, Clock, clock, described, from_logs
from poolwright.simulate.markets.parameters import (
    Correlation,
    PerAsset,
    check_symbols,
    correlations,
    per_asset,
    within,
)
from poolwright.simulate.markets.portable import combine, exp_one, factor, stream
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.typing import Floats


class Moments(NamedTuple):
    """Of log returns over one step: annualised volatility, skewness, kurtosis (3 if normal), correlation."""

    volatility: Floats
    skewness: Floats
    kurtosis: Floats
    correlation: Floats


@dataclass(frozen=True, slots=True)
class GeometricBrownian:
    """Correlated geometric Brownian motion; the first row is `start_prices`.

    `volatility` and `drift`: per year (365.25 days), one number or one per symbol; the expected price is
    start * exp(drift * years). `correlation`: one number for every pair, or the matrix.
    """

    symbols: tuple[str, ...]
    start_prices: PerAsset = 1.0
    volatility: PerAsset = 0.7
    correlation: Correlation = 0.0
    drift: PerAsset = 0.0

    def __post_init__(self) -> None:
        symbols = check_symbols(self.symbols)
        for name, value in (
            ("symbols", symbols),
            ("start_prices", per_asset("start_prices", self.start_prices, symbols, 1e-12, 1e12)),
            ("volatility", per_asset("volatility", self.volatility, symbols, 0, 20)),
            ("correlation", correlations(self.correlation, symbols)),
            ("drift", per_asset("drift", self.drift, symbols, -100, 100)),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def from_covariance(
        cls,
        symbols: Sequence[str],
        covariance: Sequence[Sequence[float]],
        start_prices: PerAsset = 1.0,
        drift: PerAsset = 0.0,
    ) -> GeometricBrownian:
        """Build one from the covariance of annual log returns."""
        matrix = np.array(covariance, dtype=np.float64)
        if matrix.shape != (len(symbols), len(symbols)) or not (np.diag(matrix) >= 0).all():
            raise PriceDataError(
                f"covariance must be {len(symbols)} rows of {len(symbols)} numbers, none negative on the diagonal."
            )
        deviations = np.sqrt(np.diag(matrix))
        scale = np.outer(deviations, deviations)
        ratio = np.divide(matrix, scale, out=np.zeros_like(matrix), where=scale > 0)
        if (np.abs(matrix[scale == 0]) > 0).any():
            raise PriceDataError("covariance: an asset without variance cannot vary with another.")
        np.fill_diagonal(ratio, 1.0)
        return cls(tuple(symbols), start_prices, tuple(deviations.tolist()), ratio.tolist(), drift)

    def generate(
        self, rows: int, step_seconds: int = 3_600, seed: int = 7, start_time: int = DEFAULT_START
    ) -> PriceSeries:
        """Return the path of this seed. Each asset draws from a stream of its own name.

        So an asset added at the end changes none of the others; without correlation, nor does one anywhere.
        """
        at = clock(rows, step_seconds, seed, start_time)
        logs = np.zeros((rows, len(self.symbols)))
        np.cumsum(self._returns(at, seed), axis=0, out=logs[1:])
        return from_logs(described(self, at, seed), self.symbols, np.array(self.start_prices), logs, at)

    def moments(self, step_seconds: int = 3_600) -> Moments:
        """Return what the log returns have in theory."""
        n = len(self.symbols)
        return Moments(np.array(self.volatility), np.zeros(n), np.full(n, 3.0), np.array(self.correlation))

    def _returns(self, at: Clock, seed: int) -> Floats:
        noise = normals(self.symbols, at.rows - 1, seed)
        return diffusion(noise, self.volatility, self.correlation, self.drift, at.years)


def normals(symbols: Sequence[str], rows: int, seed: int) -> Floats:
    """Return independent standard normals, float64[rows, n], a stream per symbol."""
    return np.column_stack([stream(seed, "diffusion", symbol).standard_normal(rows) for symbol in symbols])


def diffusion(
    noise: Floats, volatility: PerAsset, correlation: Correlation, drift: PerAsset, years: float
) -> Floats:
    """Return log returns of a step of `years` made of independent `noise`."""
    lower = factor(np.array(correlation))
    assert lower is not None, "parameters.correlations has checked it"
    deviation = np.array(volatility)
    returns = combine(lower, noise) * (deviation * np.sqrt(years))
    return np.asarray(returns + (np.array(drift) - 0.5 * deviation * deviation) * years)


@dataclass(frozen=True, slots=True)
class JumpDiffusion(GeometricBrownian):
    """Geometric Brownian motion with jumps, compensated: the expected price is as without them.

    `jumps_per_year` hit one asset alone; `shared_jumps` (per year, one number) hit all at the same moment, in
    the same proportion of their deviations. A jump adds a normal number of mean `jump_mean` and standard
    deviation `jump_deviation` to the log price. `volatility` is that of the Brownian part.
    """

    jumps_per_year: PerAsset = 12.0
    jump_mean: PerAsset = 0.0
    jump_deviation: PerAsset = 0.06
    shared_jumps: float = 0.0

    def __post_init__(self) -> None:
        GeometricBrownian.__post_init__(self)
        symbols = self.symbols
        for name, value in (
            ("jumps_per_year", per_asset("jumps_per_year", self.jumps_per_year, symbols, 0, 1e6)),
            ("jump_mean", per_asset("jump_mean", self.jump_mean, symbols, -5, 5)),
            ("jump_deviation", per_asset("jump_deviation", self.jump_deviation, symbols, 0, 5)),
            ("shared_jumps", within("shared_jumps", self.shared_jumps, 0, 1e6)),
        ):
            object.__setattr__(self, name, value)

    def moments(self, step_seconds: int = 3_600) -> Moments:
        """Return what the log returns have in theory: cumulants of a compound Poisson process add up."""
        years = step_seconds / SECONDS_PER_YEAR
        sigma, mean, deviation = (
            np.array(each) for each in (self.volatility, self.jump_mean, self.jump_deviation)
        )
        rate = (np.array(self.jumps_per_year) + self.shared_jumps) * years
        variance = sigma**2 * years + rate * (mean**2 + deviation**2)
        third = rate * (mean**3 + 3 * mean * deviation**2)
        fourth = rate * (mean**4 + 6 * mean**2 * deviation**2 + 3 * deviation**4)
        shared = self.shared_jumps * (np.outer(mean, mean) + np.outer(deviation, deviation))
        covariance = (np.array(self.correlation) * np.outer(sigma, sigma) + shared) * years
        np.fill_diagonal(covariance, variance)
        scale = np.sqrt(np.outer(variance, variance))
        ratio = np.divide(covariance, scale, out=np.eye(len(sigma)), where=scale > 0)
        solid = np.where(variance > 0, variance, 1.0)
        return Moments(np.sqrt(variance / years), third / solid**1.5, 3 + fourth / solid**2, ratio)

    def _returns(self, at: Clock, seed: int) -> Floats:
        returns = GeometricBrownian._returns(self, at, seed)
        rows = at.rows - 1
        shared = _jumps(stream(seed, "shared jumps"), self.shared_jumps * at.years, rows)
        sizes = zip(*(np.array(each) for each in (self.jump_mean, self.jump_deviation)), strict=True)
        for k, (mean, deviation) in enumerate(sizes):
            rate = float(np.array(self.jumps_per_year)[k]) * at.years
            for count, normal in (
                shared,
                _jumps(stream(seed, "jumps", self.symbols[k]), rate, rows),
            ):
                # The sum of `count` normal sizes.
                returns[:, k] += count * mean + np.sqrt(count) * deviation * normal
            grown = exp_one(mean + 0.5 * deviation * deviation) - 1.0
            returns[:, k] -= (rate + self.shared_jumps * at.years) * grown
        return returns


def _jumps(rng: np.random.Generator, rate: float, rows: int) -> tuple[Floats, Floats]:
    """Return for each step how many jumps there are and a standard normal for the size of their sum."""
    return np.asarray(rng.poisson(rate, rows), dtype=np.float64), rng.standard_normal(rows)
