# pragma version 0.4.3
"""
@title Calling token
@notice Plays a script whenever it moves to or from anybody: after the move, or before it if told so.
"""

import hostile.ledger as ledger
import hostile.script as script

initializes: ledger
initializes: script
exports: (
    ledger.decimals,
    ledger.totalSupply,
    ledger.balanceOf,
    ledger.allowance,
    ledger.mint,
    ledger.approve,
    script.write,
    script.read,
)

plays_before: public(bool)


@deploy
def __init__(decimals: uint256):
    ledger.__init__(decimals)


@external
def play_before(plays_before: bool):
    self.plays_before = plays_before


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
    if self.plays_before:
        script.play()
    ledger.move(sender, to, amount)
    if not self.plays_before:
        script.play()
