"""What it costs a weighted pool to change its weights, and the path that costs least.

Fractions of value, at fixed prices, without fees, arbitrage after each step. Source: Willetts, "Riemannian
Geometry of Optimal Rebalancing in Dynamic Weight AMMs", arXiv 2603.05326.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def weight_change_cost(path: npt.ArrayLike) -> float:
    """Return 1 - exp(-sum of KL(w_k+1 || w_k)), the part of the value lost along `path`.

    `path`: [steps + 1, n], each row positive and summing to 1.

    >>> round(weight_change_cost([[0.5, 0.5], [0.9, 0.1]]), 6)
    0.307927
    """
    return float(-np.expm1(-np.sum(step_costs(path))))


def step_costs(path: npt.ArrayLike) -> Floats:
    """Return KL(w_k+1 || w_k) = sum w_k+1 ln(w_k+1 / w_k) of each step [steps]: value falls by exp of minus it."""
    w = np.asarray(path, dtype=np.float64)
    if w.ndim != 2 or len(w) < 1:
        raise ValueError(f"path of shape {w.shape}: give one row of weights for each time")
    for row in w:
        _check(row)
    return np.asarray(np.sum(w[1:] * np.log(w[1:] / w[:-1]), axis=1))


def linear_path(start: npt.ArrayLike, end: npt.ArrayLike, steps: int) -> Floats:
    """Return weights [steps + 1, n] in equal steps from `start` to `end`."""
    first, last = _ends(start, end, steps)
    t = np.linspace(0.0, 1.0, steps + 1)[:, None]
    return np.asarray((1.0 - t) * first + t * last)


def slerp_path(start: npt.ArrayLike, end: npt.ArrayLike, steps: int) -> Floats:
    """Return weights [steps + 1, n] along the great circle of sqrt(w), the cheapest path to leading order.

    >>> slerp_path([0.5, 0.5], [0.9, 0.1], 2).round(4).tolist()
    [[0.5, 0.5], [0.7236, 0.2764], [0.9, 0.1]]
    """
    first, last = _ends(start, end, steps)
    angle = weight_distance(first, last) / 2.0
    if angle == 0.0:
        return np.tile(first, (steps + 1, 1))
    t = np.linspace(0.0, 1.0, steps + 1)[:, None]
    roots = np.sin((1.0 - t) * angle) * np.sqrt(first) + np.sin(t * angle) * np.sqrt(last)
    path = np.square(roots)
    return np.asarray(path / np.sum(path, axis=1, keepdims=True))


def weight_distance(start: npt.ArrayLike, end: npt.ArrayLike) -> float:
    """Return L = 2 arccos(sum sqrt(w_i v_i)), 0 to pi; many steps cost L^2 / (2 steps) along the cheapest path."""
    first, last = _ends(start, end, 1)
    # The chord is exact where the arc cosine of a number near 1 would lose half its digits.
    chord = float(np.linalg.norm(np.sqrt(first) - np.sqrt(last)))
    return 4.0 * float(np.arcsin(min(chord / 2.0, 1.0)))


def _ends(start: npt.ArrayLike, end: npt.ArrayLike, steps: int) -> tuple[Floats, Floats]:
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    if first.shape != last.shape or first.ndim != 1:
        raise ValueError(
            f"weights of shapes {first.shape} and {last.shape}: give as many for start as for end"
        )
    if steps < 1:
        raise ValueError(f"steps {steps}: give 1 or more")
    _check(first)
    _check(last)
    return first, last


def _check(weights: Floats) -> None:
    if np.any(~(weights > 0)) or abs(float(np.sum(weights)) - 1.0) > 1e-9:
        raise ValueError(f"weights {weights.tolist()}: give fractions of more than 0 that sum to 1")
