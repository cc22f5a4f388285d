"""The kinds of pool: which invariant a pool keeps."""

from __future__ import annotations

from enum import Enum


class Kind(str, Enum):
    """The invariant of a pool; the value is what pool.toml says."""

    WEIGHTED = "weighted"
    STABLE = "stable"
    CONSTANT_PRODUCT = "constant_product"

    def __str__(self) -> str:
        return self.value
