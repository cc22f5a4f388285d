"""The border between Python integers and words in memory: `uint64[n, 4]` limbs, lowest first.

Needs NumPy, not numba. Values beyond the type raise OverflowError; anything but integers raises TypeError.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

Limbs = NDArray[np.uint64]
WORD_BYTES = 32
_HIGHER = slice(1, 4)


def to_limbs(values: Sequence[int] | NDArray[Any], *, signed: bool = False) -> Limbs:
    """Return the words of integers, lists or one-dimensional integer or object arrays, as uint64[n, 4]."""
    small = values if isinstance(values, np.ndarray) else _small(values)
    if small is None or small.dtype.kind not in "iu":
        return _from_bytes(values, signed)
    if small.ndim != 1:
        raise ValueError(f"expected one dimension, not {small.ndim}")
    negative = small.dtype.kind == "i" and len(small) > 0 and int(small.min()) < 0
    if negative and not signed:
        raise OverflowError(f"{int(small.min())} at index {int(small.argmin())} is negative")
    limbs = np.zeros((len(small), 4), np.uint64)
    limbs[:, 0] = small.astype(np.uint64)
    if negative:
        limbs[small < 0, _HIGHER] = np.uint64(2**64 - 1)
    return limbs


def _small(values: Sequence[int]) -> NDArray[Any] | None:
    """A machine array of the values if the first hints that they fit one; object arrays are slow to build."""
    if len(values) == 0:
        return np.zeros(0, np.uint64)
    if not isinstance(values[0], int) or not -(2**63) <= values[0] < 2**63:
        return None
    try:
        return np.asarray(values)
    except OverflowError:
        return None


def _from_bytes(values: Any, signed: bool) -> Limbs:
    try:
        try:
            data = b"".join([v.to_bytes(WORD_BYTES, "little", signed=signed) for v in values])
        except AttributeError:  # NumPy's integers, or no integers at all
            data = b"".join([operator.index(v).to_bytes(WORD_BYTES, "little", signed=signed) for v in values])
    except OverflowError:
        bound = (-(2**255), 2**255) if signed else (0, 2**256)
        at, value = next((k, v) for k, v in enumerate(values) if not bound[0] <= v < bound[1])
        kind = "int256" if signed else "uint256"
        raise OverflowError(f"{value} at index {at} does not fit {kind}") from None
    return np.frombuffer(bytearray(data), "<u8").astype(np.uint64, copy=False).reshape(-1, 4)


def from_limbs(limbs: Limbs, *, signed: bool = False) -> list[int]:
    """Return the integers of uint64[n, 4] words."""
    if not limbs[:, _HIGHER].any() and (not signed or not (limbs[:, 0] >> np.uint64(63)).any()):
        small: list[int] = limbs[:, 0].tolist()
        return small
    words = np.ascontiguousarray(limbs, "<u8").view(f"V{WORD_BYTES}").ravel().tolist()
    read: Any = partial(int.from_bytes, signed=True) if signed else int.from_bytes
    return list(map(read, words, repeat("little")))


def load_word(limbs: Limbs, place: Any) -> int:
    """Return the unsigned word at an index (or a tuple of indices, when there are more dimensions)."""
    return int.from_bytes(np.ascontiguousarray(limbs[place], "<u8").tobytes(), "little")


def load_signed_word(limbs: Limbs, place: Any) -> int:
    """Return the signed word at an index (or a tuple of indices)."""
    return int.from_bytes(np.ascontiguousarray(limbs[place], "<u8").tobytes(), "little", signed=True)


def store_word(limbs: Limbs, place: Any, word: int) -> None:
    """Write a word, signed or not, at an index (or a tuple of indices)."""
    limbs[place] = np.frombuffer((word % 2**256).to_bytes(WORD_BYTES, "little"), "<u8")
