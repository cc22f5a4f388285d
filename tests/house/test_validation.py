"""docs/validation.md is what its tool writes, shows every problem, and would show a failure."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest


def table(project_root: Path) -> list[list[str]]:
    """Return the cells of the page's rows."""
    text = (project_root / "docs" / "validation.md").read_text(encoding="utf-8")
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if re.match(r"\| T\d", line)
    ]


def test_page_is_what_the_tool_writes(project_root: Path) -> None:
    """Every row is computed again, about half a minute."""
    pytest.importorskip("pyrevm", reason="T11 replays on contracts")
    done = subprocess.run(
        [sys.executable, "tools/validation.py", "--check"],
        cwd=project_root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_page_shows_every_problem_and_its_tests(project_root: Path) -> None:
    rows = table(project_root)
    assert {cells[0].partition(",")[0] for cells in rows} == {f"T{number}" for number in range(1, 13)}
    for cells in rows:
        assert len(cells) == 7, cells
        number, target = re.match(r"T(\d+)", cells[0]), re.search(r"\]\((.+?)\)", cells[5])
        assert number
        assert target
        assert (project_root / "docs" / target[1]).exists()
        assert f"test_t{int(number[1]):02}_" in target[1]
        assert cells[6] == "pass"


def test_rows_that_miss_fail() -> None:
    pytest.importorskip("pyrevm", reason="the tool replays on contracts")
    from tools import validation

    assert validation.near("x", 1.0, 1.01, ".2f", (0.02, "2 %")).passed
    assert not validation.near("x", 1.0, 1.03, ".2f", (0.02, "2 %")).passed
    assert not validation.near("x", 1.0, math.nan, ".2f", (0.02, "2 %")).passed
    assert not validation.shown("x", "1.00", "1.01").passed
    assert validation.at_most("x", 1e-6, 3e-7) == ("x", "0", "below 1e-6", "1e-06", True)
    assert not validation.at_most("x", 1e-6, 2e-6).passed
