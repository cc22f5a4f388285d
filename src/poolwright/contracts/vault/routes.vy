# pragma version 0.4.3
"""
@title Routes
@notice Several swaps as one along a path, whose tokens follow each other.
@custom:assumes the Vault holds the lock
@custom:rounding see pricing.vy
@custom:kill see swapping.vy
"""

from . import swapping

uses: swapping

MAX_HOPS: constant(uint256) = 8


@internal
def path(
    hops: DynArray[uint256, MAX_HOPS], exact_out: bool, amount: uint256, integrator: address
) -> swapping.Settled:
    """
    @dev Swap along hops. What passes between two hops is never moved.
    """
    count: uint256 = len(hops)
    assert count > 0, "path: no hops"
    whole: swapping.Settled = empty(swapping.Settled)
    current: uint256 = amount
    for k: uint256 in range(count, bound=MAX_HOPS):
        hop: uint256 = hops[k]
        if exact_out:
            hop = hops[count - 1 - k]
        done: swapping.Settled = swapping.swap(hop, exact_out, current, integrator)
        if exact_out:
            assert k == 0 or done.token_out == whole.token_in, "path: tokens do not follow"
            whole.token_in = done.token_in
            whole.amount_in = done.amount_in
            current = done.amount_in
            if k == 0:
                whole.token_out = done.token_out
                whole.amount_out = done.amount_out
        else:
            assert k == 0 or done.token_in == whole.token_out, "path: tokens do not follow"
            whole.token_out = done.token_out
            whole.amount_out = done.amount_out
            current = done.amount_out
            if k == 0:
                whole.token_in = done.token_in
                whole.amount_in = done.amount_in
    return whole
