# pragma version 0.4.3
"""
@title Deposit gate
@notice A module that lets only holders of a token (ERC-20 or ERC-721) add liquidity. For the point BEFORE_ADD.
@custom:assumes the gating token's balances are honest; whoever borrows it for a moment gets in
@custom:rounding none
@custom:kill none: it stops deposits alone, never a swap or an exit; the pool's manager can unplug it
"""

from ..interfaces import IModule
from ..maths import constitution

implements: IModule


interface Holding:
    def balanceOf(account: address) -> uint256: view


TOKEN: public(immutable(address))
LEAST: public(immutable(uint256))


@deploy
def __init__(token: address, least: uint256):
    """
    @param least What an account must hold of the token to be let in, raw units.
    """
    assert token.is_contract and least > 0, "gate: lets everybody in"
    TOKEN = token
    LEAST = least


@external
def before_operation(pool: address, point: uint256, account: address, amounts: DynArray[uint256, 16], shares: uint256):
    """
    @notice Refuse a deposit of an account that holds too little of the token. `account` is the one who pays.
    """
    if point == constitution.BEFORE_ADD:
        assert staticcall Holding(TOKEN).balanceOf(account) >= LEAST, "gate: not a holder"


@external
def after_operation(pool: address, point: uint256, account: address, amounts: DynArray[uint256, 16], shares: uint256):
    """
    @notice Nothing to say.
    """
    pass


@external
@view
def compute_fee(
    pool: address, account: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256
) -> uint256:
    """
    @notice None of its own: the pool's least fee.
    """
    return 0
