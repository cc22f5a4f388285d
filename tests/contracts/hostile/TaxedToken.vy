# pragma version 0.4.3
"""
@title Taxed token
@notice Burns one part in a hundred of whatever moves.
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
    ledger.move(sender, to, amount)
    ledger.burn(to, amount // 100)
