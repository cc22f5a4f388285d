"""What a pool is put through: a market, when trades can be made on it, and who acts; staged anew for each seed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from poolwright.analytics.position_input import at_least_zero, finite, positive
from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import Agent, Arbitrageur, Retail
from poolwright.simulate.market import DEFAULT_PEGGED
from poolwright.simulate.markets.blocks import BlockLaw, sample_at
from poolwright.simulate.markets.fitting import fit
from poolwright.simulate.markets.gas import GasLaw, GasSeries, RecordedGas
from poolwright.simulate.markets.scenarios import scenario as named_market
from poolwright.simulate.prices import PriceSeries, load_prices
from poolwright.simulate.rebalancer import Rebalancer

# Between rows of a named market.
STEP_SECONDS = 60
SECONDS_PER_HOUR = 3_600
# Fields of a market, what they may be, and that in words.
MARKET_TYPES: tuple[tuple[str, Any, str], ...] = (
    ("preset", str | None, "the name of a market"),
    ("hours", int | float | None, "a number"),
    ("step_seconds", int | None, "a whole number"),
    ("start_prices", Mapping, "a table of prices by symbol"),
    ("pegged", list | tuple | None, "a list of symbols"),
    ("prices", str | Path | Mapping | None, "a file, or a table of files by symbol"),
    ("aliases", Mapping, "a table of columns by symbol"),
    ("allow_gaps", bool, "true or false"),
    ("fitted", bool, "true or false"),
)
# Fields of a market that is made, which one that is recorded has already.
OF_MADE = ("hours", "step_seconds", "pegged")


@dataclass(frozen=True, slots=True)
class Market:
    """Recorded `prices` (what `load_prices` takes), or a named market, a `preset` of docs/markets.md.

    `fitted`: instead of the recorded prices, generated ones with their statistics, from their first row on; another
    seed makes another market. Of a market that is made: `hours` and `step_seconds` (of a fitted one, else those of
    the file), `pegged` symbols (else well-known ones, of a fitted one those that stay near 1). `start_prices` by
    symbol: of a preset.
    """

    preset: str | None = None
    hours: float | None = None
    step_seconds: int | None = None
    start_prices: Mapping[str, float] = field(default_factory=dict)
    pegged: Sequence[str] | None = None
    prices: str | Path | Mapping[str, str | Path | float] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    allow_gaps: bool = False
    fitted: bool = False

    def __post_init__(self) -> None:
        if self.preset is not None and self.prices is not None:
            raise PoolwrightError("a market has prices or a preset, not both.")
        for name, types, said in MARKET_TYPES:
            if not isinstance(getattr(self, name), types):
                raise PoolwrightError(f"{name} {getattr(self, name)!r} must be {said}.")
        if self.step_seconds is not None and self.step_seconds < 1:
            raise PoolwrightError(f"step_seconds {self.step_seconds} must be 1 or more.")
        if self.fitted and self.prices is None:
            raise PoolwrightError("fitted says to what: add prices = ..., the file whose statistics it gets.")
        for name in OF_MADE:
            if self.prices is not None and not self.fitted and getattr(self, name) is not None:
                raise PoolwrightError(
                    f"{name} is of a market that is made; these prices are recorded. Leave it out, or set fitted."
                )
        for symbol, price in self.start_prices.items():
            positive(price, f"start_prices of {symbol}")


@dataclass(frozen=True, slots=True)
class Position:
    """A liquidity provider's terms, in the numeraire: how much is put in, and what that costs beside the loss.

    `value`: else all of the pool. `gas`: of entering and leaving together. `benchmark`: the yearly return (0.04
    for 4 %) that the value could have earned elsewhere.
    """

    value: float | None = None
    gas: float = 0.0
    benchmark: float = 0.0

    def __post_init__(self) -> None:
        if self.value is not None:
            positive(self.value, "value")
        at_least_zero(self.gas, "gas")
        finite(self.benchmark, "benchmark", above=-1.0)


class Stage(NamedTuple):
    """What `simulate` takes beside the pool."""

    prices: PriceSeries
    agents: tuple[Agent, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A market and who acts on it. `blocks`: when trades can be made, else with each row of the market.

    `agents`: all who act. A gas law of the arbitrageur is drawn once for the whole market, so that a spike stays
    where it is when a sweep cuts the prices into windows. `source`: where it was read, hash and changes included.
    """

    market: Market = Market()
    blocks: BlockLaw | None = None
    agents: tuple[Agent, ...] = (Arbitrageur(),)
    seed: int = 7
    position: Position = Position()
    source: str = field(default="", compare=False)

    @property
    def random(self) -> bool:
        """Tell whether another seed gives another run."""
        flow = any(
            (isinstance(agent, Retail) and agent.orders_per_hour > 0)
            or (isinstance(agent, Rebalancer) and agent.checks_per_hour is not None)
            for agent in self.agents
        )
        blocks = self.blocks is not None and type(self.blocks).__name__ != "ConstantBlocks"
        made = self.market.preset is not None or self.market.fitted
        return flow or blocks or made or any(map(_draws_gas, self.agents))

    def starting_at(self, prices: Mapping[str, float], pegged: Collection[str] = ()) -> Scenario:
        """Return the scenario with first prices and `pegged` tokens, for a preset that says nothing of them."""
        market = replace(self.market, start_prices={**prices, **self.market.start_prices})
        if market.preset is not None and market.pegged is None:
            market = replace(market, pegged=sorted({*DEFAULT_PEGGED, *pegged}))
        return replace(self, market=market)

    def stage(self, symbols: Sequence[str], seed: int | None = None) -> Stage:
        """Return prices of `symbols` and the agents, for a seed or the scenario's own."""
        seed = self.seed if seed is None else seed
        prices, gap = self._market(symbols, seed)
        return Stage(prices, tuple(_placed(agent, prices, gap, seed) for agent in self.agents), seed)

    def _market(self, symbols: Sequence[str], seed: int) -> tuple[PriceSeries, tuple[int, int] | None]:
        """Return a row of prices per block, and the stretch without arbitrage."""
        market = self.market
        if market.preset is not None:
            made = named_market(
                market.preset, symbols, seed, hours=market.hours, step_seconds=market.step_seconds or STEP_SECONDS,
                start_prices=market.start_prices, pegged=DEFAULT_PEGGED if market.pegged is None else market.pegged,
            )  # fmt: skip
            prices = made.at_blocks() if self.blocks is None else self._at_blocks(made.prices, seed)
            return prices, made.arbitrage_gap
        if market.prices is None:
            raise PoolwrightError(
                "no market: give --prices FILE, or --scenario with a named market or a file."
            )
        prices = load_prices(market.prices, symbols, aliases=market.aliases, allow_gaps=market.allow_gaps)
        if market.fitted:
            prices = _fitted(market, prices, seed)
        return self._at_blocks(prices, seed) if self.blocks is not None else prices, None

    def _at_blocks(self, prices: PriceSeries, seed: int) -> PriceSeries:
        assert self.blocks is not None
        times = self.blocks.times(float(prices.times[0]), float(prices.times[-1]), seed)
        return sample_at(prices, times)


