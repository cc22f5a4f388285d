"""Fitted generators against what they were fitted to: made-up markets and the recorded one."""

import math
from pathlib import Path

import numpy as np
import pytest

from poolwright.errors import PriceDataError
from poolwright.simulate.markets import GeometricBrownian, JumpDiffusion, Peg, Together, fit, statistics
from poolwright.simulate.markets.clock import Generator
from poolwright.simulate.markets.fitting import fit_jump_diffusion, fit_peg
from poolwright.simulate.prices import PriceSeries, load_prices

FILES = (
    "weth-wbtc-dai-usd-hourly_2019-12-06_2020-03-04.csv.gz",
    "weth-wbtc-dai-usd-hourly_2020-03-05_2020-08-30.csv.gz",
    "weth-wbtc-dai-usd-hourly_2020-11-30_2021-02-26.csv.gz",
)


@pytest.fixture(params=FILES)
def recorded(request: pytest.FixtureRequest, shared_data: Path) -> PriceSeries:
    return load_prices(shared_data / request.param, ["WETH", "WBTC", "DAI"], allow_gaps=True)


def parts(generator: Generator) -> tuple[JumpDiffusion, Peg]:
    assert isinstance(generator, Together)
    volatile, peg = generator.parts
    assert isinstance(volatile, JumpDiffusion)
    assert isinstance(peg, Peg)
    return volatile, peg


def test_fit_has_the_moments_of_the_recorded_market_in_theory(recorded: PriceSeries) -> None:
    volatile, peg = parts(fit(recorded))
    assert (volatile.symbols, peg.symbol) == (("WETH", "WBTC"), "DAI")
    of_file, fitted = statistics(recorded.select(["WETH", "WBTC"])), volatile.moments(3_600)
    assert np.allclose(fitted.volatility, of_file.volatility, rtol=1e-9)
    assert np.allclose(fitted.kurtosis, of_file.kurtosis, rtol=1e-9)
    assert np.allclose(fitted.skewness, of_file.skewness, rtol=1e-6)
    assert np.allclose(fitted.correlation, of_file.correlation, atol=1e-9)
    dai, steady = statistics(recorded.select(["DAI"])), peg.moments(3_600)
    # The file's own mean return is left out of the one and not of the other; it is tiny.
    assert math.isclose(steady.volatility[0], dai.volatility[0], rel_tol=1e-3)
    assert math.isclose(steady.kurtosis[0], dai.kurtosis[0], rel_tol=1e-2)


def test_fit_generates_what_the_recorded_market_was_like(recorded: PriceSeries) -> None:
    generator = fit(recorded)
    volatile, peg = parts(generator)
    made = generator.generate(500_001, 3_600, 12)
    assert np.array_equal(made.prices[0, :2], recorded.prices[0, :2])
    of_file, found = statistics(recorded), statistics(made)
    years = 500_000 / 8_766
    rates = [*(np.array(volatile.jumps_per_year) + volatile.shared_jumps), peg.jumps_per_year]
    for k, rate in enumerate(rates):
        n, jumps = 500_000, rate * years
        assert abs((found.volatility[k] / of_file.volatility[k]) ** 2 - 1) < 4 * math.sqrt(
            of_file.kurtosis[k] / n
        )
        assert abs(found.kurtosis[k] / of_file.kurtosis[k] - 1) < 4 * math.sqrt(12 / jumps) + 0.01
    assert abs(found.correlation[0, 1] - of_file.correlation[0, 1]) < 0.03
    logs, of_dai = np.log(made.prices[:, 2]), np.log(recorded.prices[:, 2])
    assert math.isclose(logs.std(), of_dai.std(), rel_tol=0.1)
    assert abs(logs.mean() - of_dai.mean()) < of_dai.std() / 10


