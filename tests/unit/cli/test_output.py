"""Lines and tables that a terminal is too narrow for go on in whole words; what is piped stays one line a row."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from poolwright.cli.output import fitted, say

LINE = (
    "  retail     6 orders an hour of 1,500 on average; split with a venue at the market's prices, fee 0.6 %"
)
CELLS = [
    ["", "index", "chosen"],
    ["value", "605,377.59", "+31,793.86"],
    ["2024-02-06 to 2024-03-12", "0.12", "-1 %"],
]


def terminal(width: int, *, real: bool = True) -> tuple[Console, io.StringIO]:
    stream = io.StringIO()
    return Console(file=stream, width=width, force_terminal=real, color_system=None, highlight=False), stream


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_long_line_goes_on_below_its_text(width: int) -> None:
    out, stream = terminal(width)
    say(out, Text(LINE))
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("  retail     6 orders")
    assert all(line.startswith(" " * 13) for line in lines[1:])
    assert " ".join(" ".join(lines).split()) == " ".join(LINE.split())


def test_a_line_stays_one_where_there_is_room_or_nobody_looks() -> None:
    for out, stream in (terminal(200), terminal(60, real=False), terminal(15)):
        say(out, Text(LINE))
        assert stream.getvalue() == LINE + "\n"


def test_a_table_is_narrower_only_where_it_must_be() -> None:
    assert fitted(terminal(200)[0], CELLS) == (CELLS, "  ")
    assert fitted(terminal(20, real=False)[0], CELLS) == (CELLS, "  ")
    narrow, gap = fitted(terminal(40)[0], CELLS)
    assert gap == " "
    assert narrow[1:] == [["value", "605,378", "+31,794"], ["2024-02-06/2024-03-12", "0.12", "-1 %"]]
