"""Figures by seed in a file, a line for each finished seed, so that a stopped comparison goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from poolwright.errors import PoolwrightError


class SeedStore:
    """`figures` by seed, those found in the file and those added; `identity` says what they are figures of.

    A line is handed to the operating system at once. One cut short by a kill was never finished, and goes.
    Raises PoolwrightError where the file is of something else or cannot be written.
    """

    def __init__(self, path: Path, identity: str) -> None:
        self.path = path
        head = json.dumps({"comparison": identity})
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            whole = text[: text.rfind("\n") + 1] or f"{head}\n"
            first, *lines = whole.splitlines()
            if first != head:
                raise PoolwrightError(
                    f"{path}: holds the seeds of another comparison, or of another version of the code. "
                    "Give another folder, or delete this one to begin again."
                )
            if whole != text:
                path.write_text(whole, encoding="utf-8")
            self._stream = path.open("a", encoding="utf-8")
        except OSError as error:
            raise PoolwrightError(
                f"{path}: cannot keep results ({error.strerror}). Choose another folder."
            ) from error
        self.figures: dict[int, Mapping[str, float]] = {}
        for line in lines:
            kept = json.loads(line)
            self.figures[kept["seed"]] = kept["figures"]

    def add(self, seed: int, figures: Mapping[str, float]) -> None:
        """Keep a finished seed; after this, a kill does not lose it."""
        self._stream.write(json.dumps({"seed": seed, "figures": figures}) + "\n")
        self._stream.flush()
        self.figures[seed] = figures

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()
