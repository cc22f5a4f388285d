"""Every construct that the generator covers, against the compiled contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.compare import cases, compare
from tests.twin.evm import sample
from tests.twin.sameness import on_words

HEAD = "@internal\n@pure\n"

SNIPPETS = {
    "static_array": """
def f(xs: uint256[3], i: uint256, v: uint256) -> (uint256[3], uint256):
    ys: uint256[3] = xs
    ys[1] = 7
    ys[i] += v
    return ys, xs[1]
""",
    "dynamic_array": """
def f(xs: DynArray[uint256, 5], i: uint256, v: uint256) -> (DynArray[uint256, 5], uint256, uint256):
    ys: DynArray[uint256, 5] = xs
    ys[i] = v
    ys[0] = len(xs)
    return ys, xs[i], len(ys)
""",
    "signed_index": """
def f(xs: DynArray[int128, 4], i: int128) -> int128:
    return xs[i] - xs[0]
""",
    "array_of_arrays": """
def f(xs: uint256[2][3], a: uint256, b: uint256) -> uint256[2][3]:
    i: uint256 = a % 4
    j: uint256 = b % 3
    ys: uint256[2][3] = xs
    ys[i][j] = ys[j][i] // 3
    ys[2] = xs[0]
    return ys
""",
    "empty_and_literals": """
def f(a: uint256) -> (uint256[3], int128, bool, DynArray[uint256, 4]):
    zeros: uint256[3] = empty(uint256[3])
    nought: int128 = empty(int128)
    some: DynArray[uint256, 4] = [a, 2, max_value(uint256)]
    return zeros, nought, empty(bool), some
""",
    "tuples": """
def f(a: uint256, b: uint256) -> (uint256, int256, bool):
    x: uint256 = 0
    y: uint256 = 0
    x, y = self._pair(a, b)
    return x, convert(y, int256), x > y

@internal
@pure
def _pair(a: uint256, b: uint256) -> (uint256, uint256):
    return a + 1, b // 2
""",
    "loop_range": """
def f(a: uint256, n: uint256) -> uint256:
    total: uint256 = 0
    for i: uint256 in range(n, bound=12):
        if i == 9:
            break
        if i % 2 == 0:
            continue
        total += a // (i + 1) - i
    return total
""",
    "loop_two_ends": """
def f(a: uint256, b: uint256) -> uint256:
    total: uint256 = a
    for i: uint256 in range(a % 30, b % 30, bound=9):
        total = total // 2 + i
    for j: uint256 in range(3, 6):
        total += j
    return total
""",
    "loop_signed": """
def f(a: int256, b: int256) -> int256:
    total: int256 = 0
    for i: int256 in range(a, b, bound=9):
        total += i
    for i: int256 in range(-2, 5):
        total -= i * 2
    for i: int256 in range(b, bound=100):
        total += 1
    return total
""",
    "loop_narrow": """
def f(a: uint8, b: uint8) -> uint8:
    total: uint8 = 0
    for i: uint8 in range(a, b, bound=9):
        total += i
    return total
""",
    "loop_over_arrays": """
def f(xs: DynArray[uint256, 6], ys: uint256[3]) -> (uint256, uint256):
    least: uint256 = max_value(uint256)
    total: uint256 = 0
    for x: uint256 in xs:
        least = min(least, x)
        for y: uint256 in ys:
            if y > x:
                continue
            total = unsafe_add(total, y)
    for x: uint256 in [1, 2, 3]:
        total = unsafe_add(total, x)
    return least, total
""",
    "loop_by_length": """
def f(xs: DynArray[uint256, 6], ys: DynArray[uint256, 6]) -> (DynArray[uint256, 6], uint256):
    out: DynArray[uint256, 6] = xs
    where: uint256 = 0
    for i: uint256 in range(len(xs), bound=6):
        out[i] = unsafe_add(xs[i], ys[i])
        if out[i] > out[where]:
            where = i
        if i + 1 == len(xs):
            out[i] = i
    return out, where
""",
    "loop_bound_below_length": """
