"""T9: impermanent loss and LVR on the same Brownian paths: equal means, different distributions."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from poolwright.analytics.impermanent_loss import impermanent_loss, weighted_value
from poolwright.analytics.lvr import lvr_rate

STEPS = 250
MARKETS = {
    "half and half": (np.array([0.5, 0.5]), np.diag([0.05**2, 0.0])),
    "three assets": (
        np.array([0.5, 0.3, 0.2]),
        np.array([[0.05**2, 0.0012, 0.0], [0.0012, 0.04**2, 0.0], [0.0, 0.0, 0.0]]),
    ),
}


class Losses(NamedTuple):
    """Of each path, in fractions of the first value: `il` against holding, `lvr` against rebalancing."""

    il: np.ndarray
    lvr: np.ndarray


def simulate_losses(weights: np.ndarray, covariance: np.ndarray, paths: int, seed: int) -> Losses:
    """Run prices without drift, of total covariance `covariance`, past a pool without fee that starts at value 1."""
    rng, n = np.random.default_rng(seed), len(weights)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0) / STEPS)
    prices, value, lost = np.ones((paths, n)), np.ones(paths), np.zeros(paths)
    for _ in range(STEPS):
        moves = rng.normal(size=(paths, n)) @ root.T - np.diag(covariance) / (2 * STEPS)
        later = prices * np.exp(moves)
        balances = weights * value[:, None] / prices
        after = np.exp(np.log(later) @ weights)
        lost += np.sum(balances * (later - prices), axis=1) - (after - value)
        prices, value = later, after
    hold = prices @ weights
    assert np.allclose(value[:9], weighted_value(weights, weights, prices[:9]), rtol=1e-12)
    return Losses(-hold * impermanent_loss(weights, prices), lost)


def check_means(name: str, paths: int, seed: int) -> None:
    weights, covariance = MARKETS[name]
    il, lvr = simulate_losses(weights, covariance, paths, seed)
    error = float(np.std(il - lvr)) / math.sqrt(paths)
    assert abs(float(np.mean(il - lvr))) < 3 * error
    assert error < 0.02 * float(np.mean(il))
    # LVR runs at its rate, whatever the path: to the second order of the moves, and of one step.
    expected = float(lvr_rate(weights, covariance))
    assert float(np.mean(lvr)) == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("name", MARKETS)
def test_means_are_equal(name: str) -> None:
    check_means(name, 20_000, 9)


@pytest.mark.verify
@pytest.mark.parametrize("name", MARKETS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_means_are_equal_over_many_paths(name: str, seed: int) -> None:
    check_means(name, 200_000, seed)


def test_lvr_is_nearly_certain_and_impermanent_loss_is_a_chi_square() -> None:
    """IL is about (ln r)^2 / 8 at 50/50: rate times chi-square of one degree, by Kolmogorov and Smirnov."""
    weights, covariance = MARKETS["half and half"]
    il, lvr = simulate_losses(weights, covariance, 20_000, 10)
    rate = float(lvr_rate(weights, covariance))
    assert float(np.std(il)) / rate == pytest.approx(math.sqrt(2), rel=0.05)
    assert float(np.std(lvr)) / rate == pytest.approx(math.sqrt(2 / STEPS), rel=0.05)
    critical = 1.63 / math.sqrt(len(il))  # of the statistic, at 1 %
    assert kolmogorov(il / rate, chi_square) < critical
    assert kolmogorov(lvr / rate, chi_square) > 50 * critical


def test_distributions_differ_by_far() -> None:
    """Two samples: the statistic is near one half, against 0.016 at 1 % were they the same."""
    il, lvr = simulate_losses(*MARKETS["three assets"], 20_000, 11)
    both = np.sort(np.concatenate([il, lvr]))
    below = [np.searchsorted(np.sort(each), both, side="right") / len(each) for each in (il, lvr)]
    assert float(np.max(np.abs(below[0] - below[1]))) > 0.4
    assert float(np.quantile(il, 0.1)) < 0.3 * float(np.quantile(lvr, 0.1))
    assert float(np.quantile(il, 0.95)) > 2 * float(np.quantile(lvr, 0.95))


def chi_square(value: float) -> float:
    """Return the distribution function of the square of one standard normal."""
    return math.erf(math.sqrt(max(value, 0.0) / 2))


def kolmogorov(sample: np.ndarray, distribution) -> float:
    """Return the largest distance of the sample's distribution function from `distribution`."""
    expected = np.array([distribution(float(each)) for each in np.sort(sample)])
    ranks = np.arange(len(sample) + 1) / len(sample)
    return float(max(np.max(ranks[1:] - expected), np.max(expected - ranks[:-1])))
