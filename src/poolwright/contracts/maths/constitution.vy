# pragma version 0.4.3
"""
@title Constitution
@notice What a pool is: words that follow the code of its share token, written once at creation.
@custom:assumes nothing: every word unpacks; packing checks each field
@custom:rounding exact
@custom:kill none: pure
"""
# Of a pool of n assets, in this order, 32 bytes each:
#   HEADER, TERMS, SPLIT           what a swap needs of the pool
#   ASSET_0 .. ASSET_(n-1)         what a swap needs of an asset
#   RIGHTS                         the most that the manager may ever do, and the delay of each right
#   RATE_0 .. RATE_(n-1)           only where the header says rated
# then the name and the symbol of the share token, a length byte before each.
# TERMS and SPLIT are the pool's at its creation; once changed, the pool's own words in storage take their place (flag ALTERED).
#
# From the lowest bit:
#   HEADER   n 8, kind 8 (0: a foreign one), rated 1, withdrawal fee 7 (basis points of the shares burned), points 16, half-life 24 (s),
#            parameter 32 (amplification * 1000), kind's address 160
#   TERMS    base 60, least 60, most 60 (fees, WAD), slope 64 (WAD), policy 4
#   SPLIT    protocol 60, creator 60, integrator 60 (WAD parts of the fee), tier source 8, tier threshold 64 (in 10^9 of what is measured)
#   ASSET    token 160, decimals 8, weight 60 (WAD)
#   RIGHTS   eight times: allowed 1, delay 24 (s); then highest fee 28 (in 10^9 of WAD), loosen only 1
#   RATE     provider 160, greatest age 32 (s), greatest move per block 60 (WAD); or, below 2^72, a rate for ever (WAD)

from . import limits

FOREIGN: constant(uint256) = 0
WEIGHTED: constant(uint256) = 1
CONSTANT_PRODUCT: constant(uint256) = 2
STABLE: constant(uint256) = 3

# Sources of a tiered policy's class.
LISTED: constant(uint256) = 0  # the pool's own list of accounts
HELD: constant(uint256) = 1  # shares that the account holds
TRADED: constant(uint256) = 2  # the pool's turnover: see Vault
POOLED: constant(uint256) = 3  # the pool's supply of shares

# Rights, in the order of their place.
TERMS: constant(uint256) = 0
POLICY: constant(uint256) = 1
RAMP: constant(uint256) = 2
GUARD: constant(uint256) = 3
PAUSE: constant(uint256) = 4
MODULE: constant(uint256) = 5
RETIRE: constant(uint256) = 6
MANAGER: constant(uint256) = 7

# Points at which a module may be called.
BEFORE_SWAP: constant(uint256) = 1
AFTER_SWAP: constant(uint256) = 2
BEFORE_ADD: constant(uint256) = 4
AFTER_ADD: constant(uint256) = 8
BEFORE_REMOVE: constant(uint256) = 16
AFTER_REMOVE: constant(uint256) = 32
FEE: constant(uint256) = 64
RECORD: constant(uint256) = 128  # see IRecorder
ALL_POINTS: constant(uint256) = 255

# The width of a share, a weight or a fee; and where fields are in HEADER, ASSET, TERMS and SPLIT, for a swap, which spares the calls.
SHARE: constant(uint256) = 2 ** 60 - 1
ACCOUNT: constant(uint256) = 2 ** 160 - 1
KIND_SHIFT: constant(uint256) = 8
RATED: constant(uint256) = 1 << 16
WITHDRAWAL_SHIFT: constant(uint256) = 17
WITHDRAWAL: constant(uint256) = 127 << 17
HALF_LIFE_SHIFT: constant(uint256) = 40
PARAMETER_SHIFT: constant(uint256) = 64
PARAMETER: constant(uint256) = 2 ** 32 - 1
ADDRESS_SHIFT: constant(uint256) = 96
HALF_LIFE: constant(uint256) = 2 ** 24 - 1
DECIMALS_SHIFT: constant(uint256) = 160
WEIGHT_SHIFT: constant(uint256) = 168
LEAST_SHIFT: constant(uint256) = 60
MOST_SHIFT: constant(uint256) = 120
SLOPE_SHIFT: constant(uint256) = 180
POLICY_SHIFT: constant(uint256) = 244
CREATOR_SHIFT: constant(uint256) = 60
INTEGRATOR_SHIFT: constant(uint256) = 120


struct Header:
    n: uint256
    kind: uint256
    rated: bool
    points: uint256
    half_life: uint256
    parameter: uint256
    kind_address: uint256  # an address, as every account here


struct Terms:
    base: uint256
    least: uint256
    most: uint256
    slope: uint256
    policy: uint256


struct Split:
    protocol: uint256
    creator: uint256
    integrator: uint256
    tier_source: uint256
    tier_threshold: uint256


