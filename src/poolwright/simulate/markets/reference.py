"""Reference problem W3: the year of minutes on which simulators are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from poolwright.errors import PriceDataError
from poolwright.simulate.market import DEFAULT_START
from poolwright.simulate.markets.clock import clock, described, labelled
from poolwright.simulate.markets.portable import exp
from poolwright.simulate.prices import PriceSeries

MINUTES_PER_YEAR = 525_600


@dataclass(frozen=True, slots=True)
class ReferenceW3:
    """Three assets from 40,000, 2,500 and 1 with annual volatilities 0.6, 0.8 and 0, in minutes.

    Stated by its very draws: `numpy.random.default_rng(1)`, one normal per row and asset in that order, the third
    drawn and not used. The first row has moved already. The exponential is ours, so that the bits are the same
    on every machine; NumPy's own differs by a unit in the last place here and there, and between processors.
    """

    symbols: tuple[str, str, str] = ("WBTC", "WETH", "USD")

    def generate(
        self,
        rows: int = MINUTES_PER_YEAR,
        step_seconds: int = 60,
        seed: int = 1,
        start_time: int = DEFAULT_START,
    ) -> PriceSeries:
        """Return the series; fewer rows are its beginning. Only steps of 60 s are W3."""
        at = clock(rows, step_seconds, seed, start_time)
        if step_seconds != 60:
            raise PriceDataError(f"W3 is stated in steps of 60 s, not {step_seconds} s.")
        volatility = np.array([0.6, 0.8, 0.0]) / np.sqrt(MINUTES_PER_YEAR)
        noise = np.random.default_rng(seed).standard_normal((rows, 3))
        logs = np.cumsum(volatility * noise - volatility**2 / 2, axis=0)
        prices = exp(logs) * np.array([40_000.0, 2_500.0, 1.0])
        return labelled(described(self, at, seed), self.symbols, prices, at)
