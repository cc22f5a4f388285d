# pragma version 0.4.3
"""
@title Proportional liquidity
@notice Shares for the same part of every balance: no question to the kind, no fee but that of a withdrawal; averages stay.
@custom:assumes the Vault holds the lock
@custom:rounding amounts in up, amounts out down
@custom:kill a paused or retired pool takes nothing in; nothing stops an exit
"""

from ..interfaces import IShareToken
from ..maths import asset_word
from ..maths import constitution
from ..maths import limits
from ..maths import share_maths
from . import asking
from . import books
from . import pools
from . import share_ledger
from . import storage

uses: storage
uses: pools
uses: asking


@internal
def before_add(pool: address, flags: uint256, shares: uint256, limits_: DynArray[uint256, 16]):
    """
    @dev Of a pool that has flags: whether it takes anything in, and its module's word.
    """
    pools.check_tradable(pool, flags)
    if flags & asset_word.MODULAR != 0:
        asking.prepare_liquidity(pool, constitution.BEFORE_ADD, books.NO_ASSET, limits_, shares)


@internal
def add(
    pool: address, n: uint256, shares: uint256, limits_: DynArray[uint256, 16], receiver: address
) -> DynArray[uint256, 16]:
    """
    @dev Mint exact shares for their part of every balance, which is still to be received.
    """
    supply: uint256 = extcall IShareToken(pool).mint(receiver, shares)
    share_maths.minted(supply, shares)
    assert supply > 0, "vault: no such pool"
    amounts: DynArray[uint256, 16] = []
    for i: uint256 in range(n, bound=16):
        word: uint256 = storage.words[pool][i]
        # cannot overflow: below 2^112 and 2^128, and the supply below 2^128. Amount enters: rounds up.
        amount: uint256 = unsafe_mul(word & limits.MAX_BALANCE, shares)
        amount = unsafe_div(unsafe_add(amount, unsafe_sub(supply, 1)), supply)  # cannot overflow: see above
        assert amount <= limits_[i], "add: in above limit"
        # cannot overflow: below 2^112 and 2^240.
        assert unsafe_add(word & limits.MAX_BALANCE, amount) <= limits.MAX_BALANCE, "pool: balance too large"
        # cannot overflow: the balance is the lowest field, and has room.
        storage.words[pool][i] = unsafe_add(word, amount)
        amounts.append(amount)
    log share_ledger.Proportional(pool=pool, account=msg.sender, shares=convert(shares, int256), amounts=amounts)
    return amounts


@internal
def remove(pool: address, header: uint256, shares: uint256, limits_: DynArray[uint256, 16]) -> DynArray[uint256, 16]:
    """
    @dev Burn the caller's shares for their part of every balance, which is still to be sent; nothing can stop it but the caller's
         own limits. Where the pool takes a withdrawal fee and is not in recovery, a part of the shares is paid nothing for.
    """
    supply: uint256 = extcall IShareToken(pool).burn(msg.sender, shares)
    share_maths.burned(supply, shares)
    paid: uint256 = shares
    if header & constitution.WITHDRAWAL != 0:
        paid = self.paid_shares(pool, header, shares)
    amounts: DynArray[uint256, 16] = []
    for i: uint256 in range(header & 255, bound=16):
        word: uint256 = storage.words[pool][i]
        # cannot overflow: below 2^112 and 2^128. Amount leaves: rounds down, below the balance, as the shares are below the supply.
        amount: uint256 = unsafe_div(unsafe_mul(word & limits.MAX_BALANCE, paid), supply)
        assert amount >= limits_[i], "remove: out below limit"
        # cannot overflow: the balance is the lowest field, and larger.
        storage.words[pool][i] = unsafe_sub(word, amount)
        amounts.append(amount)
    log share_ledger.Proportional(pool=pool, account=msg.sender, shares=-convert(shares, int256), amounts=amounts)
    return amounts


@internal
@view
def paid_shares(pool: address, header: uint256, shares: uint256) -> uint256:
    """
    @dev Of shares burned in proportion, those that are paid out for: all of them in recovery. `header` is the pool's word.
    """
    if pools.is_in_recovery(pool, header):
        return shares
    return share_maths.paid_shares_down(shares, constitution.withdrawal_fee(header))


@internal
@view
def flags_of(pool: address) -> uint256:
    """
    @dev Reverts for what is no pool.
    """
    first: uint256 = storage.words[pool][0]
    assert first != 0, "vault: no such pool"
    return first >> asset_word.FLAGS_SHIFT
