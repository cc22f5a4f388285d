"""Arrays as tuples: element access with bounds, loop counts, and words in memory of any shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit, types

from poolwright.errors import PoolRevert
from poolwright.model import words
from poolwright.model.native import (
    i256,
    load_signed_word,
    load_word,
    signed_word,
    store_word,
    to_limbs,
    u256,
    word,
)

ARRAY = (10, 2**255, 2**256 - 1, 0)
PAIRS = types.UniTuple(types.UniTuple(u256, 2), 3)


def compiled(function: Any, *signature: Any) -> Any:
    dispatcher = njit(function)
    dispatcher.compile(signature)
    return dispatcher.overloads[signature].entry_point


@pytest.mark.parametrize("index_type", [u256, i256, types.int64])
def test_item_and_with_item(index_type: Any) -> None:
    item = compiled(lambda t, i: words.item(t, i), types.UniTuple(u256, 4), index_type)
    with_item = compiled(lambda t, i, v: words.with_item(t, i, v), types.UniTuple(u256, 4), index_type, u256)
    for i in range(4):
        assert item(ARRAY, i) == words.item(ARRAY, i)
        assert with_item(ARRAY, i, 2**200) == words.with_item(ARRAY, i, 2**200)


@pytest.mark.parametrize(
    ("index_type", "outside"),
    [
        (u256, (4, 2**64, 2**64 + 1, 2**256 - 1)),
        (i256, (4, -1, -(2**64), 2**64)),
        (types.int64, (4, -1, 2**62)),
    ],
)
def test_outside_the_array_reverts(index_type: Any, outside: tuple[int, ...]) -> None:
    item = compiled(lambda t, i: words.item(t, i), types.UniTuple(u256, 4), index_type)
    with_item = compiled(lambda t, i: words.with_item(t, i, 5), types.UniTuple(u256, 4), index_type)
    for i in outside:
        for access in (item, with_item):
            with pytest.raises(PoolRevert) as caught:
                access(ARRAY, i)
            assert caught.value.reason == ""


def test_a_copy_does_not_see_the_change() -> None:
    def change(t: Any) -> Any:
        copy = t
        t = words.with_item(t, 0, word(99))
        return copy, t

    changed = compiled(change, types.UniTuple(u256, 4))
    assert changed(ARRAY) == (ARRAY, (99, *ARRAY[1:]))


def test_arrays_of_arrays_and_of_signed_words() -> None:
    swap = compiled(lambda t, i: words.with_item(t, i, words.item(t, 0)), PAIRS, types.int64)
    assert swap(((1, 2), (3, 4), (5, 6)), 2) == ((1, 2), (3, 4), (1, 2))
    last = compiled(lambda t, i: words.item(t, i), types.UniTuple(i256, 2), u256)
    assert last((5, -(2**255)), 1) == -(2**255)
    flags = compiled(lambda t, i: words.with_item(t, i, True), types.UniTuple(types.boolean, 3), u256)
    assert flags((False, False, True), 1) == (False, True, True)


def test_loops_over_arrays() -> None:
    def total(t: Any, count: Any) -> Any:
        result = word(0)
        for i in range(words.to_index(count, 4)):
            result = words.uadd(result, words.umul(words.item(t, i), words.to_word(i)))
        for element in t:
            result = words.wrap_uadd(result, element)
        return words.uadd(result, words.to_word(len(t)))

    native = compiled(total, types.UniTuple(u256, 4), u256)
    array = (5, 6, 2**200, 8)
    for count in range(5):
        assert native(array, count) == total(array, count)
    for count in (5, 2**64, 2**64 + 1, 2**256 - 1):
        with pytest.raises(PoolRevert):
            native(array, count)


def test_signed_loop_count() -> None:
    count = compiled(lambda n: words.to_index(n, 7), i256)
    assert [count(n) for n in (-(2**255), -(2**255) + 5, -1, 0, 7)] == [0, 0, 0, 0, 7]
    for n in (8, 2**64, 2**255 - 1):
        with pytest.raises(PoolRevert):
            count(n)


def test_signed_loop_index() -> None:
    def total(low: Any, high: Any) -> Any:
        result = signed_word(0)
        for i in range(low, high):
            result = words.sadd(result, words.smul(signed_word(i), signed_word(i * i)))
        return result

    assert compiled(total, types.int64, types.int64)(-5, 4) == sum(i**3 for i in range(-5, 4))


def test_words_in_memory_of_any_shape() -> None:
    @njit
    def exchange(limbs: Any) -> None:
        for i in range(limbs.shape[0]):
            first, second = load_word(limbs, (i, 0)), load_signed_word(limbs, (i, 1))
            store_word(limbs, (i, 0), second)
            store_word(limbs, (i, 1), first)

    limbs = to_limbs([1, 2**255 + 7, 2**64, 3]).reshape(2, 2, 4)
    exchange(limbs)
    assert [load_word(limbs, (i, k)) for i in range(2) for k in range(2)] == [2**255 + 7, 1, 3, 2**64]
    assert load_signed_word(limbs, (0, 0)) == -(2**255) + 7


def test_python_forms_of_load_and_store() -> None:
    limbs = np.zeros((2, 4), np.uint64)
    store_word(limbs, 1, -2)
    assert load_word(limbs, 1) == 2**256 - 2
    assert load_signed_word(limbs, 1) == -2
    assert load_word(limbs, 0) == 0
