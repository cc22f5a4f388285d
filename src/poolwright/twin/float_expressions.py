"""Expressions of the exact text as expressions on float64, and as plain integers where an index is meant."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Final

from poolwright.model.float_maths.primitives import REPLACED
from poolwright.twin.errors import TwinError
from poolwright.twin.float_types import Functions, Integers, called, parsed

BINARY: Final[dict[str, Callable[[], ast.operator]]] = {
    **dict.fromkeys(("uadd", "sadd", "wrap_uadd", "wrap_sadd"), ast.Add),
    **dict.fromkeys(("usub", "ssub", "wrap_usub", "wrap_ssub"), ast.Sub),
    **dict.fromkeys(("umul", "smul", "wrap_umul", "wrap_smul"), ast.Mult),
}
LIKE_PYTHON: Final = {"least": "min", "greatest": "max", "sabs": "abs", "bool": "bool"}
SAME_NUMBER: Final = ("to_signed", "to_unsigned")
SHORT: Final = 64  # powers of two from here on are written as such


class Source:
    """One exact module: its text, its tree, and constants that were hoisted only for compiled words."""

    def __init__(self, stem: str, text: str) -> None:
        self.stem = stem
        self.text = text
        self.tree = parsed(text)
        self.hoisted: dict[str, int] = {}
        for node in self.tree.body:
            if isinstance(node, ast.AnnAssign) and is_hoisted(node.target) and node.value is not None:
                self.hoisted[ast.unparse(node.target)] = ast.literal_eval(node.value)

    def refuse(self, node: ast.AST, what: str) -> TwinError:
        """Return the error that names this module's file and the node's line."""
        return TwinError(_Position(self, getattr(node, "lineno", 1)), what)


def is_hoisted(node: ast.expr) -> bool:
    """Tell the name of a hoisted literal."""
    return isinstance(node, ast.Name) and node.id.startswith(("_U_", "_S_"))


class _Position:
    """A line of generated text, in the shape in which errors ask for a place."""

    def __init__(self, source: Source, line: int) -> None:
        self.resolved_path = Path(f"{source.stem}.py")
        self.full_source_code = source.text
        self.lineno = line

    def get_ancestor(self) -> None:
        return None


class FloatExpressions:
    """The expressions of one function."""

    def __init__(
        self,
        source: Source,
        function: str,
        functions: Functions,
        integers: Integers,
        used: dict[str, set[str]],
    ) -> None:
        self._source = source
        self._function = function
        self._functions = functions
        self._integers = integers
        self._used = used

    def assigned(self, target: ast.expr, node: ast.expr) -> ast.expr:
        """Return what is put into a variable: an integer if the variable is one."""
        return self.whole(node) if self._is_integer(target) else self.value(node)

    def iterated(self, node: ast.expr) -> ast.expr:
        """Return what a loop runs over."""
        if not isinstance(node, ast.Call) or called(node) != ("", "range"):
            return self.value(node)
        return ast.Call(node.func, [self._count(argument) for argument in node.args], [])

    def value(self, node: ast.expr) -> ast.expr:
        """Return an expression on floats (or on bools and tuples, which stay)."""
        match node:
            case ast.Constant(value=bool()):
                return node
            case ast.Constant(value=int(number)):
                return literal(number)
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Call():
                return self._call(node)
            case ast.Tuple():
                return ast.Tuple([self._element(part) for part in node.elts], ast.Load())
            case ast.Compare(ops=[_], comparators=[right]):
                return self._compare(node, right)
            case ast.BoolOp():
                return ast.BoolOp(node.op, [self.value(part) for part in node.values])
            case ast.UnaryOp(op=ast.Not()):
                return ast.UnaryOp(node.op, self.value(node.operand))
            case ast.UnaryOp(op=ast.USub()):
                return ast.UnaryOp(node.op, self.value(node.operand))
            case ast.IfExp():
                return ast.IfExp(self.value(node.test), self.value(node.body), self.value(node.orelse))
            case ast.Subscript():
                return ast.Subscript(self.value(node.value), self.whole(node.slice), ast.Load())
            case ast.BinOp(op=ast.FloorDiv()):
                return ast.BinOp(self.value(node.left), ast.Div(), self.value(node.right))
            case ast.BinOp(op=ast.RShift()):
                return self._shift(node.left, node.right, -1)
        raise self._refuse(node)

    def whole(self, node: ast.expr) -> ast.expr:
        """Return an expression on plain integers."""
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return node
        if isinstance(node, ast.Name) and node.id in self._source.hoisted:
            return ast.Constant(self._source.hoisted[node.id])
        if self._is_integer(node):
            return node
        if isinstance(node, ast.Call) and called(node)[1] in BINARY and not called(node)[0]:
            left, right = node.args
            return ast.BinOp(self.whole(left), BINARY[called(node)[1]](), self.whole(right))
        raise self._source.refuse(node, f"`{ast.unparse(node)}` is not an integer in the float form")

    def _is_integer(self, node: ast.expr) -> bool:
        return self._integers.is_integer(self._source.stem, self._function, node)

    def _element(self, node: ast.expr) -> ast.expr:
        return node if isinstance(node, ast.Name) and self._is_integer(node) else self.value(node)

    def _count(self, node: ast.expr) -> ast.expr:
        """A loop's count: plain, or a word that the exact text turns into an integer."""
        if isinstance(node, ast.Call) and called(node) == ("", "to_index"):
            return ast.Call(ast.Name("int", ast.Load()), [self.value(node.args[0])], [])
        return self.whole(node)

    def _name(self, node: ast.Name) -> ast.expr:
        if node.id in self._source.hoisted:
            return literal(self._source.hoisted[node.id])
        return _float_of(node) if self._is_integer(node) else node

    def _attribute(self, node: ast.Attribute) -> ast.expr:
        if not isinstance(node.value, ast.Name):
            raise self._refuse(node)
        module = node.value.id
        if module in REPLACED:
            return self._primitive(REPLACED[module].get(node.attr, ""), node)
        self._used["modules"].add(module)
        return node

    def _primitive(self, name: str, node: ast.AST) -> ast.expr:
        if not name:
            raise self._refuse(node)
        self._used["modules"].add("primitives")
        return ast.Attribute(ast.Name("primitives", ast.Load()), name, ast.Load())

    def _compare(self, node: ast.Compare, right: ast.expr) -> ast.expr:
        as_integers = self._is_integer(node.left) or self._is_integer(right)
        to = self.whole if as_integers else self.value
        return ast.Compare(to(node.left), node.ops, [to(right)])

    def _shift(self, number: ast.expr, bits: ast.expr, sign: int) -> ast.expr:
        count = self.whole(bits)
        if isinstance(count, ast.Constant) and isinstance(count.value, int):
            power = ast.BinOp(ast.Constant(2.0), ast.Pow(), ast.Constant(count.value))
            return ast.BinOp(self.value(number), ast.Mult() if sign > 0 else ast.Div(), power)
        signed = count if sign > 0 else ast.UnaryOp(ast.USub(), count)
        return ast.Call(self._primitive("shifted", number), [self.value(number), signed], [])

    def _call(self, node: ast.Call) -> ast.expr:
        module, name = called(node)
        if module in REPLACED:
            return ast.Call(self._attribute(node.func), self._values(node), [])  # type: ignore[arg-type]
        callee = self._functions.get((module or self._source.stem, name))
        if callee is not None:
            return self._call_generated(node, callee, module or self._source.stem)
        if module or node.keywords:
            raise self._refuse(node)
        if name in BINARY:
            if is_quotient_up(node, name):
                return self.value(node.args[0])
            left, right = self._values(node)
            return ast.BinOp(left, BINARY[name](), right)
        return self._call_word(node, name)

    def _call_generated(self, node: ast.Call, callee: ast.FunctionDef, module: str) -> ast.expr:
        if module != self._source.stem:
            self._used["modules"].add(module)
        places = [(module, callee.name, a.arg) for a in callee.args.args]
        arguments = [
            self.whole(argument) if place in self._integers.places else self.value(argument)
            for argument, place in zip(node.args, places, strict=True)
        ]
        return ast.Call(node.func, arguments, [])

    def _call_word(self, node: ast.Call, name: str) -> ast.expr:
        args = node.args
        match name:
            case "udiv" | "sdiv" | "wrap_udiv":
                return ast.Call(self._primitive("divide", node), self._values(node), [])
            case "ushl" | "sshl":
                return self._shift(args[0], args[1], 1)
            case "item" | "with_item":
                self._used["words"].add(name)
                rest = [self.value(part) for part in args[2:]]
                return ast.Call(node.func, [self.value(args[0]), self.whole(args[1]), *rest], [])
            case "len":
                return _float_of(self.whole(node))
            case "settled":
                return ast.Call(self._primitive("settled", node), self._values(node), [])
        if name in SAME_NUMBER:
            return self.value(args[0])
        if name in LIKE_PYTHON:
            return ast.Call(ast.Name(LIKE_PYTHON[name], ast.Load()), self._values(node), [])
        raise self._refuse(node)

    def _values(self, node: ast.Call) -> list[ast.expr]:
        return [self.value(argument) for argument in node.args]

    def _refuse(self, node: ast.AST) -> TwinError:
        return self._source.refuse(node, f"`{ast.unparse(node)}` has no float form")


def is_quotient_up(node: ast.Call, name: str) -> bool:
    """Tell whether this is a quotient rounded up, floor(a / b) + 1: floats round nothing and do without the one."""
    quotient, one = node.args[0], node.args[-1]
    return (
        name == "wrap_uadd"
        and isinstance(quotient, ast.Call)
        and ast.unparse(quotient.func) == "wrap_udiv"
        and ast.unparse(one) == "1"
    )


def literal(number: int) -> ast.expr:
    """Return a number as a float literal; large powers of two as such."""
    bits = number.bit_length() - 1
    if number > 0 and number == 1 << bits and bits >= SHORT:
        return ast.BinOp(ast.Constant(2.0), ast.Pow(), ast.Constant(bits))
    return ast.Constant(float(number))


def _float_of(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("float", ast.Load()), [node], [])
