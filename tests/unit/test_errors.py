"""The tree of errors."""

from __future__ import annotations

import copy
import pickle

import pytest

from poolwright.errors import (
    Finding,
    MissingExtra,
    PoolRevert,
    PoolwrightError,
    PriceDataError,
    SpecError,
    UnitError,
)

FINDING = Finding("fee-zero", "fees.swap", "0", "It earns nothing.", "Write a fee.", "warning", "p.toml", 3)
ERRORS = [
    UnitError("'x' is not a number.", "Write one."),
    SpecError([FINDING]),
    PoolRevert("stable: imbalance"),
    PriceDataError("row 3, column WETH: NaN"),
    MissingExtra("numba", "sim"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_is_a_poolwright_error_and_survives_pickling(error: PoolwrightError) -> None:
    assert isinstance(error, PoolwrightError)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


def test_pool_revert_keeps_the_exact_reason() -> None:
    assert PoolRevert("vault: amount zero").reason == "vault: amount zero"
    assert PoolRevert().reason == ""
    assert "without a reason" in str(PoolRevert())


def test_missing_extra_names_the_command_that_adds_it() -> None:
    assert 'pip install "poolwright[sim]"' in str(MissingExtra("numba", "sim"))


def test_a_finding_reads_as_one_line_with_place_value_danger_and_remedy() -> None:
    assert str(FINDING) == "p.toml:3: fees.swap = 0: It earns nothing. Write a fee."
    assert SpecError([FINDING]).findings == (FINDING,)
