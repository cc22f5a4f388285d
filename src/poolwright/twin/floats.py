"""The float form: readable Python on float64, translated from the exact text of the twin.

Checked and wrapping arithmetic become plain operators, every division a true one, shifts powers of two, literals
floats; asserts keep their texts. Indices and counts stay integers (`float_types`), the functions of `fixed_point`
and `log_exp` are hand-written primitives, and solver loops follow `float_rules`. All else is refused.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import poolwright
from poolwright.model.float_maths.primitives import REPLACED
from poolwright.twin.errors import TwinError
from poolwright.twin.float_expressions import FloatExpressions, Source
from poolwright.twin.float_rules import EXACT_ONLY, RULES, Rule
from poolwright.twin.float_types import Functions, Integers, parsed

FOLDER: Final = Path(poolwright.__file__).parent / "model" / "float_maths"
HAND_WRITTEN: Final = ("__init__", "primitives")
PACKAGE: Final = "poolwright.model.float_maths"


def float_files(
    exact: dict[str, str], rules: tuple[Rule, ...] = RULES, exact_only: tuple[str, ...] = EXACT_ONLY
) -> tuple[dict[Path, str], list[Exception]]:
    """Return the float form of exact modules (stem -> text), by path, and what kept one from being written."""
    left_out = (*REPLACED, *exact_only)
    sources = {stem: Source(stem, text) for stem, text in sorted(exact.items()) if stem not in left_out}
    errors: list[Exception] = []
    for stem, source in list(sources.items()):
        try:
            apply_rules(source, [rule for rule in rules if rule.module == stem])
        except TwinError as error:
            errors.append(error)
            del sources[stem]
    functions: Functions = {
        (stem, node.name): node
        for stem, source in sources.items()
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef)
    }
    integers = Integers(functions)
    files: dict[Path, str] = {}
    for stem, source in sources.items():
        try:
            files[FOLDER / f"{stem}.py"] = FloatModule(source, functions, integers).write()
        except TwinError as error:
            errors.append(error)
    return files, errors


def orphans(files: dict[Path, str]) -> list[Path]:
    """Return generated modules that no exact module stands behind any more."""
    return sorted(p for p in FOLDER.glob("*.py") if not (p in files or p.stem in HAND_WRITTEN))


def apply_rules(source: Source, rules: list[Rule]) -> None:
    """Put each rule's statements in the place of the exact ones, found exactly once in their function."""
    for rule in rules:
        function = next(
            (n for n in source.tree.body if isinstance(n, ast.FunctionDef) and n.name == rule.function), None
        )
        if function is None:
            raise source.refuse(source.tree, f"float_rules names {rule.function}, which is not there")
        exact, floats = parsed(rule.exact).body, parsed(rule.floats).body
        found = [
            (block, k)
            for block in _blocks(function)
            for k in range(len(block) - len(exact) + 1)
            if _same(block[k : k + len(exact)], exact)
        ]
        if len(found) != 1:
            what = f"{rule.function} has the statements of its rule {len(found)} times, not once: see float_rules"
            raise source.refuse(function, what)
        block, k = found[0]
        for statement in floats:
            for node in ast.walk(statement):
                ast.copy_location(node, block[k])
        block[k : k + len(exact)] = floats


def _blocks(function: ast.FunctionDef) -> list[list[ast.stmt]]:
    found = [getattr(node, name, None) for node in ast.walk(function) for name in ("body", "orelse")]
    return [block for block in found if isinstance(block, list) and block]


def _same(a: list[ast.stmt], b: list[ast.stmt]) -> bool:
    return [ast.dump(x) for x in a] == [ast.dump(x) for x in b]


