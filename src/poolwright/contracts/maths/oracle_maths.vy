# pragma version 0.4.3
"""
@title Oracle maths
@notice The pool's own memory of prices, one asset at a time: drift of the balance from its average, and its variance.
@custom:assumes balances within limits; times never run backwards
@custom:rounding towards no drift and no variance
@custom:kill none: pure
"""
# With b the balance, L = log2 b, h the half-life and M the average of L,  dM/dt = (L - M) * ln2 / h:
#   drift     x = M - L.  Idle for t:  x <- x * d,  d = 2^(-t/h).  Balance b -> b':  x <- x - log2(b'/b), since M does not jump.
#   variance  v, the same average of x^2.  Idle for t:  v <- v * d + x^2 * d * (1 - d), the exact integral of it.
# Both laws compose (twice over s and t is once over s + t), so an idle asset needs no write; and within a block they see only the
# sum of its movements, so a price that is moved and moved back in one block leaves no trace but rounding.
# Where ln b is Brownian with variance s^2 a second, v tends to s^2 * h / (2 * ln2^3) (log2 squared): see volatility.
# Proportional liquidity moves all balances alike and no price, so it leaves x and v as they are.

from . import asset_word
from . import fixed_point
from . import log_exp

ONE: constant(uint256) = 2 ** 64
SIGNED_ONE: constant(int256) = 2 ** 64
# A variance times ONE that no longer fits.
MAX_AFTER: constant(uint256) = 2 ** 96
MAX_DRIFT: constant(int256) = 2 ** 33 - 1
# From log2 in 2^96 scale to drift in 2^28 scale.
DRIFT_UNIT: constant(int256) = 2 ** 68
# 2^-f = 1 - f * (c0 - f * (c1 - ... f * c6)), f in [0, 1): interpolated at the Chebyshev nodes, absolute error below 2^-32.
# All in 2^64 scale. tools/derive_decay.py derives and checks them.
C0: constant(uint256) = 12786308642922304685
C1: constant(uint256) = 4431396669940976808
C2: constant(uint256) = 1023866494300441607
C3: constant(uint256) = 177401428508889649
C4: constant(uint256) = 24533060648195076
C5: constant(uint256) = 2746579564176526
C6: constant(uint256) = 208519109865884
# floor(2^64 / 225): z^2 of the ratio 8/7. floor(2 / ln2 / (2k + 1) * 2^64).
W_MAX: constant(uint256) = 81985529216486896
L0: constant(uint256) = 53226052391377289966
L1: constant(uint256) = 17742017463792429988
L2: constant(uint256) = 10645210478275457993
L3: constant(uint256) = 7603721770196755709
# floor(ln 2 * 10^18)
LN2: constant(uint256) = 693147180559945309


@internal
@pure
def decay(elapsed: uint256, half_life: uint256) -> uint256:
    """
    @dev 2^(-elapsed / half_life) in 2^64 scale, within 2^-32; elapsed below 2^32, half_life >= 1.
    """
    if elapsed == 0:
        return ONE
    if elapsed >= half_life << 6:
        return 0
    # cannot overflow: times are below 2^32.
    t: uint256 = (elapsed << 64) // half_life
    f: uint256 = t & (ONE - 1)
    # cannot overflow: each product of two factors below 2^64, and each term is below the constant it is taken from.
    s: uint256 = unsafe_sub(C4, unsafe_mul(unsafe_sub(C5, unsafe_mul(C6, f) >> 64), f) >> 64)
    s = unsafe_sub(C2, unsafe_mul(unsafe_sub(C3, unsafe_mul(s, f) >> 64), f) >> 64)
    s = unsafe_sub(C0, unsafe_mul(unsafe_sub(C1, unsafe_mul(s, f) >> 64), f) >> 64)
    return unsafe_sub(ONE, unsafe_mul(s, f) >> 64) >> (t >> 64)  # cannot overflow: s * f is at most 1/2


@internal
@pure
def rested(asset: asset_word.Asset, now: uint256, half_life: uint256) -> (int256, uint256):
    """
    @dev (drift, variance) at `now`, nothing having moved since asset.time.
    """
    if now <= asset.time:
        return asset.drift, asset.variance
    d: uint256 = self.decay(unsafe_sub(now, asset.time), half_life)  # cannot overflow: now is later
    return self.decayed(asset.drift, asset.variance, d)


