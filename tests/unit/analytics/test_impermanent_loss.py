"""Impermanent loss against published figures and against a search over the invariant."""

import numpy as np
import pytest

from poolwright.analytics.impermanent_loss import (
    impermanent_loss,
    stable_invariant,
    stable_value,
    weighted_value,
)

RATIOS = [0.25, 0.5, 0.75, 1.25, 1.5, 2, 4, 5]
# Per cent, to four decimals, of one volatile token of weight w against cash.
TABLE = {
    0.50: [-20.0000, -5.7191, -1.0257, -0.6192, -2.0204, -5.7191, -20.0000, -25.4644],
    0.60: [-20.8590, -5.7494, -1.0040, -0.5859, -1.8904, -5.2677, -17.9501, -22.7492],
    0.80: [-17.5308, -4.2751, -0.6978, -0.3799, -1.2027, -3.2722, -10.8402, -13.7167],
    0.95: [-6.8023, -1.4033, -0.2143, -0.1106, -0.3460, -0.9296, -3.0615, -3.8874],
}


@pytest.mark.parametrize("weight", TABLE)
def test_impermanent_loss_of_two_assets(weight: float) -> None:
    ratios = np.array([[ratio, 1.0] for ratio in RATIOS])
    found = 100 * impermanent_loss([weight, 1 - weight], ratios)
    assert np.allclose(found, TABLE[weight], atol=5.1e-5, rtol=0)


def test_impermanent_loss_of_three_assets() -> None:
    assert round(100 * float(impermanent_loss([0.5, 0.3, 0.2], [2.0, 0.5, 1.0])), 4) == -14.9112


def test_weighted_value_agrees_with_impermanent_loss() -> None:
    weights, first = np.array([0.5, 0.3, 0.2]), np.array([40_000.0, 2_500.0, 1.0])
    balances = weights * 1e6 / first
    later = first * np.array([[2.0, 0.5, 1.0], [1.1, 1.3, 0.99]])
    found = weighted_value(weights, balances, later) / (later @ balances) - 1
    assert np.allclose(found, impermanent_loss(weights, later / first), rtol=0, atol=1e-14)


def other_balance(x: np.ndarray, amplification: float, invariant: float) -> np.ndarray:
    """Solve the two-asset invariant for y, a quadratic."""
    ann = 2 * amplification
    linear = x + invariant / ann - invariant
    constant = invariant**3 / (4 * ann * x)
    return (-linear + np.sqrt(linear * linear + 4 * constant)) / 2


@pytest.mark.parametrize("amplification", [1.0, 10.0, 200.0, 10_000.0])
@pytest.mark.parametrize("prices", [[1, 1], [1, 0.9], [1, 0.5], [1.001, 1], [3, 1]])
def test_stable_value_is_the_least_on_the_invariant(amplification: float, prices: list[float]) -> None:
    balances = np.array([1e6, 1.1e6])
    invariant = stable_invariant(amplification, balances)
    x = np.exp(np.linspace(np.log(1.0), np.log(1e9), 400_001))
    least = np.min(x * prices[0] + other_balance(x, amplification, invariant) * prices[1])
    found = float(stable_value(amplification, balances, np.array(prices, dtype=float)))
    # A grid of relative step 5e-5 misses the least value by the square of half a step, at most.
    assert 0 <= least / found - 1 < 1e-8 or np.isclose(least, found, rtol=1e-12)


def test_stable_value_of_three_assets_is_beaten_by_no_state_near_it() -> None:
    balances, prices = np.array([1e6, 2e6, 1.5e6]), np.array([1.0, 0.97, 1.02])
    found = float(stable_value(100.0, balances, prices))
    invariant = stable_invariant(100.0, balances)
    rng = np.random.default_rng(1)
    for _ in range(2_000):
        other = rng.uniform(0.05, 5, 3) * 1e6
        other *= invariant / stable_invariant(100.0, other)  # homogeneous of degree 1
        assert float(other @ prices) >= found * (1 - 1e-12)


def test_stable_value_takes_rows_of_prices() -> None:
    balances = np.array([1e6, 1e6])
    rows = np.array([[1.0, 1.0], [1.0, 0.98]])
    found = stable_value(100.0, balances, rows)
    assert found.shape == (2,)
    assert np.isclose(found[0], 2e6, rtol=1e-14)
    assert found[1] < 1e6 + 0.98e6
