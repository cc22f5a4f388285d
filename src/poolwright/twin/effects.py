"""Which revert texts an expression can end in, so that the order of evaluation is never guessed.

Vyper evaluates the right side of a comparison, of a bit operation and of `unsafe_*` first, Python the left.
That is visible only when both sides can revert, with different texts; the generator refuses exactly that.
"""

from __future__ import annotations

from typing import Any

from vyper import ast as vy
from vyper.semantics.types.function import ContractFunctionT

from poolwright.twin import types

_CHECKED = (vy.Add, vy.Sub, vy.Mult, vy.Pow, vy.FloorDiv, vy.Mod)
_TOTAL_BUILTINS = {
    "min",
    "max",
    "len",
    "isqrt",
    "empty",
    "unsafe_add",
    "unsafe_sub",
    "unsafe_mul",
    "unsafe_div",
}

Texts = frozenset[str]
_NONE: Texts = frozenset()
_BARE: Texts = frozenset([""])


class Effects:
    """Revert texts by expression; functions are remembered."""

    def __init__(self) -> None:
        self._functions: dict[int, Texts] = {}

    def conflict(self, first: Any, second: Any) -> bool:
        """Tell whether the order of evaluating two expressions can be seen."""
        a, b = self.texts(first), self.texts(second)
        return bool(a) and bool(b) and len(a | b) > 1

    def texts(self, node: Any) -> Texts:
        """Return every text that evaluating an expression can revert with."""
        if node is None or getattr(node, "has_folded_value", False):
            return _NONE
        own = self._own(node)
        return own.union(*(self.texts(child) for child in _operands(node)))

    def _own(self, node: Any) -> Texts:
        if isinstance(node, vy.BinOp):
            return _BARE if isinstance(node.op, _CHECKED) else _NONE
        if isinstance(node, vy.UnaryOp):
            return _BARE if isinstance(node.op, vy.USub) else _NONE
        if isinstance(node, vy.Subscript):
            static = types.is_static_array(types.type_of(node.value))
            return _NONE if static and isinstance(node.slice.reduced(), vy.Int) else _BARE
        if isinstance(node, vy.Call):
            return self._call(node)
        return _NONE

    def _call(self, node: Any) -> Texts:
        if is_refusal(node):
            return frozenset([message(node.args[0])])
        function = node.func._metadata.get("type")
        if isinstance(function, ContractFunctionT):
            return self.function(function.decl_node)
        name = node.func.id if isinstance(node.func, vy.Name) else ""
        return _NONE if name in _TOTAL_BUILTINS or types.is_struct(node._metadata.get("type")) else _BARE

    def function(self, node: Any) -> Texts:
        """Return every text that calling a function can revert with."""
        if id(node) not in self._functions:
            found = _NONE.union(*(self._statement(s) for s in node.body))
            self._functions[id(node)] = found
        return self._functions[id(node)]

    def _statement(self, node: Any) -> Texts:
        if isinstance(node, vy.If):
            inner = [self._statement(s) for s in (*node.body, *(node.orelse or ()))]
            return self.texts(node.test).union(*inner)
        if isinstance(node, vy.For):
            return _BARE.union(self.texts(node.iter), *(self._statement(s) for s in node.body))
        if isinstance(node, vy.Assert):
            return self.texts(node.test) | {message(node.msg)}
        if isinstance(node, vy.Raise):
            return frozenset([message(node.exc)])
        if isinstance(node, vy.AugAssign):
            return _BARE | self.texts(node.target) | self.texts(node.value)
        if isinstance(node, vy.Assign | vy.AnnAssign):
            return self.texts(node.target) | self.texts(node.value)
        return self.texts(getattr(node, "value", None))


def is_refusal(node: Any) -> bool:
    """Tell a call of contracts/refusal.vy, which reverts with the text it is given."""
    return isinstance(node, vy.Call) and node.get("func.value.id") == "refusal"


def message(node: Any) -> str:
    """Return the text of an assert or raise; "" when it has none."""
    value = node.reduced() if node is not None else None
    return str(value.value) if isinstance(value, vy.Str) else ""


def _operands(node: Any) -> list[Any]:
    if isinstance(node, vy.Call):
        return [*node.args, *(k.value for k in node.keywords)]
    if isinstance(node, vy.BinOp | vy.Compare):
        return [node.left, node.right]
    if isinstance(node, vy.BoolOp):
        return list(node.values)
    if isinstance(node, vy.UnaryOp):
        return [node.operand]
    if isinstance(node, vy.IfExp):
        return [node.test, node.body, node.orelse]
    if isinstance(node, vy.Subscript):
        return [node.value, node.slice]
    if isinstance(node, vy.Attribute):
        return [node.value]
    if isinstance(node, vy.List | vy.Tuple):
        return list(node.elements)
    return []
