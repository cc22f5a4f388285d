# pragma version 0.4.3
"""
@title Proportional liquidity
@notice Shares for the same part of every balance: no fee, no question to the kind; prices and their averages stay.
@custom:assumes the Vault holds the lock
@custom:rounding amounts in up, amounts out down
@custom:kill a paused or retired pool takes nothing in; nothing stops an exit
"""

from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import constitution
from ..maths import fixed_point
from ..maths import limits
from ..maths import share_maths
from . import asking
from . import books
from . import pools
from . import share_ledger
from . import storage

uses: storage
uses: pools
uses: asking
uses: share_ledger


@internal
def add_proportional(book: books.Book, shares: uint256, receiver: address, limits_: DynArray[uint256, 16]) -> DynArray[uint256, 16]:
    """
    @dev Mint exact shares for their part of every balance; the amounts are still to be received.
    """
    pools.check_tradable(book.pool, book.flags)
    if book.flags & asset_word.MODULAR != 0:
        asking.prepare_liquidity(book.pool, constitution.BEFORE_ADD, books.NO_ASSET, limits_, shares)
    supply: uint256 = extcall IShareToken(book.pool).mint(receiver, shares)
    after: uint256 = share_maths.minted(supply, shares)
    amounts: DynArray[uint256, 16] = []
    words: DynArray[uint256, 16] = []
    for i: uint256 in range(book.header.n, bound=16):
        word: uint256 = storage.words[book.pool][i]
        balance: uint256 = word & limits.MAX_BALANCE
        # Amount enters: rounds up.
        amount: uint256 = fixed_point.div_up(balance * shares, supply)
        assert amount <= limits_[i], "add: in above limit"
        word = unsafe_add(word - balance, share_maths.credited(balance, amount))  # cannot overflow: replaces the low bits
        storage.words[book.pool][i] = word
        amounts.append(amount)
        words.append(word)
    share_ledger.admit(book, receiver, amounts, shares, after)
    share_ledger.record(book.pool, books.ALL, True, amounts, [], shares, after, words)
    return amounts


@internal
def remove_proportional(book: books.Book, shares: uint256, limits_: DynArray[uint256, 16]) -> DynArray[uint256, 16]:
    """
    @dev Burn the caller's shares for their part of every balance; nothing can stop it but the caller's own limits.
    """
    supply: uint256 = extcall IShareToken(book.pool).burn(msg.sender, shares)
    after: uint256 = share_maths.burned(supply, shares)
    amounts: DynArray[uint256, 16] = []
    words: DynArray[uint256, 16] = []
    for i: uint256 in range(book.header.n, bound=16):
        word: uint256 = storage.words[book.pool][i]
        balance: uint256 = word & limits.MAX_BALANCE
        # Amount leaves: rounds down.
        amount: uint256 = balance * shares // supply
        assert amount >= limits_[i], "remove: out below limit"
        word = unsafe_add(word - balance, share_maths.debited(balance, amount))  # cannot overflow: replaces the low bits
        storage.words[book.pool][i] = word
        amounts.append(amount)
        words.append(word)
    share_ledger.record(book.pool, books.ALL, False, amounts, [], shares, after, words)
    return amounts
