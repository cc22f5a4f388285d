"""`poolwright diff`: what changed between two pool files, and what it means."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from poolwright.cli.output import console, plural, print_block, print_json
from poolwright.spec.diff import Change, diff_specs
from poolwright.spec.load import load_spec


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="The pool as it was.", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="B", help="The pool as it is.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say in words what differs between two pool files.

    Exit status 0 whether or not they differ (--json says so in "same"), 2 when one is not usable.
    """
    old, new = load_spec(before), load_spec(after)
    changes = diff_specs(old, new)
    if as_json:
        hashes = {"before": old.resolve().hash, "after": new.resolve().hash}
        print_json({
            "same": not changes, "hash": hashes, "changes": [change.as_dict() for change in changes],
        })  # fmt: skip
    else:
        _print(str(before), str(after), changes)


def _print(before: str, after: str, changes: list[Change]) -> None:
    """Print a row for each change and one summary line."""
    from rich.text import Text

    out = console()
    out.print(Text.assemble((before, "bold"), " -> ", (after, "bold")))
    if not changes:
        out.print(Text.assemble(("the same", "bold green"), ": the two files describe the same pool"))
        return
    out.print()
    width = max(len(change.key) for change in changes) + 2
    for change in changes:
        steps = Text.assemble((change.before, "red"), " -> ", (change.after, "green"))
        head = Text.assemble(("* " if change.fixed else "  ", "red"), (change.key.ljust(width), "bold"))
        print_block(out, head, [steps, Text(change.meaning)])
    fixed = sum(change.fixed for change in changes)
    count = plural(len(changes), "change")
    if fixed:
        tail = f": {count}, {fixed} of which (*) no running pool can make; liquidity has to move to a new one"
        out.print(Text.assemble(("a new pool", "bold red"), tail), soft_wrap=True)
    else:
        out.print(Text.assemble(("the same pool, adjusted", "bold yellow"), f": {count}"))
