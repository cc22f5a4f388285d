"""What makes two sweeps the same: objectives and options as text that is equal only when they mean the same."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from poolwright.simulate.prices import PriceSeries


def describe(value: Any) -> str:
    """Return text that tells values apart: functions by name and source, arrays by content, the rest as written.

    >>> describe("fees"), describe(2.5), describe([1, None])
    ('fees', '2.5', '[1, None]')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)} {_hash(_content(value))}"
    if is_dataclass(value) and not isinstance(value, type):
        parts = (f"{field.name}={describe(getattr(value, field.name))}" for field in fields(value))
        return f"{type(value).__name__}({', '.join(parts)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {describe(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(describe, value)) + "]"
    return _function(value) if callable(value) else repr(value)


def data_hash(series: PriceSeries) -> str:
    """Return the sha256 of symbols, times and prices."""
    digest = hashlib.sha256(",".join(series.symbols).encode())
    digest.update(_content(series.times))
    digest.update(_content(series.prices))
    return digest.hexdigest()


def _content(array: np.ndarray[Any, Any]) -> memoryview:
    """Return the bytes of an array row by row, where they lie: a copy of a year of minutes is 12 MB."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _function(function: Any) -> str:
    """Name the function with the hash of its source, so that an edit is noticed; a closure with its values."""
    plain = getattr(function, "py_func", function)
    name = getattr(plain, "__name__", type(plain).__name__)
    try:
        text = inspect.getsource(plain)
    except (OSError, TypeError):
        code = getattr(plain, "__code__", None)
        text = "" if code is None else f"{code.co_code!r}{code.co_names!r}"
    held = [cell.cell_contents for cell in getattr(plain, "__closure__", None) or ()]
    bound = "".join(describe(each) for each in held if not callable(each))
    return f"{name} {_hash((text + bound).encode())}"


def _hash(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
