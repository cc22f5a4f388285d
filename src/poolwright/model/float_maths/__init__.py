"""The maths of every pool on float64, written from the contracts: the quick form beside the exact one.

    from poolwright.model.float_maths import weighted_maths            same names, same arguments, as float
    float_form(maths.weighted_maths.compute_out_given_exact_in)        the same, asked by the exact function

Units are those of the exact form (raw units, `_e18` and 1e36 scales), results are not rounded, and the distance
between the two forms is bounded: see `bounds.json` beside this file and docs/float-kernels.md. Inside a kernel
made by `native.jit` the functions are called as they are; plain numba needs `native.register()` once before.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from poolwright.model.float_maths.primitives import REPLACED

__all__ = ["bounds", "float_form"]


def float_form(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the float counterpart of a generated exact function; LookupError if it has none."""
    package, _, module = function.__module__.rpartition(".")
    name = function.__name__
    if package != "poolwright.model.maths":
        raise LookupError(f"{function.__module__}.{name} is not generated maths: it has no float form")
    if module in REPLACED:
        module, name = "primitives", REPLACED[module].get(name, "")
    found = getattr(importlib.import_module(f"{__name__}.{module}"), name, None) if name else None
    if found is None:
        raise LookupError(f"{function.__module__}.{function.__name__} is inner work of the exact form only")
    return found  # type: ignore[no-any-return]


@cache
def bounds() -> dict[str, Any]:
    """Return the committed bounds: by function, the largest |float - exact| with its unit, domain and margin."""
    text = resources.files(__name__).joinpath("bounds.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content
