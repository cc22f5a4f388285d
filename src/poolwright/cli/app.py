"""The command `poolwright`: a table of commands, each loaded when it is called.

To add a command, write `cli/<name>.py` with one function and add it to COMMANDS.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any, Final

import typer

from poolwright import __version__
from poolwright.cli.output import complain
from poolwright.errors import PoolwrightError

# Name -> where the function is, and the first line of its docstring (a test compares them), so that
# the overview needs no command's imports.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "new": ("poolwright.cli.new:new", "Write a new pool.toml from a preset."),
    "check": ("poolwright.cli.check:check", "Find every misconfiguration in pool files."),
    "diff": ("poolwright.cli.diff:diff", "Say in words what differs between two pool files."),
    "quote": ("poolwright.cli.quote:quote", "Quote a trade against a pool's first balances, to the wei."),
    "simulate": ("poolwright.cli.simulate:simulate", "Run a pool through recorded prices or a named market."),
    "sweep": ("poolwright.cli.sweep:sweep", "Run a pool many times with some of its keys varied."),
    "compare": ("poolwright.cli.compare:compare", "Run two designs through the same prices, side by side."),
    "position": (
        "poolwright.cli.position:position",
        "Say what a position lost against holding, and what fees must earn.",
    ),
    "demo": ("poolwright.cli.demo:demo", "Show the whole line on a generated market."),
}


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 for success, 2 for bad input with one clear line."""
    given = list(sys.argv[1:] if args is None else args)
    try:
        sys.exit(build(given)(args=given, prog_name="poolwright", standalone_mode=False))
    except PoolwrightError as error:
        complain(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`| head`) has gone; point stdout elsewhere, so that the exit flushes quietly.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # of the library that reads options: one line, as for all bad input
        if type(error).__name__ == "Abort":  # its own name for Ctrl-C
            sys.exit(130)
        if not hasattr(error, "format_message"):
            raise
        if given:  # without arguments, help has been shown
            complain(PoolwrightError(_usage_error(error, given)))
        sys.exit(2)


def _usage_error(error: Any, given: Sequence[str]) -> str:
    """Say what is wrong with the options, and who lists them."""
    command = next((arg for arg in given if arg in COMMANDS), None)
    known = f"poolwright {command} -h" if command else "poolwright -h"
    return f'{str(error.format_message()).rstrip(".")}. "{known}" lists what there is.'


def build(args: Sequence[str]) -> typer.Typer:
    """Return the application with the command that `args` name; the others are there for the overview."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Design, simulate, deploy and watch multi-asset AMM pools.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    wanted = next((arg for arg in args if not arg.startswith("-")), None)
    for name, (target, summary) in COMMANDS.items():
        if name == wanted:
            app.command(name)(load(target))
        else:
            app.command(name, help=summary)(_stub)
    return app


def load(target: str) -> Callable[..., Any]:
    """Import "module:function"."""
    module, _, function = target.partition(":")
    command: Callable[..., Any] = getattr(import_module(module), function)
    return command


def _stub() -> None:
    """Stand in for a command that was not called."""


def _show_version(asked: bool) -> None:
    if asked:
        print(f"poolwright {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""
