# pragma version 0.4.3
"""
@title Stable ratios
@notice How D grows with one balance, and the balance that a growth takes, with the fee on what is not in proportion.
@custom:assumes see stable_invariant.vy
@custom:rounding the direction is in the name
@custom:kill none: pure
"""
# rho(u) = D(x, x_i grown to u * x_i) / D(x); phi(u) as in geometric_maths.vy. Ratios in 1e36 scale.

from . import fixed_point
from . import limits
from . import stable_invariant

ROUNDS: constant(uint256) = 32  # see geometric_maths.vy


@internal
@pure
def grown_up(
    x: DynArray[uint256, 8], index: uint256, d: uint256, amplification: uint256
) -> uint256:
    """
    @dev rho^-1: the factor on x[index] that gives invariant d, rounded up.
    """
    y: uint256 = stable_invariant.balance_up(x, index, x[index], d, amplification)
    return fixed_point.div_up(y * fixed_point.E36, x[index])


@internal
@pure
def ratio_down(
    u: uint256, x: DynArray[uint256, 8], index: uint256, d: uint256, amplification: uint256
) -> uint256:
    """
    @dev rho(u) against d, an upper bound of the invariant of x; rounded down.
    """
    after: DynArray[uint256, 8] = x
    after[index] = x[index] * u // fixed_point.E36
    total: uint256 = 0
    least: uint256 = 0
    total, least = stable_invariant.check_domain(after)
    start: uint256 = stable_invariant.above_root(after, total, least)
    return stable_invariant.invariant_down(after, total, least, start, amplification) * fixed_point.E36 // d


@internal
@pure
def _ratio_up(
    u: uint256, x: DynArray[uint256, 8], index: uint256, d: uint256, amplification: uint256
) -> uint256:
    """
    @dev rho(u) against d, a lower bound of the invariant of x; rounded up.
    """
    after: DynArray[uint256, 8] = x
    after[index] = fixed_point.div_up((x[index] + 1) * u, fixed_point.E36)
    total: uint256 = 0
    least: uint256 = 0
    total, least = stable_invariant.check_domain(after)
    return fixed_point.div_up(
        stable_invariant.invariant_up(after, total, least, amplification) * fixed_point.E36, d
    )


@internal
@pure
def solve_up(
    taxed: uint256, x: DynArray[uint256, 8], index: uint256, d: uint256, amplification: uint256, fee: uint256
) -> uint256:
    """
    @dev u with phi(u) = taxed >= 1, rounded up; the bracket of geometric_maths._solve_up. d: an upper bound of the invariant of x.
    """
    if fee == 0:
        return taxed
    total: uint256 = 0
    least: uint256 = 0
    total, least = stable_invariant.check_domain(x)
    d_down: uint256 = stable_invariant.invariant_down(x, total, least, d, amplification)
    keep: uint256 = fixed_point.WAD - fee
    target: uint256 = taxed * fixed_point.WAD
    low: uint256 = taxed
    high: uint256 = 0
    for _: uint256 in range(ROUNDS):
        ratio: uint256 = self.ratio_down(low, x, index, d, amplification)
        high = fixed_point.div_up(target - fee * ratio, keep)
        if high - low <= high // fixed_point.WAD:
            break
        ratio = self._ratio_up(high, x, index, d_down, amplification)
        low = max((target - fee * ratio) // keep, low)
    return high


@internal
@pure
def solve_down(
    taxed: uint256, x: DynArray[uint256, 8], index: uint256, d: uint256, amplification: uint256, fee: uint256
) -> uint256:
    """
    @dev q with phi(q) = taxed, q <= 1, rounded down; the bracket of geometric_maths._solve_down. d: an upper bound of the invariant of x.
    """
    if fee == 0:
        return taxed
    total: uint256 = 0
    least: uint256 = 0
    total, least = stable_invariant.check_domain(x)
    d_down: uint256 = stable_invariant.invariant_down(x, total, least, d, amplification)
    keep: uint256 = fixed_point.WAD - fee
    target: uint256 = taxed * fixed_point.WAD
    low: uint256 = 0
    high: uint256 = taxed
    for _: uint256 in range(ROUNDS):
        spent: uint256 = fee * self._ratio_up(high, x, index, d_down, amplification)
        assert spent < target, "remove: amount too large"
        low = (target - spent) // keep
        if low < limits.MIN_LEFT_E36 or high - low <= high // fixed_point.WAD:
            break
        spent = fee * self.ratio_down(low, x, index, d, amplification)
        high = min(fixed_point.div_up(target - spent, keep), high)
    return low
