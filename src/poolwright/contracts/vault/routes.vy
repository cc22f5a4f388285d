# pragma version 0.4.3
"""
@title Routes
@notice Several swaps as one along a path, whose tokens follow each other.
@custom:assumes the Vault holds the lock
@custom:rounding see pricing.vy
@custom:kill see swapping.vy
"""

from .. import refusal
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
    if count == 0:
        refusal.because("path: no hops")
    first: swapping.Settled = swapping.swap(hops[count - 1 if exact_out else 0], exact_out, amount, integrator)
    last: swapping.Settled = first
    for k: uint256 in range(1, count, bound=MAX_HOPS - 1):
        met: address = last.token_in if exact_out else last.token_out
        current: uint256 = last.amount_in if exact_out else last.amount_out
        last = swapping.swap(hops[count - 1 - k if exact_out else k], exact_out, current, integrator)
        if met != (last.token_out if exact_out else last.token_in):
            refusal.because("path: tokens do not follow")
    if exact_out:
        last.token_out = first.token_out
        last.amount_out = first.amount_out
    else:
        last.token_in = first.token_in
        last.amount_in = first.amount_in
    return last
