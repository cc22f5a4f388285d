"""What the generator refuses, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from poolwright.errors import PoolwrightError


class TwinError(PoolwrightError):
    """A construct that has no exact twin: names file, line, source line and what to do."""

    def __init__(self, node: Any, what: str) -> None:
        module = node if node.get_ancestor() is None else node.module_node
        self.path = Path(module.resolved_path)
        self.line: int = node.lineno
        self.what = what
        lines = module.full_source_code.splitlines()
        self.source = lines[self.line - 1].strip() if self.line <= len(lines) else ""
        super().__init__(f"{self.path.name}:{self.line}: {what}\n    {self.source}")
