"""`poolwright sweep`."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import poolwright as pw
from poolwright.simulate.agents import Arbitrageur, Retail
from poolwright.simulate.sweep.store import read_rows
from poolwright.simulate.sweep.windows import cut, window_bounds
from poolwright.simulate.sweep.wording import write_figure
from tests.unit.cli.conftest import Run


@pytest.fixture
def index(project_root: Path) -> Path:
    return project_root / "examples" / "index.toml"


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    start = {"WETH": 232.52, "WBTC": 9_090.27}
    pw.generate_market(["WETH", "WBTC", "DAI"], 200, start_prices=start).write_csv(path)
    return path


def test_the_table_lists_the_best_with_train_and_test(run: Run, index: Path, prices: Path) -> None:
    outcome = run("sweep", index, "--prices", prices, "--vary", "swap_fee=0.001:0.01:4", "--folds", 2)
    result = pw.sweep(index, prices, vary={"swap_fee": "0.001:0.01:4"}, folds=2)
    assert outcome.status == 0
    lines = outcome.out.splitlines()
    head = next(k for k, line in enumerate(lines) if "swap_fee" in line)
    for line, row in zip(lines[head + 1 :], result.best(), strict=False):
        shown = [write_figure("value_vs_hold", value) for value in (row.train(3), row.test(3))]
        assert line.split()[:6] == [str(row.run), row.point["fees.swap"], *" ".join(shown).split()]
    for text in ("generated market", "walking forward", "4 runs finished; grid, seed 0", "more is better"):
        assert text in outcome.out


def test_json_is_all_of_stdout(run: Run, index: Path, prices: Path) -> None:
    outcome = run(
        "sweep", index, "--prices", prices, "--vary", "swap_fee=0.3%,30%", "--vary", "WETH.weight=0.4,0.5",
        "--objective", "fees", "--minimise", "--gas-cost", 1, "--json",
    )  # fmt: skip
    expected = pw.sweep(
        index, prices, vary={"swap_fee": "0.3%,30%", "WETH.weight": "0.4,0.5"}, objective="fees",
        maximise=False, agents=(Arbitrageur(gas_cost=1.0),), precision="exact",
    )  # fmt: skip
    assert json.loads(outcome.out) == json.loads(json.dumps(expected.to_dict()))
    assert json.loads(outcome.out)["runs"]["refused"] == 2


def test_out_and_report_are_written_and_gone_on_from(
    run: Run, index: Path, prices: Path, tmp_path: Path
) -> None:
    given = ["sweep", index, "--prices", prices, "--vary", "swap_fee=0.001:0.01:4", "--out", tmp_path / "o"]
    first = run(*given, "--report", tmp_path / "r.html")
    assert "written" in first.out
    assert (tmp_path / "r.html").stat().st_size > 1_000_000
    rows = read_rows(tmp_path / "o")
    assert run(*given).status == 0
    assert read_rows(tmp_path / "o") == rows
    other = run(*given[:-2], "--objective", "fees", "--out", tmp_path / "o")
    assert other.status == 2
    assert "another objective" in other.err


def test_an_objective_may_be_a_function_of_a_file(
    run: Run, index: Path, prices: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "def per_trade(result):\n    f = result.figures()\n    return f['fees'] / f['trades']\n"
    )
    given = ["sweep", index, "--prices", prices, "--vary", "swap_fee=0.2%,1%", "--json", "--objective"]
    data = json.loads(run(*given, f"{tmp_path}/mine.py:per_trade").out)
    for row in data["best"]:
        figures = row["figures"]
        assert row["objectives"] == [figures["fees"][0] / figures["trades"][0]]
    assert data["sweep"]["objective"].startswith("per_trade ")
    assert "no function other" in run(*given, f"{tmp_path}/mine.py:other").err
    assert "no such file" in run(*given, f"{tmp_path}/none.py:other").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--vary", "swap_fee"], "should be KEY=lo:hi:n"),
        (["--vary", "swap_fee=1%", "--vary", "swap_fee=2%"], "given twice"),
        (["--vary", "fees.swop=1%"], "no such key"),
        (["--vary", "swap_fee=1%", "--objective", "luck"], "no figure"),
        (["--vary", "swap_fee=1%", "--method", "luck"], "no method"),
        (["--vary", "swap_fee=1%", "--report", "no/where/r.html"], "no folder"),
        (
            ["--vary", "swap_fee=20%,30%"],
            "none of the 2 points is a pool that can run. First: fees.swap = 0.2",
        ),
        (["--vary", "swap_fee=1%", "--table", "runs.xls"], "no form 'xls'"),
        (["--vary", "swap_fee=1%", "--set", "liquidity=[{at=2024-01-02, fraction=0.5}]"], "liquidity events"),
    ],
)
def test_bad_input_is_one_clear_line(
    run: Run, index: Path, prices: Path, words: list[str], told: str
) -> None:
    outcome = run("sweep", index, "--prices", prices, *words)
    assert outcome.status == 2
    assert told in outcome.err
    assert outcome.err.count("\n") == 1


def test_ctrl_c_keeps_what_is_finished(index: Path, tmp_path: Path, project_root: Path) -> None:
    path = tmp_path / "long.csv"
    pw.generate_market(["WETH", "WBTC", "DAI"], 4_000).write_csv(path)
    command = [
        sys.executable, "-m", "poolwright.cli", "sweep", str(index), "--prices", str(path),
        "--vary", "swap_fee=0.0001:0.1:4000", "--out", str(tmp_path / "out"),
    ]  # fmt: skip
    child = subprocess.Popen(
        command, cwd=project_root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    journal = tmp_path / "out" / "journal.jsonl"
    end = time.monotonic() + 300  # what is compiled first takes its time where much else runs
    while not journal.exists() or journal.stat().st_size < 5_000:
        assert time.monotonic() < end
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert child.returncode == 130, err
    assert "of 4,000 runs; the same command goes on from there" in out
    assert "Traceback" not in err
    assert journal.read_text() == ""
    assert 5 <= len(read_rows(tmp_path / "out")) < 4_000


def test_the_best_pool_and_every_run_are_written(run: Run, index: Path, prices: Path, tmp_path: Path) -> None:
    pool, table = tmp_path / "best.toml", tmp_path / "runs.csv"
    outcome = run(
        "sweep", index, "--prices", prices, "--vary", "swap_fee=0.1%,0.3%,1%", "--vary", "WETH.weight=0.3,1/3",
        "--folds", 1, "--set", "retail.orders_per_hour=4", "--set", "retail.mean_size=800", "--json",
        "--write", pool, "--table", table,
    )  # fmt: skip
    best = json.loads(outcome.out)["best"]
    assert pw.load_spec(pool).resolve().hash == best[0]["spec_hash"]
    assert run("check", pool).status == 0
    with table.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 6
    for row in best:
        told = rows[row["run"]]
        assert [float(told[f"objectives_{k}"]) for k in (1, 2)] == row["objectives"]
        assert float(told["figure.fees_2"]) == row["figures"]["fees"][1]
        assert told["vary.tokens.WETH.weight"] == row["point"]["tokens.WETH.weight"]


def test_the_written_pool_keeps_what_a_simulation_does_not_feel(
    run: Run, index: Path, prices: Path, tmp_path: Path
) -> None:
    given, chosen = tmp_path / "given.toml", tmp_path / "chosen.toml"
    tables = '[oracle]\nhalf_life = "20 min"\n[rights]\nterms = "3 days"\nonly_loosens = true\n'
    tables += "[guard]\nmax_shares = 5_000_000\n"
    given.write_text(index.read_text().replace("[fees]", f"{tables}[fees]"))
    outcome = run("sweep", given, "--prices", prices, "--vary", "swap_fee=0.1%,0.5%", "--write", chosen)
    assert outcome.status == 0, outcome.err
    before, after = pw.load_spec(given), pw.load_spec(chosen)
    assert (after.oracle, after.rights, after.guard) == (before.oracle, before.rights, before.guard)
    assert after.rights.terms is not None
    refused = run("sweep", given, "--prices", prices, "--vary", "rights.terms=1,2")
    assert "rights.terms: a simulation does not feel it" in refused.err


def test_every_window_has_draws_of_its_own(run: Run, index: Path, prices: Path) -> None:
    """Window k of a sweep is a simulation of that window with seed + k."""
    flow = ["--set", "retail.orders_per_hour=4", "--set", "retail.mean_size=800", "--set", "seed=3"]
    outcome = run(
        "sweep", index, "--prices", prices, "--vary", "swap_fee=0.3%", *flow, "--folds", 1, "--json"
    )
    (row,) = json.loads(outcome.out)["best"]
    data = json.loads(outcome.out)["sweep"]
    series = pw.load_prices(prices, ["WETH", "WBTC", "DAI"])
    agents = [Arbitrageur(), Retail(4, 800)]
    for k, window in enumerate(cut(series, window_bounds(len(series), 1))):
        params = pw.load_spec(index).resolve()
        expected = pw.simulate(params, window, agents=agents, value=data["value"], seed=3 + k)
        assert row["figures"]["retail_cost"][k] == expected.figures()["retail_cost"]
    assert ["Retail", "4 orders an hour of 800.00 on average; no rival: every order comes here"] in data[
        "traders"
    ]
