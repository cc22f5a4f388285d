"""The tables that say which tests hold a property, or replay a loss, name tests that exist, and all that are meant."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PROPERTIES = TESTS / "properties" / "README.md"
INCIDENTS = TESTS / "regression" / "README.md"


def collected(path: Path) -> set[str]:
    """The tests of a file that pytest would collect and not skip."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
            if "mark.skip" not in marks and "xfail" not in marks:
                found.add(node.name)
    return found


def rows(page: Path) -> list[list[str]]:
    """The cells of a page's only table."""
    lines = [line for line in page.read_text("utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_property_has_tests_that_exist() -> None:
    table = rows(PROPERTIES)
    assert [row[0] for row in table] == [str(number) for number in range(1, 13)]
    for number, _, cell in table:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", cell)
        assert len(named) >= 3, number
        assert len(named) == cell.count("`") // 2, f"{number}: a test without its file"
        for file, name in named:
            assert name in collected(TESTS / file), f"{number}: {file} has no {name}"


def test_every_loss_is_replayed_and_every_replay_is_told() -> None:
    told: set[str] = set()
    for incident, _, cell in rows(INCIDENTS):
        for file, names in re.findall(r"`(test_\w+\.py)`: ((?:`\w+`(?: \(\d\))?(?:, )?)+)", cell):
            for name, count in re.findall(r"`(\w+)`(?: \((\d)\))?", names):
                found = {
                    each for each in collected(INCIDENTS.parent / file) if each.startswith(f"test_{name}")
                }
                assert len(found) == int(count or 1), f"{incident}: {file} has {sorted(found)}"
                told |= found
        elsewhere = re.findall(r"`tests/([\w/]+\.py)`", cell)
        assert all(collected(TESTS / file) for file in elsewhere), incident
    assert told == set().union(*(collected(path) for path in INCIDENTS.parent.glob("test_*.py")))
