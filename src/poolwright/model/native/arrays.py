"""Arrays of words inside compiled code: tuples there, `uint64[..., 4]` limbs (lowest first) in memory.

Owns element access with Vyper's bounds check, loop counts, least and greatest, and loads and stores.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import overload

from poolwright.model import words
from poolwright.model.native.arithmetic import define, revert_if
from poolwright.model.native.border import load_signed_word, load_word, store_word
from poolwright.model.native.limbs import join, split
from poolwright.model.native.word_types import LIMB, i256, u256

INDICES = (u256, i256, types.int64)


def index_type(given: Any) -> Any:
    if given in (u256, i256):
        return given
    return types.int64 if isinstance(given, types.Integer) else None


@infer_global(words.item)
class Item(AbstractTemplate):
    key = words.item

    def generic(self, args: Any, kws: Any) -> Any:
        array, index = args
        if isinstance(array, types.UniTuple) and index_type(index) is not None:
            return signature(array.dtype, array, index_type(index))
        return None


@infer_global(words.with_item)
class WithItem(AbstractTemplate):
    key = words.with_item

    def generic(self, args: Any, kws: Any) -> Any:
        array, index, _ = args
        if isinstance(array, types.UniTuple) and index_type(index) is not None:
            return signature(array, array, index_type(index), array.dtype)
        return None


infer_global(words.item, types.Function(Item))
infer_global(words.with_item, types.Function(WithItem))


def emit_place(context: Any, builder: Any, array: Any, index: Any, count: int) -> tuple[Any, Any]:
    """Put a tuple in memory; return the addresses of the whole and of one element, which must exist."""
    outside = builder.icmp_unsigned(">=", index, ir.Constant(index.type, count))  # a negative index is huge
    revert_if(context, builder, outside)
    whole = cgutils.alloca_once(builder, array.type)
    builder.store(array, whole)
    short = index if index.type == LIMB else builder.trunc(index, LIMB)
    return whole, builder.gep(whole, [ir.Constant(LIMB, 0), short])


def emit_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    array, index = args
    _, place = emit_place(context, builder, array, index, sig.args[0].count)
    return builder.load(place)


def emit_with_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    array, index, value = args
    whole, place = emit_place(context, builder, array, index, sig.args[0].count)
    builder.store(value, place)
    return builder.load(whole)


for _index in INDICES:
    lower_builtin(words.item, types.UniTuple, _index)(emit_item)
    lower_builtin(words.with_item, types.UniTuple, _index, types.Any)(emit_with_item)


@define(words.to_index, signature(types.int64, u256, u256))
def emit_to_index(context: Any, builder: Any, n: Any, bound: Any) -> Any:
    revert_if(context, builder, builder.icmp_unsigned(">", n, bound))
    return builder.trunc(n, LIMB)


@define(words.to_index, signature(types.int64, i256, i256))
def emit_signed_to_index(context: Any, builder: Any, n: Any, bound: Any) -> Any:
    """A negative count is an empty loop, as zero is."""
    revert_if(context, builder, builder.icmp_signed(">", n, bound))
    negative = builder.icmp_signed("<", n, ir.Constant(n.type, 0))
    return builder.select(negative, ir.Constant(LIMB, 0), builder.trunc(n, LIMB))


def define_choice(function: Any, sign: str) -> None:
    """least and greatest: the second of two equal values is as good as the first."""

    @define(function, signature(u256, u256, u256))
    def emit_unsigned(context: Any, builder: Any, a: Any, b: Any) -> Any:
        return builder.select(builder.icmp_unsigned(sign, a, b), a, b)

    @define(function, signature(i256, i256, i256))
    def emit_signed(context: Any, builder: Any, a: Any, b: Any) -> Any:
        return builder.select(builder.icmp_signed(sign, a, b), a, b)


define_choice(words.least, "<")
define_choice(words.greatest, ">")
INLINE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}


@overload(load_word, strict=False, jit_options=INLINE)
def compiled_load_word(limbs: Any, place: Any) -> Any:
    if isinstance(place, types.Integer):
        return lambda limbs, place: join(limbs[place, 0], limbs[place, 1], limbs[place, 2], limbs[place, 3])

    def load(limbs: Any, place: Any) -> Any:
        one = limbs[place]
        return join(one[0], one[1], one[2], one[3])

    return load


@overload(load_signed_word, strict=False, jit_options=INLINE)
def compiled_load_signed_word(limbs: Any, place: Any) -> Any:
    return lambda limbs, place: words.bits_to_signed(load_word(limbs, place))


@overload(store_word, strict=False, jit_options=INLINE)
def compiled_store_word(limbs: Any, place: Any, word: Any) -> Any:
    def store(limbs: Any, place: Any, word: Any) -> Any:
        one = limbs[place]
        one[0], one[1], one[2], one[3] = split(word)

    def store_signed(limbs: Any, place: Any, word: Any) -> Any:
        store_word(limbs, place, words.bits_to_unsigned(word))

    return store_signed if word == i256 else store
