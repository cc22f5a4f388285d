"""Volatile assets against theory, within four standard errors at fixed seeds."""

import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolwright.errors import PriceDataError
from poolwright.simulate.market import HOURS_PER_YEAR
from poolwright.simulate.markets import GeometricBrownian, JumpDiffusion, Together, statistics
from poolwright.simulate.prices import PriceSeries, load_prices

ROWS = 200_001
DT = 1 / HOURS_PER_YEAR
MATRIX = ((1.0, 0.6, -0.3), (0.6, 1.0, 0.2), (-0.3, 0.2, 1.0))


def log_returns(series: PriceSeries) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.diff(np.log(series.prices), axis=0)


def test_geometric_brownian_has_mean_variance_and_correlation() -> None:
    model = GeometricBrownian(("A", "B", "C"), (5.0, 1.0, 2e4), (0.5, 0.9, 0.1), MATRIX, (0.4, -0.8, 0.0))
    series = model.generate(ROWS, seed=11)
    assert series.prices[0].tolist() == [5.0, 1.0, 2e4]
    returns = log_returns(series)
    n = len(returns)
    sigma, drift = np.array(model.volatility), np.array(model.drift)
    mean = (drift - sigma**2 / 2) * DT
    assert (np.abs(returns.mean(axis=0) - mean) < 4 * sigma * math.sqrt(DT / n)).all()
    assert (np.abs(returns.var(axis=0) / (sigma**2 * DT) - 1) < 4 * math.sqrt(2 / n)).all()
    errors = (1 - np.array(MATRIX) ** 2) / math.sqrt(n)
    assert (np.abs(np.corrcoef(returns.T) - MATRIX) <= 4 * errors + 1e-12).all()
    assert (np.abs(statistics(series).kurtosis - 3) < 4 * math.sqrt(24 / n)).all()


def test_geometric_brownian_has_the_drift_as_expected_growth() -> None:
    """The mean simple return is the drift's, whatever the volatility (whose square would be 180 errors off)."""
    model = GeometricBrownian(tuple("ABCDEFGH"), volatility=2.0, drift=0.5)
    month = 31_557_600 // 12
    simple = np.concatenate(
        [np.exp(log_returns(model.generate(121, month, seed))) - 1 for seed in range(400)]
    )
    spread = math.exp(0.5 / 12) * math.sqrt(math.expm1(4.0 / 12))
    assert abs(simple.mean() - math.expm1(0.5 / 12)) < 4 * spread / math.sqrt(simple.size)


def test_from_covariance_has_that_covariance() -> None:
    covariance = [[0.36, 0.2, 0.0], [0.2, 0.25, 0.05], [0.0, 0.05, 0.0625]]
    model = GeometricBrownian.from_covariance(["A", "B", "C"], covariance)
    returns = log_returns(model.generate(ROWS, seed=5))
    found = np.cov(returns.T) / DT
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    assert (np.abs(found - covariance) < 4 * scale * math.sqrt(2 / len(returns))).all()


def test_perfect_correlation_moves_all_alike() -> None:
    returns = log_returns(GeometricBrownian(("A", "B"), 1.0, 0.5, 1.0).generate(500))
    assert np.allclose(returns[:, 0], returns[:, 1], rtol=1e-9, atol=1e-14)


def test_an_asset_added_changes_no_other() -> None:
    alone = GeometricBrownian(("B",)).generate(300).prices[:, 0]
    amid = GeometricBrownian(("A", "B", "C")).generate(300).prices
    assert np.array_equal(alone, amid[:, 1])
    jumps = JumpDiffusion(("B",), jumps_per_year=500).generate(300).prices[:, 0]
    others = JumpDiffusion(("C", "B"), jumps_per_year=500).generate(300).prices
    assert np.array_equal(jumps, others[:, 1])


def test_a_correlated_asset_added_last_changes_no_other() -> None:
    two = GeometricBrownian(("A", "B"), correlation=0.7).generate(300).prices
    three = GeometricBrownian(("A", "B", "C"), correlation=0.7).generate(300).prices
    assert np.array_equal(two, three[:, :2])


