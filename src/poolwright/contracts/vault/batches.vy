# pragma version 0.4.3
"""
@title Batches
@notice Several swaps as one, along any paths, whose tokens net out.
@custom:assumes the Vault holds the lock
@custom:rounding see pricing.vy
@custom:kill see swapping.vy
"""

from . import lock
from . import swapping

uses: lock
uses: swapping

MAX_STEPS: constant(uint256) = 16
MAX_TOKENS: constant(uint256) = 16


# One swap of a batch. amount 0: what the swap before gave (exact in) or took (exact out), of that very token.
struct Step:
    hop: uint256
    amount: uint256


@internal
def batch(
    steps: DynArray[Step, MAX_STEPS],
    exact_out: bool,
    tokens: DynArray[address, MAX_TOKENS],
    limits_: DynArray[int256, MAX_TOKENS],
    integrator: address,
) -> DynArray[int256, MAX_TOKENS]:
    """
    @dev Run the steps, first to last (exact out: last to first), into the ledger of the session. Returns what each token adds
         to the caller's debt (+) or credit (-), held to its limit.
    """
    assert len(tokens) == len(limits_), "batch: one limit per token"
    before: DynArray[int256, MAX_TOKENS] = []
    for token: address in tokens:
        before.append(lock.deltas[token])
    count: uint256 = len(steps)
    current: uint256 = 0
    meeting: address = empty(address)
    for k: uint256 in range(count, bound=MAX_STEPS):
        step: Step = steps[k]
        if exact_out:
            step = steps[count - 1 - k]
        if step.amount > 0:
            current = step.amount
        done: swapping.Settled = swapping.swap(step.hop, exact_out, current, integrator)
        # An amount carried over means nothing in another token.
        assert (
            step.amount > 0 or (done.token_out if exact_out else done.token_in) == meeting
        ), "batch: tokens do not follow"
        lock.charge(done.token_in, convert(done.amount_in, int256))
        lock.charge(done.token_out, -convert(done.amount_out, int256))
        current = done.amount_in if exact_out else done.amount_out
        meeting = done.token_in if exact_out else done.token_out
    deltas: DynArray[int256, MAX_TOKENS] = []
    for i: uint256 in range(len(tokens), bound=MAX_TOKENS):
        delta: int256 = lock.deltas[tokens[i]] - before[i]
        assert delta <= limits_[i], "batch: limit"
        deltas.append(delta)
    return deltas
