"""Which balances a stable pool holds when its prices are the market's."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Halvings of a bracket at most 20 wide in the logarithm: past the last bit of a float.
BISECTIONS = 80


def stable_composition(amplification: float, prices: npt.ArrayLike) -> Floats:
    """Return the balances [n] that D = 1 holds where the marginal prices are `prices` [n].

    `amplification`: A in Curve's convention (Ann = A n). `prices` per unit of the pool (rates applied), in any
    one currency. There Ann + K / x_i = u P_i with K = D^(n+1) / (n^n prod x), so each u gives x / K, the
    invariant gives K, and n^n K^(n+1) prod(x / K) = D^(n+1), which rises with u, picks u by bisection.
    Source: the invariant of Egorov, "StableSwap", in floats; `impermanent_loss.stable_value` is x . P.

    >>> stable_composition(100.0, [1.0, 1.0]).round(12).tolist()
    [0.5, 0.5]
    """
    p = np.asarray(prices, dtype=np.float64)
    n = len(p)
    ann = amplification * n
    relative = p / np.min(p)

    def solve(log_excess: float) -> Floats | None:
        """Return x where u min(P) = Ann (1 + excess); None where the sum of x / K leaves no room for D."""
        excess = math.exp(log_excess)
        ratios = 1.0 / (ann * (relative - 1.0 + excess * relative))
        room = float(np.sum(ratios)) - 1.0 / ann
        return None if room <= 0 else np.asarray((1.0 - 1.0 / ann) / room * ratios)

    # The dearest asset is at most 1 / n of D, so K / x >= 1 or thereabouts and excess is at least about 1 / Ann;
    # from excess = n on no K is positive.
    low, high = -math.log(100.0 * ann), math.log(2.0 * n)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        x = solve(middle)
        if x is None or _log_size(x, ann, relative, math.exp(middle)) >= 0:
            high = middle
        else:
            low = middle
    found = solve(0.5 * (low + high))
    assert found is not None
    return found


def _log_size(x: Floats, ann: float, relative: Floats, excess: float) -> float:
    """Return ln of n^n K prod(x) at D = 1, which is 0 on the invariant."""
    n = len(x)
    k = float(x[0]) * ann * (float(relative[0]) - 1.0 + excess * float(relative[0]))
    return n * math.log(n) + math.log(k) + float(np.sum(np.log(x)))
