"""Expressions of Vyper as Python text on words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vyper import ast as vy
from vyper.semantics.types.function import ContractFunctionT

from poolwright.twin import names, types
from poolwright.twin.builtins import BUILTINS
from poolwright.twin.errors import TwinError

if TYPE_CHECKING:
    from poolwright.twin.functions import FunctionWriter

_CHECKED = {vy.Add: "add", vy.Sub: "sub", vy.Mult: "mul", vy.FloorDiv: "div", vy.Mod: "mod", vy.Pow: "pow"}
_BITS = {vy.BitAnd: "&", vy.BitOr: "|", vy.BitXor: "^"}
COMPARE = {vy.Lt: "<", vy.LtE: "<=", vy.Gt: ">", vy.GtE: ">=", vy.Eq: "==", vy.NotEq: "!="}
# See `effects`.
_ORDER = "both sides can revert, with different texts, and Vyper takes the right one first: name one above"


@dataclass(frozen=True)
class Code:
    """Python text; `atom`: needs no parentheses; `plain`: natively a machine integer, not a word."""

    text: str
    atom: bool = True
    plain: bool = False

    @property
    def operand(self) -> str:
        return self.text if self.atom else f"({self.text})"


class Expressions:
    """Writes expressions inside one function."""

    def __init__(self, writer: FunctionWriter) -> None:
        self.writer = writer
        self.module = writer.module

    # A word wherever one is stored, passed or returned; an operand may stay a machine integer.

    def word(self, node: Any) -> str:
        """Write an expression as a value: literals become typed constants, loop indexes words."""
        value = folded(node)
        if value is not None:
            return self._folded(node, value, types.type_of(node), inline=False).text
        return self._as_word(node, self.write(node)).text

    def operand(self, node: Any) -> str:
        """Write an expression as an operand of a helper, which takes machine integers for words."""
        return self.code(node).text

    def inner(self, node: Any) -> str:
        """Write an expression as an operand of a plain operator."""
        code = self._as_word(node, self.code(node))
        return code.operand

    def index(self, node: Any) -> Code:
        """Write an index or a loop count: a machine integer is welcome."""
        value = folded(node)
        return Code(str(value.value), plain=True) if isinstance(value, vy.Int) else self.write(node)

    def code(self, node: Any) -> Code:
        value = folded(node)
        if value is not None:
            return self._folded(node, value, types.type_of(node), inline=True)
        return self.write(node)

    def _as_word(self, node: Any, code: Code) -> Code:
        if not code.plain:
            return code
        helper = "to_signed_word" if types.type_of(node).is_signed else "to_word"
        return Code(self.module.call(helper, code.text))

    def _folded(self, node: Any, value: Any, typ: Any, inline: bool) -> Code:
        named = self._constant_name(node)
        if named and isinstance(value, vy.Int | vy.NameConstant | vy.List):
            return Code(named)
        return Code(self.module.literal(node, value, typ, inline))

    def _constant_name(self, node: Any) -> str:
        """Return the name of a constant that is used by its name; "" for any other folded expression."""
        if isinstance(node, vy.Name) and node.id in self.module.constants:
            return str(self.module.constants[node.id])
        if isinstance(node, vy.Attribute) and isinstance(node.value, vy.Name):
            module = self.module.imported(node.value.id)
            return f"{module}.{names.safe(node.attr)}" if module else ""
        return ""

    def write(self, node: Any) -> Code:
        """Write an expression that is not folded."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise TwinError(node, f"{type(node).__name__} is not supported")
        code: Code = method(node)
        return code

    def _name(self, node: Any) -> Code:
        found = self.writer.locals.find(node.id)
        if found is None:
            raise TwinError(node, f"'{node.id}' is neither a local variable nor a folded constant")
        return Code(found[0], plain=found[1])

    def _attribute(self, node: Any) -> Code:
        if types.is_struct(node.value._metadata.get("type")):
            return Code(f"{self.write(node.value).operand}.{names.safe(node.attr)}")
        raise TwinError(node, f"'{node.node_source_code}' is not pure maths")

    def _subscript(self, node: Any) -> Code:
        typ = types.type_of(node.value)
        if not types.is_array(typ):
            raise TwinError(node, f"a {typ} cannot be indexed")
        array, index = self.array(node.value), self.index(node.slice)
        safe = types.is_static_array(typ) and isinstance(folded(node.slice), vy.Int)
        if safe or self.writer.index_is_safe(array, typ, index.text):
            return Code(f"{array}[{index.text}]")
        return Code(self.module.call("item", array, index.text))

    def array(self, node: Any) -> str:
        value = folded(node)
        if value is not None:
            return self._folded(node, value, types.type_of(node), inline=False).operand
        return self.write(node).operand

    def _binop(self, node: Any) -> Code:
        return self.binary(node, node.op, node.left, node.right, types.type_of(node))

    def binary(self, node: Any, op: Any, left: Any, right: Any, typ: Any, left_text: str = "") -> Code:
        """Write `left op right`; `left_text` replaces the left side where it is an assignment's target."""
        if not types.is_integer(typ):
            raise TwinError(node, f"arithmetic on {typ} is not supported")
        kind = type(op)
        if kind in _BITS:
            self._ordered(node, left, right)
            return Code(f"{left_text or self.inner(left)} {_BITS[kind]} {self.inner(right)}", atom=False)
        if kind in (vy.LShift, vy.RShift):
            self._ordered(node, left, right)
            return self._shift(
                kind, left_text or self.inner(left), left_text or self.operand(left), right, typ
            )
        if kind not in _CHECKED:
            raise TwinError(node, f"the operator {kind.__name__} is not supported")
        divisor = folded(right)
        if kind in (vy.FloorDiv, vy.Mod) and not typ.is_signed and divisor is not None and divisor.value:
            sign = "//" if kind is vy.FloorDiv else "%"
            return Code(f"{left_text or self.inner(left)} {sign} {self.inner(right)}", atom=False)
        helper = types.prefix(typ) + _CHECKED[kind]
        return Code(
            self.narrow(typ, self.module.call(helper, left_text or self.operand(left), self.operand(right)))
        )

    def _shift(self, kind: Any, left: str, argument: str, right: Any, typ: Any) -> Code:
        count = folded(right)
        if kind is vy.RShift:
            by = str(count.value) if count is not None else self.inner(right)
            return Code(f"{left} >> {by}", atom=False)
        by = str(count.value) if count is not None else self.operand(right)
        return Code(self.module.call(f"{types.prefix(typ)}shl", argument, by))

    def narrow(self, typ: Any, text: str) -> str:
        """Check that a word-wide result fits its narrower type."""
        if typ.bits == types.WORD:
            return text
        low, high = (self.module.number(typ, bound) for bound in types.bounds(typ))
        arguments = (text, low, high) if typ.is_signed else (text, high)
        return self.module.call(f"narrow_{types.prefix(typ)}", *arguments)

    def _ordered(self, node: Any, left: Any, right: Any) -> None:
        if self.module.effects.conflict(left, right):
            raise TwinError(node, _ORDER)

    def ordered(self, node: Any, *operands: Any) -> None:
        """Refuse operands whose order of evaluation could be seen."""
        for i, left in enumerate(operands):
            for right in operands[i + 1 :]:
                self._ordered(node, left, right)

    def _compare(self, node: Any) -> Code:
        if type(node.op) not in COMPARE:
            raise TwinError(node, f"the comparison {type(node.op).__name__} is not supported")
        self._ordered(node, node.left, node.right)
        left, right = self.compare_sides(node)
        return Code(f"{left} {COMPARE[type(node.op)]} {right}", atom=False)

    def compare_sides(self, node: Any) -> tuple[str, str]:
        """Write both sides; a machine integer compares with a word, and with another, as it is."""
        return self.code(node.left).operand, self.code(node.right).operand

    def _boolop(self, node: Any) -> Code:
        word = " and " if isinstance(node.op, vy.And) else " or "
        return Code(word.join(self.code(v).operand for v in node.values), atom=False)

    def _unaryop(self, node: Any) -> Code:
        if isinstance(node.op, vy.Not):
            return Code(f"not {self.code(node.operand).operand}", atom=False)
        typ = types.type_of(node)
        if not types.is_integer(typ):
            raise TwinError(node, f"{type(node.op).__name__} on {typ} is not supported")
        if isinstance(node.op, vy.USub):
            return Code(self.narrow(typ, self.module.call("sneg", self.operand(node.operand))))
        mask = self.module.number(typ, types.bounds(typ)[1])
        return Code(f"{self.inner(node.operand)} ^ {mask}", atom=False)

    def _ifexp(self, node: Any) -> Code:
        body, orelse = self.word(node.body), self.word(node.orelse)
        return Code(f"{body} if {self.code(node.test).text} else {orelse}", atom=False)

    def _list(self, node: Any) -> Code:
        return Code(self.module.tuple_of([self.word(e) for e in node.elements]))

    _tuple = _list

    def _call(self, node: Any) -> Code:
        function = node.func._metadata.get("type")
        if isinstance(function, ContractFunctionT):
            return Code(self._internal(node, function))
        if types.is_struct(node._metadata.get("type")) and node.keywords:
            return Code(self._struct(node))
        name = node.func.id if isinstance(node.func, vy.Name) else ""
        if name not in BUILTINS:
            raise TwinError(node, f"'{node.func.node_source_code}' is not supported")
        code: Code = BUILTINS[name](self, node)
        return code

    def _internal(self, node: Any, function: Any) -> str:
        if node.keywords or not function.is_internal:
            raise TwinError(node, "only internal functions with positional arguments can be called")
        given = [self.word(a) for a in node.args]
        missing = function.keyword_args[len(node.args) - function.n_positional_args :]
        for argument in missing:
            value = folded(argument.default_value)
            if value is None:
                raise TwinError(node, f"the default of '{argument.name}' is not a constant: pass it")
            given.append(self.module.literal(node, value, argument.typ, inline=False))
        return f"{self.module.function(node, function)}({', '.join(given)})"

    def _struct(self, node: Any) -> str:
        """Build a struct by position: in the order of its fields, evaluated as written."""
        typ = node._metadata["type"]
        if [k.arg for k in node.keywords] != list(typ.member_types):
            raise TwinError(node, "name the fields in the order of the struct's declaration")
        return f"{self.module.struct(typ)}({', '.join(self.word(k.value) for k in node.keywords)})"


def folded(node: Any) -> Any:
    """Return the literal that the compiler folded an expression into; None if it did not."""
    value = node.get_folded_value() if getattr(node, "has_folded_value", False) else node
    return (
        value if isinstance(value, vy.Int | vy.NameConstant | vy.List | vy.Str) and _constant(value) else None
    )


def _constant(value: Any) -> bool:
    return all(folded(e) is not None for e in value.elements) if isinstance(value, vy.List) else True
