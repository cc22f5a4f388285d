"""Where each key of a TOML text stands, so that a finding can name its line.

`tomllib` gives values without positions. This walks text that `tomllib` has already accepted, so it only
finds its way and checks nothing.
"""

from __future__ import annotations

import re
from typing import Final

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_INLINE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS: Final = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)


def key_lines(text: str) -> dict[str, int]:
    """Return the line (from 1) of every key and table, named as in findings.

    >>> key_lines('[fees]\\nswap = 0.003\\n[[tokens]]\\nsymbol = "DAI"')
    {'fees': 1, 'fees.swap': 2, 'tokens': 3, 'tokens[0]': 3, 'tokens[0].symbol': 4}
    """
    return _Walk(text.replace("\r\n", "\n")).lines


def line_of(lines: dict[str, int], key: str) -> int | None:
    """Return the line of a key, or of the nearest table around it.

    >>> line_of({"fees": 1}, "fees.swap")
    1
    """
    while key:
        if key in lines:
            return lines[key]
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return None


class _Walk:
    """One pass over the text; `lines` is the result."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        self._document()

    def _document(self) -> None:
        table = ""
        self._skip(_SPACE)
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self._header(2)
            elif self.text.startswith("[", self.at):
                table = self._header(1)
            else:
                self._pair(table)
            self._skip(_SPACE)

    def _header(self, brackets: int) -> str:
        """Read [table] or [[array of tables]] and return its full name."""
        start = self.at
        self.at += brackets
        name = ""
        parts = self._dotted()
        for depth, part in enumerate(parts):
            name = _join(name, part)
            last = depth == len(parts) - 1
            if last and brackets == 2:
                self._mark(name, start)
                self.counts[name] = self.counts.get(name, -1) + 1
            if name in self.counts:  # keys below an array of tables belong to its newest table
                name = f"{name}[{self.counts[name]}]"
        self.at += brackets
        self._mark(name, start)
        return name

    def _pair(self, table: str) -> None:
        """Read key = value."""
        start = self.at
        name = table
        for part in self._dotted():
            name = _join(name, part)
            self._mark(name, start)
        self.at += 1  # the equals sign
        self._skip(_INLINE)
        self._value(name)

    def _dotted(self) -> list[str]:
        """Read a key of one or more parts; stop after the blanks behind it."""
        parts = []
        while True:
            self._skip(_INLINE)
            if self.text[self.at] in "\"'":
                parts.append(self._string()[1:-1])
            else:
                parts.append(self._take(_BARE))
            self._skip(_INLINE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _value(self, name: str) -> None:
        """Pass over one value, noting the keys inside it."""
        opening = self.text[self.at : self.at + 1]
        if opening in ("'", '"') and opening:
            self._string()
        elif opening == "[":
            self._items(name, "]")
        elif opening == "{":
            self._items(name, "}")
        else:
            self._take(_SCALAR)

    def _items(self, name: str, closing: str) -> None:
        """Pass over an array or an inline table."""
        self.at += 1
        self._skip(_SPACE)
        position = 0
        while self.text[self.at] != closing:
            if closing == "}":
                self._pair(name)
            else:
                self._mark(f"{name}[{position}]", self.at)
                self._value(f"{name}[{position}]")
            position += 1
            self._skip(_SPACE)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_SPACE)
        self.at += 1

    def _string(self) -> str:
        for pattern in _STRINGS:
            if match := pattern.match(self.text, self.at):
                self.at = match.end()
                return match.group()
        raise AssertionError("text that tomllib accepted")

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return match.group()

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _mark(self, name: str, at: int) -> None:
        self.lines.setdefault(name, self.text.count("\n", 0, at) + 1)


def _join(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key
