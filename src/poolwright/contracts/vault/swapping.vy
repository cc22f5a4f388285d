# pragma version 0.4.3
"""
@title Swapping
@notice Loads a pair, prices a swap, writes its two words.
@custom:assumes the Vault holds the lock
@custom:rounding every amount comes from maths/: out down, in up; the pool's providers keep what rounding leaves
@custom:kill a paused or retired pool refuses
"""

from .. import refusal
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
from . import moving
from . import pools
from . import pricing
from . import reading
from . import stable_asking
from . import stable_pools
from . import storage

uses: storage
uses: asking
uses: stable_asking
uses: stable_pools
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
    if index_in == index_out:
        refusal.because("swap: same token")
    header: uint256 = 0
    terms: uint256 = 0
    split: uint256 = 0
    record_in: uint256 = 0
    record_out: uint256 = 0
    last: uint256 = index_in
    if index_out > last:
        last = index_out
    if last < reading.FEW:
        opening: uint256[6] = abi_decode(
            slice(pool.code, reading.CODE, reading.OPENING), uint256[6], unwrap_tuple=False
        )
        header = opening[0]
        terms = opening[1]
        split = opening[2]
        # cannot overflow: see above.
        record_in = opening[unsafe_add(3, index_in)]
        record_out = opening[unsafe_add(3, index_out)]
    else:
        if pool.codesize < reading.CODE + reading.WHOLE:
            refusal.because("swap: no such token")
        whole: Bytes[reading.WHOLE] = slice(pool.code, reading.CODE, reading.WHOLE)
        header = extract32(whole, 0, output_type=uint256)
        terms = extract32(whole, 32, output_type=uint256)
        split = extract32(whole, 64, output_type=uint256)
        # cannot overflow: at most 15, the last that there is room for; whether it is that of an asset is seen below.
        record_in = extract32(whole, unsafe_add(96, (index_in & 15) << 5), output_type=uint256)
        record_out = extract32(whole, unsafe_add(96, (index_out & 15) << 5), output_type=uint256)
    if last >= header & 255:
        refusal.because("swap: no such token")
    word_in: uint256 = storage.words[pool][index_in]
    word_out: uint256 = storage.words[pool][index_out]
    if word_in == 0:
        refusal.because("vault: no such pool")
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
    offset: uint256 = unsafe_sub((word_in >> asset_word.DRIFT_SHIFT) & moving.MAX_OFFSET, asset_word.DRIFT_OFFSET)
    drift_in: int256 = convert(convert(offset, bytes32), int256)
    variance_in: uint256 = (word_in >> asset_word.VARIANCE_SHIFT) & asset_word.MAX_VARIANCE
    drift_in, variance_in = oracle_maths.decayed(drift_in, variance_in, left_in)
    offset = unsafe_sub((word_out >> asset_word.DRIFT_SHIFT) & moving.MAX_OFFSET, asset_word.DRIFT_OFFSET)  # wraps on purpose: see above
    drift_out: int256 = convert(convert(offset, bytes32), int256)
    variance_out: uint256 = (word_out >> asset_word.VARIANCE_SHIFT) & asset_word.MAX_VARIANCE
    drift_out, variance_out = oracle_maths.decayed(drift_out, variance_out, left_out)

    # The fee. What the Vault does not work out itself, VaultCounterparts is asked.
    weight_in: uint256 = (record_in >> constitution.WEIGHT_SHIFT) & constitution.SHARE
    weight_out: uint256 = (record_out >> constitution.WEIGHT_SHIFT) & constitution.SHARE
    kind: uint256 = (header >> constitution.KIND_SHIFT) & 255
    policy: uint256 = terms >> constitution.POLICY_SHIFT
    parameter: uint256 = 0
    fee: uint256 = terms & constitution.SHARE
    imbalance: uint256 = 0  # terms of a fee that all values tell
    special: bool = (
        (flags & SPECIAL) | (header & constitution.RATED) != 0
        or (policy > fee_policy_maths.VOLATILITY and (policy > fee_policy_maths.IMBALANCE or kind != constitution.STABLE))
    )
    if special:
        more: asking.Prepared = asking.prepare_swap(
            pool, index_in, index_out, exact_out, amount, terms, max(variance_in, variance_out)
        )
        weight_in = more.weight_in
        weight_out = more.weight_out
        parameter = more.parameter
        fee = more.fee
    elif policy == fee_policy_maths.VOLATILITY:
        fee = pricing.volatility_fee(terms, max(variance_in, variance_out))
    elif policy == fee_policy_maths.IMBALANCE:
        imbalance = terms

    # The price.
    balance_in: uint256 = word_in & limits.MAX_BALANCE
    balance_out: uint256 = word_out & limits.MAX_BALANCE
    other: uint256 = 0
    if kind == constitution.STABLE:
        if not special:
            parameter = (header >> constitution.PARAMETER_SHIFT) & constitution.PARAMETER
        if exact_out:
            other, fee = stable_asking.price_in(pool, header, parameter, index_in, index_out, amount, fee, imbalance)
        else:
            other, fee = stable_pools.price_out(pool, header, parameter, index_in, index_out, amount, fee, imbalance)
    else:
        given: uint256 = amount
        if not exact_out:
            given = fee_maths.net_of_fee(amount, fee)
        if kind == constitution.WEIGHTED:
            if exact_out:
                other = weighted_maths.compute_in_given_exact_out(
                    balance_in, weight_in, balance_out, weight_out, given
                )
            else:
                other = weighted_maths.compute_out_given_exact_in(
                    balance_in, weight_in, balance_out, weight_out, given
                )
        elif kind == constitution.FOREIGN:
            other = asking.price_swap(pool, header, flags, index_in, index_out, exact_out, given)
        elif exact_out:
            other = constant_product_maths.compute_in_given_exact_out(balance_in, balance_out, given)
        else:
            other = constant_product_maths.compute_out_given_exact_in(balance_in, balance_out, given)
    done: Settled = Settled(
        token_in=convert(record_in & constitution.ACCOUNT, address),
        token_out=convert(record_out & constitution.ACCOUNT, address),
        amount_in=amount,
        amount_out=amount,
    )
    if exact_out:
        done.amount_in = fee_maths.gross_of_net_up(other, fee)
    else:
        done.amount_out = other
    if done.amount_out == 0:
        refusal.because("swap: zero out")

    # The fee's parts to whom they are due: as fee_maths.fee_of and pricing.owed_of, whose calls would cost a swap 180 gas.
    taken: uint256 = unsafe_mul(done.amount_in, fee) // limits.WAD  # cannot overflow: see fee_maths.fee_of
    quantum: uint256 = 10 ** 9
    decimals: uint256 = (record_in >> constitution.DECIMALS_SHIFT) & 255
    if decimals < limits.MAX_DECIMALS:
        quantum = asset_word.quantum(decimals)
    # cannot overflow: both are below 2^60.
    shares: uint256 = unsafe_add(split & constitution.SHARE, (split >> constitution.CREATOR_SHIFT) & constitution.SHARE)
    owed: uint256 = unsafe_mul(taken, shares) // unsafe_mul(limits.WAD, quantum)  # cannot overflow: see pricing.owed_of
    kept: uint256 = unsafe_mul(owed, quantum)  # cannot overflow: at most taken
    if integrator != empty(address):
        # cannot overflow: as above; the shares of a fee are at most all of it.
        part: uint256 = unsafe_mul(taken, (split >> constitution.INTEGRATOR_SHIFT) & constitution.SHARE) // limits.WAD
        storage.credit(integrator, done.token_in, part)
        kept = unsafe_add(kept, part)  # cannot overflow: see above
    # cannot overflow: a quotient by 10^18, and 40 bits.
    owed = unsafe_add(owed, (word_in >> asset_word.OWED_SHIFT) & asset_word.MAX_OWED)
    if owed > asset_word.MAX_OWED:
        asking.settle_owed(pool, done.token_in, record_in, owed, split)
        owed = 0

    # Both words after the swap, and the log.
    balance: uint256 = share_maths.credited(balance_in, unsafe_sub(done.amount_in, kept))  # cannot overflow: parts of it
    word_in = moving.moved(word_in, balance, owed, drift_in, variance_in)
    storage.words[pool][index_in] = word_in
    balance = share_maths.debited(balance_out, done.amount_out)
    owed = (word_out >> asset_word.OWED_SHIFT) & asset_word.MAX_OWED
    word_out = moving.moved(word_out, balance, owed, drift_out, variance_out)
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
