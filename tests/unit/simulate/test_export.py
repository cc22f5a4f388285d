"""Tables of a run: every form holds the same numbers, and they are those of the result."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest

from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import Arbitrageur, Retail
from poolwright.simulate.books import LEDGERS
from poolwright.simulate.engine import simulate
from poolwright.simulate.export import all_tables
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario import Position
from poolwright.simulate.seeds import OverSeeds
from tests.unit.simulate.cases import WEIGHTED, market

OVER = OverSeeds((7, 8), {"value": (1.0, 3.0), "fees": (2.0, 2.0)})
NAMES = ("rows", "trades", "depth", "cost", "loss", "seeds")


@pytest.fixture(scope="module")
def result() -> SimulationResult:
    return simulate(WEIGHTED, market(WEIGHTED, 300), agents=[Arbitrageur(), Retail(2, 500)])


def test_every_form_holds_the_same(result: SimulationResult, tmp_path: Path) -> None:
    for form in ("csv", "parquet", "json"):
        folder = result.write_tables(tmp_path / form, form, over=OVER)
        assert {path.name for path in folder.iterdir()} == {f"{name}.{form}" for name in NAMES} | {
            "summary.json"
        }
    for name in NAMES:
        told = json.loads((tmp_path / "json" / f"{name}.json").read_text())
        text = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(told, pyarrow.string()))
        read = pyarrow.csv.read_csv(tmp_path / "csv" / f"{name}.csv", convert_options=text).to_pydict()
        packed = pyarrow.parquet.read_table(tmp_path / "parquet" / f"{name}.parquet").to_pydict()
        assert packed == told
        assert list(read) == list(told)
        for column, values in told.items():
            assert [type(want)(cell) for cell, want in zip(read[column], values, strict=True)] == values


def test_the_rows_are_the_result_and_add_up_to_the_books(result: SimulationResult) -> None:
    rows = all_tables(result)["rows"]
    assert np.array_equal(rows["value"], result.value)
    assert np.array_equal(rows["price_WBTC"], result.prices.prices[:, 1])
    assert len(rows["time"]) == result.rows
    book = result.books.to_dict()
    for name in LEDGERS:
        assert float(np.sum(rows[f"moved_{name}"])) == pytest.approx(book["pool"][name], rel=1e-12), name
    for name, total in book["against_holding"].items():
        assert float(rows[f"against_holding_{name}"][-1]) == total


def test_trades_are_exact(result: SimulationResult, tmp_path: Path) -> None:
    path = result.write_tables(tmp_path / "x") / "trades.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        read = list(csv.DictReader(stream))
    assert len(read) == len(result.trades)
    for row, trade in zip(read, result.trades, strict=True):
        assert (int(row["amount_in"]), int(row["amount_out"]), int(row["fee"])) == (
            trade.amount_in,
            trade.amount_out,
            trade.fee,
        )
    assert {row["agent"] for row in read} == {"arbitrageur", "retail"}


def test_the_summary_holds_the_position(result: SimulationResult, tmp_path: Path) -> None:
    told = json.loads((result.write_tables(tmp_path, terms=Position(gas=30)) / "summary.json").read_text())
    assert told["position"]["gas"] == 30
    assert told["result"] == json.loads(json.dumps(result.figures()))


def test_what_cannot_be_written_is_refused(result: SimulationResult, tmp_path: Path) -> None:
    with pytest.raises(PoolwrightError, match="no form 'xls' of tables; known: csv, parquet, json"):
        result.write_tables(tmp_path / "y", "xls")
    assert not (tmp_path / "y").exists()
    (tmp_path / "file").touch()
    with pytest.raises(PoolwrightError, match="cannot be written"):
        result.write_tables(tmp_path / "file")


def test_moving_weights_and_the_front_runner_are_in_the_tables() -> None:
    prices = market(WEIGHTED, 100)
    mover = Rebalancer(((int(prices.times[20]), (0.2, 0.3, 0.5)),), ramp_seconds=14_400)
    run = simulate(WEIGHTED, prices, agents=[Arbitrageur(), mover, FrontRunner()])
    found = all_tables(run)
    assert "front_runner" in found["trades"]["agent"]
    assert [float(found["rows"][f"weight_{symbol}"][-1]) for symbol in prices.symbols] == [0.2, 0.3, 0.5]
