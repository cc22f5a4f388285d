"""T4: the share of LVR that arbitrage keeps when blocks come evenly, at 5 % a day: table and simulation."""

from __future__ import annotations

import pytest

from poolwright.analytics.arbitrage_theory import band_half_width, block_volatility, constant_block_share
from tests.acceptance.block_kernel import simulate_blocks

DAY = 86_400
BASIS_POINTS = (1, 5, 30, 100)
# By block time in seconds: the formula, and an earlier simulation of 4 million blocks a cell.
FORMULA = {
    2: (0.5836, 0.2189, 0.0446, 0.0138),
    12: (0.7744, 0.4070, 0.1025, 0.0330),
    60: (0.8847, 0.6055, 0.2035, 0.0710),
    600: (0.9604, 0.8292, 0.4469, 0.1945),
}
SIMULATED = {
    2: (0.5840, 0.2196, 0.0451, 0.0133),
    12: (0.7800, 0.4073, 0.1031, 0.0331),
    60: (0.8898, 0.6059, 0.2034, 0.0706),
    600: (0.9618, 0.8352, 0.4464, 0.1953),
}


@pytest.mark.parametrize("seconds", FORMULA)
def test_table(seconds: float) -> None:
    s = block_volatility(0.05, seconds / DAY)
    found = [round(float(constant_block_share(band_half_width(each / 1e4), s)), 4) for each in BASIS_POINTS]
    assert found == list(FORMULA[seconds])


def check(seconds: float, points: int, blocks: int) -> None:
    """Within max(2 %, 3 standard errors) of the formula, and within 1 % where the fee is below s."""
    s, fee = float(block_volatility(0.05, seconds / DAY)), points / 1e4
    theory = float(constant_block_share(band_half_width(fee), s))
    found = simulate_blocks(fee, s, blocks, poisson=False, seed=1000 * points + round(seconds))
    bound = 0.01 * theory if fee < s else max(0.02 * theory, 3 * found.share_error)
    assert abs(found.share - theory) < bound
    assert found.share_error < 0.03 * theory
    # The earlier simulation has an error too, of about 1 / sqrt(4 million blocks with a trade).
    earlier = SIMULATED[seconds][BASIS_POINTS.index(points)]
    assert abs(found.share / earlier - 1) < 3 * found.share_error / theory + 0.03


@pytest.mark.parametrize(("seconds", "points"), [(12, 1), (12, 30), (600, 5), (600, 100)])
def test_simulation(seconds: float, points: int) -> None:
    check(seconds, points, 2_000_000)


@pytest.mark.verify
@pytest.mark.parametrize("points", BASIS_POINTS)
@pytest.mark.parametrize("seconds", FORMULA)
def test_simulation_of_every_cell(seconds: float, points: int) -> None:
    check(seconds, points, 16_000_000)


def test_the_full_width_of_the_band_would_be_wrong_by_far() -> None:
    """The source's Gamma is the whole band, 2 gamma; reading it as gamma misses the simulation by a fifth."""
    s = float(block_volatility(0.05, 12 / DAY))
    found = simulate_blocks(0.0005, s, 500_000, poisson=False, seed=4)
    misread = float(constant_block_share(band_half_width(0.0005) / 2, s))
    assert abs(misread / found.share - 1) > 0.2
