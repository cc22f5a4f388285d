# pragma version 0.4.3
"""
@title Ramp maths
@notice A value that moves in a straight line from start to end between two times, and the speed that is safe.
@custom:assumes start and end below 2^64, times below 2^32
@custom:rounding towards the start, by less than one unit
@custom:kill none: pure
"""
# From the lowest bit: start 64, end 64, start time 32, end time 32.

from . import fixed_point
from . import limits

# Safe speed is counted per block of this length; a slower chain has more time for each step.
BLOCK: constant(uint256) = 12


struct Ramp:
    start: uint256
    end: uint256
    start_time: uint256
    end_time: uint256


@internal
@pure
def unpack(word: uint256) -> Ramp:
    return Ramp(
        start=word & (2 ** 64 - 1),
        end=(word >> 64) & (2 ** 64 - 1),
        start_time=(word >> 128) & (2 ** 32 - 1),
        end_time=(word >> 160) & (2 ** 32 - 1),
    )


@internal
@pure
def pack(ramp: Ramp) -> uint256:
    assert ramp.start < 2 ** 64 and ramp.end < 2 ** 64, "ramp: value too large"
    assert ramp.start_time < 2 ** 32 and ramp.end_time < 2 ** 32, "ramp: time too large"
    return ramp.start | (ramp.end << 64) | (ramp.start_time << 128) | (ramp.end_time << 160)


@internal
@pure
def value_at(word: uint256, now: uint256) -> uint256:
    """
    @dev The value at a time: start before the ramp, end after it.
    """
    ramp: Ramp = self.unpack(word)
    if now >= ramp.end_time:
        return ramp.end
    if now <= ramp.start_time:
        return ramp.start
    done: uint256 = now - ramp.start_time
    span: uint256 = ramp.end_time - ramp.start_time
    if ramp.end >= ramp.start:
        return ramp.start + (ramp.end - ramp.start) * done // span
    return ramp.start - (ramp.start - ramp.end) * done // span


@internal
@pure
def step_of(start: uint256, end: uint256, duration: uint256) -> uint256:
    """
    @dev An upper bound of |ln| of the value's change in one block anywhere on the ramp, WAD: |end - start| * BLOCK / (duration *
         least), where the line is steepest in logarithms. Rounds up.
    """
    assert duration > 0 and start > 0 and end > 0, "ramp: empty"
    least: uint256 = min(start, end)
    span: uint256 = max(start, end) - least
    blocks_least: uint256 = duration * least
    # the value after the step can be below `least` by nothing: -ln(1 - s) <= s / (1 - s), s the step relative to the value before it
    step: uint256 = fixed_point.div_up(span * BLOCK * limits.WAD, blocks_least)
    if step >= limits.WAD:
        return max_value(uint256)
    return fixed_point.div_up(step * limits.WAD, limits.WAD - step)
