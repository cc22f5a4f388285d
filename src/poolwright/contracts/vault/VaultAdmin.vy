# pragma version 0.4.3
"""
@title Vault administration
@notice The part of the Vault for changes: of pools by their managers, and the protocol's own powers; run in its place by delegatecall.
@custom:assumes it is called by the Vault's own code only: by itself it holds nothing and changes nothing of worth
@custom:rounding none of its own
@custom:kill the owner can be renounced, and each pool's manager; nothing here can stop an exit
"""

from ..maths import constitution
from . import books
from . import changes
from . import lock
from . import pools
from . import ramping
from . import storage
from . import world

initializes: storage
initializes: lock
initializes: pools[storage := storage]
initializes: books[storage := storage]
initializes: ramping[storage := storage, pools := pools]
initializes: changes[storage := storage, books := books, ramping := ramping]
initializes: world[storage := storage, lock := lock]
exports: (
    world.pause_all,
    world.unpause_all,
    world.schedule_protocol_share,
    world.execute_protocol_share,
    world.set_guardian,
    world.transfer_ownership,
    world.accept_ownership,
    world.renounce_ownership,
)

FACTORY: immutable(address)


@deploy
def __init__(factory: address):
    FACTORY = factory


@external
@raw_return
def __default__() -> Bytes[4096]:
    """
    @notice What is not here is in VaultFactory.
    """
    return raw_call(FACTORY, msg.data, max_outsize=4096, is_delegate_call=True)


@external
def schedule(pool: address, right: uint256, payload: DynArray[uint256, 17]):
    """
    @notice Announce a change of a pool: see changes.vy for each right's payload. It replaces one announced before.
    """
    session: uint256 = lock.enter()
    changes.schedule(pool, right, payload)
    lock.leave(session)


@external
def cancel(pool: address, right: uint256):
    """
    @notice Take back an announced change.
    """
    session: uint256 = lock.enter()
    changes.cancel(pool, right)
    lock.leave(session)


@external
def execute(pool: address, right: uint256):
    """
    @notice Carry out a change that is due.
    """
    session: uint256 = lock.enter()
    changes.execute(pool, right)
    lock.leave(session)


@external
def pause(pool: address, duration: uint256):
    """
    @notice Stop swaps and deposits of a pool for a while; exits in proportion go on.
    """
    session: uint256 = lock.enter()
    changes.pause(pool, duration)
    lock.leave(session)


@external
def unpause(pool: address):
    """
    @notice End a pause early.
    """
    session: uint256 = lock.enter()
    changes.unpause(pool)
    lock.leave(session)


@external
def stop_ramp(pool: address):
    """
    @notice Let weights or amplification stay where they are now.
    """
    session: uint256 = lock.enter()
    changes.stop_ramp(pool)
    lock.leave(session)


@external
def set_listed(pool: address, accounts: DynArray[address, 64], listed: bool):
    """
    @notice Say who may deposit in a pool that keeps a list; only additions where the guard only loosens.
    """
    session: uint256 = lock.enter()
    changes.check_may_list(pool, constitution.GUARD, not listed)
    for account: address in accounts:
        storage.listed[pool][account] = listed
        log storage.Stored(
            pool=pool,
            field=storage.OF_LISTED,
            key=convert(account, uint256),
            word=convert(listed, uint256),
        )
    lock.leave(session)


@external
def set_class(pool: address, accounts: DynArray[address, 64], account_class: uint256):
    """
    @notice Put accounts in a class of the tiered fee, 0 to 3.
    """
    session: uint256 = lock.enter()
    changes.check_may_list(pool, constitution.POLICY, False)
    assert account_class <= 3, "change: class"
    for account: address in accounts:
        storage.classes[pool][account] = account_class
        log storage.Stored(
            pool=pool, field=storage.OF_CLASS, key=convert(account, uint256), word=account_class
        )
    lock.leave(session)


@external
def settle_fees(pool: address):
    """
    @notice Credit what a pool owes to its manager and the protocol, to be collected by them.
    """
    session: uint256 = lock.enter()
    changes.settle_fees(pool)
    lock.leave(session)


@external
def sync_protocol_share(pool: address):
    """
    @notice Bring a pool to the protocol's present share of the fees.
    """
    session: uint256 = lock.enter()
    book: books.Book = books.open(pool)
    split: uint256 = changes.split_word(pool)
    share: uint256 = (storage.world >> 32) & (2 ** 60 - 1)
    fresh: uint256 = (split >> 60 << 60) | share
    constitution.check_split(fresh)
    assert fresh != split, "change: none"
    changes.store_terms(book, changes.terms_word(pool), fresh)
    lock.leave(session)
