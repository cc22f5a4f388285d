"""The random pools reach all of the domain: decimals, numbers of assets, rates, dust and plenty."""

from __future__ import annotations

from random import Random

import pytest

from poolwright.spec.bounds import MAX_RATE, MIN_RATE
from tests.reference.exact import KINDS, STABLE, WEIGHTED
from tests.reference.states import draw_sample


@pytest.mark.parametrize("kind", KINDS)
def test_draws_cover_the_domain(kind: str) -> None:
    rng = Random(f"domain {kind}")
    samples = [draw_sample(rng, kind) for _ in range(600)]
    sizes = {len(each.state.balances) for each in samples}
    assert sizes == set(range(2, 17 if kind == WEIGHTED else 9))
    assert {places for each in samples for places in each.decimals} == set(range(19))
    balances = [balance for each in samples for balance in each.state.balances]
    assert min(balances) == 1
    assert max(balances) >= 10**33
    if kind == STABLE:
        rates = [rate for each in samples for rate in each.rates]
        assert (min(rates), max(rates)) == (MIN_RATE, MAX_RATE) == (10**16, 10**20)
