"""A comparison in words: which figures are shown, the sign of a difference, and whether it stands clear of chance."""

from __future__ import annotations

import math

from poolwright.simulate.seeds import OverSeeds
from poolwright.simulate.sweep.comparison import Comparison, Difference
from poolwright.simulate.sweep.wording import write_figure

# Mean differences closer to 0 than this many standard errors are called unclear: 95 % of a normal law.
CLEAR = 1.96
# Shown first, in this order; what else the simulation knows follows.
ORDER = (
    "value_vs_hold",
    "value_vs_rebalanced",
    "value",
    "fees",
    "impermanent_loss",
    "lvr",
    "arbitrage_profit",
    "trades",
)
LEFT_OUT = ("first_value", "hold")


def ordered(found: Comparison) -> list[Difference]:
    """Return the figures that say something: no inputs, none that are 0 on both sides."""
    told = [each for each in found.figures if each.figure not in LEFT_OUT and (each.first or each.second)]
    return sorted(told, key=lambda each: place_of(each.figure))


def place_of(figure: str) -> int:
    """Return where a figure comes in the tables; those that have no place of their own come last."""
    return ORDER.index(figure) if figure in ORDER else len(ORDER)


def signed(name: str, change: float) -> str:
    """Write a difference of a figure, with its sign."""
    text = write_figure(name, change)
    return text if text.startswith(("+", "-")) else f"+{text}"


def error_of(name: str, error: float) -> str:
    """Write a standard error of a figure."""
    return write_figure(name, error).removeprefix("+")


def verdict(mean: float, error: float, name: str = "B") -> str:
    """Say whether a mean difference stands clear of 0, and what `name` then has.

    >>> verdict(2.0, 0.5), verdict(-2.0, 0.5), verdict(0.5, 0.5), verdict(0.0, 0.0)
    ('B more', 'B less', 'unclear', 'the same')
    """
    if not error > 0:
        return "the same" if mean == 0 or math.isnan(mean) else f"{name} {'more' if mean > 0 else 'less'}"
    if abs(mean) < CLEAR * error:
        return "unclear"
    return f"{name} more" if mean > 0 else f"{name} less"


def row_of(each: Difference, name: str = "B") -> tuple[str, ...]:
    """Return one figure as (name, A, B, difference, per window, standard error, what that means)."""
    figure = each.figure
    amounts = [write_figure(figure, amount) for amount in (each.first, each.second)]
    changes = [signed(figure, change) for change in (each.difference, each.per_window)]
    means = verdict(each.per_window, each.standard_error, name)
    return (
        figure.replace("_", " "),
        *amounts,
        *changes,
        error_of(figure, each.standard_error),
        means,
    )


def over_seeds_rows(over: OverSeeds, name: str = "B") -> list[tuple[str, ...]]:
    """Return (figure, mean difference, standard error, least, most, what that means) of what seeds move."""
    rows = []
    for figure in sorted(over.figures, key=place_of):
        values = over.figures[figure]
        if figure not in LEFT_OUT and min(values) < max(values):
            mean, error = over[figure]
            ends = [signed(figure, each) for each in (min(values), max(values))]
            told = signed(figure, mean), error_of(figure, error), *ends, verdict(mean, error, name)
            rows.append((figure.replace("_", " "), *told))
    return rows
