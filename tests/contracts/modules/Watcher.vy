# pragma version 0.4.3
"""
@title Watcher
@notice A recorder that logs whatever it is shown; told to, it fails, burns all its gas, or needs a lot of it.
"""

from interfaces import IKind
from interfaces import IRecorder

implements: IRecorder

LOG: constant(uint256) = 0
REVERT: constant(uint256) = 1
BURN: constant(uint256) = 2
WEARY: constant(uint256) = 3

mode: public(uint256)


event Shown:
    caller: indexed(address)
    pool: indexed(address)
    kind: uint256
    since: uint256
    view_: IKind.PoolView
    left: uint256  # gas


@external
def set_mode(mode: uint256):
    self.mode = mode


@external
def record(pool: address, kind: uint256, since: uint256, view_: IKind.PoolView):
    left: uint256 = msg.gas
    assert self.mode != REVERT, "watcher: fails"
    if self.mode == BURN:
        for i: uint256 in range(max_value(uint256)):
            assert self.mode == BURN
    if self.mode == WEARY:
        assert left >= 290_000, "watcher: weary"
    log Shown(caller=msg.sender, pool=pool, kind=kind, since=since, view_=view_, left=left)
