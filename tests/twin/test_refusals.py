"""What has no exact twin is refused, with file, line and the line itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from poolwright.twin import TwinError
from poolwright.twin.generate import translate

HEAD = "# pragma version 0.4.3\n"
PURE = "@internal\n@pure\n"

REFUSED = {
    "storage": ("x: uint256\n", 2, "VariableDecl"),
    "immutable": ("x: immutable(uint256)\n@deploy\ndef __init__():\n    x = 1\n", 2, "VariableDecl"),
    "event": ("event E:\n    a: uint256\n", 2, "EventDef"),
    "flag": ("flag F:\n    A\n    B\n", 2, "FlagDef"),
    "interface": ("interface I:\n    def f() -> uint256: view\n", 2, "InterfaceDef"),
    "external": ("@external\n@pure\ndef f() -> uint256:\n    return 1\n", 4, "only @internal"),
    "sender": (
        "@internal\n@view\ndef f() -> bool:\n    return msg.sender == msg.sender\n",
        5,
        "not pure maths",
    ),
    "decimal": (f"{PURE}def f(a: decimal) -> decimal:\n    return a\n", 4, "decimal"),
    "decimal_local": (
        f"{PURE}def f(a: uint256) -> bool:\n    x: decimal = 1.5\n    return x > 1.0\n",
        5,
        "Decimal",
    ),
    "address": (f"{PURE}def f(a: address) -> bool:\n    return a == a\n", 4, "address"),
    "bytes": (f"{PURE}def f(a: uint256) -> bytes32:\n    return convert(a, bytes32)\n", 4, "bytes32"),
    "string": (
        f'{PURE}def f(a: uint256) -> bool:\n    s: String[5] = "hello"\n    return len(s) > a\n',
        5,
        "literal",
    ),
    "append": (
        f"{PURE}def f(xs: DynArray[uint256, 3]) -> DynArray[uint256, 3]:\n"
        "    ys: DynArray[uint256, 3] = xs\n    ys.append(1)\n    return ys\n",
        6,
        "cannot grow",
    ),
    "pop": (
        f"{PURE}def f(xs: DynArray[uint256, 3]) -> uint256:\n"
        "    ys: DynArray[uint256, 3] = xs\n    return ys.pop()\n",
        6,
        "not supported",
    ),
    "membership": (
        f"{PURE}def f(a: uint256, xs: uint256[3]) -> bool:\n    return a in xs\n",
        5,
        "In is not supported",
    ),
    "hash": (
        f'{PURE}def f(a: uint256) -> bool:\n    x: bytes32 = keccak256(b"")\n    return a > 0\n',
        5,
        "keccak256",
    ),
    "power_modulo": (f"{PURE}def f(a: uint256) -> uint256:\n    return pow_mod256(a, a)\n", 5, "pow_mod256"),
    "unreachable": (
        f"{PURE}def f(a: uint256) -> uint256:\n    assert a > 1, UNREACHABLE\n    return a\n",
        5,
        "literal string",
    ),
    "order": (
        f"{PURE}def f(a: uint256) -> bool:\n    return self._g(a) < a - 5\n\n"
        f'{PURE}def _g(a: uint256) -> uint256:\n    assert a > 3, "small"\n    return a\n',
        5,
        "right one first",
    ),
    "order_unsafe": (
        f"{PURE}def f(a: uint256) -> uint256:\n    x: uint256 = 1\n    return unsafe_add(self._g(a), a * a)\n\n"
        f'{PURE}def _g(a: uint256) -> uint256:\n    assert a > 3, "small"\n    return a\n',
        6,
        "right one first",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path) -> None:
    source, line, what = REFUSED[name]
    path = tmp_path / "refused.vy"
    path.write_text(HEAD + source)
    with pytest.raises(TwinError) as caught:
        translate(path)
    text = str(caught.value)
    assert caught.value.line == line, text
    assert f"refused.vy:{line}: " in text
    assert what in text
    assert path.read_text().splitlines()[line - 1].strip() in text


def test_modules_of_other_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "other.vy").write_text(HEAD + "ONE: constant(uint256) = 1\n")
    path = tmp_path / "refused.vy"
    path.write_text(HEAD + "from .deeper import other\nTWO: constant(uint256) = other.ONE + 1\n")
    with pytest.raises(TwinError, match=r"refused\.vy:2: only modules of the same folder"):
        translate(path)
