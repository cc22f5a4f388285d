"""Values that move in a straight line, row by row, as the contracts have them (`ramp_maths.value_at`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from poolwright.model import native
from poolwright.model.maths import ramp_maths
from poolwright.simulate.kernels.course import compiled_ramp
from poolwright.simulate.typing import Integers


def ramp_values(ramps: Sequence[ramp_maths.Ramp], times: Integers) -> Integers:
    """Return the value of each ramp at each time, int64[rows, ramps]; values must be below 2^63."""
    words = [ramp_maths.pack(each) for each in ramps]
    values = np.zeros((len(times), len(words), 4), np.uint64)
    compiled_ramp(native.to_limbs(words), times, values)
    return values[..., 0].astype(np.int64)  # all of a value is in its lowest limb
