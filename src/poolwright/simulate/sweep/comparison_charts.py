"""Charts of two designs as plotly figures without colours of text or paper: the page sets those by theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from poolwright.extras import require
from poolwright.simulate.figures import COLOURS, drawn_rows, line_figure, lines, stamps
from poolwright.simulate.ledgers import TRADING
from poolwright.simulate.page import Chart
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.sweep.comparison import Comparison
from poolwright.simulate.sweep.wording import axis_format
from poolwright.simulate.typing import Floats, Integers

go = require("plotly.graph_objects", "sim")

Names = tuple[str, str]
# Every ledger that a change of value is made of, with the side on which it enters, and what some are called.
PARTS = {"rebalancing_gain": 1.0} | TRADING
CALLED = {
    "rebalancing_gain": "the market's moves",
    "lvr": "LVR",
    "arbitrage_fees": "fees from arbitrage",
    "retail_cost": "retail's cost",
    "protocol": "protocol's part",
    "creator": "creator's part",
}
# What each window is judged by.
JUDGED = (("value_vs_hold", "against holding"), ("value_vs_rebalanced", "against rebalancing"))


def all_charts(found: Comparison, names: Names) -> dict[str, Chart]:
    """Return, by id: title, one sentence, plotly figure; `names` of the two designs."""
    rows = drawn_rows(found.runs[0])
    times = stamps(found.runs[0].times[rows])
    return {
        "holding": (
            "Against holding",
            "The first providers' share of each pool over its own first tokens held, less 1.",
            lines(times, _each(found, names, _against_holding, rows), ".2%"),
        ),
        "difference": (
            f"Value: {names[1]} \N{MINUS SIGN} {names[0]}",
            "The difference, and the ledgers of the closed books that it is made of, since the start.",
            lines(times, _made_of(found, rows), ",.0f"),
        ),
        "value": (
            "Value",
            "The first providers' shares, beside the first tokens held (dotted).",
            _values(found, names, rows, times),
        ),
        "fees": (
            "Fees and LVR",
            "Fees paid to each pool, and what arbitrage takes from it before fees (dotted), since the start.",
            _fees(found, names, rows, times),
        ),
        "windows": (
            f"By window: {names[1]} \N{MINUS SIGN} {names[0]}",
            "A fresh pool of each in every window, named by its first day.",
            _by_window(found),
        ),
    }


def _each(found: Comparison, names: Names, of: Any, rows: Integers) -> list[tuple[str, Floats]]:
    return [(name, of(run)[rows]) for name, run in zip(names, found.runs, strict=True)]


def _against_holding(run: SimulationResult) -> Floats:
    return np.asarray(run.share_value / run.hold - 1.0)


def _made_of(found: Comparison, rows: Integers) -> list[tuple[str, Floats]]:
    """Return the difference of the pools' values and the parts that it is made of, those that are not 0."""
    first, second = (run.books for run in found.runs)
    drawn = [("difference", np.cumsum(second.value_change - first.value_change))]
    for ledger, sign in PARTS.items():
        part = sign * np.cumsum(second.ledger(ledger) - first.ledger(ledger))
        if np.any(part):
            drawn.append((CALLED.get(ledger, ledger.replace("_", " ")), part))
    return [(name, part[rows]) for name, part in drawn]


def _values(found: Comparison, names: Names, rows: Integers, times: list[str]) -> Any:
    pools = _each(found, names, lambda run: run.share_value, rows)
    held = _each(found, names, lambda run: run.hold, rows)
    if np.allclose(held[0][1], held[1][1], rtol=1e-9, atol=0.0):
        held = [("holding", held[0][1]), (names[1], held[0][1][:0])]
    else:
        held = [(f"{name} held", value) for name, value in held]
    return _paired(times, pools, held)


def _fees(found: Comparison, names: Names, rows: Integers, times: list[str]) -> Any:
    fees = [(f"fees, {name}", paid) for name, paid in _each(found, names, lambda run: run.fees, rows)]
    taken = _each(found, names, lambda run: np.cumsum(run.books.ledger("lvr")), rows)
    return _paired(times, fees, [(f"LVR, {name}", value) for name, value in taken])


def _paired(
    times: list[str], solid: Sequence[tuple[str, Floats]], dotted: Sequence[tuple[str, Floats]]
) -> Any:
    """Draw a solid and a dotted line for each design, in its colour; an empty line is left out."""
    traces = [
        go.Scatter(x=times, y=values, name=name, mode="lines",
                   line={"width": 1.8 if dash == "solid" else 1.5, "color": colour, "dash": dash})
        for dash, pair in (("solid", solid), ("dot", dotted))
        for (name, values), colour in zip(pair, COLOURS, strict=False)
        if len(values)
    ]  # fmt: skip
    return line_figure(traces, ",.0f")


def _by_window(found: Comparison) -> Any:
    labels = [start[:10] for start, _ in found.windows]
    if len(set(labels)) < len(labels):  # windows shorter than a day
        labels = [start[5:16].replace("T", " ") for start, _ in found.windows]
    bars = [
        go.Bar(x=labels, y=list(found[figure].by_window), name=name, marker={"color": colour})
        for (figure, name), colour in zip(JUDGED, COLOURS[2:], strict=False)
    ]
    figure = line_figure(bars, axis_format("value_vs_hold"), barmode="group", bargap=0.35)
    figure.update_xaxes(type="category", nticks=8)
    return figure
