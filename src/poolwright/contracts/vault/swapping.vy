# pragma version 0.4.3
"""
@title Swapping
@notice Loads a pair, prices a swap, writes its two words.
@custom:assumes the Vault holds the lock
@custom:rounding every amount comes from maths/: out down, in up; the pool's providers keep what rounding leaves
@custom:kill a paused or retired pool refuses
"""

from ..maths import asset_word
from ..maths import constant_product_maths
from ..maths import constitution
from ..maths import fee_maths
from ..maths import fee_policy_maths
from ..maths import limits
from ..maths import oracle_maths
from ..maths import share_maths
from ..maths import weighted_maths
from . import asking
from . import pools
from . import pricing
from . import reading
from . import stable_asking
from . import storage

uses: storage
uses: asking
uses: stable_asking
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


# Two assets of a pool as words: see constitution.vy and asset_word.vy. Terms and split are those in force.
struct Pair:
    header: uint256
    terms: uint256
    split: uint256
    record_in: uint256
    record_out: uint256
    word_in: uint256
    word_out: uint256
    special: bool  # VaultCounterparts is asked
    drift_in: int256  # as they were
    drift_out: int256
    left_in: uint256  # what time leaves of an average, in 2^64 scale: see oracle_maths.decay
    left_out: uint256
    variance_in: uint256  # rested until now
    variance_out: uint256


# Flags of a pool that VaultCounterparts is asked about.
SPECIAL: constant(uint256) = asset_word.RAMPING | asset_word.MODULAR


@internal
def swap(
    pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, integrator: address
) -> Settled:
    pair: Pair = self._load(pool, index_in, index_out)
    weight_in: uint256 = (pair.record_in >> constitution.WEIGHT_SHIFT) & constitution.SHARE
    weight_out: uint256 = (pair.record_out >> constitution.WEIGHT_SHIFT) & constitution.SHARE
    variance: uint256 = max(pair.variance_in, pair.variance_out)
    fee: uint256 = 0
    if pair.special:
        fee, weight_in, weight_out = self._asked(pair, pool, index_in, index_out, exact_out, amount, variance)
    elif pair.terms >> constitution.POLICY_SHIFT == fee_policy_maths.VOLATILITY:
        fee = pricing.volatility_fee(pair.terms, variance)
    else:
        fee = self._plain_fee(pair, weight_in, weight_out)
    given: uint256 = amount
    if not exact_out:
        given = fee_maths.net_of_fee(amount, fee)
    other: uint256 = 0
    balance_in: uint256 = pair.word_in & limits.MAX_BALANCE
    balance_out: uint256 = pair.word_out & limits.MAX_BALANCE
    if (pair.header >> constitution.KIND_SHIFT) & 255 != constitution.WEIGHTED:
        other = self._of_kind(pair.header, pair.word_in, pair.word_out, pool, index_in, index_out, exact_out, given)
    elif exact_out:
        other = weighted_maths.compute_in_given_exact_out(balance_in, weight_in, balance_out, weight_out, given)
    else:
        other = weighted_maths.compute_out_given_exact_in(balance_in, weight_in, balance_out, weight_out, given)
    amount_in: uint256 = amount
    amount_out: uint256 = amount
    if exact_out:
        amount_in = fee_maths.gross_of_net_up(other, fee)
    else:
        assert other > 0, "swap: zero out"
        amount_out = other
    self._write(pair, pool, index_in, index_out, amount_in, amount_out, fee, integrator)
    if pair.special:
        asking.finish_swap(pool, index_in, index_out, amount_in, amount_out, balance_in)
    return Settled(
        token_in=convert(pair.record_in & constitution.ACCOUNT, address),
        token_out=convert(pair.record_out & constitution.ACCOUNT, address),
        amount_in=amount_in,
        amount_out=amount_out,
    )


