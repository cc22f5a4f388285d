"""Generated markets: seeded, labelled, and of the volatility that they claim."""

import numpy as np
import pytest

from poolwright.errors import PriceDataError
from poolwright.simulate.market import HOURS_PER_YEAR, MarketModel, generate_market


def test_generate_market_is_the_same_for_the_same_seed() -> None:
    one, two = (generate_market(["WETH", "WBTC", "DAI"], 500, seed=7) for _ in range(2))
    assert one.sha256 == two.sha256
    assert np.array_equal(one.prices, two.prices)
    other = generate_market(["WETH", "WBTC", "DAI"], 500, seed=8)
    assert other.sha256 != one.sha256


def test_generate_market_is_labelled() -> None:
    series = generate_market(["WETH", "DAI"], 48, seed=11)
    assert series.source == "generated, seed 11"
    assert series.generated
    assert series.select(["DAI"]).generated
    assert (len(series), series.step, series.start) == (48, 3_600, "2024-01-01T00:00:00Z")
    assert series.prices[0, 0] == 2_500.0


def test_generate_market_has_the_volatility_and_correlation_asked_for() -> None:
    model = MarketModel(volatility=0.8, correlation=0.5, jumps_per_year=0)
    series = generate_market(["A", "B"], 5 * HOURS_PER_YEAR, seed=3, model=model, pegged=())
    returns = np.diff(np.log(series.prices), axis=0)
    # 43,830 returns: the standard error is 0.3 % of the volatility and 0.4 points of the correlation.
    assert np.allclose(returns.std(axis=0) * np.sqrt(HOURS_PER_YEAR), 0.8, rtol=0.015)
    assert abs(np.corrcoef(returns.T)[0, 1] - 0.5) < 0.02


def test_generate_market_jumps_add_the_variance_they_should() -> None:
    model = MarketModel(volatility=0.0, jumps_per_year=500, jump_size=0.05)
    series = generate_market(["A"], 5 * HOURS_PER_YEAR, seed=3, model=model)
    returns = np.diff(np.log(series.prices[:, 0]))
    assert np.isclose(returns.std() * np.sqrt(HOURS_PER_YEAR), 0.05 * np.sqrt(500), rtol=0.05)
    moved = np.abs(returns - np.median(returns)) > 1e-12
    assert np.isclose(moved.mean(), 1 - np.exp(-500 / HOURS_PER_YEAR), rtol=0.1)


def test_generate_market_holds_the_peg() -> None:
    model = MarketModel(peg_deviation=0.002, peg_half_life_hours=6)
    log_price = np.log(generate_market(["DAI"], 40_000, seed=5, model=model).prices[:, 0])
    assert np.isclose(log_price.std(), 0.002, rtol=0.05)
    lag = np.corrcoef(log_price[:-6], log_price[6:])[0, 1]
    assert abs(lag - 0.5) < 0.05


@pytest.mark.parametrize(
    ("hours", "values", "message"),
    [
        (1, {}, "1 hours at 3600 s give 1 rows"),
        (48, {"correlation": 1.5}, "correlation 1.5"),
        (48, {"volatility": -0.1}, "volatility -0.1"),
        (48, {"volatility": float("nan")}, "volatility nan"),
        (48, {"peg_half_life_hours": 0}, "peg_half_life_hours 0"),
    ],
)
def test_generate_market_refuses_what_makes_no_market(
    hours: int, values: dict[str, float], message: str
) -> None:
    with pytest.raises(PriceDataError, match=message):
        generate_market(["A"], hours, model=MarketModel(**values))
