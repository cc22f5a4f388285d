# pragma version 0.4.3
"""
@title Vault lens
@notice Previews: what an operation would give in this block, to the unit, for contracts as for quoters.
@custom:assumes it is asked about the Vault that it was made for; reverts where the operation would, and while the Vault is not idle
@custom:rounding the Vault's
@custom:kill none: it holds nothing and changes nothing
"""

from . import previewing

initializes: previewing
exports: previewing.VAULT


@deploy
def __init__(vault: address):
    assert vault.is_contract, "lens: vault has no code"
    previewing.__init__(vault)


@external
@view
def preview_swap(
    pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, account: address
) -> (uint256, uint256, uint256):
    """
    @notice (amount in, amount out, fee on the amount in) of a swap by an account.
    """
    return previewing.swap(previewing.see(pool), index_in, index_out, exact_out, amount, account)


@external
@view
def preview_add_unbalanced(pool: address, amounts: DynArray[uint256, 16], account: address) -> uint256:
    """
    @notice Shares for exact amounts added by an account.
    """
    return previewing.add_unbalanced(previewing.see(pool), amounts, account)


@external
@view
def preview_remove_single_exact_in(pool: address, index: uint256, shares: uint256, account: address) -> uint256:
    """
    @notice Amount of one asset for exact shares of an account.
    """
    return previewing.remove_single(previewing.see(pool), index, shares, account)


@external
@view
def swap_fee(pool: address, index_in: uint256, index_out: uint256, account: address) -> uint256:
    """
    @notice The fee, WAD, that a swap by an account pays now.
    """
    return previewing.swap_fee(previewing.see(pool), index_in, index_out, account)


@external
@view
def invariant(pool: address) -> uint256:
    """
    @notice The pool's invariant with 18 decimals, rounded down, at the rates, weights and amplification of now.
    """
    return previewing.invariant(previewing.see(pool))


@external
@view
def amplification(pool: address) -> uint256:
    """
    @notice A stable pool's amplification now, times 1,000; of other kinds their parameter.
    """
    return previewing.see(pool).view_.parameter
