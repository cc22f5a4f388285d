"""The proof of correctness can fail: each small change of the Vyper sources is found by tests/reference."""

from __future__ import annotations

import pytest

from tools.mutate import MATHS, MUTANTS, ROOT, Mutant, run

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}


@pytest.mark.parametrize("name", BY_NAME)
def test_mutant_still_fits_the_source(name: str) -> None:
    mutant = BY_NAME[name]
    text = (ROOT / MATHS / f"{mutant.module}.vy").read_text("utf-8")
    assert mutant.applied_to(text) != text


def test_mutant_that_no_longer_fits_is_named() -> None:
    mutant = Mutant("gone", "share_maths", "minted", "no such text", "", "")
    with pytest.raises(ValueError, match=r"gone: share_maths\.minted does not hold"):
        mutant.applied_to("@internal\ndef minted(a: uint256) -> uint256:\n    return a\n")


@pytest.mark.verify
@pytest.mark.parametrize("name", BY_NAME)
def test_reference_kills_mutant(name: str) -> None:
    verdict = run(BY_NAME[name])
    print(f"{name}: killed by {verdict.killer or 'nothing'} in {verdict.seconds:.0f} s")
    assert verdict.killer, f"{name} survived: {BY_NAME[name].harm}"


@pytest.mark.verify
def test_reference_accepts_the_sources_as_they_are() -> None:
    assert run(None).killer == ""
