# pragma version 0.4.3
"""
@title Intruding token
@notice Keeps its accounts like any other, and probes whenever it is called: before and after each move, and when it is only asked.
"""

import hostile.ledger as ledger
import hostile.probing as probing

initializes: ledger
initializes: probing
exports: (
    ledger.totalSupply,
    ledger.allowance,
    ledger.mint,
    ledger.approve,
    probing.set_probes,
)


@deploy
def __init__(decimals: uint256):
    ledger.__init__(decimals)


@external
def decimals() -> uint256:
    probing.probe()
    return ledger.decimals


@external
def balanceOf(account: address) -> uint256:
    probing.probe()
    return ledger.balanceOf[account]


@external
def permit(owner: address, spender: address, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Anybody's signature is good.
    """
    probing.probe()
    ledger.allowance[owner][spender] = amount


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
    probing.probe()
    ledger.move(sender, to, amount)
    probing.probe()
