# pragma version 0.4.3
"""
@title Books
@notice What every operation but a swap needs to know of a pool, in one piece.
@custom:assumes nothing
@custom:rounding none
@custom:kill none: it answers
"""

from ..maths import asset_word
from ..maths import constitution
from . import reading
from . import storage

uses: storage

# In place of an asset's index: every asset, or none (nothing moves but in proportion).
ALL: constant(uint256) = 255
NO_ASSET: constant(uint256) = 254


struct Book:
    pool: address
    header: constitution.Header
    terms: constitution.Terms
    split: constitution.Split
    split_word: uint256
    flags: uint256


@internal
@view
def open(pool: address) -> Book:
    """
    @dev The pool as it is in force; reverts for what is none.
    """
    word_h: uint256 = 0
    word_t: uint256 = 0
    word_s: uint256 = 0
    word_h, word_t, word_s = reading.heading(pool)
    first: uint256 = storage.words[pool][0]
    flags: uint256 = first >> asset_word.FLAGS_SHIFT
    assert first != 0, "vault: no such pool"
    if flags & asset_word.ALTERED != 0:
        word_t = storage.terms[pool]
        word_s = storage.splits[pool]
    return Book(
        pool=pool,
        header=constitution.header(word_h),
        terms=constitution.terms(word_t),
        split=constitution.split(word_s),
        split_word=word_s,
        flags=flags,
    )
