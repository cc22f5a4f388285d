"""What the columns of a price file mean: which one is the time, which one the price, and their values."""

from __future__ import annotations

import difflib
import re
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from poolwright.errors import PriceDataError
from poolwright.extras import later
from poolwright.simulate.tables import Table

pa = later("pyarrow", "sim")
pc = later("pyarrow.compute", "sim")

# In order of trust: a number needs no time zone.
TIME_NAMES = (
    *("unix", "unix_timestamp", "unix_time", "timestamp", "open_time", "time", "datetime", "date"),
    *("block_timestamp", "snapped_at", "index", "__index_level_0__", ""),
)
CLOSE_NAMES = ("close", "price", "close_price", "last", "c")
# Another symbol's price may only stand in when the user says so; the hint names these.
USUAL_ALIASES = {"WETH": "ETH", "WBTC": "BTC", "ETH": "WETH", "BTC": "WBTC", "XDAI": "DAI", "WSTETH": "STETH"}
CLOCK_AND_ZONE = r"\d:\d\d(?::\d\d(?:\.\d+)?)?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)$"


def find_time_column(table: Table) -> str:
    """Return the name of the time column, however it is written."""
    simple = {_simple(name): name for name in table.columns}
    for candidate in TIME_NAMES:
        if candidate in simple:
            return simple[candidate]
    raise PriceDataError(
        f"{table.name}: no time column among {_listed(table.columns)}. "
        "Name one of them time, timestamp, date or unix."
    )


def find_symbol_column(table: Table, symbol: str, alias: str | None) -> str:
    """Return the column of `symbol` in a file that holds several; `alias` is the name to look for."""
    wanted = alias or symbol
    column = _named(table, wanted)
    if column is not None:
        return column
    names = [name for name in table.columns if name != find_time_column(table)]
    stand_in = _named(table, USUAL_ALIASES.get(symbol.upper(), ""))
    if any(_simple(name) in CLOSE_NAMES for name in names):
        hint = f"This looks like the export of one symbol: give one file for each, as --prices {symbol}=FILE."
    elif alias is None and stand_in is not None:
        hint = f"If its column {stand_in} may stand in, say so: --alias {symbol}={stand_in}."
    else:
        nearest = _nearest(wanted, names)
        hint = (
            f"Did you mean {nearest}? Then: --alias {symbol}={nearest}."
            if nearest
            else "Add it, or name another file."
        )
    raise PriceDataError(f"{table.name}: no column {wanted}; it has {_listed(names)}. {hint}")


def find_only_price_column(table: Table, symbol: str, alias: str | None) -> str:
    """Return the price column of a file given for one symbol: the candle's close, or the only one."""
    if alias is not None:
        return find_symbol_column(table, symbol, alias)
    named = _named(table, symbol)
    if named is not None:
        return named
    simple = {_simple(name): name for name in table.columns}
    for candidate in CLOSE_NAMES:
        if candidate in simple:
            return simple[candidate]
    names = [name for name in table.columns if name != find_time_column(table)]
    if len(names) == 1:
        return names[0]
    raise PriceDataError(
        f"{table.name}: which column is the price of {symbol}? It has {_listed(names)}. "
        f"Name it: --alias {symbol}=COLUMN."
    )


def parse_times(table: Table, column: str) -> npt.NDArray[np.int64]:
    """Return unix seconds, UTC; ISO 8601 or unix s, ms, us, ns, told apart by size in each row."""
    values = table.columns[column]
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        return _stamps_to_seconds(table, column, values)
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return _unix_to_seconds(table, column, pc.cast(values, pa.float64()))
    text = pc.replace_substring_regex(pc.utf8_trim_whitespace(values), r"\s*(UTC|GMT)$", "Z")
    try:
        return _unix_to_seconds(table, column, pc.cast(text, pa.float64()))
    except pa.ArrowInvalid:
        return _iso_to_seconds(table, column, text)


def parse_prices(table: Table, column: str) -> npt.NDArray[np.float64]:
    """Return finite positive prices, or name the first row that has none."""
    values = table.columns[column]
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        values = pc.utf8_trim_whitespace(values)
    try:
        prices: npt.NDArray[np.float64] = np.asarray(
            pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False)
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        row, cell = _first_unreadable(values, pa.float64())
        raise PriceDataError(f"{table.place(row, column)}: {_not_a_price(cell)}") from error
    for bad, what in (
        (np.isnan(prices), "no price (NaN or empty). Fill it or delete the row."),
        (np.isinf(prices), "an infinite price. Correct it."),
        (prices < 0, "a negative price. Correct it."),
        (prices == 0, "a price of zero. Correct it, or delete the row if there was no trade."),
    ):
        if bad.any():
            rest = int(bad.sum()) - 1
            more = f" ({rest} more rows like it)" if rest else ""
            raise PriceDataError(f"{table.place(int(np.argmax(bad)), column)}: {what}{more}")
    return prices


