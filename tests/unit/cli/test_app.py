"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from poolwright import __version__
from poolwright.cli.app import COMMANDS, load
from tests.unit.cli.conftest import Run


def test_help_lists_every_command(run: Run) -> None:
    outcome = run("--help")
    assert outcome.status == 0
    for name, (_, summary) in COMMANDS.items():
        assert name in outcome.out
        assert summary in outcome.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_overview_says_what_the_command_says(name: str) -> None:
    target, summary = COMMANDS[name]
    assert find_spec(target.partition(":")[0]) is not None
    assert (load(target).__doc__ or "").strip().splitlines()[0] == summary


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    outcome = run(name, "--help")
    assert outcome.status == 0
    assert COMMANDS[name][1] in " ".join(outcome.out.split())


def test_version(run: Run) -> None:
    assert run("--version").out == f"poolwright {__version__}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["simulate", "a.toml", "--seeds", "abc"], "--seeds"),
        (["simulate"], "Missing argument"),
        (["simulate", "a.toml", "--nothing"], "--nothing"),
        (["chekc"], "chekc"),
        (["sweep", "a.toml"], "--vary"),
    ],
)
def test_options_that_cannot_be_read_are_one_line(run: Run, words: list[str], told: str) -> None:
    outcome = run(*words)
    assert (outcome.status, outcome.out) == (2, "")
    assert told in outcome.err
    assert outcome.err.count("\n") == 1
    assert "poolwright" in outcome.err.split('"')[-2]


def test_a_wrong_command_exits_with_2_and_names_the_nearest(run: Run) -> None:
    outcome = run("chekc")
    assert outcome.status == 2
    assert "check" in outcome.err


def test_an_unexpected_end_of_the_reader_is_quiet() -> None:
    command = f"{sys.executable} -m poolwright.cli --help | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_help_imports_nothing_heavy() -> None:
    heavy = "{'pydantic', 'numpy', 'numba', 'poolwright.model', 'web3', 'plotly'} & set(sys.modules)"
    code = (
        "import sys\nfrom poolwright.cli import main\n"
        f"try:\n    main(['--help'])\nexcept SystemExit:\n    print(sorted({heavy}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
