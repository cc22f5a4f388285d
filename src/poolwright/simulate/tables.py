"""Price files as columns of text: bytes in, a named table out; what the columns mean is not decided here."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poolwright.errors import PriceDataError
from poolwright.extras import later

pa = later("pyarrow", "sim")
pa_csv = later("pyarrow.csv", "sim")
pa_parquet = later("pyarrow.parquet", "sim")

SEPARATORS = ",;\t|"
# Lines of prose before the header: CryptoDataDownload writes its address there.
MAX_PREAMBLE = 5
# Exports without a header, by number of columns (Coinbase has open, high, low in another order).
HEADERLESS = {
    2: ("time", "price"),
    6: ("time", "open", "high", "low", "close", "volume"),
    7: ("time", "open", "high", "low", "close", "volume", "count"),
    8: ("time", "open", "high", "low", "close", "vwap", "volume", "count"),
    12: (
        *("open_time", "open", "high", "low", "close", "volume", "close_time"),
        *("quote_volume", "count", "taker_buy_volume", "taker_buy_quote_volume", "ignore"),
    ),
}
ARCHIVES = {
    b"PK\x03\x04": "zip",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "zstd",
    b"BZh": "bzip2",
    b"7z\xbc\xaf": "7z",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one file, in file order; text for CSV, typed for Parquet. `comment`: of a first line `# ...`."""

    name: str
    columns: dict[str, Any]
    rows: int
    first_line: int
    row_word: str
    sha256: str
    comment: str = ""

    def place(self, row: int, column: str | None = None) -> str:
        """Name a row (0-based here, as the file counts in the text) and a column for an error."""
        where = f"{self.name}, {self.row_word} {self.first_line + row}"
        return where if column is None else f"{where}, column {column or '(unnamed)'}"


def read_table(path: Path) -> Table:
    """Read CSV (`,` `;` tab `|`), gzipped CSV or Parquet, told apart by content rather than by name."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PriceDataError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
    digest = hashlib.sha256(data).hexdigest()
    if data[:4] == b"PAR1":
        return _read_parquet(path.name, data, digest)
    return _read_csv(path.name, _unpack(path.name, data), digest)


def _unpack(name: str, data: bytes) -> bytes:
    """Return the text's bytes; say what is wrong with any other packing."""
    if data[:2] == b"\x1f\x8b":
        try:
            return gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise PriceDataError(
                f"{name}: the gzip data is damaged or cut short. Copy the file again."
            ) from error
    if name.lower().endswith(".gz") and data:
        raise PriceDataError(f"{name}: named .gz, but not gzip data. Rename it, or pack it with gzip.")
    for magic, archive in ARCHIVES.items():
        if data.startswith(magic):
            raise PriceDataError(
                f"{name}: a {archive} archive. Unpack it; CSV, .csv.gz and Parquet can be read."
            )
    return data


def _read_csv(name: str, data: bytes, digest: str) -> Table:
    text = _decode(name, data)
    lines = text.split("\n")
    start = _skip_preamble(name, lines)
    separator = max(SEPARATORS, key=lines[start].count)
    cells = next(csv.reader([lines[start]], delimiter=separator))
    if _is_data(cells[0]):
        header, first = _headerless(name, start, cells), start
    else:
        header, first = [cell.strip() for cell in cells], start + 1
    _check_header(name, start, header)
    body = lines[first:]
    if not body:
        raise PriceDataError(f"{name}: has a header but no rows.")
    columns = _split(name, body, first + 1, separator, header)
    comment = lines[0].lstrip("# ").strip() if start > 0 and lines[0].startswith("#") else ""
    return Table(name, columns, len(body), first + 1, "line", digest, comment)


def _decode(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PriceDataError(
            f"{name}: not UTF-8 text at byte {error.start}. Save it as UTF-8 CSV."
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if not text:
        raise PriceDataError(f"{name}: the file is empty.")
    return text


def _skip_preamble(name: str, lines: list[str]) -> int:
    """Return the index of the first line that has columns."""
    for index, line in enumerate(lines[: MAX_PREAMBLE + 1]):
        if not line.lstrip().startswith("#") and any(separator in line for separator in SEPARATORS):
            return index
    raise PriceDataError(
        f"{name}, line 1: only one column found. Columns are parted by a comma, semicolon, tab or bar: "
        "a time, and a price for each symbol."
    )


def _is_data(cell: str) -> bool:
    """Tell whether the first cell of a line is a time already, so that the file has no header."""
    return cell.strip()[:1].isdigit()


def _headerless(name: str, start: int, cells: list[str]) -> list[str]:
    known = HEADERLESS.get(len(cells))
    if known is None:
        raise PriceDataError(
            f"{name}, line {start + 1}: no header line, and {len(cells)} columns are of no known export. "
            "Write a header such as: time,WETH,DAI"
        )
    return list(known)


def _check_header(name: str, start: int, header: list[str]) -> None:
    for index, column in enumerate(header):
        if column in header[:index]:
            raise PriceDataError(f"{name}, line {start + 1}: two columns are named {column!r}. Rename one.")


def _split(name: str, body: list[str], first_line: int, separator: str, header: list[str]) -> dict[str, Any]:
    for index, line in enumerate(body):
        if not line.strip():
            raise PriceDataError(f"{name}, line {first_line + index}: an empty line. Delete it.")
    try:
        table = pa_csv.read_csv(
            io.BytesIO("\n".join(body).encode()),
            read_options=pa_csv.ReadOptions(column_names=header),
            parse_options=pa_csv.ParseOptions(delimiter=separator),
            convert_options=pa_csv.ConvertOptions(
                column_types={column: pa.string() for column in header}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise PriceDataError(_ragged(name, body, first_line, separator, len(header), error)) from error
    if table.num_rows != len(body):
        raise PriceDataError(f"{name}: an unclosed quotation mark joins lines. Remove the quotation marks.")
    return {column: table.column(column).combine_chunks() for column in header}


def _ragged(name: str, body: list[str], first_line: int, separator: str, width: int, error: Exception) -> str:
    """Find the first line with too few or too many cells."""
    for index, line in enumerate(body):
        found = len(next(csv.reader([line], delimiter=separator)))
        if found != width:
            return f"{name}, line {first_line + index}: {found} cells where the header has {width}."
    return f"{name}: not readable as a table ({str(error).splitlines()[0]})."


def _read_parquet(name: str, data: bytes, digest: str) -> Table:
    try:
        table = pa_parquet.read_table(io.BytesIO(data))
    except (pa.ArrowInvalid, OSError) as error:
        raise PriceDataError(f"{name}: damaged Parquet data. Copy the file again.") from error
    if table.num_rows == 0:
        raise PriceDataError(f"{name}: the table has no rows.")
    columns = {column: table.column(column).combine_chunks() for column in table.column_names}
    return Table(name, columns, table.num_rows, 1, "row", digest)
