# pragma version 0.4.3
"""
@title Unbalanced liquidity
@notice Shares for assets in any proportion, or for one asset: the kind says how many.
@custom:assumes the Vault holds the lock; a foreign kind's answers are held to the ledgers' bounds
@custom:rounding amounts in and shares burned up, amounts out and shares minted down
@custom:kill a paused pool refuses, a retired one takes nothing in
"""
# Every asset that moves is touched as by a swap, and the part above the proportional one pays the fee.

from ..interfaces import IKind
from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_policy_maths
from ..maths import limits
from ..maths import log_exp
from ..maths import oracle_maths
from ..maths import share_maths
from . import asking
from . import books
from . import pools
from . import pricing
from . import reading
from . import share_ledger
from . import storage

uses: storage
uses: pools
uses: asking
uses: share_ledger


@internal
def add_unbalanced(book: books.Book, amounts: DynArray[uint256, 16], min_shares: uint256, receiver: address) -> uint256:
    """
    @dev Mint shares for exact amounts.
    """
    assert len(amounts) == book.header.n, "add: one amount per asset"
    pools.check_tradable(book.pool, book.flags)
    fee: uint256 = self._prepare(book, constitution.BEFORE_ADD, books.ALL, amounts, 0)
    supply: uint256 = staticcall IShareToken(book.pool).totalSupply()
    shares: uint256 = 0
    fees: DynArray[uint256, 16] = []
    shares, fees = self._shares_for(
        book, pools.view_all(book.pool, book.header, book.flags), amounts, supply, fee
    )
    after: uint256 = share_maths.minted(supply, shares)
    assert shares >= min_shares, "add: shares below limit"
    words: DynArray[uint256, 16] = []
    # Averages are those of prices: growth that all assets share is none.
    shared: int256 = log_exp.log2_ratio(after, supply) // oracle_maths.DRIFT_UNIT
    for i: uint256 in range(book.header.n, bound=16):
        words.append(self._touch(book, i, amounts[i], fees[i], True, shared))
    extcall IShareToken(book.pool).mint(receiver, shares)
    share_ledger.admit(book.pool, book.flags, receiver, amounts, shares, after)
    share_ledger.record(book.pool, books.ALL, True, amounts, fees, shares, after, words)
    return shares


@internal
def donate(book: books.Book, amounts: DynArray[uint256, 16]):
    """
    @dev Give amounts to all providers; no shares.
    """
    assert len(amounts) == book.header.n, "add: one amount per asset"
    pools.check_tradable(book.pool, book.flags)
    words: DynArray[uint256, 16] = []
    for i: uint256 in range(book.header.n, bound=16):
        words.append(self._touch(book, i, amounts[i], 0, True, 0))
    supply: uint256 = staticcall IShareToken(book.pool).totalSupply()
    share_ledger.record(book.pool, books.ALL, True, amounts, [], 0, supply, words)


@internal
def add_single(
    book: books.Book, index: uint256, exact_shares: bool, given: uint256, limit: uint256, receiver: address
) -> (uint256, uint256):
    """
    @dev (amount in, shares) for one asset: an exact amount, or exact shares.
    """
    pools.check_tradable(book.pool, book.flags)
    fee: uint256 = self._prepare(book, constitution.BEFORE_ADD, index, [given], 0)
    supply: uint256 = staticcall IShareToken(book.pool).totalSupply()
    amount: uint256 = given
    shares: uint256 = given
    paid: uint256 = 0
    view_: IKind.PoolView = self._view(book, index)
    at: uint256 = self._place(book, index)
    if exact_shares:
        share_maths.minted(supply, shares)
        amount, paid = staticcall self._kind(book).compute_amount_in_given_shares(view_, at, shares, supply, fee)
        assert amount <= limit, "add: in above limit"
    else:
        amounts: DynArray[uint256, 16] = []
        for i: uint256 in range(len(view_.assets), bound=16):
            amounts.append(amount if i == at else 0)
        fees: DynArray[uint256, 16] = []
        shares, fees = self._shares_for(book, view_, amounts, supply, fee)
        paid = fees[at]
        assert shares >= limit, "add: shares below limit"
    after: uint256 = share_maths.minted(supply, shares)
    word: uint256 = self._touch(book, index, amount, paid, True, 0)
    extcall IShareToken(book.pool).mint(receiver, shares)
    share_ledger.admit(book.pool, book.flags, receiver, [amount], shares, after)
    share_ledger.record(book.pool, index, True, [amount], [paid], shares, after, [word])
    return amount, shares


@internal
def remove_single(
    book: books.Book, index: uint256, exact_out: bool, given: uint256, limit: uint256
) -> (uint256, uint256):
    """
    @dev (amount out, shares) for one asset: exact shares, or an exact amount.
    """
    pools.check_unpaused(book.pool, book.flags)
    fee: uint256 = self._prepare(book, constitution.BEFORE_REMOVE, index, [given], 0)
    supply: uint256 = staticcall IShareToken(book.pool).totalSupply()
    amount: uint256 = given
    shares: uint256 = given
    paid: uint256 = 0
    view_: IKind.PoolView = self._view(book, index)
    at: uint256 = self._place(book, index)
    if exact_out:
        shares, paid = staticcall self._kind(book).compute_shares_given_amount_out(view_, at, amount, supply, fee)
        assert shares <= limit, "remove: shares above limit"
    else:
        share_maths.burned(supply, shares)
        amount, paid = staticcall self._kind(book).compute_amount_out_given_shares(view_, at, shares, supply, fee)
        assert amount > 0, "remove: zero out"
        assert amount >= limit, "remove: out below limit"
    after: uint256 = share_maths.burned(supply, shares)
    word: uint256 = self._touch(book, index, amount, paid, False, 0)
    extcall IShareToken(book.pool).burn(msg.sender, shares)
    if book.flags & asset_word.MODULAR != 0:
        asking.finish_liquidity(book.pool, constitution.AFTER_REMOVE, [amount], shares)
    share_ledger.record(book.pool, index, False, [amount], [paid], shares, after, [word])
    return amount, shares


