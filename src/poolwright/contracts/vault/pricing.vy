# pragma version 0.4.3
"""
@title Pricing
@notice What a swap does to the words of its two assets: used by the Vault to do it and by the lens to preview it.
@custom:assumes a market loaded from the constitution and the storage of one pool
@custom:rounding every amount comes from maths/: out down, in up; the pool's providers keep what rounding leaves
@custom:kill none: it holds nothing
"""
# In this order: load a Market, ask its fee, ask the amount that is not given (native_* here, or the kind), close.

from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_maths
from ..maths import fee_policy_maths
from ..maths import limits
from ..maths import oracle_maths
from ..maths import share_maths
from ..maths import weighted_maths


# One pair of a pool as it is before a swap: weights as they are now, assets rested until now.
struct Market:
    terms: constitution.Terms
    split: constitution.Split
    record_in: constitution.Record
    record_out: constitution.Record
    asset_in: asset_word.Asset
    asset_out: asset_word.Asset
    factor_in: uint256  # value of a raw unit, 1e36 scale; asked for by the imbalance policy only
    factor_out: uint256
    account_class: uint256
    module_fee: uint256


struct Trade:
    amount_in: uint256
    amount_out: uint256
    fee: uint256  # of the amount in, all parts
    integrator: uint256  # of that, for the integrator
    asset_in: asset_word.Asset
    asset_out: asset_word.Asset


@internal
@view
def rested(word: uint256, half_life: uint256, time: uint256) -> asset_word.Asset:
    """
    @dev An asset as it is at `time` if nothing moves.
    """
    asset: asset_word.Asset = asset_word.unpack(word)
    asset.drift, asset.variance = oracle_maths.rested(asset, time, half_life)
    asset.time = time
    return asset


@internal
@pure
def fee(market: Market) -> uint256:
    """
    @dev The swap fee, WAD, from the state before the trade.
    """
    terms: constitution.Terms = market.terms
    if terms.policy == fee_policy_maths.FLAT:
        return terms.base
    if terms.policy == fee_policy_maths.VOLATILITY:
        return fee_policy_maths.volatility_fee(
            terms.base,
            terms.most,
            terms.slope,
            oracle_maths.volatility(max(market.asset_in.variance, market.asset_out.variance)),
        )
    if terms.policy == fee_policy_maths.IMBALANCE:
        return fee_policy_maths.imbalance_fee(
            terms.least,
            terms.base,
            terms.most,
            terms.slope,
            market.asset_in.balance * market.factor_in // market.record_in.weight,
            market.asset_out.balance * market.factor_out // market.record_out.weight,
        )
    if terms.policy == fee_policy_maths.TIERED:
        return fee_policy_maths.tiered_fee(terms.least, terms.base, market.account_class)
    return min(max(market.module_fee, terms.least), terms.most)


@internal
@pure
def is_native(kind: uint256) -> bool:
    """
    @dev Whether a swap is priced here; other kinds are asked.
    """
    return kind == constitution.WEIGHTED


@internal
@pure
def native_out_given_in(market: Market, net_in_e18: uint256) -> uint256:
    return weighted_maths.compute_out_given_exact_in(
        market.asset_in.balance,
        market.record_in.weight,
        market.asset_out.balance,
        market.record_out.weight,
        net_in_e18,
    )


@internal
@pure
def native_in_given_out(market: Market, amount_out: uint256) -> uint256:
    return weighted_maths.compute_in_given_exact_out(
        market.asset_in.balance,
        market.record_in.weight,
        market.asset_out.balance,
        market.record_out.weight,
        amount_out,
    )


@internal
@pure
def close(
    market: Market, amount_in: uint256, amount_out: uint256, swap_fee: uint256, integrated: bool
) -> Trade:
    """
    @dev The fee's parts and both assets after the swap. `integrated`: an integrator takes its part.
    """
    taken: uint256 = fee_maths.fee_of(amount_in, swap_fee)
    quantum: uint256 = asset_word.quantum(market.record_in.decimals)
    # Whole quanta only; what is left of the shares stays with the providers.
    owed: uint256 = taken * (market.split.protocol + market.split.creator) // (limits.WAD * quantum)
    integrator: uint256 = 0
    if integrated:
        integrator = taken * market.split.integrator // limits.WAD
    trade: Trade = Trade(
        amount_in=amount_in,
        amount_out=amount_out,
        fee=taken,
        integrator=integrator,
        asset_in=market.asset_in,
        asset_out=market.asset_out,
    )
    trade.asset_in.owed += owed
    trade.asset_in.balance = share_maths.credited(
        market.asset_in.balance, amount_in - owed * quantum - integrator
    )
    trade.asset_out.balance = share_maths.debited(market.asset_out.balance, amount_out)
    trade.asset_in.drift = oracle_maths.drifted(
        market.asset_in.drift, market.asset_in.balance, trade.asset_in.balance
    )
    trade.asset_out.drift = oracle_maths.drifted(
        market.asset_out.drift, market.asset_out.balance, trade.asset_out.balance
    )
    return trade
