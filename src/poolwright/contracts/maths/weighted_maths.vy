# pragma version 0.4.3
"""
@title Weighted maths
@notice Swaps of a pool that keeps prod b_i^w_i.
@custom:assumes balances within limits, weights in WAD and >= limits.MIN_WEIGHT; raw units: decimals and rates cancel
@custom:rounding amounts out down, amounts in up
@custom:kill none: pure
"""
# Liquidity: geometric_maths with the weights and total weight WAD.

from .. import refusal
from . import fixed_point
from . import log_exp


@internal
@pure
def compute_out_given_exact_in(
    balance_in: uint256,
    weight_in: uint256,
    balance_out: uint256,
    weight_out: uint256,
    net_in_e18: uint256,
) -> uint256:
    """
    @dev out = b_out * (1 - (b_in / (b_in + net))^(w_in / w_out)). Amount leaves: rounds down.
    """
    # cannot overflow: balances are below 2^112, so this is below 2^172, and the net amount no more.
    before: uint256 = unsafe_mul(balance_in, fixed_point.WAD)
    if net_in_e18 > before:
        refusal.because("swap: in too large")
    after: uint256 = unsafe_add(before, net_in_e18)  # cannot overflow: see above
    if weight_in == weight_out:
        # As with a constant product: no power to bound, and exact to one unit; at most half, since net is at most b_in.
        return fixed_point.mul_div_down(balance_out, net_in_e18, after)
    # The power is what stays: rounds up.
    power: uint256 = log_exp.pow_up(before, after, weight_in, weight_out)
    if power >= fixed_point.E36:
        return 0
    # cannot overflow: the power is below one here, and one is below 2^120.
    amount_out: uint256 = unsafe_mul(balance_out, unsafe_sub(fixed_point.E36, power)) // fixed_point.E36
    if amount_out > balance_out >> 1:
        refusal.because("swap: out too large")
    return amount_out


@internal
@pure
def compute_in_given_exact_out(
    balance_in: uint256,
    weight_in: uint256,
    balance_out: uint256,
    weight_out: uint256,
    amount_out: uint256,
) -> uint256:
    """
    @dev net = b_in * ((b_out / (b_out - out))^(w_out / w_in) - 1), in _e18. Amount enters: rounds up.
    """
    if amount_out == 0:
        refusal.because("swap: zero out")
    if amount_out > balance_out >> 1:
        refusal.because("swap: out too large")
    stays: uint256 = unsafe_sub(balance_out, amount_out)  # cannot overflow: see above
    if weight_in == weight_out:
        # As with a constant product. cannot overflow: a balance is below 2^112.
        return fixed_point.mul_div_up(unsafe_mul(balance_in, fixed_point.WAD), amount_out, stays)
    power: uint256 = log_exp.pow_up(balance_out, stays, weight_out, weight_in)
    if power > 2 * fixed_point.E36:
        refusal.because("swap: in too large")
    # cannot overflow: a balance is below 2^112, and the power from one, below 2^120, to two: balance_out >= stays.
    return fixed_point.div_up(unsafe_mul(balance_in, unsafe_sub(power, fixed_point.E36)), fixed_point.WAD)


@internal
@pure
def compute_spot_price(
    balance_in: uint256, weight_in: uint256, balance_out: uint256, weight_out: uint256
) -> (uint256, uint256):
    """
    @dev Marginal raw units in per raw unit out, (b_in / w_in) / (b_out / w_out), as (numerator, denominator), without fee.
    """
    return balance_in * weight_out, balance_out * weight_in