def test_fit_finds_the_parameters_of_its_own_kind() -> None:
    truth = JumpDiffusion(
        ("A", "B"),
        (3.0, 4.0),
        volatility=(0.6, 0.9),
        correlation=0.5,
        jumps_per_year=(60.0, 50.0),
        jump_deviation=(0.08, 0.1),
        shared_jumps=40.0,
    )
    found = fit_jump_diffusion(truth.generate(400_000, 3_600, 6))
    assert np.allclose(found.volatility, truth.volatility, rtol=0.03)
    assert np.allclose(found.correlation, truth.correlation, atol=0.03)
    assert np.allclose(found.jump_deviation, truth.jump_deviation, rtol=0.06)
    rates = np.array(found.jumps_per_year) + found.shared_jumps
    assert np.allclose(rates, [100.0, 90.0], rtol=0.12)
    assert math.isclose(found.shared_jumps, 40.0, rel_tol=0.15)


def test_fit_sees_no_jumps_in_a_market_without() -> None:
    truth = GeometricBrownian(("A", "B"), volatility=(0.6, 0.9), correlation=-0.4)
    found = fit_jump_diffusion(truth.generate(100_000, 3_600, 2))
    assert found.jumps_per_year == (0.0, 0.0)
    assert found.shared_jumps == 0.0
    assert np.allclose(found.volatility, (0.6, 0.9), rtol=4 / math.sqrt(200_000))
    assert abs(np.array(found.correlation)[0, 1] + 0.4) < 4 / math.sqrt(100_000)


def test_fit_peg_finds_level_spread_and_half_life() -> None:
    truth = Peg("DAI", 1.003, 0.004, 8.0)
    found = fit_peg(truth.generate(200_000, 3_600, 4))
    assert math.isclose(found.level, 1.003, rel_tol=2e-4)
    assert math.isclose(found.deviation, 0.004, rel_tol=0.04)
    assert math.isclose(found.half_life_hours, 8.0, rel_tol=0.08)
    assert found.jumps_per_year == 0.0


def test_fit_takes_what_it_is_told_for_pegged(shared_data: Path) -> None:
    series = load_prices(shared_data / FILES[1], ["WETH", "WBTC", "DAI"])
    volatile = fit(series, pegged=())
    assert isinstance(volatile, JumpDiffusion)
    assert volatile.symbols == ("WETH", "WBTC", "DAI")
    moments, of_file = volatile.moments(3_600), statistics(series)
    assert np.allclose(moments.volatility, of_file.volatility, rtol=1e-9)
    assert np.allclose(moments.kurtosis, of_file.kurtosis, rtol=1e-9)
    # WETH and WBTC share their jumps, DAI has its own: one rate for all comes no nearer.
    assert np.abs(moments.correlation - of_file.correlation).max() < 0.09


def test_fit_of_a_constant_is_a_peg_that_does_not_move() -> None:
    series = GeometricBrownian(("A", "USD"), volatility=(0.5, 0.0)).generate(500)
    made = fit(series).generate(50)
    assert (made.select(["USD"]).prices == 1.0).all()


def test_statistics_leave_out_the_return_over_a_gap() -> None:
    series = GeometricBrownian(("A",), volatility=0.5).generate(2_000)
    kept = np.r_[0:1_000, 1_500:2_000]
    prices = np.ascontiguousarray(series.prices[kept])
    prices[1_000:] *= 50
    cut = PriceSeries(series.times[kept].copy(), prices, ("A",), "cut", "")
    assert statistics(cut).volatility[0] < 0.6


@pytest.mark.parametrize(
    ("rows", "volatility", "pegged", "message"),
    [
        (50, 0.5, (), "49 returns of one step are too few to fit"),
        (500, 0.0, (), "A never moves"),
        (500, 0.5, ("B",), "no prices of pegged B"),
    ],
)
def test_fit_refuses(rows: int, volatility: float, pegged: tuple[str, ...], message: str) -> None:
    series = GeometricBrownian(("A",), volatility=volatility).generate(rows)
    with pytest.raises(PriceDataError, match=message):
        fit(series, pegged=pegged)