@internal
@pure
def decayed(drift: int256, variance: uint256, d: uint256) -> (int256, uint256):
    """
    @dev (drift, variance) after a rest that leaves the part d, in 2^64 scale, of an average.
    """
    # cannot overflow: the size of a drift is below 2^34, d at most 2^64; the division rounds towards 0. As decayed_drift: the call
    # would cost a swap 106 gas.
    rested_drift: int256 = unsafe_div(unsafe_mul(drift, convert(convert(d, bytes32), int256)), SIGNED_ONE)
    # cannot overflow: as above; a square has no sign.
    square: uint256 = convert(convert(unsafe_mul(drift, drift), bytes32), uint256) >> 20
    # cannot overflow: x^2 * d * (1 - d) < 2^48 * 2^128, and variance < 2^32.
    after: uint256 = unsafe_add(unsafe_mul(variance, d), unsafe_mul(unsafe_mul(square, d) >> 64, unsafe_sub(ONE, d)))
    if after >= MAX_AFTER:
        return rested_drift, asset_word.MAX_VARIANCE
    return rested_drift, after >> 64


@internal
@pure
def decayed_drift(drift: int256, d: uint256) -> int256:
    """
    @dev The drift of `decayed`, for who needs no variance.
    """
    # cannot overflow: the size of a drift is below 2^34, d at most 2^64; the division rounds towards 0.
    return unsafe_div(unsafe_mul(drift, convert(convert(d, bytes32), int256)), SIGNED_ONE)


@internal
@pure
def drifted(drift: int256, before: uint256, after: uint256) -> int256:
    """
    @dev Drift once the balance has moved from `before` to `after`, both from 1 to limits.MAX_BALANCE: less log2(after / before),
         which is rounded towards 0 by less than 1.01 units: for ratios up to 8/7 by four terms of
         log2((1 + z) / (1 - z)) = 2 / ln2 * (z + z^3/3 + z^5/5 + ...), whose rest is below 0.003 units; beyond by log_exp.
    """
    # wraps on purpose: two's complement. Balances are below 2^112; the division rounds towards 0.
    z: int256 = unsafe_div(
        convert(convert(unsafe_sub(after, before) << 64, bytes32), int256),
        convert(convert(unsafe_add(after, before), bytes32), int256),
    )
    # cannot overflow: z is at most 2^64 in size.
    w: uint256 = convert(convert(unsafe_mul(z, z), bytes32), uint256) >> 64
    moved: int256 = drift
    if w < W_MAX:
        # cannot overflow: z < 2^61, w < 2^57, every sum below 2^66.
        s: uint256 = unsafe_add(L1, unsafe_mul(w, unsafe_add(L2, unsafe_mul(w, L3) >> 64)) >> 64)
        s = unsafe_add(L0, unsafe_mul(w, s) >> 64)  # cannot overflow: see above
        # cannot overflow: below 2^127, then 2^35; the division rounds towards 0.
        moved = unsafe_sub(drift, unsafe_div(unsafe_mul(z, convert(convert(s, bytes32), int256)), 2 ** 100))
    else:
        moved = unsafe_sub(drift, log_exp.log2_ratio(after, before) // DRIFT_UNIT)  # cannot overflow: below 2^35
    if moved > MAX_DRIFT:
        return MAX_DRIFT
    if moved < -MAX_DRIFT:
        return -MAX_DRIFT
    return moved


@internal
@pure
def volatility(variance: uint256) -> uint256:
    """
    @dev Standard deviation of ln(balance) over one mean life h / ln2, WAD: ln2 * sqrt(2 v), as ln2^2 * v tends to s^2 * life / 2.
    """
    # cannot overflow: v < 2^32; sqrt(2 v 2^-36) in 2^82 scale is sqrt(v 2^129), below 2^81, times LN2 below 2^141.
    return unsafe_mul(isqrt(variance << 129), LN2) >> 82


@internal
@pure
def average_balance(asset: asset_word.Asset, now: uint256, half_life: uint256) -> uint256:
    """
    @dev exp of the average of ln(balance) at `now`, raw units in 1e18 scale; at least 1.
    """
    drift: int256 = 0
    variance: uint256 = 0
    drift, variance = self.rested(asset, now, half_life)
    return max(fixed_point.mul_div_down(asset.balance, log_exp.exp2(drift * DRIFT_UNIT), fixed_point.WAD), 1)
