"""The two word types of compiled code: `u256` and `i256`, both one LLVM integer of 256 bits.

Owns the types, their constants, and their way in from and out to Python `int`. Comparisons, shifts and
divisions take their signedness from the type, as in Vyper; nothing mixes the two.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, imputils, types
from numba.core.datamodel.models import PrimitiveModel
from numba.core.typeconv import Conversion
from numba.extending import NativeValue, box, lower_cast, register_model, typeof_impl, unbox

WORD_BITS = 256
WORD = ir.IntType(WORD_BITS)
LIMB = ir.IntType(64)
LIMBS = WORD_BITS // LIMB.width


class WordType(types.Type):
    """A 256-bit word; plain small integers (literals, loop indices) become words where one is expected."""

    signed = False

    def can_convert_from(self, typingctx: Any, other: Any) -> Any:
        return Conversion.safe if isinstance(other, types.Integer) else None

    def unify(self, typingctx: Any, other: Any) -> Any:
        return self if isinstance(other, types.Integer) else None


class UnsignedWordType(WordType):
    """Vyper's unsigned integers, from uint8 to uint256."""

    def __init__(self) -> None:
        super().__init__(name="u256")


class SignedWordType(WordType):
    """Vyper's signed integers, from int8 to int256, in two's complement."""

    signed = True

    def __init__(self) -> None:
        super().__init__(name="i256")


u256 = UnsignedWordType()
i256 = SignedWordType()


@register_model(UnsignedWordType)
@register_model(SignedWordType)
class WordModel(PrimitiveModel):
    """A word lives in four machine registers, or in 32 bytes of memory."""

    def __init__(self, manager: Any, word_type: WordType) -> None:
        super().__init__(manager, word_type, WORD)


class Constant:
    """An integer that compiled code sees as a word rather than as a machine integer."""

    __slots__ = ("signed", "value")

    def __init__(self, value: int, *, signed: bool = False) -> None:
        lowest, highest = (-(2**255), 2**255 - 1) if signed else (0, 2**256 - 1)
        if not lowest <= value <= highest:
            raise OverflowError(f"{value} does not fit {'i256' if signed else 'u256'}")
        self.value = value
        self.signed = signed


@typeof_impl.register(Constant)
def _type_of_constant(constant: Constant, context: Any) -> WordType:
    return i256 if constant.signed else u256


def lower_constant(context: Any, builder: Any, word_type: WordType, constant: Constant) -> Any:
    """Emit a constant; numba calls this for the elements of constant tuples too."""
    return ir.Constant(WORD, constant.value)


def lower_integer(context: Any, builder: Any, from_type: Any, word_type: WordType, value: Any) -> Any:
    """Widen a machine integer, keeping its value; a negative one has no place in u256 and never occurs."""
    return builder.sext(value, WORD) if from_type.signed else builder.zext(value, WORD)


for _type in (UnsignedWordType, SignedWordType):
    imputils.lower_constant(_type)(lower_constant)
    lower_cast(types.Integer, _type)(lower_integer)


@unbox(UnsignedWordType)
@unbox(SignedWordType)
def _from_python(word_type: WordType, source: Any, c: Any) -> NativeValue:
    """Read a Python `int`; TypeError if it is none, OverflowError if the type cannot hold it."""
    word = cgutils.alloca_once_value(c.builder, ir.Constant(WORD, 0))
    index = c.pyapi._get_function(ir.FunctionType(c.pyapi.pyobj, [c.pyapi.pyobj]), name="PyNumber_Index")
    number = c.builder.call(index, [source])
    with c.builder.if_then(cgutils.is_not_null(c.builder, number), likely=True):
        c.builder.store(_word_of_int(word_type, number, c), word)
    failed = cgutils.is_not_null(c.builder, c.pyapi.err_occurred())
    return NativeValue(c.builder.load(word), is_error=failed)


def _word_of_int(word_type: WordType, number: Any, c: Any) -> Any:
    """Take an `int` limb by limb, from the lowest, and release it."""
    word = ir.Constant(WORD, 0)
    shift = c.pyapi.long_from_longlong(ir.Constant(LIMB, LIMB.width))
    for k in range(LIMBS):
        limb = c.builder.zext(_mask_to_limb(c, number), WORD)
        word = c.builder.or_(word, c.builder.shl(limb, ir.Constant(WORD, LIMB.width * k)))
        rest = c.pyapi.number_rshift(number, shift)
        c.pyapi.decref(number)
        number = rest
    above = c.pyapi.long_as_longlong(number)  # what is left: 0, or -1 for a negative number
    c.pyapi.decref(number)
    c.pyapi.decref(shift)
    sign = ir.Constant(WORD, 0)
    if word_type.signed:
        sign = c.builder.ashr(word, ir.Constant(WORD, WORD_BITS - 1))
    with c.builder.if_then(c.builder.icmp_signed("!=", c.builder.sext(above, WORD), sign), likely=False):
        c.pyapi.err_set_string("PyExc_OverflowError", f"the number does not fit {word_type.name}")
    return word


def _mask_to_limb(c: Any, number: Any) -> Any:
    fnty = ir.FunctionType(LIMB, [c.pyapi.pyobj])
    return c.builder.call(c.pyapi._get_function(fnty, name="PyLong_AsUnsignedLongLongMask"), [number])


@box(UnsignedWordType)
@box(SignedWordType)
def _to_python(word_type: WordType, word: Any, c: Any) -> Any:
    """Build a Python `int` from the highest limb down."""
    shift = c.pyapi.long_from_longlong(ir.Constant(LIMB, LIMB.width))
    limbs = [c.builder.trunc(c.builder.lshr(word, ir.Constant(WORD, 64 * k)), LIMB) for k in range(LIMBS)]
    first = c.pyapi.long_from_longlong if word_type.signed else c.pyapi.long_from_ulonglong
    result = first(limbs.pop())
    for limb in reversed(limbs):
        low = c.pyapi.long_from_ulonglong(limb)
        high = c.pyapi.number_lshift(result, shift)
        c.pyapi.decref(result)
        result = c.pyapi.number_or(high, low)
        c.pyapi.decref(high)
        c.pyapi.decref(low)
    c.pyapi.decref(shift)
    return result
