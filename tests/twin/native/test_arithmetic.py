"""Every helper of `poolwright.model.words`, compiled, against its form on Python int."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from numba import njit

from poolwright.model import words
from poolwright.model.native import u256
from tests.twin.native.cases import columns, shift_amounts
from tests.twin.native.kernels import assert_same

CASES = 20_000
TWO_WORDS = {
    "uadd": ("uu>u", True),
    "usub": ("uu>u", True),
    "umul": ("uu>u", True),
    "udiv": ("uu>u", True),
    "umod": ("uu>u", True),
    "sadd": ("ii>i", True),
    "ssub": ("ii>i", True),
    "smul": ("ii>i", True),
    "sdiv": ("ii>i", True),
    "smod": ("ii>i", True),
    "wrap_uadd": ("uu>u", False),
    "wrap_usub": ("uu>u", False),
    "wrap_umul": ("uu>u", False),
    "wrap_udiv": ("uu>u", False),
    "wrap_sadd": ("ii>i", False),
    "wrap_ssub": ("ii>i", False),
    "wrap_smul": ("ii>i", False),
    "wrap_sdiv": ("ii>i", False),
    "narrow_u": ("uu>u", True),
}
ONE_WORD = {
    "sneg": ("i>i", True),
    "sabs": ("i>i", True),
    "to_signed": ("u>i", True),
    "to_unsigned": ("i>u", True),
    "bits_to_signed": ("u>i", False),
    "bits_to_unsigned": ("i>u", False),
    "isqrt": ("u>u", False),
    "to_word": ("u>u", False),
    "to_signed_word": ("i>i", False),
}
ELSEWHERE = {"item", "with_item", "to_index"}  # test_arrays.py
SPECIAL = {"least", "greatest", "upow", "spow", "ushl", "sshl", "narrow_s", "wrap_narrow_u", "wrap_narrow_s"}
SPECIAL |= {"bool_to_word", "addmod", "mulmod"}


def test_every_helper_has_a_test() -> None:
    helpers = {name for name, value in vars(words).items() if inspect.isfunction(value) and name[0] != "_"}
    assert helpers == {*TWO_WORDS, *ONE_WORD, *ELSEWHERE, *SPECIAL}


@pytest.mark.parametrize("name", TWO_WORDS)
def test_helper_of_two_words(name: str) -> None:
    helper, (kinds, reverts) = getattr(words, name), TWO_WORDS[name]
    assert_same(lambda a, b: helper(a, b), kinds, columns(2, cases=CASES), reverts=reverts)


@pytest.mark.parametrize("name", ONE_WORD)
def test_helper_of_one_word(name: str) -> None:
    helper, (kinds, reverts) = getattr(words, name), ONE_WORD[name]
    assert_same(lambda a: helper(a), kinds, columns(1, cases=CASES), reverts=reverts)


@pytest.mark.parametrize("kind", "ui")
@pytest.mark.parametrize("name", ["least", "greatest"])
def test_choice(name: str, kind: str) -> None:
    helper = getattr(words, name)
    values = columns(2, cases=CASES)
    assert_same(lambda a, b: helper(a, b), f"{kind}{kind}>{kind}", values, reverts=False)


@pytest.mark.parametrize(("name", "kind"), [("ushl", "u"), ("sshl", "i")])
def test_shift_left_by_any_amount(name: str, kind: str) -> None:
    helper = getattr(words, name)
    (values,) = columns(1, cases=CASES)
    amounts = shift_amounts(len(values), seed=24)
    assert_same(lambda a, n: helper(a, n), f"{kind}u>{kind}", [values, amounts], reverts=False)


@pytest.mark.parametrize(("name", "kind"), [("upow", "u"), ("spow", "i")])
def test_power_near_the_largest_that_fits(name: str, kind: str) -> None:
    """Bases small enough that the power is near 256 bits, exponents around the limit; then any of both."""
    helper = getattr(words, name)
    bases, exponents = columns(2, cases=CASES)
    for k in range(0, len(bases), 2):
        base = bases[k] % (2**256 >> (k % 255)) if k % 3 else bases[k] % 300
        fits = 256 // max(base.bit_length(), 1)
        bases[k], exponents[k] = base, max(0, fits + k % 5 - 2)
        if kind == "i" and k % 7 == 0:
            bases[k] = -base % 2**256
    assert_same(lambda a, b: helper(a, b), f"{kind}{kind}>{kind}", [bases, exponents], reverts=True)


def test_narrow_signed() -> None:
    values, bounds = columns(2, cases=CASES)
    bounds = [b >> 1 for b in bounds]
    lowers = [~b % 2**256 for b in bounds]
    assert_same(
        lambda x, low, high: words.narrow_s(x, low, high), "iii>i", [values, lowers, bounds], reverts=True
    )


@pytest.mark.parametrize("bits", [8, 64, 72, 128, 248, 256])
def test_narrow_without_check(bits: int) -> None:
    values = columns(1, cases=CASES // 4)
    assert_same(lambda x: words.wrap_narrow_u(x, bits), "u>u", values, reverts=False)
    assert_same(lambda x: words.wrap_narrow_s(x, bits), "i>i", values, reverts=False)


def test_bool_to_word() -> None:
    compiled = njit(lambda a: words.bool_to_word(a > 5))
    compiled.compile((u256,))
    assert [compiled.overloads[u256,].entry_point(n) for n in (5, 6)] == [0, 1]


def modular_columns() -> list[list[int]]:
    a, b, c = columns(3, cases=CASES)
    for k in range(0, len(c), 4):
        c[k] = [2**256 - 1, 10**18, (b[k] | 2**255), 2**192 + k][k // 4 % 4]
    c[1] = 0
    return [a, b, c]


@pytest.mark.parametrize("name", ["addmod", "mulmod"])
def test_modular(name: str) -> None:
    helper: Any = getattr(words, name)
    assert_same(lambda a, b, c: helper(a, b, c), "uuu>u", modular_columns(), reverts=True)


def test_product_modulo_all_ones_wraps_its_carry() -> None:
    a, b = columns(2, cases=CASES)
    assert_same(lambda a, b, c: words.mulmod(a, b, c), "uuu>u", [a, b, [2**256 - 1] * len(a)], reverts=False)
