# pragma version 0.4.3
"""
@title Changes
@notice What a pool's manager may do to it: scheduled, visible, cancellable, carried out after the delay of its right.
@custom:assumes the rights of the constitution, which never change
@custom:rounding none of its own
@custom:kill a pool whose rights are all withheld cannot be changed by anybody
"""

from ..maths import asset_word
from ..maths import constitution
from ..maths import limits
from . import books
from . import ramping
from . import reading
from . import storage

uses: storage
uses: books
uses: ramping


event ChangeScheduled:
    pool: indexed(address)
    right: indexed(uint256)
    due: uint256
    payload: DynArray[uint256, 17]


event ChangeCancelled:
    pool: indexed(address)
    right: indexed(uint256)


event ChangeExecuted:
    pool: indexed(address)
    right: indexed(uint256)


@internal
def schedule(pool: address, right: uint256, payload: DynArray[uint256, 17]):
    self.check_manager(pool)
    delay: uint256 = self._delay(pool, right)
    self._check(pool, right, payload)
    due: uint256 = block.timestamp + delay
    storage.changes[pool][right] = storage.Change(due=due, payload=payload)
    log ChangeScheduled(pool=pool, right=right, due=due, payload=payload)


@internal
def cancel(pool: address, right: uint256):
    self.check_manager(pool)
    assert storage.changes[pool][right].due != 0, "change: none"
    storage.changes[pool][right] = empty(storage.Change)
    log ChangeCancelled(pool=pool, right=right)


@internal
def execute(pool: address, right: uint256):
    """
    @dev Carry out what is due; anybody may, but a manager to be must ask himself.
    """
    change: storage.Change = storage.changes[pool][right]
    assert change.due != 0, "change: none"
    assert block.timestamp >= change.due, "change: too early"
    assert block.timestamp <= change.due + limits.CHANGE_LIFE, "change: void"
    storage.changes[pool][right] = empty(storage.Change)
    self._check(pool, right, change.payload)
    book: books.Book = books.open(pool)
    n: uint256 = book.header.n
    payload: DynArray[uint256, 17] = change.payload
    if right == constitution.TERMS:
        self.store_terms(book, payload[0], self.split_word(pool))
    elif right == constitution.POLICY:
        self.store_terms(book, payload[0], payload[1])
    elif right == constitution.RAMP:
        ramping.begin(book, payload)
    elif right == constitution.GUARD:
        storage.guards[pool] = payload[0]
        log storage.Stored(pool=pool, field=storage.OF_GUARD, key=0, word=payload[0])
        storage.store_flags(pool, n, asset_word.GUARDED, 0)
    elif right == constitution.MODULE:
        storage.modules[pool] = payload[0]
        log storage.Stored(pool=pool, field=storage.OF_MODULE, key=0, word=payload[0])
        if payload[0] == 0:
            storage.store_flags(pool, n, 0, asset_word.MODULAR)
        else:
            storage.store_flags(pool, n, asset_word.MODULAR, 0)
    elif right == constitution.RETIRE:
        storage.store_pool(pool, storage.pools[pool] | storage.RETIRED)
        storage.store_flags(pool, n, asset_word.RETIRED, 0)
    else:
        next: address = convert(payload[0], address)
        assert next == empty(address) or msg.sender == next, "change: not the next manager"
        self._settle_all(book)
        word: uint256 = storage.pools[pool]
        storage.store_pool(pool, (word >> 160 << 160) | payload[0])
    log ChangeExecuted(pool=pool, right=right)


@internal
def pause(pool: address, duration: uint256):
    """
    @dev At once, for at most MAX_PAUSE; and not again before as long a time has passed.
    """
    self.check_manager(pool)
    self._delay(pool, constitution.PAUSE)
    assert duration > 0 and duration <= limits.MAX_PAUSE, "pause: too long"
    word: uint256 = storage.pools[pool]
    before: uint256 = (word >> storage.PAUSED_UNTIL_SHIFT) & (2 ** 32 - 1)
    assert block.timestamp >= before + limits.MAX_PAUSE or before == 0, "pause: too soon"
    self._store_pause(pool, block.timestamp + duration)
    book: books.Book = books.open(pool)
    storage.store_flags(pool, book.header.n, asset_word.PAUSED, 0)


@internal
def unpause(pool: address):
    self.check_manager(pool)
    until: uint256 = (storage.pools[pool] >> storage.PAUSED_UNTIL_SHIFT) & (2 ** 32 - 1)
    assert block.timestamp < until, "pause: none"
    self._store_pause(pool, block.timestamp)
    book: books.Book = books.open(pool)
    storage.store_flags(pool, book.header.n, 0, asset_word.PAUSED)


@internal
def store_terms(book: books.Book, terms: uint256, split: uint256):
    """
    @dev Put terms and split in force; what is owed is settled by the split that it was earned under.
    """
    self._settle_all(book)
    storage.terms[book.pool] = terms
    log storage.Stored(pool=book.pool, field=storage.OF_TERMS, key=0, word=terms)
    storage.splits[book.pool] = split
    log storage.Stored(pool=book.pool, field=storage.OF_SPLIT, key=0, word=split)
    storage.store_flags(book.pool, book.header.n, asset_word.ALTERED, 0)


