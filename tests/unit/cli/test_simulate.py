"""`poolwright simulate` and `poolwright demo`."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from poolwright.chain import vault_replay
from poolwright.chain.replay import ReplayError
from poolwright.cli import demo as demo_command
from poolwright.cli.options import price_source
from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import Arbitrageur, Retail
from poolwright.simulate.engine import simulate
from poolwright.simulate.market import generate_market
from poolwright.simulate.pools import simulate_pools
from poolwright.simulate.prices import load_prices
from poolwright.simulate.scenario_file import load_scenario
from poolwright.spec.load import load_spec
from tests.unit.cli.conftest import Run

SYMBOLS = ["WETH", "WBTC", "DAI"]


@pytest.fixture
def index(project_root: Path) -> Path:
    return project_root / "examples" / "index.toml"


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    generate_market(SYMBOLS, 400, start_prices={"WETH": 232.52, "WBTC": 9_090.27}).write_csv(path)
    return path


def test_the_table_holds_the_key_figures(run: Run, index: Path, prices: Path) -> None:
    outcome = run("simulate", index, "--prices", prices)
    figures = simulate(load_spec(index), prices).figures()
    assert outcome.status == 0
    for text in (
        f"{figures['value']:,.0f}",
        f"{figures['hold']:,.0f}",
        f"{100 * figures['impermanent_loss']:+.2f} %",
        f"{figures['trades']:,}",
        "generated market",
        "prices.csv: generated, seed 7, 400 rows",
        "best_pair, 0 gas a trade",
    ):
        assert text in outcome.out, text


def test_json_is_all_of_stdout(run: Run, index: Path, prices: Path) -> None:
    outcome = run(
        "simulate", index, "--prices", prices, "--json", "--arbitrage", "to_no_arbitrage", "--gas-cost", 2
    )
    data = json.loads(outcome.out)
    expected = simulate(load_spec(index), prices, arbitrage="to_no_arbitrage", gas_cost=2.0).to_dict()
    expected |= {
        name: data[name] for name in ("position", "scenario")
    }  # of its own test, in tests/unit/simulate/test_position.py
    assert data == json.loads(json.dumps(expected))
    assert data["assumptions"]["arbitrage"] == "to_no_arbitrage"
    assert data["agents"][0]["gas_cost"] == 2.0


def test_a_float_run_says_how_far_it_was_from_exact(run: Run, index: Path, prices: Path) -> None:
    outcome = run("simulate", index, "--prices", prices, "--precision", "float")
    assert outcome.status == 0
    assert "trades rechecked, at most" in outcome.out
    refused = run("simulate", index, "--prices", prices, "--precision", "float", "--verify")
    assert (refused.status, refused.out) == (2, "")
    assert "--verify replays exact trades" in refused.err


def test_the_table_shows_the_closed_books(run: Run, index: Path, prices: Path) -> None:
    outcome = run("simulate", index, "--prices", prices)
    lines = outcome.out.splitlines()
    (lvr,) = [line for line in lines if line.strip().startswith("LVR  ")]
    totals = simulate(load_spec(index), prices).books.to_dict()["pool"]
    assert f"-{totals['lvr']:,.0f}" in lvr
    assert "theory" in lvr
    assert any("change of the pool's value" in line for line in lines)


def test_one_file_for_each_symbol(run: Run, index: Path, prices: Path, tmp_path: Path) -> None:
    series = load_prices(prices, SYMBOLS)
    for k, symbol in enumerate(SYMBOLS[:2]):
        rows = [
            f"{time},{price!r}"
            for time, price in zip(series.times, series.prices[:, k].tolist(), strict=True)
        ]
        (tmp_path / f"{symbol}.csv").write_text("timestamp,close\n" + "\n".join(rows))
    given = [f"WETH={tmp_path}/WETH.csv", f"WBTC={tmp_path}/WBTC.csv", "DAI=1.0"]
    outcome = run("simulate", index, *(word for each in given for word in ("--prices", each)), "--json")
    assert outcome.status == 0
    assert json.loads(outcome.out)["prices"]["source"] == "WETH WETH.csv, WBTC WBTC.csv, DAI constant 1.0"


def test_an_alias_must_be_said(run: Run, index: Path, prices: Path) -> None:
    prices.write_text(prices.read_text().replace("WETH", "ETH"))
    refused = run("simulate", index, "--prices", prices)
    assert refused.status == 2
    assert "--alias WETH=ETH" in refused.err
    assert run("simulate", index, "--prices", prices, "--alias", "WETH=ETH").status == 0


def test_trades_and_report_are_written(run: Run, index: Path, prices: Path, tmp_path: Path) -> None:
    trades, report = tmp_path / "trades.csv", tmp_path / "out.html"
    outcome = run("simulate", index, "--prices", prices, "--trades", trades, "--report", report)
    assert outcome.status == 0
    with trades.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    result = simulate(load_spec(index), prices)
    assert [int(row["amount_in"]) for row in rows] == [trade.amount_in for trade in result.trades]
    assert rows[0]["time"] == f"2024-01-01T{int(rows[0]['row']):02d}:00:00Z"
    assert report.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    "example", ["index", "eighty-twenty", "three-stable", "constant-product", "withdrawal-fee"]
)
def test_verify_replays_on_the_contract(run: Run, project_root: Path, tmp_path: Path, example: str) -> None:
    pool, prices = project_root / "examples" / f"{example}.toml", tmp_path / "prices.csv"
    demo_command.write_market(pool, prices, hours=300)
    outcome = run("simulate", pool, "--prices", prices, "--verify")
    trades = len(simulate(load_spec(pool), prices).trades)
    assert (outcome.status, trades > 20) == (0, True)
    assert (
        f"replayed {trades:,} trades on a pool in the compiled Vault: final state equal to the wei"
        in outcome.out
    )


def test_verify_fails_with_status_1(
    run: Run, index: Path, prices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = vault_replay.replay_in_vault

    def one_wei_off(*args):
        state = honest(*args)
        return replace(state, balances=(state.balances[0] + 1, *state.balances[1:]))

    def refusing(*args):
        raise ReplayError("trade 3 is refused")

    for stand_in, text in ((one_wei_off, "balances ("), (refusing, "trade 3 is refused")):
        monkeypatch.setattr(vault_replay, "replay_in_vault", stand_in)
        outcome = run("simulate", index, "--prices", prices, "--verify", "--json")
        assert (outcome.status, outcome.out) == (1, "")
        assert "the compiled contract disagrees with the simulation" in outcome.err
        assert text in outcome.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--prices", "nowhere.csv"], "nowhere.csv: cannot be read"),
        (["--prices", "WETH=a.csv", "--prices", "b.csv"], "'b.csv' should be SYMBOL=FILE"),
        (["--prices", "WETH=a.csv", "--prices", "WETH=b.csv"], "WETH is given twice"),
        (["--prices", "WETH=a.csv"], "no prices for WBTC: add --prices WBTC=FILE"),
        (["--prices", "{prices}", "--arbitrage", "everyone"], "known: best_pair, to_no_arbitrage"),
        (["--prices", "{prices}", "--gas-cost", "-1"], "gas_cost -1.0"),
        (["--prices", "{prices}", "--value", "0"], "value 0.0"),
        ([], "no market: give --prices FILE, or --scenario"),
        (["--scenario", "crush"], "crush: no scenario can be read there"),
        (["--scenario", "crash", "--prices", "{prices}", "--set", "market.preset=calm"], "not both"),
        (["--prices", "{prices}", "--set", "retail.size=3"], "retail.size: there is no such key"),
        (["--prices", "{prices}", "--set", "retail"], "should be KEY=VALUE"),
        (["--prices", "{prices}", "--seeds", "3"], "every seed gives the same run"),
        (["--prices", "{prices}", "--export", "o", "--format", "xls"], "no form 'xls'"),
        (["--prices", "{prices}", "--fee", "mine.py:fee"], "no such file for the fee"),
        (["--prices", "{prices}", "--fee", "mine"], "names no function"),
        (["--allow-gaps", "--scenario", "calm"], "how to read --prices"),
        (["--prices", "{prices}", "--fee", "m.py:fee", "--verify"], "not a fee of your own"),
        (["--prices", "{prices}", "--report", "/nowhere/out.html"], "there is no folder /nowhere"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    run: Run, index: Path, prices: Path, args: list[str], message: str
) -> None:
    outcome = run("simulate", index, *(arg.format(prices=prices) for arg in args))
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err
    said = [line for line in outcome.err.splitlines() if not line.startswith("compiling native")]
    assert len(said) == 1
    assert said[0].startswith("error: ")


def test_price_source_tells_files_from_symbols(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd=name.csv").touch()
    (tmp_path / "1.5").touch()
    assert price_source(["odd=name.csv"]) == "odd=name.csv"
    assert price_source(["A=x.csv", "B=2.5", "C=1.5"]) == {"A": "x.csv", "B": 2.5, "C": "1.5"}
    with pytest.raises(PoolwrightError, match="should be SYMBOL=FILE"):
        price_source(["A="] * 2)


STOPPED = """
import os, signal, sys
from contextlib import contextmanager
from poolwright.cli import main, simulate

