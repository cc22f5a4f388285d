# pragma version 0.4.3
"""
@title Liquidity lens
@notice Previews of every form of liquidity: what an operation would cost or give in this block, to the unit.
@custom:assumes it is asked about the Vault that it was made for; reverts where the operation would, and while the Vault is not idle
@custom:rounding the Vault's
@custom:kill none: it holds nothing and changes nothing
"""
# `account` is who would add, for itself, or remove. Whether it owns what it would give is not asked.

from . import liquidity_previewing
from . import previewing

initializes: previewing
initializes: liquidity_previewing[previewing := previewing]
exports: previewing.VAULT


@deploy
def __init__(vault: address):
    previewing.__init__(vault)


@external
@view
def preview_add_proportional(pool: address, shares: uint256, account: address) -> DynArray[uint256, 16]:
    """
    @notice Amounts for exact shares.
    """
    return liquidity_previewing.add_proportional(pool, shares, account)


@external
@view
def preview_add_unbalanced(pool: address, amounts: DynArray[uint256, 16], account: address) -> uint256:
    """
    @notice Shares for exact amounts.
    """
    return liquidity_previewing.add_unbalanced(pool, amounts, account)


@external
@view
def preview_add_single_exact_in(pool: address, index: uint256, amount_in: uint256, account: address) -> uint256:
    """
    @notice Shares for an exact amount of one asset.
    """
    return liquidity_previewing.add_single(pool, index, False, amount_in, account)


@external
@view
def preview_add_single_exact_shares(pool: address, index: uint256, shares: uint256, account: address) -> uint256:
    """
    @notice Amount of one asset for exact shares.
    """
    return liquidity_previewing.add_single(pool, index, True, shares, account)


@external
@view
def preview_remove_proportional(pool: address, shares: uint256, account: address) -> DynArray[uint256, 16]:
    """
    @notice Amounts for exact shares.
    """
    return liquidity_previewing.remove_proportional(pool, shares, account, False)


@external
@view
def preview_remove_single_exact_in(pool: address, index: uint256, shares: uint256, account: address) -> uint256:
    """
    @notice Amount of one asset for exact shares.
    """
    return liquidity_previewing.remove_single(pool, index, False, shares, account)


@external
@view
def preview_remove_single_exact_out(pool: address, index: uint256, amount_out: uint256, account: address) -> uint256:
    """
    @notice Shares for an exact amount of one asset.
    """
    return liquidity_previewing.remove_single(pool, index, True, amount_out, account)


@external
@view
def preview_recovery_exit(pool: address, shares: uint256) -> DynArray[uint256, 16]:
    """
    @notice Amounts, sent or held back, for exact shares: nobody is asked.
    """
    return liquidity_previewing.remove_proportional(pool, shares, empty(address), True)
