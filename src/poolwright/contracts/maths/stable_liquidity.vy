# pragma version 0.4.3
"""
@title Stable liquidity
@notice Adding to and removing from a StableSwap pool in any proportion.
@custom:assumes see stable_invariant.vy
@custom:rounding shares minted and amounts out down, shares burned and amounts in up
@custom:kill none: pure
"""
# The same laws as geometric_maths.vy, with rho(u) = D(x, x_i grown to u * x_i) / D(x). Ratios in 1e36 scale.

from . import fixed_point
from . import limits
from . import stable_invariant
from . import stable_maths

ROUNDS: constant(uint256) = 32  # see geometric_maths.vy


@internal
@pure
def compute_shares_given_amounts_in(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    amounts_in: DynArray[uint256, 8],
    supply: uint256,
    fee: uint256,
) -> (uint256, DynArray[uint256, 8]):
    """
    @dev (shares, fee per token in raw units) for any amounts in. The fee falls on what exceeds the proportional amount.
         shares = supply * (D(b + net) / D(b) - 1). Shares leave: round down.
    """
    nets_e18: DynArray[uint256, 8] = amounts_in
    room: uint256 = 0
    for i: uint256 in range(len(amounts_in), bound=8):
        assert amounts_in[i] <= balances[i] * limits.MAX_ADD_RATIO, "add: amount too large"
        nets_e18[i] = amounts_in[i] * fixed_point.WAD
        room += amounts_in[i] * factors[i]
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, room)
    before: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    # A low ratio taxes more: rounds down.
    after: uint256 = self._invariant_with(x, left, right, total, before, factors, nets_e18, amplification)
    growth: uint256 = 0
    if after > before:
        growth = (after - before) * fixed_point.E36 // before
    fees: DynArray[uint256, 8] = amounts_in
    for i: uint256 in range(len(amounts_in), bound=8):
        proportional_e18: uint256 = balances[i] * growth // fixed_point.WAD
        if nets_e18[i] > proportional_e18:
            nets_e18[i] -= fixed_point.mul_up(nets_e18[i] - proportional_e18, fee)
        fees[i] = (amounts_in[i] * fixed_point.WAD - nets_e18[i]) // fixed_point.WAD
    after = self._invariant_with(x, left, right, total, before, factors, nets_e18, amplification)
    if after <= before:
        return 0, fees
    return fixed_point.mul_div_down(supply, after - before, before), fees


@internal
@pure
def compute_shares_given_amount_in(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index: uint256,
    amount_in: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @dev (shares, fee in the token): what compute_shares_given_amounts_in answers where all else is nothing.
    """
    balance: uint256 = balances[index]
    factor: uint256 = factors[index]
    assert amount_in <= balance * limits.MAX_ADD_RATIO, "add: amount too large"
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, amount_in * factor)
    before: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    added: uint256 = ((amount_in * factor) << left) >> right
    # A low ratio taxes more: rounds down.
    after: uint256 = self._invariant_grown(x, index, added, total, before, amplification)
    proportional_e18: uint256 = 0
    if after > before:
        proportional_e18 = balance * ((after - before) * fixed_point.E36 // before) // fixed_point.WAD
    net_e18: uint256 = amount_in * fixed_point.WAD
    if net_e18 > proportional_e18:
        net_e18 -= fixed_point.mul_up(net_e18 - proportional_e18, fee)
    fee_amount: uint256 = (amount_in * fixed_point.WAD - net_e18) // fixed_point.WAD
    added = (fixed_point.mul_div_down(net_e18, factor, fixed_point.WAD) << left) >> right
    after = self._invariant_grown(x, index, added, total, before, amplification)
    if after <= before:
        return 0, fee_amount
    return fixed_point.mul_div_down(supply, after - before, before), fee_amount


@internal
@pure
def compute_amount_in_given_shares(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index: uint256,
    shares: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @dev (amount in, fee) of one token for exact shares: solves phi(u) = rho^-1(1 + shares/supply). Amount enters: rounds up.
    """
    assert shares <= supply * limits.MAX_ADD_RATIO, "add: amount too large"
    balance: uint256 = balances[index]
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, balance * factors[index] * limits.MAX_ADD_RATIO)
    limit: uint256 = (limits.MAX_ADD_RATIO + 1) * fixed_point.E36
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    target: uint256 = fixed_point.mul_div_up(d, supply + shares, supply)
    # No asset within its limit gives as much: the sum would stay below 2^104.
    assert target < stable_invariant.D_MAX, "add: amount too large"
    grown: uint256 = self._grown_up(x, index, target, amplification)
    assert grown <= limit, "add: amount too large"
    u: uint256 = self._solve_up(grown, x, index, d, amplification, fee)
    assert u <= limit, "add: amount too large"
    amount: uint256 = fixed_point.div_up(balance * (u - fixed_point.E36), fixed_point.E36)
    net: uint256 = fixed_point.div_up(balance * (grown - fixed_point.E36), fixed_point.E36)
    return amount, amount - net


