"""Vyper's built-in functions as Python text on words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vyper import ast as vy
from vyper.semantics.types.primitives import BytesM_T

from poolwright.twin import types
from poolwright.twin.errors import TwinError

if TYPE_CHECKING:
    from poolwright.twin.expressions import Code, Expressions


def _code(text: str, atom: bool = True, plain: bool = False) -> Code:
    from poolwright.twin.expressions import Code

    return Code(text, atom, plain)


def _unsafe(name: str) -> Callable[[Expressions, Any], Code]:
    def write(e: Expressions, node: Any) -> Code:
        typ = types.type_of(node)
        e.ordered(node, *node.args)
        text = e.module.call(f"wrap_{types.prefix(typ)}{name}", *(e.operand(a) for a in node.args))
        if typ.bits < types.WORD:
            text = e.module.call(f"wrap_narrow_{types.prefix(typ)}", text, str(typ.bits))
        return _code(text)

    return write


def _extreme(helper: str) -> Callable[[Expressions, Any], Code]:
    def write(e: Expressions, node: Any) -> Code:
        return _code(e.module.call(helper, *(e.word(a) for a in node.args)))

    return write


def _words(helper: str) -> Callable[[Expressions, Any], Code]:
    def write(e: Expressions, node: Any) -> Code:
        return _code(e.module.call(helper, *(e.word(a) for a in node.args)))

    return write


def _len(e: Expressions, node: Any) -> Code:
    (array,) = node.args
    if not types.is_array(types.type_of(array)):
        raise TwinError(node, "len is supported for arrays only")
    return _code(f"len({e.array(array)})", plain=True)


def _empty(e: Expressions, node: Any) -> Code:
    return _code(_zero(e, node, types.type_of(node)))


def _zero(e: Expressions, node: Any, typ: Any) -> str:
    if types.is_integer(typ):
        return e.module.number(typ, 0, inline=False)
    if types.is_bool(typ):
        return "False"
    if types.is_static_array(typ):
        return e.module.tuple_of([_zero(e, node, typ.value_type)] * typ.count)
    if types.is_array(typ):
        return "()"
    if types.is_struct(typ):
        return f"{e.module.struct(typ)}({', '.join(_zero(e, node, t) for t in typ.member_types.values())})"
    raise TwinError(node, f"empty({typ}) is not supported")


def _convert(e: Expressions, node: Any) -> Code:
    source, target = node.args[0], types.type_of(node)
    if isinstance(source, vy.Call) and isinstance(types.type_of(source), BytesM_T):
        return _code(_through_bytes(e, node, source, target))
    given = types.type_of(source)
    if types.is_bool(target) and types.is_integer(given):
        return _code(f"{e.inner(source)} != 0", atom=False)
    if types.is_bool(given) and types.is_integer(target):
        word = e.module.call("bool_to_word", e.word(source))
        return _code(e.module.call("to_signed", word) if target.is_signed else word)
    if not (types.is_integer(given) and types.is_integer(target)):
        raise TwinError(node, f"convert from {given} to {target} is not supported")
    return _code(_integer(e, e.word(source), given, target))


def _integer(e: Expressions, text: str, given: Any, target: Any) -> str:
    """Convert between integer types with the range check, and natively to the other signedness."""
    if given.is_signed and not target.is_signed:
        text = e.module.call("to_unsigned", text)
    elif target.is_signed and not given.is_signed:
        text = e.module.call("to_signed", text)
    (low, high), (given_low, given_high) = types.bounds(target), types.bounds(given)
    fits = given_high <= high and (given_low >= low or not target.is_signed)
    return text if fits else e.narrow(target, text)


def _through_bytes(e: Expressions, node: Any, source: Any, target: Any) -> str:
    """Keep the bits: `convert(convert(x, bytes32), T)`."""
    (inner, _), given = source.args, types.type_of(source.args[0])
    whole = types.type_of(source).m_bits == types.WORD and source.func.id == "convert"
    if not (whole and types.is_integer(given) and types.is_integer(target)):
        raise TwinError(node, "bytes are supported only as convert(convert(integer, bytes32), integer)")
    text = e.word(inner)
    if given.is_signed and not target.is_signed:
        text = e.module.call("bits_to_unsigned", text)
    elif target.is_signed and not given.is_signed:
        text = e.module.call("bits_to_signed", text)
    return e.narrow(target, text)


BUILTINS: dict[str, Callable[[Expressions, Any], Code]] = {
    "unsafe_add": _unsafe("add"),
    "unsafe_sub": _unsafe("sub"),
    "unsafe_mul": _unsafe("mul"),
    "unsafe_div": _unsafe("div"),
    "min": _extreme("least"),
    "max": _extreme("greatest"),
    "abs": _words("sabs"),
    "isqrt": _words("isqrt"),
    "uint256_addmod": _words("addmod"),
    "uint256_mulmod": _words("mulmod"),
    "len": _len,
    "empty": _empty,
    "convert": _convert,
}
