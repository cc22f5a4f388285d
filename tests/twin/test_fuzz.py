"""A million differential cases for each kind of pool (`make fuzz`), and a short run of the same in every test run."""

from __future__ import annotations

import os

import pytest

from tests.twin.fuzz import KINDS, fuzz
from tests.twin.sameness import LEAST_OK, Tally

EDGES = ("one wei", "imbalance", "zero", "overflow")


def assert_meaningful(tally: Tally, cases: int) -> None:
    assert tally.cases >= cases
    assert tally.succeeded >= LEAST_OK * tally.cases
    for name in EDGES:
        assert tally.drawn[name] > cases // 1000, f"class '{name}' hardly occurs"
    assert tally.ok["one wei"] > 0
    assert tally.ok["imbalance"] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_cases(kind: str) -> None:
    assert_meaningful(fuzz(kind, 1_000, seed=2, native=False), 1_000)


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", KINDS)
def test_a_million_cases(kind: str) -> None:
    tally = fuzz(kind, 1_000_000, seed=1, jobs=os.cpu_count() or 1)
    assert_meaningful(tally, 1_000_000)
    assert tally.native > 100_000
