"""Reference problem W3 as it is stated."""

import numpy as np
import pytest

from poolwright.errors import PriceDataError
from poolwright.simulate.markets import ReferenceW3


def test_w3_follows_the_statement_to_the_last_place() -> None:
    rows = 5_000
    vol = np.array([0.6, 0.8, 0.0]) / np.sqrt(525_600)
    normals = np.random.default_rng(1).standard_normal((525_600, 3))[:rows]
    stated = np.exp(np.cumsum(vol * normals - vol**2 / 2, axis=0)) * [40_000, 2_500, 1]
    series = ReferenceW3().generate(rows)
    assert np.allclose(series.prices, stated, rtol=5e-16, atol=0)
    assert series.step == 60
    assert series.source == (
        "generated: ReferenceW3(symbols=('WBTC', 'WETH', 'USD')), 5000 rows of 60 s, seed 1"
    )


def test_w3_is_stated_in_minutes_only() -> None:
    with pytest.raises(PriceDataError, match="60 s, not 12 s"):
        ReferenceW3().generate(100, 12)
