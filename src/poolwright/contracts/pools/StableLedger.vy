# pragma version 0.4.3
"""
@title Stable ledger
@notice The life of one StableSwap pool in numbers, without any token: for verification, not for deployment.
@custom:assumes see ledger.vy
@custom:rounding none of its own: every number comes from maths/
@custom:kill none: it holds nothing
"""

from . import StableCalculator
from . import ledger
from ..maths import fee_maths
from ..maths import limits
from ..maths import scaling
from ..maths import share_maths
from ..maths import stable_maths

initializes: ledger
exports: (
    ledger.pool_params,
    ledger.pool_state,
    ledger.add_proportional,
    ledger.remove_proportional,
)

calculator: StableCalculator.__interface__


@deploy
def __init__(params: ledger.Params, state: ledger.State, calculator: address):
    """
    @notice Begin in any state that a pool of these parameters can be in. `calculator` is a StableCalculator.
    """
    ledger.__init__(params, state, limits.MAX_ASSETS_STABLE)
    self.calculator = StableCalculator.__interface__(calculator)


@external
@view
def initial_shares() -> uint256:
    """
    @notice The shares that the present balances would open a pool with.
    """
    return share_maths.initial_shares(
        stable_maths.compute_invariant_down(
            self._balances(), self._factors(), ledger.state.amplification
        )
    )


@external
@view
def spot_price(token_in: uint256, token_out: uint256) -> (uint256, uint256):
    """
    @notice Marginal value in per value out, (numerator, denominator), without fee; see compute_spot_price.
    """
    return stable_maths.compute_spot_price(
        self._balances(), self._factors(), ledger.state.amplification, token_in, token_out
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
    amount_out: uint256 = stable_maths.compute_out_given_exact_in(
        self._balances(),
        self._factors(),
        ledger.state.amplification,
        token_in,
        token_out,
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
    net_in_e18: uint256 = stable_maths.compute_in_given_exact_out(
        self._balances(),
        self._factors(),
        ledger.state.amplification,
        token_in,
        token_out,
        amount_out,
    )
    amount_in: uint256 = fee_maths.gross_of_net_up(net_in_e18, ledger.state.swap_fee)
    ledger.settle_swap(token_in, token_out, amount_in, amount_out, at)
    assert amount_in <= max_amount_in, "swap: in above limit"


@external
def add_unbalanced(amounts: DynArray[uint256, 8], at: uint256):
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
    self._add(self._eight(ledger.only(token, amount)), at)


@external
def add_single_exact_shares(token: uint256, shares: uint256, at: uint256):
    """
    @notice Add one token for exact shares.
    """
    supply: uint256 = share_maths.minted(ledger.state.shares, shares)
    amount: uint256 = 0
    fee: uint256 = 0
    amount, fee = staticcall self.calculator.compute_amount_in_given_shares(
        self._balances(),
        self._factors(),
        ledger.state.amplification,
        token,
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
    amount, fee = staticcall self.calculator.compute_amount_out_given_shares(
        self._balances(),
        self._factors(),
        ledger.state.amplification,
        token,
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
    shares, fee = staticcall self.calculator.compute_shares_given_amount_out(
        self._balances(),
        self._factors(),
        ledger.state.amplification,
        token,
        amount,
        ledger.state.shares,
        ledger.state.swap_fee,
    )
    supply: uint256 = share_maths.burned(ledger.state.shares, shares)
    ledger.settle_liquidity(
        False, ledger.only(token, amount), shares, ledger.only(token, fee), supply, at
    )


@internal
def _add(amounts: DynArray[uint256, 8], at: uint256):
    shares: uint256 = 0
    fees: DynArray[uint256, 8] = []
    shares, fees = staticcall self.calculator.compute_shares_given_amounts_in(
        self._balances(),
        self._factors(),
        ledger.state.amplification,
        amounts,
        ledger.state.shares,
        ledger.state.swap_fee,
    )
    supply: uint256 = share_maths.minted(ledger.state.shares, shares)
    ledger.settle_liquidity(True, amounts, shares, fees, supply, at)


@internal
@view
def _balances() -> DynArray[uint256, 8]:
    return self._eight(ledger.state.balances)


@internal
@view
def _factors() -> DynArray[uint256, 8]:
    factors: DynArray[uint256, 8] = []
    for i: uint256 in range(len(ledger.state.rates), bound=8):
        factors.append(scaling.scaling_factor(ledger.params.decimals[i], ledger.state.rates[i]))
    return factors


@internal
@pure
def _eight(values: DynArray[uint256, 16]) -> DynArray[uint256, 8]:
    eight: DynArray[uint256, 8] = []
    for each: uint256 in values:
        eight.append(each)
    return eight
