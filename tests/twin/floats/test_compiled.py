"""Compiled, the float form gives the same bits and the same reverts as in Python."""

from __future__ import annotations

import math
import struct
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytest.importorskip("numba")

import numba
import numpy as np

from poolwright.errors import PoolRevert
from poolwright.model import native
from poolwright.model.float_maths import primitives, stable_invariant, stable_maths, weighted_maths
from poolwright.model.native import cache
from tests.twin.floats.compare import as_floats, forms
from tests.twin.floats.samples import DOMAINS, SAMPLERS, Draw

ASSETS = 3  # compiled code is made for each number of assets; one is enough
SWAPS = sorted(name for name in SAMPLERS if name.endswith(("exact_in", "exact_out")))
OTHERS = sorted(set(SAMPLERS) - set(SWAPS))


def outcome(function: Any, args: tuple[Any, ...]) -> Any:
    """Results as bits, so that only equal numbers are equal."""
    try:
        return [struct.pack("<d", part) for part in _flat(function(*args))]
    except PoolRevert as revert:
        return revert.reason


def _flat(result: Any) -> list[float]:
    return [x for part in result for x in _flat(part)] if isinstance(result, tuple) else [result]


def cases(name: str, count: int) -> list[tuple[Any, ...]]:
    draws = [Draw(Random(f"compiled {name}"), domain) for domain in DOMAINS]
    found: list[tuple[Any, ...]] = []
    while len(found) < count:
        args = SAMPLERS[name](draws[len(found) % 2]).args
        if all(len(part) == ASSETS for part in args if isinstance(part, tuple)):
            found.append(as_floats(name, args))
    return found


def check(name: str, count: int) -> None:
    _, floats = forms(name)
    compiled = native.jit(floats, name="float kernels for the tests")
    for args in cases(name, count):
        assert outcome(compiled, args) == outcome(floats, args)


@pytest.mark.parametrize("name", SWAPS)
def test_swaps_give_the_same_bits(name: str) -> None:
    check(name, 150)


@pytest.mark.verify
@pytest.mark.parametrize("name", OTHERS)
def test_all_others_give_the_same_bits(name: str) -> None:
    check(name, 150)


def test_primitives_give_the_same_bits() -> None:
    rng = Random(5)
    numbers = [math.exp(rng.uniform(-80.0, 80.0)) for _ in range(300)]
    triples = list(zip(numbers, numbers[1:], numbers[2:], strict=False))
    calls = {
        primitives.divide: [(a, b) for a, b, _ in triples],
        primitives.log2_ratio: [(a, b) for a, b, _ in triples],
        primitives.exp2: [(math.log2(a) * 2.0**96,) for a in numbers],
        primitives.ln: [(a, b) for a, b, _ in triples],
        primitives.exp: [(math.log(a) * 1e36,) for a in numbers],
        primitives.power: [(a, b, rng.random() * 1e18, 1e18) for a, b, _ in triples],
        primitives.shifted: [(a, rng.randrange(-300, 300)) for a in numbers],
    }
    for function, arguments in calls.items():
        compiled = native.jit(function, name="float primitives for the tests")
        for args in arguments:
            assert outcome(compiled, args) == outcome(function, args), (function.__name__, args)


def test_reverts_of_the_primitives() -> None:
    refused = {
        primitives.divide: (1.0, 0.0),
        primitives.ratio: (1.0, 0.0),
        primitives.log2_ratio: (0.0, 1.0),
        primitives.power: (1.0, 1.0, 1.0, 0.0),
        primitives.exp2: (135.0 * 2.0**96,),
        primitives.exp: (100.0 * 1e36,),
        primitives.ln: (1.0, 0.0),
    }
    for function, args in refused.items():
        compiled = native.jit(function, name="float primitives for the tests")
        assert isinstance(outcome(function, args), str)
        assert outcome(compiled, args) == outcome(function, args)


def quotes(amounts: Any, weighted: Any, stable: Any) -> None:
    """A kernel of another module: both kinds in one loop."""
    values, worth = stable_maths.values_of((1e24, 1.1e12, 9e11), (1e18, 1e30, 1e30))
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d = stable_invariant.invariant_up(x, total, least, 200_000.0)
    for k in range(len(amounts)):
        weighted[k] = weighted_maths.compute_out_given_exact_in(1e24, 5e17, 2e24, 3e17, amounts[k])
        stable[k] = stable_maths.out_given_invariant(
            x, left, right, d, 200_000.0, 0, 1, 1e18, 1e30, amounts[k]
        )


def test_a_plain_kernel_elsewhere() -> None:
    native.register()
    compiled = numba.njit(quotes)
    amounts = np.geomspace(1e33, 1e41, 50)
    results = np.zeros((4, 50))
    compiled(amounts, results[0], results[1])
    quotes(amounts, results[2], results[3])
    assert np.array_equal(results[:2], results[2:])
    assert (results > 0.0).all()


def test_an_edit_of_the_float_form_compiles_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[Path] = []
    monkeypatch.setattr(cache, "sources_digest", lambda folder: folders.append(folder) or "")
    cache.cache_key.__wrapped__()
    assert Path(primitives.__file__).parent in folders


def test_numba_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from poolwright.model import float_maths; "
        "from poolwright.model.float_maths import stable_liquidity, weighted_maths; float_maths.bounds(); "
        "sys.exit('numba' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