def _simple(name: str) -> str:
    simple = re.sub(r"[^a-z0-9_]+", "_", name.strip().lower()).strip("_")
    return "" if simple.startswith("unnamed") else simple if simple != "" or not name.strip() else "?"


def _named(table: Table, wanted: str) -> str | None:
    if not wanted:
        return None
    if wanted in table.columns:
        return wanted
    alike = [name for name in table.columns if name.strip().upper() == wanted.upper()]
    return alike[0] if len(alike) == 1 else None


def _nearest(wanted: str, names: list[str]) -> str | None:
    """Return the column that was probably meant: a close of the symbol, or the most alike."""
    closes = [name for name in names if re.match(rf"{re.escape(wanted)}[^a-z].*close$", name, re.IGNORECASE)]
    if closes:
        return closes[0]
    near = difflib.get_close_matches(wanted.upper(), [name.upper() for name in names], n=1, cutoff=0.6)
    return next((name for name in names if near and name.upper() == near[0]), None)


def _listed(names: Any) -> str:
    shown = [name or "(unnamed)" for name in names]
    return ", ".join(shown[:12]) + (f" and {len(shown) - 12} more" if len(shown) > 12 else "")


def _first_unreadable(values: Any, kind: Any) -> tuple[int, str]:
    for row, cell in enumerate(values.to_pylist()):
        try:
            pc.cast(pa.array([cell]), kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return row, str(cell)
    return 0, "?"


def _not_a_price(cell: str) -> str:
    if not cell:
        return "no price (empty). Fill it or delete the row."
    if re.fullmatch(r"-?[\d.]*,\d+", cell):
        return f"{cell!r} is not a number. Write a point before the decimals."
    return f"{cell!r} is not a number."


def _unix_to_seconds(table: Table, column: str, values: Any) -> npt.NDArray[np.int64]:
    """Scale numbers to seconds; the ranges cannot be confused between the years 1973 and 5138."""
    numbers = np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)
    bad = ~((numbers >= 1e8) & (numbers < 1e20))
    if bad.any():
        row = int(np.argmax(bad))
        if np.isnan(numbers[row]):
            raise PriceDataError(f"{table.place(row, column)}: no time. Fill it or delete the row.")
        raise PriceDataError(
            f"{table.place(row, column)}: {numbers[row]:.0f} is not a unix time. "
            "Write ISO 8601 (2020-03-05T11:00:00Z) or unix seconds."
        )
    unit = np.select([numbers < 1e11, numbers < 1e14, numbers < 1e17], [1.0, 1e3, 1e6], 1e9)
    return np.asarray(np.floor(numbers / unit), dtype=np.int64)


def _stamps_to_seconds(table: Table, column: str, values: Any) -> npt.NDArray[np.int64]:
    if values.null_count:
        row = int(np.argmax(values.is_null().to_numpy(zero_copy_only=False)))
        raise PriceDataError(f"{table.place(row, column)}: no time. Fill it or delete the row.")
    seconds = pc.cast(pc.cast(values, pa.timestamp("s"), safe=False), pa.int64())
    return np.asarray(seconds.to_numpy(zero_copy_only=False), dtype=np.int64)


def _iso_to_seconds(table: Table, column: str, text: Any) -> npt.NDArray[np.int64]:
    zones = pc.struct_field(pc.extract_regex(text, CLOCK_AND_ZONE), "zone").fill_null("")
    minutes = {zone: _zone_minutes(zone) for zone in pc.unique(zones).to_pylist()}
    if len(set(minutes.values())) > 1:
        first = minutes[zones[0].as_py()]
        other = next(row for row, zone in enumerate(zones.to_pylist()) if minutes[zone] != first)
        _refuse_mixed(table, column, other, text)
    kind = pa.timestamp("us", "UTC") if zones[0].as_py() else pa.timestamp("us")
    try:
        return _stamps_to_seconds(table, column, pc.cast(text, kind))
    except pa.ArrowInvalid as error:
        _refuse_time(table, column, *_first_unreadable(text, kind), error)


def _zone_minutes(zone: str) -> int | None:
    """Return the offset from UTC in minutes; None for no zone."""
    if not zone:
        return None
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)


def _refuse_time(table: Table, column: str, row: int, cell: str, error: Exception) -> NoReturn:
    what = f"{cell!r} is not a time" if cell else "no time"
    raise PriceDataError(
        f"{table.place(row, column)}: {what}. Write ISO 8601 (2020-03-05T11:00:00Z) or unix seconds."
    ) from error


def _refuse_mixed(table: Table, column: str, row: int, text: Any) -> None:
    """Refuse times that are not all in one zone; leave what is no time at all to the parser."""
    if re.match(r"\d{4}-\d\d-\d\d", text[row].as_py()):
        raise PriceDataError(
            f"{table.place(row, column)}: mixed time zones: {text[row].as_py()!r} here, "
            f"{text[0].as_py()!r} on {table.row_word} {table.first_line}. Write all times in UTC."
        )
