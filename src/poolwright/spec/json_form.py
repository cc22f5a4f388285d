"""The JSON form of parameters: by name, integers as text, what is as by default left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from poolwright.spec.fee_policy import Policy, TierSource

AnyPart = TypeVar("AnyPart")

# Small enough for any reader of JSON, and always was a number.
NUMBERS: Final[frozenset[str]] = frozenset({"decimals"})
# Their spelling changes no hash.
ADDRESSES: Final[frozenset[str]] = frozenset({"address", "rate_provider"})
_ENUMS: Final[dict[str, type[StrEnum]]] = {"Policy": Policy, "TierSource": TierSource}


def plain(part: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that are neither empty nor as by default."""
    found = {}
    for field in fields(part):
        value = getattr(part, field.name)
        needed = bool(value) or isinstance(value, str) or field.name in NUMBERS
        if needed if field.default is MISSING else value != field.default:
            found[field.name] = _write(field.name, value)
    return found


def _write(name: str, value: Any) -> Any:
    if is_dataclass(value):
        return plain(value)
    if isinstance(value, tuple):
        return [str(each) for each in value]
    if type(value) is int and name not in NUMBERS:
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    return value.lower() if name in ADDRESSES else value


def read(cls: type[AnyPart], data: Mapping[str, Any]) -> AnyPart:
    """Return a dataclass from what `plain` wrote; ValueError or TypeError for anything else."""
    of = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: _read(of[name], value) for name, value in data.items()})


def _read(field: Field[Any], value: Any) -> Any:
    kind = str(field.type)
    if kind.startswith("int") and field.name not in NUMBERS:
        return int(value)
    return _ENUMS[kind](value) if kind in _ENUMS else value
