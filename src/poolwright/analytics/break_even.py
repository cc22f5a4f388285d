"""What fees must earn before providing liquidity pays. Fractions per unit of time, or money; see each function."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def break_even_income(
    loss_rate: npt.ArrayLike,
    value: npt.ArrayLike,
    days: npt.ArrayLike,
    *,
    gas: npt.ArrayLike = 0.0,
    benchmark: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the fee income, in the unit of `value`, that pays for a stay of `days` days, on average.

    `loss_rate`: to arbitrageurs, fraction of value per year: LVR times the share that they keep
    (`lvr.lvr_rate`, `arbitrage_theory`). `gas`: entering and leaving together. `benchmark`: annual return
    that is missed, compounded. The value is taken as constant. Own definition.

    >>> round(float(break_even_income(0.045, 10_000, 365, gas=50, benchmark=0.04)), 2)
    900.0
    """
    rate, v, span = (np.asarray(each, dtype=np.float64) for each in (loss_rate, value, days))
    years = span / 365.0
    missed = np.expm1(years * np.log1p(np.asarray(benchmark, dtype=np.float64)))
    return np.asarray(v * (rate * years + missed) + np.asarray(gas, dtype=np.float64))


def break_even_volume(income: npt.ArrayLike, fee: npt.ArrayLike, lp_share: npt.ArrayLike = 1.0) -> Floats:
    """Return the volume of others than arbitrageurs that earns `income`: income / (fee lp_share), same unit.

    `fee`: fraction of the amount in, more than 0. `lp_share`: the part of the fee that stays with the LPs.
    """
    f, share = np.asarray(fee, dtype=np.float64), np.asarray(lp_share, dtype=np.float64)
    if np.any(~((f > 0) & (f < 1))) or np.any(~((share > 0) & (share <= 1))):
        raise ValueError("fee must lie between 0 and 1, lp_share too (1 included): neither can be 0")
    return np.asarray(np.asarray(income, dtype=np.float64) / (f * share))
