# pragma version 0.4.3
"""
@title Two-door token
@notice One ledger behind two addresses: this one, and a SecondDoor that speaks for its own callers.
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

door: address


@deploy
def __init__(decimals: uint256):
    ledger.__init__(decimals)


@external
def open_door(door: address):
    self.door = door


@external
def transfer(to: address, amount: uint256) -> bool:
    ledger.move(msg.sender, to, amount)
    return True


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    ledger.spend(sender, msg.sender, amount)
    ledger.move(sender, to, amount)
    return True


@external
def move_for(account: address, sender: address, to: address, amount: uint256):
    assert msg.sender == self.door, "token: not the door"
    if account != sender:
        ledger.spend(sender, account, amount)
    ledger.move(sender, to, amount)
