"""Rates that move: what the rate providers of a stable pool report, and how far the Vault follows them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from poolwright.errors import PoolwrightError
from poolwright.model import native
from poolwright.simulate.columns import find_symbol_column, find_time_column, parse_prices, parse_times
from poolwright.simulate.kernels.course import compiled_follow
from poolwright.simulate.parameters import whole, within
from poolwright.simulate.prices import PriceSeries, iso_time
from poolwright.simulate.tables import read_table
from poolwright.simulate.typing import Flags, Floats, Integers, Limbs
from poolwright.spec.bounds import MAX_RATE, MIN_RATE, WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token
from poolwright.units import parse_number

YEAR = 365.25 * 86_400
# Whose prices the market's columns are.
TOKEN, UNDERLYING = "token", "underlying"


@dataclass(frozen=True, slots=True, eq=False)
class RateSeries:
    """Recorded rates by symbol: `times` int64[r], rising, unix seconds; `rates` float64[r, k], as reported."""

    times: Integers
    rates: Floats
    symbols: tuple[str, ...]
    source: str
    sha256: str

    @classmethod
    def load(cls, path: str | Path, columns: Mapping[str, str]) -> RateSeries:
        """Read a file with a time column and a column of rates for each symbol; PriceDataError names file and row."""
        if not columns:
            raise PoolwrightError(
                'columns says which column is whose rate: columns = { WSTETH = "wsteth_rate" }.'
            )
        table = read_table(Path(path))
        times = parse_times(table, find_time_column(table))
        if len(times) == 0 or (np.diff(times) <= 0).any():
            raise PoolwrightError(
                f"{table.name}: the times of rates must rise. Sort the rows, each time once."
            )
        named = [parse_prices(table, find_symbol_column(table, at, None)) for at in columns.values()]
        return cls(times, np.column_stack(named), tuple(columns), table.name, table.sha256)


@dataclass(frozen=True, slots=True)
class Rates:
    """Lets the rates of a stable pool's tokens move as their providers report them.

    `recorded`: rates by symbol, each valid from its time on; the pool opens at the first. Else a rate begins at the
    pool's own and grows by `growth` (0.05: 5 %) a year, compounded; {"SDAI": 0.05}, or pairs. `shocks`: (unix seconds,
    symbol, change), such as a slash by -0.05: from its time on the rate is so much more or less.
    `silent`: (symbol, unix seconds, unix seconds): between them the provider reports nothing new, and what it said
    last grows old. `prices`: "token", the market's prices are the tokens' own; "underlying", they are of what the
    token is worth the rate of, and a token's price is the rate times that.

    Somebody lets the pool ask its providers in each row: it follows by the token's rate_max_move at most, and while a
    report is farther, older than rate_max_age or out of bounds, the asset is frozen: swaps of it are refused, others
    go on.
    """

    growth: Mapping[str, float | str] | tuple[tuple[str, float], ...] = ()
    shocks: tuple[tuple[int, str, float], ...] = ()
    silent: tuple[tuple[str, int, int], ...] = ()
    recorded: RateSeries | None = None
    prices: str = TOKEN

    def __post_init__(self) -> None:
        pairs = self.growth.items() if isinstance(self.growth, Mapping) else self.growth
        grown = tuple(
            (name, float(parse_number(each)) if isinstance(each, str) else each) for name, each in pairs
        )
        object.__setattr__(self, "growth", grown)
        for name, each in grown:
            within(f"growth of {name}", each, -0.9, 10)
        for shock in self.shocks:
            if len(shock) != 3:
                raise PoolwrightError(f"shocks has {shock!r}, which is not (unix seconds, symbol, change).")
            whole("shocks time", shock[0])
            within("shocks change", shock[2], -0.99, 10)
        for stretch in self.silent:
            if len(stretch) != 3 or not stretch[1] < stretch[2]:
                raise PoolwrightError(
                    f"silent has {stretch!r}, which is not (symbol, from, to), in unix seconds."
                )
        if self.prices not in (TOKEN, UNDERLYING):
            raise PoolwrightError(f"prices {self.prices!r}; known: {TOKEN}, {UNDERLYING}.")

    @property
    def yearly(self) -> tuple[tuple[str, float], ...]:
        """The growth as pairs."""
        assert isinstance(self.growth, tuple)
        return self.growth

    @property
    def symbols(self) -> tuple[str, ...]:
        """Whose rates move, each once."""
        recorded = self.recorded.symbols if self.recorded else ()
        named = (*recorded, *(name for name, _ in self.yearly), *(name for _, name, _ in self.shocks),
                 *(name for name, _, _ in self.silent))  # fmt: skip
        return tuple(dict.fromkeys(named))


class Reports(NamedTuple):
    """What one provider says, by row: `worth`, the rate as it is, `rates` as reported and `updated`, unix seconds."""

    worth: list[int]
    rates: list[int]
    updated: Integers


class RateCourse(NamedTuple):
    """The rates of a run by row: `accepted` by the pool, WAD in limbs [rows, n, 4].

    `frozen` bool[rows, n]: no swap of the asset. `reports`: by position, of the tokens whose rates move.
    """

    accepted: Limbs
    frozen: Flags
    reports: dict[int, Reports]

    def at(self, row: int) -> tuple[int, ...]:
        """Return the accepted rates in a row, WAD."""
        return tuple(native.from_limbs(self.accepted[row]))

    @property
    def floats(self) -> Floats:
        """The accepted rates as fractions [rows, n]; rates are below 2^128."""
        return np.asarray((self.accepted[..., 0] + 2.0**64 * self.accepted[..., 1]) / WAD)


def opened(agent: Rates | None, params: PoolParams, series: PriceSeries) -> PoolParams:
    """Return the pool with the rates at which it opens: the recorded ones of the first row where there are some."""
    if agent is None or agent.recorded is None:
        return params
    recorded = agent.recorded
    row = _last_known(recorded, int(series.times[0]))
    first = dict(zip(recorded.symbols, recorded.rates[row].tolist(), strict=True))
    tokens = [
        replace(token, rate=_wad(first[token.symbol])) if token.symbol in first else token
        for token in params.tokens
    ]
    return replace(params, tokens=tuple(tokens))


def rate_course(agent: Rates | None, params: PoolParams, series: PriceSeries) -> RateCourse | None:
    """Return the rates of all rows, None without an agent; `params`: as `opened`.

    Raises PoolwrightError where the contracts know no such rate: another kind, a token without a provider.
    """
    if agent is None:
        return None
    _check(agent, params)
    rows, n = len(series), len(params.tokens)
    accepted = np.tile(native.to_limbs([token.rate for token in params.tokens]), (rows, 1, 1))
    frozen = np.zeros((rows, n), np.bool_)
    reports = {}
    for k, token in enumerate(params.tokens):
        if token.symbol in agent.symbols:
            reports[k] = found = _reports(agent, token, series)
            terms = native.to_limbs([token.rate_max_move, token.rate_max_age])
            compiled_follow(
                native.to_limbs(found.rates), found.updated, series.times, terms, accepted[:, k], frozen[:, k]
            )
    return RateCourse(accepted, frozen, reports)


def priced(agent: Rates | None, params: PoolParams, series: PriceSeries) -> PriceSeries:
    """Return the market with the tokens' own prices: the underlying's, where it has these, times the rate."""
    if agent is None or agent.prices == TOKEN:
        return series
    _check(agent, params)
    prices = series.prices.copy()
    for k, token in enumerate(params.tokens):
        if token.symbol in agent.symbols:
            prices[:, k] *= np.array(_reports(agent, token, series).worth, np.float64) / WAD
    digest = hashlib.sha256(series.sha256.encode() + prices.tobytes()).hexdigest()
    source = f"{series.source}; {', '.join(agent.symbols)} times the rate"
    return PriceSeries(series.times, prices, series.symbols, source, digest, series.generated)


def _check(agent: Rates, params: PoolParams) -> None:
    if params.kind is not Kind.STABLE:
        raise PoolwrightError(
            f"rates matter in a stable pool; this one is {params.kind.value}, where they cancel out."
        )
    tokens = {token.symbol: token for token in params.tokens}
    for symbol in agent.symbols:
        if symbol not in tokens:
            raise PoolwrightError(f"rates of {symbol}: the pool has {', '.join(tokens)}.")
        if tokens[symbol].rate_provider is None:
            raise PoolwrightError(
                f"rates of {symbol}: the pool asks nobody for it, so it never moves. Give it a rate_provider."
            )


def _reports(agent: Rates, token: Token, series: PriceSeries) -> Reports:
    """Return what a token's provider reports in each row."""
    times = series.times
    worth = _worth(agent, token, series)
    updated, shown = times.copy(), list(range(len(times)))
    for symbol, start, stop in agent.silent:
        quiet = np.flatnonzero((times >= start) & (times < stop))
        if symbol == token.symbol and len(quiet):
            last = max(int(quiet[0]) - 1, 0)
            updated[quiet] = times[last]
            shown[quiet[0] : quiet[-1] + 1] = [last] * len(quiet)
    return Reports(worth, [worth[row] for row in shown], updated)