def f(xs: DynArray[uint256, 6]) -> uint256:
    total: uint256 = 0
    for i: uint256 in range(len(xs), bound=4):
        total = unsafe_add(total, xs[i])
    return total
""",
    "loop_reassigned_array": """
def f(xs: DynArray[uint256, 6], ys: DynArray[uint256, 6]) -> uint256:
    zs: DynArray[uint256, 6] = xs
    total: uint256 = 0
    for i: uint256 in range(len(zs), bound=6):
        total = unsafe_add(total, zs[i])
        zs = ys
    return total
""",
    "loop_shadowed_index": """
def f(xs: uint256[3], a: uint256) -> uint256:
    total: uint256 = 0
    for i: uint256 in range(3):
        total = unsafe_add(total, xs[i])
    for i: uint256 in range(4):
        total = unsafe_add(total, xs[i % 4] if a > 5 else 1)
    return total
""",
    "loop_return": """
def f(xs: DynArray[uint256, 6], a: uint256) -> uint256:
    for i: uint256 in range(len(xs), bound=6):
        for k: uint256 in range(len(xs), bound=6):
            if k != i and xs[i] == xs[k]:
                return i
            if xs[k] == a:
                break
    raise "nothing found"
""",
    "scopes": """
def f(a: uint256, b: int256) -> uint256:
    if a > 10:
        x: uint256 = a - 1
        return x
    elif a > 5:
        x: int256 = b
        return convert(x, uint256)
    else:
        x: bool = b > 0
        if x:
            return 1
    return 2
""",
    "asserts": """
def f(a: uint256, b: uint256) -> uint256:
    assert a != 0
    assert a > 3, "too small"
    assert not (a == b), "equal, \\"quoted\\" and a \\\\"
    assert self._ok(b), "not ok"
    if a == 7:
        raise
    if a == 8:
        raise "eight"
    return a

@internal
@pure
def _ok(b: uint256) -> bool:
    assert b < 2 ** 200
    return b != 2
""",
    "python_names": """
def f(len_: uint256, item: uint256, uadd: uint256, tuple: uint256, word: uint256) -> uint256:
    sum: uint256 = item // 2 + uadd // 2
    PoolRevert: uint256 = len_ // 3
    least: uint256 = min(tuple, word)
    to_word: uint256 = 0
    _pair: uint256 = 5
    _U_1: uint256 = 3
    for i: uint256 in range(3):
        to_word += i
    return unsafe_add(sum, PoolRevert) ^ least ^ to_word ^ _pair ^ _U_1 ^ self._pair(len_)

@internal
@pure
def _pair(class_: uint256) -> uint256:
    return class_ % 17
""",
    "defaults": """
def f(a: uint256) -> uint256:
    return self._with(a) ^ self._with(a, 9) ^ self._with(a, 9, -4)

@internal
@pure
def _with(a: uint256, b: uint256 = 2 ** 100, c: int256 = -3) -> uint256:
    return unsafe_mul(a, b) if c == -3 else unsafe_add(a, b)
""",
    "no_return": """
def f(a: uint256) -> uint256:
    self._check(a)
    self._nothing()
    return a

@internal
@pure
def _check(a: uint256):
    if a > 100:
        return
    assert a % 2 == 0, "odd"

@internal
@pure
def _nothing():
    pass
""",
    "order_of_arguments": """
def f(a: uint256, b: uint256) -> uint256:
    return self._sum(self._first(a), self._second(b)) + self._second(a) * self._first(b)

@internal
@pure
def _sum(a: uint256, b: uint256) -> uint256:
    return a + b

@internal
@pure
def _first(a: uint256) -> uint256:
    assert a % 3 != 0, "first"
    return a // 4

@internal
@pure
def _second(a: uint256) -> uint256:
    assert a % 2 != 0, "second"
    return a // 4
""",
    "order_of_target": """
def f(xs: uint256[3], i: uint256, a: uint256) -> uint256[3]:
    ys: uint256[3] = xs
    ys[i] = self._odd(a)
    ys[self._index(i)] += 5
    return ys

@internal
@pure
def _odd(a: uint256) -> uint256:
    assert a % 2 == 1, "even"
    return a