def test_lists_and_arrays_are_taken_hashed_and_pickled() -> None:
    model = JumpDiffusion(["A", "B"], np.array([1.0, 2.0]), [0.1, 0.2], np.eye(2), jump_mean=np.float64(0.0))
    same = JumpDiffusion(("A", "B"), (1.0, 2.0), (0.1, 0.2), 0.0, jump_mean=0.0)
    assert model == same
    assert hash(model) == hash(same)
    copy = pickle.loads(pickle.dumps(model))
    rows, seed = np.int64(20), np.int64(5)
    assert copy.generate(rows, 60, seed).sha256 == same.generate(20, 60, 5).sha256


def test_fewer_rows_are_the_beginning() -> None:
    model = JumpDiffusion(("A", "B"), correlation=0.3)
    long, short = model.generate(400).prices, model.generate(100).prices
    assert np.array_equal(long[:100], short)


JUMPS = JumpDiffusion(
    ("A", "B"),
    volatility=(0.5, 0.8),
    correlation=0.4,
    jumps_per_year=(400.0, 150.0),
    jump_mean=(-0.03, 0.02),
    jump_deviation=(0.04, 0.05),
    shared_jumps=200.0,
)


def test_jump_diffusion_has_its_theoretical_moments() -> None:
    series = JUMPS.generate(1_000_001, seed=3)
    theory, found = JUMPS.moments(), statistics(series)
    n = len(series) - 1
    # The variance of a sample variance is (kurtosis - 1) / n of its square.
    assert (
        np.abs((found.volatility / theory.volatility) ** 2 - 1) < 4 * np.sqrt((theory.kurtosis - 1) / n)
    ).all()
    assert abs(found.correlation[0, 1] - theory.correlation[0, 1]) < 4 * math.sqrt(30 / n)
    # Some 45,000 jumps: the standard error of the fourth moment is sqrt(35 / 3 / jumps) of it, of the third less.
    jumps = np.array([600.0, 350.0]) * DT * n
    assert (np.abs(found.kurtosis / theory.kurtosis - 1) < 4 * np.sqrt(12 / jumps)).all()
    assert (np.abs(found.skewness - theory.skewness) < 4 * np.sqrt(15 * theory.kurtosis**1.5 / n)).all()


def test_jumps_are_compensated() -> None:
    """The mean simple return is the drift's, although jumps fall on average, or spread wide."""
    for drift, deviation in ((0.0, 0.03), (2.0, 0.03), (0.0, 0.15)):
        model = JumpDiffusion(
            ("A", "B"),
            volatility=0.2,
            drift=drift,
            jumps_per_year=800.0,
            jump_mean=(-0.05, 0.05),
            jump_deviation=deviation,
            shared_jumps=300.0,
        )
        prices = model.generate(200_001, 3_600, 21).prices
        simple = prices[1:] / prices[:-1] - 1
        error = simple.std(axis=0) / math.sqrt(len(simple))
        # Without the compensator, or the spread in it, the mean would be far more than ten standard errors off.
        assert (np.abs(simple.mean(axis=0) - math.expm1(drift * DT)) < 4 * error).all()


def test_shared_jumps_come_together() -> None:
    model = JumpDiffusion(
        ("A", "B"), volatility=0.0, jumps_per_year=0.0, shared_jumps=100.0, jump_deviation=(0.1, 0.02)
    )
    returns = log_returns(model.generate(50_000))
    quiet = np.median(returns, axis=0)
    moved = np.abs(returns - quiet) > 1e-9
    assert np.array_equal(moved[:, 0], moved[:, 1])
    expected = 49_999 * -math.expm1(-100 * DT)
    assert abs(moved[:, 0].sum() - expected) < 4 * math.sqrt(expected)
    assert np.allclose((returns - quiet)[:, 0], 5 * (returns - quiet)[:, 1], atol=1e-10)


def test_series_is_labelled_with_every_parameter_and_kept_in_its_file(tmp_path: Any) -> None:
    series = JUMPS.generate(50, 900, seed=9)
    for part in ("generated: JumpDiffusion(", "jump_mean=(-0.03, 0.02)", "50 rows of 900 s", "seed 9"):
        assert part in series.source
    assert series.generated
    assert series.step == 900
    series.write_csv(tmp_path / "market.csv")
    read = load_prices(tmp_path / "market.csv", ["A", "B"])
    assert read.generated
    assert series.source in read.source
    assert np.array_equal(read.prices, series.prices)


