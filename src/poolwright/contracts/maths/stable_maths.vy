# pragma version 0.4.3
"""
@title Stable maths
@notice Swaps and prices of a StableSwap pool.
@custom:assumes see stable_invariant.vy
@custom:rounding amounts out down, amounts in up
@custom:kill none: pure
"""
# Units: x, left, right as stable_invariant.normalise gives them; _e18 marks raw token units times 1e18.

from . import fixed_point
from . import limits
from . import stable_invariant


@internal
@pure
def values_of(balances: DynArray[uint256, 8], factors: DynArray[uint256, 8]) -> (DynArray[uint256, 8], uint256):
    """
    @dev What balances are worth (1e36), exactly: (each, all together).
    """
    values: DynArray[uint256, 8] = balances
    worth: uint256 = 0
    for i: uint256 in range(len(balances), bound=8):
        value: uint256 = balances[i] * factors[i]
        values[i] = value
        worth += value
    return values, worth


@internal
@pure
def compute_invariant_down(
    balances: DynArray[uint256, 8], factors: DynArray[uint256, 8], amplification: uint256
) -> uint256:
    """
    @dev D in 18 decimals, rounded down.
    """
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = self.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_down(
        x, total, least, stable_invariant.above_root(x, total, least), amplification
    )
    return ((d << right) >> left) // fixed_point.WAD


@internal
@pure
def compute_invariant_up(
    balances: DynArray[uint256, 8], factors: DynArray[uint256, 8], amplification: uint256
) -> uint256:
    """
    @dev D in 18 decimals, rounded up.
    """
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = self.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    return fixed_point.div_up(stable_invariant.value_up(d, left, right), fixed_point.WAD)


@internal
@pure
def compute_out_given_exact_in(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
    net_in_e18: uint256,
) -> uint256:
    """
    @dev Raw amount out for a net amount in (_e18). Amount leaves: rounds down.
    """
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = self.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    return self.out_given_invariant(
        x, left, right, d, amplification, index_in, index_out, factors[index_in], factors[index_out], net_in_e18
    )


@internal
@pure
def out_given_invariant(
    x: DynArray[uint256, 8],
    left: uint256,
    right: uint256,
    d: uint256,
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
    factor_in: uint256,
    factor_out: uint256,
    net_in_e18: uint256,
) -> uint256:
    """
    @dev compute_out_given_exact_in with normalise and invariant_up already done.
    """
    assert index_in != index_out, "swap: same token"
    # Amount in is valued down, the balance that must stay is rounded up.
    value_in: uint256 = fixed_point.mul_div_down(net_in_e18, factor_in, fixed_point.WAD)
    assert value_in <= (2 ** 104 << right) >> left, "swap: in too large"
    added: uint256 = (value_in << left) >> right
    after: DynArray[uint256, 8] = x
    after[index_in] = x[index_in] + added
    # Near a price of one the amount out is close to the amount in.
    held: uint256 = x[index_out]
    stays: uint256 = stable_invariant.balance_up(after, index_out, held - min(added, held), d, amplification)
    if stays >= held:
        return 0
    return (((held - stays) << right) >> left) // factor_out


@internal
@pure
def compute_in_given_exact_out(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
    amount_out: uint256,
) -> uint256:
    """
    @dev Net amount in (_e18) for a raw amount out. Amount enters: rounds up.
    """
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = self.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    return self.in_given_invariant(
        x, left, right, d, amplification, index_in, index_out, factors[index_in], factors[index_out],
        balances[index_out], amount_out
    )


@internal
@pure
def in_given_invariant(
    x: DynArray[uint256, 8],
    left: uint256,
    right: uint256,
    d: uint256,
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
    factor_in: uint256,
    factor_out: uint256,
    balance_out: uint256,
    amount_out: uint256,
) -> uint256:
    """
    @dev compute_in_given_exact_out with normalise and invariant_up already done.
    """
    assert index_in != index_out, "swap: same token"
    assert amount_out > 0, "swap: zero out"
    assert amount_out < balance_out, "swap: out too large"
    left_over: uint256 = (((balance_out - amount_out) * factor_out) << left) >> right
    after: DynArray[uint256, 8] = x
    after[index_out] = left_over
    # Near a price of one the amount in is close to the amount out, x is no less than what is left of it.
    held: uint256 = x[index_in]
    grown: uint256 = stable_invariant.balance_up(after, index_in, held + x[index_out] - left_over, d, amplification)
    if grown <= held:
        return 0
    return fixed_point.mul_div_up(
        stable_invariant.value_up(grown - held, left, right), fixed_point.WAD, factor_in
    )


@internal
@pure
def compute_spot_price(
    balances: DynArray[uint256, 8],
    factors: DynArray[uint256, 8],
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
) -> (uint256, uint256):
    """
    @dev Marginal value in per value out, (Ann + K/x_out) / (Ann + K/x_in) with K = D^(n+1) / (n^n prod x),
         as (numerator, denominator), without fee. In raw units: times factor_out / factor_in.
    """
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = self.values_of(balances, factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_down(
        x, total, least, stable_invariant.above_root(x, total, least), amplification
    )
    ann: uint256 = amplification * len(x)
    k: uint256 = stable_invariant.product_down(x, d) * limits.AMPLIFICATION_PRECISION
    return x[index_in] * (ann * x[index_out] + k), x[index_out] * (ann * x[index_in] + k)
