"""The kinds of pool: which invariant a pool keeps."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The invariant of a pool; the value is what pool.toml says."""

    WEIGHTED = "weighted"
    STABLE = "stable"
    CONSTANT_PRODUCT = "constant_product"
