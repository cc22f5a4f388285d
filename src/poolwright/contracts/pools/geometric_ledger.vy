# pragma version 0.4.3
"""
@title Geometric ledger
@notice What the weighted and the constant product ledger share: liquidity of a pool that keeps prod b_i^(w_i / W).
@custom:assumes see ledger.vy
@custom:rounding none of its own: every number comes from maths/
@custom:kill none: it holds nothing
"""

from . import ledger
from ..maths import geometric_maths
from ..maths import limits
from ..maths import scaling
from ..maths import share_maths

uses: ledger

# W: WAD for weights in WAD, the number of assets for weights of 1
total_weight: uint256


@deploy
def __init__(total_weight: uint256):
    assert len(ledger.params.weights) == len(ledger.state.balances), "ledger: lengths differ"
    self.total_weight = total_weight


@external
@view
def initial_shares() -> uint256:
    """
    @notice The shares that the present balances would open a pool with.
    """
    scaled: DynArray[uint256, 16] = ledger.state.balances
    for i: uint256 in range(len(scaled), bound=16):
        factor: uint256 = scaling.scaling_factor(ledger.params.decimals[i], limits.WAD)
        scaled[i] = scaling.to_scaled18_down(scaled[i], factor)
    return share_maths.initial_shares(
        geometric_maths.compute_invariant_down(scaled, ledger.params.weights, self.total_weight)
    )


@external
def add_unbalanced(amounts: DynArray[uint256, 16], at: uint256):
    """
    @notice Add exact amounts in any proportion.
    """
    assert len(amounts) == len(ledger.state.balances), "ledger: lengths differ"
    self._add(amounts, at)


@external
def add_single_exact_in(token: uint256, amount: uint256, at: uint256):
    """
    @notice Add an exact amount of one token.
    """
    self._add(ledger.only(token, amount), at)


@external
def add_single_exact_shares(token: uint256, shares: uint256, at: uint256):
    """
    @notice Add one token for exact shares.
    """
    supply: uint256 = share_maths.minted(ledger.state.shares, shares)
    amount: uint256 = 0
    fee: uint256 = 0
    amount, fee = geometric_maths.compute_amount_in_given_shares(
        ledger.state.balances[token],
        ledger.params.weights[token],
        self.total_weight,
        shares,
        ledger.state.shares,
        ledger.state.swap_fee,
    )
    ledger.settle_liquidity(
        True, ledger.only(token, amount), shares, ledger.only(token, fee), supply, at
    )


@external
def remove_single_exact_in(token: uint256, shares: uint256, at: uint256):
    """
    @notice Burn exact shares for one token.
    """
    supply: uint256 = share_maths.burned(ledger.state.shares, shares)
    amount: uint256 = 0
    fee: uint256 = 0
    amount, fee = geometric_maths.compute_amount_out_given_shares(
        ledger.state.balances[token],
        ledger.params.weights[token],
        self.total_weight,
        shares,
        ledger.state.shares,
        ledger.state.swap_fee,
    )
    assert amount > 0, "remove: zero out"
    ledger.settle_liquidity(
        False, ledger.only(token, amount), shares, ledger.only(token, fee), supply, at
    )


@external
def remove_single_exact_out(token: uint256, amount: uint256, at: uint256):
    """
    @notice Take an exact amount of one token for the shares that it costs.
    """
    shares: uint256 = 0
    fee: uint256 = 0
    shares, fee = geometric_maths.compute_shares_given_amount_out(
        ledger.state.balances[token],
        ledger.params.weights[token],
        self.total_weight,
        amount,
        ledger.state.shares,
        ledger.state.swap_fee,
    )
    supply: uint256 = share_maths.burned(ledger.state.shares, shares)
    ledger.settle_liquidity(
        False, ledger.only(token, amount), shares, ledger.only(token, fee), supply, at
    )


@internal
def _add(amounts: DynArray[uint256, 16], at: uint256):
    shares: uint256 = 0
    fees: DynArray[uint256, 16] = []
    shares, fees = geometric_maths.compute_shares_given_amounts_in(
        ledger.state.balances,
        ledger.params.weights,
        self.total_weight,
        amounts,
        ledger.state.shares,
        ledger.state.swap_fee,
    )
    supply: uint256 = share_maths.minted(ledger.state.shares, shares)
    ledger.settle_liquidity(True, amounts, shares, fees, supply, at)
