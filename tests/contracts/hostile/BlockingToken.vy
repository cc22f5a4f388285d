# pragma version 0.4.3
"""
@title Blocking token
@notice Keeps a list of accounts that can neither send nor receive.
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

blocked: public(HashMap[address, bool])


@deploy
def __init__(decimals: uint256):
    ledger.__init__(decimals)


@external
def block_account(account: address, blocked: bool):
    self.blocked[account] = blocked


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
    assert not self.blocked[sender] and not self.blocked[to], "token: blocked"
    ledger.move(sender, to, amount)
