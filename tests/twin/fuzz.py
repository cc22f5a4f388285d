"""A long differential run for one kind of pool: contract, twin on `int`, twin compiled.

    python -m tests.twin.fuzz --cases 1000000 --kind weighted [--seed 7] [--no-native]

Every function that the kind's pools use gets its share of the cases. Prints counts by class and function; stops
at the first difference with the function and its arguments.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import time
from collections.abc import Iterator

from poolwright.twin.generate import SOURCES
from tests.twin.evm import Function, functions_of
from tests.twin.sameness import Tally, run

SHARED = ("fee_maths", "share_maths", "log_exp", "fixed_point")
# Modules of a kind -> how many cases in ten; what all kinds share gets the rest.
KINDS = {
    "weighted": ("weighted_maths", "geometric_maths"),
    "constant_product": ("constant_product_maths", "geometric_maths"),
    "stable": ("stable_maths", "stable_liquidity", "stable_invariant", "scaling"),
}
OWN_SHARE = 0.9
BATCH = 20_000


def load(modules: tuple[str, ...]) -> list[Function]:
    """Return the functions of modules that take arguments."""
    found = []
    for module in modules:
        twin = importlib.import_module(f"poolwright.model.maths.{module}")
        found += functions_of(SOURCES / f"{module}.vy", twin)
    return found


def shares(kind: str, cases: int) -> Iterator[tuple[Function, int]]:
    """Divide the cases: nine in ten to the kind's own functions, evenly, at least one each."""
    shared = [f for f in load(SHARED) if kind != "stable" or f.module != "log_exp"]
    for functions, part in ((load(KINDS[kind]), OWN_SHARE), (shared, 1 - OWN_SHARE)):
        each = -(-int(cases * part) // len(functions))
        for function in functions:
            yield function, max(each, 1)


def fuzz(kind: str, cases: int, seed: int, native: bool = True) -> Tally:
    """Compare `cases` cases and more; print a line for each function and the totals."""
    total, started = Tally(), time.monotonic()
    for function, count in shares(kind, cases):
        mine = Tally()
        for batch in range(0, count, BATCH):
            rng = random.Random(f"{function.id} {seed} {batch}")
            mine += run(function, rng, min(BATCH, count - batch), native, kind)
        print(mine.line(function.id), flush=True)
        total += mine
    print(total.line(f"{kind}: no difference"))
    print(f"{time.monotonic() - started:.0f} s")
    return total


def main(arguments: list[str]) -> int:
    """Run from the command line; the exit status is 1 at a difference."""
    parser = argparse.ArgumentParser(description="compare contract and twin on many cases")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--kind", choices=sorted(KINDS), action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-native", action="store_true", help="leave the compiled twin out")
    options = parser.parse_args(arguments)
    for kind in options.kind or sorted(KINDS):
        try:
            fuzz(kind, options.cases, options.seed, not options.no_native)
        except AssertionError as difference:
            print(f"DIFFERENCE: {difference}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