@internal
@view
def _shares_for(
    book: books.Book, view_: IKind.PoolView, amounts: DynArray[uint256, 16], supply: uint256, fee: uint256
) -> (uint256, DynArray[uint256, 16]):
    shares: uint256 = 0
    fees: DynArray[uint256, 16] = []
    shares, fees = staticcall self._kind(book).compute_shares_given_amounts_in(view_, amounts, supply, fee)
    assert len(fees) == len(amounts), "kind: malformed"
    return shares, fees


@internal
@view
def _kind(book: books.Book) -> IKind:
    return IKind(convert(book.header.kind_address, address))


@internal
@view
def _needs_all(book: books.Book) -> bool:
    """
    @dev The native kinds are known; a foreign one is always given everything.
    """
    return book.header.kind != constitution.WEIGHTED and book.header.kind != constitution.CONSTANT_PRODUCT


@internal
@view
def _view(book: books.Book, index: uint256) -> IKind.PoolView:
    """
    @dev The asset alone where the kind can do with it, else all.
    """
    assert index < book.header.n, "vault: no such token"
    if self._needs_all(book):
        return pools.view_all(book.pool, book.header, book.flags)
    return pools.view_one(book.pool, book.header, book.flags, index)


@internal
@view
def _place(book: books.Book, index: uint256) -> uint256:
    if self._needs_all(book):
        return index
    return 0


@internal
def _prepare(book: books.Book, point: uint256, index: uint256, amounts: DynArray[uint256, 16], shares: uint256) -> uint256:
    """
    @dev Let rates be followed and the module speak, where there are any; the fee that the operation pays.
    """
    module_fee: uint256 = 0
    if book.header.rated or book.flags & asset_word.MODULAR != 0:
        module_fee = asking.prepare_liquidity(book.pool, point, index, amounts, shares)
    return self._fee(book, index, module_fee)


@internal
@view
def _fee(book: books.Book, index: uint256, module_fee: uint256) -> uint256:
    """
    @dev What the part above the proportional one pays: the base fee; under volatility, that of the asset that moves, or of the most
         volatile one; under imbalance, the dearest that any swap would pay now, so that liquidity is no way around it.
    """
    terms: constitution.Terms = book.terms
    if terms.policy == fee_policy_maths.VOLATILITY:
        most: uint256 = 0
        for i: uint256 in range(book.header.n, bound=16):
            if index == books.ALL or index == i:
                asset: asset_word.Asset = asset_word.unpack(storage.words[book.pool][i])
                most = max(most, oracle_maths.rested(asset, block.timestamp, book.header.half_life)[1])
        return fee_policy_maths.volatility_fee(
            terms.base, terms.most, terms.slope, oracle_maths.volatility(most)
        )
    if terms.policy == fee_policy_maths.IMBALANCE:
        least: uint256 = max_value(uint256)
        most: uint256 = 0
        for i: uint256 in range(book.header.n, bound=16):
            record: constitution.Record = reading.record(book.pool, i)
            balance: uint256 = storage.words[book.pool][i] & limits.MAX_BALANCE
            value: uint256 = balance * pools.factor(book.pool, book.header, i, record.decimals) // record.weight
            least = min(least, value)
            most = max(most, value)
        return fee_policy_maths.imbalance_fee(terms.least, terms.base, terms.most, terms.slope, most, least)
    if terms.policy == fee_policy_maths.MODULE:
        return min(max(module_fee, terms.least), terms.most)
    return terms.base


@internal
def _touch(book: books.Book, index: uint256, amount: uint256, fee: uint256, added: bool, shared: int256) -> uint256:
    """
    @dev Move one asset as a swap does: owed fees, balance, drift (less the growth that all assets share); the new word.
    """
    before: uint256 = storage.words[book.pool][index]
    drift: int256 = 0
    variance: uint256 = 0
    drift, variance = oracle_maths.rested(asset_word.unpack(before), block.timestamp, book.header.half_life)
    record: uint256 = reading.record_word(book.pool, index)
    owed: uint256 = 0
    kept: uint256 = 0
    owed, kept = pricing.owed_of(fee, book.split_word, constitution.decimals(record))
    balance: uint256 = asset_word.balance_of(before)
    after: uint256 = 0
    if added:
        assert kept <= amount, "kind: malformed"
        after = share_maths.credited(balance, amount - kept)
    else:
        after = share_maths.debited(balance, amount + kept)
    owed += asset_word.owed_of(before)
    if owed > asset_word.MAX_OWED:
        storage.settle_owed(book.pool, reading.token(record), constitution.decimals(record), owed, book.split)
        owed = 0
    word: uint256 = asset_word.replaced(
        before, after, owed, oracle_maths.drifted(drift + shared, balance, after), variance, block.timestamp
    )
    storage.words[book.pool][index] = word
    return word
