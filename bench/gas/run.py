"""Measure gas on anvil, print ours beside the peers', and rewrite snapshots/gas.json on demand."""

from __future__ import annotations

import argparse
import json
import sys

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench.gas import scenarios, uniswap
from bench.gas.market import Market
from bench.gas.node import ROOT, running
from bench.gas.targets import CONDITIONS, TARGETS, Target

WIDTH = 104  # of the table; a narrower terminal wraps its lines
SNAPSHOT = ROOT / "snapshots" / "gas.json"


def measured() -> dict[str, int]:
    """Gas by name: the conditions (Uniswap's only where npm can fetch it), then ours. On a node of its own."""
    with running() as node:
        market = Market(node, scenarios.TOKENS)
        # Uniswap last: whether it takes part changes nothing for ours
        return market.token_costs() | scenarios.measure(market) | uniswap.measure(market)


def recorded() -> dict[str, int]:
    """The committed figures."""
    return dict(json.loads(SNAPSHOT.read_text("utf-8")))


def ours(gas: dict[str, int], before: dict[str, int]) -> Table:
    """Every scenario, its change since the snapshot, its limits, and the cheapest peer."""
    table = listing("Gas of a transaction, 21,000 and calldata included", "scenario")
    for name in ("gas", "change", "must / aim", "", "peer"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    for name, value in gas.items():
        if name in CONDITIONS:
            continue
        change = value - before.get(name, value)
        row = [name, f"{value:,}", f"{change:+,}" if change else ""]
        if target := TARGETS.get(name):
            peer, figure = min(target.peers.items(), key=lambda each: each[1], default=("", 0))
            limits = f"{target.must // 1000}k / {target.aim // 1000}k"
            row += [limits, verdict(value, target), f"{figure:,}" if peer else "", peer]
        table.add_row(*row)
    return table


def verdict(gas: int, target: Target) -> str:
    if gas > target.must:
        return f"[red]{gas - target.must:,} over[/]"
    return "[green]aim[/]" if gas <= target.aim else "must"


def conditions(gas: dict[str, int]) -> Table:
    """What is measured again of others, beside what was published."""
    table = listing("The conditions: others, measured in the same run", "what")
    for name in ("here", "published", "difference"):
        table.add_column(name, justify="right")
    for name, published in CONDITIONS.items():
        if name in gas:
            table.add_row(name, f"{gas[name]:,}", f"{published:,}", f"{gas[name] - published:+,}")
    return table


def listing(title: str, first: str) -> Table:
    """A table without lines but under its head."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, no_wrap=True)
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="rewrite snapshots/gas.json")
    options = parser.parse_args()
    try:
        gas = measured()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(ours(gas, recorded() if SNAPSHOT.exists() else {}))
    console.print(conditions(gas))
    if options.write:
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(json.dumps(gas, indent=1) + "\n", "utf-8")
        print(f"written: {SNAPSHOT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
