# pragma version 0.4.3
"""
@title Scaling
@notice Raw token units to values and back.
@custom:assumes decimals <= 18 and a rate within limits
@custom:rounding the direction is in the name
@custom:kill none: pure
"""
# value = raw * factor, in 1e36 scale:  factor = 10^(18 - decimals) * rate,  rate in WAD.
# A value is exact: nothing is lost before a caller decides on a direction.

from . import fixed_point
from . import limits


@internal
@pure
def scaling_factor(decimals: uint256, rate: uint256) -> uint256:
    assert decimals <= limits.MAX_DECIMALS, "scaling: decimals above 18"
    assert rate >= limits.MIN_RATE, "scaling: rate too low"
    assert rate <= limits.MAX_RATE, "scaling: rate too high"
    # cannot overflow: decimals <= 18, rate <= 1e20.
    return unsafe_mul(rate, 10 ** unsafe_sub(limits.MAX_DECIMALS, decimals))


@internal
@pure
def to_scaled18_down(amount_raw: uint256, factor: uint256) -> uint256:
    return fixed_point.mul_div_down(amount_raw, factor, fixed_point.WAD)


@internal
@pure
def to_scaled18_up(amount_raw: uint256, factor: uint256) -> uint256:
    return fixed_point.mul_div_up(amount_raw, factor, fixed_point.WAD)


@internal
@pure
def from_scaled18_down(amount_scaled18: uint256, factor: uint256) -> uint256:
    return fixed_point.mul_div_down(amount_scaled18, fixed_point.WAD, factor)


@internal
@pure
def from_scaled18_up(amount_scaled18: uint256, factor: uint256) -> uint256:
    return fixed_point.mul_div_up(amount_scaled18, fixed_point.WAD, factor)
