"""A long differential run for one kind of pool: contract, twin on `int`, twin compiled.

    python -m tests.twin.fuzz --cases 1000000 --kind weighted [--seed 7] [--jobs 2] [--no-native]

Every function that the kind's pools use gets its share of the cases. Prints counts by class and function; stops
at the first difference with the function and its arguments.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from poolwright.model.maths import FUNCTIONS
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


class Task(NamedTuple):
    """A share of the cases of one function, for one process."""

    kind: str
    module: str
    name: str
    seed: str
    cases: int
    native: bool


@functools.cache
def functions(module: str) -> dict[str, Function]:
    """Return the functions of a module in all their forms, compiled once in each process."""
    twin = importlib.import_module(f"poolwright.model.maths.{module}")
    return {f.name: f for f in functions_of(SOURCES / f"{module}.vy", twin)}


def tasks(kind: str, cases: int, seed: int, native: bool) -> Iterator[Task]:
    """Divide the cases: nine in ten to the kind's own functions, evenly, at least one each."""
    shared = [m for m in SHARED if kind != "stable" or m != "log_exp"]
    for modules, part in ((KINDS[kind], OWN_SHARE), (shared, 1 - OWN_SHARE)):
        chosen = [f for f in FUNCTIONS if f.module in modules]
        each = max(-(-int(cases * part) // len(chosen)), 1)
        for function in chosen:
            for batch in range(0, each, BATCH):
                count = min(BATCH, each - batch)
                yield Task(kind, function.module, function.name, f"{seed} {batch}", count, native)


def work(task: Task) -> Tally:
    function = functions(task.module)[task.name]
    return run(function, random.Random(f"{function.id} {task.seed}"), task.cases, task.native, task.kind)


def fuzz(kind: str, cases: int, seed: int, native: bool = True, jobs: int = 1) -> Tally:
    """Compare `cases` cases and more; print a line for each function and the totals."""
    started, todo = time.monotonic(), list(tasks(kind, cases, seed, native))
    by_function: dict[str, Tally] = {}
    with ProcessPoolExecutor(jobs) if jobs > 1 else contextlib.nullcontext() as pool:
        for task, tally in zip(todo, (pool.map if pool else map)(work, todo), strict=True):
            mine = by_function.setdefault(f"{task.module}.{task.name}", Tally())
            mine += tally
    for name, tally in by_function.items():
        print(tally.line(name))
    total = sum_of(by_function.values())
    print(total.line(f"{kind}: no difference"))
    print(f"{time.monotonic() - started:.0f} s", flush=True)
    return total


def sum_of(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total += tally
    return total


def main(arguments: list[str]) -> int:
    """Run from the command line; the exit status is 1 at a difference."""
    parser = argparse.ArgumentParser(description="compare contract and twin on many cases")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--kind", choices=sorted(KINDS), action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes; all cores by default"
    )
    parser.add_argument("--no-native", action="store_true", help="leave the compiled twin out")
    options = parser.parse_args(arguments)
    for kind in options.kind or sorted(KINDS):
        try:
            fuzz(kind, options.cases, options.seed, not options.no_native, options.jobs)
        except AssertionError as difference:
            print(f"DIFFERENCE: {difference}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
