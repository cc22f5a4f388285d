"""Values that move in a straight line, row by row, as the contracts have them (`ramp_maths`), and no faster."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from poolwright.model import native
from poolwright.model.maths import ramp_maths
from poolwright.simulate.kernels.course import compiled_ramp
from poolwright.simulate.typing import Integers
from poolwright.spec.bounds import MAX_RAMP, WAD


def ramp_values(ramps: Sequence[ramp_maths.Ramp], times: Integers) -> Integers:
    """Return the value of each ramp at each time, int64[rows, ramps]; values must be below 2^63."""
    words = [ramp_maths.pack(each) for each in ramps]
    values = np.zeros((len(times), len(words), 4), np.uint64)
    compiled_ramp(native.to_limbs(words), times, values)
    return values[..., 0].astype(np.int64)  # all of a value is in its lowest limb


def seconds_needed(start: int, goal: int, seconds: int, bound: int) -> int:
    """Return 0 where the contracts take a ramp of so many seconds, else the least that they take.

    `bound` (WAD) is the most that one block's step may be, as a part of the lesser value. Above MAX_RAMP: none will do.
    """
    if ramp_maths.step_of(start, goal, seconds) <= bound:
        return 0
    # step_of rounds the units of a block up: at most this many fit into the bound.
    units = min(start, goal) * bound // WAD
    return -(-abs(goal - start) * ramp_maths.BLOCK // units) if units else MAX_RAMP + 1


def too_fast(what: str, seconds: int, needed: int, least_fee: int) -> str:
    """Say that a ramp is too fast, by what, and how long it has to be."""
    advice = f"Give ramp_seconds = {needed} or more"
    if needed > MAX_RAMP:
        advice = "Go less far, or give the pool a higher least fee"
    return (
        f"targets: {what} in {seconds} seconds is too fast: one block's step could be worth more than the least fee, "
        f"{least_fee / WAD:g}, and the contracts refuse it. {advice}."
    )
