# pragma version 0.4.3
"""
@title Hinted pair
@notice A constant product of two that solves nothing: the caller brings the amount out, and the kind proves that it is the largest.
@custom:assumes small pools: balance * balance * 1e18 fits a word
@custom:rounding amounts out down
@custom:kill none: stateless
"""

from interfaces import IKind
from kinds import geometric_kind

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
    assert pool.hint > 0, "hinted: no hint"
    x: uint256 = geometric_kind.balance_of(pool, index_in) * 10**18
    y: uint256 = geometric_kind.balance_of(pool, index_out)
    assert (x + net_in_e18) * (y - pool.hint) >= x * y, "hinted: too much"
    assert (x + net_in_e18) * (y - pool.hint - 1) < x * y, "hinted: not the largest"
    return pool.hint


@external
@view
def compute_in_given_exact_out(
    pool: IKind.PoolView, index_in: uint256, index_out: uint256, amount_out: uint256
) -> uint256:
    raise "hinted: exact in only"
