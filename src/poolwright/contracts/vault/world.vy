# pragma version 0.4.3
"""
@title World
@notice The protocol's own powers: its share of the fees up to a constant, after a delay; a pause that expires; who holds them.
@custom:assumes nothing
@custom:rounding none
@custom:kill renounce_ownership ends all of it
"""

from ..maths import limits
from . import lock
from . import storage

uses: storage
uses: lock

# The protocol's own change, under the empty address: its share of the fees of pools to come.
PROTOCOL_SHARE: constant(uint256) = 0


event ShareScheduled:
    share: uint256
    due: uint256


event ShareExecuted:
    share: uint256


@external
def pause_all(duration: uint256):
    """
    @notice Stop swaps and deposits of all pools for a while; owner or guardian. Exits in proportion go on.
    """
    session: uint256 = lock.enter()
    assert msg.sender == storage.owner or msg.sender == storage.guardian, "vault: not the guardian"
    assert duration > 0 and duration <= limits.MAX_PAUSE, "pause: too long"
    before: uint256 = storage.world & (2 ** 32 - 1)
    assert before == 0 or block.timestamp >= before + limits.MAX_PAUSE, "pause: too soon"
    self._store_world((storage.world >> 32 << 32) | (block.timestamp + duration))
    lock.leave(session)


@external
def unpause_all():
    """
    @notice End a global pause early; owner only.
    """
    session: uint256 = lock.enter()
    self._check_owner()
    assert block.timestamp < storage.world & (2 ** 32 - 1), "pause: none"
    self._store_world((storage.world >> 32 << 32) | block.timestamp)
    lock.leave(session)


@external
def schedule_protocol_share(share: uint256):
    """
    @notice Announce the protocol's share of the fees of pools to come, and of those that are synced to it.
    """
    session: uint256 = lock.enter()
    self._check_owner()
    assert share <= limits.MAX_PROTOCOL_SHARE, "split: protocol share too high"
    due: uint256 = block.timestamp + limits.PROTOCOL_DELAY
    storage.changes[empty(address)][PROTOCOL_SHARE] = storage.Change(due=due, payload=[share])
    log ShareScheduled(share=share, due=due)
    lock.leave(session)


@external
def execute_protocol_share():
    """
    @notice Put the announced share in force.
    """
    session: uint256 = lock.enter()
    change: storage.Change = storage.changes[empty(address)][PROTOCOL_SHARE]
    assert change.due != 0, "change: none"
    assert block.timestamp >= change.due, "change: too early"
    storage.changes[empty(address)][PROTOCOL_SHARE] = empty(storage.Change)
    self._store_world((storage.world & (2 ** 32 - 1)) | (change.payload[0] << 32))
    log ShareExecuted(share=change.payload[0])
    lock.leave(session)


@external
def set_guardian(guardian: address):
    """
    @notice Name the account that may pause everything; owner only.
    """
    session: uint256 = lock.enter()
    self._check_owner()
    storage.guardian = guardian
    self._store_account(storage.OF_GUARDIAN, guardian)
    lock.leave(session)


@external
def transfer_ownership(account: address):
    """
    @notice Offer the protocol's powers to an account, which must accept them.
    """
    session: uint256 = lock.enter()
    self._check_owner()
    storage.next_owner = account
    self._store_account(storage.OF_NEXT_OWNER, account)
    lock.leave(session)


@external
def accept_ownership():
    """
    @notice Take over the protocol's powers.
    """
    session: uint256 = lock.enter()
    assert msg.sender == storage.next_owner, "vault: not the next owner"
    storage.owner = msg.sender
    storage.next_owner = empty(address)
    self._store_account(storage.OF_OWNER, msg.sender)
    self._store_account(storage.OF_NEXT_OWNER, empty(address))
    lock.leave(session)


@external
def renounce_ownership():
    """
    @notice Give up the protocol's powers for ever; its fees, too, then stay where they are. The guardian goes with them.
    """
    session: uint256 = lock.enter()
    self._check_owner()
    storage.owner = empty(address)
    storage.next_owner = empty(address)
    storage.guardian = empty(address)
    self._store_account(storage.OF_OWNER, empty(address))
    self._store_account(storage.OF_NEXT_OWNER, empty(address))
    self._store_account(storage.OF_GUARDIAN, empty(address))
    lock.leave(session)


@internal
@view
def _check_owner():
    assert msg.sender == storage.owner, "vault: not the owner"


@internal
def _store_world(word: uint256):
    storage.world = word
    log storage.Stored(pool=empty(address), field=storage.OF_WORLD, key=0, word=word)


@internal
def _store_account(field: uint256, account: address):
    log storage.Stored(pool=empty(address), field=field, key=0, word=convert(account, uint256))
