"""Named markets for a pool's own assets: prices, gas, blocks, and when arbitrage sleeps, from one seed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from poolwright.errors import PriceDataError
from poolwright.simulate.market import DEFAULT_PEGGED, DEFAULT_PRICES, DEFAULT_START
from poolwright.simulate.markets.blocks import sample_at
from poolwright.simulate.markets.clock import Generator
from poolwright.simulate.markets.gas import GasSeries
from poolwright.simulate.markets.parameters import check_symbols, within
from poolwright.simulate.markets.peg import Peg
from poolwright.simulate.markets.presets import PRESETS, Preset
from poolwright.simulate.markets.together import Together
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.typing import Floats


@dataclass(frozen=True, slots=True, eq=False)
class MarketScenario:
    """Everything about a market that a simulation needs beside the pool.

    `prices`: on their own grid. `blocks`: float64[m], unix seconds at which trades can be made; each sees the
    last row of `prices` and of `gas` at or before it. `arbitrage_gap`: unix seconds [from, until) without
    arbitrage, or None. `label`: name, seed and how it was made, for reports.
    """

    name: str
    prices: PriceSeries
    gas: GasSeries
    blocks: Floats
    arbitrage_gap: tuple[int, int] | None
    label: str

    def __post_init__(self) -> None:
        self.blocks.setflags(write=False)

    def at_blocks(self) -> PriceSeries:
        """Return a row of prices per block."""
        return sample_at(self.prices, self.blocks)

    def gas_costs(self, gas_used: float, native: str | float) -> Floats:
        """Return what a trade of `gas_used` gas costs at each block, in the numeraire of the prices.

        `native`: symbol of the chain's own token among the prices (WETH), or its price.
        """
        gwei = self.gas.at(self.blocks)
        price = native if isinstance(native, int | float) else self._price_of(native)
        return GasSeries(self.blocks, gwei, self.gas.source).cost(gas_used, price)

    def arbitrage_allowed(self, times: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Tell for each time whether anybody arbitrages."""
        if self.arbitrage_gap is None:
            return np.ones(len(times), dtype=np.bool_)
        start, stop = self.arbitrage_gap
        return np.asarray((times < start) | (times >= stop))

    def _price_of(self, symbol: str) -> Floats:
        rows = np.searchsorted(self.prices.times, self.blocks, side="right") - 1
        return np.asarray(self.prices.select([symbol]).prices[rows, 0])


def list_scenarios() -> dict[str, str]:
    """Return each scenario's name with what happens in it."""
    return {name: preset.summary for name, preset in PRESETS.items()}


def scenario(
    name: str,
    symbols: Sequence[str],
    seed: int = 7,
    *,
    hours: float | None = None,
    step_seconds: int = 60,
    start_prices: Mapping[str, float] | None = None,
    pegged: Collection[str] = DEFAULT_PEGGED,
    start_time: int = DEFAULT_START,
) -> MarketScenario:
    """Build a named market for `symbols`; the same arguments give the same numbers.

    `hours`: its length, else the preset's own. `start_prices`: USD per whole token (1 if unknown). `pegged`:
    symbols held at their start price; the first of `symbols` among them is the one that breaks in a depeg.
    Raises PriceDataError for an unknown name, or a depeg without a pegged asset.
    """
    if name not in PRESETS:
        raise PriceDataError(f"there is no scenario {name!r}; known: {', '.join(PRESETS)}.")
    preset, symbols = PRESETS[name], check_symbols(symbols)
    length = within("hours", preset.hours if hours is None else hours, 0.01, 1e6)
    if length < preset.least_hours:
        raise PriceDataError(
            f"scenario {name} needs {preset.least_hours:g} hours or more, not {length:g}: "
            "what it is named for would not happen."
        )
    market = _market(name, preset, symbols, {**DEFAULT_PRICES, **(start_prices or {})}, pegged)
    rows = int(length * 3_600 / step_seconds) + 1 if step_seconds >= 1 else 0
    prices = market.generate(rows, step_seconds, seed, start_time)
    blocks = preset.blocks.times(start_time, int(prices.times[-1]), seed)
    gap = None
    if preset.arbitrage_gap is not None:
        first, last = (start_time + int(each * 3_600) for each in preset.arbitrage_gap)
        gap = (first, last)
    label = f"scenario {name}, seed {seed}: {preset.summary}. Gas: {preset.gas!r}. Blocks: {preset.blocks!r}."
    if gap is not None:
        label += f" No arbitrage from {iso_time(gap[0])} until {iso_time(gap[1])}."
    gas = preset.gas.generate(prices.times, seed)
    return MarketScenario(name, prices, gas, blocks, gap, label)


def _market(
    name: str,
    preset: Preset,
    symbols: tuple[str, ...],
    first: Mapping[str, float],
    pegged: Collection[str],
) -> Generator:
    volatile = tuple(symbol for symbol in symbols if symbol not in pegged)
    steady = [symbol for symbol in symbols if symbol in pegged]
    if preset.depeg is not None and not steady:
        raise PriceDataError(
            f"scenario {name} breaks a peg, but none of {', '.join(symbols)} is pegged. Name one in pegged=."
        )
    parts: list[Generator] = []
    if volatile:
        starts = tuple(first.get(symbol, 1.0) for symbol in volatile)
        parts.append(preset.volatile(volatile, start_prices=starts))
    for place, symbol in enumerate(steady):
        depeg = preset.depeg if place == 0 else None
        parts.append(Peg(symbol, first.get(symbol, 1.0), preset.peg_deviation, depeg=depeg))
    return Together(tuple(parts), symbols)
