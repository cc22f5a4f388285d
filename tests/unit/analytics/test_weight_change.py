"""The cost of changing weights: the pool's own value function, and the cheapest path."""

from itertools import pairwise

import numpy as np
import pytest

from poolwright.analytics.impermanent_loss import weighted_value
from poolwright.analytics.weight_change import (
    linear_path,
    slerp_path,
    step_costs,
    weight_change_cost,
    weight_distance,
)

FIRST, LAST = np.array([0.05, 0.55, 0.4]), np.array([0.4, 0.5, 0.1])


def test_cost_is_what_the_pool_loses_to_arbitrage_after_each_step() -> None:
    """Balances on the old weights, then the least value on the new invariant through them."""
    prices, path = np.array([40_000.0, 2_500.0, 1.0]), linear_path(FIRST, LAST, 5)
    value = 1e6
    for old, new in pairwise(path):
        value = float(weighted_value(new, old * value / prices, prices))
    assert 1 - value / 1e6 == pytest.approx(weight_change_cost(path), rel=1e-12)


def test_no_change_costs_nothing() -> None:
    assert weight_change_cost([FIRST, FIRST]) == 0.0
    assert weight_change_cost([FIRST]) == 0.0
    assert np.allclose(slerp_path(FIRST, FIRST, 3), FIRST, rtol=1e-15)


@pytest.mark.parametrize("path", [linear_path, slerp_path])
def test_path_starts_and_ends_where_asked_and_stays_a_set_of_weights(path) -> None:
    found = path(FIRST, LAST, 7)
    assert found.shape == (8, 3)
    assert np.allclose(found[0], FIRST, rtol=1e-14)
    assert np.allclose(found[-1], LAST, rtol=1e-14)
    assert np.allclose(np.sum(found, axis=1), 1.0, rtol=1e-14)
    assert np.allclose(path(LAST, FIRST, 7)[::-1], found, rtol=1e-12)


def test_slerp_steps_are_equally_long_and_cost_the_square_of_the_distance() -> None:
    steps = 2_000
    path = slerp_path(FIRST, LAST, steps)
    lengths = [weight_distance(a, b) for a, b in pairwise(path)]
    assert np.allclose(lengths, weight_distance(FIRST, LAST) / steps, rtol=1e-6)
    cost = float(np.sum(step_costs(path)))
    assert cost == pytest.approx(weight_distance(FIRST, LAST) ** 2 / (2 * steps), rel=2e-3)


def test_no_path_near_slerp_is_cheaper_but_by_the_next_order() -> None:
    """A detour of size d costs d^2 more; the next order of the steps themselves is 1 / steps of the cost."""
    rng, steps = np.random.default_rng(3), 400
    path = slerp_path(FIRST, LAST, steps)
    best = weight_change_cost(path)
    shape = np.sin(np.pi * np.linspace(0, 1, steps + 1))[:, None]
    for _ in range(50):
        detour = rng.normal(size=3)
        other = path * np.exp(0.2 * shape * detour)
        other /= np.sum(other, axis=1, keepdims=True)
        assert weight_change_cost(other) > best


def test_distance_of_near_weights_keeps_its_digits() -> None:
    near = FIRST + np.array([1e-9, -1e-9, 0.0])
    expected = 1e-9 * np.sqrt(1 / FIRST[0] + 1 / FIRST[1])  # Fisher's metric: sum dw^2 / w
    assert weight_distance(FIRST, near) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: slerp_path([0.5, 0.5], [0.5, 0.3, 0.2], 2), "as many for start"),
        (lambda: linear_path([0.5, 0.5], [0.6, 0.4], 0), "1 or more"),
        (lambda: linear_path([0.5, 0.6], [0.6, 0.4], 1), "sum to 1"),
        (lambda: weight_change_cost([[1.0, 0.0], [0.5, 0.5]]), "more than 0"),
        (lambda: weight_change_cost([0.5, 0.5]), "one row of weights"),
    ],
)
def test_what_is_no_path_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
