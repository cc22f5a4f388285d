"""Shares of LVR: constants, limits, shapes and refusals; the figures stand in tests/acceptance."""

import math

import mpmath
import numpy as np
import pytest

from poolwright.analytics.arbitrage_theory import (
    CONSTANT_BLOCKS,
    ZETA_HALF,
    band_half_width,
    block_volatility,
    constant_block_share,
    trade_probability,
)

SHARES = [trade_probability, constant_block_share]


def test_constants_are_those_of_the_formula() -> None:
    assert float(mpmath.zeta(0.5)) == ZETA_HALF
    assert round(CONSTANT_BLOCKS, 5) == 1.71645


@pytest.mark.parametrize("share", SHARES)
def test_share_is_all_without_a_fee_and_little_with_a_wide_band(share) -> None:
    assert share(0.0, 0.01) == 1.0
    assert share(1e6, 0.01) < 1e-7


@pytest.mark.parametrize("share", SHARES)
def test_share_depends_on_the_ratio_only_and_falls_with_the_band(share) -> None:
    bands = np.geomspace(1e-5, 1e-1, 9)
    found = share(bands, 1e-3)
    assert found.shape == (9,)
    assert np.all(np.diff(found) < 0)
    assert np.allclose(found, share(7 * bands, 7e-3), rtol=1e-14)


def test_evenly_spaced_blocks_leave_less_to_arbitrage_than_random_ones() -> None:
    bands = np.geomspace(1e-5, 1e-1, 9)
    assert np.all(constant_block_share(bands, 1e-3) < trade_probability(bands, 1e-3))


def test_band_is_symmetric_for_buying_and_selling() -> None:
    assert band_half_width(0.0) == 0.0
    assert band_half_width(0.003) == pytest.approx(-math.log(0.997), rel=1e-15)
    assert band_half_width(1e-12) == pytest.approx(1e-12, rel=1e-11)


def test_block_volatility_grows_with_the_root_of_time() -> None:
    assert np.allclose(block_volatility(0.05, [1.0, 4.0]), [0.05, 0.1])


@pytest.mark.parametrize("fee", [-0.1, 1.0, 30, math.nan])
def test_band_refuses_what_is_no_fee(fee: float) -> None:
    with pytest.raises(ValueError, match="fraction from 0"):
        band_half_width(fee)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize(("band", "s"), [(-0.1, 1.0), (0.1, 0.0), (math.nan, 1.0), (0.1, math.nan)])
def test_share_refuses_what_has_no_meaning(share, band: float, s: float) -> None:
    with pytest.raises(ValueError, match="block_volatility more than 0"):
        share(band, s)
