"""Runs one small function over columns of words, compiled and on Python `int`, and compares element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from poolwright.errors import PoolRevert
from poolwright.model.native import from_limbs, load_signed_word, load_word, store_word, to_limbs
from tests.twin.native.cases import signed


def kernel_of(operation: Any, kinds: str) -> Any:
    """Return a compiled loop: `kinds` has a letter for each argument, "u" or "i"."""
    load_a, load_b, load_c = [load_signed_word if kind == "i" else load_word for kind in kinds.ljust(3, "u")]
    if len(kinds) == 1:

        def kernel(a: Any, b: Any, c: Any, out: Any, reverted: Any) -> None:
            for i in range(len(a)):
                try:
                    store_word(out, i, operation(load_a(a, i)))
                except Exception:
                    reverted[i] = True

    elif len(kinds) == 2:

        def kernel(a: Any, b: Any, c: Any, out: Any, reverted: Any) -> None:
            for i in range(len(a)):
                try:
                    store_word(out, i, operation(load_a(a, i), load_b(b, i)))
                except Exception:
                    reverted[i] = True

    else:

        def kernel(a: Any, b: Any, c: Any, out: Any, reverted: Any) -> None:
            for i in range(len(a)):
                try:
                    store_word(out, i, operation(load_a(a, i), load_b(b, i), load_c(c, i)))
                except Exception:
                    reverted[i] = True

    return njit(kernel, no_cfunc_wrapper=True)


def run_native(kernel: Any, columns: list[list[int]], *, returns: str) -> list[int | None]:
    """Return the results of unsigned columns; None where it reverted."""
    limbs = [to_limbs(column) for column in columns]
    while len(limbs) < 3:
        limbs.append(limbs[0])
    out, reverted = np.zeros((len(limbs[0]), 4), np.uint64), np.zeros(len(limbs[0]), np.bool_)
    kernel(*limbs, out, reverted)
    results = from_limbs(out, signed=returns == "i")
    return [None if bad else result for result, bad in zip(results, reverted.tolist(), strict=True)]


def run_python(operation: Callable[..., int], columns: list[list[int]]) -> list[int | None]:
    """Return the same on Python integers."""
    results: list[int | None] = []
    for row in zip(*columns, strict=True):
        try:
            results.append(operation(*row))
        except PoolRevert:
            results.append(None)
    return results


def assert_same(
    operation: Callable[..., int], kinds: str, columns: list[list[int]], *, reverts: bool
) -> list[int | None]:
    """Compare both forms of a function; `kinds` is like "ui>u". Both outcomes must really occur."""
    arguments, returns = kinds.split(">")
    native = run_native(
        kernel_of(njit(operation, no_cfunc_wrapper=True, no_cpython_wrapper=True), arguments),
        columns,
        returns=returns,
    )
    typed = [
        list(map(signed, column)) if kind == "i" else column
        for kind, column in zip(arguments, columns, strict=True)
    ]
    expected = run_python(operation, typed)
    wrong = [
        (*row, got, want) for *row, got, want in zip(*typed, native, expected, strict=True) if got != want
    ]
    assert not wrong, f"{len(wrong)} of {len(native)}, first: {wrong[0]}"
    assert (None in native) == reverts
    assert sum(result is not None for result in native) >= 0.05 * len(native)
    return native
