"""Price files: what is read, and what is refused with the place named."""

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from poolwright.errors import PriceDataError
from poolwright.simulate.prices import load_prices

GOOD = """time,WETH,DAI
2020-03-05T11:00:00Z,232.5,1.008
2020-03-05T12:00:00Z,233.3,1.005
2020-03-05T13:00:00Z,231.0,1.001
2020-03-05T14:00:00Z,230.0,1.002
"""
FIRST = 1_583_406_000
SYMBOLS = ["WETH", "DAI"]


def write(folder: Path, text: str, name: str = "prices.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def lines(*replaced: tuple[int, str], text: str = GOOD) -> str:
    """Return the good file with some lines (1-based) replaced."""
    rows = text.splitlines()
    for line, new in replaced:
        rows[line - 1] = new
    return "\n".join(rows) + "\n"


def test_load_prices_reads_a_combined_file(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    series = load_prices(path, SYMBOLS)
    assert series.times.tolist() == [FIRST + 3_600 * row for row in range(4)]
    assert series.prices.tolist() == [[232.5, 1.008], [233.3, 1.005], [231.0, 1.001], [230.0, 1.002]]
    assert (series.step, series.start, series.end) == (3_600, "2020-03-05T11:00:00Z", "2020-03-05T14:00:00Z")
    assert series.source == "prices.csv"
    assert series.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert not series.generated
    with pytest.raises(ValueError, match="read-only"):
        series.prices[0, 0] = 1.0


def test_load_prices_takes_the_columns_in_the_order_of_the_symbols(tmp_path: Path) -> None:
    series = load_prices(write(tmp_path, GOOD), ["DAI", "WETH"])
    assert series.prices[0].tolist() == [1.008, 232.5]
    assert series.select(["WETH"]).prices[:, 0].tolist() == [232.5, 233.3, 231.0, 230.0]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_load_prices_finds_the_separator(tmp_path: Path, separator: str) -> None:
    series = load_prices(write(tmp_path, GOOD.replace(",", separator)), SYMBOLS)
    assert series.prices[1].tolist() == [233.3, 1.005]


def test_load_prices_tells_packing_by_content(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD.encode())
    for name in ("prices.csv.gz", "prices.csv"):
        (tmp_path / name).write_bytes(packed)
        series = load_prices(tmp_path / name, SYMBOLS)
        assert series.sha256 == hashlib.sha256(packed).hexdigest()
        assert series.prices[3].tolist() == [230.0, 1.002]


@pytest.mark.parametrize(
    "write_time",
    [
        str,
        lambda t: str(t * 1_000),
        lambda t: str(t * 1_000_000),
        lambda t: f"{t}.0",
        lambda t: datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        lambda t: datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        lambda t: datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        lambda t: datetime.fromtimestamp(t + 5_400, UTC).strftime("%Y-%m-%dT%H:%M+0130"),
        lambda t: f'"{datetime.fromtimestamp(t, UTC).isoformat()}"',
    ],
    ids=["s", "ms", "us", "float", "naive", "utc", "offset-0", "offset-130", "quoted"],
)
@pytest.mark.parametrize(
    "column", ["time", "Timestamp", "date", "datetime", "unix", "Open Time", "snapped_at", ""]
)
def test_load_prices_reads_times_as_people_write_them(tmp_path: Path, write_time, column: str) -> None:
    rows = "".join(f"{write_time(FIRST + 60 * i)},{i + 1},1\n" for i in range(3))
    series = load_prices(write(tmp_path, f"{column},WETH,DAI\n{rows}"), SYMBOLS)
    assert series.times.tolist() == [FIRST, FIRST + 60, FIRST + 120]


def test_load_prices_reads_times_whose_unit_changes_half_way(tmp_path: Path) -> None:
    text = f"unix,WETH\n{FIRST * 1_000},1\n{(FIRST + 60) * 1_000_000},2\n{FIRST + 120},3\n"
    assert load_prices(write(tmp_path, text), ["WETH"]).times.tolist() == [FIRST, FIRST + 60, FIRST + 120]


def test_load_prices_turns_a_newest_first_file_round(tmp_path: Path) -> None:
    head, *rows = GOOD.splitlines()
    series = load_prices(write(tmp_path, "\n".join([head, *rows[::-1]])), SYMBOLS)
    assert series.prices[:, 0].tolist() == [232.5, 233.3, 231.0, 230.0]


@pytest.mark.parametrize(
    "stamp", [pa.timestamp("s"), pa.timestamp("ns", "UTC"), pa.timestamp("ms", "Europe/Paris"), None]
)
def test_load_prices_reads_parquet(tmp_path: Path, stamp: pa.DataType | None) -> None:
    times = pa.array([FIRST, FIRST + 60, FIRST + 120])
    if stamp is not None:
        times = times.cast(pa.timestamp("s")).cast(stamp)
    table = pa.table({"date": times, "WETH": [1.0, 2.0, 3.0], "DAI": pa.array([1, 1, 1], pa.int32())})
    pq.write_table(table, tmp_path / "prices.parquet")
    series = load_prices(tmp_path / "prices.parquet", SYMBOLS)
    assert series.times.tolist() == [FIRST, FIRST + 60, FIRST + 120]
    assert series.prices.tolist() == [[1, 1], [2, 1], [3, 1]]


BINANCE = "{ms},200.1,205.0,199.0,{close},100.5,{ms_end},20100.2,500,50.2,10050.1,0"
EXPORTS = {
    "binance without header": ("", BINANCE),
    "binance with header": (
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
        BINANCE,
    ),
    "coinbase candles": ("time,low,high,open,close,volume", "{s},199.0,205.0,200.1,{close},100.5"),
    "coinbase without header": ("", "{s},199.0,205.0,200.1,{close},100.5"),
    "cryptodatadownload": (
        "https://www.example.com\nunix,date,symbol,open,high,low,close,Volume ETH,Volume USD",
        "{ms},{date},ETH/USD,200.1,205.0,199.0,{close},100.5,20100.2",
    ),
    "kraken without header": ("", "{s},200.1,205.0,199.0,{close},100.5,321"),
    "kraken with vwap": (
        "time,open,high,low,close,vwap,volume,count",
        "{s},200.1,205,199,{close},202,100.5,321",
    ),
    "bitstamp": ("timestamp,open,high,low,close,volume", "{s},200.1,205.0,199.0,{close},100.5"),
    "tradingview": ("time;open;high;low;close;Volume;Volume MA", "{iso};200.1;205.0;199.0;{close};100.5;99"),
    "coingecko": ("snapped_at,price,market_cap,total_volume", "{date} UTC,{close},1000000,2000"),
    "index without a name": (",price,volume", "{date}+00:00,{close},2000"),
    "two columns": ("", "{s},{close}"),
    "its own name": ("time,WETH,volume", "{iso},{close},5"),
}


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
@pytest.mark.parametrize("newest_first", [False, True])
def test_load_prices_recognises_exports(tmp_path: Path, export: tuple[str, str], newest_first: bool) -> None:
    header, row = export
    rows = []
    for i in range(4):
        seconds = FIRST + 3_600 * i
        when = datetime.fromtimestamp(seconds, UTC)
        rows.append(
            row.format(
                s=seconds, ms=seconds * 1_000, ms_end=seconds * 1_000 + 3_599_999, close=201.5 + i,
                date=when.strftime("%Y-%m-%d %H:%M:%S"), iso=when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
        )  # fmt: skip
    text = "\n".join(([header] if header else []) + (rows[::-1] if newest_first else rows)) + "\r\n"
    series = load_prices({"WETH": write(tmp_path, text), "DAI": 1.0}, SYMBOLS)
    assert series.prices.tolist() == [[201.5, 1], [202.5, 1], [203.5, 1], [204.5, 1]]
    assert series.times.tolist() == [FIRST + 3_600 * i for i in range(4)]
    assert series.source == "WETH prices.csv, DAI constant 1.0"


def test_load_prices_cuts_several_files_to_the_common_stretch(tmp_path: Path) -> None:
    one = write(
        tmp_path, "time,close\n" + "".join(f"{FIRST + 60 * i},{i + 1}\n" for i in range(10)), "one.csv"
    )
    two = write(
        tmp_path, "time,close\n" + "".join(f"{FIRST + 60 * i},{i + 1}\n" for i in range(4, 20)), "two.csv"
    )
    series = load_prices({"WETH": one, "DAI": two}, SYMBOLS)
    assert series.times.tolist() == [FIRST + 60 * i for i in range(4, 10)]
    assert series.prices[:, 0].tolist() == series.prices[:, 1].tolist() == [5, 6, 7, 8, 9, 10]


def test_load_prices_names_the_time_that_one_file_lacks(tmp_path: Path) -> None:
    one = write(tmp_path, "time,close\n" + "".join(f"{FIRST + 60 * i},1\n" for i in range(8)), "one.csv")
    two = write(tmp_path, "time,close\n" + "".join(f"{FIRST + 120 * i},1\n" for i in range(4)), "two.csv")
    with pytest.raises(
        PriceDataError, match=r"one\.csv, line 3, column time: 2020-03-05T11:01:00Z has no row in two\.csv"
    ):
        load_prices({"WETH": one, "DAI": two}, SYMBOLS)
    assert len(load_prices({"WETH": one, "DAI": two}, SYMBOLS, allow_gaps=True)) == 4


def test_load_prices_takes_another_column_only_when_told(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("WETH", "ETH"))
    with pytest.raises(
        PriceDataError, match=r"no column WETH; it has ETH, DAI\. If its column ETH .* --alias WETH=ETH"
    ):
        load_prices(path, SYMBOLS)
    series = load_prices(path, SYMBOLS, aliases={"WETH": "ETH"})
    assert series.symbols == ("WETH", "DAI")
    assert series.prices[0, 0] == 232.5


def test_load_prices_takes_gaps_only_when_told(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("2020-03-05T13:00:00Z,231.0,1.001\n", ""))
    with pytest.raises(
        PriceDataError, match=r"line 4, column time: a gap: 2020-03-05T14.*1 missing.*--allow-gaps"
    ):
        load_prices(path, SYMBOLS)
    assert load_prices(path, SYMBOLS, allow_gaps=True).times.tolist() == [
        FIRST,
        FIRST + 3_600,
        FIRST + 10_800,
    ]


REFUSED = {
    "duplicate": (
        lines((4, "2020-03-05T12:00:00Z,231,1")),
        r"line 4, column time: 2020-03-05T12:00:00Z is already on line 3",
    ),
    "far duplicate": (
        lines((5, "2020-03-05T11:00:00Z,231,1")),
        r"line 5, column time: .* is already on line 2",
    ),
    "unsorted": (
        lines((4, "2020-03-05T09:00:00Z,231,1")),
        r"line 4, column time: .*09:00:00Z comes after .*12:00:00Z.*Sort",
    ),
    "nan": (lines((3, "2020-03-05T12:00:00Z,nan,1")), r"line 3, column WETH: no price"),
    "empty price": (lines((3, "2020-03-05T12:00:00Z,233,")), r"line 3, column DAI: no price \(empty\)"),
    "zero": (lines((5, "2020-03-05T14:00:00Z,0,1")), r"line 5, column WETH: a price of zero"),
    "negative": (lines((5, "2020-03-05T14:00:00Z,1,-1e-3")), r"line 5, column DAI: a negative price"),
    "infinite": (lines((2, "2020-03-05T11:00:00Z,inf,1")), r"line 2, column WETH: an infinite price"),
    "not a number": (lines((2, "2020-03-05T11:00:00Z,n/a,1")), r"line 2, column WETH: 'n/a' is not a number"),
    "several": (
        lines((2, "2020-03-05T11:00:00Z,0,1"), (4, "2020-03-05T13:00:00Z,0,1")),
        r"line 2, .*\(1 more rows like it\)",
    ),
    "decimal comma": (
        lines((3, "2020-03-05T12:00:00Z;233,1;1")).replace(",", ";").replace("233;1", "233,1"),
        r"line 3, column WETH: '233,1' .*point",
    ),
    "no time": (lines((3, ",233,1")), r"line 3, column time: no time"),
    "not a time": (lines((3, "noon,233,1")), r"line 3, column time: 'noon' is not a time"),
    "american date": (
        lines((3, "03/05/2020 12:00,233,1")),
        r"line 3, column time: '03/05/2020 12:00' is not a time",
    ),
    "serial number": (
        "time,WETH,DAI\n43895,1,1\n43896,1,1\n",
        r"line 2, column time: 43895 is not a unix time",
    ),
    "mixed zones": (
        lines((4, "2020-03-05T13:00:00,231,1")),
        r"line 4, column time: mixed time zones: '2020-03-05T13:00:00' here",
    ),
    "two offsets": (lines((4, "2020-03-05T15:00:00+02:00,231,1")), r"line 4, column time: mixed time zones"),
    "short row": (lines((4, "2020-03-05T13:00:00Z,231")), r"line 4: 2 cells where the header has 3"),
    "long row": (lines((3, "2020-03-05T12:00:00Z,233,1,7")), r"line 3: 4 cells where the header has 3"),
    "empty line": (lines((4, "")), r"line 4: an empty line"),
    "empty file": ("", r"prices\.csv: the file is empty"),
    "blank file": ("\n\n", r"prices\.csv: the file is empty"),
    "header only": ("time,WETH,DAI\n", r"has a header but no rows"),
    "one row": ("time,WETH,DAI\n2020-03-05T11:00:00Z,1,1\n", r"one row only"),
    "one column": ("time\n2020\n", r"line 1: only one column found"),
    "no time column": (GOOD.replace("time", "hour"), r"no time column among hour, WETH, DAI"),
    "unknown symbol": (
        GOOD.replace("WETH", "WETHH"),
        r"no column WETH; it has WETHH, DAI\. Did you mean WETHH",
    ),
    "far symbol": (GOOD.replace("WETH", "SOL"), r"no column WETH; it has SOL, DAI\. Add it"),
    "one symbol's export": ("time,open,high,low,close\n1,1,1,1,1\n", r"--prices WETH=FILE"),
    "two columns of a name": (GOOD.replace("WETH", "DAI"), r"line 1: two columns are named 'DAI'"),
    "no header": ("1583406000,1,2,3\n1583409600,1,2,3\n", r"line 1: no header line, and 4 columns"),
    "open quotation": (lines((3, '2020-03-05T12:00:00Z,"233,1')), r"prices\.csv"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_load_prices_refuses_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PriceDataError, match=message) as caught:
        load_prices(write(tmp_path, text), SYMBOLS)
    assert str(caught.value).startswith("prices.csv")


def test_load_prices_refuses_other_packing(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD.encode())
    for name, data, message in (
        ("a.csv.gz", GOOD.encode(), "named .gz, but not gzip data"),
        ("b.csv.gz", packed[: len(packed) // 2], "damaged or cut short"),
        ("c.csv", b"PK\x03\x04" + bytes(50), "a zip archive. Unpack it"),
        ("d.csv", b"(\xb5/\xfd" + bytes(50), "a zstd archive"),
        ("e.csv", GOOD.encode("utf-16"), "not UTF-8 text at byte 0"),
        ("f.parquet", b"PAR1" + bytes(50), "damaged Parquet data"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(PriceDataError, match=message) as caught:
            load_prices(tmp_path / name, SYMBOLS)
        assert str(caught.value).startswith(name)


def test_load_prices_names_the_row_of_a_parquet_table(tmp_path: Path) -> None:
    table = pa.table({"time": [FIRST, FIRST + 60], "WETH": pa.array([1.0, None]), "DAI": [1.0, 1.0]})
    pq.write_table(table, tmp_path / "p.parquet")
    with pytest.raises(PriceDataError, match=r"p\.parquet, row 2, column WETH: no price"):
        load_prices(tmp_path / "p.parquet", SYMBOLS)


def test_load_prices_names_the_line_of_a_newest_first_file(tmp_path: Path) -> None:
    text = "time,WETH\n" + "".join(f"{FIRST - 60 * i},{i}\n" for i in range(4)).replace(
        f"{FIRST - 120},", f"{FIRST - 130},"
    )
    with pytest.raises(PriceDataError, match=r"line (3|4|5), column time: a gap"):
        load_prices(write(tmp_path, text), ["WETH"])


def test_load_prices_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PriceDataError, match=r"nowhere\.csv: cannot be read \(No such file or directory\)"):
        load_prices(tmp_path / "nowhere.csv", SYMBOLS)


def test_load_prices_refuses_what_does_not_fit_the_symbols(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    for source, symbols, aliases, message in (
        ({"WETH": path}, SYMBOLS, {}, "no prices for DAI: add --prices DAI=FILE"),
        ({"WETH": path, "DAI": 1.0, "SOL": 1.0}, SYMBOLS, {}, "prices for SOL, but the pool has WETH, DAI"),
        ({"WETH": 1.0, "DAI": 1.0}, SYMBOLS, {}, "every price is a constant"),
        ({"WETH": path, "DAI": -1.0}, SYMBOLS, {}, "the constant price of DAI is -1.0"),
        (path, SYMBOLS, {"SOL": "WETH"}, "an alias for SOL"),
        (path, ["WETH", "WETH"], {}, "each once"),
        ({"SOL": path}, ["SOL"], {}, "which column is the price of SOL"),
    ):
        with pytest.raises(PriceDataError, match=message):
            load_prices(source, symbols, aliases=aliases)


def test_load_prices_reads_the_recorded_market(shared_data: Path) -> None:
    series = load_prices(
        shared_data / "weth-wbtc-dai-usd-hourly_2020-03-05_2020-08-30.csv.gz", ["WETH", "WBTC", "DAI"]
    )
    assert len(series) == 4_276
    assert (series.step, series.start, series.end) == (3_600, "2020-03-05T11:00:00Z", "2020-08-30T14:00:00Z")
    assert 97 < series.prices[:, 0].min() < 99
    assert np.isclose(series.prices[:, 2].max(), 1.199, atol=1e-3)


def test_load_prices_reads_recorded_exports(shared_data: Path) -> None:
    folder = shared_data / "tec_5min"
    series = load_prices(
        {"AAVE": folder / "AAVEUSDT5.csv.gz", "SNX": folder / "SNXUSDT5.csv.gz"}, ["AAVE", "SNX"]
    )
    assert (len(series), series.step) == (5_120, 300)
    with pytest.raises(PriceDataError, match=r"COINBASE_DAIUSD_5\.csv\.gz, line 715, column time: a gap"):
        load_prices(folder / "COINBASE_DAIUSD_5.csv.gz", ["close"])
