"""Measures the float form against the exact one and writes the committed bounds (some minutes).

python -m tests.twin.floats.measure            from the project's root, after a change of the maths
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from random import Random
from typing import Any

from poolwright.model import float_maths
from tests.twin.floats.compare import limit_distance, sample
from tests.twin.floats.samples import DOMAINS, SAMPLERS, Draw

SAMPLES = 20_000
LIMITS = 500
MARGIN = 2.0
# Limits are measured where a raw unit is nothing: the integers round what they compare with a limit.
LEAST_SCALE = 1e17
PATH = Path(float_maths.__file__).with_name("bounds.json")

ABOUT = {
    "unit": "one raw unit + 1e-16 of the balance that moves (the larger of before and after); for stable kinds the "
    "pool's value in that token, for shares the supply, for a balance solved from shares balance / weight; "
    "prices: 1e-16 of them; rates of fee policies: 1e-16 of 1",
    "bound": "largest |float - exact| in units: measured over the samples, times the margin",
    "limit": "how far apart the largest accepted amounts of the two forms are, as a part of the amount "
    "(balances from 1e17 raw units), times the margin; null: nothing to refuse in the domain",
    "usual": "weights from 10 %, values within 1:100, rates 0.5 to 2, fee up to 1 %, amplification 10 to 2,000",
    "wide": "weights from 1 %, values within 1:10,000, rates 0.01 to 100, fee up to 10 %, amplification 1 to 10,000",
    "both": "2 to 8 assets, balances 1e3 to 1e33 raw, 0 to 18 decimals, trades from 1e-9 of the balance past the limit",
}


def measure(name: str, domain: str, samples: int = SAMPLES, limits: int = LIMITS) -> dict[str, Any]:
    """Return what is committed for one function and domain."""
    outcomes = sample(name, domain, samples)
    errors = [o.error for o in outcomes if o.error is not None]
    distances = limit_distances(name, domain, limits)
    return {
        "measured": _two_digits(max(errors)),
        "bound": _two_digits(max(errors) * MARGIN),
        "limit": _two_digits(max(1e-16, *distances) * MARGIN) if distances else None,
        "cases": len(errors),
        "disagreements": sum(o.disagree for o in outcomes),
    }


def limit_distances(name: str, domain: str, count: int, seed: int = 0) -> list[float]:
    """Return the distances between the limits of the two forms in random cases, none for what has no limit."""
    draw = Draw(Random(f"limit {name} {domain} {seed}"), domain)
    found: list[float] = []
    for _ in range(count):
        case = SAMPLERS[name](draw)
        if case.trade is None:
            return []
        if min(case.scales) / case.unit >= LEAST_SCALE:
            distance = limit_distance(name, case)
            found += [] if distance is None else [distance]
    return found


def _two_digits(x: float) -> float:
    """Round up to two digits."""
    if x == 0.0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(x)) - 1)
    return float(f"{math.ceil(x / step) * step:.2g}")


def main(arguments: list[str]) -> int:
    """Write the bounds; an argument gives another number of samples and prints only."""
    samples = int(arguments[0]) if arguments else SAMPLES
    functions: dict[str, Any] = {}
    for name in sorted(SAMPLERS):
        functions[name] = {domain: measure(name, domain, samples) for domain in DOMAINS}
        sys.stdout.write(f"{name}: {functions[name]}\n")
        sys.stdout.flush()
    content = {"about": ABOUT, "margin": MARGIN, "samples": samples, "functions": functions}
    if not arguments:
        PATH.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
