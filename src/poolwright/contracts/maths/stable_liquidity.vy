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
from . import stable_ratios


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
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth + room)
    before: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    # A low ratio taxes more: rounds down.
    after: uint256 = self._invariant_with(x, left, right, total, least, before, factors, nets_e18, amplification)
    growth: uint256 = 0
    if after > before:
        growth = (after - before) * fixed_point.E36 // before
    fees: DynArray[uint256, 8] = amounts_in
    for i: uint256 in range(len(amounts_in), bound=8):
        proportional_e18: uint256 = balances[i] * growth // fixed_point.WAD
        if nets_e18[i] > proportional_e18:
            nets_e18[i] -= fixed_point.mul_up(nets_e18[i] - proportional_e18, fee)
        fees[i] = (amounts_in[i] * fixed_point.WAD - nets_e18[i]) // fixed_point.WAD
    after = self._invariant_with(x, left, right, total, least, before, factors, nets_e18, amplification)
    if after <= before:
        return 0, fees
    return fixed_point.mul_div_down(supply, after - before, before), fees


@internal
@pure
def compute_shares_given_amount_in(
    values: DynArray[uint256, 8],
    worth: uint256,
    amplification: uint256,
    index: uint256,
    balance: uint256,
    factor: uint256,
    amount_in: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @dev (shares, fee in the token): what compute_shares_given_amounts_in answers where all else is nothing. values and
         worth: of all balances, balance and factor: of the one at index.
    """
    assert amount_in <= balance * limits.MAX_ADD_RATIO, "add: amount too large"
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    x, left, right, total, least = stable_invariant.normalise(values, worth + amount_in * factor)
    before: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    added: uint256 = ((amount_in * factor) << left) >> right
    # A low ratio taxes more: rounds down.
    grown: DynArray[uint256, 8] = x
    grown[index] = x[index] + added
    after: uint256 = self._invariant_after(grown, total + added, least, added, before, amplification)
    proportional_e18: uint256 = 0
    if after > before:
        proportional_e18 = balance * ((after - before) * fixed_point.E36 // before) // fixed_point.WAD
    net_e18: uint256 = amount_in * fixed_point.WAD
    if net_e18 > proportional_e18:
        net_e18 -= fixed_point.mul_up(net_e18 - proportional_e18, fee)
    fee_amount: uint256 = (amount_in * fixed_point.WAD - net_e18) // fixed_point.WAD
    added = (fixed_point.mul_div_down(net_e18, factor, fixed_point.WAD) << left) >> right
    grown[index] = x[index] + added
    after = self._invariant_after(grown, total + added, least, added, before, amplification)
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
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth + balance * factors[index] * limits.MAX_ADD_RATIO)
    limit: uint256 = (limits.MAX_ADD_RATIO + 1) * fixed_point.E36
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    target: uint256 = fixed_point.mul_div_up(d, supply + shares, supply)
    # No asset within its limit gives as much: the sum would stay below 2^104.
    assert target < stable_invariant.D_MAX, "add: amount too large"
    grown: uint256 = stable_ratios.grown_up(x, index, target, amplification)
    assert grown <= limit, "add: amount too large"
    u: uint256 = stable_ratios.solve_up(grown, x, index, d, amplification, fee)
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
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    target: uint256 = fixed_point.mul_div_up(d, supply - shares, supply)
    remains: uint256 = stable_ratios.grown_up(x, index, target, amplification)
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
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = stable_maths.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    taxed: uint256 = (balance - amount_out) * fixed_point.E36 // balance
    assert taxed >= limits.MIN_LEFT_E36, "remove: amount too large"
    remains: uint256 = stable_ratios.solve_down(taxed, x, index, d, amplification, fee)
    assert remains >= limits.MIN_LEFT_E36, "remove: amount too large"
    ratio: uint256 = stable_ratios.ratio_down(remains, x, index, d, amplification)
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
    least: uint256,
    d: uint256,
    factors: DynArray[uint256, 8],
    nets_e18: DynArray[uint256, 8],
    amplification: uint256,
) -> uint256:
    """
    @dev D after net amounts in, rounded down: each amount is valued down. total, least and d: of x; d an upper bound.
    """
    after: DynArray[uint256, 8] = x
    added: uint256 = 0
    for i: uint256 in range(len(x), bound=8):
        if nets_e18[i] > 0:
            value: uint256 = fixed_point.mul_div_down(nets_e18[i], factors[i], fixed_point.WAD)
            value = (value << left) >> right
            after[i] = x[i] + value
            added += value
    return self._invariant_after(after, total + added, least, added, d, amplification)


@internal
@pure
def _invariant_after(
    after: DynArray[uint256, 8],
    total: uint256,
    least_before: uint256,
    added: uint256,
    d_before: uint256,
    amplification: uint256,
) -> uint256:
    """
    @dev D of balances that have grown, by `added` in all to a sum of total, rounded down; d_before: an upper bound of D before.
    """
    # None has fallen, so the least is at least what it was.
    if least_before <= total >> stable_invariant.IMBALANCE_BITS:
        stable_invariant.check_domain(after)
    # Near prices of one, D grows by what the sum does. Where that is at most half of it, the start is no more than 2 D, as D does not
    # fall.
    start: uint256 = min(d_before + added, total)
    if added > d_before >> 1:
        start = stable_invariant.above_root(after, total, least_before)
    return stable_invariant.invariant_down(after, total, least_before, start, amplification)
