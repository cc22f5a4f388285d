"""Integers to limbs and back, from lists and arrays of every kind."""

from __future__ import annotations

import numpy as np
import pytest

from poolwright.model.native import from_limbs, to_limbs
from tests.twin.native.cases import columns, signed


@pytest.mark.parametrize(
    "values",
    [
        [],
        [0],
        [1, 2, 3],
        [2**63 - 1, 2**63, 2**64 - 1],
        [1, 2**64, 5],
        [2**256 - 1, 0],
        columns(1, cases=1_000)[0],
    ],
)
def test_round_trip(values: list[int]) -> None:
    limbs = to_limbs(values)
    assert limbs.shape == (len(values), 4)
    assert limbs.dtype == np.uint64
    assert limbs.flags.writeable
    assert from_limbs(limbs) == values
    assert from_limbs(to_limbs(tuple(values))) == values
    assert from_limbs(to_limbs(np.array(values, dtype=object))) == values


def test_signed_round_trip() -> None:
    for values in (
        [-1, 5],
        [-(2**63), 2**63 - 1],
        [list(map(signed, columns(1, cases=1_000)[0]))][0],
    ):
        assert from_limbs(to_limbs(values, signed=True), signed=True) == values
    assert from_limbs(to_limbs([-1], signed=True)) == [2**256 - 1]
    assert from_limbs(to_limbs([2**63], signed=True), signed=True) == [2**63]


@pytest.mark.parametrize("dtype", [np.uint64, np.int64, np.uint8, np.int16, np.int32])
def test_machine_arrays(dtype: type) -> None:
    info = np.iinfo(dtype)
    values = [0, 1, int(info.max), max(int(info.min), 0)]
    assert from_limbs(to_limbs(np.array(values, dtype))) == values
    if info.min < 0:
        assert from_limbs(to_limbs(np.array([info.min, -1], dtype), signed=True), signed=True) == [
            info.min,
            -1,
        ]


@pytest.mark.parametrize("values", [[-1], [3, -1], [2**256], [1, 2**64, -5], np.array([4, -1])])
def test_out_of_range_names_the_element(values: list[int]) -> None:
    with pytest.raises(OverflowError, match=f"at index {len(values) - 1} "):
        to_limbs(values)


@pytest.mark.parametrize("values", [[2**255], [0, -(2**255) - 1]])
def test_out_of_signed_range(values: list[int]) -> None:
    with pytest.raises(OverflowError, match="int256"):
        to_limbs(values, signed=True)


@pytest.mark.parametrize("values", [[1.5], [1, 2.0], ["7"], [None], np.array([1.0])])
def test_anything_but_integers_is_refused(values: list[int]) -> None:
    with pytest.raises(TypeError):
        to_limbs(values)


def test_two_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="one dimension"):
        to_limbs(np.zeros((2, 2), np.uint64))
