"""Vyper's types as the twin sees them: integers, bool, tuples for arrays, NamedTuples for structs."""

from __future__ import annotations

from typing import Any

from vyper.semantics.types import BoolT, IntegerT
from vyper.semantics.types.subscriptable import DArrayT, SArrayT, TupleT
from vyper.semantics.types.user import StructT

from poolwright.twin.errors import TwinError

WORD = 256


def type_of(node: Any) -> Any:
    """Return the type that the compiler gave to an expression."""
    return node._metadata["type"]


def is_integer(typ: Any) -> bool:
    return isinstance(typ, IntegerT)


def is_array(typ: Any) -> bool:
    return isinstance(typ, SArrayT | DArrayT)


def is_static_array(typ: Any) -> bool:
    return isinstance(typ, SArrayT)


def is_struct(typ: Any) -> bool:
    return isinstance(typ, StructT)


def is_composite(typ: Any) -> bool:
    return isinstance(typ, SArrayT | DArrayT | StructT | TupleT)


def is_bool(typ: Any) -> bool:
    return isinstance(typ, BoolT)


def prefix(typ: Any) -> str:
    """Return the letter of a helper's name: `s` for signed integers, `u` for the others."""
    return "s" if typ.is_signed else "u"


def bounds(typ: Any) -> tuple[int, int]:
    """Return the least and the greatest value of an integer type."""
    bits = typ.bits
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if typ.is_signed else (0, (1 << bits) - 1)


def struct_module(typ: Any) -> Any:
    """Return the module in which a struct is declared."""
    return typ.ast_def.module_node


def annotation(typ: Any, node: Any, struct_name: Any) -> str:
    """Write a type as a Python annotation; `struct_name` maps a struct type to its Python name."""
    if typ is None:
        return "None"
    if is_integer(typ):
        return str(typ._id)
    if is_bool(typ):
        return "bool"
    if is_array(typ):
        return f"tuple[{annotation(typ.value_type, node, struct_name)}, ...]"
    if isinstance(typ, TupleT):
        return f"tuple[{', '.join(annotation(t, node, struct_name) for t in typ.member_types)}]"
    if is_struct(typ):
        return str(struct_name(typ))
    raise TwinError(node, f"the type {typ} is not supported")


def abi_name(typ: Any) -> str:
    """Write a type as Vyper does, for the registry of functions."""
    if typ is None:
        return ""
    if isinstance(typ, TupleT):
        return "(" + ", ".join(abi_name(t) for t in typ.member_types) + ")"
    if isinstance(typ, SArrayT):
        return f"{abi_name(typ.value_type)}[{typ.count}]"
    if isinstance(typ, DArrayT):
        return f"DynArray[{abi_name(typ.value_type)}, {typ.count}]"
    return str(typ._id)


def integer_names(typ: Any) -> set[str]:
    """Collect the integer types named inside a type."""
    if is_integer(typ):
        return {str(typ._id)}
    if is_array(typ):
        return integer_names(typ.value_type)
    if isinstance(typ, TupleT):
        return set().union(*(integer_names(t) for t in typ.member_types))
    if is_struct(typ):
        return set().union(*(integer_names(t) for t in typ.member_types.values()))
    return set()
