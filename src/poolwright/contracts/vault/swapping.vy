# pragma version 0.4.3
"""
@title Swapping
@notice Loads a pair, prices a swap, writes its two words.
@custom:assumes the Vault holds the lock
@custom:rounding see pricing.vy
@custom:kill a paused or retired pool refuses
"""

from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_maths
from ..maths import fee_policy_maths
from . import asking
from . import pools
from . import pricing
from . import reading
from . import storage

uses: storage
uses: asking
uses: pools


event Swap:
    pool: indexed(address)
    account: indexed(address)
    indices: uint256  # index in, index out * 256
    amount_in: uint256
    amount_out: uint256
    fee: uint256
    word_in: uint256
    word_out: uint256


# What the caller has still to do: pay and be paid.
struct Settled:
    token_in: address
    token_out: address
    amount_in: uint256
    amount_out: uint256


# Flags of a pool that VaultCounterparts is asked about.
SPECIAL: constant(uint256) = asset_word.RAMPING | asset_word.MODULAR


@internal
def swap(
    pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, integrator: address
) -> Settled:
    pair: pricing.Pair = self._load(pool, index_in, index_out)
    special: bool = self._is_special(pair)
    if special:
        pair = self._prepare(pair, pool, index_in, index_out, exact_out, amount)
    pair = pricing.rest(pair, block.timestamp)
    fee: uint256 = pricing.fee(pair)
    amount_in: uint256 = amount
    amount_out: uint256 = amount
    if exact_out:
        amount_in = fee_maths.gross_of_net_up(self._net_in(pair, pool, index_in, index_out, amount), fee)
    else:
        amount_out = self._out(pair, pool, index_in, index_out, fee_maths.net_of_fee(amount, fee))
        assert amount_out > 0, "swap: zero out"

    closed: pricing.Closed = pricing.close(
        pair, amount_in, amount_out, fee, integrator != empty(address), block.timestamp
    )
    storage.words[pool][index_in] = closed.word_in
    storage.words[pool][index_out] = closed.word_out
    token_in: address = reading.token(pair.record_in)
    if closed.owed > asset_word.MAX_OWED:
        storage.settle_owed(
            pool, token_in, constitution.decimals(pair.record_in), closed.owed, constitution.split(pair.split)
        )
    if closed.integrator > 0:
        storage.credit(integrator, token_in, closed.integrator)
    log Swap(
        pool=pool,
        account=msg.sender,
        indices=index_in | (index_out << 8),
        amount_in=amount_in,
        amount_out=amount_out,
        fee=closed.fee,
        word_in=closed.word_in,
        word_out=closed.word_out,
    )
    if special:
        asking.finish_swap(pool, index_in, index_out, amount_in, amount_out, asset_word.balance_of(pair.word_in))
    return Settled(
        token_in=token_in,
        token_out=reading.token(pair.record_out),
        amount_in=amount_in,
        amount_out=amount_out,
    )


@internal
@view
def _load(pool: address, index_in: uint256, index_out: uint256) -> pricing.Pair:
    """
    @dev The pair as the constitution and the storage have it.
    """
    assert index_in != index_out, "swap: same token"
    pair: pricing.Pair = empty(pricing.Pair)
    pair.header, pair.terms, pair.split = reading.heading(pool)
    assert max(index_in, index_out) < pair.header & 255, "swap: no such token"
    pair.word_in = storage.words[pool][index_in]
    pair.word_out = storage.words[pool][index_out]
    assert pair.word_in != 0, "vault: no such pool"
    pair.record_in = reading.record_word(pool, index_in)
    pair.record_out = reading.record_word(pool, index_out)
    pair.weight_in = constitution.weight(pair.record_in)
    pair.weight_out = constitution.weight(pair.record_out)
    flags: uint256 = pair.word_in >> asset_word.FLAGS_SHIFT
    if flags != 0:
        pools.check_tradable(pool, flags)
        if flags & asset_word.ALTERED != 0:
            pair.terms = storage.terms[pool]
            pair.split = storage.splits[pool]
    if constitution.policy(pair.terms) == fee_policy_maths.IMBALANCE and not self._is_special(pair):
        pair.factor_in = pools.plain_factor(pair.record_in)
        pair.factor_out = pools.plain_factor(pair.record_out)
    return pair


@internal
@pure
def _is_special(pair: pricing.Pair) -> bool:
    """
    @dev Whether the pool has more to look at than its two words: rates, a ramp, a module, classes of accounts.
    """
    return (
        (pair.word_in >> asset_word.FLAGS_SHIFT) & SPECIAL != 0
        or constitution.is_rated(pair.header)
        or constitution.policy(pair.terms) >= fee_policy_maths.TIERED
    )


@internal
def _prepare(
    pair: pricing.Pair, pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256
) -> pricing.Pair:
    answer: asking.Prepared = asking.prepare_swap(pool, index_in, index_out, exact_out, amount)
    prepared: pricing.Pair = pair
    prepared.weight_in = answer.weight_in
    prepared.weight_out = answer.weight_out
    prepared.factor_in = answer.factor_in
    prepared.factor_out = answer.factor_out
    prepared.account_class = answer.account_class
    prepared.module_fee = answer.module_fee
    return prepared


@internal
@view
def _out(pair: pricing.Pair, pool: address, index_in: uint256, index_out: uint256, net_in_e18: uint256) -> uint256:
    if constitution.kind(pair.header) == constitution.WEIGHTED:
        return pricing.weighted_out(pair, net_in_e18)
    flags: uint256 = pair.word_in >> asset_word.FLAGS_SHIFT
    return pools.kind_out_given_in(
        pool, constitution.header(pair.header), flags, index_in, index_out, net_in_e18
    )


@internal
@view
def _net_in(pair: pricing.Pair, pool: address, index_in: uint256, index_out: uint256, amount_out: uint256) -> uint256:
    if constitution.kind(pair.header) == constitution.WEIGHTED:
        return pricing.weighted_in(pair, amount_out)
    flags: uint256 = pair.word_in >> asset_word.FLAGS_SHIFT
    return pools.kind_in_given_out(
        pool, constitution.header(pair.header), flags, index_in, index_out, amount_out
    )
