"""Cases for functions of any type, and the comparison of a contract with its twin."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from typing import Any

from poolwright.twin import types
from tests.twin.evm import Function, Outcome


def edges(typ: Any) -> list[Any]:
    """Return the values of a type at which arithmetic breaks first."""
    if types.is_bool(typ):
        return [False, True]
    low, high = types.bounds(typ)
    half = 1 << (typ.bits // 2)
    near = [0, 1, 2, 3, 7, half - 1, half, half + 1, high // 2, high - 1, high]
    if typ.is_signed:
        near += [-1, -2, -3, -7, -half, -half - 1, low // 2, low + 1, low]
    return sorted({v for v in near if low <= v <= high})


def random_value(rng: random.Random, typ: Any) -> Any:
    """Draw a value: any size equally likely, edges often, arrays of any length, structs field by field."""
    if types.is_static_array(typ):
        return tuple(random_value(rng, typ.value_type) for _ in range(typ.count))
    if types.is_array(typ):
        return tuple(random_value(rng, typ.value_type) for _ in range(rng.randint(0, typ.count)))
    if types.is_struct(typ):
        return tuple(random_value(rng, t) for t in typ.member_types.values())
    if types.is_bool(typ) or rng.random() < 0.3:
        return rng.choice(edges(typ))
    low, high = types.bounds(typ)
    value = rng.getrandbits(rng.randint(1, typ.bits))
    value = -value if typ.is_signed and rng.random() < 0.5 else value
    return min(max(value, low), high)


def cases(function: Function, count: int, seed: int = 1) -> list[tuple[Any, ...]]:
    """Return all combinations of edges that fit, then random values, `count` in all."""
    members = [t for _, t in function.arguments]
    rng = random.Random(f"{function.id} {seed}")
    found: list[tuple[Any, ...]] = []
    if not any(types.is_composite(t) for t in members):
        found = list(itertools.product(*(edges(t) for t in members)))
        rng.shuffle(found)
        found = found[: count // 2]
    while len(found) < count:
        found.append(tuple(random_value(rng, t) for t in members))
    return found


def same(function: Function, values: tuple[Any, ...]) -> Outcome:
    """Compare the contract with the twin on `int`: the result, or the text of the revert."""
    expected, found = function.contract(values), function.on_int(values)
    assert found == expected, f"{function.id}{values}: the contract says {expected}, the twin {found}"
    assert _floatless(found[1]), f"{function.id}{values}: a float in {found}"
    return expected


def compare(function: Function, count: int, seed: int = 1) -> Counter[str]:
    """Compare many cases; return how many ended how ("ok" or the revert text)."""
    seen: Counter[str] = Counter()
    for values in cases(function, count, seed):
        kind, value = same(function, values)
        seen["ok" if kind == "ok" else f"revert {value!r}"] += 1
    return seen


def _floatless(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_floatless(v) for v in value)
    return value is None or isinstance(value, int | str)
