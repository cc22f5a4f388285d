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
    word_h: uint256 = 0
    word_t: uint256 = 0
    word_s: uint256 = 0
    word_h, word_t, word_s = reading.heading(pool)
    header: constitution.Header = constitution.header(word_h)
    assert index_in != index_out, "swap: same token"
    assert max(index_in, index_out) < header.n, "swap: no such token"
    market: pricing.Market = empty(pricing.Market)
    market.asset_in = pricing.rested(storage.words[pool][index_in], header.half_life, block.timestamp)
    market.asset_out = pricing.rested(storage.words[pool][index_out], header.half_life, block.timestamp)
    assert market.asset_in.balance > 0, "vault: no such pool"
    market.record_in = reading.record(pool, index_in)
    market.record_out = reading.record(pool, index_out)
    flags: uint256 = market.asset_in.flags
    if flags != 0:
        pools.check_tradable(pool, flags)
        if flags & asset_word.ALTERED != 0:
            word_t = storage.terms[pool]
            word_s = storage.splits[pool]
    market.terms = constitution.terms(word_t)
    market.split = constitution.split(word_s)
    special: bool = (
        header.rated or flags & SPECIAL != 0 or market.terms.policy >= fee_policy_maths.TIERED
    )
    if special:
        prepared: asking.Prepared = asking.prepare_swap(pool, index_in, index_out, exact_out, amount)
        market.account_class = prepared.account_class
        market.module_fee = prepared.module_fee
        if flags & asset_word.RAMPING != 0:
            market.record_in.weight = prepared.weight_in
            market.record_out.weight = prepared.weight_out
    if market.terms.policy == fee_policy_maths.IMBALANCE:
        market.factor_in = pools.factor(pool, header, index_in, market.record_in.decimals)
        market.factor_out = pools.factor(pool, header, index_out, market.record_out.decimals)

    fee: uint256 = pricing.fee(market)
    amount_in: uint256 = amount
    amount_out: uint256 = amount
    if exact_out:
        net_in_e18: uint256 = 0
        if pricing.is_native(header.kind):
            net_in_e18 = pricing.native_in_given_out(market, amount)
        else:
            net_in_e18 = pools.kind_in_given_out(pool, header, flags, index_in, index_out, amount)
        amount_in = fee_maths.gross_of_net_up(net_in_e18, fee)
    else:
        net_in_e18: uint256 = fee_maths.net_of_fee(amount, fee)
        if pricing.is_native(header.kind):
            amount_out = pricing.native_out_given_in(market, net_in_e18)
        else:
            amount_out = pools.kind_out_given_in(pool, header, flags, index_in, index_out, net_in_e18)
        assert amount_out > 0, "swap: zero out"
    trade: pricing.Trade = pricing.close(market, amount_in, amount_out, fee, integrator != empty(address))
    self._settle(pool, index_in, index_out, market, trade, integrator)
    if special:
        asking.finish_swap(
            pool, index_in, index_out, trade.amount_in, trade.amount_out, market.asset_in.balance
        )
    return Settled(
        token_in=convert(market.record_in.token, address),
        token_out=convert(market.record_out.token, address),
        amount_in=trade.amount_in,
        amount_out=trade.amount_out,
    )


@internal
def _settle(
    pool: address,
    index_in: uint256,
    index_out: uint256,
    market: pricing.Market,
    trade: pricing.Trade,
    integrator: address,
):
    """
    @dev Write both words; owed fees that no longer fit theirs are credited.
    """
    asset_in: asset_word.Asset = trade.asset_in
    token_in: address = convert(market.record_in.token, address)
    if asset_in.owed > asset_word.MAX_OWED:
        storage.settle_owed(pool, token_in, market.record_in.decimals, asset_in.owed, market.split)
        asset_in.owed = 0
    word_in: uint256 = asset_word.pack(asset_in)
    word_out: uint256 = asset_word.pack(trade.asset_out)
    storage.words[pool][index_in] = word_in
    storage.words[pool][index_out] = word_out
    storage.credit(integrator, token_in, trade.integrator)
    log Swap(
        pool=pool,
        account=msg.sender,
        indices=index_in | (index_out << 8),
        amount_in=trade.amount_in,
        amount_out=trade.amount_out,
        fee=trade.fee,
        word_in=word_in,
        word_out=word_out,
    )
