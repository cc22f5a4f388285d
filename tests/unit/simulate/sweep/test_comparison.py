"""Two designs: figures over all prices, paired windows, and an error that means what it says."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import poolwright as pw
from poolwright.errors import PoolwrightError
from poolwright.simulate.sweep.comparison import compare
from poolwright.spec.load import check_text
from poolwright.spec.schema import PoolSpec
from tests.unit.simulate.sweep.cases import TEXT, market, pool


def dearer() -> PoolSpec:
    """Return the pool with a fee of 1 %."""
    spec = check_text(TEXT.replace('"0.3%"', '"1%"')).spec
    assert spec is not None
    return spec


def test_each_side_is_its_own_simulation() -> None:
    found = compare(pool(), dearer(), market(), windows=4, gas_cost=0.5)
    for figure in ("fees", "value_vs_hold", "trades"):
        one, two = (
            pw.simulate(spec, market(), gas_cost=0.5).figures()[figure] for spec in (pool(), dearer())
        )
        assert (found[figure].first, found[figure].second) == (one, two)
        assert found[figure].difference == two - one


def test_the_error_is_that_of_paired_windows() -> None:
    prices = market(200)
    found = compare(pool(), dearer(), prices, windows=4)["fees"]
    differences = []
    for part in (slice(0, 50), slice(50, 100), slice(100, 150), slice(150, 200)):
        window = replace(prices, times=prices.times[part], prices=prices.prices[part])
        one, two = (pw.simulate(spec, window).figures()["fees"] for spec in (pool(), dearer()))
        differences.append(two - one)
    assert found.per_window == pytest.approx(np.mean(differences), rel=1e-12)
    assert found.standard_error == pytest.approx(np.std(differences, ddof=1) / 2, rel=1e-9)


def test_a_design_does_not_differ_from_itself() -> None:
    for each in compare(pool(), pool(), market(), windows=3).figures:
        assert each.difference == each.per_window == each.standard_error == 0
        assert math.isnan(each.errors_away)


def test_swapping_the_designs_turns_the_sign() -> None:
    one = compare(pool(), dearer(), market(), windows=5)
    two = compare(dearer(), pool(), market(), windows=5)
    assert one["fees"].per_window == -two["fees"].per_window
    assert one["fees"].standard_error == two["fees"].standard_error


def test_designs_may_hold_other_tokens() -> None:
    text = TEXT.replace('[[tokens]]\nsymbol = "WBTC"\nweight = "30%"\n', "").replace('"20%"', '"50%"')
    pair = check_text(text).spec
    assert pair is not None
    found = compare(pair, pool(), market(), windows=2)
    prices = market().select(["WETH", "DAI"])
    assert found["fees"].first == pw.simulate(pair, prices).figures()["fees"]


def test_the_standard_error_covers_the_truth_about_as_often_as_it_says() -> None:
    """Over many generated markets, the mean difference of fees strays by about its stated error."""
    means, errors = [], []
    for seed in range(40):
        found = compare(pool(), dearer(), market(240, seed), windows=8)["fees"]
        means.append(found.per_window)
        errors.append(found.standard_error)
    spread = float(np.std(means, ddof=1))
    assert 0.6 < float(np.sqrt(np.mean(np.square(errors)))) / spread < 1.6


@pytest.mark.parametrize(("options", "told"), [({"windows": 1}, "two or more"), ({"windows": 150}, "rows")])
def test_what_cannot_be_compared_is_said(options: dict[str, Any], told: str) -> None:
    with pytest.raises(PoolwrightError, match=told):
        compare(pool(), dearer(), market(), **options)


def test_json_is_whole() -> None:
    data = compare(pool(), dearer(), market(), windows=2).to_dict()
    assert json.loads(json.dumps(data)) == data
    assert len(data["windows"]) == 2
