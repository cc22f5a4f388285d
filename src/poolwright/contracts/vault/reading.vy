# pragma version 0.4.3
"""
@title Reading
@notice A pool's constitution, from the code that follows its share token.
@custom:assumes the pool has been registered: its words in storage are not zero
@custom:rounding none
@custom:kill none: it holds nothing
"""

from ..maths import constitution
from ..maths import limits

# An EIP-1167 proxy is 45 bytes long.
CODE: constant(uint256) = 45
ASSETS: constant(uint256) = CODE + 96
# Assets of a pool whose records one short reading brings.
FEW: constant(uint256) = 3
# HEADER, TERMS, SPLIT and the three words after them: one reading serves a swap among the first three assets. Every constitution
# is that long.
OPENING: constant(uint256) = 192
# HEADER to the place of the sixteenth record: the same for a swap in a pool of more assets; creation fills up the shorter ones.
WHOLE: constant(uint256) = 608


@internal
@view
def heading(pool: address) -> (uint256, uint256, uint256):
    """
    @dev The words HEADER, TERMS and SPLIT.
    """
    data: Bytes[96] = slice(pool.code, CODE, 96)
    return (
        extract32(data, 0, output_type=uint256),
        extract32(data, 32, output_type=uint256),
        extract32(data, 64, output_type=uint256),
    )


@internal
@view
def opening(pool: address) -> uint256[6]:
    """
    @dev HEADER, TERMS, SPLIT and the records of the first three assets (of a pool of two: its rights).
    """
    return abi_decode(slice(pool.code, CODE, OPENING), uint256[6], unwrap_tuple=False)


@internal
@view
def known_header(pool: address) -> uint256:
    """
    @dev The word HEADER, for those who are told of any address: reverts where there cannot be a constitution.
    """
    assert pool.codesize >= CODE + OPENING, "vault: no such pool"
    word: uint256 = convert(slice(pool.code, CODE, 32), uint256)
    assert word & 255 <= limits.MAX_ASSETS_WEIGHTED, "vault: no such pool"
    return word


@internal
@view
def record_word(pool: address, index: uint256) -> uint256:
    return convert(slice(pool.code, ASSETS + 32 * index, 32), uint256)


@internal
@view
def record(pool: address, index: uint256) -> constitution.Record:
    return constitution.record(self.record_word(pool, index))


@internal
@pure
def token(record: uint256) -> address:
    """
    @dev The token of a record's word.
    """
    return convert(record & (2 ** 160 - 1), address)


@internal
@view
def rights(pool: address, n: uint256) -> uint256:
    return convert(slice(pool.code, ASSETS + 32 * n, 32), uint256)


@internal
@view
def rate_word(pool: address, n: uint256, index: uint256) -> uint256:
    return convert(slice(pool.code, ASSETS + 32 * (n + 1 + index), 32), uint256)


@internal
@view
def rate_source(pool: address, n: uint256, index: uint256) -> constitution.RateSource:
    return constitution.rate_source(self.rate_word(pool, n, index))
