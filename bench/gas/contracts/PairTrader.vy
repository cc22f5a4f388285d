# pragma version 0.4.3
"""
@title Pair trader
@notice The shortest way to trade on a bare Uniswap V2 pair: pay it, take the amount worked out beforehand.
"""

interface Token:
    def transferFrom(owner: address, receiver: address, amount: uint256) -> bool: nonpayable


interface Pair:
    def swap(amount_0_out: uint256, amount_1_out: uint256, receiver: address, data: Bytes[1]): nonpayable


@external
def trade(pair: address, token: address, amount: uint256, amount_0_out: uint256, amount_1_out: uint256):
    assert extcall Token(token).transferFrom(msg.sender, pair, amount)
    extcall Pair(pair).swap(amount_0_out, amount_1_out, msg.sender, b"")
