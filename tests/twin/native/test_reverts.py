"""Reverts inside kernels: a flag for each element, no aborted batch, nothing leaked."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from poolwright.errors import PoolRevert
from poolwright.model import native
from poolwright.model.native import load_word, store_word
from poolwright.model.native.registration import register_module
from tests.twin.native import sample_limits
from tests.twin.native import sample_maths as sample


def shares(a: Any, b: Any, out: Any, reverted: Any) -> None:
    for i in range(len(a)):
        amount, total = load_word(a, i), load_word(b, i)
        try:
            store_word(out, i, sample.share(amount, total))
        except Exception:
            reverted[i] = True


def first_share(a: Any, b: Any, out: Any) -> None:
    store_word(out, 0, sample.share(load_word(a, 0), load_word(b, 0)))


register_module(sample_limits)
register_module(sample)
BATCH = native.jit(shares, name="sample batch")
SINGLE = native.jit(first_share, name="sample single")
A, B = [5, 0, 5, 5, 2**255], [7, 7, 0, 2**112, 1]


def test_batch_flags_each_revert_and_goes_on() -> None:
    out, reverted = np.zeros((5, 4), np.uint64), np.zeros(5, np.bool_)
    BATCH(native.to_limbs(A), native.to_limbs(B), out, reverted)
    assert reverted.tolist() == [False, True, True, True, True]
    assert native.from_limbs(out) == [5 * 10**18 // 7, 0, 0, 0, 0]


def test_text_of_a_flagged_element_comes_from_the_int_form() -> None:
    texts = []
    for a, b in list(zip(A, B, strict=True))[1:]:
        with pytest.raises(PoolRevert) as caught:
            sample.share(a, b)
        texts.append(caught.value.reason)
    assert texts == ["", "", "sample: too large", ""]


def test_uncaught_revert_leaves_the_kernel_with_its_text() -> None:
    with pytest.raises(PoolRevert) as caught:
        SINGLE(native.to_limbs([5]), native.to_limbs([2**112]), np.zeros((1, 4), np.uint64))
    assert caught.value.reason == "sample: too large"


def test_reverts_leak_nothing() -> None:
    a, b = native.to_limbs(A * 1_000), native.to_limbs(B * 1_000)
    out, reverted = np.zeros((5_000, 4), np.uint64), np.zeros(5_000, np.bool_)
    BATCH(a, b, out, reverted)
    arrays = (a, b, out, reverted)
    before, size = [sys.getrefcount(x) for x in arrays], resident()
    for _ in range(300):  # 1.2 million reverts
        BATCH(a, b, out, reverted)
    assert [sys.getrefcount(x) for x in arrays] == before
    assert resident() - size < 4_000_000


def resident() -> int:
    """Bytes of memory of this process, or 0 where the system does not say."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        return 0
