"""Why some points cannot be reached: read from reasons.toml, by function and source text; never by line."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

from tools.vyper_coverage.points import Place, Point

FILE = Path(__file__).with_name("reasons.toml")


def reasons(file: Path = FILE) -> dict[str, str]:
    """The reason of each name that the file gives. Raises ValueError for a name that comes twice."""
    found: dict[str, str] = {}
    for entry in tomllib.loads(file.read_text("utf-8"))["reason"]:
        for name in entry["points"]:
            if name in found:
                raise ValueError(f"{file.name}: `{name}` comes twice")
            found[name] = entry["why"]
    return found


def name_of(point: Point) -> str:
    """How the file of reasons calls a point."""
    return f"{point.place.module} {point.function}: {point.place.outcome}: {point.text}"


def first_missed(points: Collection[Point], reached: Collection[Place]) -> list[Point]:
    """The points that are not reached though what is before them is: what follows needs no reason of its own."""
    missed = {point.place for point in points} - set(reached)
    return [point for point in points if point.place in missed and point.before not in missed]


def faults(points: Collection[Point], reached: Collection[Place], given: dict[str, str]) -> Iterator[str]:
    """What is missing in the reasons, and which of them are stale."""
    missed = {name_of(point) for point in first_missed(points, reached)}
    yield from (f"not reached, and no reason given: {name}" for name in sorted(missed - set(given)))
    yield from (
        f"reached, or no longer there; a stale reason: {name}" for name in sorted(set(given) - missed)
    )


def misfits(points: Collection[Point], given: dict[str, str]) -> Iterator[str]:
    """Reasons for what the sources do not contain; this can be told without a run."""
    names = {name_of(point) for point in points}
    yield from (f"no longer in the sources; a stale reason: {name}" for name in sorted(set(given) - names))
