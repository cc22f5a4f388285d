"""Price histories: one row of market prices per time, checked before anything is simulated on them.

A price is in the numeraire of the file (mostly USD) per whole token. The price of a candle is its close, at
the time that the file writes on it; so take all files of one run from exports of one kind.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from poolwright.errors import PriceDataError
from poolwright.simulate.columns import (
    find_only_price_column,
    find_symbol_column,
    find_time_column,
    parse_prices,
    parse_times,
)
from poolwright.simulate.tables import Table, read_table

# First words of the source of a made-up market, and of the first line of its file, so that the label stays.
GENERATED = "generated"

# Of two threads that want the same, the second waits for what the first makes.
_ONE_AT_A_TIME = threading.Lock()

Times = npt.NDArray[np.int64]
Prices = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PriceSeries:
    """Market prices of several tokens at the same times.

    `times`: int64[n], unix seconds UTC, strictly rising. `prices`: float64[n, k], numeraire per whole token,
    finite and positive. `source`: file names, or "generated, seed 7". `sha256`: of the bytes read (of the
    digests of several files). Both arrays are read-only, and so shared by all runs.
    """

    times: Times
    prices: Prices
    symbols: tuple[str, ...]
    source: str
    sha256: str
    generated: bool = False
    _by_units: dict[tuple[float, ...], Prices] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.prices.shape != (len(self.times), len(self.symbols)):
            raise PriceDataError(
                f"{self.source}: prices have shape {self.prices.shape}, "
                f"but there are {len(self.times)} times and {len(self.symbols)} symbols."
            )
        self.times.setflags(write=False)
        self.prices.setflags(write=False)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def step(self) -> int:
        """Most common distance between rows, in seconds."""
        return _common_step(self.times)

    @property
    def start(self) -> str:
        """First time, ISO 8601."""
        return iso_time(int(self.times[0]))

    @property
    def end(self) -> str:
        """Last time, ISO 8601."""
        return iso_time(int(self.times[-1]))

    def write_csv(self, path: str | Path) -> None:
        """Write the series so that `load_prices` reads the same numbers, and the label of a generated one."""
        rows = zip(self.times.tolist(), self.prices.tolist(), strict=True)
        lines = [f"# {self.source}"] if self.generated else []
        lines.append(",".join(("time", *self.symbols)))
        lines += [f"{iso_time(time)},{','.join(map(repr, prices))}" for time, prices in rows]
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def select(self, symbols: Sequence[str]) -> PriceSeries:
        """Return the same rows with the columns of `symbols`, in that order."""
        if tuple(symbols) == self.symbols:
            return self
        missing = [symbol for symbol in symbols if symbol not in self.symbols]
        if missing:
            raise PriceDataError(
                f"{self.source}: no prices of {missing[0]}; it has {', '.join(self.symbols)}."
            )
        chosen = [self.symbols.index(symbol) for symbol in symbols]
        picked = np.ascontiguousarray(self.prices[:, chosen])
        return PriceSeries(self.times, picked, tuple(symbols), self.source, self.sha256, self.generated)

    def per_unit(self, units: Prices) -> Prices:
        """Return prices per raw unit, `units` [k] of which make a whole token; made once for all runs."""
        key = tuple(units.tolist())
        with _ONE_AT_A_TIME:
            if key not in self._by_units:
                per_unit = np.empty_like(self.prices)
                for k, count in enumerate(key):  # by column: of a few tokens a row is too short to be quick
                    np.divide(self.prices[:, k], count, out=per_unit[:, k])
                self._by_units[key] = per_unit
            return self._by_units[key]


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """The prices of one symbol, with the row of the file that each came from."""

    table: Table
    time_column: str
    times: Times
    prices: Prices
    rows: Times


def load_prices(
    source: str | Path | Mapping[str, str | Path | float],
    symbols: Sequence[str],
    *,
    aliases: Mapping[str, str] | None = None,
    allow_gaps: bool = False,
) -> PriceSeries:
    """Read the prices of `symbols` from one combined file, or from one file (or constant price) per symbol.

    `aliases`: symbol -> column that may stand in for it. `allow_gaps`: take an irregular step as it is; of
    several files, the times that all have. Several files are cut to the stretch that all cover.
    Raises PriceDataError naming file, row and column.
    """
    aliases = aliases or {}
    _check_symbols(symbols, aliases)
    if not isinstance(source, Mapping):
        return _load_combined(Path(source), symbols, aliases, allow_gaps)
    for symbol in symbols:
        if symbol not in source:
            raise PriceDataError(
                f"no prices for {symbol}: add --prices {symbol}=FILE, or {symbol}=1.0 for a constant."
            )
    for symbol in source:
        if symbol not in symbols:
            raise PriceDataError(f"prices for {symbol}, but the pool has {', '.join(symbols)}.")
    return _load_separate(source, symbols, aliases, allow_gaps)


def iso_time(seconds: int) -> str:
    """Write unix seconds as ISO 8601 in UTC.

    >>> iso_time(1_583_406_000)
    '2020-03-05T11:00:00Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_symbols(symbols: Sequence[str], aliases: Mapping[str, str]) -> None:
    if not symbols or len(set(symbols)) != len(symbols):
        raise PriceDataError(f"the symbols must be given, each once, not {', '.join(symbols) or 'none'}.")
    for symbol in aliases:
        if symbol not in symbols:
            raise PriceDataError(f"an alias for {symbol}, but the pool has {', '.join(symbols)}.")


