"""Borrowed arrays: the caller's memory, and no reference to it kept or given back too often."""

from __future__ import annotations

import gc
import sys
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from poolwright.model.native.borrowing import borrowed


class Desk(NamedTuple):
    drawer: tuple[Any, Any]
    number: int


def move(desk: Desk, plain: Any) -> float:
    desk, plain = borrowed((desk, plain))
    one, other = desk.drawer
    for k in range(len(one)):
        other[k] += one[k] * desk.number
        row = plain[k]  # a view of a borrowed array is borrowed, too
        row[0] = other[k]
    return float(other.sum())


def test_borrowed_arrays_are_the_callers_and_stay_so() -> None:
    one, other, plain = np.arange(5.0), np.ones(5), np.zeros((5, 2))
    compiled = njit(move)
    compiled(Desk((one.copy(), other.copy()), 3), plain.copy())
    counts = [sys.getrefcount(array) for array in (one, other, plain)]
    for call in range(1, 1_001):
        assert compiled(Desk((one, other), 3), plain) == 5 + 30 * call
    gc.collect()
    assert [sys.getrefcount(array) for array in (one, other, plain)] == counts
    assert other.tolist() == plain[:, 0].tolist() == [1.0 + 3_000 * k for k in range(5)]
    assert not plain[:, 1].any()
