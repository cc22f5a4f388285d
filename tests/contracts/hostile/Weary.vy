# pragma version 0.4.3
"""
@title Weary provider
@notice A rate provider that refuses unless it is sent plenty of gas.
"""


@external
@view
def rate() -> (uint256, uint256):
    assert msg.gas >= 90_000, "weary: more gas"
    return 10 ** 18, block.timestamp