struct Record:
    token: uint256
    decimals: uint256
    weight: uint256


struct RateSource:
    provider: uint256
    max_age: uint256
    max_move: uint256


@internal
@pure
def header(word: uint256) -> Header:
    return Header(
        n=word & 255,
        kind=self.kind(word),
        rated=self.is_rated(word),
        points=(word >> 24) & (2 ** 16 - 1),
        half_life=self.half_life(word),
        parameter=self.parameter(word),
        kind_address=word >> 96,
    )


# Single fields, where a swap needs no more.


@internal
@pure
def kind(header_word: uint256) -> uint256:
    return (header_word >> KIND_SHIFT) & 255


@internal
@pure
def is_rated(header_word: uint256) -> bool:
    return header_word & RATED != 0


@internal
@pure
def withdrawal_fee(header_word: uint256) -> uint256:
    """
    @dev Basis points of the shares burned; only exits ask, so it is no field of Header.
    """
    return (header_word & WITHDRAWAL) >> WITHDRAWAL_SHIFT


@internal
@pure
def half_life(header_word: uint256) -> uint256:
    return (header_word >> HALF_LIFE_SHIFT) & HALF_LIFE


@internal
@pure
def parameter(header_word: uint256) -> uint256:
    return (header_word >> 64) & (2 ** 32 - 1)


@internal
@pure
def policy(terms_word: uint256) -> uint256:
    return (terms_word >> POLICY_SHIFT) & 15


@internal
@pure
def decimals(record_word: uint256) -> uint256:
    return (record_word >> DECIMALS_SHIFT) & 255


@internal
@pure
def weight(record_word: uint256) -> uint256:
    return (record_word >> WEIGHT_SHIFT) & SHARE


@internal
@pure
def terms(word: uint256) -> Terms:
    return Terms(
        base=word & (2 ** 60 - 1),
        least=(word >> 60) & (2 ** 60 - 1),
        most=(word >> MOST_SHIFT) & (2 ** 60 - 1),
        slope=(word >> SLOPE_SHIFT) & (2 ** 64 - 1),
        policy=self.policy(word),
    )


@internal
@pure
def split(word: uint256) -> Split:
    return Split(
        protocol=word & (2 ** 60 - 1),
        creator=(word >> CREATOR_SHIFT) & (2 ** 60 - 1),
        integrator=(word >> INTEGRATOR_SHIFT) & (2 ** 60 - 1),
        tier_source=(word >> 180) & 255,
        tier_threshold=((word >> 188) & (2 ** 64 - 1)) * 10 ** 9,
    )


@internal
@pure
def record(word: uint256) -> Record:
    return Record(
        token=word & (2 ** 160 - 1),
        decimals=self.decimals(word),
        weight=self.weight(word),
    )


@internal
@pure
def rate_source(word: uint256) -> RateSource:
    """
    @dev Without a provider where the rate is for ever.
    """
    if word < 2 ** 72:
        return empty(RateSource)
    return RateSource(
        provider=word & (2 ** 160 - 1),
        max_age=(word >> 160) & (2 ** 32 - 1),
        max_move=(word >> 192) & (2 ** 60 - 1),
    )


@internal
@pure
def right(word: uint256, which: uint256) -> (bool, uint256):
    """
    @dev (allowed, delay in seconds) of one right.
    """
    field: uint256 = word >> (which * 25)
    return field & 1 == 1, (field >> 1) & (2 ** 24 - 1)


@internal
@pure
def highest_fee(word: uint256) -> uint256:
    """
    @dev The highest fee that the manager may ever set, WAD.
    """
    return ((word >> 200) & (2 ** 28 - 1)) * 10 ** 9


@internal
@pure
def only_loosens(word: uint256) -> bool:
    """
    @dev Whether the guard may only ever be loosened.
    """
    return (word >> 228) & 1 == 1


@internal
@pure
def check_terms(word: uint256, highest: uint256):
    """
    @dev Reverts for terms outside the limits or above the highest fee.
    """
    given: Terms = self.terms(word)
    assert word >> 248 == 0 and given.policy <= 4, "terms: malformed"
    assert given.least <= given.base and given.base <= given.most, "terms: out of order"
    assert given.most <= min(highest, limits.MAX_SWAP_FEE), "terms: fee too high"


@internal
@pure
def check_split(word: uint256):
    """
    @dev Reverts for parts outside the limits.
    """
    given: Split = self.split(word)
    assert word >> 252 == 0 and given.tier_source <= POOLED, "split: malformed"
    assert given.protocol <= limits.MAX_PROTOCOL_SHARE, "split: protocol share too high"
    assert given.creator <= limits.MAX_CREATOR_SHARE, "split: creator share too high"
    assert given.protocol + given.creator + given.integrator <= limits.WAD, "split: parts exceed the fee"
