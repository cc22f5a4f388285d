"""Every operator on integers of every kind of width, against the compiled contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.compare import compare
from tests.twin.evm import sample

WIDTHS = (8, 24, 64, 112, 128, 136, 248, 256)
TYPES = [f"{sign}int{bits}" for bits in WIDTHS for sign in ("u", "")]

BINARY = {
    "add": "a + b",
    "sub": "a - b",
    "mul": "a * b",
    "div": "a // b",
    "mod": "a % b",
    "both_and": "a & b",
    "both_or": "a | b",
    "both_xor": "a ^ b",
    "wrap_add": "unsafe_add(a, b)",
    "wrap_sub": "unsafe_sub(a, b)",
    "wrap_mul": "unsafe_mul(a, b)",
    "wrap_div": "unsafe_div(a, b)",
    "least": "min(a, b)",
    "greatest": "max(a, b)",
    "chosen": "a if a < b else b",
    "nested": "(a // 2 - b // 3) * (a % 3) + a // (b - 1)",
    "square": "a ** 2 + b ** 3",
    "fifth": "a ** 5",
    "of_three": "3 ** b + a",
    "zeroth": "a ** 0 + b ** 1",
    "by_constants": "a // 7 + b % 5 + a // 1",
    "from_constants": "7 // a + 100 - b",
    "bounds": "max_value(T) - a if a > b else min_value(T) + b",
}
SIGNED = {
    "negative": "-a + b",
    "by_negative": "a // -3 + b % -7",
    "by_minus_one": "a // -1 + b * -1",
    "of_minus_two": "(-2) ** b + a",
    "of_minus_one": "(-1) ** b",
}
WORDS = {
    "left": "a << convert(b, uint256)",
    "right": "a >> convert(b, uint256)",
    "by_three": "(a << 3) + (b >> 3)",
}
UNSIGNED_WORDS = {
    "inverse": "~a ^ b",
    "root": "isqrt(a) + isqrt(b)",
    "shift_of_one": "1 << (a % 300)",
    "sum_modulo": "uint256_addmod(a, b, a ^ b)",
    "product_modulo": "uint256_mulmod(a, b, a ^ b)",
    "by_size": "(a << (b % 300)) | (a >> (b % 300))",
}
COMPARISONS = {"lt": "a < b", "le": "a <= b", "gt": "a > b", "ge": "a >= b", "eq": "a == b", "ne": "a != b"}
LOGIC = {"both": "a < b and a > 3 or not b > a", "is_set": "convert(a, bool) == (b != 0)"}


def _function(name: str, text: str, typ: str, returns: str) -> str:
    body = text.replace("(T)", f"({typ})")
    return f"@internal\n@pure\ndef {name}(a: {typ}, b: {typ}) -> {returns}:\n    return {body}\n\n"


def _source(typ: str) -> str:
    binary = dict(BINARY)
    if not typ.startswith("u"):
        binary |= SIGNED
    if typ == "int256":
        binary |= {"left": WORDS["left"].replace("b,", "abs(b),"), "right": "a >> convert(abs(b), uint256)"}
        binary |= {"by_three": WORDS["by_three"], "size": "abs(a) + abs(b)"}
    if typ == "uint256":
        binary |= {k: v.replace("convert(b, uint256)", "b") for k, v in WORDS.items()} | UNSIGNED_WORDS
    text = "".join(_function(n, t, typ, typ) for n, t in binary.items())
    return text + "".join(_function(n, t, typ, "bool") for n, t in (COMPARISONS | LOGIC).items())


@pytest.mark.parametrize("typ", TYPES)
def test_operators(typ: str, tmp_path: Path) -> None:
    functions = sample(tmp_path, arithmetic=_source(typ))
    assert len(functions) > 30
    for function in functions:
        seen = compare(function, 250)
        assert seen["ok"] > 20, f"{function.id}: {seen}"


@pytest.mark.parametrize("typ", TYPES)
def test_converts(typ: str, tmp_path: Path) -> None:
    body = ""
    for i, target in enumerate(t for t in TYPES if t != typ):
        body += (
            f"@internal\n@pure\ndef to_{target}(x: {typ}) -> {target}:\n    return convert(x, {target})\n\n"
        )
        body += f"@internal\n@pure\ndef bits_{i}(x: {typ}) -> {target}:\n"
        body += f"    return convert(convert(x, bytes32), {target})\n\n"
    body += f"@internal\n@pure\ndef of_bool(x: bool) -> {typ}:\n    return convert(x, {typ})\n\n"
    body += f"@internal\n@pure\ndef of_literal() -> {typ}:\n    return convert(5, {typ})\n"
    if typ in ("uint256", "int256"):
        other = "int256" if typ == "uint256" else "uint256"
        body = body.replace("convert(5,", f"convert(convert(5, {other}),")
    for function in sample(tmp_path, converts=body):
        seen = compare(function, 60)
        assert seen["ok"] > 0, f"{function.id}: {seen}"
