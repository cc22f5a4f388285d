# pragma version 0.4.3
"""
@title Silent token
@notice Moves, but returns nothing, as some old tokens do.
"""

import hostile.ledger as ledger

initializes: ledger
exports: (
    ledger.decimals,
    ledger.totalSupply,
    ledger.balanceOf,
    ledger.allowance,
    ledger.mint,
    ledger.approve,
)


@deploy
def __init__(decimals: uint256):
    ledger.__init__(decimals)


@external
def transfer(to: address, amount: uint256):
    ledger.move(msg.sender, to, amount)


@external
def transferFrom(sender: address, to: address, amount: uint256):
    ledger.spend(sender, msg.sender, amount)
    ledger.move(sender, to, amount)
