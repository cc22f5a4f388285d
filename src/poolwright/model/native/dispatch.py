"""Compiling: `jit` for kernels, functions that loop over words; `call` for one generated function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

from numba import njit

from poolwright.model.native.cache import DiskCache
from poolwright.model.native.registration import native_namespace, native_type, register

_announced: set[str] = set()


def jit(function: Callable[..., Any], *, name: str, seconds: int = 5, **options: Any) -> Any:
    """Return a compiled form of a function that may use generated maths and words; nothing is compiled yet.

    `name` and `seconds` are for the line that the first compilation prints: what, and about how long.
    `options` are numba's. Constants of generated modules are typed words when reached through the module
    (`limits.MAX_SHARES`), not when imported by name.

    A revert leaves the kernel as PoolRevert, unless the kernel catches it element by element; this costs
    nothing and leaks nothing, as long as arrays are indexed outside the `try`:

        amount = load_word(amounts, i)
        try:
            store_word(out, i, weighted_maths.compute_out_given_exact_in(..., amount))
        except Exception:
            reverted[i] = True        # for the text, call the same function on Python integers
    """
    assert isinstance(function, FunctionType)
    namespace: dict[str, Any] = {}
    code, cells = function.__code__, function.__closure__
    native_form = FunctionType(code, namespace, function.__name__, function.__defaults__, cells)
    native_form.__qualname__, native_form.__module__ = function.__qualname__, function.__module__

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
        sys.stderr.write(f"compiling native {name}, once; about {seconds} s\n")
        sys.stderr.flush()


@cache
def _dispatcher_of(function: FunctionType) -> Any:
    return jit(function, name=function.__module__.rpartition(".")[2].replace("_", " "))


_entries: dict[tuple[FunctionType, Any], Callable[..., Any]] = {}


def call(function: Any, *args: Any) -> Any:
    """Call the compiled form of one generated function: Python integers, bools and tuples in and out.

    Raises PoolRevert with the function's text, OverflowError when an integer does not fit its type.
    """
    shape = _shape(args)
    entry = _entries.get((function, shape))
    if entry is None:
        entry = _entries[function, shape] = _compile(function, args)
    return entry(*args)


def _shape(value: Any) -> Any:
    """The lengths of tuples, at every depth: code is compiled for each."""
    return tuple([_shape(part) for part in value]) if isinstance(value, tuple) else None


def _compile(function: FunctionType, args: tuple[Any, ...]) -> Callable[..., Any]:
    annotations = [of for name, of in function.__annotations__.items() if name != "return"]
    if len(annotations) != len(args):
        raise TypeError(f"{function.__name__} takes {len(annotations)} arguments, not {len(args)}")
    scope = function.__globals__
    signature = tuple([native_type(of, arg, scope) for of, arg in zip(annotations, args, strict=True)])
    dispatcher = _dispatcher_of(function)
    dispatcher.compile(signature)
    entry: Callable[..., Any] = dispatcher.overloads[signature].entry_point
    return entry
