"""The figures of a report, as plotly figures without colours of text or paper: the page sets those by theme."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle
from typing import Any

import numpy as np

from poolwright.extras import require
from poolwright.simulate.page import Chart
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.typing import Floats, Integers

go = require("plotly.graph_objects", "sim")

# Points drawn per line: beyond what a screen resolves, and a page of a year of minutes stays small.
MAX_POINTS = 1_500
# Readable on white and on near black alike.
COLOURS = ("#3b82d6", "#dd8527", "#2fa37c", "#b65fb0", "#d0524f", "#7d74d8", "#909a2c", "#2aa5b8")
FAINT = "#8b919c"
DAY = 86_400


def drawn_rows(result: SimulationResult) -> Integers:
    """Return the rows that are drawn: all, or evenly spaced ones with the first and the last."""
    count = min(result.rows, MAX_POINTS)
    return np.unique(np.linspace(0, result.rows - 1, count).round().astype(np.int64))


def all_figures(result: SimulationResult) -> dict[str, Chart]:
    """Return, by id: title, one sentence, plotly figure."""
    rows = drawn_rows(result)
    times = stamps(result.times[rows])
    return {
        "value": (
            "Value",
            "The first providers' share, beside its first tokens held, and beside the same tokens rebalanced for free.",
            lines(times, _values(result, rows), ",.0f"),
        ),
        "loss": (
            "Against holding",
            "Below: what the same pool would lose without fees. Above: what it did. Between: what the fee brought.",
            _against_holding(result, rows, times),
        ),
        "fees": (
            "Fees and arbitrage",
            "Paid by traders, and kept by them, since the start.",
            lines(
                times,
                [("fees paid", result.fees[rows]), ("arbitrageurs' profit", result.arbitrage_profit[rows])],
                ",.0f",
            ),
        ),
        "lvr": (
            "LVR and what pays for it",
            "What arbitrage takes from the pool before fees, and what fees and retail bring, since the start.",
            lines(times, _lvr(result, rows), ",.0f"),
        ),
        "prices": ("Prices", "Each token's price, first price = 1.", _prices(result, rows, times)),
        "composition": ("Composition", "Shares of the pool's value.", _composition(result, rows, times)),
        "trades": ("Trades per day", "Days in UTC.", _trades(result)),
    }


def stamps(seconds: Integers) -> list[str]:
    """Return unix seconds as the dates of an axis."""
    return [str(stamp) for stamp in seconds.astype("datetime64[s]")]


def line_figure(traces: Iterable[Any], y_format: str, **layout: Any) -> Any:
    """Return traces in the pages' form: no colours of text or paper, which the page sets by theme."""
    figure = go.Figure(list(traces))
    figure.update_layout(
        template="none",
        margin={"l": 44, "r": 12, "t": 8, "b": 46},
        height=320,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "xanchor": "left"},
        xaxis={"showgrid": False, "zeroline": False},
        yaxis={
            "tickformat": y_format,
            "hoverformat": y_format,
            "zeroline": False,
            "nticks": 6,
            "automargin": True,
        },
        **{"hovermode": "x unified", **layout},
    )
    return figure


def lines(times: list[str], series: Iterable[tuple[str, Floats]], y_format: str) -> Any:
    """Return a line for each series, in the colours in their order, and again from the first."""
    return line_figure(
        (
            go.Scatter(x=times, y=values, name=name, mode="lines", line={"width": 1.8, "color": colour})
            for (name, values), colour in zip(series, cycle(COLOURS), strict=False)
        ),
        y_format,
    )


def _values(result: SimulationResult, rows: Integers) -> list[tuple[str, Floats]]:
    series = (
        ("pool", result.share_value),
        ("hold", result.hold),
        ("rebalanced", result.rebalanced),
    )
    return [(name, values[rows]) for name, values in series]


def _lvr(result: SimulationResult, rows: Integers) -> list[tuple[str, Floats]]:
    books = result.books
    names = {"LVR": "lvr", "fees from arbitrage": "arbitrage_fees", "retail's cost": "retail_cost"}
    drawn = [(name, np.cumsum(books.ledger(ledger))[rows]) for name, ledger in names.items()]
    return [line for line in drawn if line[0] != "retail's cost" or line[1][-1] != 0]


def _against_holding(result: SimulationResult, rows: Integers, times: list[str]) -> Any:
    gain = result.share_value[rows] / result.hold[rows] - 1.0
    return line_figure(
        [
            go.Scatter(
                x=times, y=result.impermanent_loss[rows], name="impermanent loss", mode="lines",
                line={"width": 1.6, "color": COLOURS[4]},
            ),
            go.Scatter(
                x=times, y=gain, name="pool against holding", mode="lines",
                line={"width": 1.8, "color": COLOURS[0]}, fill="tonexty", fillcolor="rgba(47,163,124,0.18)",
            ),
        ],
        ".2%",
    )  # fmt: skip


def _prices(result: SimulationResult, rows: Integers, times: list[str]) -> Any:
    relative = result.prices.prices[rows] / result.prices.prices[0]
    return lines(times, [(symbol, relative[:, k]) for k, symbol in enumerate(result.prices.symbols)], ".3~f")


def _composition(result: SimulationResult, rows: Integers, times: list[str]) -> Any:
    worth = result.balances[rows] * result.prices.prices[rows]
    shares = worth / worth.sum(axis=1, keepdims=True)
    traces = (
        go.Scatter(
            x=times, y=shares[:, k], name=symbol, mode="lines", stackgroup="one",
            line={"width": 0.6, "color": COLOURS[k % len(COLOURS)]},
        )
        for k, symbol in enumerate(result.prices.symbols)
    )  # fmt: skip
    figure = line_figure(traces, ".1%")
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    return figure


def _trades(result: SimulationResult) -> Any:
    days = result.times // DAY
    first, last = int(days[0]), int(days[-1])
    counts = np.bincount(result.trades.times // DAY - first, minlength=last - first + 1)
    dates = stamps(np.arange(first, last + 1) * DAY)
    bars = go.Bar(x=dates, y=counts, name="trades", marker={"color": COLOURS[0], "line": {"width": 0}})
    return line_figure([bars], ",d", showlegend=False, bargap=0.0)
