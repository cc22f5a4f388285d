"""The table from a kind to the module that knows what is special about it."""

from __future__ import annotations

from types import ModuleType
from typing import Final

from poolwright.spec import constant_product, stable, weighted
from poolwright.spec.kind import Kind

KIND_MODULES: Final[dict[Kind, ModuleType]] = {
    Kind.WEIGHTED: weighted,
    Kind.STABLE: stable,
    Kind.CONSTANT_PRODUCT: constant_product,
}
