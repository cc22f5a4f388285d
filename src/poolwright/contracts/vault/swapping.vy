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
    amount_in: uint256
    amount_out: uint256
    fee_and_indices: uint256  # fee in the asset in, index in * 2^240, index out * 2^248: a word of a log costs 256 gas
    word_in: uint256
    word_out: uint256


# What the caller has still to do: pay and be paid.
struct Settled:
    token_in: address
    token_out: address
    amount_in: uint256
    amount_out: uint256


# Where both indices stand, in a hop and in an event.
INDICES_IN_HOP: constant(uint256) = 160
INDICES_SHIFT: constant(uint256) = 240
MAX_OFFSET: constant(uint256) = 2 ** asset_word.DRIFT_BITS - 1

# Flags of a pool that VaultCounterparts is asked about.
SPECIAL: constant(uint256) = asset_word.RAMPING | asset_word.MODULAR


@internal
def swap(hop: uint256, exact_out: bool, amount: uint256, integrator: address) -> Settled:
    """
    @dev A hop is pool + index in * 2^160 + index out * 2^168. One function from the words read to the words written: to hand them
         over by structs would cost a swap 300 gas.
    """
    # What the pool is, and the two words. Terms and split are those in force.
    pool: address = convert(hop & constitution.ACCOUNT, address)
    index_in: uint256 = (hop >> 160) & 255
    index_out: uint256 = hop >> 168
    assert index_in != index_out, "swap: same token"
    header: uint256 = 0
    terms: uint256 = 0
    split: uint256 = 0
    record_in: uint256 = 0
    record_out: uint256 = 0
    last: uint256 = max(index_in, index_out)
    if last < reading.FEW:
        opening: uint256[6] = abi_decode(
            slice(pool.code, reading.CODE, reading.OPENING), uint256[6], unwrap_tuple=False
        )
        header = opening[0]
        assert last < header & 255, "swap: no such token"
        terms = opening[1]
        split = opening[2]
        # cannot overflow: see above.
        record_in = opening[unsafe_add(3, index_in)]
        record_out = opening[unsafe_add(3, index_out)]
    else:
        assert pool.codesize >= reading.CODE + reading.WHOLE, "swap: no such token"
        whole: Bytes[reading.WHOLE] = slice(pool.code, reading.CODE, reading.WHOLE)
        header = extract32(whole, 0, output_type=uint256)
        assert last < header & 255, "swap: no such token"
        terms = extract32(whole, 32, output_type=uint256)
        split = extract32(whole, 64, output_type=uint256)
        # cannot overflow: see above.
        record_in = extract32(whole, unsafe_add(96, index_in << 5), output_type=uint256)
        record_out = extract32(whole, unsafe_add(96, index_out << 5), output_type=uint256)
    word_in: uint256 = storage.words[pool][index_in]
    word_out: uint256 = storage.words[pool][index_out]
    assert word_in != 0, "vault: no such pool"
    flags: uint256 = word_in >> asset_word.FLAGS_SHIFT
    if flags != 0:
        pools.check_tradable(pool, flags)
        if flags & asset_word.ALTERED != 0:
            terms = storage.terms[pool]
            split = storage.splits[pool]

    # What time has left of the averages, in 2^64 scale: see oracle_maths.decay.
    at_in: uint256 = (word_in >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME
    at_out: uint256 = (word_out >> asset_word.TIME_SHIFT) & asset_word.MAX_TIME
    half_life: uint256 = (header >> constitution.HALF_LIFE_SHIFT) & constitution.HALF_LIFE
    # cannot overflow: what is in the words is past.
    left_in: uint256 = oracle_maths.decay(unsafe_sub(block.timestamp, at_in), half_life)
    left_out: uint256 = left_in
    if at_out != at_in:
        left_out = oracle_maths.decay(unsafe_sub(block.timestamp, at_out), half_life)  # cannot overflow: as above
    # asset_word.drift_of, without its calls. wraps on purpose: two's complement.
    offset: uint256 = unsafe_sub((word_in >> asset_word.DRIFT_SHIFT) & MAX_OFFSET, asset_word.DRIFT_OFFSET)
    drift_in: int256 = convert(convert(offset, bytes32), int256)
    variance_in: uint256 = (word_in >> asset_word.VARIANCE_SHIFT) & asset_word.MAX_VARIANCE
    drift_in, variance_in = oracle_maths.decayed(drift_in, variance_in, left_in)
    offset = unsafe_sub((word_out >> asset_word.DRIFT_SHIFT) & MAX_OFFSET, asset_word.DRIFT_OFFSET)  # wraps on purpose: see above
    drift_out: int256 = convert(convert(offset, bytes32), int256)
    variance_out: uint256 = (word_out >> asset_word.VARIANCE_SHIFT) & asset_word.MAX_VARIANCE
    drift_out, variance_out = oracle_maths.decayed(drift_out, variance_out, left_out)

    # The fee.
    weight_in: uint256 = (record_in >> constitution.WEIGHT_SHIFT) & constitution.SHARE
    weight_out: uint256 = (record_out >> constitution.WEIGHT_SHIFT) & constitution.SHARE
    policy: uint256 = terms >> constitution.POLICY_SHIFT
    special: bool = (
        (flags & SPECIAL) | (header & constitution.RATED) != 0 or policy >= fee_policy_maths.TIERED
    )
    fee: uint256 = 0
    if special:
        more: asking.Prepared = asking.prepare_swap(pool, index_in, index_out, exact_out, amount)
        weight_in = more.weight_in
        weight_out = more.weight_out
        fee = self._fee(terms, max(variance_in, variance_out), word_in, word_out, more)
    elif policy == fee_policy_maths.VOLATILITY:
        fee = pricing.volatility_fee(terms, max(variance_in, variance_out))
    else:
        fee = self._plain_fee(terms, word_in, word_out, record_in, record_out)

    # The price.
    balance_in: uint256 = word_in & limits.MAX_BALANCE
    balance_out: uint256 = word_out & limits.MAX_BALANCE
    given: uint256 = amount
    if not exact_out:
        given = fee_maths.net_of_fee(amount, fee)
    other: uint256 = 0
    if (header >> constitution.KIND_SHIFT) & 255 != constitution.WEIGHTED:
        other = self._of_kind(header, word_in, word_out, pool, index_in, index_out, exact_out, given)
    elif exact_out:
        other = weighted_maths.compute_in_given_exact_out(balance_in, weight_in, balance_out, weight_out, given)
    else:
        other = weighted_maths.compute_out_given_exact_in(balance_in, weight_in, balance_out, weight_out, given)
    done: Settled = Settled(
        token_in=convert(record_in & constitution.ACCOUNT, address),
        token_out=convert(record_out & constitution.ACCOUNT, address),
        amount_in=amount,
        amount_out=amount,
    )
    if exact_out:
        done.amount_in = fee_maths.gross_of_net_up(other, fee)
    else:
        assert other > 0, "swap: zero out"
        done.amount_out = other

    # The fee's parts to whom they are due.
    taken: uint256 = fee_maths.fee_of(done.amount_in, fee)
    owed: uint256 = 0
    kept: uint256 = 0
    owed, kept = pricing.owed_of(taken, split, (record_in >> constitution.DECIMALS_SHIFT) & 255)
    if integrator != empty(address):
        part: uint256 = taken * constitution.split(split).integrator // limits.WAD
        storage.credit(integrator, done.token_in, part)
        kept += part
    # cannot overflow: a quotient by 10^18, and 40 bits.
    owed = unsafe_add(owed, (word_in >> asset_word.OWED_SHIFT) & asset_word.MAX_OWED)
    if owed > asset_word.MAX_OWED:
        storage.settle_owed(
            pool, done.token_in, constitution.decimals(record_in), owed, constitution.split(split)
        )
        owed = 0

    # Both words after the swap, and the log.
    balance: uint256 = share_maths.credited(balance_in, unsafe_sub(done.amount_in, kept))  # cannot overflow: parts of it
    word_in = self._moved(word_in, balance, owed, drift_in, variance_in)
    storage.words[pool][index_in] = word_in
    balance = share_maths.debited(balance_out, done.amount_out)
    owed = (word_out >> asset_word.OWED_SHIFT) & asset_word.MAX_OWED
    word_out = self._moved(word_out, balance, owed, drift_out, variance_out)
    storage.words[pool][index_out] = word_out
    log Swap(
        pool=pool,
        account=msg.sender,
        amount_in=done.amount_in,
        amount_out=done.amount_out,
        fee_and_indices=taken | ((hop >> INDICES_IN_HOP) << INDICES_SHIFT),
        word_in=word_in,
        word_out=word_out,
    )
    if special:
        asking.finish_swap(pool, index_in, index_out, done.amount_in, done.amount_out, balance_in)
    return done


@internal
@pure
def _fee(
    terms: uint256, variance: uint256, word_in: uint256, word_out: uint256, more: asking.Prepared
) -> uint256:
    """
    @dev The fee of a pool that has counterparts, ramps or a tiered fee.
    """
    return pricing.fee(
        terms,
        pricing.Signals(
            variance=variance,
            value_in=pricing.value(word_in, more.factor_in, more.weight_in),
            value_out=pricing.value(word_out, more.factor_out, more.weight_out),
            account_class=more.account_class,
            module_fee=more.module_fee,
        ),
    )


@internal
@pure
def _plain_fee(
    terms: uint256, word_in: uint256, word_out: uint256, record_in: uint256, record_out: uint256
) -> uint256:
    """
    @dev The fee where the balances tell it, or nothing but the terms.
    """
    signals: pricing.Signals = empty(pricing.Signals)
    if constitution.policy(terms) == fee_policy_maths.IMBALANCE:
        signals.value_in = pricing.value(word_in, pools.plain_factor(record_in), constitution.weight(record_in))
        signals.value_out = pricing.value(word_out, pools.plain_factor(record_out), constitution.weight(record_out))
    return pricing.fee(terms, signals)


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
@view
def _moved(word: uint256, balance: uint256, owed: uint256, drift: int256, variance: uint256) -> uint256:
    """
    @dev The word with a new balance, its average, decayed already, moved on. Packed here as asset_word.replaced does, whose two
         calls would cost a swap 196 gas.
    """
    moved: int256 = oracle_maths.drifted(drift, word & limits.MAX_BALANCE, balance)
    # cannot overflow: a drift is above -2^33, and two's complement adds alike with and without a sign.
    offset: uint256 = unsafe_add(convert(convert(moved, bytes32), uint256), asset_word.DRIFT_OFFSET)
    return (
        balance
        | (owed << asset_word.OWED_SHIFT)
        | (offset << asset_word.DRIFT_SHIFT)
        | (variance << asset_word.VARIANCE_SHIFT)
        | (block.timestamp << asset_word.TIME_SHIFT)
        | (word & (asset_word.MAX_FLAGS << asset_word.FLAGS_SHIFT))
    )