def _load_combined(
    path: Path, symbols: Sequence[str], aliases: Mapping[str, str], allow_gaps: bool
) -> PriceSeries:
    table = read_table(path)
    names = [find_symbol_column(table, symbol, aliases.get(symbol)) for symbol in symbols]
    time_column = find_time_column(table)
    times, rows = _in_order(table, time_column, allow_gaps)
    prices = np.column_stack([parse_prices(table, name)[rows] for name in names])
    generated = table.comment.startswith(GENERATED)
    source = f"{table.name}: {table.comment}" if generated else table.name
    return PriceSeries(times, np.ascontiguousarray(prices), tuple(symbols), source, table.sha256, generated)


def _load_separate(
    source: Mapping[str, str | Path | float],
    symbols: Sequence[str],
    aliases: Mapping[str, str],
    allow_gaps: bool,
) -> PriceSeries:
    columns: dict[str, _Column] = {}
    constants: dict[str, float] = {}
    for symbol in symbols:
        given = source[symbol]
        if isinstance(given, str | Path):
            columns[symbol] = _load_one(Path(given), symbol, aliases.get(symbol), allow_gaps)
        else:
            constants[symbol] = _check_constant(symbol, float(given))
    if not columns:
        raise PriceDataError("every price is a constant: at least one symbol needs a file.")
    times = _common_times(list(columns.values()), allow_gaps)
    prices = np.empty((len(times), len(symbols)))
    names, digests = [], []
    for position, symbol in enumerate(symbols):
        if symbol in constants:
            prices[:, position] = constants[symbol]
            names.append(f"{symbol} constant {constants[symbol]!r}")
            digests.append(f"{symbol}={constants[symbol]!r}")
        else:
            column = columns[symbol]
            prices[:, position] = column.prices[np.searchsorted(column.times, times)]
            names.append(f"{symbol} {column.table.name}")
            digests.append(f"{symbol}={column.table.sha256}")
    digest = hashlib.sha256("\n".join(digests).encode()).hexdigest()
    return PriceSeries(times, prices, tuple(symbols), ", ".join(names), digest)


def _load_one(path: Path, symbol: str, alias: str | None, allow_gaps: bool) -> _Column:
    table = read_table(path)
    time_column = find_time_column(table)
    name = find_only_price_column(table, symbol, alias)
    times, rows = _in_order(table, time_column, allow_gaps)
    return _Column(table, time_column, times, parse_prices(table, name)[rows], rows)


def _check_constant(symbol: str, price: float) -> float:
    if not (np.isfinite(price) and price > 0):
        raise PriceDataError(f"the constant price of {symbol} is {price}. It must be finite and positive.")
    return price


