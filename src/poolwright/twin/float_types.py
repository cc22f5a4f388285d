"""Which names of the exact text stay integers in the float form: indices, loop counts and counts of bits.

A uint256 says nothing about its use, so use decides: what indexes an array or counts the bits of a shift is an
integer, and so is all that is copied into it or compared with it as an index. Everything else is a float.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

# (module, function, variable), or (module, function, place in the returned tuple).
Place = tuple[str, str, str | int]
Functions = dict[tuple[str, str], ast.FunctionDef]

# Calls whose second argument is an index or a count of bits.
INDEXED: Final = ("item", "with_item", "ushl", "sshl")


def called(node: ast.AST) -> tuple[str, str]:
    """Return (module or "", name) of a call, ("", "") for anything else."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return "", node.func.id
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            return node.func.value.id, node.func.attr
    return "", ""


class _WithoutWords(ast.NodeTransformer):
    """Drops `to_word`, which only compiled words need."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return node.args[0] if called(node) == ("", "to_word") else node


def parsed(text: str) -> ast.Module:
    """Return the tree of exact text as all of the float form reads it."""
    tree: ast.Module = _WithoutWords().visit(ast.parse(text))
    return tree


class Integers:
    """The places that stay integers, over all modules at once."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self.places: set[Place] = set()
        known = -1
        while known != len(self.places):  # until nothing new is learnt
            known = len(self.places)
            for (module, name), function in functions.items():
                for node in ast.walk(function):
                    self._learn(module, name, node)

    def is_integer(self, module: str, function: str, node: ast.expr) -> bool:
        """Tell whether an expression is an integer by its names."""
        if called(node)[1] == "len":
            return True
        return isinstance(node, ast.Name) and (module, function, node.id) in self.places

    def _learn(self, module: str, name: str, node: ast.AST) -> None:
        if isinstance(node, ast.For) and called(node.iter) == ("", "range"):
            self._mark(module, name, node.target)
        elif isinstance(node, ast.Call):
            self._learn_call(module, name, node)
        elif isinstance(node, ast.Subscript):
            self._mark(module, name, node.slice)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
            self._mark(module, name, node.right)
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            self._join(module, name, node.left, node.comparators[0], "lone")
        elif isinstance(node, ast.Assign):
            self._learn_assignment(module, name, node)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for k, element in enumerate(node.value.elts):
                if self._names_integer(module, name, element):
                    self.places.add((module, name, k))

    def _learn_call(self, module: str, name: str, node: ast.Call) -> None:
        of, what = called(node)
        if not of and what in INDEXED:
            self._mark(module, name, node.args[1])
        callee = self._functions.get((of or module, what))
        if callee is not None:
            for argument, parameter in zip(node.args, callee.args.args, strict=True):
                place = (of or module, what, parameter.arg)
                if place in self.places:
                    self._mark(module, name, argument)
                elif self._names_integer(module, name, argument):
                    self.places.add(place)

    def _learn_assignment(self, module: str, name: str, node: ast.Assign) -> None:
        target = node.targets[0]
        if isinstance(target, ast.Name):
            self._join(module, name, target, node.value, "all")
        elif isinstance(target, ast.Tuple):
            of, what = called(node.value)
            for k, element in enumerate(target.elts):
                if (of or module, what, k) in self.places:
                    self._mark(module, name, element)

    def _join(self, module: str, name: str, a: ast.expr, b: ast.expr, how: str) -> None:
        """What is compared with an integer, or put into one, is an integer."""
        for one, other in ((a, b), (b, a)):
            if self._names_integer(module, name, one) and (how == "all" or _is_plain(other)):
                self._mark(module, name, other)

    def _names_integer(self, module: str, name: str, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and (module, name, node.id) in self.places

    def _mark(self, module: str, name: str, node: ast.expr) -> None:
        for found in _names(node):
            self.places.add((module, name, found))


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Constant)


def _names(node: ast.expr) -> Iterator[str]:
    """The variables of an index: through the arithmetic of words, not through other calls."""
    if isinstance(node, ast.Name) and not node.id.startswith(("_U_", "_S_")):
        yield node.id
    elif isinstance(node, ast.Call) and called(node)[1] in ("uadd", "usub", "umul"):
        for argument in node.args:
            yield from _names(argument)
