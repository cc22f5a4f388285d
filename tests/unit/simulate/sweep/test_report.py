"""The page of a sweep: whole, self-contained, and true to the runs."""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path

import pytest

import poolwright as pw
from poolwright.errors import PoolwrightError
from poolwright.simulate.markets import GeometricBrownian
from poolwright.simulate.sweep.charts import all_charts, as_good
from poolwright.simulate.sweep.comparison import compare
from poolwright.simulate.sweep.result import spread
from poolwright.simulate.sweep.wording import write_figure
from tests.unit.simulate.sweep.cases import FEES, market, pool

TWO = {"swap_fee": "0.001:0.01:3", "WETH.weight": "0.3,0.5,1.2"}


def summary(page: Path) -> dict[str, object]:
    """Return the JSON that the page carries."""
    found = re.search(r'id="summary">(.*?)</script>', page.read_text(), re.DOTALL)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


def test_the_page_needs_nothing_else_and_holds_the_runs(tmp_path: Path) -> None:
    result = pw.sweep(pool(), market(), vary=TWO, folds=2)
    page = result.write_report(tmp_path / "out.html")
    text = page.read_text()
    assert not re.search(r'(?:src|href)\s*=\s*"', text.partition("<script>")[0])
    assert summary(page) == json.loads(json.dumps(result.to_dict()))
    assert "Generated market" in text
    assert "3 points never ran" in text
    for row in result.best(3):
        assert write_figure("value_vs_hold", row.train(3)) in text
        assert write_figure("value_vs_hold", row.test(3)) in text


def test_lines_carry_the_band_over_windows() -> None:
    result = pw.sweep(pool(), market(), vary=FEES, folds=3)
    _, _, figure = all_charts(result)["line-0"]
    upper, lower, train, test = figure.data
    for k, row in enumerate(result.rows):
        mean, error = spread(row.objectives)
        assert train.x[k] == float(row.point["fees.swap"])
        assert (upper.y[k], lower.y[k]) == (mean + error, mean - error)
        assert (train.y[k], test.y[k]) == (row.train(4), row.test(4))


def test_heatmaps_leave_refused_points_empty() -> None:
    result = pw.sweep(pool(), market(), vary=TWO, folds=1)
    heat = all_charts(result)["map-0"][2].data[0]
    assert list(heat.y) == ["0.3", "0.5", "1.2"]
    assert list(heat.z[2]) == [None] * 3
    assert heat.z[0][1] == next(
        row.train(2) for row in result.rows
        if row.point == {"fees.swap": "0.0055", "tokens.WETH.weight": "0.3"}
    )  # fmt: skip


def test_heatmaps_tell_errors_and_who_is_as_good_as_the_best() -> None:
    """Marked is whoever a paired t statistic of 1.96 does not part from the best."""
    result = pw.sweep(pool(), market(), vary=TWO, folds=4)
    _, text, figure = all_charts(result)["map-0"]
    assert "● Not clearly worse" in text
    best, marked = result.best(1)[0], 0
    for row in result.best(99):
        x, y = (list(figure.data[0][axis]).index(row.point[path]) for axis, path in (
            ("x", "fees.swap"), ("y", "tokens.WETH.weight")
        ))  # fmt: skip
        gaps = [b - a for a, b in zip(row.objectives, best.objectives, strict=True)]
        far = statistics.fmean(gaps) > 1.96 * statistics.stdev(gaps) / 5**0.5
        told = figure.data[0].text[y][x]
        assert told.startswith("●") is (row is best or not far)
        assert told.endswith(f"±{100 * statistics.stdev(row.objectives) / 5**0.5:.3f}")
        marked += told.startswith("●")
    assert 1 <= marked < len(result.best(99))


@pytest.mark.parametrize("method", ["random", "optuna"])
def test_searches_are_drawn_as_points(method: str, tmp_path: Path) -> None:
    vary = {"swap_fee": "0.001:0.05:log", "kind": "weighted"}
    result = pw.sweep(pool(), market(50), vary=vary, method=method, runs=9)
    charts = all_charts(result)
    assert charts["line-0"][2].data[0].mode == "markers"
    assert charts["line-1"][2].data[0].x[0] == "weighted"
    assert result.write_report(tmp_path / "out.html").exists()


def test_a_search_shows_how_sure_each_run_is_and_where_it_looked() -> None:
    """Bars of one standard error at each finished run; its place by two keys, ringed if as good as the best."""
    vary = {"swap_fee": "0.001:0.05:log", "WETH.weight": "0.2:0.6"}
    result = pw.sweep(pool(), market(), vary=vary, method="optuna", runs=24, folds=4)
    charts, rows = all_charts(result), result.best(99)
    bars, train, _ = charts["line-0"][2].data
    by_fee = sorted(rows, key=lambda row: float(row.point["fees.swap"]))
    for k, row in enumerate(by_fee):
        mean, error = spread(row.objectives)
        assert (bars.x[k], bars.y[k], bars.error_y.array[k]) == (float(row.point["fees.swap"]), mean, error)
        assert train.y[k] == row.train(5)
    assert charts["line-0"][2].layout.xaxis.dtick == "D2"
    _, text, figure = charts["map-0"]
    given_up, found = figure.data
    assert "Cross: given up." in text
    assert len(given_up.x) == result.count("pruned") > 0
    assert len(rows) + len(given_up.x) == 24
    for k, row in enumerate(rows):
        assert (found.x[k], found.y[k]) == tuple(float(value) for value in row.point.values())
        assert found.marker.color[k] == row.train(5)
        assert (found.marker.line.width[k] > 0) is as_good(row, rows[0], 1)
    assert found.marker.line.width[0] > 0


def test_a_generated_market_is_named_in_words(tmp_path: Path) -> None:
    made = GeometricBrownian(("WETH", "WBTC", "DAI"), (2_500.0, 40_000.0, 1.0)).generate(60)
    told = "<b>Generated market</b> (WETH, WBTC, DAI by correlated GBM"
    assert (
        told in pw.sweep(pool(), made, vary={"swap_fee": "1%"}).write_report(tmp_path / "a.html").read_text()
    )
    assert told in pw.simulate(pool(), made).write_report(tmp_path / "b.html").read_text()
    assert told in compare(pool(), pool(), made, windows=2).write_report(tmp_path / "c.html").read_text()


def test_a_sweep_where_nothing_ran_has_a_page_too(tmp_path: Path) -> None:
    result = pw.sweep(pool(), market(50), vary={"swap_fee": "20%,30%"}, folds=1)
    assert result.best() == []
    assert result.walk_forward() == []
    assert "2 points never ran" in result.write_report(tmp_path / "out.html").read_text()


def test_a_page_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    result = pw.sweep(pool(), market(50), vary={"swap_fee": "1%"})
    with pytest.raises(PoolwrightError, match="cannot be written"):
        result.write_report(tmp_path / "no" / "out.html")


def test_spread_is_mean_and_standard_error() -> None:
    assert spread((1.0, 2.0, 3.0, 6.0)) == pytest.approx((3.0, (14 / 3 / 4) ** 0.5))
