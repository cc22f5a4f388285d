# pragma version 0.4.3
"""
@title Rebasing token
@notice Accounts hold parts; what a part is worth can be set, up or down, for all at once.
"""

import hostile.ledger as ledger

initializes: ledger
exports: (ledger.decimals, ledger.allowance, ledger.approve)

WAD: constant(uint256) = 10 ** 18
worth: public(uint256)


@deploy
def __init__(decimals: uint256):
    ledger.__init__(decimals)
    self.worth = WAD


@external
def rebase(worth: uint256):
    self.worth = worth


@external
def mint(to: address, amount: uint256):
    ledger.balanceOf[to] += self._parts(amount)
    ledger.totalSupply += self._parts(amount)


@external
@view
def balanceOf(account: address) -> uint256:
    return ledger.balanceOf[account] * self.worth // WAD


@external
@view
def totalSupply() -> uint256:
    return ledger.totalSupply * self.worth // WAD


@external
def transfer(to: address, amount: uint256) -> bool:
    ledger.move(msg.sender, to, self._parts(amount))
    return True


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    ledger.spend(sender, msg.sender, amount)
    ledger.move(sender, to, self._parts(amount))
    return True


@internal
@view
def _parts(amount: uint256) -> uint256:
    return amount * WAD // self.worth
