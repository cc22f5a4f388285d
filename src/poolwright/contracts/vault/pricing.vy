# pragma version 0.4.3
"""
@title Pricing
@notice A swap's fee and what of it is owed: used by the Vault to take it and by the lens to preview it.
@custom:assumes words from the constitution and the storage of one pool
@custom:rounding fees up; of what is owed, down: the pool's providers keep what rounding leaves
@custom:kill none: it holds nothing
"""

from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_policy_maths
from ..maths import limits
from ..maths import oracle_maths


# What a policy may look at, from the state before the trade.
struct Signals:
    variance: uint256  # the larger of both assets', rested until now
    value_in: uint256  # balance times factor by weight; set for the imbalance policy only
    value_out: uint256
    account_class: uint256
    module_fee: uint256


@internal
@pure
def fee(terms_word: uint256, signals: Signals) -> uint256:
    """
    @dev The swap fee, WAD.
    """
    policy: uint256 = constitution.policy(terms_word)
    if policy == fee_policy_maths.VOLATILITY:
        return self.volatility_fee(terms_word, signals.variance)
    if policy == fee_policy_maths.IMBALANCE:
        return self.imbalance_fee(terms_word, signals.value_in, signals.value_out)
    terms: constitution.Terms = constitution.terms(terms_word)
    if policy == fee_policy_maths.FLAT:
        return terms.base
    if policy == fee_policy_maths.TIERED:
        return fee_policy_maths.tiered_fee(terms.least, terms.base, signals.account_class)
    return min(max(signals.module_fee, terms.least), terms.most)


@internal
@pure
def volatility_fee(terms_word: uint256, variance: uint256) -> uint256:
    """
    @dev The fee of a pool whose policy this is, WAD.
    """
    volatility: uint256 = oracle_maths.volatility(variance)
    return fee_policy_maths.volatility_fee(
        terms_word & constitution.SHARE,
        (terms_word >> constitution.MOST_SHIFT) & constitution.SHARE,
        (terms_word >> constitution.SLOPE_SHIFT) & (2 ** 64 - 1),
        volatility,
    )


@internal
@pure
def imbalance_fee(terms_word: uint256, value_in: uint256, value_out: uint256) -> uint256:
    """
    @dev The fee of a pool whose policy this is, WAD.
    """
    return fee_policy_maths.imbalance_fee(
        (terms_word >> constitution.LEAST_SHIFT) & constitution.SHARE,
        terms_word & constitution.SHARE,
        (terms_word >> constitution.MOST_SHIFT) & constitution.SHARE,
        (terms_word >> constitution.SLOPE_SHIFT) & (2 ** 64 - 1),
        value_in,
        value_out,
    )


@internal
@pure
def value(word: uint256, factor: uint256, weight: uint256) -> uint256:
    """
    @dev What an imbalance fee compares.
    """
    return (word & limits.MAX_BALANCE) * factor // weight


@internal
@pure
def owed_of(taken: uint256, split: uint256, decimals: uint256) -> (uint256, uint256):
    """
    @dev Of a fee, what protocol and creator are owed: (whole quanta, the same in raw units). The rest is the providers'.
    """
    quantum: uint256 = asset_word.quantum(decimals) if decimals < limits.MAX_DECIMALS else 10 ** 9  # the usual, uncalled
    # cannot overflow: both are below 2^60; quantum is at least 1.
    shares: uint256 = unsafe_add(
        split & constitution.SHARE, (split >> constitution.CREATOR_SHIFT) & constitution.SHARE
    )
    # cannot overflow: a fee is a tenth of what is below 2^197 (fee_maths.fee_of), shares at most 10^18; and below 10^27.
    owed: uint256 = unsafe_mul(taken, shares) // unsafe_mul(limits.WAD, quantum)
    return owed, unsafe_mul(owed, quantum)  # cannot overflow: at most taken
