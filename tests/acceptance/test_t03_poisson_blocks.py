"""T3: the share of blocks with an arbitrage when blocks come at random, at 5 % a day: table and simulation."""

from __future__ import annotations

import pytest

from poolwright.analytics.arbitrage_theory import band_half_width, block_volatility, trade_probability
from tests.acceptance.block_kernel import simulate_blocks

DAY = 86_400
BASIS_POINTS = (1, 5, 10, 30, 100)
# Per cent, by mean block time in seconds. The source counts the fee itself as the half-width of the band.
TABLE = {
    600: (96.7, 85.5, 74.7, 49.5, 22.8),
    120: (92.9, 72.5, 56.9, 30.5, 11.6),
    12: (80.6, 45.5, 29.4, 12.2, 4.0),
    2: (63.0, 25.4, 14.5, 5.4, 1.7),
    0.05: (21.2, 5.1, 2.6, 0.9, 0.3),
}


@pytest.mark.parametrize("seconds", TABLE)
def test_table(seconds: float) -> None:
    s = block_volatility(0.05, seconds / DAY)
    for points, expected in zip(BASIS_POINTS, TABLE[seconds], strict=True):
        assert 100 * float(trade_probability(points / 1e4, s)) == pytest.approx(expected, abs=0.0501)
        # The band of a fee is wider than the fee, by half its square: less than a tenth of a point here.
        exact = 100 * float(trade_probability(band_half_width(points / 1e4), s))
        assert expected - 0.15 < exact <= expected + 0.0501


def check(seconds: float, points: int, blocks: int) -> None:
    """Simulated profit ratio and trade fraction are the theory's, within max(2 %, 3 standard errors)."""
    s = float(block_volatility(0.05, seconds / DAY))
    theory = float(trade_probability(band_half_width(points / 1e4), s))
    found = simulate_blocks(points / 1e4, s, blocks, poisson=True, seed=1000 * points + round(seconds))
    assert abs(found.share - theory) < max(0.02 * theory, 3 * found.share_error)
    assert abs(found.traded - theory) < max(0.02 * theory, 3 * found.traded_error)
    # A tolerance of standard errors says nothing if they are large.
    assert found.share_error < 0.03 * theory


@pytest.mark.parametrize(("seconds", "points"), [(12, 1), (12, 30), (600, 5), (600, 100)])
def test_simulation(seconds: float, points: int) -> None:
    check(seconds, points, 1_000_000)


@pytest.mark.verify
@pytest.mark.parametrize("points", [1, 5, 30, 100])
@pytest.mark.parametrize("seconds", [2, 12, 60, 600])
def test_simulation_of_every_cell(seconds: float, points: int) -> None:
    check(seconds, points, 8_000_000)
