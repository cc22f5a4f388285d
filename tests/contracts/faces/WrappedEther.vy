# pragma version 0.4.3
"""
@title Wrapped ether
@notice Ether as a token, as on every chain.
"""

import hostile.ledger as ledger

initializes: ledger
exports: (ledger.decimals, ledger.totalSupply, ledger.balanceOf, ledger.allowance, ledger.approve)


@deploy
def __init__():
    ledger.__init__(18)


@external
@payable
def deposit():
    ledger.balanceOf[msg.sender] += msg.value
    ledger.totalSupply += msg.value


@external
def withdraw(amount: uint256):
    ledger.burn(msg.sender, amount)
    raw_call(msg.sender, b"", value=amount)


@external
def transfer(to: address, amount: uint256) -> bool:
    ledger.move(msg.sender, to, amount)
    return True


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    ledger.spend(sender, msg.sender, amount)
    ledger.move(sender, to, amount)
    return True