@internal
@view
def _load(pool: address, index_in: uint256, index_out: uint256) -> Pair:
    """
    @dev The pair as the constitution and the storage have it; reverts for a pool that does not trade.
    """
    assert index_in != index_out, "swap: same token"
    opening: uint256[6] = abi_decode(
        slice(pool.code, reading.CODE, reading.OPENING), uint256[6], unwrap_tuple=False
    )
    pair: Pair = empty(Pair)
    pair.header = opening[0]
    pair.terms = opening[1]
    pair.split = opening[2]
    assert max(index_in, index_out) < pair.header & 255, "swap: no such token"
    # cannot overflow: see above.
    pair.record_in = opening[unsafe_add(3, index_in)] if index_in < 3 else reading.record_word(pool, index_in)
    pair.record_out = opening[unsafe_add(3, index_out)] if index_out < 3 else reading.record_word(pool, index_out)
    pair.word_in = storage.words[pool][index_in]
    pair.word_out = storage.words[pool][index_out]
    assert pair.word_in != 0, "vault: no such pool"
    flags: uint256 = pair.word_in >> asset_word.FLAGS_SHIFT
    if flags != 0:
        pools.check_tradable(pool, flags)
        if flags & asset_word.ALTERED != 0:
            pair.terms = storage.terms[pool]
            pair.split = storage.splits[pool]
    pair.special = (
        flags & SPECIAL != 0
        or pair.header & constitution.RATED != 0
        or pair.terms >> constitution.POLICY_SHIFT >= fee_policy_maths.TIERED
    )
    at_in: uint256 = (pair.word_in >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME
    at_out: uint256 = (pair.word_out >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME
    half_life: uint256 = (pair.header >> constitution.HALF_LIFE_SHIFT) & constitution.HALF_LIFE
    # cannot overflow: what is in the words is past.
    pair.left_in = oracle_maths.decay(unsafe_sub(block.timestamp, at_in), half_life)
    pair.left_out = pair.left_in
    if at_out != at_in:
        pair.left_out = oracle_maths.decay(unsafe_sub(block.timestamp, at_out), half_life)  # cannot overflow: as above
    variance: uint256 = (pair.word_in >> asset_word.VARIANCE_SHIFT) & asset_word.MAX_VARIANCE
    pair.drift_in = asset_word.drift_of(pair.word_in)
    pair.variance_in = oracle_maths.decayed_variance(pair.drift_in, variance, pair.left_in)
    variance = (pair.word_out >> asset_word.VARIANCE_SHIFT) & asset_word.MAX_VARIANCE
    pair.drift_out = asset_word.drift_of(pair.word_out)
    pair.variance_out = oracle_maths.decayed_variance(pair.drift_out, variance, pair.left_out)
    return pair


@internal
def _asked(
    pair: Pair,
    pool: address,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    amount: uint256,
    variance: uint256,
) -> (uint256, uint256, uint256):
    """
    @dev (fee, weight in, weight out) of a pool that has counterparts, ramps or a tiered fee.
    """
    more: asking.Prepared = asking.prepare_swap(pool, index_in, index_out, exact_out, amount)
    fee: uint256 = pricing.fee(
        pair.terms,
        pricing.Signals(
            variance=variance,
            value_in=pricing.value(pair.word_in, more.factor_in, more.weight_in),
            value_out=pricing.value(pair.word_out, more.factor_out, more.weight_out),
            account_class=more.account_class,
            module_fee=more.module_fee,
        ),
    )
    return fee, more.weight_in, more.weight_out


@internal
@pure
def _plain_fee(pair: Pair, weight_in: uint256, weight_out: uint256) -> uint256:
    """
    @dev The fee where the balances tell it, or nothing but the terms.
    """
    signals: pricing.Signals = empty(pricing.Signals)
    if constitution.policy(pair.terms) == fee_policy_maths.IMBALANCE:
        signals.value_in = pricing.value(pair.word_in, pools.plain_factor(pair.record_in), weight_in)
        signals.value_out = pricing.value(pair.word_out, pools.plain_factor(pair.record_out), weight_out)
    return pricing.fee(pair.terms, signals)


@internal
def _of_kind(
    header: uint256,
    word_in: uint256,
    word_out: uint256,
    pool: address,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    given: uint256,
) -> uint256:
    """
    @dev The amount out (raw) for a net amount in (_e18), or with exact_out the net amount in for an amount out.
    """
    kind: uint256 = constitution.kind(header)
    if kind == constitution.STABLE:
        flags: uint256 = word_in >> asset_word.FLAGS_SHIFT
        return stable_asking.price_swap(pool, header, flags, index_in, index_out, exact_out, given)
    if kind != constitution.CONSTANT_PRODUCT:
        flags: uint256 = word_in >> asset_word.FLAGS_SHIFT
        return asking.price_swap(pool, header, flags, index_in, index_out, exact_out, given)
    balance_in: uint256 = word_in & limits.MAX_BALANCE
    balance_out: uint256 = word_out & limits.MAX_BALANCE
    if exact_out:
        return constant_product_maths.compute_in_given_exact_out(balance_in, balance_out, given)
    return constant_product_maths.compute_out_given_exact_in(balance_in, balance_out, given)


@internal
def _write(
    pair: Pair,
    pool: address,
    index_in: uint256,
    index_out: uint256,
    amount_in: uint256,
    amount_out: uint256,
    fee: uint256,
    integrator: address,
):
    """
    @dev Both words after the swap, the fee's parts to whom they are due, and the log.
    """
    taken: uint256 = fee_maths.fee_of(amount_in, fee)
    owed: uint256 = 0
    kept: uint256 = 0
    owed, kept = pricing.owed_of(taken, pair.split, (pair.record_in >> constitution.DECIMALS_SHIFT) & 255)
    if integrator != empty(address):
        part: uint256 = taken * constitution.split(pair.split).integrator // limits.WAD
        storage.credit(integrator, reading.token(pair.record_in), part)
        kept += part
    # cannot overflow: a quotient by 10^18, and 40 bits.
    owed = unsafe_add(owed, (pair.word_in >> asset_word.OWED_SHIFT) & asset_word.MAX_OWED)
    if owed > asset_word.MAX_OWED:
        storage.settle_owed(
            pool,
            reading.token(pair.record_in),
            constitution.decimals(pair.record_in),
            owed,
            constitution.split(pair.split),
        )
        owed = 0
    balance: uint256 = share_maths.credited(pair.word_in & limits.MAX_BALANCE, amount_in - kept)
    word_in: uint256 = self._moved(
        pair.word_in, balance, owed, pair.drift_in, pair.left_in, pair.variance_in
    )
    storage.words[pool][index_in] = word_in
    balance = share_maths.debited(pair.word_out & limits.MAX_BALANCE, amount_out)
    owed = (pair.word_out >> asset_word.OWED_SHIFT) & asset_word.MAX_OWED
    word_out: uint256 = self._moved(
        pair.word_out, balance, owed, pair.drift_out, pair.left_out, pair.variance_out
    )
    storage.words[pool][index_out] = word_out
    log Swap(
        pool=pool,
        account=msg.sender,
        indices=index_in | (index_out << 8),
        amount_in=amount_in,
        amount_out=amount_out,
        fee=taken,
        word_in=word_in,
        word_out=word_out,
    )


@internal
@view
def _moved(
    word: uint256, balance: uint256, owed: uint256, drift: int256, left: uint256, variance: uint256
) -> uint256:
    """
    @dev The word with a new balance, its average decayed to what time left of it and moved on. Packed here as asset_word.replaced
         does, whose two calls would cost a swap 196 gas.
    """
    decayed: int256 = oracle_maths.decayed_drift(drift, left)
    moved: int256 = oracle_maths.drifted(decayed, word & limits.MAX_BALANCE, balance)
    # cannot overflow: a drift is above -2^33, and two's complement adds alike with and without a sign.
    offset: uint256 = unsafe_add(convert(convert(moved, bytes32), uint256), asset_word.DRIFT_OFFSET)
    return (
        balance
        | (owed << asset_word.OWED_SHIFT)
        | (offset << asset_word.DRIFT_SHIFT)
        | (variance << asset_word.VARIANCE_SHIFT)
        | (block.timestamp << asset_word.TIME_SHIFT)
        | (word >> asset_word.FLAGS_SHIFT << asset_word.FLAGS_SHIFT)
    )
