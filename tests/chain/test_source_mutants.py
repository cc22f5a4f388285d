"""The mutants of `make mutate` fit the sources as they are now; what they would do is seen there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools.mutants.__main__ import MUTANTS, counted_on
from tools.mutants.mutant import Mutant
from tools.mutants.workshop import ROOT, source_of

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
GONE = Mutant("gone", "maths/share_maths", "minted", "no such text", "other", "", ())
SOURCE = """
@internal
def minted(a: uint256) -> uint256:
    assert a > 0, "shares: zero"
    assert (
        a < 5
    ), "shares: many"
    return a
"""


@pytest.mark.parametrize("name", BY_NAME)
def test_mutant_still_fits_the_source(name: str) -> None:
    mutant = BY_NAME[name]
    text = (ROOT / source_of(mutant)).read_text("utf-8")
    assert mutant.applied_to(text) != text
    for contract in mutant.contracts:
        assert list((ROOT / "src/poolwright/contracts").rglob(f"{contract}.vy")), contract


def test_every_mutant_has_a_name_and_counted_on_its_own() -> None:
    assert len(BY_NAME) == len(MUTANTS)
    for test in counted_on(MUTANTS):
        assert (ROOT / "tests" / test.split("::")[0]).is_file(), test


def test_mutant_that_no_longer_fits_is_named() -> None:
    for unfit in (
        GONE,
        replace(GONE, new=""),
        replace(GONE, old="shares: ", new="x"),
        replace(GONE, function="m"),
    ):
        with pytest.raises(ValueError, match=r"gone: maths/share_maths\.\w+ does not hold"):
            unfit.applied_to(SOURCE)


def test_an_assertion_holds_whatever_is_asserted() -> None:
    changed = replace(GONE, old="shares: many", new="").applied_to(SOURCE)
    assert changed == SOURCE.replace("(\n        a < 5\n    )", "((\n        a < 5\n    )) or True")