def _in_order(table: Table, column: str, allow_gaps: bool) -> tuple[Times, Times]:
    """Return rising times and the row of each; a file that runs newest first throughout is turned round."""
    times = parse_times(table, column)
    if len(times) < 2:
        raise PriceDataError(f"{table.name}: one row only. A simulation needs at least two.")
    rows = np.arange(len(times))
    if (np.diff(times) < 0).all() and len(times) > 2:
        times, rows = np.ascontiguousarray(times[::-1]), np.ascontiguousarray(rows[::-1])
    if (np.diff(times) <= 0).any():
        _refuse_disorder(table, column, times, rows)
    if not allow_gaps:
        _check_step(table, column, times, rows)
    return times, rows


def _refuse_disorder(table: Table, column: str, times: Times, rows: Times) -> NoReturn:
    first_seen: dict[int, int] = {}
    for position, time in enumerate(times.tolist()):
        if time in first_seen:
            raise PriceDataError(
                f"{table.place(int(rows[position]), column)}: {iso_time(time)} is already on "
                f"{table.row_word} {table.first_line + first_seen[time]}. Delete one of them."
            )
        first_seen[time] = int(rows[position])
    late = int(np.argmax(np.diff(times) < 0)) + 1
    raise PriceDataError(
        f"{table.place(int(rows[late]), column)}: {iso_time(int(times[late]))} comes after "
        f"{iso_time(int(times[late - 1]))}. Sort the rows by time."
    )


def _common_step(times: Times) -> int:
    gaps = np.diff(times)
    if (gaps == gaps[:1]).all():  # as most series have it; a sort takes longer
        return int(gaps[0])
    steps, counts = np.unique(gaps, return_counts=True)
    return int(steps[np.argmax(counts)])


def _check_step(table: Table, column: str, times: Times, rows: Times) -> None:
    step = _common_step(times)
    irregular = np.flatnonzero(np.diff(times) != step)
    if not len(irregular):
        return
    at = int(irregular[0]) + 1
    jump = int(times[at] - times[at - 1])
    lacking = f"{jump // step - 1} missing" if jump % step == 0 else f"{jump} s later"
    others = f", and {len(irregular) - 1} more places like it" if len(irregular) > 1 else ""
    raise PriceDataError(
        f"{table.place(int(rows[at]), column)}: a gap: {iso_time(int(times[at]))} follows "
        f"{iso_time(int(times[at - 1]))}, but rows are {step} s apart ({lacking}{others}). "
        "Fill the rows, or take the steps as they are with --allow-gaps."
    )


def _common_times(columns: Sequence[_Column], allow_gaps: bool) -> Times:
    """Return the times of the stretch that all cover; unless gaps are allowed, they must agree on each."""
    first = max(int(column.times[0]) for column in columns)
    last = min(int(column.times[-1]) for column in columns)
    cut = [column.times[(column.times >= first) & (column.times <= last)] for column in columns]
    if allow_gaps:
        shared = cut[0]
        for times in cut[1:]:
            shared = np.intersect1d(shared, times, assume_unique=True)
    else:
        shared = cut[0]
        for column, times in zip(columns[1:], cut[1:], strict=True):
            _check_same_times((columns[0], cut[0]), (column, times))
    if len(shared) < 2:
        raise PriceDataError(f"{_names(columns)}: have fewer than two times in common.")
    return np.ascontiguousarray(shared)


def _check_same_times(one: tuple[_Column, Times], other: tuple[_Column, Times]) -> None:
    for (column, times), (lacking, theirs) in ((one, other), (other, one)):
        extra = np.setdiff1d(times, theirs, assume_unique=True)
        if len(extra):
            row = int(column.rows[np.searchsorted(column.times, extra[0])])
            raise PriceDataError(
                f"{column.table.place(row, column.time_column)}: {iso_time(int(extra[0]))} has no row in "
                f"{lacking.table.name} ({len(extra)} such times). Use exports with the same step, "
                "or take the times that all have with --allow-gaps."
            )


def _names(columns: Iterable[_Column]) -> str:
    return " and ".join(column.table.name for column in columns)
