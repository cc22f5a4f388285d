"""The JSON form of a memory: by name, integers as text, what is as by default left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

from poolwright.model.maths.constitution import Split, Terms
from poolwright.model.maths.ramp_maths import Ramp
from poolwright.model.maths.rate_maths import Rate
from poolwright.model.memory import Change, Memory, Report


def memory_to_dict(memory: Memory) -> dict[str, Any]:
    """Return the fields by name, for JSON."""
    return {
        field.name: _plain(value)
        for field in fields(memory)
        for value in (getattr(memory, field.name),)
        if field.default is MISSING or value != field.default
    }


def memory_from_dict(data: Mapping[str, Any]) -> Memory:
    """Read what `memory_to_dict` wrote."""
    return Memory(**{name: _READERS.get(name, int)(value) for name, value in data.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if type(value) is int else value


def _integers(values: list[str]) -> tuple[int, ...]:
    return tuple(map(int, values))


def _each(read: Callable[[Any], Any]) -> Callable[[list[Any]], tuple[Any, ...]]:
    return lambda values: tuple(map(read, values))


def _account(pair: list[str]) -> tuple[str, int]:
    return pair[0], int(pair[1])


# How each field is read; the others are integers.
_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("owed", "drift", "variance", "times"), _integers),
    "terms": lambda values: Terms(*map(int, values)),
    "split": lambda values: Split(*map(int, values)),
    "rates": _each(lambda rate: Rate(int(rate[0]), int(rate[1]), rate[2])),
    "reports": _each(lambda report: report and Report(*map(int, report))),
    "ramps": _each(lambda ramp: Ramp(*map(int, ramp))),
    "manager": str,
    "holders": _each(_account),
    "classes": _each(_account),
    "listed": frozenset,
    "changes": _each(lambda change: Change(change[0], int(change[1]), _integers(change[2]))),
}
