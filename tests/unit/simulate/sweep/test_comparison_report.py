"""The page of two designs: it needs nothing else, its numbers are those of the two runs, and its parts add up."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import poolwright as pw
from poolwright.simulate.agents import Arbitrageur, Retail
from poolwright.simulate.scenario import Scenario
from poolwright.simulate.seeds import differences_over_seeds
from poolwright.simulate.sweep.comparison import Comparison, compare
from poolwright.simulate.sweep.comparison_charts import all_charts
from poolwright.simulate.sweep.comparison_report import render_report
from poolwright.simulate.sweep.comparison_words import ordered, row_of, verdict
from poolwright.simulate.words import money
from poolwright.spec.load import check_text
from tests.unit.simulate.sweep.cases import TEXT, market, pool
from tests.unit.simulate.sweep.test_comparison import dearer
from tests.unit.simulate.test_report import own_part

AGENTS = (Arbitrageur(gas_cost=0.5), Retail(2.0, 900.0))


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(pool(), dearer(), market(), windows=5, agents=AGENTS, seed=5)


def test_the_page_needs_no_network_and_holds_both(found: Comparison) -> None:
    page = own_part(render_report(found, names=("index", "dearer"), scenario="s.toml, SHA-256 abc"))
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?://""", page)
    one, two = (
        pw.simulate(spec, market(), value=found.value, agents=AGENTS, seed=5) for spec in (pool(), dearer())
    )
    books = [run.books.to_dict()["pool"] for run in (one, two)]
    for amounts in ([-book["lvr"] for book in books], [book["arbitrage_fees"] for book in books]):
        cells = [*amounts, amounts[1] - amounts[0]]
        assert "".join(f"<td>{money(amount)}</td>" for amount in cells) in page
    for each in ordered(found):
        assert "".join(f"<td>{cell}</td>" for cell in row_of(each, "dearer")) in page
    for text in (
        "index</b>: weighted pool of 50 % WETH, 30 % WBTC, 20 % DAI, fee 0.3 %",
        "dearer</b>: weighted pool of 50 % WETH, 30 % WBTC, 20 % DAI, fee 1 %",
        "fees.swap",
        "2 orders an hour of 900.00",
        f"SHA-256 {one.params.hash}",
        f"SHA-256 {two.params.hash}",
        f"SHA-256 {found.sha256}",
        "s.toml, SHA-256 abc",
        "5: paired windows in time order",
        "Generated market",
    ):
        assert text in page, text
    summary = re.search(r'<script type="application/json" id="summary">(.*?)</script>', page, re.DOTALL)
    assert summary is not None
    told = json.loads(summary[1])
    assert told.pop("scenario") == "s.toml, SHA-256 abc"
    assert told == json.loads(json.dumps(found.to_dict()))


def test_the_parts_of_the_difference_add_up_to_it(found: Comparison) -> None:
    """Against the values themselves, not the books: what the one pool is worth more than the other in each row."""
    traces = {trace.name: np.array(trace.y) for trace in all_charts(found, ("a", "b"))["difference"][2].data}
    total = traces.pop("difference")
    one, two = found.runs
    assert total == pytest.approx(two.value - one.value, abs=1e-6)
    assert set(traces) == {"the market's moves", "LVR", "fees from arbitrage", "retail's cost"}
    assert sum(traces.values()) == pytest.approx(total, abs=1e-6)
    assert all(np.abs(part).max() > 1.0 for part in traces.values())


def test_what_only_one_pool_pays_is_a_part_of_its_own() -> None:
    """A protocol that takes half of the fees of one pool; all parts still come to the difference."""
    shared = check_text(TEXT.replace('"0.3%"', '"1%"\nprotocol_share = "50%"')).spec
    assert shared is not None
    found = compare(pool(), shared, market(), windows=2, agents=AGENTS)
    traces = {trace.name: np.array(trace.y) for trace in all_charts(found, ("a", "b"))["difference"][2].data}
    owed = found.runs[1].books.to_dict()["pool"]["protocol"]
    assert traces["protocol's part"][-1] == pytest.approx(-owed, rel=1e-9)
    assert owed > 100
    total = traces.pop("difference")
    assert sum(traces.values()) == pytest.approx(total, abs=1e-6)


def test_windows_are_drawn_as_they_are(found: Comparison) -> None:
    bars = {bar.name: list(bar.y) for bar in all_charts(found, ("a", "b"))["windows"][2].data}
    assert bars["against holding"] == list(found["value_vs_hold"].by_window)
    assert (
        len(bars["against holding"]) == len(set(all_charts(found, ("a", "b"))["windows"][2].data[0].x)) == 5
    )


def test_seeds_are_paired() -> None:
    spec, other = pool(), dearer()
    scenario = Scenario(agents=AGENTS, seed=3)
    with pytest.raises(pw.PoolwrightError, match="two or more"):
        differences_over_seeds(spec, other, scenario, 1)
    path_free = replace(scenario, market=replace(scenario.market, preset="calm", hours=3.0))
    over = differences_over_seeds(spec, other, path_free, 3, value=1e6)
    for place, seed in enumerate((3, 4, 5)):
        stage = path_free.stage(["WETH", "WBTC", "DAI"], seed)
        one, two = (
            pw.simulate(each, stage.prices, value=1e6, agents=stage.agents, seed=seed).figures()["fees"]
            for each in (spec, other)
        )
        assert over.figures["fees"][place] == two - one
    found = compare(spec, other, market(), windows=2, agents=AGENTS, seed=3)
    page = own_part(render_report(replace(found, over=over)))
    assert "Over 3 seeds" in page
    assert replace(found, over=over).to_dict()["over_seeds"]["seeds"] == [3, 4, 5]
    assert "Over 3 seeds" not in own_part(render_report(found))


def test_names_are_told_apart_and_break_nothing(found: Comparison, tmp_path: Path) -> None:
    page = own_part(render_report(found, names=("index", "index")))
    assert "<h1>index (A) and index (B)</h1>" in page
    page = own_part(render_report(found, names=("<script>x", "b")))
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
    assert found.write_report(tmp_path / "c.html").read_text().startswith("<!doctype html>")
    with pytest.raises(pw.PoolwrightError, match="cannot be written"):
        found.write_report(tmp_path / "nowhere" / "c.html")


def test_only_what_stands_clear_of_chance_is_said() -> None:
    assert [verdict(mean, 1.0) for mean in (-2.0, -1.9, 1.9, 2.0)] == [
        "B less",
        "unclear",
        "unclear",
        "B more",
    ]
