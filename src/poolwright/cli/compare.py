"""`poolwright compare`: two designs on the same prices, side by side, with the error of their difference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolwright.cli import scenario_options as options
from poolwright.cli.output import aligned, console, print_json, progress_bar
from poolwright.cli.outputs import check_folders
from poolwright.spec.load import load_spec

if TYPE_CHECKING:
    from rich.console import Console

    from poolwright.simulate.seeds import OverSeeds
    from poolwright.simulate.sweep.comparison import Comparison


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="One design.", show_default=False)],
    b: Annotated[Path, typer.Argument(metavar="B", help="The other.", show_default=False)],
    *,
    windows: Annotated[int, typer.Option(help="Windows for the standard error.")] = 12,
    value: Annotated[
        float | None, typer.Option(metavar="MONEY", help="First value of both; else that of A's balances.")
    ] = None,
    seeds: options.Seeds = 1,
    precision: options.Precision = "exact",
    prices: options.Prices = None,
    scenario: options.ScenarioName = None,
    alias: options.Alias = None,
    allow_gaps: options.AllowGaps = False,
    arbitrage: options.Arbitrage = None,
    gas_cost: options.GasCost = None,
    fee: options.Fee = None,
    changes: options.Changes = None,
    report: options.Report = None,
    as_json: options.Json = False,
) -> None:
    """Run two designs through the same prices, side by side.

    The difference carries its standard error, from windows of the prices in which both start afresh; with --seeds from
    seeds, too, alike for both.
    """
    from poolwright.simulate.seeds import check_seeds, differences_over_seeds
    from poolwright.simulate.sweep.comparison import compare as run

    specs = load_spec(a), load_spec(b)
    given = options.read_scenario(
        specs, scenario, prices, changes, arbitrage=arbitrage, gas_cost=gas_cost, alias=alias, allow_gaps=allow_gaps
    )  # fmt: skip
    stage = given.stage(list(dict.fromkeys(token.symbol for spec in specs for token in spec.tokens)))
    asked: dict[str, Any] = {"precision": precision}
    asked |= {} if fee is None else {"fee": options.fee_function(fee)}
    check_folders(report)
    check_seeds(given, seeds)
    with progress_bar("steps") as progress:
        found = run(
            *specs, stage.prices, windows=windows, value=value, agents=stage.agents, seed=stage.seed, progress=progress,
            **asked,
        )  # fmt: skip
    if seeds > 1:
        with progress_bar("rows of prices") as progress:
            over = differences_over_seeds(*specs, given, seeds, value=found.value, progress=progress, **asked)
        found = replace(found, over=over)
    if report is not None:
        found.write_report(report, names=(a.stem, b.stem), scenario=given.source)
    if as_json:
        print_json(found.to_dict())
    else:
        print_comparison(found, (a.stem, b.stem), report)


def print_comparison(found: Comparison, names: tuple[str, str], report: Path | None) -> None:
    """Print a row for each figure: A, B, the difference; per window its mean and error, and what that means."""
    from rich.text import Text

    from poolwright.simulate.sweep.comparison import METHOD
    from poolwright.simulate.sweep.comparison_words import ordered, row_of
    from poolwright.simulate.words import shortened

    out = console()
    head = ("", names[0], names[1], "difference", "per window", "s.e.", "")
    cells = [head, *(row_of(each) for each in ordered(found))]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for k, row in enumerate(cells):
        texts = [row[0].ljust(widths[0])]
        texts += [cell.rjust(width) for cell, width in zip(row[1:6], widths[1:6], strict=True)]
        line = Text("  " + "  ".join(texts), "dim" if k == 0 else "")
        out.print(line.append(f"  {row[6]}", "green" if row[6].startswith("B") else "dim"), soft_wrap=True)
    out.print()
    if found.over is not None:
        _print_over_seeds(out, found.over, names)
    first, last = found.windows[0][0][:10], found.windows[-1][1][:10]
    for text in (
        f"prices     {shortened(found.source)}, {first} to {last}",
        f"windows    {len(found.windows)}: {METHOD}",
        f"value      {found.value:,.0f} at first, in each window too",
        f"hashes     pools {found.pools[0].hash[:12]} and {found.pools[1].hash[:12]}, prices {found.sha256[:12]}",
    ):
        out.print(Text(f"  {text}", "dim"), soft_wrap=True)
    if report is not None:
        out.print(Text(f"  written    {report}"), soft_wrap=True)


def _print_over_seeds(out: Console, over: OverSeeds, names: tuple[str, str]) -> None:
    """Print the mean difference over seeds with its error, of what seeds move."""
    from rich.text import Text

    from poolwright.simulate.sweep.comparison_words import over_seeds_rows

    rows = [[figure, mean, f"±{error}", said] for figure, mean, error, _, _, said in over_seeds_rows(over)]
    first, last = over.seeds[0], over.seeds[-1]
    head = f"{names[1]} \N{MINUS SIGN} {names[0]} over {len(over.seeds)} seeds, {first} to {last} (above: {first})"
    out.print(Text(f"  {head}"), soft_wrap=True)
    for line in aligned(rows):
        out.print(Text(f"  {line}"), soft_wrap=True)
    out.print()
