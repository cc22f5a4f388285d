"""The operators of words: comparisons, `& | ^ ~ >>` on both types, `//` and `%` on `u256`.

`+ - *` are left out on purpose: on a word they would wrap silently, so they are a typing error, and code
says `uadd` or `wrap_uadd`. `<<` is `ushl` or `sshl`. A plain small integer beside a word becomes a word.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature

from poolwright.model.native.word_types import WORD, WORD_BITS, WordType, i256, u256

Emit = Callable[..., Any]
COMPARISONS = {
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
}


def define_operator(
    symbol: Any, *word_types: types.Type, returns_bool: bool = False, shift: bool = False
) -> Callable[[Emit], Emit]:
    """Make `emit(context, builder, word_type, a, b)` the meaning of a binary operator on these word types."""

    class Binary(AbstractTemplate):
        key = symbol

        def generic(self, args: Any, kws: Any) -> Any:
            word = next((a for a in args if a in word_types), None)
            if word is None or kws or len(args) != 2:
                return None
            second = u256 if shift else word  # a shift's amount is unsigned
            for given, wanted in zip(args, (word, second), strict=True):
                if given != wanted and not isinstance(given, types.Integer):
                    return None
            return signature(types.boolean if returns_bool else word, word, second)

    infer_global(symbol)(Binary)

    def decorate(emit: Emit) -> Emit:
        for word in word_types:

            @lower_builtin(symbol, word, u256 if shift else word)
            def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                return emit(context, builder, sig.args[0], *args)

        return emit

    return decorate


def define_comparison(symbol: Any, sign: str) -> None:
    @define_operator(symbol, u256, i256, returns_bool=True)
    def emit(context: Any, builder: Any, word: WordType, a: Any, b: Any) -> Any:
        return (builder.icmp_signed if word.signed else builder.icmp_unsigned)(sign, a, b)


for _symbol, _sign in COMPARISONS.items():
    define_comparison(_symbol, _sign)


@define_operator(operator.and_, u256, i256)
def emit_and(context: Any, builder: Any, word: WordType, a: Any, b: Any) -> Any:
    return builder.and_(a, b)


@define_operator(operator.or_, u256, i256)
def emit_or(context: Any, builder: Any, word: WordType, a: Any, b: Any) -> Any:
    return builder.or_(a, b)


@define_operator(operator.xor, u256, i256)
def emit_xor(context: Any, builder: Any, word: WordType, a: Any, b: Any) -> Any:
    return builder.xor(a, b)


@define_operator(operator.rshift, u256, i256, shift=True)
def emit_shift_right(context: Any, builder: Any, word: WordType, a: Any, n: Any) -> Any:
    """An amount of 256 or more leaves the sign in every bit, or zero; LLVM's own shift is undefined there."""
    last = ir.Constant(WORD, WORD_BITS - 1)
    within = builder.icmp_unsigned("<=", n, last)
    if word.signed:
        return builder.ashr(a, builder.select(within, n, last))
    return builder.select(within, builder.lshr(a, builder.select(within, n, last)), ir.Constant(WORD, 0))


def emit_shift_left(builder: Any, a: Any, n: Any) -> Any:
    """High bits drop silently; an amount of 256 or more leaves zero."""
    last = ir.Constant(WORD, WORD_BITS - 1)
    within = builder.icmp_unsigned("<=", n, last)
    return builder.select(within, builder.shl(a, builder.select(within, n, last)), ir.Constant(WORD, 0))


@infer_global(operator.invert)
class Invert(AbstractTemplate):
    key = operator.invert

    def generic(self, args: Any, kws: Any) -> Any:
        return signature(args[0], args[0]) if len(args) == 1 and isinstance(args[0], WordType) else None


@lower_builtin(operator.invert, u256)
@lower_builtin(operator.invert, i256)
def emit_invert(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.not_(args[0])
