"""Who acts on a pool in a simulation; a result names each with its settings.

In each row: weights or amplification turn first, then liquidity moves, then arbitrage, then retail. The rebalancer and
the front-runner are in `rebalancer`, ramps of a stable pool in `amplification`; what a pool knows of their accounts in
`policies`.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from poolwright.errors import PoolwrightError
from poolwright.simulate.amplification import AmplificationRamps
from poolwright.simulate.markets.gas import GasLaw, GasSeries
from poolwright.simulate.parameters import whole, within
from poolwright.simulate.policies import Accounts
from poolwright.simulate.rates import Rates, RateSeries
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer


class Arbitrage(StrEnum):
    """How arbitrageurs act after each row of prices."""

    BEST_PAIR = "best_pair"
    TO_NO_ARBITRAGE = "to_no_arbitrage"
    BEST_BASKET = "best_basket"

    @property
    def description(self) -> str:
        """Say it in words, for a report."""
        return _DESCRIBED[self]


_DESCRIBED = {
    Arbitrage.BEST_PAIR: "after each row of prices, the one most profitable trade between two tokens, at its best size",
    Arbitrage.TO_NO_ARBITRAGE: "after each row of prices, the most profitable trade between two tokens, again until "
    "none pays",
    Arbitrage.BEST_BASKET: "after each row of prices, the one most profitable trade of any tokens against any others, "
    "made as swaps of pairs in one transaction",
}


def arbitrage_model(name: Arbitrage | str) -> Arbitrage:
    """Return the model of a name."""
    try:
        return Arbitrage(name)
    except ValueError:
        known = ", ".join(str(each) for each in Arbitrage)
        raise PoolwrightError(f"there is no arbitrage model {str(name)!r}; known: {known}.") from None


@dataclass(frozen=True, slots=True)
class Arbitrageur:
    """Trades against the pool and sells at a venue that has the market's prices, whenever that pays.

    `gas_cost`: numeraire per trade, of which all swaps of a basket are one; or a `GasLaw` or `GasSeries`, of which
    a trade uses `gas_used` at the price of one of the pool's tokens or of a number, `native`. `venue_fee`: fraction
    of what is sold at the venue. `latency_blocks`: trades are chosen at prices this many rows old, and settle at
    today's. `competition`: fraction of each expected profit, after gas and venue, that rivals bid up and the block's
    builder gets; it changes who gains, not what is traded. `gaps`: unix seconds [from, until) in which nobody
    arbitrages.
    """

    model: Arbitrage | str = Arbitrage.BEST_PAIR
    gas_cost: float | GasLaw | GasSeries = 0.0
    gas_used: float = 150_000.0
    native: str | float | None = None
    venue_fee: float = 0.0
    latency_blocks: int = 0
    competition: float = 0.0
    gaps: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", arbitrage_model(self.model))
        if isinstance(self.gas_cost, int | float):
            if not (math.isfinite(self.gas_cost) and self.gas_cost >= 0):
                raise PoolwrightError(
                    f"gas_cost {self.gas_cost} must be a number of 0 or more, in the numeraire of the prices."
                )
            if self.native is not None:
                raise PoolwrightError(
                    "native is for a gas_cost in gwei; this one is in the numeraire already."
                )
        elif self.native is None:
            raise PoolwrightError(
                "gas_cost is a law of gas prices: name the chain's own token in native=, or give its price."
            )
        within("gas_used", self.gas_used, 1, 1e9)
        within("venue_fee", self.venue_fee, 0, 0.5)
        within("competition", self.competition, 0, 1)
        whole("latency_blocks", self.latency_blocks)
        for gap in self.gaps:
            if not gap[0] < gap[1]:
                raise PoolwrightError(f"a gap runs from an earlier time to a later one, not {gap}.")


@dataclass(frozen=True, slots=True)
class Venue:
    """A rival of endless depth at the market's prices, less `fee` of the amount in."""

    fee: float

    def __post_init__(self) -> None:
        within("fee of the venue", self.fee, 0, 0.5)


@dataclass(frozen=True, slots=True)
class RivalPool:
    """A rival pool of the same kind, parameters and first balances, with a fee of its own, kept in float64.

    The arbitrageur makes its best pair trade there too, once a row.
    """

    fee: float

    def __post_init__(self) -> None:
        within("fee of the rival pool", self.fee, 0, 0.1)


@dataclass(frozen=True, slots=True)
class Retail:
    """Orders of people who want a token: Poisson arrivals, lognormal sizes, any two tokens, either way.

    `orders_per_hour` and `mean_size` (numeraire) on average; `deviation` of the logarithm of the size. An order
    keeps q^elasticity of its size, q the best marginal price on offer over the market's, at most 1. With a
    rival it is split so that both pay alike at the margin, fees in: the pool fills what it pays better for.
    """

    orders_per_hour: float
    mean_size: float
    deviation: float = 1.2
    elasticity: float = 0.0
    rival: Venue | RivalPool | None = None

    def __post_init__(self) -> None:
        within("orders_per_hour", self.orders_per_hour, 0, 1e7)
        within("mean_size", self.mean_size, 1e-12, 1e15)
        within("deviation", self.deviation, 0, 5)
        within("elasticity", self.elasticity, 0, 1e6)


@dataclass(frozen=True, slots=True)
class LiquidityEvents:
    """Liquidity that comes and goes, in proportion to the balances.

    `schedule`: (unix seconds, fraction of the supply), above 0 added and below 0 removed. An event falls on the
    first row at or after its time, before the trades of that row.
    """

    schedule: tuple[tuple[int, float], ...]

    def __post_init__(self) -> None:
        for _, fraction in self.schedule:
            if not (-1 < fraction <= 9 and abs(fraction) >= 1e-12):
                raise PoolwrightError(
                    f"a liquidity event of {fraction} of the supply: give more than -1, at most 9, and not 0."
                )


Agent = (
    Arbitrageur | Retail | LiquidityEvents | Rebalancer | FrontRunner | AmplificationRamps | Accounts | Rates
)


def described(agent: Agent) -> dict[str, Any]:
    """Return an agent's settings for JSON, its name first."""
    settings: dict[str, Any] = {"agent": type(agent).__name__}
    for field in fields(agent):
        value = getattr(agent, field.name)
        plain = value is None or isinstance(value, str | int | float | tuple)
        settings[field.name] = value if plain else _source(value)
    return settings


def _source(value: Any) -> str:
    if inspect.isfunction(value):
        return f"function {value.__name__}"
    if isinstance(value, GasSeries | RateSeries):
        return f"{value.source}, sha256 {value.sha256[:16]}"
    return repr(value)
