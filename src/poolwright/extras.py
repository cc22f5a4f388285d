"""Optional packages: loaded on first use, and named with the command that adds them when they are missing."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from poolwright.errors import MissingExtra

# Packages whose publishers have no builds for this Python or newer: installing the extra does not bring them.
_BUILDS_END_BEFORE = {"pyrevm": (3, 13)}


def require(module: str, extra: str) -> Any:
    """Import and return `module`, which the extra `extra` ("sim" or "chain") installs.

    Raises MissingExtra, with the command to type, when the package is not installed. A package that is
    there but broken raises its own error: that is another matter, and hiding it would mislead.
    """
    package = module.partition(".")[0]
    if find_spec(package) is None:
        raise _missing(package, extra, sys.version_info[:2])
    return import_module(module)


class _Later:
    """A module that is imported when something of it is first asked for."""

    def __init__(self, module: str, extra: str) -> None:
        self._named = (module, extra)

    def __getattr__(self, name: str) -> Any:
        found = getattr(require(*self._named), name)
        setattr(self, name, found)  # from now on without this detour
        return found


def later(module: str, extra: str) -> Any:
    """Return what stands for `module` until it is used: those who never use it need not pay for it.

    pyarrow takes 70 MB, which a sweep over prices in memory can do without. Raises as `require` does, on first use.
    """
    return _Later(module, extra)


def obtainable(package: str) -> bool:
    """Tell whether the package is installed here, or has builds for this Python."""
    end = _BUILDS_END_BEFORE.get(package)
    return end is None or sys.version_info[:2] < end or find_spec(package) is not None


def _missing(package: str, extra: str, python: tuple[int, int]) -> MissingExtra:
    error = MissingExtra(package, extra)
    end = _BUILDS_END_BEFORE.get(package)
    if end and python >= end:
        have, need = ".".join(map(str, python)), f"{end[0]}.{end[1] - 1}"
        error.msg = f"{package} has no builds for Python {have}: use Python {need}, or a node (--rpc)"
    return error