def _worth(agent: Rates, token: Token, series: PriceSeries) -> list[int]:
    """Return a token's rate in each row, WAD: recorded, or grown from the first; then shocked."""
    times, recorded = series.times, agent.recorded
    factor = np.ones(len(times))
    if recorded is not None and token.symbol in recorded.symbols:
        rows = np.searchsorted(recorded.times, times, side="right") - 1
        column = recorded.rates[rows, recorded.symbols.index(token.symbol)]
        factor = column / column[0]
    for symbol, yearly in agent.yearly:
        if symbol == token.symbol:
            factor = factor * (1.0 + float(yearly)) ** ((times - times[0]) / YEAR)
    for time, symbol, change in agent.shocks:
        if symbol == token.symbol and time > times[0]:
            factor[times >= time] *= 1.0 + change
    return [token.rate * int(each * 1e18) // WAD for each in factor.tolist()]


def _last_known(recorded: RateSeries, time: int) -> int:
    row = int(np.searchsorted(recorded.times, time, side="right")) - 1
    if row < 0:
        raise PoolwrightError(
            f"{recorded.source}: the first rate is of {iso_time(int(recorded.times[0]))}, after the first price, of "
            f"{iso_time(time)}. Give rates from there on, or later prices."
        )
    return row


def _wad(rate: float) -> int:
    """Return a rate as an integer; 1.1 is eleven tenths."""
    found = int(Fraction(repr(rate)) * WAD)
    if not MIN_RATE <= found <= MAX_RATE:
        raise PoolwrightError(
            f"a rate of {rate:g}: the contracts take {MIN_RATE / WAD:g} to {MAX_RATE / WAD:g}."
        )
    return found
