# pragma version 0.4.3
"""
@title Asset word
@notice What the Vault stores of one asset of one pool: a single word.
@custom:assumes nothing: every word unpacks; packing checks each field
@custom:rounding exact
@custom:kill none: pure
"""
# From the lowest bit:
#   112  balance    raw units that belong to the liquidity providers
#    40  owed       fees of protocol and creator not yet credited to them, in quanta of raw units (see quantum)
#    34  drift      log2(average balance / balance), in 2^-28, as an offset from 2^33: see oracle_maths.vy
#    32  variance   average of drift^2, in 2^-36
#    32  time       of the last movement, unix seconds
#     6  flags      the same in every word of a pool

from . import limits

BALANCE_BITS: constant(uint256) = 112
OWED_BITS: constant(uint256) = 40
DRIFT_BITS: constant(uint256) = 34
VARIANCE_BITS: constant(uint256) = 32
TIME_BITS: constant(uint256) = 32

OWED_SHIFT: constant(uint256) = 112
DRIFT_SHIFT: constant(uint256) = 152
VARIANCE_SHIFT: constant(uint256) = 186
TIME_SHIFT: constant(uint256) = 218
FLAGS_SHIFT: constant(uint256) = 250

MAX_OWED: constant(uint256) = 2 ** 40 - 1
DRIFT_OFFSET: constant(uint256) = 2 ** 33
MAX_VARIANCE: constant(uint256) = 2 ** 32 - 1
MAX_TIME: constant(uint256) = 2 ** 32 - 1
MAX_FLAGS: constant(uint256) = 2 ** 6 - 1

# Flags. A swap that finds none of them set needs nothing but its two words and the constitution.
PAUSED: constant(uint256) = 1  # paused until the pool's word says
ALTERED: constant(uint256) = 2  # terms in storage, no longer those of the constitution
RAMPING: constant(uint256) = 4  # weights or amplification in storage
RETIRED: constant(uint256) = 8  # exits only, for ever
GUARDED: constant(uint256) = 16  # deposits are capped or limited to a list
MODULAR: constant(uint256) = 32  # a module is plugged in


struct Asset:
    balance: uint256
    owed: uint256
    drift: int256
    variance: uint256
    time: uint256
    flags: uint256


@internal
@pure
def unpack(word: uint256) -> Asset:
    return Asset(
        balance=self.balance_of(word),
        owed=self.owed_of(word),
        drift=self.drift_of(word),
        variance=self.variance_of(word),
        time=self.time_of(word),
        flags=word >> FLAGS_SHIFT,
    )


@internal
@pure
def balance_of(word: uint256) -> uint256:
    return word & limits.MAX_BALANCE


@internal
@pure
def owed_of(word: uint256) -> uint256:
    return (word >> OWED_SHIFT) & MAX_OWED


@internal
@pure
def drift_of(word: uint256) -> int256:
    # wraps on purpose: two's complement; 34 bits less 2^33.
    return convert(convert(unsafe_sub((word >> DRIFT_SHIFT) & (2 ** 34 - 1), DRIFT_OFFSET), bytes32), int256)


@internal
@pure
def variance_of(word: uint256) -> uint256:
    return (word >> VARIANCE_SHIFT) & MAX_VARIANCE


@internal
@pure
def time_of(word: uint256) -> uint256:
    return (word >> TIME_SHIFT) & MAX_TIME


@internal
@pure
def pack(asset: Asset) -> uint256:
    """
    @dev The word of an asset; a field that is too large reverts.
    """
    drift: uint256 = convert(asset.drift + convert(DRIFT_OFFSET, int256), uint256)
    assert asset.balance <= limits.MAX_BALANCE, "pool: balance too large"
    assert asset.owed <= MAX_OWED and asset.variance <= MAX_VARIANCE, "asset_word: too large"
    assert drift < 2 ** 34 and asset.time <= MAX_TIME and asset.flags <= MAX_FLAGS, "asset_word: too large"
    return (
        asset.balance
        | (asset.owed << OWED_SHIFT)
        | (drift << DRIFT_SHIFT)
        | (asset.variance << VARIANCE_SHIFT)
        | (asset.time << TIME_SHIFT)
        | (asset.flags << FLAGS_SHIFT)
    )


@internal
@pure
def quantum(decimals: uint256) -> uint256:
    """
    @dev Raw units of one unit of `owed`: 10^9 for 18 decimals, 1 for 9 and fewer. 2^40 of them are 1,099 tokens or more.
    """
    if decimals == limits.MAX_DECIMALS:
        return 10 ** 9
    if decimals <= 9:
        return 1
    return 10 ** (min(decimals, limits.MAX_DECIMALS) - 9)
