"""Functions that are compiled into their caller: passing an array counts references, which costs more than a sum.

Only small ones, and those with one or two callers; the generated maths stays apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba.extending import register_jitable

F = TypeVar("F", bound=Callable[..., Any])

# For `overload`.
INLINE = {"forceinline": True}


def inlined(function: F) -> F:
    """Decorate a function that compiled code calls."""
    register_jitable(**INLINE)(function)
    return function
