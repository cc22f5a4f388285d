"""Compiling kernels: `jit` for functions that loop over words, `call` for one generated function at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import FunctionType
from typing import Any

from numba import njit

from poolwright.model.native.cache import DiskCache
from poolwright.model.native.registration import native_namespace, native_type, register

_announced: set[str] = set()


def jit(function: Callable[..., Any], *, name: str, seconds: int = 3, **options: Any) -> Any:
    """Return a compiled form of a function that may use generated maths and words; nothing is compiled yet.

    `name` and `seconds` are for the line that the first compilation prints ("weighted maths", about how long).
    `options` are numba's. Generated modules among the function's globals are seen with typed constants.
    """
    assert isinstance(function, FunctionType)
    namespace: dict[str, Any] = {}
    native_form = FunctionType(function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__)
    native_form.__qualname__ = function.__qualname__
    native_form.__module__ = function.__module__

    def before_compile(target_context: Any) -> None:
        register()
        namespace.update(native_namespace(function.__globals__))  # late: all of the module is defined by now
        target_context.refresh()
        _announce(name, seconds)

    dispatcher = njit(native_form, **{"error_model": "numpy", **options})
    dispatcher._cache = DiskCache(native_form, before_compile)
    return dispatcher


def _announce(name: str, seconds: int) -> None:
    if name not in _announced:
        _announced.add(name)
        print(f"compiling native {name}, once; about {seconds} s", file=sys.stderr, flush=True)


@cache
def _dispatcher_of(function: FunctionType) -> Any:
    return jit(function, name=function.__module__.rpartition(".")[2].replace("_", " "))


_entries: dict[tuple[FunctionType, Any], Callable[..., Any]] = {}


def call(function: Any, *args: Any) -> Any:
    """Call the compiled form of one generated function: Python integers, bools and tuples in and out.

    Raises PoolRevert with the function's text, OverflowError when an integer does not fit its type.
    """
    shape = tuple([len(a) if isinstance(a, tuple) else None for a in args])
    entry = _entries.get((function, shape))
    if entry is None:
        entry = _entries[function, shape] = _compile(function, args)
    return entry(*args)


def _compile(function: FunctionType, args: tuple[Any, ...]) -> Callable[..., Any]:
    names = [name for name in function.__annotations__ if name != "return"]
    annotated: Mapping[str, str] = function.__annotations__
    if len(names) != len(args):
        raise TypeError(f"{function.__name__} takes {len(names)} arguments, not {len(args)}")
    signature = tuple(native_type(annotated[n], a, function.__globals__) for n, a in zip(names, args, strict=True))
    dispatcher = _dispatcher_of(function)
    dispatcher.compile(signature)
    entry: Callable[..., Any] = dispatcher.overloads[signature].entry_point
    return entry