@internal
def settle_fees(pool: address):
    """
    @dev Credit what all assets of a pool owe to its manager and the protocol.
    """
    self._settle_all(books.open(pool))


@internal
def stop_ramp(pool: address):
    """
    @dev Stay where the ramp is now.
    """
    self.check_manager(pool)
    self._delay(pool, constitution.RAMP)
    ramping.stop(books.open(pool))


@internal
@view
def split_word(pool: address) -> uint256:
    if (storage.words[pool][0] >> asset_word.FLAGS_SHIFT) & asset_word.ALTERED != 0:
        return storage.splits[pool]
    return reading.heading(pool)[2]


@internal
@view
def terms_word(pool: address) -> uint256:
    if (storage.words[pool][0] >> asset_word.FLAGS_SHIFT) & asset_word.ALTERED != 0:
        return storage.terms[pool]
    return reading.heading(pool)[1]


@internal
@view
def check_manager(pool: address):
    assert msg.sender == storage.manager_of(pool) and msg.sender != empty(address), "vault: not the manager"


@internal
@view
def check_may_list(pool: address, right: uint256, tightens: bool):
    """
    @dev The manager may keep the lists that belong to a right of the pool.
    """
    self.check_manager(pool)
    self._delay(pool, right)
    if tightens:
        n: uint256 = reading.heading(pool)[0] & 255
        assert not constitution.only_loosens(reading.rights(pool, n)), "guard: only loosens"


# Parts


@internal
@view
def _delay(pool: address, right: uint256) -> uint256:
    """
    @dev The delay of a right that the pool has declared; reverts for one that it has not.
    """
    assert right <= constitution.MANAGER, "change: no such right"
    allowed: bool = False
    delay: uint256 = 0
    n: uint256 = reading.heading(pool)[0] & 255
    allowed, delay = constitution.right(reading.rights(pool, n), right)
    assert allowed, "change: not a right of the pool"
    return delay


@internal
@view
def _check(pool: address, right: uint256, payload: DynArray[uint256, 17]):
    """
    @dev Whether a change is within what the pool declared, now.
    """
    book: books.Book = books.open(pool)
    rights: uint256 = reading.rights(pool, book.header.n)
    if right == constitution.TERMS or right == constitution.POLICY:
        assert len(payload) == right + 1, "change: payload"
        constitution.check_terms(payload[0], constitution.highest_fee(rights))
        terms: constitution.Terms = constitution.terms(payload[0])
        # A running ramp was found safe for the fee that was.
        assert terms.least >= book.terms.least or not ramping.is_ramping(book), "ramp: in progress"
        if right == constitution.TERMS:
            assert terms.policy == book.terms.policy, "change: policy"
        else:
            constitution.check_split(payload[1])
            split: constitution.Split = constitution.split(payload[1])
            assert split.protocol == book.split.protocol and split.creator == book.split.creator, "change: shares"
    elif right == constitution.RAMP:
        ramping.check(book, payload)
    elif right == constitution.GUARD:
        assert len(payload) == 1 and payload[0] >> 225 == 0, "change: payload"
        if constitution.only_loosens(rights):
            self._check_looser(storage.guards[pool], payload[0], book.flags)
    elif right == constitution.MODULE:
        assert len(payload) == 1 and payload[0] >> 176 == 0, "change: payload"
        assert (payload[0] >> 160) & ~book.header.points == 0, "change: point"
        module: address = convert(payload[0] & (2 ** 160 - 1), address)
        assert payload[0] == 0 or module.is_contract, "change: module has no code"
    elif right == constitution.MANAGER:
        assert len(payload) == 1 and payload[0] >> 160 == 0, "change: payload"
    else:
        assert right == constitution.RETIRE and len(payload) == 0, "change: payload"


@internal
@pure
def _check_looser(before: uint256, after: uint256, flags: uint256):
    if flags & asset_word.GUARDED == 0:
        raise "guard: only loosens"
    mask: uint256 = 2 ** 112 - 1
    assert after & mask >= before & mask, "guard: only loosens"
    assert (after >> 112) & mask >= (before >> 112) & mask, "guard: only loosens"
    assert after >> 224 <= before >> 224, "guard: only loosens"


@internal
def _store_pause(pool: address, until: uint256):
    word: uint256 = storage.pools[pool]
    cleared: uint256 = word & ~((2 ** 32 - 1) << storage.PAUSED_UNTIL_SHIFT)
    storage.store_pool(pool, cleared | (until << storage.PAUSED_UNTIL_SHIFT))


@internal
def _settle_all(book: books.Book):
    for i: uint256 in range(book.header.n, bound=16):
        asset: asset_word.Asset = asset_word.unpack(storage.words[book.pool][i])
        if asset.owed == 0:
            continue
        record: constitution.Record = reading.record(book.pool, i)
        owed: uint256 = asset.owed
        asset.owed = 0
        word: uint256 = asset_word.pack(asset)
        storage.words[book.pool][i] = word
        log storage.Stored(pool=book.pool, field=storage.OF_ASSET, key=i, word=word)
        storage.settle_owed(book.pool, convert(record.token, address), record.decimals, owed, book.split)
