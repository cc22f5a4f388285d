# pragma version 0.4.3
"""
@title Zero-shy token
@notice Reverts when nothing is to be moved.
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
def transfer(to: address, amount: uint256) -> bool:
    self._move(msg.sender, to, amount)
    return True


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    ledger.spend(sender, msg.sender, amount)
    self._move(sender, to, amount)
    return True


@internal
def _move(sender: address, to: address, amount: uint256):
    assert amount > 0, "token: nothing"
    ledger.move(sender, to, amount)
