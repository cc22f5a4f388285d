"""`poolwright simulate` of several pools: side by side in one market, retail split over all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from poolwright.cli.output import INTERRUPTED, aligned, console, fitted, print_json, progress_bar, say
from poolwright.cli.outputs import Outputs, print_outcome
from poolwright.cli.proof import verify_on_contract
from poolwright.errors import PoolwrightError

if TYPE_CHECKING:
    from rich.console import Console

    from poolwright.simulate.pools_result import PoolsResult
    from poolwright.simulate.scenario import Scenario
    from poolwright.simulate.seeds import PoolsOverSeeds
    from poolwright.spec.schema import PoolSpec

# Figures shown, in this order.
SHOWN = (
    "first_value", "value", "value_vs_hold", "value_vs_rebalanced", "fees", "retail_cost", "arbitrage_fees", "lvr",
    "arbitrage_profit", "trades",
)  # fmt: skip


def simulate_side_by_side(
    files: Sequence[Path],
    specs: Sequence[PoolSpec],
    scenario: Scenario,
    seeds: int,
    asked: dict[str, Any],
    *,
    verify: bool,
    outputs: Outputs,
    as_json: bool,
) -> None:
    """Run pools of the same tokens at once; each has its own page, tables, trades and proof."""
    _check_names(files)
    found, over, interrupted = _run(specs, scenario, seeds, **asked)
    found.check()
    notes, written = [], []
    for place, (file, result) in enumerate(zip(files, found.pools, strict=True)):
        proofs = [verify_on_contract(result)] if verify and not interrupted else []
        notes += [f"{file.stem}: {proof}" for proof in proofs]
        told = {"terms": scenario.position, "scenario": scenario.source}
        written += outputs.of(file).write(
            result, proofs, told | {"over": over.pools[place] if over else None}
        )
    if as_json:
        more = {"over_seeds": over.to_dict()} if over else {}
        print_json(found.to_dict() | more | ({"verified": notes} if verify else {}))
    else:
        print_side_by_side(found, over, files, notes, written)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _run(
    specs: Sequence[PoolSpec], scenario: Scenario, seeds: int, value: float | None, fee: Any, **asked: Any
) -> tuple[PoolsResult, PoolsOverSeeds | None, bool]:
    """Simulate with a progress bar; tell whether Ctrl-C ended it, with the rows and seeds done until then."""
    from poolwright.simulate.pools import PoolsInterrupted
    from poolwright.simulate.pools_result import PoolsResult
    from poolwright.simulate.seeds import pools_over_seeds

    each: dict[str, Any] = {
        "values": None if value is None else [value] * len(specs),
        "fees": None if fee is None else [fee] * len(specs),
    }
    try:
        with progress_bar("rows of prices") as progress:
            found, over = pools_over_seeds(specs, scenario, seeds, progress=progress, **each, **asked)
            return found, over, False
    except PoolsInterrupted as stopped:
        if not isinstance(stopped.result, PoolsResult):
            raise
        return stopped.result, stopped.over, True


def _check_names(files: Sequence[Path]) -> None:
    """Refuse two pool files of one name: their columns and pages could not be told apart."""
    names = [file.stem for file in files]
    for name in names:
        if names.count(name) > 1:
            raise PoolwrightError(f"two pool files are named {name}: give them names that tell them apart.")


def print_side_by_side(
    found: PoolsResult,
    over: PoolsOverSeeds | None,
    files: Sequence[Path],
    notes: list[str],
    written: list[Path],
) -> None:
    """Print a column for each pool and one for all, then where the orders went, then the same over seeds."""
    from rich.text import Text

    from poolwright.simulate.sweep.wording import write_figure

    out = console()
    columns = [*(pool.figures() for pool in found.pools), found.figures()]
    rows = [
        [name.replace("_", " "), *(write_figure(name, float(each.get(name, math.nan))) for each in columns)]
        for name in SHOWN
    ]
    _print_table(out, ["", *(file.stem for file in files), "together"], rows)
    if over is not None:
        _print_over_seeds(out, over, files)
    for line in _basis(found):
        say(out, Text(f"  {line}", "dim"))
    print_outcome(out, found.pools[0], notes, written)


def _print_over_seeds(out: Console, over: PoolsOverSeeds, files: Sequence[Path]) -> None:
    """Print mean and standard error of what seeds move."""
    from poolwright.simulate.sweep.wording import write_figure

    columns, seeds = [*over.pools, over.together], over.together.seeds
    rows = []
    for name in SHOWN:
        told = [each[name] if name in each.figures else (math.nan, math.nan) for each in columns]
        if any(error > 0 for _, error in told):
            cells = [
                (write_figure(name, mean), write_figure(name, error).lstrip("+")) for mean, error in told
            ]
            rows.append(
                [name.replace("_", " "), *(f"{mean} ±{error}" if mean else "" for mean, error in cells)]
            )
    title = f"mean of {len(seeds)} seeds, {seeds[0]} to {seeds[-1]} (above: {seeds[0]}), ± standard error"
    _print_table(out, [title, *(file.stem for file in files), "together"], rows)


def _print_table(out: Console, head: list[str], rows: list[list[str]]) -> None:
    """Print aligned rows; a long first cell of the head has a line of its own."""
    from rich.text import Text

    if head[0]:
        out.print(Text(f"  {head[0]}"), soft_wrap=True)
    cells, gap = fitted(out, [["", *head[1:]], *rows])
    for k, line in enumerate(aligned(cells, gap)):
        out.print(Text(f"  {line}", "dim" if k == 0 else ""), soft_wrap=True)
    out.print()


def _basis(found: PoolsResult) -> list[str]:
    """Return where retail's orders went, who traded, and on which prices."""
    from poolwright.simulate.words import money, shortened, traders_in_short

    first, together = found.pools[0], found.figures()
    orders = {
        name.removeprefix("orders_").replace("_", " "): float(value)
        for name, value in together.items()
        if "orders_" in name
    }
    told = ", ".join(f"{name} {money(value)}" for name, value in orders.items())
    lines = [f"orders     {told}"] if any(orders.values()) else []
    lines += [f"{name:<10} {text}" for name, text in traders_in_short(first)]
    return [*lines, f"prices     {shortened(first.prices.source)}, {first.rows:,} rows"]
