"""Made-up markets, for a first run without data and for tests: seeded, and labelled as generated everywhere.

Volatile tokens follow a geometric Brownian motion with one common factor and rare jumps, without drift: the
expected price is the first one. Pegged tokens follow an Ornstein-Uhlenbeck process around 1 in the logarithm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from poolwright.errors import PriceDataError
from poolwright.simulate.prices import GENERATED, PriceSeries

HOURS_PER_YEAR = 8_766
# 2024-01-01T00:00:00Z; a fixed date, so that the same seed gives the same bytes.
DEFAULT_START = 1_704_067_200
# First prices in USD, only to give familiar numbers; any other symbol starts at 1.
DEFAULT_PRICES = {"WETH": 2_500.0, "ETH": 2_500.0, "WBTC": 40_000.0, "BTC": 40_000.0}
DEFAULT_PEGGED = frozenset({"DAI", "USDC", "USDT", "USDS", "FRAX", "LUSD", "GHO", "CRVUSD", "PYUSD", "TUSD"})


@dataclass(frozen=True, slots=True)
class MarketModel:
    """The parameters of a generated market; rates are per year, volatility is annual.

    `correlation`: of the log returns of any two volatile tokens, 0 to 1. `jump_size`: standard deviation of
    the logarithm of a jump. `peg_deviation`: stationary standard deviation of a pegged token from 1.
    """

    volatility: float = 0.7
    correlation: float = 0.6
    jumps_per_year: float = 12.0
    jump_size: float = 0.06
    peg_deviation: float = 0.0015
    peg_half_life_hours: float = 12.0

    def __post_init__(self) -> None:
        if not 0 <= self.correlation <= 1:
            raise PriceDataError(f"correlation {self.correlation} must lie between 0 and 1.")
        for name, most in (
            ("volatility", 10),
            ("jumps_per_year", 8_766),
            ("jump_size", 1),
            ("peg_deviation", 1),
        ):
            if not 0 <= getattr(self, name) <= most:
                raise PriceDataError(f"{name} {getattr(self, name)} must lie between 0 and {most}.")
        if not self.peg_half_life_hours > 0:
            raise PriceDataError(f"peg_half_life_hours {self.peg_half_life_hours} must be positive.")


def generate_market(
    symbols: Sequence[str],
    hours: int,
    seed: int = 7,
    *,
    start_prices: Mapping[str, float] | None = None,
    pegged: Collection[str] = DEFAULT_PEGGED,
    model: MarketModel | None = None,
    start_time: int = DEFAULT_START,
    step_seconds: int = 3_600,
) -> PriceSeries:
    """Generate `hours` of prices, the same for the same arguments; `source` says "generated, seed 7".

    `start_prices` and prices in USD per whole token; `pegged`: symbols that are held at 1; `step_seconds`:
    between rows.
    """
    rows = hours * 3_600 // step_seconds
    if rows < 2:
        raise PriceDataError(
            f"{hours} hours at {step_seconds} s give {rows} rows; a simulation needs at least two."
        )
    model = model or MarketModel()
    rng = np.random.default_rng(seed)
    years = step_seconds / 3_600 / HOURS_PER_YEAR
    first = {**DEFAULT_PRICES, **(start_prices or {})}
    common = rng.standard_normal(rows - 1)
    columns = []
    for symbol in symbols:
        # A stream of its own per symbol, in the order given.
        if symbol in pegged:
            columns.append(_pegged(rng, rows, step_seconds / 3_600, model))
        else:
            columns.append(first.get(symbol, 1.0) * _volatile(rng, common, years, model))
    prices = np.ascontiguousarray(np.column_stack(columns))
    times = start_time + step_seconds * np.arange(rows, dtype=np.int64)
    digest = hashlib.sha256(times.astype("<i8").tobytes() + prices.astype("<f8").tobytes()).hexdigest()
    return PriceSeries(times, prices, tuple(symbols), f"{GENERATED}, seed {seed}", digest, generated=True)


def _volatile(
    rng: np.random.Generator, common: npt.NDArray[np.float64], years: float, model: MarketModel
) -> npt.NDArray[np.float64]:
    """Return the path of exp(X), E exp(X) = 1, starting at 1."""
    own = rng.standard_normal(len(common))
    noise = np.sqrt(model.correlation) * common + np.sqrt(1 - model.correlation) * own
    diffusion = model.volatility * np.sqrt(years) * noise - 0.5 * model.volatility**2 * years
    count = rng.poisson(model.jumps_per_year * years, len(common))
    jumps = np.sqrt(count) * model.jump_size * rng.standard_normal(len(common))
    # The compensator of a compound Poisson process with normal jumps, so that the price stays a martingale.
    drift = model.jumps_per_year * years * np.expm1(0.5 * model.jump_size**2)
    return np.asarray(np.exp(np.concatenate([[0.0], np.cumsum(diffusion + jumps - drift)])))


def _pegged(
    rng: np.random.Generator, rows: int, step_hours: float, model: MarketModel
) -> npt.NDArray[np.float64]:
    """Return exp of the exact discretisation of an Ornstein-Uhlenbeck process, stationary from the start."""
    keep = 0.5 ** (step_hours / model.peg_half_life_hours)
    shocks = rng.standard_normal(rows) * model.peg_deviation
    shocks[1:] *= np.sqrt(1 - keep * keep)
    path = np.empty(rows)
    level = 0.0
    for row in range(rows):
        level = level * keep + shocks[row]
        path[row] = level
    return np.asarray(np.exp(path))