def test_together_keeps_order_and_paths() -> None:
    one, two = GeometricBrownian(("A", "C")), GeometricBrownian(("B",), 7.0)
    series = Together((one, two), ("A", "B", "C")).generate(60, seed=4)
    assert series.symbols == ("A", "B", "C")
    assert np.array_equal(series.prices[:, [0, 2]], one.generate(60, seed=4).prices)
    assert np.array_equal(series.prices[:, 1], two.generate(60, seed=4).prices[:, 0])


@given(
    volatility=st.floats(0, 3),
    drift=st.floats(-3, 3),
    rate=st.floats(0, 2_000),
    mean=st.floats(-0.2, 0.2),
    deviation=st.floats(0, 0.2),
    step=st.integers(1, 86_400),
    seed=st.integers(0, 2**64),
)
def test_prices_are_positive_and_finite(
    volatility: float, drift: float, rate: float, mean: float, deviation: float, step: int, seed: int
) -> None:
    model = JumpDiffusion(
        ("A", "B"),
        volatility=volatility,
        correlation=0.5,
        drift=drift,
        jumps_per_year=rate,
        jump_mean=mean,
        jump_deviation=deviation,
        shared_jumps=rate / 2,
    )
    series = model.generate(40, step, seed)
    assert np.isfinite(series.prices).all()
    assert (series.prices > 0).all()
    assert series.sha256 == model.generate(40, step, seed).sha256


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"symbols": ("A", "A")}, "each once"),
        ({"symbols": "AB"}, "must be a list of names"),
        ({"volatility": -0.1}, "volatility of A -0.1 must lie between 0 and 20"),
        ({"volatility": float("nan")}, "volatility of A nan"),
        ({"volatility": "high"}, "volatility of A 'high'"),
        ({"volatility": (0.1,)}, "volatility has 1 numbers, but there are 3 assets"),
        ({"start_prices": 0}, "start_prices of A 0"),
        ({"correlation": 1.2}, "correlation 1.2 must lie between -1 and 1"),
        ({"correlation": ((1, 2, 0), (2, 1, 0), (0, 0, 1))}, "correlation of A and B is 2.0"),
        ({"correlation": -0.6}, "no assets can have these correlations together"),
        ({"correlation": ((1.0, 0.5), (0.5, 1.0))}, "3 rows of 3 numbers"),
        ({"correlation": ((1.0, 0.5, 0), (0.4, 1.0, 0), (0, 0, 1))}, "the same both ways"),
        ({"correlation": ((0.9, 0, 0), (0, 1, 0), (0, 0, 1))}, "1 with itself"),
        ({"jumps_per_year": -1}, "jumps_per_year of A -1"),
        ({"shared_jumps": float("inf")}, "shared_jumps inf"),
    ],
)
def test_bad_parameters_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(PriceDataError, match=message):
        JumpDiffusion(**{"symbols": ("A", "B", "C"), **values})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 60, 1), "rows 1 must be"),
        ((10, 0, 1), "step_seconds 0"),
        ((10, 60, -1), "seed -1"),
        ((10, 60, True), "seed True"),
        ((5_000, 31_557_600, 1), "price of A leaves every sensible range at row"),
    ],
)
def test_bad_requests_are_refused(arguments: tuple[int, int, int], message: str) -> None:
    with pytest.raises(PriceDataError, match=message):
        GeometricBrownian(("A",), volatility=2.0).generate(*arguments)


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        ([[1.0]], "2 rows of 2"),
        ([[-1.0, 0.0], [0.0, 1.0]], "none negative"),
        ([[0.0, 0.1], [0.1, 1.0]], "cannot vary with another"),
    ],
)
def test_from_covariance_refuses_what_is_none(covariance: list[list[float]], message: str) -> None:
    with pytest.raises(PriceDataError, match=message):
        GeometricBrownian.from_covariance(["A", "B"], covariance)
