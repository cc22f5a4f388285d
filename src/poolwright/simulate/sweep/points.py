"""From a point of a sweep to a pool: the values go through the spec and its linter, as if written in pool.toml."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple

from poolwright.errors import Finding, UnitError
from poolwright.spec.checks import spec_findings
from poolwright.spec.params import PoolParams
from poolwright.spec.reading import read_tables
from poolwright.spec.schema import PoolSpec, Table
from poolwright.units import parse_number

# Key -> value as text.
Point = Mapping[str, str]


class Resolved(NamedTuple):
    """The pool of a point, or None and the errors that the linter found."""

    params: PoolParams | None
    findings: tuple[Finding, ...]
    spec: PoolSpec


def bare_tables(spec: PoolSpec) -> dict[str, Any]:
    """Return the spec as the tables of pool.toml, without first balances: each run opens at its own prices."""
    tables: dict[str, Any] = {"tokens": [_cells(token, ("balance", "price_hint")) for token in spec.tokens]}
    for name in ("pool", "fees", "stable", "oracle"):
        table = getattr(spec, name)
        if table is not None:
            tables[name] = _cells(table)
    return tables


def _cells(table: Table, left_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what is given in a table, as exact numbers."""
    cells = {name: getattr(table, name) for name in type(table).model_fields if name not in left_out}
    return {name: value for name, value in cells.items() if value is not None}


def spec_hash(spec: PoolSpec) -> str:
    """Return the sha256 of what a sweep takes from the spec."""
    text = json.dumps(bare_tables(spec), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def resolve_point(spec: PoolSpec, point: Point) -> Resolved:
    """Return the pool with the point's values; weights that the point leaves out share what it leaves over."""
    tables = bare_tables(spec)
    by_symbol = {token["symbol"]: token for token in tables["tokens"]}
    for path, text in point.items():
        table, _, rest = path.partition(".")
        symbol, _, field = rest.rpartition(".")
        target = by_symbol[symbol] if table == "tokens" else tables.setdefault(table, {})
        target[field] = _toml_value(field, text)
    _rescale(by_symbol, {
        path.removeprefix("tokens.").removesuffix(".weight") for path in point if path.endswith(".weight")
    })  # fmt: skip
    read, found = read_tables(tables)
    found += spec_findings(read) if not found else []
    errors = tuple(finding for finding in found if finding.severity == "error")
    return Resolved(None if errors else read.resolve(), errors, read)


def _toml_value(field: str, text: str) -> Any:
    """Return an integer for `decimals`, the only key that wants one; text otherwise."""
    try:
        return int(Decimal(text)) if field == "decimals" and Decimal(text) % 1 == 0 else text
    except InvalidOperation:
        return text


def _rescale(tokens: Mapping[str, dict[str, Any]], chosen: set[str]) -> None:
    """Scale the other weights so that all sum to 1; the linter refuses what does not work out."""
    try:
        taken = sum((parse_number(tokens[symbol]["weight"]) for symbol in chosen), Fraction(0))
    except UnitError:
        return
    others = [token for symbol, token in tokens.items() if symbol not in chosen and "weight" in token]
    before = sum((token["weight"] for token in others), Fraction(0))
    if chosen and before > 0:
        for token in others:
            token["weight"] = token["weight"] * (1 - taken) / before
