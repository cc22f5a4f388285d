# pragma version 0.4.3
"""
@title Previewing
@notice A pool seen from outside as the Vault would find it now, and what its operations would give.
@custom:assumes the Vault is honest and idle; kinds, rate providers and modules are asked as the Vault asks them
@custom:rounding the Vault's: the same maths on the same words
@custom:kill none: it holds nothing
"""
# Everything is read anew through the Vault's views: for a quoter, not for a money path. What a module would refuse is not seen.

from ..interfaces import IKind
from ..interfaces import IModule
from ..interfaces import IShareToken
from ..interfaces import IVault
from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_maths
from ..maths import fee_policy_maths
from ..maths import limits
from ..maths import oracle_maths
from ..maths import ramp_maths
from ..maths import rate_maths
from ..maths import scaling
from ..maths import share_maths
from . import counterparts
from . import pricing
from . import reading
from . import storage

# What the Vault calls every asset: see books.vy.
ALL: constant(uint256) = 255

VAULT: public(immutable(address))


struct Seen:
    pool: address
    header: constitution.Header
    terms: uint256
    split: uint256
    flags: uint256
    words: DynArray[uint256, 16]
    view_: IKind.PoolView
    frozen: uint256  # a bit per asset whose rate is


@deploy
def __init__(vault: address):
    VAULT = vault


@internal
@view
def see(pool: address) -> Seen:
    """
    @dev The pool with ramps, rates and terms as they are in force in this block.
    """
    seen: Seen = empty(Seen)
    seen.pool = pool
    word_h: uint256 = 0
    word_h, seen.terms, seen.split = reading.heading(pool)
    seen.header = constitution.header(word_h)
    seen.words = staticcall IVault(VAULT).asset_words(pool, seen.header.n)
    assert seen.words[0] != 0, "vault: no such pool"
    seen.flags = seen.words[0] >> asset_word.FLAGS_SHIFT
    if seen.flags & asset_word.ALTERED != 0:
        seen.terms = self._stored(pool, storage.OF_TERMS, 0)
        seen.split = self._stored(pool, storage.OF_SPLIT, 0)
    seen.view_.time = block.timestamp
    seen.view_.parameter = self._ramped(seen, storage.AMPLIFICATION, seen.header.parameter)
    for i: uint256 in range(seen.header.n, bound=16):
        record: constitution.Record = reading.record(pool, i)
        weight: uint256 = self._ramped(seen, i, record.weight)
        rate: uint256 = limits.WAD
        if seen.header.rated:
            followed: rate_maths.Rate = self._rate(seen, i)
            rate = followed.accepted
            if followed.frozen:
                seen.frozen = seen.frozen | (1 << i)
        seen.view_.assets.append(asset_word.balance_of(seen.words[i]) | (weight << 112))
        seen.view_.factors.append(scaling.scaling_factor(record.decimals, rate))
        seen.view_.total_weight += weight
    return seen


@internal
@view
def swap(
    seen: Seen, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, account: address
) -> (uint256, uint256, uint256):
    """
    @dev (amount in, amount out, fee on the amount in) of a swap by an account.
    """
    assert index_in != index_out, "swap: same token"
    assert max(index_in, index_out) < seen.header.n, "swap: no such token"
    self._check_tradable(seen)
    self._check_rate(seen, index_in)
    self._check_rate(seen, index_out)
    fee: uint256 = self._swap_fee(seen, index_in, index_out, exact_out, amount, account)
    amount_in: uint256 = amount
    amount_out: uint256 = amount
    kind: IKind = IKind(convert(seen.header.kind_address, address))
    if exact_out:
        net_in_e18: uint256 = staticcall kind.compute_in_given_exact_out(seen.view_, index_in, index_out, amount)
        amount_in = fee_maths.gross_of_net_up(net_in_e18, fee)
    else:
        net_in_e18: uint256 = fee_maths.net_of_fee(amount, fee)
        amount_out = staticcall kind.compute_out_given_exact_in(seen.view_, index_in, index_out, net_in_e18)
        assert amount_out > 0, "swap: zero out"
    taken: uint256 = fee_maths.fee_of(amount_in, fee)
    kept: uint256 = pricing.owed_of(taken, seen.split, reading.record(seen.pool, index_in).decimals)[1]
    share_maths.credited(asset_word.balance_of(seen.words[index_in]), amount_in - kept)
    share_maths.debited(asset_word.balance_of(seen.words[index_out]), amount_out)
    return amount_in, amount_out, taken


