# pragma version 0.4.3
"""
@title Share ledger
@notice What all liquidity has in common: who may deposit, and the event that tells of it.
@custom:assumes the Vault holds the lock
@custom:rounding none of its own
@custom:kill none
"""

from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import constitution
from . import asking
from . import custody
from . import reading
from . import storage

uses: storage
uses: asking
uses: custody


# In proportion nothing else in the assets' words moves than each balance, by its amount.
event Proportional:
    pool: indexed(address)
    account: indexed(address)
    shares: int256  # minted; burned if negative
    amounts: DynArray[uint256, 16]


event Single:
    pool: indexed(address)
    account: indexed(address)
    index: uint256
    shares: int256  # minted; burned if negative
    amount: uint256
    fee: uint256
    word: uint256


event Liquidity:
    pool: indexed(address)
    account: indexed(address)
    amounts: DynArray[uint256, 16]
    fees: DynArray[uint256, 16]
    shares: uint256
    supply: uint256  # after
    words: DynArray[uint256, 16]


@internal
def admit(
    pool: address, flags: uint256, receiver: address, amounts: DynArray[uint256, 16], shares: uint256, supply: uint256
):
    """
    @dev After minting: the guard of a launch, and the module's word.
    """
    if flags & asset_word.GUARDED != 0:
        guard: uint256 = storage.guards[pool]
        assert supply <= (guard & (2 ** 112 - 1)) << 16, "guard: pool full"
        held: uint256 = staticcall IShareToken(pool).balanceOf(receiver)
        assert held <= ((guard >> 112) & (2 ** 112 - 1)) << 16, "guard: account full"
        assert guard >> 224 == 0 or storage.listed[pool][receiver], "guard: not on the list"
    if flags & asset_word.MODULAR != 0:
        asking.finish_liquidity(pool, constitution.AFTER_ADD, amounts, shares)


@internal
def record(
    pool: address,
    amounts: DynArray[uint256, 16],
    fees: DynArray[uint256, 16],
    shares: uint256,
    supply: uint256,
    words: DynArray[uint256, 16],
):
    log Liquidity(
        pool=pool,
        account=msg.sender,
        amounts=amounts,
        fees=fees,
        shares=shares,
        supply=supply,
        words=words,
    )


@internal
def receive_all(pool: address, amounts: DynArray[uint256, 16], session: uint256):
    """
    @dev One amount per asset.
    """
    for i: uint256 in range(len(amounts), bound=16):
        custody.receive(reading.token(reading.record_word(pool, i)), amounts[i], session)
