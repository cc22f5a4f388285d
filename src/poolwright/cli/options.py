"""Options of the form NAME=TEXT, read the same way by every command."""

from __future__ import annotations

from pathlib import Path

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
