"""The README's tour is executed as printed, in an empty folder, and prints what it says there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOUR = "## A tour"


def blocks(readme: str, language: str) -> list[str]:
    """Return the tour's fenced blocks of one language."""
    tour = readme.split(TOUR, 1)[1].split("\n## ", 1)[0]
    return re.findall(rf"```{language}\n(.*?)```", tour, flags=re.DOTALL)


@pytest.fixture(scope="module")
def readme(project_root: Path) -> str:
    return (project_root / "README.md").read_text(encoding="utf-8")


def run(command: list[str] | str, folder: Path) -> str:
    """Run as a user would, whose shell finds this environment's commands."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        shell=isinstance(command, str),
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def toured(readme: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the tour's commands in an empty folder; return it."""
    pytest.importorskip("pyrevm")  # for `simulate --verify`
    folder = tmp_path_factory.mktemp("tour")
    text = "\n".join(blocks(readme, "console")).replace("\\\n", " ")  # a command may go on over lines
    commands = [line[2:] for line in text.splitlines() if line[:2] == "$ "]
    assert len(commands) > 7
    for command in commands:
        run(command.partition("  #")[0], folder)
    return folder


def test_tour_on_the_command_line(toured: Path) -> None:
    """What the commands were asked to write is there."""
    names = {path.relative_to(toured).as_posix() for path in toured.rglob("*") if path.is_file()}
    assert {
        "report.html",
        "sweep.html",
        "chosen.toml",
        "poolwright-demo/prices.csv",
        "poolwright-demo/report.html",
    } <= names


def test_tour_in_python(readme: str, toured: Path) -> None:
    """A comment behind a print is the line that it prints."""
    code = "\n".join(blocks(readme, "python"))
    prints = [line for line in code.splitlines() if line.lstrip().startswith("print(")]
    expected = [line.partition("  # ")[2] for line in prints]
    assert prints
    assert all(expected), "every print of the tour shows what it prints"
    shown = run([sys.executable, "-c", code], toured)
    assert [line for line in shown.splitlines() if line in expected] == expected, shown


def links(page: Path) -> list[str]:
    """Return a page's relative links; what looks like one inside code is none."""
    prose = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"\]\(([^)#:]+)\)", prose)


def test_links_lead_somewhere(project_root: Path) -> None:
    folders = [project_root / name for name in ("docs", "tests", "bench")]
    pages = [*project_root.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))]
    assert any(links(page) for page in pages)
    assert [
        f"{page}: {link}" for page in pages for link in links(page) if not (page.parent / link).exists()
    ] == []
