# pragma version 0.4.3
"""
@title Fee policy maths
@notice The swap fee of each native policy, from the state before the trade.
@custom:assumes least <= base <= most <= limits.MAX_SWAP_FEE
@custom:rounding fees up
@custom:kill none: pure
"""

from . import fixed_point
from . import log_exp

FLAT: constant(uint256) = 0
VOLATILITY: constant(uint256) = 1
IMBALANCE: constant(uint256) = 2
TIERED: constant(uint256) = 3
MODULE: constant(uint256) = 4
# Account classes of a tiered policy: 0 pays the base fee, 3 the least.
MAX_CLASS: constant(uint256) = 3


@internal
@pure
def volatility_fee(base: uint256, most: uint256, slope: uint256, volatility: uint256) -> uint256:
    """
    @dev min(most, base + slope * volatility): oracle_maths.volatility of the more volatile of the two assets, slope in WAD.
    """
    # cannot overflow: slope is below 2^64, a volatility below 10^18, and fees below 10^18. The fee rounds up.
    risk: uint256 = unsafe_add(unsafe_mul(slope, volatility), unsafe_sub(fixed_point.WAD, 1)) // fixed_point.WAD
    return min(most, unsafe_add(base, risk))  # cannot overflow: see above


@internal
@pure
def imbalance_fee(
    least: uint256, base: uint256, most: uint256, slope: uint256, value_in: uint256, value_out: uint256
) -> uint256:
    """
    @dev base + slope * ln(value_in / value_out) within [least, most]: dearer for a trade that feeds the asset in excess, cheaper
         for one that takes it out. Values in any one unit, per weight; slope WAD per e-fold. Past 2^95 to one as there.
    """
    a: uint256 = max(value_in, 1)
    b: uint256 = max(value_out, 1)
    # A logarithm takes operands below 2^176: larger ones lose digits, value_in upwards and value_out downwards.
    if max(a, b) >= 2 ** 176:
        a = unsafe_add(a >> 81, 1)  # cannot overflow: below 2^175
        b = max(b >> 81, 1)
    size: uint256 = 0
    if a > b:
        # ln is low by less than a 2^-68 part and 2e-24: below one unit, since it is below 122. Rounds up, and one more.
        # cannot overflow: 122 * 10^36 < 2^127.
        size = unsafe_add(convert(log_exp.ln(a, b), uint256), 2 * fixed_point.WAD - 1) // fixed_point.WAD
        # cannot overflow: a slope below 2^64 times 2^67; fees are below 2^60. The fee rounds up.
        risk: uint256 = unsafe_add(unsafe_mul(slope, size), fixed_point.WAD - 1) // fixed_point.WAD
        return min(most, unsafe_add(base, risk))  # cannot overflow: see above
    size = convert(log_exp.ln(b, a), uint256) // fixed_point.WAD
    cut: uint256 = unsafe_mul(slope, size) // fixed_point.WAD  # cannot overflow: see above
    return unsafe_sub(base, min(cut, unsafe_sub(base, least)))  # cannot overflow: least <= base


@internal
@pure
def tiered_fee(least: uint256, base: uint256, account_class: uint256) -> uint256:
    """
    @dev From base (class 0) in equal steps to least (class 3).
    """
    return base - (base - least) * min(account_class, MAX_CLASS) // MAX_CLASS


@internal
@pure
def class_of(measure: uint256, threshold: uint256) -> uint256:
    """
    @dev Class by size: 1 from the threshold, 2 from ten times, 3 from a hundred times; none without a threshold.
    """
    if threshold == 0 or measure < threshold:
        return 0
    if measure < threshold * 10:
        return 1
    if measure < threshold * 100:
        return 2
    return 3
