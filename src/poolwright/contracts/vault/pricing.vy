# pragma version 0.4.3
"""
@title Pricing
@notice What a swap does to the words of its two assets: used by the Vault to do it and by the lens to preview it.
@custom:assumes a pair loaded from the constitution and the storage of one pool
@custom:rounding every amount comes from maths/: out down, in up; the pool's providers keep what rounding leaves
@custom:kill none: it holds nothing
"""
# In this order: load a Pair, rested until now, ask its fee, ask the amount that is not given (weighted_maths.vy or the kind), close.

from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_maths
from ..maths import fee_policy_maths
from ..maths import limits
from ..maths import oracle_maths
from ..maths import share_maths


# Two assets of a pool as words: see constitution.vy and asset_word.vy. Terms and split are those in force, weights those of now.
struct Pair:
    header: uint256
    terms: uint256
    split: uint256
    record_in: uint256
    record_out: uint256
    word_in: uint256
    word_out: uint256
    weight_in: uint256
    weight_out: uint256
    factor_in: uint256  # value of a raw unit, 1e36 scale; set for the imbalance policy only
    factor_out: uint256
    account_class: uint256
    module_fee: uint256
    drift_in: int256  # rested until now, as the variances are
    drift_out: int256
    variance_in: uint256
    variance_out: uint256


# What a swap leaves: the fee on the amount in, the integrator's part of it, both words.
struct Closed:
    fee: uint256
    integrator: uint256
    owed: uint256  # quanta; past asset_word.MAX_OWED they are not in word_in, but due now
    word_in: uint256
    word_out: uint256


@internal
@pure
def fee(pair: Pair) -> uint256:
    """
    @dev The swap fee, WAD, from the state before the trade.
    """
    terms: constitution.Terms = constitution.terms(pair.terms)
    if terms.policy == fee_policy_maths.FLAT:
        return terms.base
    if terms.policy == fee_policy_maths.VOLATILITY:
        return fee_policy_maths.volatility_fee(
            terms.base,
            terms.most,
            terms.slope,
            oracle_maths.volatility(max(pair.variance_in, pair.variance_out)),
        )
    if terms.policy == fee_policy_maths.IMBALANCE:
        return fee_policy_maths.imbalance_fee(
            terms.least,
            terms.base,
            terms.most,
            terms.slope,
            (pair.word_in & limits.MAX_BALANCE) * pair.factor_in // pair.weight_in,
            (pair.word_out & limits.MAX_BALANCE) * pair.factor_out // pair.weight_out,
        )
    if terms.policy == fee_policy_maths.TIERED:
        return fee_policy_maths.tiered_fee(terms.least, terms.base, pair.account_class)
    return min(max(pair.module_fee, terms.least), terms.most)


@internal
@pure
def close(
    pair: Pair, amount_in: uint256, amount_out: uint256, swap_fee: uint256, integrated: bool, time: uint256
) -> Closed:
    """
    @dev The fee's parts and both words after the swap. `integrated`: an integrator takes its part.
    """
    taken: uint256 = fee_maths.fee_of(amount_in, swap_fee)
    integrator: uint256 = 0
    if integrated:
        integrator = taken * constitution.split(pair.split).integrator // limits.WAD
    owed: uint256 = 0
    kept: uint256 = 0
    owed, kept = self.owed_of(taken, pair.split, constitution.decimals(pair.record_in))
    before_in: uint256 = pair.word_in & limits.MAX_BALANCE
    before_out: uint256 = pair.word_out & limits.MAX_BALANCE
    after_in: uint256 = share_maths.credited(before_in, amount_in - kept - integrator)
    after_out: uint256 = share_maths.debited(before_out, amount_out)
    owed += asset_word.owed_of(pair.word_in)
    return Closed(
        fee=taken,
        integrator=integrator,
        owed=owed,
        word_in=asset_word.replaced(
            pair.word_in,
            after_in,
            owed if owed <= asset_word.MAX_OWED else 0,
            oracle_maths.drifted(pair.drift_in, before_in, after_in),
            pair.variance_in,
            time,
        ),
        word_out=asset_word.replaced(
            pair.word_out,
            after_out,
            asset_word.owed_of(pair.word_out),
            oracle_maths.drifted(pair.drift_out, before_out, after_out),
            pair.variance_out,
            time,
        ),
    )


@internal
@pure
def owed_of(taken: uint256, split: uint256, decimals: uint256) -> (uint256, uint256):
    """
    @dev Of a fee, what protocol and creator are owed: (whole quanta, the same in raw units). The rest is the providers'.
    """
    quantum: uint256 = asset_word.quantum(decimals)
    # cannot overflow: both are below 2^60; quantum is at least 1.
    shares: uint256 = unsafe_add(split & constitution.SHARE, (split >> 60) & constitution.SHARE)
    owed: uint256 = taken * shares // unsafe_mul(limits.WAD, quantum)  # cannot overflow: below 10^27
    return owed, unsafe_mul(owed, quantum)  # cannot overflow: at most taken
