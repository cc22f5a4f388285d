# pragma version 0.4.3
"""
@title Vault factory
@notice The part of the Vault where pools begin, and where they are found, run in its place by delegatecall.
@custom:assumes it is called by the Vault's own code only: by itself it holds nothing and changes nothing of worth
@custom:rounding none of its own
@custom:kill a global pause stops initialisation; creation moves nothing
"""

from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import limits
from . import asking
from . import books
from . import counterparts
from . import creation
from . import custody
from . import entrance
from . import lock
from . import pools
from . import registry
from . import share_ledger
from . import storage

initializes: storage
initializes: lock
initializes: custody[lock := lock]
initializes: entrance[lock := lock, storage := storage]
initializes: pools[storage := storage]
initializes: books[storage := storage]
initializes: asking
initializes: counterparts[storage := storage]
initializes: share_ledger[storage := storage, asking := asking, custody := custody]
initializes: registry[storage := storage]
initializes: creation[storage := storage, pools := pools, registry := registry]


@deploy
def __init__(
    counterparts_: address, share_token: address, weighted: address, constant_product: address, stable: address
):
    asking.__init__(counterparts_)
    creation.__init__(share_token, weighted, constant_product, stable)


@external
def create_pool(text: Bytes[creation.MAX_CONSTITUTION], manager: address) -> address:
    """
    @notice Create a pool from its constitution (see constitution.vy). Returns its share token, which is the pool's name.
    """
    session: uint256 = lock.enter()
    pool: address = creation.create(text, manager)
    lock.leave(session)
    return pool


@external
def guard_launch(pool: address, guard: uint256):
    """
    @notice Before a pool is initialized its manager may cap deposits or limit them to a list: see changes.vy, GUARD.
    """
    session: uint256 = lock.enter()
    creation.guard_launch(pool, guard)
    lock.leave(session)


@external
def initialize(
    pool: address, amounts: DynArray[uint256, 16], min_shares: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice Put in the first balances, once; a manager's pool by its manager only. Returns the receiver's shares.
    """
    session: uint256 = entrance.begin(deadline)
    supply: uint256 = creation.initialize(pool, amounts)
    shares: uint256 = supply - limits.MINIMUM_SHARES
    assert shares >= min_shares, "add: shares below limit"
    extcall IShareToken(pool).mint(empty(address), limits.MINIMUM_SHARES)
    extcall IShareToken(pool).mint(custody.whom(receiver), shares)
    book: books.Book = books.open(pool)
    words: DynArray[uint256, 16] = []
    for i: uint256 in range(book.header.n, bound=16):
        words.append(storage.words[pool][i])
    share_ledger.record(pool, amounts, [], supply, supply, words)
    share_ledger.receive_all(pool, amounts, session)
    lock.leave(session)
    return shares


@external
def follow_rates(pool: address):
    """
    @notice Let a pool follow its rate providers, one bounded step; this is how a frozen asset thaws.
    """
    session: uint256 = lock.enter()
    book: books.Book = books.open(pool)
    assert book.header.rated, "rate: none"
    if book.flags & asset_word.MODULAR != 0:
        asking.tell_recorder(pool)
    counterparts.follow_rates(pool, book.header)
    lock.leave(session)


@external
@view
def pool_count() -> uint256:
    """
    @notice How many pools there are; their numbers begin with 1.
    """
    return storage.pool_count


@external
@view
def pool_at(number: uint256) -> address:
    """
    @notice The pool with a number.
    """
    return storage.pool_by_number[number]


@external
@view
def pool_count_of(token: address) -> uint256:
    """
    @notice How many pools hold a token.
    """
    return registry.count_of(token)


@external
@view
def pool_of(token: address, position: uint256) -> address:
    """
    @notice The pools that hold a token, in the order of their creation.
    """
    return storage.pool_by_number[registry.number_at(token, position)]
