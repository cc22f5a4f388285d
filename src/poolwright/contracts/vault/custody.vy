# pragma version 0.4.3
"""
@title Custody
@notice Tokens in and out of the Vault; in a session, credit and debt instead.
@custom:assumes nothing of a token: every receipt is measured, every payment comes after the ledgers are written
@custom:rounding none
@custom:kill none
"""

from ethereum.ercs import IERC20

from .. import refusal
from . import lock

uses: lock


@internal
def receive(token: address, amount: uint256, session: uint256):
    """
    @dev Take an amount from the caller. A token that delivers less than it says is refused.
    """
    if session != lock.IDLE:
        lock.charge(token, convert(amount, int256))
        return
    if amount == 0:
        return
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    if not extcall IERC20(token).transferFrom(msg.sender, self, amount, default_return_value=True):
        refusal.because("vault: transfer refused")
    if staticcall IERC20(token).balanceOf(self) < before + amount:
        refusal.because("vault: short receipt")


@internal
def send(token: address, amount: uint256, receiver: address, session: uint256):
    """
    @dev Pay an amount to the receiver; where nobody is named, to the caller, which costs less to say and loses nothing by mistake.
    """
    if session != lock.IDLE:
        lock.charge(token, -convert(amount, int256))
        return
    if amount == 0:
        return
    if not extcall IERC20(token).transfer(
        msg.sender if receiver == empty(address) else receiver, amount, default_return_value=True
    ):
        refusal.because("vault: transfer refused")


@internal
@view
def whom(receiver: address) -> address:
    """
    @dev Who gets shares: where nobody is named, the caller.
    """
    return msg.sender if receiver == empty(address) else receiver


@internal
def settle(token: address, receiver: address):
    """
    @dev Bring what the session's account owes or has of a token to nothing: pull the debt, pay out the credit.
    """
    delta: int256 = lock.deltas[token]
    if delta == 0:
        return
    lock.charge(token, -delta)
    if delta > 0:
        self.receive(token, convert(delta, uint256), lock.IDLE)
    else:
        self.send(token, convert(-delta, uint256), receiver, lock.IDLE)
