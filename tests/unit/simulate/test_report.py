"""The report: one page that needs nothing else, says what it rests on, and cannot be broken by a name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poolwright.errors import PoolwrightError
from poolwright.simulate.engine import SimulationInterrupted, simulate
from poolwright.simulate.figures import MAX_POINTS, all_figures, drawn_rows, lines
from poolwright.simulate.position import position_of
from poolwright.simulate.report import render_report, write_report
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.words import money, opening_remark, percent
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import POOLS, WEIGHTED, market


@pytest.fixture(scope="module")
def result() -> SimulationResult:
    return simulate(WEIGHTED, market(WEIGHTED, 2_000), gas_cost=0.25)


def own_part(page: str) -> str:
    """Return the page without plotly's own code."""
    scripts = list(re.finditer(r"<script>.*?</script>", page, re.DOTALL))
    largest = max(scripts, key=lambda match: len(match[0]))
    return page[: largest.start()] + page[largest.end() :]


def test_render_report_needs_no_network(result: SimulationResult) -> None:
    page = own_part(render_report(result))
    assert len(page) < 1_500_000
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?://""", page)


def test_render_report_holds_the_figures_and_what_they_rest_on(result: SimulationResult) -> None:
    page = own_part(render_report(result, notes=["replayed on the compiled contract"]))
    figures = result.figures()
    for text in (
        money(figures["value"]),
        percent(figures["value_vs_hold"]),
        percent(figures["impermanent_loss"]),
        "best_pair: after each row of prices",
        "0.25 of gas for each trade",
        "replayed on the compiled contract",
        f"SHA-256 {result.params.hash}",
        f"SHA-256 {result.prices.sha256}",
        "2,000 rows, one every hour",
        "50 % WETH, 30 % WBTC, 20 % DAI, fee 0.3 %",
        "Generated market",
        "generated, seed 7",
        f"The charts draw {MAX_POINTS:,} of 2,000 rows",
    ):
        assert text in page, text
    summary = re.search(r'<script type="application/json" id="summary">(.*?)</script>', page, re.DOTALL)
    assert summary is not None
    told = json.loads(summary[1])
    assert told.pop("position") == json.loads(json.dumps(position_of(result).to_dict()))
    assert told == json.loads(json.dumps(result.to_dict()))


def test_render_report_is_the_same_for_the_same_result(result: SimulationResult) -> None:
    assert render_report(result) == render_report(result)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_render_report_draws_each_kind(params: PoolParams) -> None:
    run = simulate(params, market(params, 60))
    figures = all_figures(run)
    assert list(figures) == ["value", "loss", "fees", "lvr", "prices", "composition", "trades"]
    for name, (_, _, figure) in figures.items():
        assert json.loads(figure.to_json())["data"], name
        assert f'id="chart-{name}"' in render_report(run)
    assert sum(figures["trades"][2].data[0].y) == len(run.trades)


def test_render_report_says_when_a_run_was_stopped() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(SimulationInterrupted) as stopped:
        simulate(WEIGHTED, market(WEIGHTED, 20_000), progress=stop)
    assert stopped.value.result is not None
    assert "<b>Stopped early</b>: 16,384 of 20,000 rows" in own_part(render_report(stopped.value.result))


def test_render_report_escapes_names(result: SimulationResult) -> None:
    name = "</script><script>alert(1)</script>"
    page = own_part(render_report(replace(result, params=replace(WEIGHTED, name=name))))
    assert "<script>alert" not in page
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page


def test_render_report_without_trades() -> None:
    page = own_part(render_report(simulate(WEIGHTED, market(WEIGHTED, 48), gas_cost=1e9)))
    assert "By pair" not in page


def test_drawn_rows_keep_the_ends(result: SimulationResult) -> None:
    rows = drawn_rows(result)
    assert (rows[0], rows[-1], len(rows)) == (0, 1_999, MAX_POINTS)


def test_lines_are_drawn_for_more_series_than_there_are_colours() -> None:
    """A pool of sixteen tokens has sixteen prices."""
    drawn = lines(["2024-01-01"], [(f"T{k}", np.ones(1)) for k in range(16)], ".2f")
    assert [trace.name for trace in drawn.data] == [f"T{k}" for k in range(16)]


def test_write_report_names_a_path_that_cannot_be_written(result: SimulationResult, tmp_path: Path) -> None:
    path = write_report(result, tmp_path / "out.html")
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(
        PoolwrightError, match=r"no/out\.html: cannot be written \(No such file or directory\)"
    ):
        result.write_report(tmp_path / "no" / "out.html")


def test_balances_that_do_not_fit_the_weights_are_remarked(result: SimulationResult) -> None:
    assert opening_remark(result) == ""
    prices = market(WEIGHTED, 50)
    worth = [10**18, 10**6, 3 * 10**21]  # 2,500, 400 and 3,000 USD
    off = simulate(WEIGHTED, prices, balances=worth)
    assert "WETH 42 %, WBTC 7 %, DAI 51 %" in opening_remark(off)
    assert "Opened off balance" in own_part(render_report(off))
    assert opening_remark(simulate(POOLS["stable"], market(POOLS["stable"], 50))) == ""
