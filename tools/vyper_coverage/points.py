"""The points of a source that a test may reach: each statement, and each way that a branch can go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from vyper import ast

STATEMENT = "statement"
# What is not a statement of its own here: `pass` does nothing.
SILENT = (ast.Pass,)


class Place(NamedTuple):
    """Where the compiler finds a point: the module below the contracts, line and column, and what happens there."""

    module: str
    line: int
    column: int
    outcome: str


@dataclass(frozen=True)
class Point:
    """One point; `before` is the place that is passed on the way to it, if it is not the first of its function."""

    place: Place
    function: str
    text: str
    before: Place | None

    @property
    def is_branch(self) -> bool:
        """Whether this is a way of a branch, not a statement."""
        return self.place.outcome != STATEMENT


def points_below(folder: Path) -> list[Point]:
    """All points of all modules below a folder, always in the same order."""
    paths = sorted(folder.rglob("*.vy"))
    return [point for path in paths for point in points_of(path, path.relative_to(folder).as_posix())]


def points_of(path: Path, module: str) -> list[Point]:
    """The points of one source file."""
    text = path.read_text("utf-8")
    tree = ast.parse_to_ast(text, module_path=str(path), resolved_path=str(path))
    found: list[Point] = []
    for function in tree.get_children(ast.FunctionDef):
        reader = _Reader(module, function.name, text.splitlines())
        reader.block(function.body, None)
        found += reader.found
    return found


def ways_of(node: ast.VyperNode) -> tuple[str, ...]:
    """The outcomes of a branch; none for what always goes on in one way."""
    if isinstance(node, ast.If | ast.IfExp):
        return ("true", "false")
    if isinstance(node, ast.Assert):
        return ("passed", "failed")
    if isinstance(node, ast.For) and _may_be_skipped(node):
        return ("entered", "skipped")
    return ()


def _may_be_skipped(loop: ast.For) -> bool:
    """Whether the rounds are known only as it runs: a range with a bound, or a list that is not written out."""
    if loop.get("iter.func.id") == "range":
        return any(keyword.arg == "bound" for keyword in loop.iter.keywords)
    return not isinstance(loop.iter, ast.List)


class _Reader:
    """Walks the statements of one function."""

    def __init__(self, module: str, function: str, lines: list[str]) -> None:
        self.module, self.function, self.lines = module, function, lines
        self.found: list[Point] = []

    def block(self, statements: list[ast.VyperNode], before: Place | None) -> None:
        for node in statements:
            if isinstance(node, SILENT):
                continue
            place = self._add(node, STATEMENT, before)
            ways = {way: self._add(node, way, place) for way in ways_of(node)}
            for choice in _choices(node):
                for way in ways_of(choice):
                    self._add(choice, way, place)
            if isinstance(node, ast.If):
                self.block(node.body, ways["true"])
                self.block(node.orelse, ways["false"])
            elif isinstance(node, ast.For):
                self.block(node.body, ways.get("entered", place))
            before = place

    def _add(self, node: ast.VyperNode, outcome: str, before: Place | None) -> Place:
        place = Place(self.module, node.lineno, node.col_offset, outcome)
        self.found.append(Point(place, self.function, self._text(node), before))
        return place

    def _text(self, node: ast.VyperNode) -> str:
        """The source of a node in one line; of a statement that holds others, its head alone."""
        last = node.body[0].lineno - 1 if isinstance(node, ast.If | ast.For) else node.end_lineno
        lines = [line.split("  #")[0] for line in self.lines[node.lineno - 1 : max(last, node.lineno)]]
        if isinstance(node, ast.IfExp):
            lines[-1] = lines[-1][: node.end_col_offset]
            lines[0] = lines[0][node.col_offset :]
        return " ".join(line.strip() for line in lines if line.strip() and not line.strip().startswith("#"))


def _choices(node: ast.VyperNode) -> Iterator[ast.IfExp]:
    """The `a if b else c` of a statement, without those of the statements in it."""
    if isinstance(node, ast.For):
        yield from node.iter.get_descendants(ast.IfExp, include_self=True)
    elif isinstance(node, ast.If):
        yield from node.test.get_descendants(ast.IfExp, include_self=True)
    else:
        yield from node.get_descendants(ast.IfExp)
