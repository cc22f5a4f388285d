"""A module in the style of generated maths: every shape of code that the generator writes."""

from __future__ import annotations

from typing import NamedTuple

from poolwright.errors import PoolRevert
from poolwright.model.words import (
    item,
    sadd,
    smul,
    to_index,
    to_signed,
    to_word,
    uadd,
    udiv,
    umul,
    usub,
    with_item,
)
from tests.twin.native import sample_limits

uint256 = int
int256 = int
uint8 = int

SCALE: uint256 = 10**18
LOWEST: int256 = -(2**255)
STEPS: uint8 = 5
TABLE: tuple[uint256, ...] = (2**200, 3, 2**255)
STRICT: bool = True


class Reserves(NamedTuple):
    amount: uint256
    change: int256
    parts: tuple[uint256, ...]


def scale_up(a: uint256) -> uint256:
    return umul(a, SCALE)


def share(a: uint256, b: uint256) -> uint256:
    if b > sample_limits.LARGEST:
        raise PoolRevert("sample: too large")
    if STRICT and a == 0:
        raise PoolRevert("")
    return udiv(scale_up(a), b)


def look_up(i: uint256) -> uint256:
    return item(TABLE, i)


def lowest_plus(a: int256) -> int256:
    return sadd(LOWEST, smul(a, a))


def sum_and_grow(x: tuple[uint256, ...], count: uint256) -> tuple[uint256, tuple[uint256, ...]]:
    total = sample_limits.half(SCALE)
    for i in range(to_index(count, STEPS)):
        total = uadd(total, item(x, i))
        x = with_item(x, i, umul(item(x, i), to_word(i)))
    return (total, x)


def move(r: Reserves, by: int256) -> Reserves:
    return Reserves(
        amount=usub(r.amount, 1), change=sadd(r.change, by), parts=with_item(r.parts, 0, r.amount)
    )


def both(flag: bool, a: uint256) -> tuple[bool, int256]:
    if flag:
        return (False, to_signed(a))
    return (True, -1 if a > 2**62 else LOWEST)


def no_result(a: uint256) -> None:
    if a > 3:
        raise PoolRevert("sample: above three")
