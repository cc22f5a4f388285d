"""Which balances a stable pool holds when its prices are the market's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Halvings of a bracket under 32 wide in the logarithm: past the last bit of a float.
BISECTIONS = 64


def stable_composition(amplification: npt.ArrayLike, prices: npt.ArrayLike) -> Floats:
    """Return the balances [..., n] that D = 1 holds where the marginal prices are `prices` [..., n].

    `amplification`: A in Curve's convention (Ann = A n), one or [...]. `prices` per unit of the pool (rates
    applied), in any one currency. There Ann + K / x_i = u P_i with K = D^(n+1) / (n^n prod x), so each u gives
    x / K, the invariant gives K, and n^n K^(n+1) prod(x / K) = D^(n+1), which rises with u, picks u by bisection.
    They are also the balances of least value at `prices`. Source: the invariant of Egorov, "StableSwap".

    >>> stable_composition(100.0, [1.0, 1.0]).round(12).tolist()
    [0.5, 0.5]
    """
    p = np.asarray(prices, dtype=np.float64)
    n = p.shape[-1]
    ann = np.asarray(amplification, dtype=np.float64) * n
    relative = p / np.min(p, axis=-1, keepdims=True)

    def solve(log_excess: Floats) -> tuple[Floats, Floats]:
        """Return x / K [..., n] and K / D where u min(P) = Ann (1 + excess)."""
        excess = np.exp(log_excess)[..., None]
        ratios = 1.0 / (ann[..., None] * (relative - 1.0 + excess * relative))
        return ratios, (1.0 - 1.0 / ann) / (np.sum(ratios, axis=-1) - 1.0 / ann)

    # K / x is at least about 1 for the largest x, so excess >= 1 / Ann; from excess = n on no K is positive.
    low = np.broadcast_to(-np.log(100.0 * ann), relative.shape[:-1])
    high = np.full(relative.shape[:-1], np.log(2.0 * n))
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        ratios, k = solve(middle)
        with np.errstate(invalid="ignore"):
            size = n * np.log(n) + (n + 1) * np.log(k) + np.sum(np.log(ratios), axis=-1)
        too_high = ~(size < 0)
        high, low = np.where(too_high, middle, high), np.where(too_high, low, middle)
    ratios, k = solve(0.5 * (low + high))
    return np.asarray(k[..., None] * ratios)
