# pragma version 0.4.3
"""
@title Rate maths
@notice How far a pool follows a rate provider: a bounded step from the last accepted rate, in both directions.
@custom:assumes nothing of the provider's figure
@custom:rounding the step down
@custom:kill none: pure
"""
# A rate word, from the lowest bit: accepted rate 72 (WAD), time of its acceptance 32, frozen 1.

from . import fixed_point
from . import limits

FROZEN_SHIFT: constant(uint256) = 104
ACCEPTED: constant(uint256) = 2 ** 72 - 1


struct Rate:
    accepted: uint256
    time: uint256
    frozen: bool


@internal
@pure
def unpack(word: uint256) -> Rate:
    return Rate(
        accepted=word & ACCEPTED,
        time=(word >> 72) & (2 ** 32 - 1),
        frozen=(word >> FROZEN_SHIFT) & 1 == 1,
    )


@internal
@pure
def pack(rate: Rate) -> uint256:
    assert rate.accepted < 2 ** 72 and rate.time < 2 ** 32, "rate: too large"
    return rate.accepted | (rate.time << 72) | (convert(rate.frozen, uint256) << FROZEN_SHIFT)


@internal
@pure
def is_sound(reported: uint256, updated: uint256, now: uint256, max_age: uint256) -> bool:
    """
    @dev Whether a provider's answer may be looked at: within the limits, not from the future, not older than max_age.
    """
    if reported < limits.MIN_RATE or reported > limits.MAX_RATE:
        return False
    return updated <= now and now - updated <= max_age


@internal
@pure
def followed(rate: Rate, reported: uint256, max_move: uint256, now: uint256) -> Rate:
    """
    @dev The rate after a sound report. In a new block it follows by at most max_move (WAD) of itself, and is frozen while the
         report is farther; in the same block it stays, and is frozen unless the report is near enough to be followed in the next.
    """
    bound: uint256 = fixed_point.mul_down(rate.accepted, max_move)
    gap: uint256 = max(reported, rate.accepted) - min(reported, rate.accepted)
    if now <= rate.time:
        return Rate(accepted=rate.accepted, time=rate.time, frozen=rate.frozen or gap > bound)
    if gap <= bound:
        return Rate(accepted=reported, time=now, frozen=False)
    stepped: uint256 = rate.accepted + bound
    if reported < rate.accepted:
        stepped = rate.accepted - bound
    return Rate(accepted=stepped, time=now, frozen=True)
