# pragma version 0.4.3
"""
@title Refusing token
@notice While it refuses it moves nothing, and says so by returning false instead of reverting.
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

refuses: public(bool)


@deploy
def __init__(decimals: uint256):
    ledger.__init__(decimals)
    self.refuses = True


@external
def refuse(refuses: bool):
    self.refuses = refuses


@external
def transfer(to: address, amount: uint256) -> bool:
    return self._moved(msg.sender, to, amount)


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    if not self.refuses:
        ledger.spend(sender, msg.sender, amount)
    return self._moved(sender, to, amount)


@internal
def _moved(sender: address, to: address, amount: uint256) -> bool:
    if self.refuses:
        return False
    ledger.move(sender, to, amount)
    return True
