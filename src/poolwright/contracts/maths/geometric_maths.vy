# pragma version 0.4.3
"""
@title Geometric maths
@notice Liquidity of pools that keep K = prod b_i^(w_i / W), W = sum w_i: weighted (W = WAD), constant product (w_i = 1, W = n).
@custom:assumes raw balances within limits: decimals and rates cancel in every ratio
@custom:rounding shares minted and amounts out down, shares burned and amounts in up
@custom:kill none: pure
"""
# With u the factor by which one balance grows:
#   rho(u) = u^(w/W)                    ratio of invariants, no fee
#   phi(u) = (1 - f) * u + f * rho(u)   the same u once the fee f is paid on the part above the proportional one
# Add:     1 + shares/supply = rho(phi(1 + amount/balance)).
# Remove:  1 - amount/balance = phi(rho^-1(1 - shares/supply)).
# All ratios are in 1e36 scale; _e18 marks raw units times 1e18.

from .. import refusal
from . import fixed_point
from . import limits
from . import log_exp

# Rounds of the bracket in _solve_up and _solve_down. Each shrinks it by f * rho' / (1 - f) < 0.2 at the highest fee; any count is safe.
ROUNDS: constant(uint256) = 32


@internal
@pure
def compute_invariant_down(
    balances: DynArray[uint256, 16], weights: DynArray[uint256, 16], total_weight: uint256
) -> uint256:
    """
    @dev K in the unit of the balances (pass them scaled to 18 decimals), rounded down.
    """
    total: int256 = 0
    for i: uint256 in range(len(balances), bound=16):
        total += log_exp.log2_down(balances[i], 1) * convert(weights[i], int256)
    return log_exp.exp2_down(total // convert(total_weight, int256)) // fixed_point.E36


@internal
@pure
def compute_invariant_up(
    balances: DynArray[uint256, 16], weights: DynArray[uint256, 16], total_weight: uint256
) -> uint256:
    """
    @dev K in the unit of the balances (pass them scaled to 18 decimals), rounded up.
    """
    total: int256 = 0
    for i: uint256 in range(len(balances), bound=16):
        total += log_exp.log2_up(balances[i], 1) * convert(weights[i], int256)
    return fixed_point.div_up(
        log_exp.exp2_up(total // convert(total_weight, int256) + 1), fixed_point.E36
    )


@internal
@pure
def compute_shares_given_amounts_in(
    balances: DynArray[uint256, 16],
    weights: DynArray[uint256, 16],
    total_weight: uint256,
    amounts_in: DynArray[uint256, 16],
    supply: uint256,
    fee: uint256,
) -> (uint256, DynArray[uint256, 16]):
    """
    @dev (shares, fee per token in raw units) for any amounts in. The fee falls on what exceeds the proportional amount.
         shares = supply * (prod ((b_i + net_i) / b_i)^(w_i/W) - 1). Shares leave: round down.
    """
    nets_e18: DynArray[uint256, 16] = amounts_in
    for i: uint256 in range(len(amounts_in), bound=16):
        assert amounts_in[i] <= balances[i] * limits.MAX_ADD_RATIO, "add: amount too large"
        nets_e18[i] = amounts_in[i] * fixed_point.WAD
    # A low ratio taxes more: rounds down.
    growth: uint256 = self._growth_down(balances, weights, total_weight, nets_e18)
    fees: DynArray[uint256, 16] = amounts_in
    for i: uint256 in range(len(amounts_in), bound=16):
        proportional_e18: uint256 = balances[i] * growth // fixed_point.WAD
        if nets_e18[i] > proportional_e18:
            nets_e18[i] -= fixed_point.mul_up(nets_e18[i] - proportional_e18, fee)
        fees[i] = (amounts_in[i] * fixed_point.WAD - nets_e18[i]) // fixed_point.WAD
    growth = self._growth_down(balances, weights, total_weight, nets_e18)
    return supply * growth // fixed_point.E36, fees


@internal
@pure
def compute_shares_given_amount_in(
    balance: uint256, weight: uint256, total_weight: uint256, amount_in: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @dev compute_shares_given_amounts_in for one token, to the unit; the supply is below 2^128.
    """
    # cannot overflow: balance < 2^112, so before and net together are below 10 * 2^112 * 10^18 < 2^176, and growth below 10^37.
    if amount_in > unsafe_mul(balance, limits.MAX_ADD_RATIO):
        refusal.because("add: amount too large")
    before_e18: uint256 = unsafe_mul(balance, fixed_point.WAD)  # cannot overflow: see above
    gross_e18: uint256 = unsafe_mul(amount_in, fixed_point.WAD)  # cannot overflow: see above
    net_e18: uint256 = gross_e18
    growth: uint256 = self._growth_of_one_down(before_e18, net_e18, weight, total_weight)
    proportional_e18: uint256 = unsafe_div(unsafe_mul(balance, growth), fixed_point.WAD)  # cannot overflow: see above
    if net_e18 > proportional_e18:
        # cannot overflow: below 2^176 times a fee below 2^60. The tax rounds up, and is less than what it is a part of.
        tax_e36: uint256 = unsafe_mul(unsafe_sub(net_e18, proportional_e18), fee)
        net_e18 = unsafe_sub(net_e18, unsafe_add(tax_e36, fixed_point.WAD - 1) // fixed_point.WAD)  # cannot overflow: see above
    growth = self._growth_of_one_down(before_e18, net_e18, weight, total_weight)
    # cannot overflow: see above, and net_e18 only fell.
    return unsafe_mul(supply, growth) // fixed_point.E36, unsafe_sub(gross_e18, net_e18) // fixed_point.WAD


@internal
@pure
def compute_amount_in_given_shares(
    balance: uint256, weight: uint256, total_weight: uint256, shares: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @dev (amount in, fee) of one token for exact shares: solves phi(u) = rho^-1(1 + shares/supply). Amount enters: rounds up.
    """
    # rho^-1 grows fast with small weights: asked first whether even the largest u would do.
    most: uint256 = log_exp.pow_up(limits.MAX_ADD_RATIO + 1, 1, weight, total_weight)
    assert shares <= supply * (most - fixed_point.E36) // fixed_point.E36, "add: amount too large"
    grown: uint256 = log_exp.pow_up(supply + shares, supply, total_weight, weight)
    limit: uint256 = (limits.MAX_ADD_RATIO + 1) * fixed_point.E36
    assert grown <= limit, "add: amount too large"
    u: uint256 = self._solve_up(grown, weight, total_weight, fee)
    assert u <= limit, "add: amount too large"
    amount: uint256 = fixed_point.div_up(balance * (u - fixed_point.E36), fixed_point.E36)
    net: uint256 = fixed_point.div_up(balance * (grown - fixed_point.E36), fixed_point.E36)
    return amount, amount - net


@internal
@pure
def compute_amount_out_given_shares(
    balance: uint256, weight: uint256, total_weight: uint256, shares: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @dev (amount out, fee) of one token for exact shares: 1 - phi(rho^-1(1 - shares/supply)). Amount leaves: rounds down.
    """
    assert shares < supply, "shares: supply exceeded"
    left: uint256 = log_exp.pow_up(supply - shares, supply, total_weight, weight)
    assert left >= limits.MIN_LEFT_E36, "remove: amount too large"
    ratio: uint256 = fixed_point.div_up((supply - shares) * fixed_point.E36, supply)
    taxed: uint256 = self._phi_up(left, ratio, fee)
    if taxed >= fixed_point.E36:
        return 0, 0
    amount: uint256 = balance * (fixed_point.E36 - taxed) // fixed_point.E36
    if left >= taxed:
        return amount, 0
    return amount, balance * (fixed_point.E36 - left) // fixed_point.E36 - amount


@internal
@pure
def compute_shares_given_amount_out(
    balance: uint256, weight: uint256, total_weight: uint256, amount_out: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @dev (shares, fee) for an exact amount of one token: solves phi(q) = 1 - amount/balance. Shares burned: round up.
    """
    assert amount_out > 0, "remove: zero out"
    assert amount_out < balance, "remove: amount too large"
    taxed: uint256 = (balance - amount_out) * fixed_point.E36 // balance
    assert taxed >= limits.MIN_LEFT_E36, "remove: amount too large"
    left: uint256 = self._solve_down(taxed, weight, total_weight, fee)
    assert left >= limits.MIN_LEFT_E36, "remove: amount too large"
    ratio: uint256 = log_exp.pow_down(left, fixed_point.E36, weight, total_weight)
    shares: uint256 = supply
    if ratio < fixed_point.E36:
        shares = fixed_point.div_up(supply * (fixed_point.E36 - ratio), fixed_point.E36)
    gross: uint256 = balance * (fixed_point.E36 - left) // fixed_point.E36
    if gross <= amount_out:
        return shares, 0
    return shares, gross - amount_out


@internal
@pure
def _growth_down(
    balances: DynArray[uint256, 16],
    weights: DynArray[uint256, 16],
    total_weight: uint256,
    nets_e18: DynArray[uint256, 16],
) -> uint256:
    """
    @dev prod ((b_i + net_i) / b_i)^(w_i/W) - 1, rounded down.
    """
    total: int256 = 0
    for i: uint256 in range(len(balances), bound=16):
        if nets_e18[i] > 0:
            before: uint256 = balances[i] * fixed_point.WAD
            total += log_exp.log2_down(before + nets_e18[i], before) * convert(weights[i], int256)
    ratio: uint256 = log_exp.exp2_down(total // convert(total_weight, int256))
    if ratio <= fixed_point.E36:
        return 0
    return ratio - fixed_point.E36


@internal
@pure
def _growth_of_one_down(before_e18: uint256, net_e18: uint256, weight: uint256, total_weight: uint256) -> uint256:
    """
    @dev _growth_down of one token.
    """
    # cannot overflow: see compute_shares_given_amount_in. Of no less than one, the logarithm is not negative.
    grown: uint256 = convert(log_exp.log2_down(unsafe_add(before_e18, net_e18), before_e18), uint256)
    # cannot overflow: a logarithm is below 2^104, a weight at most 10^18; a total weight is at least 1.
    grown = unsafe_div(unsafe_mul(grown, weight), total_weight)
    ratio: uint256 = log_exp.exp2_down(convert(grown, int256))
    if ratio <= fixed_point.E36:
        return 0
    return unsafe_sub(ratio, fixed_point.E36)  # cannot overflow: see above


@internal
@pure
def _phi_up(u: uint256, ratio: uint256, fee: uint256) -> uint256:
    """
    @dev (1 - f) * u + f * ratio, rounded up.
    """
    return fixed_point.div_up((fixed_point.WAD - fee) * u + fee * ratio, fixed_point.WAD)


@internal
@pure
def _solve_up(taxed: uint256, weight: uint256, total_weight: uint256, fee: uint256) -> uint256:
    """
    @dev u with phi(u) = taxed >= 1, rounded up. phi(u) <= u, so taxed itself is a lower bound; as rho rises with u,
         u -> (taxed - f * rho(u)) / (1 - f) turns a lower bound into an upper one and back.
    """
    if fee == 0:
        return taxed
    keep: uint256 = fixed_point.WAD - fee
    target: uint256 = taxed * fixed_point.WAD
    low: uint256 = taxed
    high: uint256 = 0
    for _: uint256 in range(ROUNDS):
        ratio: uint256 = log_exp.pow_down(low, fixed_point.E36, weight, total_weight)
        high = fixed_point.div_up(target - fee * ratio, keep)
        if high - low <= high // fixed_point.WAD:
            break
        ratio = log_exp.pow_up(high, fixed_point.E36, weight, total_weight)
        low = max((target - fee * ratio) // keep, low)
    return high


@internal
@pure
def _solve_down(taxed: uint256, weight: uint256, total_weight: uint256, fee: uint256) -> uint256:
    """
    @dev q with phi(q) = taxed, q <= 1, rounded down. phi(q) >= q there, so taxed is an upper bound; see _solve_up.
    """
    if fee == 0:
        return taxed
    keep: uint256 = fixed_point.WAD - fee
    target: uint256 = taxed * fixed_point.WAD
    low: uint256 = 0
    high: uint256 = taxed
    for _: uint256 in range(ROUNDS):
        spent: uint256 = fee * log_exp.pow_up(high, fixed_point.E36, weight, total_weight)
        assert spent < target, "remove: amount too large"
        low = (target - spent) // keep
        if low < limits.MIN_LEFT_E36 or high - low <= high // fixed_point.WAD:
            break
        spent = fee * log_exp.pow_down(low, fixed_point.E36, weight, total_weight)
        high = min(fixed_point.div_up(target - spent, keep), high)
    return low
