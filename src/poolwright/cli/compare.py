"""`poolwright compare`: two designs on the same prices, side by side, with the error of their difference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolwright.cli import scenario_options as options
from poolwright.cli.output import (
    INTERRUPTED,
    aligned,
    complain,
    console,
    fitted,
    print_json,
    progress_bar,
    say,
)
from poolwright.cli.outputs import check_folders
from poolwright.errors import PoolwrightError
from poolwright.spec.load import load_spec

if TYPE_CHECKING:
    from rich.console import Console

    from poolwright.simulate.scenario import Scenario, Stage
    from poolwright.simulate.seeds import OverSeeds
    from poolwright.simulate.sweep.comparison import Comparison
    from poolwright.spec.schema import PoolSpec


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="One design.", show_default=False)],
    b: Annotated[Path, typer.Argument(metavar="B", help="The other.", show_default=False)],
    *,
    windows: Annotated[int, typer.Option(help="Windows for the standard error.")] = 12,
    value: Annotated[
        float | None, typer.Option(metavar="MONEY", help="First value of both; else that of A's balances.")
    ] = None,
    seeds: options.Seeds = 1,
    folder: Annotated[
        Path | None, typer.Option(help="Keep finished seeds in this folder, and go on from it.")
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
    report: options.Report = None,
    as_json: options.Json = False,
) -> None:
    """Run two designs through the same prices, side by side.

    The difference carries its standard error, from windows of the prices in which both start afresh; with --seeds from
    seeds, too, alike for both. Ctrl-C reports the seeds that are done.
    """
    from poolwright.simulate.seeds import check_seeds

    specs = load_spec(a), load_spec(b)
    given = options.read_scenario(
        specs, scenario, prices, changes, arbitrage=arbitrage, gas_cost=gas_cost, alias=alias, allow_gaps=allow_gaps
    )  # fmt: skip
    stage = given.stage(list(dict.fromkeys(token.symbol for spec in specs for token in spec.tokens)))
    asked: dict[str, Any] = {"precision": precision}
    asked |= {} if fee is None else {"fee": options.fee_function(fee)}
    check_folders(report)
    check_seeds(given, seeds)
    if folder is not None and seeds < 2:
        raise PoolwrightError("--folder keeps the seeds of --seeds, and there is only one.")
    found = _both(specs, stage, asked | {"windows": windows, "value": value})
    interrupted = False
    if seeds > 1:
        asked |= {"value": found.value, "folder": folder}
        over, interrupted = _over_seeds(specs, given, seeds, asked)
        found = replace(found, over=over)
    if report is not None:
        found.write_report(report, names=(a.stem, b.stem), scenario=given.source)
    if as_json:
        print_json(found.to_dict())
    else:
        print_comparison(found, (a.stem, b.stem), report)
        if interrupted:
            _say_stopped(found, seeds, folder)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _both(specs: tuple[PoolSpec, PoolSpec], stage: Stage, asked: dict[str, Any]) -> Comparison:
    """Compare over the prices with a progress bar; after Ctrl-C there is nothing to show yet."""
    from poolwright.simulate.sweep.comparison import compare as run

    try:
        with progress_bar("steps") as progress:
            return run(*specs, stage.prices, agents=stage.agents, seed=stage.seed, progress=progress, **asked)
    except KeyboardInterrupt:
        complain(PoolwrightError("stopped before both designs had run: there is nothing to compare yet."))
        raise typer.Exit(INTERRUPTED) from None


def _say_stopped(found: Comparison, seeds: int, folder: Path | None) -> None:
    done = f"after {len(found.over.seeds)}" if found.over else "before two"
    more = f"the same command goes on from {folder}" if folder else "with --folder it would go on from there"
    console().print(f"  stopped    {done} of {seeds} seeds; {more}", style="bold yellow", soft_wrap=True)


def _over_seeds(
    specs: tuple[PoolSpec, PoolSpec], scenario: Scenario, seeds: int, asked: dict[str, Any]
) -> tuple[OverSeeds | None, bool]:
    """Compare with a progress bar; tell whether Ctrl-C ended it, with the seeds done until then."""
    from poolwright.simulate.seeds import SeedsInterrupted, differences_over_seeds

    try:
        with progress_bar("rows of prices") as progress:
            return differences_over_seeds(*specs, scenario, seeds, progress=progress, **asked), False
    except SeedsInterrupted as stopped:
        return stopped.over, True


def print_comparison(found: Comparison, names: tuple[str, str], report: Path | None) -> None:
    """Print a row for each figure: A, B, the difference; per window its mean and error, and what that means."""
    from rich.text import Text

    from poolwright.simulate.sweep.comparison import METHOD
    from poolwright.simulate.sweep.comparison_words import ordered, row_of
    from poolwright.simulate.words import shortened

    out = console()
    head = ("", *names, "difference", "per window", "s.e.", names[1])
    cells, gap = fitted(out, [head, *(row_of(each, "") for each in ordered(found))])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for k, row in enumerate(cells):
        texts = [row[0].ljust(widths[0])]
        texts += [cell.rjust(width) for cell, width in zip(row[1:6], widths[1:6], strict=True)]
        line, said = Text("  " + gap.join(texts), "dim" if k == 0 else ""), row[6].strip()
        out.print(line.append(gap + said, "green" if said in ("more", "less") else "dim"), soft_wrap=True)
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
        say(out, Text(f"  {text}", "dim"))
    if report is not None:
        out.print(Text(f"  written    {report}"), soft_wrap=True)


def _print_over_seeds(out: Console, over: OverSeeds, names: tuple[str, str]) -> None:
    """Print the mean difference over seeds with its error, of what seeds move."""
    from rich.text import Text

    from poolwright.simulate.sweep.comparison_words import over_seeds_rows

    rows = [
        [figure, mean, f"±{error}", said]
        for figure, mean, error, _, _, said in over_seeds_rows(over, names[1])
    ]
    first, last = over.seeds[0], over.seeds[-1]
    head = f"{names[1]} \N{MINUS SIGN} {names[0]} over {len(over.seeds)} seeds, {first} to {last} (above: {first})"
    out.print(Text(f"  {head}"), soft_wrap=True)
    for line in aligned(rows):
        out.print(Text(f"  {line}"), soft_wrap=True)
    out.print()
