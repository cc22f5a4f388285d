"""How commands speak: aligned text for people, JSON for programs, one line for what went wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from poolwright.errors import Finding, PoolwrightError, SpecError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

COLOURS: Final = {"error": "bold red", "warning": "bold yellow"}

# Exit status after Ctrl-C, as shells have it.
INTERRUPTED: Final = 130

# Prose in longer lines is hard to read, however wide the terminal.
MAX_WIDTH: Final = 110


def console(*, stderr: bool = False) -> Console:
    """Return a console; rich decides on colours by whether it writes to a terminal."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show how much of `what` is done, and the time left, on stderr while it is a terminal; it leaves no trace."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_json(data: Any) -> None:
    """Write JSON to stdout; anything beyond the plain types must have been converted."""
    print(json.dumps(data, indent=2))


def complain(error: PoolwrightError) -> None:
    """Write one line to stderr that says what is wrong and what to do."""
    from rich.text import Text

    text = Text.assemble(("error: ", COLOURS["error"]), one_line(error))
    console(stderr=True).print(text, soft_wrap=True)


def one_line(error: PoolwrightError) -> str:
    """Return the error in one line; several findings are counted and the first error is shown."""
    if not isinstance(error, SpecError):
        return " ".join(str(error).split())
    errors = [finding for finding in error.findings if finding.severity == "error"]
    if len(errors) < 2 or errors[0].file is None:
        return " ".join("; ".join(str(finding) for finding in errors).split())
    file = errors[0].file
    return f'{file}: {len(errors)} errors; "poolwright check {file}" explains each. First: {errors[0]}'


def print_findings(out: Console, findings: Iterable[Finding]) -> None:
    """Print findings: severity and line on the left; key, danger and remedy on the right."""
    from rich.text import Text

    for finding in findings:
        line = f"line {finding.line}" if finding.line else ""
        head = Text.assemble((f"  {finding.severity:<9}", COLOURS[finding.severity]), (f"{line:<10}", "dim"))
        title = Text(finding.key, "bold")
        if finding.value:
            title.append(f" = {finding.value}", "not bold")
        paragraphs = [Text(finding.message), Text(finding.fix, "green")]
        print_block(out, head, paragraphs if finding.code == "unreadable" else [title, *paragraphs])


def print_block(out: Console, head: Text, paragraphs: Sequence[Text]) -> None:
    """Print paragraphs in a column of their own, with `head` beside the first line, and an empty line."""
    width = max(min(out.width, MAX_WIDTH) - head.cell_len, 20)
    for paragraph in paragraphs:
        paragraph.plain = paragraph.plain.replace(" %", "\N{NO-BREAK SPACE}%")
        for line in paragraph.wrap(out, width):
            line.rstrip()
            line.plain = line.plain.replace("\N{NO-BREAK SPACE}", " ")
            out.print(head + line, soft_wrap=True)
            head = type(head)(" " * head.cell_len)
    out.print()


def say(out: Console, text: Text, hang: int = 13) -> None:
    """Print one line; where a terminal is too narrow for it, the rest goes below column `hang`, in whole words."""
    if not out.is_terminal or text.cell_len <= out.width or hang >= out.width - 10:
        out.print(text, soft_wrap=True)
        return
    head, body = text[:hang], text[hang:]
    for line in body.wrap(out, out.width - hang):
        line.rstrip()
        out.print(head + line, soft_wrap=True)
        head = type(text)(" " * hang)


def fitted(out: Console, cells: Sequence[Sequence[str]], indent: int = 2) -> tuple[list[list[str]], str]:
    """Return cells and the gap between columns: as they are, or narrower where a terminal has no room for them.

    Narrower: one blank between columns, thousands without cents, a stretch of days with a stroke.
    """
    width = sum(max(map(len, column)) + 2 for column in zip(*cells, strict=True)) - 2 + indent
    if not out.is_terminal or width <= out.width:
        return [list(row) for row in cells], "  "
    return [[_shorter(cell) for cell in row] for row in cells], " "


def _shorter(cell: str) -> str:
    if "," in cell and "." in cell:
        try:
            return f"{float(cell.replace(',', '')):{'+' if cell.startswith('+') else ''},.0f}"
        except ValueError:  # more than a number
            return cell
    return cell.replace(" to ", "/")


def aligned(cells: Sequence[Sequence[str]], gap: str = "  ") -> list[str]:
    """Return rows of cells as lines of columns, the first to the left and the others to the right.

    >>> aligned([["", "a"], ["fees", "1,000"]])
    ['          a', 'fees  1,000']
    """
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        gap.join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in cells
    ]


def plural(count: int, noun: str) -> str:
    """Return the count with its noun.

    >>> plural(1, "error"), plural(0, "error")
    ('1 error', '0 errors')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