class FloatModule:
    """Writes one module."""

    def __init__(self, source: Source, functions: Functions, integers: Integers) -> None:
        self._source = source
        self._functions = functions
        self._integers = integers
        self._used: dict[str, set[str]] = {"modules": set(), "words": set(), "errors": set()}

    def write(self) -> str:
        """Return the module's text."""
        constants: list[str] = []
        functions: list[str] = []
        for node in self._source.tree.body:
            if isinstance(node, ast.FunctionDef):
                functions.append("\n\n" + ast.unparse(self._function(node)))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                if node.target.id not in self._source.hoisted:
                    constants.append(self._constant(node))
            elif not isinstance(node, ast.ImportFrom) and node is not self._source.tree.body[0]:
                raise self._source.refuse(node, f"{type(node).__name__} has no float form")
        if constants:
            constants.insert(0, "")
        return "\n".join([*self._head(), *constants, *functions]) + "\n"

    def _head(self) -> list[str]:
        stem = self._source.stem
        title = (ast.get_docstring(self._source.tree) or stem).splitlines()[0].removeprefix("@title ")
        lines = [
            f"# Generated by `python -m poolwright.twin` from model/maths/{stem}.py; do not edit.",
            f'"""{title} on float64. Nothing is rounded: directions in names and texts are those of the exact form."""',
            "",
            "from __future__ import annotations",
        ]
        first = len(lines)
        if self._used["errors"]:
            lines.append("from poolwright.errors import PoolRevert")
        lines += [f"from {PACKAGE} import {name}" for name in sorted(self._used["modules"])]
        if self._used["words"]:
            lines.append(f"from poolwright.model.words import {', '.join(sorted(self._used['words']))}")
        return lines if len(lines) == first else [*lines[:first], "", *lines[first:]]

    def _constant(self, node: ast.AnnAssign) -> str:
        assert isinstance(node.target, ast.Name)
        if node.value is None or ast.unparse(node.annotation) not in ("uint256", "int256"):
            raise self._source.refuse(node, "only integer constants have a float form")
        value = self._expressions("").value(node.value)
        return f"{node.target.id}: float = {ast.unparse(value)}"

    def _expressions(self, function: str) -> FloatExpressions:
        return FloatExpressions(self._source, function, self._functions, self._integers, self._used)

    def _function(self, node: ast.FunctionDef) -> ast.FunctionDef:
        stem, expressions = self._source.stem, self._expressions(node.name)
        arguments = [
            ast.arg(a.arg, self._annotation(a.annotation, (stem, node.name, a.arg) in self._integers.places))
            for a in node.args.args
        ]
        returns = self._returns(node)
        body = [statement for old in node.body for statement in self._statement(old, expressions)]
        made = ast.FunctionDef(
            node.name, ast.arguments([], arguments, None, [], [], None, []), body, [], returns
        )
        return ast.fix_missing_locations(ast.copy_location(made, node))

    def _returns(self, node: ast.FunctionDef) -> ast.expr:
        of = node.returns
        if isinstance(of, ast.Subscript) and isinstance(of.slice, ast.Tuple) and not _is_array(of):
            parts = [
                self._annotation(part, (self._source.stem, node.name, k) in self._integers.places)
                for k, part in enumerate(of.slice.elts)
            ]
            return ast.Subscript(of.value, ast.Tuple(parts, ast.Load()), ast.Load())
        return self._annotation(of, False)

    def _annotation(self, node: ast.expr | None, integer: bool) -> ast.expr:
        if isinstance(node, ast.Subscript) and _is_array(node):
            assert isinstance(node.slice, ast.Tuple)
            inside = [self._annotation(node.slice.elts[0], False), node.slice.elts[1]]
            return ast.Subscript(node.value, ast.Tuple(inside, ast.Load()), ast.Load())
        text = ast.unparse(node) if node is not None else ""
        names = {"uint256": "int" if integer else "float", "int256": "float", "bool": "bool", "None": "None"}
        if text not in names:
            raise self._source.refuse(node or self._source.tree, f"the type {text} has no float form")
        return ast.Constant(None) if text == "None" else ast.Name(names[text], ast.Load())

    def _block(self, old: list[ast.stmt], expressions: FloatExpressions) -> list[ast.stmt]:
        return [statement for node in old for statement in self._statement(node, expressions)]

    def _statement(self, node: ast.stmt, to: FloatExpressions) -> list[ast.stmt]:
        if isinstance(node, ast.Break | ast.Continue | ast.Pass):
            return [node]
        if isinstance(node, ast.Raise):
            self._used["errors"].add("PoolRevert")
            return [node]
        if isinstance(node, ast.Expr):
            documents = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
            return [node] if documents else [ast.Expr(to.value(node.value))]
        if isinstance(node, ast.If):
            orelse = self._block(node.orelse, to)
            return [ast.If(to.value(node.test), self._block(node.body, to), orelse)]
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and not node.orelse:
            return [ast.For(node.target, to.iterated(node.iter), self._block(node.body, to), [])]
        if isinstance(node, ast.Return):
            return [ast.Return(to.value(node.value) if node.value else None)]
        return [self._assignment(node, to)]

    def _assignment(self, node: ast.stmt, to: FloatExpressions) -> ast.stmt:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            return ast.AnnAssign(
                node.target, self._annotation(node.annotation, False), to.value(node.value), 1
            )
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return ast.Assign([node.targets[0]], to.assigned(node.targets[0], node.value))
        raise self._source.refuse(node, f"{type(node).__name__} has no float form")


def _is_array(node: ast.Subscript) -> bool:
    inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
    return len(inside) == 2 and isinstance(inside[1], ast.Constant) and inside[1].value is Ellipsis
