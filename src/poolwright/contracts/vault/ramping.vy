# pragma version 0.4.3
"""
@title Ramping
@notice Weights or an amplification on their way from one value to another, slowly enough to be worth nothing to arbitrage.
@custom:assumes the caller may do it
@custom:rounding see ramp_maths.vy
@custom:kill a ramp can be stopped where it is
"""

from ..maths import asset_word
from ..maths import constitution
from ..maths import limits
from ..maths import ramp_maths
from . import books
from . import pools
from . import reading
from . import storage

uses: storage
uses: pools


@internal
@view
def is_ramping(book: books.Book) -> bool:
    if book.flags & asset_word.RAMPING == 0:
        return False
    index: uint256 = 0
    if book.header.kind == constitution.STABLE:
        index = storage.AMPLIFICATION
    return block.timestamp < ramp_maths.unpack(storage.ramps[book.pool][index]).end_time


@internal
@view
def check(book: books.Book, payload: DynArray[uint256, 17]):
    """
    @dev payload: duration, then a target for every weight, or one for the amplification. In one block the price of a pair then
         moves by at most the least fee: two weights by half of it each, an amplification by all of it, since |d ln p| <= |d ln A|.
    """
    assert len(payload) > 1, "change: payload"
    duration: uint256 = payload[0]
    assert duration >= limits.MIN_RAMP and duration <= limits.MAX_RAMP, "ramp: duration"
    assert not self.is_ramping(book), "ramp: in progress"
    if book.header.kind == constitution.STABLE:
        assert len(payload) == 2, "change: payload"
        assert (
            payload[1] >= limits.MIN_AMPLIFICATION and payload[1] <= limits.MAX_AMPLIFICATION
        ), "ramp: amplification"
        now: uint256 = pools.parameter_now(book.pool, book.header.parameter, book.flags)
        assert ramp_maths.step_of(now, payload[1], duration) <= book.terms.least, "ramp: too fast"
        return
    assert book.header.kind == constitution.WEIGHTED, "ramp: not of this kind"
    assert len(payload) == book.header.n + 1, "change: payload"
    total: uint256 = 0
    for i: uint256 in range(book.header.n, bound=16):
        target: uint256 = payload[i + 1]
        assert target >= limits.MIN_WEIGHT and target <= limits.WAD, "ramp: weight"
        total += target
        step: uint256 = ramp_maths.step_of(self._weight(book, i), target, duration)
        assert step <= book.terms.least // 2, "ramp: too fast"
    assert total == limits.WAD, "ramp: weights"


@internal
def begin(book: books.Book, payload: DynArray[uint256, 17]):
    end: uint256 = block.timestamp + payload[0]
    if book.header.kind == constitution.STABLE:
        value: uint256 = pools.parameter_now(book.pool, book.header.parameter, book.flags)
        self._store(book.pool, storage.AMPLIFICATION, value, payload[1], block.timestamp, end)
    else:
        for i: uint256 in range(book.header.n, bound=16):
            self._store(book.pool, i, self._weight(book, i), payload[i + 1], block.timestamp, end)
    storage.store_flags(book.pool, book.header.n, asset_word.RAMPING, 0)


@internal
def stop(book: books.Book):
    """
    @dev Stay where the ramp is now.
    """
    assert book.flags & asset_word.RAMPING != 0, "ramp: none"
    first: uint256 = 0
    count: uint256 = book.header.n
    if book.header.kind == constitution.STABLE:
        first = storage.AMPLIFICATION
        count = 1
    for i: uint256 in range(count, bound=16):
        value: uint256 = ramp_maths.value_at(storage.ramps[book.pool][first + i], block.timestamp)
        self._store(book.pool, first + i, value, value, block.timestamp, block.timestamp)


@internal
@view
def _weight(book: books.Book, index: uint256) -> uint256:
    weight: uint256 = reading.record(book.pool, index).weight
    if book.flags & asset_word.RAMPING != 0:
        return pools.weight_now(book.pool, index, weight)
    return weight


@internal
def _store(pool: address, index: uint256, start: uint256, end: uint256, start_time: uint256, end_time: uint256):
    word: uint256 = ramp_maths.pack(
        ramp_maths.Ramp(start=start, end=end, start_time=start_time, end_time=end_time)
    )
    storage.ramps[pool][index] = word
    log storage.Stored(pool=pool, field=storage.OF_RAMP, key=index, word=word)
