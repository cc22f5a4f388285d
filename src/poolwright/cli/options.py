"""Options of the forms NAME=TEXT and FILE.py:FUNCTION, read the same way by every command."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from poolwright.errors import PoolwrightError


def pairs(given: list[str], form: str) -> dict[str, str]:
    """Return NAME=TEXT options as a mapping; `form` is what an error asks for."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, rest = text.partition("=")
        if not (name and equals and rest):
            raise PoolwrightError(f"{text!r} should be {form}.")
        if name in found:
            raise PoolwrightError(f"{name} is given twice: {found[name]} and {rest}.")
        found[name] = rest
    return found


def price_source(given: list[str]) -> str | dict[str, str | float]:
    """Return one combined file, or a file or constant for each symbol."""
    if len(given) == 1 and ("=" not in given[0] or Path(given[0]).exists()):
        return given[0]
    files = pairs(given, "SYMBOL=FILE, one for each token")
    return {symbol: _file_or_constant(text) for symbol, text in files.items()}


def _file_or_constant(text: str) -> str | float:
    if Path(text).exists():
        return text
    try:
        return float(text)
    except ValueError:
        return text


def load_function(text: str, what: str, takes: str) -> Any:
    """Return what FILE.py:FUNCTION names; `what` it is for and what it `takes` are for errors."""
    path, colon, name = text.rpartition(":")
    if not (colon and path.endswith(".py")):
        raise PoolwrightError(f"{text!r} names no function for {what}. Write FILE.py:FUNCTION.")
    if not Path(path).is_file():
        raise PoolwrightError(f"{path}: there is no such file for {what}. Check the path.")
    try:
        found = runpy.run_path(path).get(name)
    except Exception as error:  # whatever the user's own file raises
        raise PoolwrightError(f"{path}: cannot be run: {type(error).__name__}: {error}.") from error
    if not callable(found) and not hasattr(found, "swap_fee"):
        raise PoolwrightError(f"{path}: has no function {name}. Define it, taking {takes}.")
    return found
