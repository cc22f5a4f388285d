# pragma version 0.4.3
"""
@title Test rate
@notice A rate provider that answers what anybody has told it last, for replays and for trying things out.
@custom:assumes nobody gives anything for it
@custom:rounding none
@custom:kill none
"""

from ..interfaces import IRateProvider

implements: IRateProvider

reported: uint256
# 0: the answer is always of this moment.
updated: uint256


@deploy
def __init__(reported: uint256):
    self.reported = reported


@external
def report(reported: uint256, updated: uint256):
    self.reported = reported
    self.updated = updated


@external
@view
def rate() -> (uint256, uint256):
    if self.updated == 0:
        return self.reported, block.timestamp
    return self.reported, self.updated
