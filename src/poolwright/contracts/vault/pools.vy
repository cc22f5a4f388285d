# pragma version 0.4.3
"""
@title Pools
@notice What an operation asks of a pool beyond the words that it moves: state of trading, ramps, values, its kind.
@custom:assumes the Vault holds the lock; a foreign kind's answers are held to the ledgers' bounds
@custom:rounding none of its own
@custom:kill none: it answers
"""

from .. import refusal
from ..interfaces import IKind
from ..maths import asset_word
from ..maths import constitution
from ..maths import limits
from ..maths import ramp_maths
from ..maths import rate_maths
from ..maths import scaling
from . import reading
from . import storage

uses: storage


@internal
@view
def check_tradable(pool: address, flags: uint256):
    """
    @dev Refuse while paused, and for ever once retired.
    """
    if flags & asset_word.RETIRED != 0:
        refusal.because("pool: retired")
    self.check_unpaused(pool, flags)


@internal
@view
def check_unpaused(pool: address, flags: uint256):
    if flags & asset_word.PAUSED != 0:
        until: uint256 = (storage.pools[pool] >> storage.PAUSED_UNTIL_SHIFT) & (2 ** 32 - 1)
        if block.timestamp < until:
            refusal.because("pool: paused")


@internal
@view
def is_in_recovery(pool: address, header: uint256) -> bool:
    """
    @dev Whether trading is not as it should be: a pause, of the pool or of everything; retirement; a rate that is frozen. Of stored
         words alone, so that nobody can stand in the way; `header` is the pool's word.
    """
    word: uint256 = storage.pools[pool]
    if word & storage.RETIRED != 0:
        return True
    paused_until: uint256 = (word >> storage.PAUSED_UNTIL_SHIFT) & (2 ** 32 - 1)
    if block.timestamp < max(paused_until, storage.world & (2 ** 32 - 1)):
        return True
    if header & constitution.RATED != 0:
        for i: uint256 in range(header & 255, bound=16):
            if rate_maths.unpack(storage.rates[pool][i]).frozen:
                return True
    return False


@internal
@view
def weight_now(pool: address, index: uint256, weight: uint256) -> uint256:
    word: uint256 = storage.ramps[pool][index]
    if word == 0:
        return weight
    return ramp_maths.value_at(word, block.timestamp)


@internal
@view
def parameter_now(pool: address, parameter: uint256, flags: uint256) -> uint256:
    if flags & asset_word.RAMPING == 0:
        return parameter
    word: uint256 = storage.ramps[pool][storage.AMPLIFICATION]
    if word == 0:
        return parameter
    return ramp_maths.value_at(word, block.timestamp)


@internal
@view
def factor(pool: address, header: constitution.Header, index: uint256, decimals: uint256) -> uint256:
    """
    @dev Value of a raw unit, 1e36 scale, at the accepted rate.
    """
    rate: uint256 = limits.WAD
    if header.rated:
        rate = rate_maths.unpack(storage.rates[pool][index]).accepted
    return scaling.scaling_factor(decimals, rate)


@internal
@view
def view_all(pool: address, header: constitution.Header, flags: uint256) -> IKind.PoolView:
    """
    @dev Every asset of a pool, as its kind is told.
    """
    view_: IKind.PoolView = empty(IKind.PoolView)
    view_.parameter = self.parameter_now(pool, header.parameter, flags)
    view_.time = block.timestamp
    if header.kind == constitution.FOREIGN:
        view_.hint = storage.hints[pool]
    for i: uint256 in range(header.n, bound=16):
        record: constitution.Record = reading.record(pool, i)
        weight: uint256 = record.weight
        if flags & asset_word.RAMPING != 0:
            weight = self.weight_now(pool, i, weight)
        view_.assets.append((storage.words[pool][i] & limits.MAX_BALANCE) | (weight << 112))
        view_.factors.append(self.factor(pool, header, i, record.decimals))
        view_.total_weight += weight
    return view_


@internal
@view
def view_one(pool: address, header: constitution.Header, flags: uint256, index: uint256) -> IKind.PoolView:
    """
    @dev One asset of a pool whose kind can do with it; the total weight is that of all.
    """
    record: constitution.Record = reading.record(pool, index)
    weight: uint256 = record.weight
    total: uint256 = limits.WAD
    if header.kind == constitution.CONSTANT_PRODUCT:
        total = header.n
    if flags & asset_word.RAMPING != 0:
        weight = self.weight_now(pool, index, weight)
        total = 0
        for i: uint256 in range(header.n, bound=16):
            total += self.weight_now(pool, i, 0)
    return IKind.PoolView(
        assets=[(storage.words[pool][index] & limits.MAX_BALANCE) | (weight << 112)],
        factors=[self.factor(pool, header, index, record.decimals)],
        total_weight=total,
        parameter=header.parameter,
        hint=0,
        time=block.timestamp,
    )


@internal
@view
def kind_out_given_in(
    pool: address,
    header: constitution.Header,
    flags: uint256,
    index_in: uint256,
    index_out: uint256,
    net_in_e18: uint256,
) -> uint256:
    return staticcall IKind(convert(header.kind_address, address)).compute_out_given_exact_in(
        self.view_all(pool, header, flags), index_in, index_out, net_in_e18
    )


@internal
@view
def kind_in_given_out(
    pool: address,
    header: constitution.Header,
    flags: uint256,
    index_in: uint256,
    index_out: uint256,
    amount_out: uint256,
) -> uint256:
    return staticcall IKind(convert(header.kind_address, address)).compute_in_given_exact_out(
        self.view_all(pool, header, flags), index_in, index_out, amount_out
    )