@contextmanager
def bar(what):
    yield lambda done, total: os.kill(os.getpid(), signal.SIGINT) if done == 16_384 else None

simulate.progress_bar = bar
main(sys.argv[1:])
"""


def test_ctrl_c_reports_what_is_done_with_status_130(index: Path, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    generate_market(SYMBOLS, 20_000).write_csv(prices)
    report = tmp_path / "out.html"
    command = ["simulate", str(index), "--prices", str(prices), "--json", "--report", str(report)]
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, *command], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 130, done.stderr
    data = json.loads(done.stdout)
    assert (data["complete"], data["prices"]["rows"]) == (False, 16_384)
    assert "Traceback" not in done.stderr
    assert "Stopped early" in report.read_text()


def test_demo_runs_the_whole_line_anywhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project_root: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo_command, "HOURS", 300)
    outcome = run("demo", "--report", "page.html")
    assert outcome.status == 0
    for text in (
        "$ poolwright check poolwright-demo/index.toml",
        "$ poolwright quote poolwright-demo/index.toml --in WETH --out DAI --exact-in 1.5",
        "--scenario poolwright-demo/scenario.toml --verify --report page.html",
        "final state equal to the wei",
        "generated market",
    ):
        assert text in outcome.out, text
    assert "Generated market" in Path("page.html").read_text()
    pool = Path("poolwright-demo/index.toml").read_bytes()
    assert pool == (project_root / "examples" / "index.toml").read_bytes()


def test_demo_says_that_nothing_was_proved_where_there_is_no_embedded_chain(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo_command, "HOURS", 48)
    monkeypatch.setattr(demo_command, "obtainable", lambda package: package != "pyrevm")
    outcome = run("demo")
    assert outcome.status == 0
    assert "--verify" not in outcome.out
    assert "Not proved on the contracts" in outcome.out


def test_who_trades_comes_from_a_scenario_and_from_the_command_line(
    run: Run, index: Path, prices: Path, tmp_path: Path
) -> None:
    (tmp_path / "s.toml").write_text(
        "[arbitrageur]\ngas_cost = 1\n[retail]\norders_per_hour = 3\nmean_size = 700\n[position]\ngas = 40\n"
    )
    given = ["simulate", index, "--prices", prices, "--scenario", tmp_path / "s.toml"]
    data = json.loads(
        run(*given, "--set", "retail.mean_size=900", "--gas-cost", 2, "--seed", 3, "--json").out
    )
    agents = [Arbitrageur(gas_cost=2.0), Retail(3, 900)]
    expected = simulate(load_spec(index), prices, agents=agents, seed=3)
    assert data["result"] == json.loads(json.dumps(expected.figures()))
    assert data["position"]["gas"] == 40
    assert data["scenario"].startswith("s.toml, SHA-256 ")
    assert data["scenario"].endswith("; arbitrageur.gas_cost = 2.0; seed = 3; retail.mean_size = 900")
    shown = run(*given, "--arbitrage", "none").out
    assert "3 orders an hour of 700.00" in shown
    assert "arbitrage  none" in shown


def test_a_named_market_starts_at_the_price_hints(run: Run, index: Path) -> None:
    given = ["simulate", index, "--scenario", "calm", "--set", "market.hours=5", "--json"]
    data = json.loads(run(*given).out)
    hints = {token.symbol: float(token.price_hint or 0) for token in load_spec(index).tokens}
    stage = load_scenario("calm", {"market.hours": 5, "market.start_prices": hints}).stage(SYMBOLS)
    assert data["prices"]["sha256"] == stage.prices.sha256
    assert data["prices"]["generated"] is True


def test_a_named_market_holds_what_the_pool_file_pegs_to_the_dollar(run: Run, tmp_path: Path) -> None:
    savings = tmp_path / "savings.toml"
    savings.write_text(
        '[pool]\nkind = "stable"\n[stable]\namplification = 200\n[fees]\nswap = "0.04%"\n'
        '[[tokens]]\nsymbol = "USDC"\n[[tokens]]\nsymbol = "MYUSD"\ndecimals = 18\npeg = "USD"\n'
    )
    given = ["simulate", savings, "--scenario", "calm", "--set", "market.hours=5", "--json"]
    assert "Peg(symbol='MYUSD'" in json.loads(run(*given).out)["prices"]["source"]
    other = json.loads(run(*given, "--set", 'market.pegged=["USDC"]').out)["prices"]["source"]
    assert "Peg(symbol='MYUSD'" not in other


def test_seeds_give_standard_errors(run: Run, index: Path, prices: Path) -> None:
    flow = ["--set", "retail.orders_per_hour=3", "--set", "retail.mean_size=700", "--seeds", 3]
    shown = run("simulate", index, "--prices", prices, *flow).out
    assert "mean of 3 seeds" in shown
    assert "7 to 9; above is the first" in shown
    told = json.loads(run("simulate", index, "--prices", prices, *flow, "--json").out)["over_seeds"]
    assert told["seeds"] == [7, 8, 9]
    assert told["figures"]["fees"]["standard_error"] > 0


def test_export_and_report_hold_the_run(run: Run, index: Path, prices: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "tables", tmp_path / "r.html"
    outcome = run(
        "simulate", index, "--prices", prices, "--export", out, "--format", "parquet", "--report", page
    )
    assert outcome.status == 0
    assert (out / "rows.parquet").is_file()
    assert outcome.out.count("written") == 2
    assert "A provider&#39;s position" in page.read_text() or "A provider's position" in page.read_text()


def test_a_fee_of_ones_own(run: Run, index: Path, prices: Path, tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text("def fee(pool, step, token_in, token_out):\n    return 0.01\n")
    data = json.loads(
        run("simulate", index, "--prices", prices, "--fee", f"{tmp_path}/rule.py:fee", "--json").out
    )
    expected = simulate(load_spec(index), prices, fee=lambda pool, step, token_in, token_out: 0.01)
    assert data["result"] == json.loads(json.dumps(expected.figures()))
    assert data["assumptions"]["fee"].startswith("fee, sha256")
    shown = run("simulate", index, "--prices", prices, "--fee", f"{tmp_path}/rule.py:fee").out
    assert "fee        a function in place of the declared one: fee, sha256" in shown


def test_several_pools_run_side_by_side(run: Run, index: Path, prices: Path, tmp_path: Path) -> None:
    cheap = tmp_path / "cheap.toml"
    cheap.write_text(index.read_text().replace('swap = "0.3%"', 'swap = "0.1%"'))
    flow = ["--set", "retail.orders_per_hour=3", "--set", "retail.mean_size=700", "--value", 500_000]
    given = ["simulate", index, cheap, "--prices", prices, *flow]
    data = json.loads(run(*given, "--json").out)
    expected = simulate_pools(
        [load_spec(index), load_spec(cheap)], load_prices(prices, SYMBOLS), values=[500_000.0, 500_000.0],
        agents=[Arbitrageur(), Retail(3, 700)],
    )  # fmt: skip
    assert data == json.loads(json.dumps(expected.to_dict()))
    shown = run(*given, "--verify", "--report", tmp_path / "r.html", "--export", tmp_path / "x")
    assert shown.status == 0
    assert shown.out.count("final state equal to the wei") == 2
    assert f"{expected.figures()['fees']:,.2f}" in shown.out
    for name in ("r-index.html", "r-cheap.html", "x-index/trades.csv", "x-cheap/trades.csv"):
        assert (tmp_path / name).is_file()
    refused = run(*given, index)
    assert (refused.status, refused.out) == (2, "")
    assert "named index" in refused.err


def test_several_pools_have_seeds_and_trades_as_one_has(
    run: Run, index: Path, prices: Path, tmp_path: Path
) -> None:
    cheap = tmp_path / "cheap.toml"
    cheap.write_text(index.read_text().replace('swap = "0.3%"', 'swap = "0.1%"'))
    flow = ["--set", "retail.orders_per_hour=3", "--set", "retail.mean_size=700", "--seeds", 3]
    given = ["simulate", index, cheap, "--prices", prices, *flow]
    outcome = run(*given, "--json", "--trades", tmp_path / "t.csv", "--report", tmp_path / "r.html")
    data = json.loads(outcome.out)
    over = data["over_seeds"]
    assert [each["seeds"] for each in (over["result"], *over["pools"])] == [[7, 8, 9]] * 3
    assert over["pools"][1]["figures"]["fees"]["values"][0] == data["pools"][1]["result"]["fees"]
    for name, pool in (("index", data["pools"][0]), ("cheap", data["pools"][1])):
        with (tmp_path / f"t-{name}.csv").open() as file:
            assert len(list(csv.DictReader(file))) == pool["result"]["trades"]
        assert "3 seeds" in (tmp_path / f"r-{name}.html").read_text()
    shown = run(*given).out
    mean, error = (over["pools"][1]["figures"]["fees"][name] for name in ("mean", "standard_error"))
    assert "mean of 3 seeds, 7 to 9" in shown
    assert f"{mean:,.2f} ±{error:,.2f}" in shown


def test_ctrl_c_keeps_what_several_pools_have_done(index: Path, tmp_path: Path) -> None:
    prices, cheap = tmp_path / "prices.csv", tmp_path / "cheap.toml"
    generate_market(SYMBOLS, 20_000).write_csv(prices)
    cheap.write_text(index.read_text().replace('swap = "0.3%"', 'swap = "0.1%"'))
    command = ["simulate", str(index), str(cheap), "--prices", str(prices), "--verify", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", STOPPED.replace("simulate.", "side_by_side.").replace(", simulate", ", side_by_side"),
         *command], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 130, done.stderr
    data = json.loads(done.stdout)
    assert [(pool["complete"], pool["prices"]["rows"]) for pool in data["pools"]] == [(False, 16_384)] * 2
    assert data["verified"] == []
    assert "Traceback" not in done.stderr
