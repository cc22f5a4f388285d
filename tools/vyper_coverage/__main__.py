"""Measure what the tests reach of the Vyper sources and write docs/coverage.md; see the package's docstring.

Exit status 1 when something is not reached and reasons.toml does not say why, or says why of what is reached.
`--more` runs some tests only and adds to what the last run reached, `--again` takes that as it is, for who has changed
the reasons; `--check` compares reasons and page with the sources and runs nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys

from tools.compile_contracts import CONTRACTS, ROOT
from tools.vyper_coverage.measuring import SUITES, reached
from tools.vyper_coverage.points import Place, Point, points_below
from tools.vyper_coverage.reasons import FILE, faults, misfits, reasons
from tools.vyper_coverage.report import PAGE, page, percent, write

# What the last run reached, of which sources, and whether its tests passed.
LAST = ROOT / ".cache" / "vyper_coverage.json"


def main() -> int:
    """Measure or check; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.vyper_coverage", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="processes that compile and test at once (2)")
    parser.add_argument(
        "--more", nargs="+", metavar="TESTS", help="run these, add to what the last run reached"
    )
    parser.add_argument("--again", action="store_true", help="write the page from what the last run reached")
    parser.add_argument("--check", action="store_true", help="compare reasons and page with the sources only")
    options = parser.parse_args()
    points = points_below(CONTRACTS)
    if not options.check and not options.again:
        known, good = last_run() if options.more else (set(), True)
        places, passed = reached(options.jobs, options.more or SUITES)
        LAST.parent.mkdir(exist_ok=True)
        LAST.write_text(json.dumps([sorted(known | places), passed and good, sources()]), "utf-8")
    found = checked(points) if options.check else told(points)
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        print(f"coverage: {len(found)} to mend in tests or {FILE.relative_to(ROOT)}", file=sys.stderr)
    return bool(found)


def sources() -> str:
    """A hash of all sources."""
    texts = b"\0".join(path.read_bytes() for path in sorted(CONTRACTS.rglob("*.vy")))
    return hashlib.sha256(texts).hexdigest()


def last_run() -> tuple[set[Place], bool]:
    """What it reached, and whether its tests passed. Exits when it was of other sources."""
    places, passed, of = json.loads(LAST.read_text("utf-8"))
    if of != sources():
        sys.exit("coverage: the sources have changed since the last run: run `make coverage`")
    return {Place(*each) for each in places}, passed


def told(points: list[Point]) -> list[str]:
    """Write the page of the last run; what is wrong with it and with the reasons."""
    places, passed = last_run()
    given = reasons()
    write(page(points, places, given, SUITES))
    for name, is_branch in (("statements", False), ("branches", True)):
        of_kind = [point.place for point in points if point.is_branch == is_branch]
        hit = sum(place in places for place in of_kind)
        print(f"{name}: {hit:,} of {len(of_kind):,} reached, {percent(hit, len(of_kind))} %")
    failed = [] if passed else ["tests fail with probes in the contracts: see above"]
    return [*failed, *faults(points, places, given)]


def checked(points: list[Point]) -> list[str]:
    """Reasons for what is gone, and modules that the page does not know."""
    text = PAGE.read_text("utf-8")
    modules = sorted({point.place.module for point in points})
    absent = [
        f"{name} is not in {PAGE.name}: run `make coverage`"
        for name in modules
        if f"| `{name}` |" not in text
    ]
    return [*misfits(points, reasons()), *absent]


if __name__ == "__main__":
    sys.exit(main())
