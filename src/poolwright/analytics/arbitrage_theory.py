"""How much of LVR arbitrageurs keep when the pool charges a fee and blocks take time.

`band`: the half-width gamma = -ln(1 - fee) of the range in which the log price may lie without a trade that
pays. `block_volatility`: s = sigma sqrt(block time), of the log price over one (mean) block. Both share their
unit, so only gamma / s matters. Two assets; the arbitrageur has no other cost; moves per block are small
(s and gamma well below 1). For how well this holds at finite s see tests/acceptance/test_t03 and test_t04.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Riemann's zeta at 1/2: the mean overshoot of a random walk sampled at fixed times is s |zeta(1/2)| / sqrt(2 pi).
ZETA_HALF: Final = -1.4603545088095868
CONSTANT_BLOCKS: Final = math.sqrt(2.0 * math.pi) / abs(ZETA_HALF)


def band_half_width(fee: npt.ArrayLike) -> Floats:
    """Return gamma = -ln(1 - fee); `fee` on the amount in, a fraction from 0 up to but not 1."""
    f = np.asarray(fee, dtype=np.float64)
    if np.any(~((f >= 0) & (f < 1))):
        raise ValueError(f"fee {fee!r}: give a fraction from 0 up to but not 1")
    return np.asarray(-np.log1p(-f))


def block_volatility(volatility: npt.ArrayLike, block_time: npt.ArrayLike) -> Floats:
    """Return sigma sqrt(t): `volatility` per root unit of time, `block_time` in that unit.

    >>> round(float(block_volatility(0.05, 12 / 86_400)), 8)  # 5 % a day, 12 seconds
    0.00058926
    """
    sigma, time = np.asarray(volatility, dtype=np.float64), np.asarray(block_time, dtype=np.float64)
    return np.asarray(sigma * np.sqrt(time))


def trade_probability(band: npt.ArrayLike, block_volatility: npt.ArrayLike) -> Floats:
    """Return 1 / (1 + sqrt(2) gamma / s), the share of blocks with an arbitrage when blocks come at random.

    Poisson blocks with mean time t, s = sigma sqrt(t). In the limit of fast blocks it is also the share of
    LVR that arbitrageurs keep, ARB = LVR times this; the rest is fees of the pool. Source: Milionis, Moallemi,
    Roughgarden, "Automated Market Making and Arbitrage Profits in the Presence of Fees", arXiv 2305.14604.

    >>> round(float(trade_probability(band_half_width(0.003), block_volatility(0.05, 12 / 86_400))), 4)
    0.1218
    """
    return np.asarray(1.0 / (1.0 + math.sqrt(2.0) * _ratio(band, block_volatility)))


def constant_block_share(band: npt.ArrayLike, block_volatility: npt.ArrayLike) -> Floats:
    """Return 1 / (1 + 1.7164 gamma / s), the share of LVR that arbitrageurs keep when blocks come evenly.

    1.7164 = sqrt(2 pi) / |zeta(1/2)|. The source writes s^2 / (2 + 1.7164 Gamma / s) with Gamma the full
    width of the band, 2 gamma: half of it stands here (a simulation settles the reading). The error is
    largest, 0.7 %, near gamma = s / 5. Source: Nezlobin, Tassy, "Loss-Versus-Rebalancing under Deterministic
    and Generalized Block-Times", arXiv 2505.05113.

    >>> round(float(constant_block_share(band_half_width(0.003), block_volatility(0.05, 12 / 86_400))), 4)
    0.1025
    """
    return np.asarray(1.0 / (1.0 + CONSTANT_BLOCKS * _ratio(band, block_volatility)))


def _ratio(band: npt.ArrayLike, block_volatility: npt.ArrayLike) -> Floats:
    gamma, s = np.asarray(band, dtype=np.float64), np.asarray(block_volatility, dtype=np.float64)
    if np.any(~(gamma >= 0)) or np.any(~(s > 0)):
        raise ValueError("band must be 0 or more and block_volatility more than 0")
    return np.asarray(gamma / s)
