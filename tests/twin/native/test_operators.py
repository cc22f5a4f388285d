"""The operators of words against Python's own on int."""

from __future__ import annotations

import operator
from typing import Any

import pytest
from numba import njit
from numba.core.errors import TypingError
from numba.extending import overload

from poolwright.errors import PoolRevert
from poolwright.model.native import i256, u256
from poolwright.model.words import bool_to_word, ushl
from tests.twin.native.cases import columns, shift_amounts
from tests.twin.native.kernels import assert_same, kernel_of, run_native

CASES = 20_000
BITWISE = [operator.and_, operator.or_, operator.xor]


def bit(outcome: Any, place: int) -> Any:
    return ushl(bool_to_word(outcome), place)


@overload(bit, strict=False)
def _compiled_bit(outcome: Any, place: Any) -> Any:
    return bit


@pytest.mark.parametrize("kind", "ui")
def test_comparisons_follow_the_type(kind: str) -> None:
    values = columns(2, cases=CASES)
    values[1][::7] = values[0][::7]
    results = assert_same(
        lambda a, b: (
            bit(a < b, 5) | bit(a <= b, 4) | bit(a > b, 3) | bit(a >= b, 2) | bit(a == b, 1) | bit(a != b, 0)
        ),
        f"{kind}{kind}>u",
        values,
        reverts=False,
    )
    assert set(results) == {0b110001, 0b001101, 0b010110}


@pytest.mark.parametrize("kind", "ui")
@pytest.mark.parametrize("bitwise", BITWISE)
def test_bitwise_operator(bitwise: Any, kind: str) -> None:
    assert_same(lambda a, b: bitwise(a, b), f"{kind}{kind}>{kind}", columns(2, cases=CASES), reverts=False)


def test_invert_signed() -> None:
    assert_same(lambda a: ~a, "i>i", columns(1, cases=CASES), reverts=False)


@pytest.mark.parametrize("kind", "ui")
def test_shift_right_by_any_amount(kind: str) -> None:
    (values,) = columns(1, cases=CASES)
    amounts = [
        min(n, 10**4) for n in shift_amounts(len(values), seed=5)
    ]  # Python's would need that much memory
    assert_same(lambda a, n: a >> n, f"{kind}u>{kind}", [values, amounts], reverts=False)


@pytest.mark.parametrize("kind", "ui")
def test_shift_right_by_a_huge_amount_leaves_the_sign(kind: str) -> None:
    (values,) = columns(1, cases=500)
    native = kernel_of(njit(lambda a, n: a >> n), f"{kind}u")
    shifted = run_native(native, [values, [2**64 + 1] * len(values)], returns=kind)
    assert shifted == [-1 if kind == "i" and value >> 255 else 0 for value in values]


@pytest.mark.parametrize("amount", [1, 64, 255, 256])
@pytest.mark.parametrize("kind", "ui")
def test_shift_right_by_a_literal(kind: str, amount: int) -> None:
    assert_same(lambda a: a >> amount, f"{kind}>{kind}", columns(1, cases=500), reverts=False)


@pytest.mark.parametrize("divisor", [1, 2, 7, 10**18, 2**62])
def test_division_by_a_literal(divisor: int) -> None:
    values = columns(1, cases=CASES // 4)
    assert_same(lambda a: (a // divisor) ^ ushl(a % divisor, 192), "u>u", values, reverts=False)


def test_division_operators_by_any_word() -> None:
    values = columns(2, cases=CASES)
    values[1] = [b or 1 for b in values[1]]
    assert_same(lambda a, b: a // b, "uu>u", values, reverts=False)
    assert_same(lambda a, b: a % b, "uu>u", values, reverts=False)


def test_division_by_zero_is_never_silent() -> None:
    def divide(a: Any) -> Any:
        return a // 0

    compiled = njit(divide)
    compiled.compile((u256,))
    with pytest.raises(PoolRevert):
        compiled.overloads[u256,].entry_point(7)


@pytest.mark.parametrize("kind", "ui")
def test_literals_become_words(kind: str) -> None:
    values = columns(1, cases=500)
    large = 2**62
    assert_same(
        lambda a: bit(a < 0, 3) | bit(1 >= a, 2) | bit(a == 255, 1) | bit(a > large, 0),  # noqa: SIM300
        f"{kind}>u",
        values,
        reverts=False,
    )
    assert_same(lambda a: (255 | a) & large, f"{kind}>{kind}", values, reverts=False)


def test_negative_literals_keep_their_value_beside_signed_words() -> None:
    values = columns(1, cases=500)
    assert_same(
        lambda a: bit(a < -5, 2) | bit(a == -1, 1) | bit(a >= -4611686018427387904, 0),
        "i>u",
        values,
        reverts=False,
    )


@pytest.mark.parametrize("word", [u256, i256])
@pytest.mark.parametrize(
    "unchecked", [operator.add, operator.sub, operator.mul, operator.lshift, operator.pow]
)
def test_unchecked_arithmetic_does_not_compile(unchecked: Any, word: Any) -> None:
    with pytest.raises(TypingError):
        njit(lambda a, b: unchecked(a, b)).compile((word, word))


@pytest.mark.parametrize("mixed", [operator.lt, operator.and_, operator.floordiv])
def test_signed_and_unsigned_do_not_mix(mixed: Any) -> None:
    with pytest.raises(TypingError):
        njit(lambda a, b: mixed(a, b)).compile((u256, i256))