@internal
@view
def add_unbalanced(seen: Seen, amounts: DynArray[uint256, 16], account: address) -> uint256:
    """
    @dev Shares for exact amounts.
    """
    assert len(amounts) == seen.header.n, "add: one amount per asset"
    self._check_tradable(seen)
    for i: uint256 in range(seen.header.n, bound=16):
        self._check_rate(seen, i)
    supply: uint256 = staticcall IShareToken(seen.pool).totalSupply()
    fee: uint256 = self._liquidity_fee(seen, max_value(uint256), account)
    shares: uint256 = 0
    fees: DynArray[uint256, 16] = []
    kind: IKind = IKind(convert(seen.header.kind_address, address))
    shares, fees = staticcall kind.compute_shares_given_amounts_in(seen.view_, amounts, supply, fee)
    share_maths.minted(supply, shares)
    return shares


@internal
@view
def remove_single(seen: Seen, index: uint256, shares: uint256, account: address) -> uint256:
    """
    @dev The amount of one asset for exact shares.
    """
    assert index < seen.header.n, "vault: no such token"
    if seen.flags & asset_word.PAUSED != 0:
        self._check_unpaused(seen)
    self._check_world()
    self._check_rate(seen, index)
    supply: uint256 = staticcall IShareToken(seen.pool).totalSupply()
    fee: uint256 = self._liquidity_fee(seen, index, account)
    share_maths.burned(supply, shares)
    view_: IKind.PoolView = seen.view_
    at: uint256 = index
    if seen.header.kind == constitution.WEIGHTED or seen.header.kind == constitution.CONSTANT_PRODUCT:
        # these kinds are asked with the asset alone
        view_.assets = [seen.view_.assets[index]]
        view_.factors = [seen.view_.factors[index]]
        at = 0
    kind: IKind = IKind(convert(seen.header.kind_address, address))
    amount: uint256 = (staticcall kind.compute_amount_out_given_shares(view_, at, shares, supply, fee))[0]
    assert amount > 0, "remove: zero out"
    return amount


@internal
@view
def swap_fee(seen: Seen, index_in: uint256, index_out: uint256, account: address) -> uint256:
    """
    @dev The fee, WAD, that a swap by an account would pay.
    """
    return self._swap_fee(seen, index_in, index_out, False, 0, account)


@internal
@view
def invariant(seen: Seen) -> uint256:
    """
    @dev The invariant with 18 decimals, rounded down.
    """
    return staticcall IKind(convert(seen.header.kind_address, address)).compute_invariant(seen.view_, False)


@internal
@view
def _swap_fee(
    seen: Seen, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256, account: address
) -> uint256:
    signals: pricing.Signals = pricing.Signals(
        variance=max(self._rested(seen, index_in)[1], self._rested(seen, index_out)[1]),
        value_in=self._value(seen, index_in),
        value_out=self._value(seen, index_out),
        account_class=self._class(seen, account),
        module_fee=self._module_fee(seen, account, index_in, index_out, exact_out, amount),
    )
    return pricing.fee(seen.terms, signals)


@internal
@pure
def _value(seen: Seen, index: uint256) -> uint256:
    return pricing.value(seen.words[index], seen.view_.factors[index], seen.view_.assets[index] >> 112)


@internal
@view
def _rested(seen: Seen, index: uint256) -> (int256, uint256):
    return oracle_maths.rested(asset_word.unpack(seen.words[index]), block.timestamp, seen.header.half_life)


