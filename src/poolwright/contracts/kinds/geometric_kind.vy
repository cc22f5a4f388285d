# pragma version 0.4.3
"""
@title Geometric kind
@notice What the weighted and the constant product kind share: K = prod b_i^(w_i / W), W the total weight.
@custom:assumes see geometric_maths.vy
@custom:rounding see geometric_maths.vy
@custom:kill none: stateless
"""
# A question about single assets may come with these assets alone: see IKind.

from ..interfaces import IKind
from ..maths import fixed_point
from ..maths import geometric_maths
from ..maths import limits
from ..maths import log_exp
from ..maths import scaling


@external
@view
def needs_all_balances() -> bool:
    """
    @notice A swap asks for its two balances, a single-asset operation for one.
    """
    return False


@external
@view
def compute_invariant(pool: IKind.PoolView, up: bool) -> uint256:
    """
    @notice K with 18 decimals, rounded as asked; needs every asset.
    """
    scaled: DynArray[uint256, 16] = self.balances_of(pool)
    for i: uint256 in range(len(scaled), bound=16):
        if up:
            scaled[i] = scaling.to_scaled18_up(scaled[i], pool.factors[i])
        else:
            scaled[i] = scaling.to_scaled18_down(scaled[i], pool.factors[i])
    if up:
        return geometric_maths.compute_invariant_up(scaled, self.weights_of(pool), pool.total_weight)
    return geometric_maths.compute_invariant_down(scaled, self.weights_of(pool), pool.total_weight)


@external
@view
def compute_balance_given_invariant(pool: IKind.PoolView, index: uint256, invariant: uint256) -> uint256:
    """
    @notice Raw balance of one asset that gives an invariant (18 decimals), the others as they are; rounded up.
    """
    # b' = b * (K' / K)^(W / w)
    scaled: DynArray[uint256, 16] = self.balances_of(pool)
    for i: uint256 in range(len(scaled), bound=16):
        scaled[i] = scaling.to_scaled18_down(scaled[i], pool.factors[i])
    now: uint256 = geometric_maths.compute_invariant_down(scaled, self.weights_of(pool), pool.total_weight)
    growth: uint256 = log_exp.pow_up(invariant, now, pool.total_weight, self.weight_of(pool, index))
    return fixed_point.mul_div_up(self.balance_of(pool, index), growth, fixed_point.E36)


@external
@view
def compute_spot_price(pool: IKind.PoolView, index_in: uint256, index_out: uint256) -> uint256:
    """
    @notice Marginal raw units in per raw unit out, (b_in / w_in) / (b_out / w_out), without fee, 1e36 scale; rounded down.
    """
    return fixed_point.mul_div_down(
        self.balance_of(pool, index_in) * self.weight_of(pool, index_out),
        fixed_point.E36,
        self.balance_of(pool, index_out) * self.weight_of(pool, index_in),
    )


@external
@view
def compute_shares_given_amounts_in(
    pool: IKind.PoolView, amounts: DynArray[uint256, 16], supply: uint256, fee: uint256
) -> (uint256, DynArray[uint256, 16]):
    """
    @notice (shares, fee per asset) for amounts of the assets given; shares rounded down.
    """
    return geometric_maths.compute_shares_given_amounts_in(
        self.balances_of(pool), self.weights_of(pool), pool.total_weight, amounts, supply, fee
    )


@external
@view
def compute_amount_in_given_shares(
    pool: IKind.PoolView, index: uint256, shares: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @notice (amount in, fee) of one asset for exact shares; rounded up.
    """
    return geometric_maths.compute_amount_in_given_shares(
        self.balance_of(pool, index), self.weight_of(pool, index), pool.total_weight, shares, supply, fee
    )


@external
@view
def compute_amount_out_given_shares(
    pool: IKind.PoolView, index: uint256, shares: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @notice (amount out, fee) of one asset for exact shares burned; rounded down.
    """
    return geometric_maths.compute_amount_out_given_shares(
        self.balance_of(pool, index), self.weight_of(pool, index), pool.total_weight, shares, supply, fee
    )


@external
@view
def compute_shares_given_amount_out(
    pool: IKind.PoolView, index: uint256, amount_out: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @notice (shares burned, fee) for an exact amount of one asset; shares rounded up.
    """
    return geometric_maths.compute_shares_given_amount_out(
        self.balance_of(pool, index), self.weight_of(pool, index), pool.total_weight, amount_out, supply, fee
    )


@internal
@pure
def balance_of(pool: IKind.PoolView, index: uint256) -> uint256:
    return pool.assets[index] & limits.MAX_BALANCE


@internal
@pure
def weight_of(pool: IKind.PoolView, index: uint256) -> uint256:
    return pool.assets[index] >> 112


@internal
@pure
def balances_of(pool: IKind.PoolView) -> DynArray[uint256, 16]:
    balances: DynArray[uint256, 16] = []
    for asset: uint256 in pool.assets:
        balances.append(asset & limits.MAX_BALANCE)
    return balances


@internal
@pure
def weights_of(pool: IKind.PoolView) -> DynArray[uint256, 16]:
    weights: DynArray[uint256, 16] = []
    for asset: uint256 in pool.assets:
        weights.append(asset >> 112)
    return weights
