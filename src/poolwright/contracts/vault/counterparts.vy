# pragma version 0.4.3
"""
@title Counterparts
@notice The contracts that only some pools have: rate providers and modules; and the classes of a tiered fee.
@custom:assumes the Vault holds the lock; all of them are hostile: their gas is bounded, their answers are held to bounds
@custom:rounding none of its own
@custom:kill a failing provider freezes its asset; exits in proportion never ask
"""

from ..interfaces import IModule
from ..interfaces import IShareToken
from ..maths import constitution
from ..maths import fee_policy_maths
from ..maths import limits
from ..maths import oracle_maths
from ..maths import rate_maths
from . import reading
from . import storage

uses: storage

# A call to a provider or module gets this much gas and no more.
PROVIDER_GAS: constant(uint256) = 100_000
MODULE_GAS: constant(uint256) = 300_000
# What must be left before a provider is asked, so that its failure is its own: 64/63 of its gas and room to go on.
GAS_NEEDED: constant(uint256) = 130_000


@internal
@view
def account_class(pool: address, header: constitution.Header, split: constitution.Split) -> uint256:
    """
    @dev The class that a tiered fee looks at.
    """
    if split.tier_source == constitution.LISTED:
        return storage.classes[pool][msg.sender]
    measure: uint256 = 0
    if split.tier_source == constitution.HELD:
        measure = staticcall IShareToken(pool).balanceOf(msg.sender)
    elif split.tier_source == constitution.TRADED:
        measure = self.turnover_now(pool, header)
    else:
        measure = staticcall IShareToken(pool).totalSupply()
    return fee_policy_maths.class_of(measure, split.tier_threshold)


@internal
@view
def turnover_now(pool: address, header: constitution.Header) -> uint256:
    """
    @dev Parts of its balances that the pool has traded of late, WAD, fading with the half-life of its oracle.
    """
    return self.faded(storage.turnovers[pool], header.half_life)


@internal
@view
def faded(word: uint256, half_life: uint256) -> uint256:
    """
    @dev What a turnover's word has come down to.
    """
    age: uint256 = block.timestamp - (word >> 128)
    return (word & (2 ** 128 - 1)) * oracle_maths.decay(age, half_life) // oracle_maths.ONE


@internal
@view
def turned_over(word: uint256, half_life: uint256, amount: uint256, balance: uint256) -> uint256:
    """
    @dev A turnover's word once an amount has been swapped into a balance.
    """
    turnover: uint256 = self.faded(word, half_life) + amount * limits.WAD // balance
    return min(turnover, 2 ** 128 - 1) | (block.timestamp << 128)


@internal
def add_turnover(pool: address, header: constitution.Header, amount: uint256, balance: uint256):
    word: uint256 = self.turned_over(storage.turnovers[pool], header.half_life, amount, balance)
    storage.turnovers[pool] = word
    log storage.Stored(pool=pool, field=storage.OF_TURNOVER, key=0, word=word)


@internal
def follow_rates(pool: address, header: constitution.Header):
    """
    @dev Ask every provider and follow it as far as allowed. One that fails, lies or is stale freezes its asset and leaves the rate.
    """
    for i: uint256 in range(header.n, bound=16):
        source: constitution.RateSource = reading.rate_source(pool, header.n, i)
        if source.provider == 0:
            continue
        before: uint256 = storage.rates[pool][i]
        rate: rate_maths.Rate = rate_maths.unpack(before)
        reported: uint256 = 0
        updated: uint256 = 0
        reported, updated = self.ask(source.provider)
        if rate_maths.is_sound(reported, updated, block.timestamp, source.max_age):
            rate = rate_maths.followed(rate, reported, source.max_move, block.timestamp)
        else:
            rate.frozen = True
        word: uint256 = rate_maths.pack(rate)
        if word != before:
            storage.rates[pool][i] = word
            log storage.Stored(pool=pool, field=storage.OF_RATE, key=i, word=word)


@internal
@view
def ask(provider: uint256) -> (uint256, uint256):
    """
    @dev A provider's answer; (0, 0) when it fails.
    """
    assert msg.gas >= GAS_NEEDED, "rate: too little gas"
    done: bool = False
    answer: Bytes[64] = b""
    done, answer = raw_call(
        convert(provider, address),
        method_id("rate()"),
        max_outsize=64,
        gas=PROVIDER_GAS,
        is_static_call=True,
        revert_on_failure=False,
    )
    if not done or len(answer) < 64:
        return 0, 0
    return extract32(answer, 0, output_type=uint256), extract32(answer, 32, output_type=uint256)


@internal
@view
def check_rate(pool: address, index: uint256):
    """
    @dev Refuse what moves an asset whose rate is frozen.
    """
    assert not rate_maths.unpack(storage.rates[pool][index]).frozen, "rate: frozen"


@internal
@view
def module_at(pool: address, point: uint256) -> address:
    """
    @dev The pool's module if it is to be called at a point.
    """
    word: uint256 = storage.modules[pool]
    if (word >> 160) & point == 0:
        return empty(address)
    return convert(word & (2 ** 160 - 1), address)


@internal
def before(pool: address, point: uint256, amounts: DynArray[uint256, 16], shares: uint256):
    module: address = self.module_at(pool, point)
    if module != empty(address):
        extcall IModule(module).before_operation(pool, point, msg.sender, amounts, shares, gas=MODULE_GAS)


@internal
def after(pool: address, point: uint256, amounts: DynArray[uint256, 16], shares: uint256):
    module: address = self.module_at(pool, point)
    if module != empty(address):
        extcall IModule(module).after_operation(pool, point, msg.sender, amounts, shares, gas=MODULE_GAS)


@internal
def before_swap(pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256):
    self.before(pool, constitution.BEFORE_SWAP, [index_in, index_out, convert(exact_out, uint256), amount], 0)


@internal
def after_swap(pool: address, index_in: uint256, index_out: uint256, amount_in: uint256, amount_out: uint256):
    self.after(pool, constitution.AFTER_SWAP, [index_in, index_out, amount_in, amount_out], 0)


@internal
@view
def module_fee(
    pool: address, index_in: uint256, index_out: uint256, exact_out: bool, amount: uint256
) -> uint256:
    module: address = self.module_at(pool, constitution.FEE)
    if module == empty(address):
        return 0
    return staticcall IModule(module).compute_fee(
        pool, msg.sender, index_in, index_out, exact_out, amount, gas=MODULE_GAS
    )
