# pragma version 0.4.3
"""
@title Log prices
@notice Every asset's price in the first one, as a logarithm, from what a recorder is shown of a pool of a native kind.
@custom:assumes balances and factors within limits, as the Vault has them
@custom:rounding towards 0, by less than one unit
@custom:kill none: pure
"""
# The price of asset i in asset 0 is what raw units of 0 a raw unit of i is worth at the margin, without fee. With b the balances:
#   weighted          (b_0 / w_0) / (b_i / w_i);  constant product the same, every weight being 1
#   stable            (b_0 / b_i) * (Ann + K / x_i) / (Ann + K / x_0) * (x_i / x_0) = (b_0 / b_i) * (Ann * x_i + K) / (Ann * x_0 + K),
#                     x = b times factor and K = D^(n+1) / (n^n prod x): see stable_maths.compute_spot_price
# Logarithms are to base 2, in 2^34 scale: less than 2^7 in size, as a balance is below 2^112, no weight's share of another below
# 1 / 100, and no x of the domain below 2^-16 of their sum.

from ..interfaces import IKind
from ..maths import constitution
from ..maths import limits
from ..maths import log_exp
from ..maths import stable_invariant

# From log2 in 2^96 scale.
UNIT: constant(int256) = 2 ** 62


@internal
@pure
def of_pool(kind: uint256, view_: IKind.PoolView) -> DynArray[int256, 16]:
    """
    @dev log2 of every asset's price in asset 0, in 2^34 scale.
    """
    assert kind != constitution.FOREIGN, "ring: foreign kind"
    if kind == constitution.STABLE:
        return self._stable(view_)
    prices: DynArray[int256, 16] = [0]
    first: uint256 = view_.assets[0] & limits.MAX_BALANCE
    weight: uint256 = view_.assets[0] >> 112
    for i: uint256 in range(1, len(view_.assets), bound=15):
        asset: uint256 = view_.assets[i]
        # cannot overflow: a balance is below 2^112, a weight below 2^60; log_exp wants operands below 2^176.
        log2: int256 = log_exp.log2_ratio(
            unsafe_mul(first, asset >> 112), unsafe_mul(asset & limits.MAX_BALANCE, weight)
        )
        prices.append(log2 // UNIT)
    return prices


@internal
@pure
def _stable(view_: IKind.PoolView) -> DynArray[int256, 16]:
    n: uint256 = len(view_.assets)
    balances: DynArray[uint256, 8] = []
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    for i: uint256 in range(n, bound=8):
        balances.append(view_.assets[i] & limits.MAX_BALANCE)
        value: uint256 = balances[i] * view_.factors[i]
        values.append(value)
        worth += value
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_down(
        x, total, least, stable_invariant.above_root(x, total, least), view_.parameter
    )
    ann: uint256 = view_.parameter * n
    # Ann has a precision, and so has K then. Both terms stay below 2^159: see the bounds in stable_invariant.vy.
    k: uint256 = stable_invariant.product_down(x, d) * limits.AMPLIFICATION_PRECISION
    prices: DynArray[int256, 16] = [0]
    for i: uint256 in range(1, n, bound=7):
        log2: int256 = log_exp.log2_ratio(balances[0], balances[i]) + log_exp.log2_ratio(
            ann * x[i] + k, ann * x[0] + k
        )
        prices.append(log2 // UNIT)
    return prices
