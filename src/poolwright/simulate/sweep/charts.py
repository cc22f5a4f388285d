"""Charts of a sweep as plotly figures without colours of text or paper: the page sets those by theme."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from poolwright.errors import UnitError
from poolwright.extras import require
from poolwright.simulate.page import Chart
from poolwright.simulate.sweep.job import Row
from poolwright.simulate.sweep.result import SweepResult, spread
from poolwright.simulate.sweep.vary import Dimension
from poolwright.simulate.sweep.wording import FRACTIONS, axis_format, short_figure
from poolwright.units import parse_number

go = require("plotly.graph_objects", "sim")

# Readable on white and on near black alike.
TRAIN, TEST, BAND = "#3b82d6", "#dd8527", "rgba(59,130,214,0.20)"
BARS, GIVEN_UP = "rgba(59,130,214,0.45)", "#8b94a3"
# Pairs of keys that are drawn as heatmaps: more would not be looked at.
MAX_PAIRS = 3
# Cells of a heatmap that are written out; beyond, the standard errors get a map of their own.
MAX_TOLD = 48
# Standard errors of a paired difference within which two runs are not told apart: 95 % of a normal law.
APART = 1.96
# Keys whose numbers people read in per cent.
IN_PERCENT = ("fees.", ".weight")
MARK = "\u25cf"
# A label at 1, 2 and 5 of each decade: more would overlap.
_LOG = {"type": "log", "dtick": "D2"}


def all_charts(result: SweepResult) -> dict[str, Chart]:
    """Return, by id: title, one sentence, plotly figure."""
    charts: dict[str, Chart] = {}
    if not result.best(1):
        return charts
    for k, dimension in enumerate(result.dimensions):
        charts[f"line-{k}"] = _sensitivity(result, dimension)
    if result.manifest["method"] != "grid":
        numbers = [
            each for each in result.dimensions if numeric(result.best(1)[0].point[each.path]) is not None
        ]
        for k, (one, other) in enumerate(itertools.islice(itertools.combinations(numbers, 2), MAX_PAIRS)):
            charts[f"map-{k}"] = _points(result, one, other)
    else:
        grids = [dimension for dimension in result.dimensions if len(dimension.values) > 1]
        for k, (one, other) in enumerate(itertools.islice(itertools.combinations(grids, 2), MAX_PAIRS)):
            charts[f"map-{k}"] = _heatmap(result, one, other)
            if result.folds and len(one.values) * len(other.values) > MAX_TOLD:
                charts[f"error-{k}"] = _error_map(result, one, other)
    if result.folds:
        charts["windows"] = _by_window(result)
    return charts


def numeric(text: str) -> float | None:
    """Return the value as a number, None for a name."""
    try:
        return float(parse_number(text))
    except UnitError:
        return None


def _objective(result: SweepResult) -> str:
    return str(result.manifest["objective"]).partition(" ")[0]


def _title(result: SweepResult, what: str) -> str:
    return f"{_objective(result)} by {what}".replace("_", " ")


def _axis(dimension: Dimension) -> dict[str, Any]:
    """Return the title of an axis, and per cent where the key is written so."""
    shares = any(part in dimension.path for part in IN_PERCENT)
    title = {"title": {"text": dimension.short.replace("_", " "), "font": {"size": 13}}}
    return title | ({"tickformat": ".3~%", "hoverformat": ".4~%"} if shares else {})


def _sensitivity(result: SweepResult, dimension: Dimension) -> Chart:
    """Draw the objective over one key: a line with its band for a grid, points for a search."""
    grid = result.manifest["method"] == "grid"
    rows = best_by_value(result, dimension) if grid else result.best(len(result.rows))
    rows = sorted(rows, key=lambda row: numeric(row.point[dimension.path]) or 0.0) if not grid else rows
    values = [numeric(row.point[dimension.path]) for row in rows]
    named = any(value is None for value in values)
    xs: list[Any] = [row.point[dimension.path] for row in rows] if named else values
    windows = result.folds + 1
    train = [row.train(windows) for row in rows]
    mode = "lines+markers" if grid else "markers"
    traces = (_band if grid else _bars)(xs, rows) if result.folds and not named else []
    traces.append(
        go.Scatter(x=xs, y=train, name="train" if result.folds else "objective", mode=mode,
                   line={"width": 2, "color": TRAIN}, marker={"size": 6, "color": TRAIN})
    )  # fmt: skip
    if result.folds:
        test = [row.test(windows) for row in rows]
        traces.append(
            go.Scatter(x=xs, y=test, name="test", mode=mode,
                       line={"width": 1.6, "color": TEST, "dash": "dot"}, marker={"size": 5, "color": TEST})
        )  # fmt: skip
    figure = _figure(traces, axis_format(_objective(result)), hovermode="x unified" if grid else "closest")
    figure.update_xaxes(**_axis(dimension), **(_LOG if dimension.log and not named else {}))
    rest = ", the other keys at their best" if grid and len(result.dimensions) > 1 else ""
    drawn = "Band" if grid else "Bars"
    band = f" {drawn}: mean of all windows, one standard error to each side." if result.folds else ""
    return (
        _title(result, dimension.short),
        f"{'Each value' if grid else 'Each finished run'}{rest}.{band}",
        figure,
    )


def best_by_value(result: SweepResult, dimension: Dimension) -> list[Row]:
    """Return, for each value of a key, the best run on the train windows."""
    best: dict[str, Row] = {}
    for row in result.best(len(result.rows)):
        best.setdefault(row.point[dimension.path], row)
    return [best[value] for value in dimension.values if value in best]


def _band(xs: list[Any], rows: Sequence[Row]) -> list[Any]:
    """Return the area of mean +- one standard error over all windows."""
    means = [spread(row.objectives) for row in rows]
    upper, lower = [mean + error for mean, error in means], [mean - error for mean, error in means]
    shared = {"mode": "lines", "line": {"width": 0, "color": TRAIN}, "hoverinfo": "skip"}
    return [
        go.Scatter(x=xs, y=upper, showlegend=False, **shared),
        go.Scatter(x=xs, y=lower, name="all windows, ±1 s.e.", fill="tonexty", fillcolor=BAND, **shared),
    ]


def _bars(xs: list[Any], rows: Sequence[Row]) -> list[Any]:
    """Return mean +- one standard error over all windows at each point."""
    means = [spread(row.objectives) for row in rows]
    bars = {"type": "data", "array": [error for _, error in means], "thickness": 1, "width": 0, "color": BARS}
    return [
        go.Scatter(x=xs, y=[mean for mean, _ in means], name="all windows, ±1 s.e.", mode="markers", error_y=bars,
                   marker={"size": 7, "symbol": "line-ew-open", "color": BARS}, hoverinfo="skip")
    ]  # fmt: skip


def _points(result: SweepResult, one: Dimension, other: Dimension) -> Chart:
    """Draw where a search looked, in the colour of what it found there; a ring where it is as good as the best."""
    rows, best, name = result.best(len(result.rows)), result.best(1)[0], _objective(result)
    form = axis_format(name)

    def at(chosen: Sequence[Row], **more: Any) -> Any:
        places = ([numeric(row.point[each.path]) for row in chosen] for each in (one, other))
        return go.Scatter(**dict(zip("xy", places, strict=True)), mode="markers", **more)

    near = [bool(result.folds) and as_good(row, best, result.sign) for row in rows]
    spreads = [spread(row.objectives)[1] if result.folds else math.nan for row in rows]
    told = "%{marker.color:" + form + "}" + (" ± %{customdata:" + form + "}" if result.folds else "")
    colours = {"color": [row.train(result.folds + 1) for row in rows], "colorscale": "Cividis", "showscale": True,
               "reversescale": result.sign < 0, "colorbar": {"tickformat": form, "thickness": 12, "outlinewidth": 0},
               "size": 10, "line": {"width": [2.5 if each else 0 for each in near], "color": TEST}}  # fmt: skip
    found = at(
        rows, marker=colours, customdata=spreads, name="finished", hovertemplate=f"{told}<extra></extra>"
    )
    given_up = [row for row in result.rows if row.state == "pruned"]
    cross = {"symbol": "x-thin", "size": 6, "line": {"width": 1, "color": GIVEN_UP}}
    traces = [at(given_up, marker=cross, name="given up", hoverinfo="skip"), found]
    figure = _figure(traces, "", showlegend=False, hovermode="closest")
    for update, each in ((figure.update_xaxes, one), (figure.update_yaxes, other)):
        update(**_axis(each), **(_LOG if each.log else {}))
    text = "Each finished run, by the mean of its train windows." if result.folds else "Each finished run."
    ring = f" Ring: not clearly worse than the best in the same windows (within {APART} standard errors)."
    crosses = " Cross: given up." if given_up else ""
    return (
        _title(result, f"{one.short} and {other.short}"),
        text + (ring if result.folds else "") + crosses,
        figure,
    )


def _cells(result: SweepResult, one: Dimension, other: Dimension) -> dict[tuple[str, str], Row]:
    """Return the best run on the train windows for each pair of values."""
    cells: dict[tuple[str, str], Row] = {}
    for row in result.best(len(result.rows)):
        cells.setdefault((row.point[one.path], row.point[other.path]), row)
    return cells


def _heatmap(result: SweepResult, one: Dimension, other: Dimension) -> Chart:
    """Draw the best train objective for each pair of values, with its standard error and who is as good as the best."""
    cells, best, name = _cells(result, one, other), result.best(1)[0], _objective(result)

    def told(row: Row | None) -> str:
        if row is None:
            return ""
        text = short_figure(name, row.train(result.folds + 1))
        if not result.folds:
            return text
        mark = f"{MARK}<br>" if as_good(row, best, result.sign) else ""
        return f"{mark}{text}<br>±{short_figure(name, spread(row.objectives)[1])}"

    figure = _map(
        one, other, {place: row.train(result.folds + 1) for place, row in cells.items()},
        {place: told(row) for place, row in cells.items()}, axis_format(name), reverse=result.sign < 0,
    )  # fmt: skip
    text = "Mean of the train windows; empty where refused."
    if result.folds and len(one.values) * len(other.values) <= MAX_TOLD:
        text = (
            f"Mean of the train windows{', %' if name in FRACTIONS else ''}, ± one standard error over all windows. "
            f"{MARK} Not clearly worse than the best in the same windows (within {APART} standard errors)."
        )
    return _title(result, f"{one.short} and {other.short}"), text, figure


def as_good(row: Row, best: Row, sign: int) -> bool:
    """Tell whether a run cannot be told from the best: the mean of their paired differences is within APART errors."""
    gap, error = spread(tuple(sign * (b - a) for a, b in zip(row.objectives, best.objectives, strict=True)))
    return row is best or gap <= APART * error


def _error_map(result: SweepResult, one: Dimension, other: Dimension) -> Chart:
    """Draw the standard error over windows for each pair of values."""
    errors = {place: spread(row.objectives)[1] for place, row in _cells(result, one, other).items()}
    figure = _map(one, other, errors, {}, axis_format(_objective(result)))
    name = f"{one.short} and {other.short}".replace("_", " ")
    return f"How sure: {name}", "One standard error of the objective over the windows.", figure


def _map(
    one: Dimension,
    other: Dimension,
    values: Mapping[tuple[str, str], float],
    texts: Mapping[tuple[str, str], str],
    form: str,
    *,
    reverse: bool = False,
) -> Any:
    def cell(x: str, y: str) -> float | None:
        value = values.get((x, y), math.nan)
        return value if math.isfinite(value) else None

    written = bool(texts) and len(one.values) * len(other.values) <= MAX_TOLD
    heat = go.Heatmap(
        x=list(one.values), y=list(other.values), z=[[cell(x, y) for x in one.values] for y in other.values],
        text=[[texts.get((x, y), "") for x in one.values] for y in other.values],
        texttemplate="%{text}" if written else None, textfont={"size": 10}, xgap=1, ygap=1,
        colorscale="Cividis", reversescale=reverse, showscale=not written,
        colorbar={"tickformat": form, "thickness": 12, "outlinewidth": 0},
        hovertemplate=f"{one.short} %{{x}}<br>{other.short} %{{y}}<br>%{{z:{form}}}<extra></extra>",
    )  # fmt: skip
    figure = _figure([heat], "", showlegend=False, hovermode="closest")
    axes = [_axis(each)["title"] for each in (one, other)]
    figure.update_xaxes(type="category", title=axes[0], nticks=8)
    figure.update_yaxes(type="category", title={**axes[1], "standoff": 10}, tickformat=None, hoverformat=None)
    return figure


def _by_window(result: SweepResult) -> Chart:
    """Draw the best run in each window beside what was chosen by the windows before."""
    best = result.best(1)[0]
    labels = [start[:10] for start, _ in result.windows]
    traces = [
        go.Bar(
            x=labels, y=list(best.objectives), name=f"run {best.run}, best on train", marker={"color": TRAIN}
        )
    ]
    folds = result.walk_forward()
    traces.append(
        go.Bar(x=[labels[fold.fold] for fold in folds], y=[fold.test for fold in folds],
               name="chosen by the windows before", marker={"color": TEST})
    )  # fmt: skip
    figure = _figure(traces, axis_format(_objective(result)), barmode="group", bargap=0.35)
    figure.update_xaxes(type="category", title={"text": "window beginning", "font": {"size": 13}})
    return _title(result, "window"), "Each window opens a fresh pool; the last is the test.", figure


def _figure(traces: list[Any], y_format: str, **layout: Any) -> Any:
    figure = go.Figure(traces)
    figure.update_layout(
        template="none",
        margin={"l": 52, "r": 14, "t": 8, "b": 52},
        height=320,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "xanchor": "left"},
        xaxis={"showgrid": False, "zeroline": False, "automargin": True},
        yaxis={"tickformat": y_format, "hoverformat": y_format, "zeroline": False, "automargin": True},
        **layout,
    )
    return figure
