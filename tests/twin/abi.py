"""A small ABI codec: Vyper types and Python values (tuples for arrays, structs and tuples) to bytes and back.

Only what the maths has: integers, bool, arrays, structs, tuples. Quick, because a differential run calls it
millions of times, and independent of the libraries that the package itself uses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from poolwright.twin import types

MASK = 2**256 - 1
Encode = Callable[[Any], bytes]
Decode = Callable[[bytes, int], Any]


def _members(typ: Any) -> list[Any]:
    """Return the parts of a type with parts."""
    if types.is_static_array(typ):
        return [typ.value_type] * typ.count
    if types.is_struct(typ):
        return list(typ.member_types.values())
    return list(typ.member_types)


def is_dynamic(typ: Any) -> bool:
    if not types.is_composite(typ):
        return False
    if types.is_array(typ) and not types.is_static_array(typ):
        return True
    return any(is_dynamic(t) for t in _members(typ))


def _size(typ: Any) -> int:
    """Return the bytes that a type takes in a head."""
    if is_dynamic(typ) or not types.is_composite(typ):
        return 32
    return sum(_size(t) for t in _members(typ))


def encoder(typ: Any) -> Encode:
    """Return a function that encodes a value of the type."""
    if not types.is_composite(typ):
        return lambda value: (int(value) & MASK).to_bytes(32, "big")
    if types.is_array(typ) and not types.is_static_array(typ):
        element = typ.value_type
        single = encoder(element)
        if not is_dynamic(element):
            return lambda value: len(value).to_bytes(32, "big") + b"".join(map(single, value))
        return lambda value: len(value).to_bytes(32, "big") + sequence([element] * len(value))(value)
    return sequence(_members(typ))


def sequence(members: list[Any]) -> Encode:
    """Return a function that encodes values one after the other: heads, then the dynamic tails."""
    singles = [encoder(t) for t in members]
    dynamic = [is_dynamic(t) for t in members]
    head_size = sum(_size(t) for t in members)
    if not any(dynamic):
        return lambda values: b"".join(single(v) for single, v in zip(singles, values, strict=True))

    def encode(values: Any) -> bytes:
        heads, tails, at = [], [], head_size
        for single, moves, value in zip(singles, dynamic, values, strict=True):
            data = single(value)
            heads.append(at.to_bytes(32, "big") if moves else data)
            if moves:
                tails.append(data)
                at += len(data)
        return b"".join(heads + tails)

    return encode


def decoder(typ: Any) -> Decode:
    """Return a function that decodes a value of the type at an offset."""
    if types.is_integer(typ) and typ.is_signed:
        return lambda data, at: int.from_bytes(data[at : at + 32], "big", signed=True)
    if types.is_bool(typ):
        return lambda data, at: bool(data[at + 31])
    if not types.is_composite(typ):
        return lambda data, at: int.from_bytes(data[at : at + 32], "big")
    if types.is_array(typ) and not types.is_static_array(typ):
        return _array_decoder(typ)
    return decoder_of(_members(typ))


def _array_decoder(typ: Any) -> Decode:
    single, size, moves = decoder(typ.value_type), _size(typ.value_type), is_dynamic(typ.value_type)

    def decode(data: bytes, at: int) -> tuple[Any, ...]:
        count = int.from_bytes(data[at : at + 32], "big")
        start = at + 32
        return tuple(_read(single, moves, data, start, start + size * i) for i in range(count))

    return decode


def _read(single: Decode, moves: bool, data: bytes, start: int, at: int) -> Any:
    return single(data, start + int.from_bytes(data[at : at + 32], "big")) if moves else single(data, at)


def decoder_of(members: list[Any]) -> Decode:
    """Return a function that decodes values one after the other."""
    parts, at = [], 0
    for typ in members:
        parts.append((decoder(typ), is_dynamic(typ), at))
        at += _size(typ)

    def decode(data: bytes, start: int) -> tuple[Any, ...]:
        return tuple(_read(single, moves, data, start, start + offset) for single, moves, offset in parts)

    return decode
