"""`poolwright compare`: two designs on the same prices, side by side, with the error of their difference."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poolwright.cli import scenario_options as options
from poolwright.cli.output import console, print_json, progress_bar
from poolwright.spec.load import load_spec

if TYPE_CHECKING:
    from poolwright.simulate.sweep.comparison import Comparison, Difference

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


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="One design.", show_default=False)],
    b: Annotated[Path, typer.Argument(metavar="B", help="The other.", show_default=False)],
    *,
    windows: Annotated[int, typer.Option(help="Windows for the standard error.")] = 12,
    value: Annotated[
        float | None, typer.Option(metavar="MONEY", help="First value of both; else that of A's balances.")
    ] = None,
    precision: options.Precision = "exact",
    prices: options.Prices = None,
    scenario: options.ScenarioName = None,
    alias: options.Alias = None,
    allow_gaps: options.AllowGaps = False,
    arbitrage: options.Arbitrage = None,
    gas_cost: options.GasCost = None,
    fee: options.Fee = None,
    changes: options.Changes = None,
    as_json: options.Json = False,
) -> None:
    """Run two designs through the same prices, side by side.

    The difference carries its standard error, from windows of the prices in which both start afresh.
    """
    from poolwright.simulate.sweep.comparison import compare as run

    specs = load_spec(a), load_spec(b)
    given = options.read_scenario(
        specs, scenario, prices, changes, arbitrage=arbitrage, gas_cost=gas_cost, alias=alias, allow_gaps=allow_gaps
    )  # fmt: skip
    stage = given.stage(list(dict.fromkeys(token.symbol for spec in specs for token in spec.tokens)))
    more = {} if fee is None else {"fee": options.fee_function(fee)}
    with progress_bar("windows") as progress:
        found = run(
            *specs, stage.prices, windows=windows, value=value, precision=precision, agents=stage.agents,
            seed=stage.seed, progress=progress, **more,
        )  # fmt: skip
    if as_json:
        print_json(found.to_dict())
    else:
        print_comparison(found, (a.stem, b.stem))


def print_comparison(found: Comparison, names: tuple[str, str]) -> None:
    """Print a row for each figure: A, B, the difference; per window its mean and error, and what that means."""
    from rich.text import Text

    from poolwright.simulate.sweep.comparison import METHOD
    from poolwright.simulate.words import shortened

    out = console()
    head = ("", names[0], names[1], "difference", "per window", "s.e.", "")
    cells = [head, *(_cells(each) for each in _ordered(found))]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for k, row in enumerate(cells):
        texts = [row[0].ljust(widths[0])]
        texts += [cell.rjust(width) for cell, width in zip(row[1:6], widths[1:6], strict=True)]
        line = Text("  " + "  ".join(texts), "dim" if k == 0 else "")
        out.print(line.append(f"  {row[6]}", "green" if row[6].startswith("B") else "dim"), soft_wrap=True)
    out.print()
    first, last = found.windows[0][0][:10], found.windows[-1][1][:10]
    for text in (
        f"prices     {shortened(found.source)}, {first} to {last}",
        f"windows    {len(found.windows)}: {METHOD}",
        f"value      {found.value:,.0f} at first, in each window too",
        f"hashes     pools {found.pools[0].hash[:12]} and {found.pools[1].hash[:12]}, prices {found.sha256[:12]}",
    ):
        out.print(Text(f"  {text}", "dim"), soft_wrap=True)


def _ordered(found: Comparison) -> list[Difference]:
    """Return the figures that say something: no inputs, none that are 0 on both sides."""
    told = [each for each in found.figures if each.figure not in LEFT_OUT and (each.first or each.second)]
    places = {name: k for k, name in enumerate(ORDER)}
    return sorted(told, key=lambda each: places.get(each.figure, len(ORDER)))


def _cells(each: Difference) -> tuple[str, ...]:
    from poolwright.simulate.sweep.wording import write_figure

    name = each.figure
    amounts = [write_figure(name, amount) for amount in (each.first, each.second)]
    changes = [_signed(name, change) for change in (each.difference, each.per_window)]
    error = write_figure(name, each.standard_error).removeprefix("+")
    return (name.replace("_", " "), *amounts, *changes, error, _verdict(each))


def _signed(name: str, change: float) -> str:
    from poolwright.simulate.sweep.wording import write_figure

    text = write_figure(name, change)
    return text if text.startswith(("+", "-")) else f"+{text}"


def _verdict(each: Difference) -> str:
    """Say whether the mean difference stands clear of 0."""
    if math.isnan(each.errors_away):
        return "the same"
    if abs(each.errors_away) < CLEAR:
        return "unclear"
    return "B more" if each.per_window > 0 else "B less"
