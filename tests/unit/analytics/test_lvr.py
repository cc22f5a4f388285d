"""LVR rates: figures of the sources, and the second derivative of the pool's value."""

import numpy as np
import pytest

from poolwright.analytics.impermanent_loss import weighted_value
from poolwright.analytics.lvr import lvr_rate, lvr_rate_of_demand, lvr_rate_two_assets


def random_market(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, n))
    return rng.dirichlet(np.full(n, 3.0)), root @ root.T


@pytest.mark.parametrize("n", [2, 3, 5, 16])
def test_lvr_rate_is_the_curvature_of_the_value(n: int) -> None:
    """dV = x . dP + LVR term, so the rate is -1/2 sum C_ij P_i P_j V_ij / V (Ito)."""
    weights, covariance = random_market(n, n)
    prices, balances, step = np.linspace(1.0, 2.0, n), weights * 1e3, 1e-3

    def value(moves: np.ndarray) -> float:
        return float(weighted_value(weights, balances, prices * (1 + moves)))

    unit, curvature = np.eye(n) * step, np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            corners = [value(a * unit[i] + b * unit[j]) * a * b for a in (1, -1) for b in (1, -1)]
            curvature[i, j] = sum(corners) / (4 * step * step)
    expected = -0.5 * np.sum(covariance * curvature) / value(np.zeros(n))
    assert lvr_rate(weights, covariance) == pytest.approx(expected, rel=1e-4)


def test_lvr_rate_of_two_assets_is_that_of_many() -> None:
    weights = np.array([0.2, 0.5, 0.8])
    found = [lvr_rate([w, 1 - w], np.diag([0.49, 0.0])) for w in weights]
    assert np.allclose(lvr_rate_two_assets(weights, 0.7), found, rtol=1e-14)


def test_lvr_rate_is_the_same_in_every_numeraire() -> None:
    weights, covariance = random_market(4, 7)
    change = np.eye(4) - np.outer(np.ones(4), np.eye(4)[2])  # log prices over that of the third asset
    assert lvr_rate(weights, change @ covariance @ change.T) == pytest.approx(
        float(lvr_rate(weights, covariance))
    )


def test_lvr_rate_takes_rows_of_covariances() -> None:
    weights, covariance = random_market(3, 5)
    found = lvr_rate(weights, np.stack([covariance, 2 * covariance]))
    assert found.shape == (2,)
    assert found[1] == pytest.approx(2 * found[0])


def test_lvr_rate_of_demand_agrees_with_the_weighted_pool() -> None:
    """x(P) = w V / P with V growing as P^w has the slope w (w - 1) V / P^2."""
    w, value, price = 0.3, 1e6, 2_500.0
    found = lvr_rate_of_demand(0.8, price, w * (w - 1) * value / price**2)
    assert found == pytest.approx(value * float(lvr_rate_two_assets(w, 0.8)))


@pytest.mark.parametrize(
    ("weights", "covariance"),
    [([0.5, 0.4], np.eye(2)), ([1.5, -0.5], np.eye(2)), ([0.5, 0.5], np.eye(3)), ([np.nan, 1.0], np.eye(2))],
)
def test_lvr_rate_refuses_what_is_no_pool(weights: list[float], covariance: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"weights"):
        lvr_rate(weights, covariance)


def test_lvr_rate_two_assets_refuses_a_percentage() -> None:
    with pytest.raises(ValueError, match="fraction from 0 to 1"):
        lvr_rate_two_assets(50, 0.05)