@internal
@view
def _liquidity_fee(seen: Seen, index: uint256, account: address) -> uint256:
    """
    @dev What liquidity pays now, of one asset or (index beyond all) of every asset: see unbalanced.vy.
    """
    terms: constitution.Terms = constitution.terms(seen.terms)
    most: uint256 = 0
    least: uint256 = max_value(uint256)
    for i: uint256 in range(seen.header.n, bound=16):
        if terms.policy == fee_policy_maths.VOLATILITY and (index >= seen.header.n or index == i):
            most = max(most, self._rested(seen, i)[1])
        elif terms.policy == fee_policy_maths.IMBALANCE:
            balance: uint256 = asset_word.balance_of(seen.words[i])
            value: uint256 = balance * seen.view_.factors[i] // reading.record(seen.pool, i).weight
            least = min(least, value)
            most = max(most, value)
    if terms.policy == fee_policy_maths.VOLATILITY:
        return fee_policy_maths.volatility_fee(terms.base, terms.most, terms.slope, oracle_maths.volatility(most))
    if terms.policy == fee_policy_maths.IMBALANCE:
        return fee_policy_maths.imbalance_fee(terms.least, terms.base, terms.most, terms.slope, most, least)
    if terms.policy == fee_policy_maths.MODULE:
        asked: uint256 = index if index < seen.header.n else ALL
        return min(max(self._module_fee(seen, account, asked, asked, False, 0), terms.least), terms.most)
    return terms.base


@internal
@view
def _class(seen: Seen, account: address) -> uint256:
    if constitution.policy(seen.terms) != fee_policy_maths.TIERED:
        return 0
    split: constitution.Split = constitution.split(seen.split)
    measure: uint256 = 0
    if split.tier_source == constitution.LISTED:
        return self._stored(seen.pool, storage.OF_CLASS, convert(account, uint256))
    elif split.tier_source == constitution.HELD:
        measure = staticcall IShareToken(seen.pool).balanceOf(account)
    elif split.tier_source == constitution.TRADED:
        measure = counterparts.faded(self._stored(seen.pool, storage.OF_TURNOVER, 0), seen.header.half_life)
    else:
        measure = staticcall IShareToken(seen.pool).totalSupply()
    return fee_policy_maths.class_of(measure, split.tier_threshold)


@internal
@view
def _module_fee(
    seen: Seen, account: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256
) -> uint256:
    if seen.flags & asset_word.MODULAR == 0:
        return 0
    word: uint256 = self._stored(seen.pool, storage.OF_MODULE, 0)
    if (word >> 160) & constitution.FEE == 0:
        return 0
    return staticcall IModule(convert(word & (2 ** 160 - 1), address)).compute_fee(
        seen.pool, account, index_in, index_out, exact_out, amount, gas=counterparts.MODULE_GAS
    )


@internal
@view
def _rate(seen: Seen, index: uint256) -> rate_maths.Rate:
    """
    @dev The rate as the Vault would follow it now.
    """
    rate: rate_maths.Rate = rate_maths.unpack(self._stored(seen.pool, storage.OF_RATE, index))
    source: constitution.RateSource = reading.rate_source(seen.pool, seen.header.n, index)
    if source.provider == 0:
        return rate
    reported: uint256 = 0
    updated: uint256 = 0
    reported, updated = counterparts.ask(source.provider)
    if rate_maths.is_sound(reported, updated, block.timestamp, source.max_age):
        return rate_maths.followed(rate, reported, source.max_move, block.timestamp)
    rate.frozen = True
    return rate


@internal
@view
def _ramped(seen: Seen, index: uint256, start: uint256) -> uint256:
    if seen.flags & asset_word.RAMPING == 0:
        return start
    word: uint256 = self._stored(seen.pool, storage.OF_RAMP, index)
    if word == 0:
        return start
    return ramp_maths.value_at(word, block.timestamp)


@internal
@view
def _check_tradable(seen: Seen):
    self._check_world()
    assert seen.flags & asset_word.RETIRED == 0, "pool: retired"
    if seen.flags & asset_word.PAUSED != 0:
        self._check_unpaused(seen)


@internal
@view
def _check_unpaused(seen: Seen):
    word: uint256 = self._stored(seen.pool, storage.OF_POOL, 0)
    assert block.timestamp >= (word >> storage.PAUSED_UNTIL_SHIFT) & (2 ** 32 - 1), "pool: paused"


@internal
@view
def _check_world():
    word: uint256 = self._stored(empty(address), storage.OF_WORLD, 0)
    assert block.timestamp >= word & (2 ** 32 - 1), "vault: paused"


@internal
@view
def _check_rate(seen: Seen, index: uint256):
    assert (seen.frozen >> index) & 1 == 0, "rate: frozen"


@internal
@view
def _stored(pool: address, field: uint256, key: uint256) -> uint256:
    return staticcall IVault(VAULT).stored(pool, field, key)
