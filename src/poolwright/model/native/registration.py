"""Gives every generated maths function its compiled form.

A generated function is registered as a numba overload of itself: the same code object, over globals in which
each annotated integer constant is a typed word. Nothing is compiled before a kernel needs it.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from numba.core import types
from numba.extending import overload

from poolwright.model import float_maths, maths
from poolwright.model.native.word_types import Constant, i256, u256

PACKAGES = (maths, float_maths)
PREFIXES = tuple(f"{package.__name__}." for package in PACKAGES)
INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "error_model": "numpy"}


_registered: set[str] = set()


@cache
def register() -> None:
    """Register all generated modules; only the first call does anything."""
    for package in PACKAGES:
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            register_module(importlib.import_module(module.name))


@cache
def register_module(module: ModuleType) -> None:
    """Register the functions that a module in generated style defines; those it imports come first."""
    _registered.add(module.__name__)
    namespace = vars(native_view(module))
    for function in vars(module).values():
        if isinstance(function, FunctionType) and function.__module__ == module.__name__:
            _register_function(function, namespace)


def _register_function(function: FunctionType, namespace: dict[str, Any]) -> None:
    native_form = FunctionType(function.__code__, namespace, function.__name__, function.__defaults__)

    @overload(function, strict=False, jit_options=INNER)
    def choose(*args: Any) -> Callable[..., Any]:
        return native_form


@cache
def native_view(module: ModuleType) -> ModuleType:
    """Return a copy of a generated module with typed constants and the very same functions."""
    view = ModuleType(module.__name__)
    vars(view).update(native_namespace(vars(module)))
    return view


def native_namespace(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Return module globals with annotated constants as typed words and maths modules as their views."""
    annotations = namespace.get("__annotations__", {})
    result = dict(namespace)
    for name, value in namespace.items():
        if isinstance(value, ModuleType) and is_generated(value):
            result[name] = native_view(value)
        elif name in annotations:
            result[name] = constant(value, annotations[name])
    return result


def is_generated(module: ModuleType) -> bool:
    return module.__name__ in _registered or module.__name__.startswith(PREFIXES)


def constant(value: Any, annotation: str) -> Any:
    """Return a module constant as compiled code should see it."""
    if isinstance(value, tuple):
        elements = _elements(annotation, len(value))
        return tuple([constant(part, of) for part, of in zip(value, elements, strict=True)])
    kind = scalar_type(annotation)
    return Constant(value, signed=kind is i256) if kind in (u256, i256) else value


def scalar_type(annotation: str) -> Any:
    """Return the numba type of a Vyper scalar's name, None for anything else."""
    if annotation == "bool":
        return types.boolean
    if annotation.removeprefix("uint").isdigit():
        return u256
    return i256 if annotation.removeprefix("int").isdigit() else None


def _elements(annotation: str, count: int) -> list[str]:
    """Names of the elements' types in `tuple[T, ...]` or `tuple[A, B]`."""
    tree = ast.parse(annotation, mode="eval").body
    if not isinstance(tree, ast.Subscript):
        raise TypeError(f"expected a tuple annotation, not {annotation!r}")
    inside = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    names = [ast.unparse(part) for part in inside]
    return names[:1] * count if names[-1] == "..." else names


def native_type(annotation: str, value: Any, namespace: Mapping[str, Any]) -> Any:
    """Return the numba type of an argument; its value tells how long an array is."""
    scalar = scalar_type(annotation)
    if scalar is not None:
        return scalar
    if annotation.startswith("tuple["):
        items = zip(_elements(annotation, len(value)), value, strict=True)
        return types.BaseTuple.from_types([native_type(of, part, namespace) for of, part in items])
    struct = eval(annotation, dict(namespace))  # a name, or module.name, of a generated struct
    scope = vars(importlib.import_module(struct.__module__))
    names = {name: getattr(of, "__forward_arg__", of) for name, of in struct.__annotations__.items()}
    parts = [native_type(of, getattr(value, name), scope) for name, of in names.items()]
    return types.BaseTuple.from_types(parts, struct)
