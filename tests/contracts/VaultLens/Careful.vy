# pragma version 0.4.3
"""
@title Careful
@notice A contract that asks the lenses and acts in the same transaction, with what it was told for its limit.
"""

from ethereum.ercs import IERC20

from interfaces import IVault


interface Lens:
    def preview_swap_path(
        hops: DynArray[uint256, 8], exact_out: bool, amount: uint256, integrator: address, account: address
    ) -> (uint256, uint256): view
    def preview_add_single_exact_in(pool: address, index: uint256, amount: uint256, account: address) -> uint256: view
    def preview_remove_proportional(pool: address, shares: uint256, account: address) -> DynArray[uint256, 16]: view


VAULT: immutable(IVault)
ROUTES: immutable(Lens)
LIQUIDITY: immutable(Lens)


@deploy
def __init__(vault: address, routes: address, liquidity: address):
    VAULT = IVault(vault)
    ROUTES = Lens(routes)
    LIQUIDITY = Lens(liquidity)


@external
def round_trip(token: address, pool: address, hops: DynArray[uint256, 8], amount: uint256) -> bool:
    """
    @notice Add to a pool, take all of it out again, swap along a path; every limit is the preview.
    """
    extcall IERC20(token).approve(VAULT.address, max_value(uint256))
    shares: uint256 = staticcall LIQUIDITY.preview_add_single_exact_in(pool, 0, amount, self)
    added: uint256 = extcall VAULT.add_single_exact_in(pool, 0, amount, shares, block.timestamp, self)
    amounts: DynArray[uint256, 16] = staticcall LIQUIDITY.preview_remove_proportional(pool, added, self)
    removed: DynArray[uint256, 16] = extcall VAULT.remove_proportional(pool, added, amounts, block.timestamp, self)
    given: uint256 = 0
    out: uint256 = 0
    given, out = staticcall ROUTES.preview_swap_path(hops, False, amount, empty(address), self)
    swapped: uint256 = extcall VAULT.swap_path(hops, False, amount, out, block.timestamp, self, empty(address))
    same: bool = added == shares and swapped == out and given == amount and len(removed) == len(amounts)
    for i: uint256 in range(len(removed), bound=16):
        same = same and removed[i] == amounts[i]
    return same
