# pragma version 0.4.3
"""
@title Fee module
@notice A module whose fee falls linearly from a first to a last one, so that those who rush in at a launch pay for it. For the point FEE.
@custom:assumes the Vault holds the fee within the pool's terms
@custom:rounding the fee up, in favour of the liquidity providers
@custom:kill none: it has no state; the pool's manager can unplug it
"""

from ..interfaces import IModule

implements: IModule

WAD: constant(uint256) = 10 ** 18

START: public(immutable(uint256))
DURATION: public(immutable(uint256))
FIRST_FEE: public(immutable(uint256))
LAST_FEE: public(immutable(uint256))


@deploy
def __init__(start: uint256, duration: uint256, first_fee: uint256, last_fee: uint256):
    """
    @param start Until when the first fee holds, unix seconds.
    @param duration Seconds that it takes to fall to the last fee.
    @param first_fee WAD part of the amount in.
    @param last_fee The same, once it has fallen.
    """
    assert duration > 0, "fee: no duration"
    assert last_fee <= first_fee and first_fee <= WAD, "fee: does not fall"
    START = start
    DURATION = duration
    FIRST_FEE = first_fee
    LAST_FEE = last_fee


@external
@view
def compute_fee(
    pool: address, account: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256
) -> uint256:
    """
    @notice The fee now, WAD; the same for every swap and every account.
    """
    if block.timestamp <= START:
        return FIRST_FEE
    passed: uint256 = min(block.timestamp - START, DURATION)
    # What it has fallen by rounds down, the fee up.
    return FIRST_FEE - (FIRST_FEE - LAST_FEE) * passed // DURATION


@external
def before_operation(pool: address, point: uint256, account: address, amounts: DynArray[uint256, 16], shares: uint256):
    """
    @notice Refuses nothing.
    """
    pass


@external
def after_operation(pool: address, point: uint256, account: address, amounts: DynArray[uint256, 16], shares: uint256):
    """
    @notice Refuses nothing.
    """
    pass
