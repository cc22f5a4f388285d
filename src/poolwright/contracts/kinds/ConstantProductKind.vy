# pragma version 0.4.3
"""
@title Constant product kind
@notice (prod b_i)^(1/n) as a kind, without any state.
@custom:assumes the caller's balances are within limits, weights 1, total weight n
@custom:rounding amounts out down, amounts in up; shares minted down, burned up
@custom:kill none: stateless
"""

from ..interfaces import IKind
from ..maths import constant_product_maths
from . import geometric_kind

implements: IKind
exports: (
    geometric_kind.needs_all_balances,
    geometric_kind.compute_invariant,
    geometric_kind.compute_balance_given_invariant,
    geometric_kind.compute_spot_price,
    geometric_kind.compute_shares_given_amounts_in,
    geometric_kind.compute_amount_in_given_shares,
    geometric_kind.compute_amount_out_given_shares,
    geometric_kind.compute_shares_given_amount_out,
)


@external
@view
def compute_out_given_exact_in(
    pool: IKind.PoolView, index_in: uint256, index_out: uint256, net_in_e18: uint256
) -> uint256:
    """
    @notice Raw amount out for an amount in after its fee, times 1e18; rounded down.
    """
    return constant_product_maths.compute_out_given_exact_in(
        geometric_kind.balance_of(pool, index_in),
        geometric_kind.balance_of(pool, index_out),
        net_in_e18,
    )


@external
@view
def compute_in_given_exact_out(
    pool: IKind.PoolView, index_in: uint256, index_out: uint256, amount_out: uint256
) -> uint256:
    """
    @notice Amount in before its fee, times 1e18, for a raw amount out; rounded up.
    """
    return constant_product_maths.compute_in_given_exact_out(
        geometric_kind.balance_of(pool, index_in),
        geometric_kind.balance_of(pool, index_out),
        amount_out,
    )
