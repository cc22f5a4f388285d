# pragma version 0.4.3
"""
@title Vault
@notice Holds the tokens and the ledgers of all pools, and moves money: swaps, liquidity, sessions, exits.
@custom:assumes tokens, kinds, modules, rate providers and callers are hostile; VaultAdmin shares storage.vy slot for slot
@custom:rounding against the caller, in favour of a pool's liquidity providers: see maths/
@custom:kill owner and guardian can pause all pools for a while, a pool's manager its own; exits stay open
"""

from . import custody
from . import lock
from . import pools
from . import storage
from . import swapping

initializes: storage
initializes: lock
initializes: custody[lock := lock]
initializes: pools[storage := storage]
initializes: swapping[storage := storage, pools := pools]

EXTENSION: immutable(address)


# One swap. `amount` is exact: what comes in, or with exact_out what goes out; `limit` bounds the other.
struct SwapRequest:
    pool: address
    index_in: uint256
    index_out: uint256
    exact_out: bool
    amount: uint256
    limit: uint256
    deadline: uint256
    receiver: address
    integrator: address


@deploy
def __init__(extension: address):
    swapping.__init__(extension)
    EXTENSION = extension


@external
@payable
@raw_return
def __default__() -> Bytes[4096]:
    """
    @notice Everything else is in VaultExtension, under the same address.
    """
    return raw_call(EXTENSION, msg.data, max_outsize=4096, is_delegate_call=True)


@external
def swap(request: SwapRequest) -> uint256:
    """
    @notice Swap two assets of one pool; returns the other amount.
    """
    session: uint256 = self._begin(request.deadline)
    done: swapping.Settled = swapping.swap(
        request.pool,
        request.index_in,
        request.index_out,
        request.exact_out,
        request.amount,
        request.integrator,
    )
    other: uint256 = done.amount_out
    if request.exact_out:
        other = done.amount_in
        assert other <= request.limit, "swap: in above limit"
    else:
        assert other >= request.limit, "swap: out below limit"
    custody.receive(done.token_in, done.amount_in, session)
    custody.send(done.token_out, done.amount_out, request.receiver, session)
    lock.leave(session)
    return other


@internal
def _begin(deadline: uint256) -> uint256:
    assert block.timestamp <= deadline, "vault: too late"
    session: uint256 = lock.enter()
    assert block.timestamp >= storage.world & (2 ** 32 - 1), "vault: paused"
    return session
