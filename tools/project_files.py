"""Which files the checks look at: everything that git tracks, or would."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Written by the generator from the contracts; held by a freshness check instead.
GENERATED = (
    "src/poolwright/model/maths/",
    "src/poolwright/model/float_maths/",
    "src/poolwright/spec/bounds.py",
)
HAND_WRITTEN = tuple(f"src/poolwright/model/float_maths/{stem}.py" for stem in ("__init__", "primitives"))


def project_files(*suffixes: str) -> list[Path]:
    """Return the tracked and the new, not ignored files with one of these suffixes (all without any)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    paths = [ROOT / name for name in sorted(set(listed)) if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def relative(path: Path) -> str:
    """Return the path as seen from the project's root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def is_generated(path: Path) -> bool:
    """Tell whether a tool wrote this file."""
    return relative(path).startswith(GENERATED) and relative(path) not in HAND_WRITTEN
