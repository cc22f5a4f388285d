"""The compiler with probes: what it makes does the same, and tells the EVM where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import vyper.codegen.expr
import vyper.codegen.stmt
from vyper import ast
from vyper.codegen.core import IRnode
from vyper.codegen.expr import Expr
from vyper.codegen.stmt import Stmt, parse_body

from tools.vyper_coverage.points import SILENT, STATEMENT, Place, ways_of

# The account of the first point: three bytes, far from the precompiles and from every address of a test.
FIRST_ACCOUNT = 0xC00000
Probe = Callable[[ast.VyperNode, str], list[Any]]


def accounts_of(places: list[Place]) -> dict[Place, int]:
    """The account that stands for each place."""
    return {place: FIRST_ACCOUNT + k for k, place in enumerate(places)}


@contextmanager
def probes(accounts: Mapping[Place, int], folder: Path) -> Iterator[None]:
    """Compile the modules below `folder` with probes for as long as this lasts; others stay as they are."""

    def probe(node: ast.VyperNode, outcome: str) -> list[Any]:
        """What looks at the account of a point and forgets what it saw."""
        path = Path(str(node.module_node.resolved_path))
        if not path.is_relative_to(folder):
            return ["pass"]
        place = Place(path.relative_to(folder).as_posix(), node.lineno, node.col_offset, outcome)
        return ["pop", ["balance", accounts[place]]]

    choice = Expr.parse_IfExp
    vyper.codegen.stmt.Stmt, Expr.parse_IfExp = _probed(probe), _probed_choice(probe)
    try:
        yield
    finally:
        vyper.codegen.stmt.Stmt, Expr.parse_IfExp = Stmt, choice


def _probed(probe: Probe) -> type[Stmt]:
    """The compiler's statements, each with its probes."""

    class Probed(Stmt):
        def __init__(self, node: ast.VyperNode, context: Any) -> None:
            super().__init__(node, context)
            if not _is_synthetic(node) and not isinstance(node, SILENT):
                self.ir_node = IRnode.from_list(["seq", probe(node, STATEMENT), self.ir_node])
                self.ir_node.ast_source = node

        def parse_If(self) -> IRnode:
            way, other = ways_of(self.stmt)
            with self.context.block_scope():
                test = Expr.parse_value_expr(self.stmt.test, self.context)
                body = ["seq", probe(self.stmt, way), parse_body(self.stmt.body, self.context)]
            orelse: list[Any] = ["seq", probe(self.stmt, other)]
            if self.stmt.orelse:
                with self.context.block_scope():
                    orelse.append(parse_body(self.stmt.orelse, self.context))
            return IRnode.from_list(["if", test, body, orelse])

        def parse_Assert(self) -> IRnode:
            passed, failed = ways_of(self.stmt)
            test = Expr.parse_value_expr(self.stmt.test, self.context)
            message = self.stmt.msg
            # without a test this is the code of `raise`
            refusal = self._assert_reason(None, message) if message else ["revert", 0, 0]
            refused = ["seq", probe(self.stmt, failed), refusal]
            return IRnode.from_list(["seq", ["if", ["iszero", test], refused], probe(self.stmt, passed)])

        def parse_For(self) -> IRnode:
            loop = super().parse_For()
            if ways := ways_of(self.stmt):
                entered, skipped = (probe(self.stmt, way) for way in ways)
                _probe_loop(loop, entered, skipped)
            return loop

    return Probed


def _probed_choice(probe: Probe) -> Callable[[Expr], IRnode]:
    """The compiler's `a if b else c`, with a probe before either value."""
    plain = Expr.parse_IfExp

    def parse_IfExp(self: Expr) -> IRnode:
        found = plain(self)
        test, *values = found.args
        probed = [
            IRnode.from_list(["seq", probe(self.expr, way), value], typ=value.typ, location=value.location)
            for way, value in zip(ways_of(self.expr), values, strict=True)
        ]
        return IRnode.from_list(["if", test, *probed], typ=found.typ, location=found.location)

    return parse_IfExp


def _is_synthetic(node: ast.VyperNode) -> bool:
    """Whether the compiler has added the statement: the return at the end of a function that returns nothing."""
    return node.get("lineno") is None


def _probe_loop(loop: IRnode, entered: list[Any], skipped: list[Any]) -> None:
    """Put probes in the outermost `repeat` of a loop: into its body, and before it for no round at all."""
    (place,) = _outermost_repeats(loop)
    index, start, rounds, bound, body = place.args
    inner = ["repeat", index, start, "rounds_of_loop", bound, ["seq", entered, body]]
    counted = [
        "with",
        "rounds_of_loop",
        rounds,
        ["seq", ["if", ["iszero", "rounds_of_loop"], skipped], inner],
    ]
    made = IRnode.from_list(counted, error_msg=place.error_msg)
    place.value, place.args, place.valency = made.value, made.args, made.valency


def _outermost_repeats(node: IRnode) -> list[IRnode]:
    if node.value == "repeat":
        return [node]
    return [found for each in node.args for found in _outermost_repeats(each)]
