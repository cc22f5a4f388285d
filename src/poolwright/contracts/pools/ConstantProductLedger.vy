# pragma version 0.4.3
"""
@title Constant product ledger
@notice The life of one constant product pool in numbers, without any token: for verification, not for deployment.
@custom:assumes see ledger.vy
@custom:rounding none of its own: every number comes from maths/
@custom:kill none: it holds nothing
"""

from . import geometric_ledger
from . import ledger
from ..maths import constant_product_maths
from ..maths import fee_maths
from ..maths import limits

initializes: ledger
initializes: geometric_ledger[ledger := ledger]
exports: (
    ledger.pool_params,
    ledger.pool_state,
    ledger.add_proportional,
    ledger.remove_proportional,
    geometric_ledger.initial_shares,
    geometric_ledger.add_unbalanced,
    geometric_ledger.add_single_exact_in,
    geometric_ledger.add_single_exact_shares,
    geometric_ledger.remove_single_exact_in,
    geometric_ledger.remove_single_exact_out,
)


@deploy
def __init__(params: ledger.Params, state: ledger.State):
    """
    @notice Begin in any state that a pool of these parameters can be in. Every weight is 1.
    """
    ledger.__init__(params, state, limits.MAX_ASSETS_CONSTANT_PRODUCT)
    geometric_ledger.__init__(len(state.balances))


@external
@view
def spot_price(token_in: uint256, token_out: uint256) -> (uint256, uint256):
    """
    @notice Marginal raw units in per raw unit out, (numerator, denominator), without fee.
    """
    return constant_product_maths.compute_spot_price(
        ledger.state.balances[token_in],
        ledger.state.balances[token_out],
    )


@external
def swap_exact_in(
    token_in: uint256, token_out: uint256, amount_in: uint256, min_amount_out: uint256, at: uint256
):
    """
    @notice Swap an exact amount in for at least min_amount_out.
    """
    assert token_in != token_out, "swap: same token"
    net_in_e18: uint256 = fee_maths.net_of_fee(amount_in, ledger.state.swap_fee)
    amount_out: uint256 = constant_product_maths.compute_out_given_exact_in(
        ledger.state.balances[token_in],
        ledger.state.balances[token_out],
        net_in_e18,
    )
    assert amount_out > 0, "swap: zero out"
    ledger.settle_swap(token_in, token_out, amount_in, amount_out, at)
    assert amount_out >= min_amount_out, "swap: out below limit"


@external
def swap_exact_out(
    token_in: uint256, token_out: uint256, amount_out: uint256, max_amount_in: uint256, at: uint256
):
    """
    @notice Swap at most max_amount_in for an exact amount out.
    """
    assert token_in != token_out, "swap: same token"
    net_in_e18: uint256 = constant_product_maths.compute_in_given_exact_out(
        ledger.state.balances[token_in],
        ledger.state.balances[token_out],
        amount_out,
    )
    amount_in: uint256 = fee_maths.gross_of_net_up(net_in_e18, ledger.state.swap_fee)
    ledger.settle_swap(token_in, token_out, amount_in, amount_out, at)
    assert amount_in <= max_amount_in, "swap: in above limit"
