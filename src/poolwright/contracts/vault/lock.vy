# pragma version 0.4.3
"""
@title Lock
@notice The Vault is idle, executing, or in a session of one account, which settles its credits and debts at the end.
@custom:assumes transient storage: everything here is gone with the transaction
@custom:rounding none
@custom:kill none
"""


from .. import refusal

IDLE: constant(uint256) = 0
EXECUTING: constant(uint256) = 1

# IDLE, EXECUTING, or the account whose session it is.
state: transient(uint256)
# What the session's account owes (+) or has (-), by token, and how many of these are not zero.
deltas: transient(HashMap[address, int256])
unsettled: transient(uint256)
# Set by sync, in a session: the token whose receipt is counted, and the Vault's balance before.
synced_token: transient(address)
synced_balance: transient(uint256)


@internal
def enter() -> uint256:
    """
    @dev Begin an operation; give the answer back to `leave`. In a session only its account may.
    """
    before: uint256 = self.state
    if before != IDLE:
        if before == EXECUTING:
            refusal.because("vault: locked")
        if before != convert(msg.sender, uint256):
            refusal.because("vault: not your session")
    self.state = EXECUTING
    return before


@internal
def leave(before: uint256):
    self.state = before


@internal
def end_session():
    """
    @dev Everything is settled, and no count stays open: whatever else the transaction pays in would be counted, too.
    """
    assert self.unsettled == 0, "vault: unsettled"
    self.synced_token = empty(address)
    self.state = IDLE


@internal
@view
def check_idle():
    """
    @dev Views that others price by answer only while nothing is going on.
    """
    if self.state != IDLE:
        refusal.because("vault: not idle")


@internal
def charge(token: address, amount: int256):
    """
    @dev Add to what the session's account owes.
    """
    if amount == 0:
        return
    before: int256 = self.deltas[token]
    after: int256 = before + amount
    self.deltas[token] = after
    if before == 0:
        self.unsettled += 1
    elif after == 0:
        self.unsettled -= 1
