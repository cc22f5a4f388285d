"""The native form of the model: generated maths on 256-bit words, compiled by numba and cached on disk.

    from poolwright.model import native
    native.call(weighted_maths.compute_out_given_exact_in, *integers)     one call, as in Python

    def kernel(amounts, out): ...                                         many: a loop over limbs
    kernel = native.jit(kernel, name="weighted quotes")

Inside a kernel `load_word(limbs, i)`, generated functions, the helpers of `poolwright.model.words`, then
`store_word(limbs, i, word)`. Words have no `+ - *`: say `uadd` (reverts) or `wrap_uadd` (wraps).
"""

from __future__ import annotations

from poolwright.errors import MissingExtra

try:
    import numba as _numba  # noqa: F401
    import numpy as _numpy  # noqa: F401
except ImportError as _error:
    raise MissingExtra(str(_error.name), "sim") from None

from poolwright.model.native import algorithms as _algorithms  # noqa: F401  (makes words known to numba)
from poolwright.model.native.arrays import load_signed_word, load_word, store_word
from poolwright.model.native.border import Limbs, from_limbs, to_limbs
from poolwright.model.native.borrowing import borrowed
from poolwright.model.native.cache import cache_folder
from poolwright.model.native.dispatch import call, jit
from poolwright.model.native.floats import from_float, to_float
from poolwright.model.native.registration import register
from poolwright.model.native.word_types import Constant, i256, u256
from poolwright.model.words import to_signed_word as signed_word
from poolwright.model.words import to_word as word

__all__ = [
    "Constant",
    "Limbs",
    "borrowed",
    "cache_folder",
    "call",
    "from_float",
    "from_limbs",
    "i256",
    "jit",
    "load_signed_word",
    "load_word",
    "register",
    "signed_word",
    "store_word",
    "to_float",
    "to_limbs",
    "u256",
    "word",
]
