"""Every function of the maths, discovered: the compiled contract, the twin on `int` and the twin compiled agree.

Cases are drawn by `scenarios`; each function is called at least 2,000 times. Classes are counted and printed
(`pytest -s`), and the edges must really have been reached.
"""

from __future__ import annotations

import functools
import importlib
import random
from collections import Counter
from dataclasses import replace

import pytest

from poolwright.twin.generate import SOURCES
from tests.twin.evm import Function, functions_of
from tests.twin.sameness import Tally, run

CASES = 2_000
MODULES = sorted(p.stem for p in SOURCES.glob("*.vy"))


@functools.cache
def functions(module: str) -> dict[str, Function]:
    twin = importlib.import_module(f"poolwright.model.maths.{module}")
    return {f.name: f for f in functions_of(SOURCES / f"{module}.vy", twin)}


def _names() -> list[tuple[str, str]]:
    from poolwright.model.maths import FUNCTIONS

    return [(f.module, f.name) for f in FUNCTIONS]


@pytest.mark.parametrize(("module", "name"), _names(), ids=lambda value: str(value))
def test_same(module: str, name: str) -> None:
    function = functions(module)[name]
    tally = run(function, random.Random(f"{function.id} 1"), CASES)
    print(tally.line(function.id))
    tally.check(function)


def test_every_function_is_compared() -> None:
    assert sorted(_names()) == sorted((m, n) for m in MODULES for n in functions(m))


def test_a_difference_is_found() -> None:
    """The comparison itself fails where the twin is wrong by one."""
    function = functions("fixed_point")["div_up"]
    wrong = replace(function, twin=lambda a, b: a // b if b else 0)
    with pytest.raises(AssertionError, match="the contract says"):
        run(wrong, random.Random(1), 200, native=False)


def test_tally_counts_each_class_of_edges() -> None:
    tally = Tally(Counter({"plain": 3}), Counter({"plain": 1}), 3, 1)
    with pytest.raises(AssertionError, match="no case of class"):
        tally.check(functions("weighted_maths")["compute_out_given_exact_in"])
