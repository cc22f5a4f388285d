"""The shape of pool.toml: reads each table as far as it goes, and reports everything that it cannot read.

A value that cannot be read is replaced by a harmless one, so that one slip does not hide the others.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from poolwright.errors import Finding, UnitError
from poolwright.spec.kind import Kind
from poolwright.spec.schema import (
    FeesTable,
    GuardTable,
    OracleTable,
    PoolSpec,
    PoolTable,
    RightsTable,
    StableTable,
    Table,
    TokenSpec,
)

AnyTable = TypeVar("AnyTable", bound=Table)

TABLES: Final[dict[str, type[Table]]] = {
    "pool": PoolTable,
    "tokens": TokenSpec,
    "fees": FeesTable,
    "stable": StableTable,
    "oracle": OracleTable,
    "rights": RightsTable,
    "guard": GuardTable,
}
_HARMLESS: Final[dict[str, Any]] = {
    "kind": Kind.WEIGHTED,
    "swap": Fraction(3, 1000),
    "amplification": Fraction(100),
}

# The code of a finding where a value is one of a few names.
_CHOICES: Final[dict[str, str]] = {
    "kind": "kind-unknown", "policy": "policy-unknown", "tier_source": "tier-source-unknown",
}  # fmt: skip

# What other tools call the same thing.
_OTHER_NAMES: Final[dict[str, str]] = {
    "a": "stable.amplification",
    "amp": "stable.amplification",
    "amount": "tokens.balance",
    "initial_balance": "tokens.balance",
    "fee": "fees.swap",
    "swap_fee": "fees.swap",
    "fee_rate": "fees.swap",
    "trading_fee": "fees.swap",
    "protocol_fee": "fees.protocol_share",
    "creator_fee": "fees.creator_share",
    "type": "pool.kind",
    "weights": "tokens.weight",
    "price": "tokens.price_hint",
    "assets": "tokens",
    "coins": "tokens",
    "precision": "tokens.decimals",
    "fee_policy": "fees.policy",
    "max_fee": "fees.most",
    "min_fee": "fees.least",
    "referral_share": "fees.integrator_share",
    "permissions": "rights",
    "caps": "guard",
    "cap": "guard.max_shares",
    "ema": "oracle.half_life",
}


def read_tables(raw: Mapping[str, Any]) -> tuple[PoolSpec, list[Finding]]:
    """Return the pool as far as it can be read, and a finding for everything that cannot be."""
    found: list[Finding] = []
    for name, value in raw.items():
        if name not in TABLES:
            found.append(_unknown(name, name, "", isinstance(value, Mapping | list)))
    pool = _table(PoolTable, raw, "pool", found)
    tokens = _tokens(raw, found)
    fees = _table(FeesTable, raw, "fees", found)
    stable = _table(StableTable, raw, "stable", found) if "stable" in raw else None
    rest: dict[str, Any] = {
        name: _table(TABLES[name], raw, name, found) for name in ("oracle", "rights", "guard") if name in raw
    }
    return PoolSpec(pool=pool, tokens=tokens, fees=fees, stable=stable, **rest), found


def _table(table: type[AnyTable], raw: Mapping[str, Any], key: str, found: list[Finding]) -> AnyTable:
    """Read one table by its name."""
    if key not in raw:
        needed = [name for name, field in table.model_fields.items() if field.is_required()]
        examples = ", ".join(f"{name} = {_example(table.model_fields[name])}" for name in needed)
        found.append(Finding(
            "table-missing", key, "", f"The table [{key}] is missing.", f"Add [{key}] with {examples}."
        ))  # fmt: skip
        return _read(table, {}, key, [])
    value = raw[key]
    if not isinstance(value, Mapping):
        found.append(Finding(
            "type", key, "", f"This is {_toml_type(value)}, but {key} is a table of keys.",
            f"Write [{key}] on a line of its own and its keys below.",
        ))  # fmt: skip
        return _read(table, {}, key, [])
    return _read(table, value, key, found)


def _tokens(raw: Mapping[str, Any], found: list[Finding]) -> tuple[TokenSpec, ...]:
    """Read the assets."""
    if "tokens" not in raw:
        found.append(Finding(
            "table-missing", "tokens", "", "The pool has no assets.", "Add a [[tokens]] entry for each asset."
        ))  # fmt: skip
        return ()
    value = raw["tokens"]
    if not isinstance(value, list):
        found.append(Finding(
            "type", "tokens", "", f"This is {_toml_type(value)}, but the assets are a list.",
            "Write [[tokens]], with two brackets, above the keys of each asset.",
        ))  # fmt: skip
        return ()
    tokens = []
    for position, item in enumerate(value):
        key = f"tokens[{position}]"
        if isinstance(item, Mapping):
            tokens.append(_read(TokenSpec, item, key, found))
        else:
            found.append(Finding(
                "type", key, "", f"This is {_toml_type(item)}, but each asset is a table of keys.",
                'Write [[tokens]] on a line of its own and symbol = "..." below, for each asset.',
            ))  # fmt: skip
            tokens.append(_read(TokenSpec, {}, key, []))
    return tuple(tokens)


def _read(table: type[AnyTable], raw: Mapping[str, Any], key: str, found: list[Finding]) -> AnyTable:
    """Read what can be read of one table; report the rest and put harmless values in its place."""
    try:
        return table.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
    readable = dict(raw)
    for detail in details:
        name = str(detail["loc"][0])
        found.append(_finding(table, key, name, detail))
        readable.pop(name, None)
    for name, field in table.model_fields.items():
        if field.is_required() and name not in readable:
            readable[name] = _HARMLESS.get(name, key)  # a token without a symbol is called by its place
    return table.model_validate(readable)


def _finding(table: type[Table], key: str, name: str, detail: ErrorDetails) -> Finding:
    """Say in words what pydantic found."""
    full = f"{key}.{name}"
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return _unknown(full, name, key.partition("[")[0], False)
    field = table.model_fields[name]
    example = f"{name} = {_example(field)}"
    if kind == "missing":
        return Finding(
            "key-missing", full, "", f"This key is required. {field.description}", f"Add {example}."
        )
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, UnitError):
        code = _CHOICES.get(name, "number")
        return Finding(code, full, repr(value), cause.message, cause.fix)
    if kind == "string_too_short":
        return Finding("empty", full, '""', f"This is empty. {field.description}", f"Write {example}.")
    return Finding(
        "type", full, str(value), f"This is {_toml_type(value)}. {field.description}", f"Write {example}."
    )


def _unknown(full: str, name: str, table: str, is_table: bool) -> Finding:
    """Report an unknown key with the nearest known one."""
    message = "Nothing reads this key, so what it says would be silently ignored."
    return Finding("key-unknown", full, "", message, _nearest(name, table, is_table))


def _nearest(name: str, table: str, is_table: bool) -> str:
    """Say which key was probably meant."""
    own = list(TABLES[table].model_fields) if table else list(TABLES)
    if near := difflib.get_close_matches(name.lower(), own, 1, 0.65):
        shown = f"[[{near[0]}]]" if near[0] == "tokens" and not table else f"[{near[0]}]"
        return f"Did you mean {near[0] if table else shown}?"
    if other := _OTHER_NAMES.get(name.lower()):
        where, _, key = other.partition(".")
        return f"Did you mean {key} in {_header(where)}?" if key else f"Did you mean {_header(where)}?"
    if not is_table:
        for where, schema in TABLES.items():
            if name in schema.model_fields:
                return f"It belongs below {_header(where)}."
    known = ", ".join(own if table else [_header(each) for each in own])
    return f"Remove it; known here: {known}."


def _header(table: str) -> str:
    return "[[tokens]]" if table == "tokens" else f"[{table}]"


def _example(field: FieldInfo) -> str:
    return str((field.examples or ["..."])[0])


def _toml_type(value: object) -> str:
    """Name the type of a TOML value as people call it."""
    names: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "true or false"), (int, "a whole number"), (Decimal, "a number"), (str, "text"),
        (list, "a list"), (Mapping, "a table"), ((datetime, date, time), "a date or time"),
    ]  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)
