"""The arrays of this folder by name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# uint64[..., 4]: 256-bit words as limbs, lowest first.
Limbs = npt.NDArray[np.uint64]
