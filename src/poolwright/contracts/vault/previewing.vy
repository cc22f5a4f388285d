# pragma version 0.4.3
"""
@title Previewing
@notice A pool seen from outside as the Vault would find it now, and who would refuse an operation on it.
@custom:assumes the Vault is honest and idle; kinds, rate providers and modules are asked as the Vault asks them
@custom:rounding the Vault's: the same maths on the same words
@custom:kill none: it holds nothing
"""
# Everything is read anew through the Vault's views: for a quoter, not for a money path. What accounts own (tokens, allowances,
# shares) is not looked at, nor what a module would write down: previews are of pools.

from ..interfaces import IKind
from ..interfaces import IModule
from ..interfaces import IShareToken
from ..interfaces import IVault
from ..maths import asset_word
from ..maths import constitution
from ..maths import fee_policy_maths
from ..maths import limits
from ..maths import oracle_maths
from ..maths import ramp_maths
from ..maths import rate_maths
from ..maths import scaling
from . import counterparts
from . import reading
from . import storage

BEFORE: constant(bytes4) = method_id("before_operation(address,uint256,address,uint256[],uint256)", output_type=bytes4)
AFTER: constant(bytes4) = method_id("after_operation(address,uint256,address,uint256[],uint256)", output_type=bytes4)
AFTER_POINTS: constant(uint256) = constitution.AFTER_SWAP | constitution.AFTER_ADD | constitution.AFTER_REMOVE

VAULT: public(immutable(address))


struct Seen:
    pool: address
    header: constitution.Header
    terms: uint256
    split: uint256
    flags: uint256
    words: DynArray[uint256, 16]
    turnover: uint256  # where a class depends on it
    view_: IKind.PoolView
    frozen: uint256  # a bit per asset whose rate is


@deploy
def __init__(vault: address):
    assert vault.is_contract, "lens: vault has no code"
    VAULT = vault


@internal
@view
def see(pool: address) -> Seen:
    """
    @dev The pool with ramps, rates and terms as they are in force in this block.
    """
    seen: Seen = self.open(pool)
    seen.view_.time = block.timestamp
    seen.view_.parameter = self.ramped(pool, seen.flags, storage.AMPLIFICATION, seen.header.parameter)
    for i: uint256 in range(seen.header.n, bound=16):
        record: constitution.Record = reading.record(pool, i)
        weight: uint256 = self.ramped(pool, seen.flags, i, record.weight)
        rate: uint256 = limits.WAD
        if seen.header.rated:
            followed: rate_maths.Rate = self._rate(pool, seen.header.n, i)
            rate = followed.accepted
            if followed.frozen:
                seen.frozen = seen.frozen | (1 << i)
        seen.view_.assets.append(asset_word.balance_of(seen.words[i]) | (weight << 112))
        seen.view_.factors.append(scaling.scaling_factor(record.decimals, rate))
        seen.view_.total_weight += weight
    return seen


@internal
@view
def open(pool: address) -> Seen:
    """
    @dev The pool without its view: no rate provider is asked.
    """
    seen: Seen = empty(Seen)
    seen.pool = pool
    word_h: uint256 = 0
    word_h, seen.terms, seen.split = reading.heading(pool)
    seen.header = constitution.header(word_h)
    seen.words = staticcall IVault(VAULT).asset_words(pool, seen.header.n)
    seen.flags = seen.words[0] >> asset_word.FLAGS_SHIFT
    if seen.flags & asset_word.ALTERED != 0:
        seen.terms = self.stored(pool, storage.OF_TERMS, 0)
        seen.split = self.stored(pool, storage.OF_SPLIT, 0)
    if constitution.policy(seen.terms) == fee_policy_maths.TIERED:
        seen.turnover = self.stored(pool, storage.OF_TURNOVER, 0)
    return seen


# Who would refuse


@internal
@view
def check_world():
    """
    @dev Where the Vault begins: a global pause.
    """
    word: uint256 = self.stored(empty(address), storage.OF_WORLD, 0)
    assert block.timestamp >= word & (2 ** 32 - 1), "vault: paused"


@internal
@pure
def check_known(first_word: uint256):
    assert first_word != 0, "vault: no such pool"


