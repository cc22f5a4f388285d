# pragma version 0.4.3
"""
@title Feed
@notice A price feed of Chainlink's interface that says what it is told.
"""

decimals: public(uint8)
answer: int256
updated: uint256


@deploy
def __init__(decimals: uint8):
    self.decimals = decimals


@external
def say(answer: int256, updated: uint256):
    self.answer = answer
    self.updated = updated


@external
@view
def latestRoundData() -> (uint80, int256, uint256, uint256, uint80):
    return 7, self.answer, self.updated - min(self.updated, 1), self.updated, 7
