# pragma version 0.4.3
"""
@title Entrance
@notice Where operations begin: in time, alone or in the caller's session, and not while everything is paused.
@custom:assumes nothing
@custom:rounding none
@custom:kill a global pause ends here, exits in proportion aside
"""

from .. import refusal
from . import lock
from . import storage

uses: lock
uses: storage


@internal
def begin(deadline: uint256) -> uint256:
    """
    @dev The answer belongs to lock.leave.
    """
    if block.timestamp > deadline:
        refusal.because("vault: too late")
    session: uint256 = lock.enter()
    if block.timestamp < storage.world & (2 ** 32 - 1):
        refusal.because("vault: paused")
    return session


@internal
def begin_exit(deadline: uint256) -> uint256:
    """
    @dev The same for what no pause may stop.
    """
    if block.timestamp > deadline:
        refusal.because("vault: too late")
    return lock.enter()
