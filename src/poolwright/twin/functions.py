"""One Vyper function as one Python function: statements, loops and assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vyper import ast as vy

from poolwright.twin import names, types
from poolwright.twin.effects import is_refusal, message
from poolwright.twin.errors import TwinError
from poolwright.twin.expressions import COMPARE, Expressions, folded

if TYPE_CHECKING:
    from poolwright.twin.modules import ModuleWriter

_INVERSE = {vy.Lt: ">=", vy.LtE: ">", vy.Gt: "<=", vy.GtE: "<", vy.Eq: "!=", vy.NotEq: "=="}


class FunctionWriter:
    """Writes one function; `module` knows the names outside it."""

    def __init__(self, module: ModuleWriter, node: Any) -> None:
        self.module, self.node = module, node
        self.locals = names.Locals(module.taken)
        self.expressions = Expressions(self)
        self.lines: list[str] = []
        # Loops over range(len(array)) or range(constant): the index is known to lie inside these.
        self._inside: dict[str, tuple[str, int]] = {}

    def write(self) -> list[str]:
        function = self.node._metadata["func_type"]
        arguments = []
        for argument in function.arguments:
            name, _ = self.locals.declare(argument.name, argument.typ)
            arguments.append(f"{name}: {self.module.annotation(argument.typ, self.node)}")
        result = self.module.annotation(function.return_type, self.node)
        self._emit(0, f"def {names.safe(self.node.name)}({', '.join(arguments)}) -> {result}:")
        self._docstring()
        self.block(self.node.body, 1)
        return self.lines

    def _emit(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _docstring(self) -> None:
        document = self.node.get("doc_string")
        if document is None:
            return
        lines = [line.strip() for line in document.value.strip().splitlines()]
        self._emit(1, f'"""{lines[0]}')
        for line in lines[1:]:
            self._emit(1, line) if line else self.lines.append("")
        self.lines[-1] += '"""'

    def block(self, body: Any, depth: int) -> None:
        """Write the statements of a block, with the comments that stand between them."""
        self.locals.push()
        for position, node in enumerate(body):
            if position and self.module.comments.gap(node.lineno):
                self.lines.append("")
            for comment in self.module.comments.before(node.lineno):
                self._emit(depth, comment)
            first = len(self.lines)
            holds_others = isinstance(node, vy.If | vy.For)
            trailing = self.module.comments.on(node, first_only=holds_others)
            self.statement(node, depth)
            if trailing:
                self.lines[first if holds_others else -1] += f"  {trailing}"
        self.locals.pop()

    def statement(self, node: Any, depth: int) -> None:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise TwinError(node, f"{type(node).__name__} is not supported")
        method(node, depth)

    def _pass(self, node: Any, depth: int) -> None:
        self._emit(depth, "pass")

    def _break(self, node: Any, depth: int) -> None:
        self._emit(depth, "break")

    def _continue(self, node: Any, depth: int) -> None:
        self._emit(depth, "continue")

    def _expr(self, node: Any, depth: int) -> None:
        if is_refusal(node.value):
            self._text_is_literal(node, node.value.args[0])
            return self._emit(depth, self._failure(node.value.args[0]))
        if not isinstance(node.value, vy.Call):
            raise TwinError(node, "a value that is not used")
        if node.value.get("func.attr") in ("append", "pop"):
            raise TwinError(node, "arrays cannot grow or shrink: copy one and write by index")
        self._emit(depth, self.expressions.write(node.value).text)

    def _return(self, node: Any, depth: int) -> None:
        self._emit(depth, "return" if node.value is None else f"return {self.expressions.word(node.value)}")

    # Names, elements and fields as targets.

    def _annassign(self, node: Any, depth: int) -> None:
        typ = types.type_of(node.target)
        value = self.expressions.word(node.value)
        name, first = self.locals.declare(node.target.id, typ)
        annotated = f": {self.module.annotation(typ, node)}" if first and types.is_composite(typ) else ""
        self._emit(depth, f"{name}{annotated} = {value}")

    def _assign(self, node: Any, depth: int) -> None:
        if isinstance(node.target, vy.Tuple):
            return self._unpack(node, depth)
        self._ordered_target(node)
        self._store(node.target, self.expressions.word(node.value), depth)

    def _unpack(self, node: Any, depth: int) -> None:
        found = [self.locals.find(e.id) if isinstance(e, vy.Name) else None for e in node.target.elements]
        if None in found:
            raise TwinError(node, "only plain variables can be assigned together")
        self._emit(depth, f"{', '.join(f[0] for f in found if f)} = {self.expressions.word(node.value)}")

    def _ordered_target(self, node: Any) -> None:
        """Vyper evaluates the value of a word before its target, of anything larger after it."""
        for part in _indexes(node.target):
            self.expressions.ordered(node, part, node.value)
        whole = types.is_composite(types.type_of(node.target))
        if whole and self.module.effects.texts(node.target) and self.module.effects.texts(node.value) - {""}:
            raise TwinError(node, "target and value can both revert: name the value in a line above")

    def _augassign(self, node: Any, depth: int) -> None:
        typ = types.type_of(node.target)
        target = self.expressions.write(node.target).operand
        value = self.expressions.binary(node, node.op, node.target, node.value, typ, left_text=target)
        self._store(node.target, value.text, depth)

    def _store(self, target: Any, value: str, depth: int) -> None:
        """Assign to a name; to an element or a field by rebuilding what holds it."""
        if isinstance(target, vy.Name):
            found = self.locals.find(target.id)
            if found is None:
                raise TwinError(target, f"'{target.id}' is not a local variable")
            return self._emit(depth, f"{found[0]} = {value}")
        holder = self.expressions.write(target.value).operand if not isinstance(target, vy.Tuple) else ""
        if isinstance(target, vy.Subscript):
            index = self.expressions.index(target.slice).text
            return self._store(target.value, self.module.call("with_item", holder, index, value), depth)
        typ = target.value._metadata.get("type")
        if not types.is_struct(typ):
            raise TwinError(target, f"'{target.node_source_code}' cannot be assigned")
        fields = [value if f == target.attr else f"{holder}.{names.safe(f)}" for f in typ.member_types]
        return self._store(target.value, f"{self.module.struct(typ)}({', '.join(fields)})", depth)

    # Checks and branches.

    def _assert(self, node: Any, depth: int) -> None:
        self._text_is_literal(node, node.msg)
        test = node.test
        if folded(test) is None and isinstance(test, vy.Compare) and type(test.op) in COMPARE:
            self.expressions.ordered(test, test.left, test.right)
            left, right = self.expressions.compare_sides(test)
            condition = f"{left} {_INVERSE[type(test.op)]} {right}"
        else:
            condition = f"not {self.expressions.code(test).operand}"
        self._emit(depth, f"if {condition}:")
        self._emit(depth + 1, self._failure(node.msg))

    def _raise(self, node: Any, depth: int) -> None:
        self._text_is_literal(node, node.exc)
        self._emit(depth, self._failure(node.exc))

    def _failure(self, text: Any) -> str:
        self.module.reverts = True
        return f"raise PoolRevert({python_string(message(text))})"

    def _text_is_literal(self, node: Any, text: Any) -> None:
        if text is not None and not isinstance(text.reduced(), vy.Str):
            raise TwinError(node, "the text of a revert must be a literal string")

    def _if(self, node: Any, depth: int, word: str = "if") -> None:
        self._emit(depth, f"{word} {self.expressions.code(node.test).text}:")
        self.block(node.body, depth + 1)
        orelse = node.orelse or []
        if len(orelse) == 1 and isinstance(orelse[0], vy.If) and orelse[0].col_offset == node.col_offset:
            self._if(orelse[0], depth, "elif")
        elif orelse:
            self._emit(depth, "else:")
            self.block(orelse, depth + 1)

    # Loops: a range counts in machine integers, natively too.

    def _for(self, node: Any, depth: int) -> None:
        self.locals.push()
        if node.get("iter.func.id") == "range":
            self._range(node, depth)
        else:
            iterated = self.expressions.array(node.iter)
            name, _ = self.locals.declare(node.target.target.id, types.type_of(node.target.target))
            self._emit(depth, f"for {name} in {iterated}:")
            self.block(node.body, depth + 1)
        self.locals.pop()

    def _range(self, node: Any, depth: int) -> None:
        call, typ = node.iter, types.type_of(node.target.target)
        bound = next((k.value.reduced().value for k in call.keywords if k.arg == "bound"), None)
        if len(call.args) == 2 and bound is not None:
            return self._range_from(node, depth, bound)
        counts = [self.expressions.index(a) for a in call.args]
        count = counts[-1].text
        if bound is not None and not self._length_within(call.args[0], bound):
            count = self.module.call("to_unsigned", count) if typ.is_signed else count
            count = self.module.call("to_index", count, str(bound))
        start = f"{counts[0].text}, " if len(counts) == 2 else ""
        name, _ = self.locals.declare(node.target.target.id, typ, plain=True)
        self._emit(depth, f"for {name} in range({start}{count}):")
        self._body(node, name, count, depth)

    def _body(self, node: Any, name: str, count: str, depth: int) -> None:
        before = self._inside.pop(name, None)
        array = count[4:-1] if count.startswith("len(") else ""
        if count.isdigit() or (array.isidentifier() and not self._assigned(node.body, array)):
            self._inside[name] = (array, int(count) if count.isdigit() else 0)
        self.block(node.body, depth + 1)
        self._inside.pop(name, None)
        if before is not None:
            self._inside[name] = before

    def _assigned(self, body: Any, array: str) -> bool:
        """Tell whether a whole array is assigned in a block; writing an element keeps its length."""
        for node in body:
            for child in node.get_descendants(vy.Assign, include_self=True):
                targets = child.target.elements if isinstance(child.target, vy.Tuple) else [child.target]
                found = [self.locals.find(t.id) for t in targets if isinstance(t, vy.Name)]
                if any(f is not None and f[0] == array for f in found):
                    return True
        return False

    def _length_within(self, count: Any, bound: int) -> bool:
        """Tell whether the count is the length of an array that cannot be longer than the bound."""
        if not (isinstance(count, vy.Call) and count.get("func.id") == "len"):
            return False
        return bool(types.type_of(count.args[0]).count <= bound)

    def _range_from(self, node: Any, depth: int, bound: int) -> None:
        """Count from a start: the distance is checked as Vyper does, start first."""
        typ = types.type_of(node.target.target)
        start = self.locals.fresh(f"{node.target.target.id}_start")
        step = self.locals.fresh(f"{node.target.target.id}_step")
        self._emit(depth, f"{start} = {self.expressions.word(node.iter.args[0])}")
        letter = types.prefix(typ)
        distance = self.module.call(f"{letter}sub", self.expressions.operand(node.iter.args[1]), start)
        if typ.is_signed:
            distance = self.module.call("to_unsigned", distance)
        self._emit(depth, f"for {step} in range({self.module.call('to_index', distance, str(bound))}):")
        name, _ = self.locals.declare(node.target.target.id, typ)
        word = self.module.call("to_signed_word" if typ.is_signed else "to_word", step)
        self._emit(depth + 1, f"{name} = {self.module.call(f'wrap_{letter}add', start, word)}")
        self.block(node.body, depth + 1)

    def index_is_safe(self, array: str, typ: Any, index: str) -> bool:
        """Tell whether a loop's own range keeps this index inside this array."""
        known = self._inside.get(index)
        if known is None:
            return False
        return known[0] == array if known[0] else types.is_static_array(typ) and known[1] <= typ.count


def _indexes(target: Any) -> list[Any]:
    """Collect the index expressions inside a target."""
    if isinstance(target, vy.Subscript):
        return [target.slice, *_indexes(target.value)]
    return _indexes(target.value) if isinstance(target, vy.Attribute) else []


def python_string(text: str) -> str:
    """Quote a revert text with double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
