# pragma version 0.4.3
"""
@title Registry
@notice Every pool by number, and the pools of each token.
@custom:assumes only creation writes
@custom:rounding none
@custom:kill none
"""
# The list of a token: page 0 holds their count in its lowest 32 bits and the first seven numbers above, later pages eight each.

from . import storage

uses: storage

FIRST: constant(uint256) = 7
EACH: constant(uint256) = 8


@internal
def add(pool: address, number: uint256):
    storage.pool_by_number[number] = pool


@internal
def list_under(token: address, number: uint256):
    head: uint256 = storage.pages[token][0]
    count: uint256 = head & (2 ** 32 - 1)
    if count < FIRST:
        head = head | (number << (32 * (count + 1)))
    else:
        page: uint256 = 1 + (count - FIRST) // EACH
        storage.pages[token][page] = storage.pages[token][page] | (number << (32 * ((count - FIRST) % EACH)))
    storage.pages[token][0] = head + 1


@internal
@view
def count_of(token: address) -> uint256:
    return storage.pages[token][0] & (2 ** 32 - 1)


@internal
@view
def number_at(token: address, position: uint256) -> uint256:
    if position < FIRST:
        return (storage.pages[token][0] >> (32 * (position + 1))) & (2 ** 32 - 1)
    page: uint256 = storage.pages[token][1 + (position - FIRST) // EACH]
    return (page >> (32 * ((position - FIRST) % EACH))) & (2 ** 32 - 1)
