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
from ..maths import oracle_maths
from ..maths import weighted_maths
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
    special: bool = (
        (pair.word_in >> asset_word.FLAGS_SHIFT) & SPECIAL != 0
        or constitution.is_rated(pair.header)
        or constitution.policy(pair.terms) >= fee_policy_maths.TIERED
    )
    if special:
        more: asking.Prepared = asking.prepare_swap(pool, index_in, index_out, exact_out, amount)
        pair.weight_in = more.weight_in
        pair.weight_out = more.weight_out
        pair.factor_in = more.factor_in
        pair.factor_out = more.factor_out
        pair.account_class = more.account_class
        pair.module_fee = more.module_fee
    fee: uint256 = pricing.fee(pair)
    amount_in: uint256 = amount
    amount_out: uint256 = amount
    if exact_out:
        amount_in = self._in(pair, pool, index_in, index_out, amount, fee)
    else:
        amount_out = self._out(pair, pool, index_in, index_out, amount, fee)
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
    @dev The pair as the constitution and the storage have it, drifts and variances rested until now.
    """
    assert index_in != index_out, "swap: same token"
    data: Bytes[reading.OPENING] = reading.opening(pool)
    pair: pricing.Pair = empty(pricing.Pair)
    pair.header = extract32(data, 0, output_type=uint256)
    pair.terms = extract32(data, 32, output_type=uint256)
    pair.split = extract32(data, 64, output_type=uint256)
    assert max(index_in, index_out) < pair.header & 255, "swap: no such token"
    if index_in < 3:
        pair.record_in = extract32(data, 96 + 32 * index_in, output_type=uint256)
    else:
        pair.record_in = reading.record_word(pool, index_in)
    if index_out < 3:
        pair.record_out = extract32(data, 96 + 32 * index_out, output_type=uint256)
    else:
        pair.record_out = reading.record_word(pool, index_out)
    pair.weight_in = constitution.weight(pair.record_in)
    pair.weight_out = constitution.weight(pair.record_out)
    pair.word_in = storage.words[pool][index_in]
    pair.word_out = storage.words[pool][index_out]
    assert pair.word_in != 0, "vault: no such pool"
    flags: uint256 = pair.word_in >> asset_word.FLAGS_SHIFT
    if flags != 0:
        pools.check_tradable(pool, flags)
        if flags & asset_word.ALTERED != 0:
            pair.terms = storage.terms[pool]
            pair.split = storage.splits[pool]
    if constitution.policy(pair.terms) == fee_policy_maths.IMBALANCE:
        pair.factor_in = pools.plain_factor(pair.record_in)
        pair.factor_out = pools.plain_factor(pair.record_out)
    at_in: uint256 = asset_word.time_of(pair.word_in)
    at_out: uint256 = asset_word.time_of(pair.word_out)
    half_life: uint256 = constitution.half_life(pair.header)
    d: uint256 = oracle_maths.decay(block.timestamp - at_in, half_life)
    pair.drift_in, pair.variance_in = oracle_maths.decayed(
        asset_word.drift_of(pair.word_in), asset_word.variance_of(pair.word_in), d
    )
    if at_out != at_in:
        d = oracle_maths.decay(block.timestamp - at_out, half_life)
    pair.drift_out, pair.variance_out = oracle_maths.decayed(
        asset_word.drift_of(pair.word_out), asset_word.variance_of(pair.word_out), d
    )
    return pair


@internal
@view
def _out(
    pair: pricing.Pair, pool: address, index_in: uint256, index_out: uint256, amount_in: uint256, fee: uint256
) -> uint256:
    net_in_e18: uint256 = fee_maths.net_of_fee(amount_in, fee)
    amount_out: uint256 = 0
    if constitution.kind(pair.header) == constitution.WEIGHTED:
        amount_out = weighted_maths.compute_out_given_exact_in(
            asset_word.balance_of(pair.word_in),
            pair.weight_in,
            asset_word.balance_of(pair.word_out),
            pair.weight_out,
            net_in_e18,
        )
    else:
        flags: uint256 = pair.word_in >> asset_word.FLAGS_SHIFT
        amount_out = pools.kind_out_given_in(
            pool, constitution.header(pair.header), flags, index_in, index_out, net_in_e18
        )
    assert amount_out > 0, "swap: zero out"
    return amount_out


@internal
@view
def _in(
    pair: pricing.Pair, pool: address, index_in: uint256, index_out: uint256, amount_out: uint256, fee: uint256
) -> uint256:
    net_in_e18: uint256 = 0
    if constitution.kind(pair.header) == constitution.WEIGHTED:
        net_in_e18 = weighted_maths.compute_in_given_exact_out(
            asset_word.balance_of(pair.word_in),
            pair.weight_in,
            asset_word.balance_of(pair.word_out),
            pair.weight_out,
            amount_out,
        )
    else:
        flags: uint256 = pair.word_in >> asset_word.FLAGS_SHIFT
        net_in_e18 = pools.kind_in_given_out(
            pool, constitution.header(pair.header), flags, index_in, index_out, amount_out
        )
    return fee_maths.gross_of_net_up(net_in_e18, fee)
