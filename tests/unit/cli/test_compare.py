"""`poolwright compare`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import poolwright as pw
from poolwright.simulate import seeds
from poolwright.simulate.agents import Arbitrageur, Retail
from poolwright.simulate.engine import simulate_totals
from poolwright.simulate.sweep import comparison
from poolwright.simulate.sweep.comparison import compare
from tests.unit.cli.conftest import Run


@pytest.fixture
def designs(project_root: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return two designs and prices for both."""
    first = project_root / "examples" / "index.toml"
    second = tmp_path / "dearer.toml"
    second.write_text(first.read_text().replace('swap = "0.3%"', 'swap = "1%"'))
    prices = tmp_path / "prices.csv"
    start = {"WETH": 232.52, "WBTC": 9_090.27}
    pw.generate_market(["WETH", "WBTC", "DAI"], 240, start_prices=start).write_csv(prices)
    return first, second, prices


def test_the_table_shows_both_and_the_difference(run: Run, designs: tuple[Path, Path, Path]) -> None:
    first, second, prices = designs
    outcome = run("compare", first, second, "--prices", prices, "--windows", 4)
    found = compare(first, second, prices, windows=4)["fees"]
    assert outcome.status == 0
    line = next(line for line in outcome.out.splitlines() if line.strip().startswith("fees "))
    assert line.split()[1:3] == [f"{found.first:,.2f}", f"{found.second:,.2f}"]
    assert line.split()[3] == f"{found.difference:+,.2f}"
    for text in ("index", "dearer", "more", "s.e.", "paired windows in time order"):
        assert text in outcome.out


def test_json_is_all_of_stdout(run: Run, designs: tuple[Path, Path, Path]) -> None:
    first, second, prices = designs
    outcome = run("compare", first, second, "--prices", prices, "--windows", 3, "--gas-cost", 1, "--json")
    found = compare(first, second, prices, windows=3, gas_cost=1.0, arbitrage="best_pair")
    assert json.loads(outcome.out) == json.loads(json.dumps(found.to_dict()))


def test_bad_input_is_one_clear_line(run: Run, designs: tuple[Path, Path, Path]) -> None:
    first, second, prices = designs
    outcome = run("compare", first, second, "--prices", prices, "--windows", 1)
    assert outcome.status == 2
    assert "two or more" in outcome.err
    assert outcome.err.count("\n") == 1


def test_both_meet_the_scenario(run: Run, designs: tuple[Path, Path, Path]) -> None:
    first, second, prices = designs
    flow = ["--set", "seed=5", "--set", "retail.orders_per_hour=4", "--set", "retail.mean_size=800"]
    outcome = run("compare", first, second, "--prices", prices, "--windows", 3, *flow, "--json")
    agents = [Arbitrageur(), Retail(4, 800)]
    found = compare(first, second, prices, windows=3, agents=agents, seed=5)
    assert json.loads(outcome.out) == json.loads(json.dumps(found.to_dict()))
    assert found["retail_cost"].first > 0


def test_the_page_and_the_seeds(run: Run, designs: tuple[Path, Path, Path], tmp_path: Path) -> None:
    first, second, prices = designs
    flow = ["--set", "retail.orders_per_hour=4", "--set", "retail.mean_size=800"]
    given = ["compare", first, second, "--prices", prices, "--windows", 3, *flow, "--seeds", 3]
    page = tmp_path / "c.html"
    outcome = run(*given, "--report", page)
    assert outcome.status == 0
    assert "over 3 seeds, 7 to 9 (above: 7)" in outcome.out
    assert f"written    {page}" in outcome.out
    assert "<h1>index and dearer</h1>" in page.read_text()
    over = json.loads(run(*given, "--json").out)["over_seeds"]
    assert over["seeds"] == [7, 8, 9]
    assert over["figures"]["fees"]["standard_error"] > 0
    quiet = ["compare", first, second, "--prices", prices, "--seeds", 3]
    for words, told in (
        ([*given, "--report", tmp_path / "no" / "c.html"], "there is no folder"),
        (quiet, "every seed gives the same run"),
    ):
        refused = run(*words)
        assert (refused.status, refused.out) == (2, "")
        assert told in refused.err


def test_ctrl_c_keeps_the_seeds_and_the_same_command_goes_on(
    run: Run, designs: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of four seeds are done, both designs each; then the other two alone, and all is as without a stop."""
    first, second, prices = designs
    flow = ["--set", "retail.orders_per_hour=4", "--set", "retail.mean_size=800"]
    given = ["compare", first, second, "--prices", prices, "--windows", 3, *flow, "--seeds", 4]
    whole = json.loads(run(*given, "--json").out)
    calls: list[int] = []

    def counted(*args: object, **options: object) -> object:
        calls.append(int(options["seed"]))  # type: ignore[call-overload]
        if len(calls) == 5:
            raise KeyboardInterrupt
        return simulate_totals(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(seeds, "simulate_totals", counted)
    kept = [*given, "--folder", tmp_path / "seeds"]
    stopped = run(*kept)
    assert stopped.status == 130
    assert "over 2 seeds, 7 to 8 (above: 7)" in stopped.out
    assert f"stopped    after 2 of 4 seeds; the same command goes on from {tmp_path / 'seeds'}" in stopped.out
    with (tmp_path / "seeds" / "seeds.jsonl").open("a") as stream:
        stream.write('{"seed": 9, "figu')  # as a kill may leave it
    assert json.loads(run(*kept, "--json").out) == whole
    assert calls == [7, 7, 8, 8, 9, 9, 9, 10, 10]
    other = run(*kept, "--gas-cost", 1)
    assert (other.status, other.out) == (2, "")
    assert "holds the seeds of another comparison" in other.err
    assert run(*given[:-2], "--folder", tmp_path).status == 2


def test_ctrl_c_before_both_have_run_says_so(
    run: Run, designs: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object, **options: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(comparison, "simulate", interrupted)
    outcome = run("compare", *designs[:2], "--prices", designs[2], "--windows", 3)
    assert (outcome.status, outcome.out) == (130, "")
    assert "before both designs had run" in outcome.err
