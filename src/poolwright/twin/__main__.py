"""`python -m poolwright.twin [--check]`: regenerate the twin, or say which file is stale."""

from __future__ import annotations

import sys
from pathlib import Path

from poolwright.twin.generate import ROOT, generate, stale, write


def main(arguments: list[str]) -> int:
    """Return the exit status: 0 when all files are fresh, 1 when one is stale or cannot be generated."""
    files, errors = generate()
    for error in errors:
        print(f"not generated: {error}", file=sys.stderr)  # noqa: T201
    checking = "--check" in arguments
    changed = stale(files) if checking else write(files)
    for path in changed:
        _say(f"{'stale' if checking else 'written'}: {_shown(path)}")
    if checking and changed:
        _say("run `python -m poolwright.twin` and commit the result")
        return 1
    if not changed:
        _say(f"fresh: {len(files)} generated files")
    return 1 if errors else 0


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
