# pragma version 0.4.3
"""
@title Vault counterparts
@notice The part of the Vault that talks to rate providers, modules and kinds; run in its place by delegatecall.
@custom:assumes it is run by the Vault's own code only: no call from outside is passed on to it, and by itself it holds nothing
@custom:rounding none of its own
@custom:kill exits in proportion through recovery_exit never come here
"""

from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_policy_maths
from . import asking
from . import books
from . import counterparts
from . import lock
from . import pools
from . import pricing
from . import reading
from . import recording
from . import singles
from . import storage

initializes: storage
initializes: lock
initializes: pools[storage := storage]
initializes: books[storage := storage]
initializes: counterparts[storage := storage]
initializes: recording[storage := storage, pools := pools, counterparts := counterparts]
initializes: singles[pools := pools]
initializes: asking


@deploy
def __init__():
    asking.__init__(self)


@external
def prepare_swap(
    pool: address,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    amount: uint256,
    terms: uint256,
    variance: uint256,
) -> asking.Prepared:
    """
    @notice What a swap about to be priced needs beyond its two words. Tells the recorder, follows the rates, asks the module.
    """
    book: books.Book = books.open(pool)
    if book.flags & asset_word.MODULAR != 0:
        asking.tell_recorder(pool)
    if book.header.rated:
        counterparts.follow_rates(pool, book.header)
        counterparts.check_rate(pool, index_in)
        counterparts.check_rate(pool, index_out)
    signals: pricing.Signals = empty(pricing.Signals)
    signals.variance = variance
    if book.terms.policy == fee_policy_maths.TIERED:
        signals.account_class = counterparts.account_class(pool, book.header, book.split)
    if book.flags & asset_word.MODULAR != 0:
        counterparts.before_swap(pool, index_in, index_out, exact_out, amount)
        signals.module_fee = counterparts.module_fee(pool, index_in, index_out, exact_out, amount)
    record_in: constitution.Record = reading.record(pool, index_in)
    record_out: constitution.Record = reading.record(pool, index_out)
    weight_in: uint256 = pools.weight_now(pool, index_in, record_in.weight)
    weight_out: uint256 = pools.weight_now(pool, index_out, record_out.weight)
    if book.terms.policy == fee_policy_maths.IMBALANCE:
        signals.value_in = pricing.value(
            storage.words[pool][index_in], pools.factor(pool, book.header, index_in, record_in.decimals), weight_in
        )
        signals.value_out = pricing.value(
            storage.words[pool][index_out], pools.factor(pool, book.header, index_out, record_out.decimals), weight_out
        )
    return asking.Prepared(
        weight_in=weight_in,
        weight_out=weight_out,
        parameter=pools.parameter_now(pool, book.header.parameter, book.flags),
        fee=pricing.fee(terms, signals),
    )


@external
@view
def price_swap(
    pool: address,
    header_word: uint256,
    flags: uint256,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    given: uint256,
) -> uint256:
    """
    @notice The amount out for a net amount in (_e18), or with exact_out the net amount in for an amount out, where it takes the
            whole pool to tell: as its kind says.
    """
    header: constitution.Header = constitution.header(header_word)
    if exact_out:
        return pools.kind_in_given_out(pool, header, flags, index_in, index_out, given)
    return pools.kind_out_given_in(pool, header, flags, index_in, index_out, given)


@external
@view
def price_single(
    pool: address,
    header_word: uint256,
    flags: uint256,
    question: uint256,
    index: uint256,
    given: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @notice (shares or amount, fee in the asset) of liquidity in one asset; the questions are in singles.vy.
    """
    header: constitution.Header = constitution.header(header_word)
    if header_word & constitution.WITHDRAWAL == 0:
        return singles.price(pool, header, flags, question, index, given, supply, fee)
    net: uint256 = singles.given_net(header_word, question, given)
    answer: uint256 = 0
    paid: uint256 = 0
    answer, paid = singles.price(pool, header, flags, question, index, net, supply, fee)
    return singles.answer_gross(header_word, question, answer), paid


@external
def finish_swap(
    pool: address, index_in: uint256, index_out: uint256, amount_in: uint256, amount_out: uint256, balance_in: uint256
):
    """
    @notice Of a swap just written: turnover, where a fee asks for it, and the module's word.
    """
    book: books.Book = books.open(pool)
    if book.terms.policy == fee_policy_maths.TIERED and book.split.tier_source == constitution.TRADED:
        counterparts.add_turnover(pool, book.header, amount_in, balance_in)
    if book.flags & asset_word.MODULAR != 0:
        counterparts.after_swap(pool, index_in, index_out, amount_in, amount_out)


@external
def settle_owed(pool: address, token: address, record: uint256, owed: uint256, split: uint256):
    """
    @notice Credit what one asset owes to the creator and the protocol.
    """
    storage.settle_owed(pool, token, constitution.decimals(record), owed, constitution.split(split))


@external
def tell_recorder(pool: address):
    """
    @notice Of a pool with a module whose prices are about to move: the recorder's part. A call of its own: the memory that a whole
            pool takes would make the others dear.
    """
    recording.show(pool)


@external
def prepare_liquidity(
    pool: address, point: uint256, index: uint256, amounts: DynArray[uint256, 16], shares: uint256
) -> uint256:
    """
    @notice Of liquidity about to be worked out: the module's fee. Tells the recorder where a price moves, and follows the rates; an
            asset with a frozen one does not move.
    """
    book: books.Book = books.open(pool)
    if book.flags & asset_word.MODULAR != 0 and index != books.NO_ASSET:
        asking.tell_recorder(pool)
    if book.header.rated and index != books.NO_ASSET:
        counterparts.follow_rates(pool, book.header)
        for i: uint256 in range(book.header.n, bound=16):
            if index == books.ALL or index == i:
                counterparts.check_rate(pool, i)
    if book.flags & asset_word.MODULAR == 0:
        return 0
    counterparts.before(pool, point, amounts, shares)
    return counterparts.module_fee(pool, index, index, False, 0)


@external
def finish_liquidity(pool: address, point: uint256, amounts: DynArray[uint256, 16], shares: uint256):
    """
    @notice Of liquidity just written: the module's word.
    """
    counterparts.after(pool, point, amounts, shares)
