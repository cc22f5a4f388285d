# pragma version 0.4.3
"""
@title ERC-4626 rate
@notice The rate of a yield token from its own vault: assets per share, refused above a ceiling that rises as its yield may.
@custom:assumes the yield token's decimals and its asset's never change; the Vault bounds the move per block both ways
@custom:rounding down, as the yield token rounds
@custom:kill none: above the ceiling the Vault freezes the asset until the ceiling has caught up, never its exits
"""
# Whoever gives assets to a yield token for nothing raises its rate at once. The Vault follows by a small step per block only; the
# ceiling limits where such steps can ever lead, without a caller, without state: rate at creation * (1 + headroom + growth * years).

from ethereum.ercs import IERC4626

from ..interfaces import IRateProvider

implements: IRateProvider

WAD: constant(uint256) = 10 ** 18
YEAR: constant(uint256) = 365 * 86_400
# The most that a ceiling may rise, WAD: at once and in a year.
MAX_HEADROOM: constant(uint256) = WAD
MAX_GROWTH: constant(uint256) = 10 * WAD


interface Decimals:
    def decimals() -> uint8: view


YIELD_TOKEN: public(immutable(address))
# Raw shares that are worth the rate in raw units of 10^-18 assets.
SHARES: immutable(uint256)
FIRST_RATE: public(immutable(uint256))
FIRST_TIME: public(immutable(uint256))
HEADROOM: public(immutable(uint256))
GROWTH: public(immutable(uint256))


@deploy
def __init__(yield_token: address, headroom: uint256, growth: uint256):
    """
    @param headroom Part of today's rate by which it may rise at once, WAD.
    @param growth Part of today's rate by which it may rise in a year, WAD.
    """
    assert headroom <= MAX_HEADROOM and growth <= MAX_GROWTH, "rate: ceiling too loose"
    asset: address = staticcall IERC4626(yield_token).asset()
    of_asset: uint256 = convert(staticcall Decimals(asset).decimals(), uint256)
    of_shares: uint256 = convert(staticcall Decimals(yield_token).decimals(), uint256)
    assert of_asset <= 18 and of_shares <= 36, "rate: too many decimals"
    YIELD_TOKEN = yield_token
    # One share is rate * 10^of_asset / 10^18 raw assets; so many shares are just the rate, with all its digits.
    SHARES = 10 ** (of_shares + 18 - of_asset)
    FIRST_RATE = staticcall IERC4626(yield_token).convertToAssets(SHARES)
    assert FIRST_RATE > 0, "rate: no answer"
    FIRST_TIME = block.timestamp
    HEADROOM = headroom
    GROWTH = growth


@external
@view
def rate() -> (uint256, uint256):
    """
    @notice (rate, WAD; now). Reverts above the ceiling.
    """
    assets: uint256 = staticcall IERC4626(YIELD_TOKEN).convertToAssets(SHARES)
    assert assets <= self._ceiling(), "rate: above its ceiling"
    return assets, block.timestamp


@external
@view
def ceiling() -> uint256:
    """
    @notice The highest rate believed now, WAD, rounded down.
    """
    return self._ceiling()


@internal
@view
def _ceiling() -> uint256:
    risen: uint256 = HEADROOM + GROWTH * (block.timestamp - FIRST_TIME) // YEAR
    return FIRST_RATE + FIRST_RATE * risen // WAD
