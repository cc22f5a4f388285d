"""The comments of a Vyper source, to be carried over beside the statements they explain."""

from __future__ import annotations

import io
import tokenize
from typing import Any


class Comments:
    """Comments by line, handed out in order."""

    def __init__(self, source: str) -> None:
        self._whole: dict[int, str] = {}
        self._trailing: dict[int, str] = {}
        self._cursor = 0
        self._blank = {i for i, line in enumerate(source.splitlines(), 1) if not line.strip()}
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT and not token.string.startswith("# pragma"):
                alone = not token.line[: token.start[1]].strip()
                (self._whole if alone else self._trailing)[token.start[0]] = token.string

    def before(self, line: int) -> list[str]:
        """Return the comments on lines of their own that were not yet handed out, up to a line."""
        found = [text for at, text in sorted(self._whole.items()) if self._cursor < at < line]
        self._cursor = max(self._cursor, line)
        return found

    def gap(self, line: int) -> bool:
        """Tell whether a blank line stands before a statement and the comments above it."""
        line -= 1
        while line in self._whole:
            line -= 1
        return line in self._blank

    def on(self, node: Any, first_only: bool = False) -> str:
        """Return the comment at the end of a statement's first or last line; "" without one."""
        last = node.lineno if first_only else node.end_lineno
        return self._trailing.get(node.lineno) or self._trailing.get(last) or ""
