"""Checks of what an agent is told, with one wording."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from poolwright.errors import PoolwrightError


def within(name: str, value: float | Fraction, least: float, most: float | Fraction) -> None:
    """Raise PoolwrightError unless `value` is a number from `least` to `most`."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | Fraction | np.number)
        or not least <= value <= most
    ):
        raise PoolwrightError(f"{name} {value!r} must be a number from {least:g} to {float(most):g}.")


def whole(name: str, value: int) -> None:
    """Raise PoolwrightError unless `value` is a whole number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise PoolwrightError(f"{name} {value!r} must be a whole number of 0 or more.")