@internal
@pure
def compute_amount_out_given_shares(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index: uint256,
    shares: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @dev (amount out, fee) of one token for exact shares: 1 - phi(rho^-1(1 - shares/supply)). Amount leaves: rounds down.
    """
    assert shares < supply, "shares: supply exceeded"
    balance: uint256 = balances[index]
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, 0)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    target: uint256 = fixed_point.mul_div_up(d, supply - shares, supply)
    remains: uint256 = self._grown_up(x, index, target, amplification)
    assert remains >= limits.MIN_LEFT_E36, "remove: amount too large"
    ratio: uint256 = fixed_point.div_up((supply - shares) * fixed_point.E36, supply)
    taxed: uint256 = fixed_point.div_up(
        (fixed_point.WAD - fee) * remains + fee * ratio, fixed_point.WAD
    )
    if taxed >= fixed_point.E36:
        return 0, 0
    amount: uint256 = balance * (fixed_point.E36 - taxed) // fixed_point.E36
    if remains >= taxed:
        return amount, 0
    return amount, balance * (fixed_point.E36 - remains) // fixed_point.E36 - amount


@internal
@pure
def compute_shares_given_amount_out(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index: uint256,
    amount_out: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @dev (shares, fee) for an exact amount of one token: solves phi(q) = 1 - amount/balance. Shares burned: round up.
    """
    balance: uint256 = balances[index]
    assert amount_out > 0, "remove: zero out"
    assert amount_out < balance, "remove: amount too large"
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, 0)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    taxed: uint256 = (balance - amount_out) * fixed_point.E36 // balance
    assert taxed >= limits.MIN_LEFT_E36, "remove: amount too large"
    remains: uint256 = self._solve_down(taxed, x, index, d, amplification, fee)
    assert remains >= limits.MIN_LEFT_E36, "remove: amount too large"
    ratio: uint256 = self._ratio_down(remains, x, index, d, amplification)
    shares: uint256 = supply
    if ratio < fixed_point.E36:
        shares = fixed_point.div_up(supply * (fixed_point.E36 - ratio), fixed_point.E36)
    gross: uint256 = balance * (fixed_point.E36 - remains) // fixed_point.E36
    if gross <= amount_out:
        return shares, 0
    return shares, gross - amount_out


@internal
@pure
def _invariant_with(
    x: DynArray[uint256, 8],
    left: uint256,
    right: uint256,
    total: uint256,
    d: uint256,
    factors: DynArray[uint256, 8],
    nets_e18: DynArray[uint256, 8],
    amplification: uint256,
) -> uint256:
    """
    @dev D after net amounts in, rounded down: each amount is valued down. total and d are the sum of x and an upper bound of D.
    """
    after: DynArray[uint256, 8] = x
    for i: uint256 in range(len(x), bound=8):
        if nets_e18[i] > 0:
            value: uint256 = fixed_point.mul_div_down(nets_e18[i], factors[i], fixed_point.WAD)
            after[i] = x[i] + ((value << left) >> right)
    return self._invariant_after(after, total, d, amplification)


@internal
@pure
def _invariant_grown(
    x: DynArray[uint256, 8], index: uint256, added: uint256, total: uint256, d: uint256, amplification: uint256
) -> uint256:
    """
    @dev D after x[index] has grown, rounded down. total and d are the sum of x and an upper bound of D.
    """
    after: DynArray[uint256, 8] = x
    after[index] = x[index] + added
    return self._invariant_after(after, total, d, amplification)


@internal
@pure
def _invariant_after(
    after: DynArray[uint256, 8], total_before: uint256, d_before: uint256, amplification: uint256
) -> uint256:
    """
    @dev D of balances that have grown from those of d_before, an upper bound within a millionth; rounded down.
    """
    total: uint256 = 0
    least: uint256 = 0
    total, least = stable_invariant.check_domain(after)
    added: uint256 = total - total_before
    # Near prices of one, D grows by what the sum does. Where that is less than half of it, so small a D is a start: D never falls.
    start: uint256 = min(d_before + added, total)
    if added > d_before >> 1:
        start = stable_invariant.above_root(after, total, least)
    return stable_invariant.invariant_down(after, total, least, start, amplification)


@internal
@pure
def _grown_up(
    x: DynArray[uint256, 8], index: uint256, d: uint256, amplification: uint256
) -> uint256:
    """
    @dev rho^-1: the factor on x[index] that gives invariant d, rounded up.
    """
    y: uint256 = stable_invariant.balance_up(x, index, x[index], d, amplification)
    return fixed_point.div_up(y * fixed_point.E36, x[index])


@internal
@pure
def _ratio_down(
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
def _solve_up(
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
        ratio: uint256 = self._ratio_down(low, x, index, d, amplification)
        high = fixed_point.div_up(target - fee * ratio, keep)
        if high - low <= high // fixed_point.WAD:
            break
        ratio = self._ratio_up(high, x, index, d_down, amplification)
        low = max((target - fee * ratio) // keep, low)
    return high


@internal
@pure
def _solve_down(
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
        spent = fee * self._ratio_down(low, x, index, d, amplification)
        high = min(fixed_point.div_up(target - spent, keep), high)
    return low
