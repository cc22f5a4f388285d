# pragma version 0.4.3
"""
@title Chainlink rate
@notice The rate of a token from a price feed with Chainlink's interface, and when the feed was last updated.
@custom:assumes the feed's decimals never change; age and size of a move are for the Vault to judge
@custom:rounding down, by less than 10^-18, and only of feeds with more than 18 decimals
@custom:kill none: a feed that stops makes the Vault freeze the asset, never its exits
"""

from ..interfaces import IRateProvider

implements: IRateProvider

WAD_DECIMALS: constant(uint256) = 18
# 10^18 * 10^18 * the largest sound rate, 10^2, is far below 2^256.
MAX_DECIMALS: constant(uint256) = 36


interface Feed:
    def decimals() -> uint8: view
    def latestRoundData() -> (uint80, int256, uint256, uint256, uint80): view


FEED: public(immutable(address))
MULTIPLIER: immutable(uint256)
DIVISOR: immutable(uint256)


@deploy
def __init__(feed: address):
    """
    @param feed Whose answer is the token's price in the pool's unit.
    """
    decimals: uint256 = convert(staticcall Feed(feed).decimals(), uint256)
    assert decimals <= MAX_DECIMALS, "rate: too many decimals"
    FEED = feed
    MULTIPLIER = 10 ** (max(decimals, WAD_DECIMALS) - decimals)
    DIVISOR = 10 ** (max(decimals, WAD_DECIMALS) - WAD_DECIMALS)


@external
@view
def rate() -> (uint256, uint256):
    """
    @notice (rate, WAD; time of the feed's round). Reverts while the feed has none.
    """
    round_id: uint80 = 0
    answer: int256 = 0
    started: uint256 = 0
    updated: uint256 = 0
    answered_in: uint80 = 0
    round_id, answer, started, updated, answered_in = staticcall Feed(FEED).latestRoundData()
    assert answer > 0 and updated > 0, "rate: no answer"
    return convert(answer, uint256) * MULTIPLIER // DIVISOR, updated
