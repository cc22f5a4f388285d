"""No sequence within a block profits; and the search that says so finds the faults of the past with the same budget."""

from __future__ import annotations

import pytest

from tests.profit.faults import FAULTS
from tests.profit.markets import MARKETS
from tests.profit.search import search

SHORT, LONG = 400, 3_000  # tries


@pytest.mark.parametrize("tries", [SHORT, pytest.param(LONG, marks=pytest.mark.verify)])
@pytest.mark.parametrize("name", MARKETS)
def test_search_finds_no_profit(name: str, tries: int) -> None:
    outcome = search(MARKETS[name](), tries)
    print(f"{name}: no profit in {outcome.tries} tries, at best {outcome.profit}")
    assert outcome.profit <= 0, outcome


@pytest.mark.parametrize(
    ("tries", "seed"), [(SHORT, ""), *(pytest.param(LONG, seed, marks=pytest.mark.verify) for seed in "abc")]
)
@pytest.mark.parametrize("fault", FAULTS)
def test_search_finds_what_was_found_before(
    fault: str, tries: int, seed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, name = FAULTS[fault]
    market = MARKETS[name]()
    plant(monkeypatch)
    outcome = search(market, tries, seed)
    print(f"{fault}: found after {outcome.tries} tries: {outcome.sequence}")
    assert outcome.profit > 0, "the search is too weak"