@internal
@view
def check_tradable(pool: address, flags: uint256):
    assert flags & asset_word.RETIRED == 0, "pool: retired"
    self.check_unpaused(pool, flags)


@internal
@view
def check_unpaused(pool: address, flags: uint256):
    if flags & asset_word.PAUSED != 0:
        word: uint256 = self.stored(pool, storage.OF_POOL, 0)
        assert block.timestamp >= (word >> storage.PAUSED_UNTIL_SHIFT) & (2 ** 32 - 1), "pool: paused"


@internal
@view
def ask_module(
    pool: address,
    flags: uint256,
    point: uint256,
    account: address,
    amounts: DynArray[uint256, 16],
    shares: uint256,
):
    """
    @dev Refuse what a module refuses in words, in its own. One that fails without a word is taken for one that writes something
         down, which it cannot while a view asks.
    """
    module: address = self._module_at(pool, flags, point)
    if module == empty(address):
        return
    selector: bytes4 = BEFORE
    if point & AFTER_POINTS != 0:
        selector = AFTER
    done: bool = False
    answer: Bytes[256] = b""
    done, answer = raw_call(
        module,
        concat(selector, abi_encode(pool, point, account, amounts, shares)),
        max_outsize=256,
        gas=counterparts.MODULE_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not done and len(answer) > 0:
        raw_revert(answer)


# What a fee looks at


@internal
@view
def module_fee(
    pool: address,
    flags: uint256,
    account: address,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    amount: uint256,
) -> uint256:
    module: address = self._module_at(pool, flags, constitution.FEE)
    if module == empty(address):
        return 0
    return staticcall IModule(module).compute_fee(
        pool, account, index_in, index_out, exact_out, amount, gas=counterparts.MODULE_GAS
    )


@internal
@view
def variance(word: uint256, half_life: uint256) -> uint256:
    """
    @dev Of one asset, rested until now.
    """
    return oracle_maths.rested(asset_word.unpack(word), block.timestamp, half_life)[1]


@internal
@view
def account_class(seen: Seen, account: address) -> uint256:
    """
    @dev The class that a tiered fee looks at.
    """
    if constitution.policy(seen.terms) != fee_policy_maths.TIERED:
        return 0
    split: constitution.Split = constitution.split(seen.split)
    measure: uint256 = 0
    if split.tier_source == constitution.LISTED:
        return self.stored(seen.pool, storage.OF_CLASS, convert(account, uint256))
    elif split.tier_source == constitution.HELD:
        measure = staticcall IShareToken(seen.pool).balanceOf(account)
    elif split.tier_source == constitution.TRADED:
        measure = counterparts.faded(seen.turnover, seen.header.half_life)
    else:
        measure = staticcall IShareToken(seen.pool).totalSupply()
    return fee_policy_maths.class_of(measure, split.tier_threshold)


@internal
@view
def stored(pool: address, field: uint256, key: uint256) -> uint256:
    return staticcall IVault(VAULT).stored(pool, field, key)


@internal
@view
def paid_shares(pool: address, shares: uint256) -> uint256:
    return staticcall IVault(VAULT).paid_shares(pool, shares)


@internal
@view
def _module_at(pool: address, flags: uint256, point: uint256) -> address:
    if flags & asset_word.MODULAR == 0:
        return empty(address)
    word: uint256 = self.stored(pool, storage.OF_MODULE, 0)
    if (word >> 160) & point == 0:
        return empty(address)
    return convert(word & (2 ** 160 - 1), address)


@internal
@view
def _rate(pool: address, n: uint256, index: uint256) -> rate_maths.Rate:
    """
    @dev The rate as the Vault would follow it now.
    """
    rate: rate_maths.Rate = rate_maths.unpack(self.stored(pool, storage.OF_RATE, index))
    source: constitution.RateSource = reading.rate_source(pool, n, index)
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
def ramped(pool: address, flags: uint256, index: uint256, start: uint256) -> uint256:
    if flags & asset_word.RAMPING == 0:
        return start
    word: uint256 = self.stored(pool, storage.OF_RAMP, index)
    if word == 0:
        return start
    return ramp_maths.value_at(word, block.timestamp)
