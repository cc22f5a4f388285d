"""`poolwright simulate` of several pools: side by side in one market, retail split over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poolwright.cli.output import aligned, console, progress_bar
from poolwright.errors import PoolwrightError

if TYPE_CHECKING:
    from poolwright.simulate.pools import PoolsResult
    from poolwright.simulate.scenario import Scenario
    from poolwright.spec.schema import PoolSpec

# Figures shown, in this order.
SHOWN = (
    "first_value", "value", "value_vs_hold", "value_vs_rebalanced", "fees", "retail_cost", "arbitrage_fees", "lvr",
    "arbitrage_profit", "trades",
)  # fmt: skip


def run_side_by_side(
    specs: Sequence[PoolSpec], scenario: Scenario, value: float | None, precision: str, fee: Any
) -> PoolsResult:
    """Simulate pools of the same tokens at once; Ctrl-C ends it without a result."""
    from poolwright.simulate.pools import simulate_pools

    stage = scenario.stage([token.symbol for token in specs[0].tokens])
    with progress_bar("rows of prices") as progress:
        return simulate_pools(
            specs, stage.prices, values=None if value is None else [value] * len(specs), agents=stage.agents,
            fees=None if fee is None else [fee] * len(specs), seed=stage.seed, precision=precision, progress=progress,
        )  # fmt: skip


def each_path(path: Path | None, file: Path) -> Path | None:
    """Return where a pool's own page or tables go: page.html becomes page-<name of the pool file>.html."""
    return None if path is None else path.with_name(f"{path.stem}-{file.stem}{path.suffix}")


def check_names(files: Sequence[Path]) -> None:
    """Refuse two pool files of one name: their columns and pages could not be told apart."""
    names = [file.stem for file in files]
    for name in names:
        if names.count(name) > 1:
            raise PoolwrightError(f"two pool files are named {name}: give them names that tell them apart.")


def print_side_by_side(
    found: PoolsResult, files: Sequence[Path], notes: list[str], written: list[Path]
) -> None:
    """Print a column for each pool and one for all, then where the orders went."""
    from rich.text import Text

    from poolwright.simulate.sweep.wording import write_figure
    from poolwright.simulate.words import money, shortened, traders_in_short

    out = console()
    together, each = found.figures(), [pool.figures() for pool in found.pools]
    cells = [["", *(file.stem for file in files), "together"]]
    for name in SHOWN:
        values = [figures[name] for figures in each]
        told = [write_figure(name, float(value)) for value in values]
        cells.append(
            [name.replace("_", " "), *told, write_figure(name, float(together.get(name, float("nan"))))]
        )
    for k, line in enumerate(aligned(cells)):
        out.print(Text(f"  {line}", "dim" if k == 0 else ""), soft_wrap=True)
    out.print()
    orders = {
        name.removeprefix("orders_").replace("_", " "): value
        for name, value in together.items()
        if "orders_" in name
    }
    told_orders = ", ".join(f"{name} {money(float(value))}" for name, value in orders.items())
    first = found.pools[0]
    lines = [f"orders     {told_orders}"] if any(orders.values()) else []
    lines += [f"{name:<10} {text}" for name, text in traders_in_short(first)]
    lines.append(f"prices     {shortened(first.prices.source)}, {first.rows:,} rows")
    for line in lines:
        out.print(Text(f"  {line}", "dim"), soft_wrap=True)
    for note in notes:
        out.print(Text(f"  verified   {note}", "green"), soft_wrap=True)
    for path in written:
        out.print(Text(f"  written    {path}"), soft_wrap=True)
