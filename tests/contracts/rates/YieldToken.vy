# pragma version 0.4.3
"""
@title Yield token
@notice As much of ERC-4626 as a rate needs: assets per share of a vault with so many of both.
"""

asset: public(address)
decimals: public(uint8)
assets: uint256
shares: uint256


@deploy
def __init__(asset: address, decimals: uint8):
    self.asset = asset
    self.decimals = decimals


@external
def hold(assets: uint256, shares: uint256):
    self.assets = assets
    self.shares = shares


@external
@view
def convertToAssets(shares: uint256) -> uint256:
    return shares * self.assets // self.shares
