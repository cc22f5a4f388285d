# pragma version 0.4.3
"""
@title Constant product maths
@notice Swaps of a pool that keeps (prod b_i)^(1/n); any pair trades at b_in * b_out constant.
@custom:assumes balances within limits; raw units: decimals and rates cancel
@custom:rounding amounts out down, amounts in up, each exact to one unit
@custom:kill none: pure
"""
# Liquidity: geometric_maths with weights 1 and total weight n.

from .. import refusal
from . import fixed_point
from . import limits


@internal
@pure
def compute_out_given_exact_in(
    balance_in: uint256, balance_out: uint256, net_in_e18: uint256
) -> uint256:
    """
    @dev out = b_out * net / (b_in + net). Amount leaves: rounds down.
    """
    after: uint256 = unsafe_mul(balance_in, fixed_point.WAD) + net_in_e18  # cannot overflow: a balance is below 2^112
    return fixed_point.mul_div_down(balance_out, net_in_e18, after)


@internal
@pure
def compute_in_given_exact_out(
    balance_in: uint256, balance_out: uint256, amount_out: uint256
) -> uint256:
    """
    @dev net = b_in * out / (b_out - out), in _e18. Amount enters: rounds up.
    """
    if amount_out == 0:
        refusal.because("swap: zero out")
    if amount_out >= balance_out:
        refusal.because("swap: out too large")
    stays: uint256 = unsafe_sub(balance_out, amount_out)  # cannot overflow: see above
    whole: uint256 = unsafe_div(unsafe_mul(balance_in, amount_out), stays)  # cannot overflow: balances are below 2^112
    if whole >= limits.MAX_BALANCE:
        refusal.because("swap: in too large")
    return fixed_point.mul_div_up(unsafe_mul(balance_in, fixed_point.WAD), amount_out, stays)  # cannot overflow: as above


@internal
@pure
def compute_spot_price(balance_in: uint256, balance_out: uint256) -> (uint256, uint256):
    """
    @dev Marginal raw units in per raw unit out, as (numerator, denominator), without fee.
    """
    return balance_in, balance_out
