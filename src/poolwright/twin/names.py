"""Names and literals of one generated module: safe spelling, and typed constants for literals."""

from __future__ import annotations

import ast
import keyword
from pathlib import Path
from typing import Any

import poolwright.model
from poolwright.twin import types

# Operands up to this size stay in the text; natively they are machine integers, larger ones must be words.
MAX_INLINE = 1 << 62

# The words module is read, not imported: its names are reserved in every generated module.
_WORDS = Path(poolwright.model.__file__).with_name("words.py")


def _public_names() -> frozenset[str]:
    tree = ast.parse(_WORDS.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


HELPERS = _public_names()
_RESERVED = HELPERS | {
    "PoolRevert",
    "NamedTuple",
    "annotations",
    "range",
    "len",
    "tuple",
    "bool",
    "int",
    "True",
    "False",
}


def safe(name: str, taken: frozenset[str] = frozenset()) -> str:
    """Spell a Vyper name so that it clashes with nothing in a generated module."""
    if name.startswith(("_U_", "_S_")):
        name = "v" + name  # the names of typed literals
    while name in _RESERVED or name in taken or keyword.iskeyword(name):
        name += "_"
    return name


def spell(value: int) -> str:
    """Name a literal by its value where that is short: 7, 1E18, 2P128, MINUS_1; else ''."""
    if value < 0:
        rest = spell(-value)
        return f"MINUS_{rest}" if rest else ""
    if value < 10**6:
        return str(value)
    for base, letter in ((10, "1E"), (2, "2P")):
        power = 0
        while base**power < value:
            power += 1
        if base**power == value:
            return f"{letter}{power}"
    if (value + 1).bit_count() == 1:
        return f"2P{(value + 1).bit_length() - 1}_LESS_1"
    return ""


class Literals:
    """The typed constants of one module: literals that must be words natively."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, int], str] = {}

    def name(self, typ: Any, value: int) -> str:
        """Return the constant that holds `value` as a word of the type's signedness."""
        key = ("int256" if typ.is_signed else "uint256", value)
        if key not in self._names:
            stem = "_S_" if typ.is_signed else "_U_"
            self._names[key] = stem + (spell(value) or f"K{len(self._names)}")
        return self._names[key]

    def lines(self) -> list[str]:
        return [f"{name}: {typ} = {value}" for (typ, value), name in self._names.items()]


class Locals:
    """The local names of one function: block-scoped in Vyper, one type per name in the twin."""

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = taken
        self._kinds: dict[str, str] = {}
        self._scopes: list[dict[str, tuple[str, bool]]] = [{}]

    def push(self) -> None:
        self._scopes.append({})

    def pop(self) -> None:
        self._scopes.pop()

    def declare(self, name: str, typ: Any, plain: bool = False) -> tuple[str, bool]:
        """Return the twin's name for a new variable, and whether it is the first of that name."""
        kind = f"{types.abi_name(typ)} {plain}"
        spelled = safe(name, self._taken)
        while self._kinds.get(spelled, kind) != kind:
            spelled += "_"
        first = spelled not in self._kinds
        self._kinds[spelled] = kind
        self._scopes[-1][name] = (spelled, plain)
        return spelled, first

    def fresh(self, stem: str) -> str:
        """Return a name that no variable has."""
        spelled = safe(stem, self._taken)
        while spelled in self._kinds:
            spelled += "_"
        self._kinds[spelled] = "fresh"
        return spelled

    def find(self, name: str) -> tuple[str, bool] | None:
        """Return the twin's name and whether it is a plain loop index; None if it is not a local."""
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return None
