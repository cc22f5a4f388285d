"""The figures of what a pool is like: depth, cost of a trade, impermanent loss by prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from poolwright.extras import require
from poolwright.simulate.curves import Curve, Surface, cost_curves, depth_curves, loss_surface, quote_token
from poolwright.simulate.figures import COLOURS, FAINT, line_figure
from poolwright.simulate.page import Chart
from poolwright.simulate.result import SimulationResult

go = require("plotly.graph_objects", "sim")


def shape_figures(result: SimulationResult) -> dict[str, Chart]:
    """Return, by id: title, one sentence, plotly figure."""
    quote = result.prices.symbols[quote_token(result)]
    return {
        "depth": (
            "Depth",
            f"Value traded against {quote}, fee included, until the price has moved so far; the pool at the end.",
            _depth(depth_curves(result)),
        ),
        "impact": (
            "What a trade costs",
            f"Fee and price impact, by the value of one trade against {quote}; the pool at the end.",
            _costs(cost_curves(result)),
        ),
        "surface": _surface(loss_surface(result)),
    }


def _depth(curves: Sequence[Curve]) -> Any:
    """Draw each token's two sides in one colour: sold on the left, bought on the right."""
    colours = _colours(curves)
    traces = [
        go.Scatter(
            x=curve.x, y=curve.y, name=curve.name, legendgroup=curve.name, showlegend=curve.buying, mode="lines",
            line={"width": 1.8, "color": colours[curve.name]},
            hovertemplate=f"{'buying' if curve.buying else 'selling'} %{{y:,.0f}} moves it %{{x:+.2%}}",
        )
        for curve in curves
    ]  # fmt: skip
    figure = line_figure(traces, ",.0f", hovermode="closest")
    most = 1.04 * max(float(abs(curve.x).max()) for curve in curves)
    figure.update_xaxes(
        tickformat=".2~%", hoverformat="+.2%", range=[-most, most], nticks=9, title=_title("move of the token's price")
    )  # fmt: skip
    return figure


def _costs(curves: Sequence[Curve]) -> Any:
    """Draw buying as a line and selling as dots of the same colour, sizes on a log scale."""
    colours = _colours(curves)
    traces = [
        go.Scatter(
            x=curve.x, y=curve.y, name=f"{'buy' if curve.buying else 'sell'} {curve.name}", mode="lines",
            line={
                "width": 1.8 if curve.buying else 2.2, "color": colours[curve.name],
                "dash": "solid" if curve.buying else "dot",
            },
        )
        for curve in curves if len(curve.x)
    ]  # fmt: skip
    figure = line_figure(traces, ".2~%")
    figure.update_yaxes(hoverformat=".3%", type="log", dtick="D2")
    figure.update_xaxes(
        type="log", tickformat="~s", hoverformat=",.0f", dtick=1, title=_title("value of the trade")
    )
    return figure


def _title(text: str) -> dict[str, Any]:
    return {"text": text, "font": {"size": 13}}


def _colours(curves: Sequence[Curve]) -> dict[str, str]:
    names = list(dict.fromkeys(curve.name for curve in curves))
    return {name: COLOURS[k % len(COLOURS)] for k, name in enumerate(names)}


def _surface(surface: Surface) -> Chart:
    title = "Impermanent loss by prices"
    if len(surface.tokens) == 1:
        return title, (
            f"Without fees, by the price of {surface.tokens[0]} in {surface.quote}, now over first. "
            "Dots: where the market was."
        ), _loss_line(surface)  # fmt: skip
    return title, (
        f"Without fees, by prices in {surface.quote}, now over first; any other token at its first price. "
        "Line: where the market went."
    ), _loss_map(surface)  # fmt: skip


def _loss_line(surface: Surface) -> Any:
    """Draw the loss over one ratio, with the stretch that the market covered along the top."""
    covered = surface.path[:, 0]
    traces = [
        go.Scatter(x=surface.x, y=surface.z[0], name="impermanent loss", mode="lines",
                   line={"width": 1.8, "color": COLOURS[4]}),
        go.Scatter(x=covered, y=0.0 * covered, name="where the market was", mode="markers",
                   marker={"size": 4, "color": FAINT}, hoverinfo="skip"),
    ]  # fmt: skip
    figure = line_figure(traces, ".2~%")
    figure.update_xaxes(
        type="log", tickformat=".3~f", hoverformat=".3f", nticks=8,
        title=_title(f"{surface.tokens[0]} in {surface.quote}"),
    )  # fmt: skip
    return figure


def _loss_map(surface: Surface) -> Any:
    """Draw the loss as contours over two ratios, and the market's way over them."""
    one, other = surface.tokens
    form = {"tickformat": ".3~f", "hoverformat": ".3f", "type": "log", "nticks": 5}
    traces = [
        go.Contour(
            x=surface.x, y=surface.y, z=surface.z, name="impermanent loss", colorscale="Cividis", ncontours=14,
            line={"width": 0.6, "color": "rgba(255,255,255,0.35)"},
            contours={"showlabels": True, "labelfont": {"size": 11, "color": "#ffffff"}, "labelformat": ".2~%"},
            colorbar={"tickformat": ".2~%", "thickness": 12, "outlinewidth": 0},
            hovertemplate=f"{one} %{{x:.3f}}<br>{other} %{{y:.3f}}<br>%{{z:.2%}}<extra></extra>",
        ),
        go.Scatter(x=surface.path[:, 0], y=surface.path[:, 1], name="the market", mode="lines", hoverinfo="skip",
                   line={"width": 1.2, "color": "#ffffff"}),
        go.Scatter(x=surface.path[-1:, 0], y=surface.path[-1:, 1], name="the end", mode="markers",
                   hoverinfo="skip",
                   marker={"size": 8, "color": "#ffffff", "line": {"width": 1.5, "color": "#1d2430"}}),
    ]  # fmt: skip
    figure = line_figure(traces, ".3~f", hovermode="closest", showlegend=False)
    figure.update_xaxes(title=_title(f"{one} in {surface.quote}"), **form)
    figure.update_yaxes(title={**_title(f"{other} in {surface.quote}"), "standoff": 8}, **form)
    return figure
