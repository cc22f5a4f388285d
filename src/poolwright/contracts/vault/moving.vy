# pragma version 0.4.3
"""
@title Moving
@notice An asset's word once its balance has moved.
@custom:assumes fields within their limits: balance and owed by the caller, drift and variance as oracle_maths gives them
@custom:rounding see oracle_maths.vy
@custom:kill none: it holds nothing
"""

from ..maths import asset_word
from ..maths import limits
from ..maths import oracle_maths

MAX_OFFSET: constant(uint256) = 2 ** asset_word.DRIFT_BITS - 1


@internal
@view
def moved(word: uint256, balance: uint256, owed: uint256, drift: int256, variance: uint256) -> uint256:
    """
    @dev The word with a new balance, its average, decayed already, moved on.
    """
    moved: int256 = oracle_maths.drifted(drift, word & limits.MAX_BALANCE, balance)
    # cannot overflow: a drift is above -2^33, and two's complement adds alike with and without a sign.
    offset: uint256 = unsafe_add(convert(convert(moved, bytes32), uint256), asset_word.DRIFT_OFFSET)
    return (
        balance
        | (owed << asset_word.OWED_SHIFT)
        | (offset << asset_word.DRIFT_SHIFT)
        | (variance << asset_word.VARIANCE_SHIFT)
        | (block.timestamp << asset_word.TIME_SHIFT)
        | (word & (asset_word.MAX_FLAGS << asset_word.FLAGS_SHIFT))
    )
