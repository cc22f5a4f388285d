"""Pegs: stationary law, half-life, and the ways in which one breaks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolwright.errors import PriceDataError
from poolwright.simulate.markets import Depeg, Peg, statistics
from poolwright.simulate.markets.peg import WORTHLESS

DEVIATION, HALF_LIFE, ROWS = 0.004, 6.0, 300_000


def effective(keep: float) -> float:
    """Number of independent draws that squares of this autocorrelated path are worth."""
    return ROWS * (1 - keep**2) / (1 + keep**2)


@pytest.mark.parametrize(("rate", "share"), [(0.0, 0.0), (2_000.0, 0.5)])
def test_peg_has_its_stationary_variance_and_half_life(rate: float, share: float) -> None:
    peg = Peg("DAI", 1.02, DEVIATION, HALF_LIFE, jumps_per_year=rate, jump_share=share)
    logs = np.log(peg.generate(ROWS, 3_600, 5).prices[:, 0])
    keep = 0.5 ** (1 / HALF_LIFE)
    # Jumps widen the law of the squares: by their share of a kurtosis below 3 more.
    error = math.sqrt((2 + 3 * share) / effective(keep))
    assert abs(logs.var() / DEVIATION**2 - 1) < 4 * error
    level_error = DEVIATION * math.sqrt((1 + keep) / (1 - keep) / ROWS)
    assert abs(logs.mean() - math.log(1.02)) < 4 * level_error
    lag = np.corrcoef(logs[:-6], logs[6:])[0, 1]
    assert abs(lag - 0.5) < 4 / math.sqrt(effective(keep))


def test_peg_is_stationary_from_the_first_row() -> None:
    firsts = np.array(
        [math.log(Peg("DAI", deviation=0.01).generate(2, 60, s).prices[0, 0]) for s in range(2_000)]
    )
    assert abs(firsts.var() / 0.01**2 - 1) < 4 * math.sqrt(2 / 2_000)


def test_peg_has_its_theoretical_moments() -> None:
    peg = Peg("DAI", deviation=0.01, half_life_hours=4.0, jumps_per_year=300.0, jump_share=0.4)
    found, theory = statistics(peg.generate(ROWS, 3_600, 8)), peg.moments()
    jumps = 300 * ROWS / 8_766
    assert abs((found.volatility[0] / theory.volatility[0]) ** 2 - 1) < 4 * 0.4 * math.sqrt(3 / jumps)
    assert abs(found.kurtosis[0] / theory.kurtosis[0] - 1) < 4 * math.sqrt(12 / jumps)
    assert theory.kurtosis[0] > 10


def test_peg_recovers() -> None:
    depeg = Depeg(24, 0.88, fall_hours=6, recovery_half_life_hours=12)
    prices = Peg("USDC", deviation=0.0, depeg=depeg).generate(240).prices[:, 0]
    assert (prices[:25] == 1.0).all()
    assert math.isclose(prices[30], 0.88, rel_tol=1e-14)
    assert prices.argmin() == 30
    assert math.isclose(prices[42], math.sqrt(0.88), rel_tol=1e-12)
    assert prices[-1] > 0.999


def test_peg_dies_for_ever_but_stays_positive() -> None:
    depeg = Depeg(24, 0.6, death_half_life_hours=8)
    prices = Peg("UST", deviation=0.0, depeg=depeg).generate(1_000).prices[:, 0]
    assert math.isclose(prices[25], 0.6 * 0.5 ** (1 / 8), rel_tol=1e-12)
    assert (np.diff(prices[25:]) <= 0).all()
    assert math.isclose(prices[-1], WORTHLESS, rel_tol=1e-12)


def test_peg_stays_down_without_a_way_back() -> None:
    prices = Peg("X", deviation=0.0, depeg=Depeg(10, 1.08, fall_hours=2)).generate(100).prices[:, 0]
    assert np.allclose(prices[12:], 1.08, rtol=1e-14)


def test_turbulence_widens_the_noise_only_while_broken() -> None:
    wild = Peg("X", depeg=Depeg(50, 0.9, turbulence=5.0)).generate(100).prices[:, 0]
    calm = Peg("X", depeg=Depeg(50, 0.9)).generate(100).prices[:, 0]
    assert np.array_equal(wild[:51], calm[:51])
    assert np.allclose(np.log(wild[51:] / 0.9), 5 * np.log(calm[51:] / 0.9), atol=1e-14)


@given(
    deviation=st.floats(0, 1),
    half_life=st.floats(1e-3, 1e4),
    depth=st.floats(1e-6, 0.99),
    death=st.one_of(st.none(), st.floats(0.01, 100)),
    seed=st.integers(0, 2**32),
)
def test_peg_prices_are_positive_and_finite(
    deviation: float, half_life: float, depth: float, death: float | None, seed: int
) -> None:
    depeg = Depeg(5, depth, death_half_life_hours=death, turbulence=2.0)
    prices = Peg("X", 1.0, deviation, half_life, depeg).generate(60, 3_600, seed).prices
    assert np.isfinite(prices).all()
    assert (prices > 0).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"depth": 1}, "depth 1 is the peg itself"),
        ({"depth": 0}, "depth 0 must lie between"),
        ({"at_hours": -1}, "at_hours -1"),
        ({"recovery_half_life_hours": 1, "death_half_life_hours": 1}, "either recovers or dies"),
        ({"recovery_half_life_hours": 0}, "recovery_half_life_hours 0"),
    ],
)
def test_bad_depegs_are_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(PriceDataError, match=message):
        Depeg(**{"at_hours": 1, "depth": 0.9, **values})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"symbol": ""}, "must be a name"),
        ({"half_life_hours": 0}, "half_life_hours 0"),
        ({"deviation": float("nan")}, "deviation nan"),
        ({"jump_share": 0.5}, "give jumps_per_year too"),
    ],
)
def test_bad_pegs_are_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(PriceDataError, match=message):
        Peg(**{"symbol": "DAI", **values})
