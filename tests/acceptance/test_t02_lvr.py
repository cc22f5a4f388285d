"""T2: LVR without fee: closed forms to the printed digits, and a simulated three-asset pool."""

from __future__ import annotations

import numpy as np
import pytest

from poolwright.analytics.impermanent_loss import weighted_value
from poolwright.analytics.lvr import lvr_rate, lvr_rate_two_assets


def test_half_and_half_at_five_per_cent_a_day() -> None:
    assert 1e4 * float(lvr_rate_two_assets(0.5, 0.05)) == pytest.approx(3.125, rel=1e-14)


def test_three_assets_a_year() -> None:
    found = float(lvr_rate([0.5, 0.3, 0.2], np.diag([0.6**2, 0.8**2, 0.0])))
    assert round(100 * found, 2) == 11.22


@pytest.mark.parametrize("correlation", [0.0, 0.7, -0.5])
def test_simulated_loss_against_the_rebalancing_portfolio(correlation: float) -> None:
    """Over a minute the mean loss is the rate times the minute; 300,000 minutes, from the pool's value alone."""
    weights, prices, seconds = np.array([0.5, 0.3, 0.2]), np.array([40_000.0, 2_500.0, 1.0]), 60.0
    covariance = np.diag([0.6**2, 0.8**2, 0.0])
    covariance[0, 1] = covariance[1, 0] = correlation * 0.6 * 0.8
    dt = seconds / (365 * 86_400)
    rng = np.random.default_rng(2)
    root = np.linalg.cholesky(covariance[:2, :2])
    normals = rng.normal(size=(150_000, 2)) @ root.T * np.sqrt(dt)
    moves = np.zeros((300_000, 3))
    moves[:150_000, :2], moves[150_000:, :2] = normals, -normals  # antithetic: the first order cancels
    balances = weights * 1e6 / prices
    later = prices * np.exp(moves - 0.5 * np.diag(covariance) * dt)
    losses = 1e6 + (later - prices) @ balances - weighted_value(weights, balances, later)
    pairs = (losses[:150_000] + losses[150_000:]) / 2
    error = float(np.std(pairs)) / np.sqrt(len(pairs))
    expected = 1e6 * dt * float(lvr_rate(weights, covariance))
    assert abs(float(np.mean(pairs)) - expected) < 3 * error
    assert error < 0.01 * expected
