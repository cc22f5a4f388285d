"""Run the mutants named, or all; exit status 1 when one survives.

python -m tools.mutants            all of them
python -m tools.mutants --list     what there is
python -m tools.mutants NAME ...   some, by name or by the beginning of their source: maths, vault/lock
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import sys
import time

from tools.mutants import maths, money, powers
from tools.mutants.mutant import Mutant, Verdict
from tools.mutants.workshop import control, run

MUTANTS = (*maths.MUTANTS, *money.MUTANTS, *powers.MUTANTS)
# Large, and the same for all: imported once, before the processes part.
PRELOADED = ("hypothesis", "numba", "pyrevm", "pytest", "vyper.compiler.phases", "web3")


def verdict_of(mutant: Mutant | None) -> Verdict:
    """Run one; None stands for the sources as they are."""
    started = time.perf_counter()
    try:
        return run(mutant) if mutant else control(counted_on(MUTANTS))
    except (RuntimeError, ValueError) as error:
        return Verdict("", time.perf_counter() - started, str(error))


def counted_on(mutants: tuple[Mutant, ...]) -> tuple[str, ...]:
    """Every test that these mutants count on, once."""
    named = {test for mutant in mutants for test in mutant.tests}
    return tuple(sorted(test for test in named if "::" not in test or test.split("::")[0] not in named))


def main() -> int:
    """Read the command line and print one line for each mutant, with the test that killed it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="print the mutants and what each would do")
    parser.add_argument("--jobs", type=int, default=2, help="so many at a time (default: 2)")
    options = parser.parse_args()
    wanted = tuple(
        mutant
        for mutant in MUTANTS
        if not options.names
        or mutant.name in options.names
        or any(mutant.source.startswith(name) for name in options.names)
    )
    if options.list:
        for mutant in wanted:
            print(f"{mutant.name:32} {mutant.source}.{mutant.function}: {mutant.harm}")
        return 0
    for module in PRELOADED:
        importlib.import_module(module)
    jobs: list[Mutant | None] = [*([] if options.names else [None]), *wanted]
    started, wrong = time.perf_counter(), 0
    # one process for each: what it imports is the mutant's
    with multiprocessing.get_context("fork").Pool(options.jobs, maxtasksperchild=1) as pool:
        for mutant, verdict in zip(jobs, pool.imap(verdict_of, jobs, chunksize=1), strict=True):
            fine = not verdict.trouble and (mutant is None) != bool(verdict.killer)
            wrong += not fine
            said = verdict.trouble or verdict.killer or ("nothing fails" if mutant is None else "SURVIVED")
            name = mutant.name if mutant else "(no mutant)"
            print(f"{name:32} {verdict.seconds:5.1f} s  {'' if fine else 'WRONG: '}{said}", flush=True)
    print(f"{len(jobs) - wrong} of {len(jobs)} as they must be, in {time.perf_counter() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