@internal
@pure
def _index(i: uint256) -> uint256:
    assert i != 1, "one"
    return i
""",
    "order_in_lists": """
def f(a: uint256, b: uint256) -> (uint256[2], uint256):
    xs: uint256[2] = [self._checked(a, 2), a - b]
    return xs, max(self._checked(b, 3), a - 5)

@internal
@pure
def _checked(a: uint256, n: uint256) -> uint256:
    assert a % n != 0, "divisible"
    return a
""",
    "short_circuit": """
def f(a: uint256, b: uint256) -> bool:
    return (b != 0 and a // b > 2) or (a > b and a - b > 3 and not a * 2 < b) or b - a == 1
""",
}

STRUCTS = """
struct Inner:
    x: uint256
    ys: uint256[2]

struct Outer:
    flag: bool
    inner: Inner
    many: DynArray[Inner, 3]
    item: int128

@internal
@pure
def rebuild(o: Outer, i: uint256, v: uint256) -> Outer:
    p: Outer = o
    p.inner.x = v
    p.inner.ys[1] += 3
    p.many[i].ys[0] = o.inner.x
    p.flag = not p.flag
    p.item -= 1
    return p

@internal
@pure
def build(a: uint256, b: int128) -> Outer:
    inner: Inner = Inner(x=a + 1, ys=[a, 7])
    return Outer(flag=a > 3, inner=inner, many=[inner, inner], item=-b)

@internal
@pure
def read(o: Outer) -> (uint256, int128):
    assert o.inner == o.inner or True
    return o.many[1].x, o.item
"""


@pytest.mark.parametrize("name", SNIPPETS)
def test_construct(name: str, tmp_path: Path) -> None:
    for function in sample(tmp_path, snippet=HEAD + SNIPPETS[name].lstrip("\n")):
        seen = compare(function, 400)
        assert seen["ok"] >= 5, seen


# Compiled code registers the functions of the maths only, and a tuple keeps its length there.
COMPILED = [n for n, text in SNIPPETS.items() if "self." not in text and n != "loop_reassigned_array"]


@pytest.mark.parametrize("name", COMPILED)
def test_construct_compiled(name: str, tmp_path: Path) -> None:
    compared = 0
    for function in sample(tmp_path, snippet=HEAD + SNIPPETS[name].lstrip("\n")):
        for values in cases(function, 800):
            if all(len(v) == 3 for v in values if isinstance(v, tuple)):
                assert on_words(function, values) == function.on_int(values), values
                compared += 1
    assert compared > 5


def test_structs(tmp_path: Path) -> None:
    source = STRUCTS.replace("    assert o.inner == o.inner or True\n", "")
    for function in sample(tmp_path, structs=source):
        assert compare(function, 300)["ok"] >= 5


BASE = f"""TEN: constant(uint256) = 10
MIN: constant(int256) = -(2 ** 200)
TABLE: constant(uint256[3]) = [1, TEN, 2**99]

struct Pair:
    a: uint256
    b: uint256

{HEAD}def swap(p: Pair) -> Pair:
    return Pair(a=p.b, b=p.a + TEN)
"""

TOP = f"""from . import base
HUNDRED: constant(uint256) = base.TEN * base.TEN
ON: constant(bool) = True

{HEAD}def f(p: base.Pair, i: uint256) -> (base.Pair, uint256):
    q: base.Pair = base.swap(p)
    q.a = base.TABLE[i % 4]
    return q, p.a // base.TEN + HUNDRED + base.TABLE[1]

{HEAD}def g(a: int256) -> (int256, bool):
    return max(a, base.MIN), ON
"""


def test_modules_import_each_other(tmp_path: Path) -> None:
    for function in sample(tmp_path, base=BASE, top=TOP):
        assert compare(function, 300)["ok"] >= 5


def test_modules_import_by_another_name(tmp_path: Path) -> None:
    top = TOP.replace("from . import base", "from . import base as other").replace("base.", "other.")
    for function in sample(tmp_path, base=BASE, top=top):
        assert compare(function, 300)["ok"] >= 5
