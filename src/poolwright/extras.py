"""Optional packages: loaded on first use, and named with the command that adds them when they are missing."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from poolwright.errors import MissingExtra


def require(module: str, extra: str) -> Any:
    """Import and return `module`, which the extra `extra` ("sim" or "chain") installs.

    Raises MissingExtra, with the command to type, when the package is not installed. A package that is
    there but broken raises its own error: that is another matter, and hiding it would mislead.
    """
    package = module.partition(".")[0]
    if find_spec(package) is None:
        raise MissingExtra(package, extra)
    return import_module(module)
