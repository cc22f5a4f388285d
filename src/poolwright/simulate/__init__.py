"""Time series: price histories, generated markets, the arbitrage engine, results and reports.

The folder can be called: `pw.simulate(spec, prices)` is `engine.simulate`, whichever of its files was
imported before.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from poolwright.extras import require

# Said once, here, before any file of this folder fails on a bare import.
require("numpy", "sim")


class _Callable(ModuleType):
    @property
    def simulate(self) -> ModuleType:
        """The folder itself, so that the public name never hides the folder from imports."""
        return self

    def __call__(self, *args: Any, **options: Any) -> Any:
        from poolwright.simulate.engine import simulate

        return simulate(*args, **options)


sys.modules[__name__].__class__ = _Callable
