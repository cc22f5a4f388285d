# pragma version 0.4.3
"""
@title Vault batches
@notice The part of the Vault for batches of swaps, run in its place by delegatecall.
@custom:assumes it is called by the Vault's own code only: by itself it holds nothing and changes nothing of worth
@custom:rounding see swapping.vy
@custom:kill see Vault.vy
"""

from . import asking
from . import batches
from . import custody
from . import entrance
from . import lock
from . import pools
from . import stable_asking
from . import stable_pools
from . import storage
from . import swapping

initializes: storage
initializes: lock
initializes: custody[lock := lock]
initializes: entrance[lock := lock, storage := storage]
initializes: pools[storage := storage]
initializes: asking
initializes: stable_pools[storage := storage, pools := pools]
initializes: stable_asking
initializes: swapping[
    storage := storage, asking := asking, stable_asking := stable_asking, stable_pools := stable_pools, pools := pools
]
initializes: batches[lock := lock, swapping := swapping]


@deploy
def __init__(counterparts: address, stable: address):
    asking.__init__(counterparts)
    stable_asking.__init__(stable)


@external
def batch_swap(
    steps: DynArray[batches.Step, batches.MAX_STEPS],
    exact_out: bool,
    tokens: DynArray[address, batches.MAX_TOKENS],
    limits: DynArray[int256, batches.MAX_TOKENS],
    deadline: uint256,
    receiver: address,
    integrator: address,
) -> DynArray[int256, batches.MAX_TOKENS]:
    """
    @notice Swap along any paths over any pools and settle what is left of each token: at most limits[i] paid (+) or, negative, at
            least so much received. Every token that does not net to nothing must be named. Returns what was paid (+) or received (-).
    """
    session: uint256 = entrance.begin(deadline)
    deltas: DynArray[int256, batches.MAX_TOKENS] = batches.batch(steps, exact_out, tokens, limits, integrator)
    if session == lock.IDLE:
        for token: address in tokens:
            custody.settle(token, receiver)
        assert lock.unsettled == 0, "vault: unsettled"
    lock.leave(session)
    return deltas