def _fitted(market: Market, prices: PriceSeries, seed: int) -> PriceSeries:
    """Return a made market with the statistics of `prices`, which its label names with their hash."""
    step = market.step_seconds or prices.step
    length = (prices.times[-1] - prices.times[0]) if market.hours is None else market.hours * SECONDS_PER_HOUR
    made = fit(prices, pegged=market.pegged).generate(
        int(length / step) + 1, step, seed, int(prices.times[0])
    )
    return replace(made, source=f"{made.source}, fitted to {prices.source}, SHA-256 {prices.sha256}")


def _placed(agent: Agent, prices: PriceSeries, gap: tuple[int, int] | None, seed: int) -> Agent:
    """Return the agent with its gas drawn for these times, and the market's stretch without arbitrage."""
    if not isinstance(agent, Arbitrageur):
        return agent
    if isinstance(agent.native, str) and agent.native not in prices.symbols:
        raise PoolwrightError(
            f"native {agent.native}: no such token here; name one of {', '.join(prices.symbols)}, or give its price."
        )
    gas = agent.gas_cost
    if not isinstance(gas, int | float | GasSeries):
        gas = gas.generate(prices.times, seed)
    return replace(agent, gas_cost=gas, gaps=(*agent.gaps, gap) if gap is not None else agent.gaps)


def _draws_gas(agent: Agent) -> bool:
    if not isinstance(agent, Arbitrageur):
        return False
    law: float | GasLaw | GasSeries = agent.gas_cost
    return not isinstance(law, int | float | GasSeries | RecordedGas)
