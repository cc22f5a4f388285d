"""Generated markets and gas in words for pages: read from the label, which has every parameter as code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

Fields = dict[str, Any]


def in_words(label: str) -> str:
    """Return the label of a market or a law of gas for readers; one that holds no generator stays as it is.

    >>> in_words("generated: GeometricBrownian(symbols=('A',), volatility=(0.6,)), 10 rows of 60 s, seed 7")
    'generated: A by GBM, volatility 60 % a year; 10 rows of 60 s, seed 7'
    >>> in_words("prices.csv")
    'prices.csv'
    >>> in_words("generated: ConstantGas(gwei=3.0), seed 7, fitted to prices.csv, SHA-256 12ab")
    'generated: fitted to prices.csv; gas of 3 gwei; seed 7, SHA-256 12ab'
    """
    head, colon, text = label.partition(": ") if label.startswith("generated: ") else ("", "", label)
    for end in range(len(text), 0, -1):
        if text[end - 1] != ")":
            continue
        try:
            name, fields = _read(ast.parse(text[:end], mode="eval").body)
            told = FORMS[name](fields)
        except (SyntaxError, ValueError, TypeError, KeyError, AttributeError):
            continue
        rest, fitted, file = text[end:].partition(", fitted to ")
        if fitted:  # the file first, and its hash last
            name, _, digest = file.partition(", SHA-256 ")
            told, rest = f"fitted to {name}; {told}", f"{rest}, SHA-256 {digest}"
        return head + colon + told + (f";{rest[1:]}" if rest.startswith(",") else rest)
    return label


def _read(node: ast.expr) -> Any:
    """Return a call as (name, fields), a tuple of such as a tuple, anything else as its value."""
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return node.func.id, {each.arg or "": _read(each.value) for each in node.keywords}
    if isinstance(node, ast.Tuple):
        return tuple(map(_read, node.elts))
    return ast.literal_eval(node)


def _together(fields: Fields) -> str:
    return "; ".join(FORMS[name](part) for name, part in fields["parts"])


def _brownian(fields: Fields) -> str:
    drift = f", drift {_percent(fields['drift'])}" if any(fields.get("drift", ())) else ""
    volatility = f"volatility {_percent(fields['volatility'])} a year"
    return f"{_assets(fields)} by {_gbm(fields)}, {volatility}{drift}{_correlation(fields)}"


def _jumps(fields: Fields) -> str:
    count = max(*fields["jumps_per_year"], 0.0) + fields["shared_jumps"]
    return f"{_brownian(fields)}, {count:.4g} jumps a year"


def _regimes(fields: Fields) -> str:
    names = ", ".join(regime["name"] for _, regime in fields["regimes"])
    return f"{_assets(fields)} by {_gbm(fields)} in regimes that switch at random ({names})"


def _phases(fields: Fields) -> str:
    moves = [phase["move"] for _, phase in fields["phases"] if phase["move"] is not None]
    told = "".join(f", {100 * (move - 1):+.0f} % in one" for move in moves)
    return f"{_assets(fields)} by {_gbm(fields)} in {len(fields['phases'])} phases{told}"


def _peg(fields: Fields) -> str:
    depeg = fields["depeg"]
    fall = (
        f", which breaks after {depeg[1]['at_hours']:g} hours, down to {depeg[1]['depth']:g}" if depeg else ""
    )
    return f"{fields['symbol']} pegged at {fields['level']:g}{fall}"


def _lognormal(fields: Fields) -> str:
    return f"gas of {fields['median_gwei']:g} gwei in the median, lognormal"


def _spikes(fields: Fields) -> str:
    name, base = fields["base"]
    planned = "".join(
        f", {height:g} times that after {hours:g} hours" for hours, height in fields["scheduled"]
    )
    drawn = f", {fields['per_year']:g} spikes a year" if fields["per_year"] else ""
    return FORMS[name](base) + planned + drawn


FORMS: dict[str, Callable[[Fields], str]] = {
    "Together": _together,
    "GeometricBrownian": _brownian,
    "JumpDiffusion": _jumps,
    "RegimeSwitching": _regimes,
    "Phases": _phases,
    "Peg": _peg,
    "ReferenceW3": lambda fields: f"{_assets(fields)} of reference problem W3",
    "LognormalGas": _lognormal,
    "GasSpikes": _spikes,
    "ConstantGas": lambda fields: f"gas of {fields['gwei']:g} gwei",
}


def _assets(fields: Fields) -> str:
    return ", ".join(fields["symbols"])


def _gbm(fields: Fields) -> str:
    return "correlated GBM" if len(fields["symbols"]) > 1 else "GBM"


def _percent(values: tuple[float, ...]) -> str:
    """Return one number where all are alike, else each."""
    told = values[:1] if len(set(values)) == 1 else values
    return " / ".join(f"{100 * value:.4g} %" for value in told)


def _correlation(fields: Fields) -> str:
    """Return the correlation, if it is one for all pairs."""
    rows = fields.get("correlation", ())
    pairs = {rows[i][j] for i in range(len(rows)) for j in range(i)}
    if not pairs:
        return ""
    low, high = min(pairs), max(pairs)
    return f", correlation {low:.4g}" + (f" to {high:.4g}" if high > low else "")
