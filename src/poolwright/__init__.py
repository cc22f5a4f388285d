"""Poolwright: from the idea of a multi-asset AMM pool to a running, watched market.

Everything public is reachable from here and is loaded on first use, so that `import poolwright` stays quick
and touches nothing on disk. `_HOMES` is the whole public surface; a test pins it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poolwright.errors import MissingExtra, PoolRevert, PoolwrightError, PriceDataError, SpecError

__version__ = "0.1.0"

# Public name -> the module that defines it.
_HOMES = {
    "MissingExtra": "poolwright.errors",
    "PoolRevert": "poolwright.errors",
    "PoolwrightError": "poolwright.errors",
    "PriceDataError": "poolwright.errors",
    "SpecError": "poolwright.errors",
}

__all__ = ["MissingExtra", "PoolRevert", "PoolwrightError", "PriceDataError", "SpecError", "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'poolwright' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
