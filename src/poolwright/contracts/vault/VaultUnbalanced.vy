# pragma version 0.4.3
"""
@title Vault unbalanced liquidity
@notice The part of the Vault for liquidity in any proportion, run in its place by delegatecall.
@custom:assumes it is called by the Vault's own code only: by itself it holds nothing and changes nothing of worth
@custom:rounding amounts in up, amounts out down; see the modules
@custom:kill see Vault.vy
"""

from . import asking
from . import custody
from . import entrance
from . import lock
from . import pools
from . import share_ledger
from . import stable_asking
from . import storage
from . import unbalanced

initializes: storage
initializes: lock
initializes: custody[lock := lock]
initializes: entrance[lock := lock, storage := storage]
initializes: pools[storage := storage]
initializes: asking
initializes: stable_asking
initializes: share_ledger[storage := storage, asking := asking, custody := custody]
initializes: unbalanced[
    storage := storage,
    pools := pools,
    asking := asking,
    stable_asking := stable_asking,
    share_ledger := share_ledger,
]


@deploy
def __init__(counterparts: address, stable: address):
    asking.__init__(counterparts)
    stable_asking.__init__(stable)


@external
def add_unbalanced(
    pool: address, amounts: DynArray[uint256, 16], min_shares: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice Add exact amounts in any proportion for at least min_shares. Returns the shares.
    """
    session: uint256 = entrance.begin(deadline)
    shares: uint256 = unbalanced.add_unbalanced(pool, amounts, min_shares, custody.whom(receiver))
    share_ledger.receive_all(pool, amounts, session)
    lock.leave(session)
    return shares


@external
def add_single_exact_in(
    pool: address, index: uint256, amount_in: uint256, min_shares: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice Add an exact amount of one asset for at least min_shares. Returns the shares.
    """
    return self._add_single(pool, index, False, amount_in, min_shares, deadline, receiver).shares


@external
def add_single_exact_shares(
    pool: address, index: uint256, shares: uint256, max_amount_in: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice Mint exact shares for at most max_amount_in of one asset. Returns the amount in.
    """
    return self._add_single(pool, index, True, shares, max_amount_in, deadline, receiver).amount


@external
def remove_single_exact_in(
    pool: address, index: uint256, shares: uint256, min_amount_out: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice Burn exact shares for at least min_amount_out of one asset. Returns the amount.
    """
    return self._remove_single(pool, index, False, shares, min_amount_out, deadline, receiver).amount


@external
def remove_single_exact_out(
    pool: address, index: uint256, amount_out: uint256, max_shares: uint256, deadline: uint256, receiver: address
) -> uint256:
    """
    @notice Take an exact amount of one asset for at most max_shares. Returns the shares.
    """
    return self._remove_single(pool, index, True, amount_out, max_shares, deadline, receiver).shares


@external
def donate(pool: address, amounts: DynArray[uint256, 16], deadline: uint256):
    """
    @notice Give amounts to all liquidity providers of a pool.
    """
    session: uint256 = entrance.begin(deadline)
    unbalanced.donate(pool, amounts)
    share_ledger.receive_all(pool, amounts, session)
    lock.leave(session)


@internal
def _add_single(
    pool: address, index: uint256, exact_shares: bool, given: uint256, limit: uint256, deadline: uint256, receiver: address
) -> unbalanced.Moved:
    session: uint256 = entrance.begin(deadline)
    moved: unbalanced.Moved = unbalanced.add_single(
        pool, index, exact_shares, given, limit, custody.whom(receiver)
    )
    custody.receive(moved.token, moved.amount, session)
    lock.leave(session)
    return moved


@internal
def _remove_single(
    pool: address, index: uint256, exact_out: bool, given: uint256, limit: uint256, deadline: uint256, receiver: address
) -> unbalanced.Moved:
    session: uint256 = entrance.begin(deadline)
    moved: unbalanced.Moved = unbalanced.remove_single(pool, index, exact_out, given, limit)
    custody.send(moved.token, moved.amount, receiver, session)
    lock.leave(session)
    return moved
