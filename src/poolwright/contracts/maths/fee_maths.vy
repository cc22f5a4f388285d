# pragma version 0.4.3
"""
@title Fee maths
@notice The swap fee, charged on the amount in, and its split.
@custom:assumes fee <= limits.MAX_SWAP_FEE, shares of the fee sum to at most WAD
@custom:rounding against the trader; of the split, in favour of the liquidity providers
@custom:kill none: pure
"""
# Suffix _e18: raw token units times 1e18. A net amount keeps its 18 extra digits, so the fee is never rounded
# before the invariant has seen it.

from .. import refusal
from . import fixed_point
from . import limits


@internal
@pure
def net_of_fee(amount_in: uint256, fee: uint256) -> uint256:
    """
    @dev amount_in * (1 - fee), exact, in _e18.
    """
    if amount_in == 0:
        refusal.because("swap: zero in")
    if amount_in > limits.MAX_BALANCE:
        refusal.because("swap: in too large")
    # cannot overflow: below 2^112 times 10^18 at most.
    return unsafe_mul(amount_in, fixed_point.WAD - fee)


@internal
@pure
def gross_of_net_up(net_in_e18: uint256, fee: uint256) -> uint256:
    """
    @dev The least amount in whose net is at least net_in_e18. Amount enters: rounds up.
    """
    return fixed_point.div_up(net_in_e18, fixed_point.WAD - fee)


@internal
@pure
def fee_of(amount_in: uint256, fee: uint256) -> uint256:
    """
    @dev The part of amount_in that is fee, rounded down: what is left is never below the net amount.
    """
    # cannot overflow: an amount in is below 2^197, whatever a kind answers (gross_of_net_up), and a fee below 2^57.
    return unsafe_mul(amount_in, fee) // fixed_point.WAD


@internal
@pure
def fee_left(amount_in: uint256, net_in_e18: uint256) -> uint256:
    """
    @dev What a net amount leaves of amount_in in whole units, rounded down.
    """
    return (amount_in * fixed_point.WAD - net_in_e18) // fixed_point.WAD


@internal
@pure
def split(
    fee_amount: uint256, protocol_share: uint256, creator_share: uint256, integrator_share: uint256
) -> (uint256, uint256, uint256, uint256):
    """
    @dev (protocol, creator, integrator, liquidity providers); the four sum to fee_amount.
    """
    protocol: uint256 = fee_amount * protocol_share // fixed_point.WAD
    creator: uint256 = fee_amount * creator_share // fixed_point.WAD
    integrator: uint256 = fee_amount * integrator_share // fixed_point.WAD
    return protocol, creator, integrator, fee_amount - protocol - creator - integrator
