# pragma version 0.4.3
"""
@title Stable kind
@notice StableSwap as a kind: the maths of every stable pool, without any state.
@custom:assumes the caller's balances and factors are within limits; parameter is A * 1000
@custom:rounding amounts out down, amounts in up; shares minted down, burned up
@custom:kill none: stateless
"""

from ..interfaces import IKind
from ..maths import fixed_point
from ..maths import limits
from ..maths import stable_invariant
from ..maths import stable_liquidity
from ..maths import stable_maths

implements: IKind


@external
@view
def needs_all_balances() -> bool:
    """
    @notice Every answer depends on every balance.
    """
    return True


@external
@view
def compute_out_given_exact_in(
    pool: IKind.PoolView, index_in: uint256, index_out: uint256, net_in_e18: uint256
) -> uint256:
    """
    @notice Raw amount out for an amount in after its fee, times 1e18; rounded down.
    """
    return stable_maths.compute_out_given_exact_in(
        self._balances(pool), self._eight(pool.factors), pool.parameter, index_in, index_out, net_in_e18
    )


@external
@view
def compute_in_given_exact_out(
    pool: IKind.PoolView, index_in: uint256, index_out: uint256, amount_out: uint256
) -> uint256:
    """
    @notice Amount in before its fee, times 1e18, for a raw amount out; rounded up.
    """
    return stable_maths.compute_in_given_exact_out(
        self._balances(pool), self._eight(pool.factors), pool.parameter, index_in, index_out, amount_out
    )


@external
@view
def compute_invariant(pool: IKind.PoolView, up: bool) -> uint256:
    """
    @notice D with 18 decimals, rounded as asked.
    """
    balances: DynArray[uint256, 8] = self._balances(pool)
    factors: DynArray[uint256, 8] = self._eight(pool.factors)
    if up:
        return stable_maths.compute_invariant_up(balances, factors, pool.parameter)
    return stable_maths.compute_invariant_down(balances, factors, pool.parameter)


@external
@view
def compute_balance_given_invariant(pool: IKind.PoolView, index: uint256, invariant: uint256) -> uint256:
    """
    @notice Raw balance of one asset that gives an invariant (18 decimals), the others as they are; rounded up.
    """
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    factors: DynArray[uint256, 8] = self._eight(pool.factors)
    total: uint256 = 0
    least: uint256 = 0
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    values, worth = stable_maths.values_of(self._balances(pool), factors)
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    assert invariant * limits.WAD <= max_value(uint256) >> left, "stable: balances too large"
    # D in units of x, rounded up: the balance grows with it.
    d: uint256 = (((invariant * limits.WAD) << left) >> right) + 1
    assert d < stable_invariant.D_MAX, "stable: balances too large"
    y: uint256 = stable_invariant.balance_up(x, index, x[index], d, pool.parameter)
    return stable_invariant.value_up(y, left, right) // factors[index] + 1


@external
@view
def compute_spot_price(pool: IKind.PoolView, index_in: uint256, index_out: uint256) -> uint256:
    """
    @notice Marginal raw units in per raw unit out, without fee, 1e36 scale; rounded down.
    """
    numerator: uint256 = 0
    denominator: uint256 = 0
    numerator, denominator = stable_maths.compute_spot_price(
        self._balances(pool), self._eight(pool.factors), pool.parameter, index_in, index_out
    )
    # A word holds both products of the maths; E36 * numerator / denominator is below 2^152.
    price: uint256 = fixed_point.mul_div_down(numerator, fixed_point.E36, denominator)
    return fixed_point.mul_div_down(price, pool.factors[index_out], pool.factors[index_in])


@external
@view
def compute_shares_given_amounts_in(
    pool: IKind.PoolView, amounts: DynArray[uint256, 16], supply: uint256, fee: uint256
) -> (uint256, DynArray[uint256, 16]):
    """
    @notice (shares, fee per asset) for any amounts in; shares rounded down.
    """
    shares: uint256 = 0
    fees: DynArray[uint256, 8] = []
    shares, fees = stable_liquidity.compute_shares_given_amounts_in(
        self._balances(pool), self._eight(pool.factors), pool.parameter, self._eight(amounts), supply, fee
    )
    wide: DynArray[uint256, 16] = []
    for each: uint256 in fees:
        wide.append(each)
    return shares, wide


@external
@view
def compute_amount_in_given_shares(
    pool: IKind.PoolView, index: uint256, shares: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @notice (amount in, fee) of one asset for exact shares; rounded up.
    """
    return stable_liquidity.compute_amount_in_given_shares(
        self._balances(pool), self._eight(pool.factors), pool.parameter, index, shares, supply, fee
    )


@external
@view
def compute_amount_out_given_shares(
    pool: IKind.PoolView, index: uint256, shares: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @notice (amount out, fee) of one asset for exact shares burned; rounded down.
    """
    return stable_liquidity.compute_amount_out_given_shares(
        self._balances(pool), self._eight(pool.factors), pool.parameter, index, shares, supply, fee
    )


@external
@view
def compute_shares_given_amount_out(
    pool: IKind.PoolView, index: uint256, amount_out: uint256, supply: uint256, fee: uint256
) -> (uint256, uint256):
    """
    @notice (shares burned, fee) for an exact amount of one asset; shares rounded up.
    """
    return stable_liquidity.compute_shares_given_amount_out(
        self._balances(pool), self._eight(pool.factors), pool.parameter, index, amount_out, supply, fee
    )


@internal
@pure
def _eight(given: DynArray[uint256, 16]) -> DynArray[uint256, 8]:
    """
    @dev The same numbers in the width of the maths; more than eight revert.
    """
    narrow: DynArray[uint256, 8] = []
    for each: uint256 in given:
        narrow.append(each)
    return narrow


@internal
@pure
def _balances(pool: IKind.PoolView) -> DynArray[uint256, 8]:
    """
    @dev Balances in the width of the maths; more than eight revert.
    """
    balances: DynArray[uint256, 8] = []
    for asset: uint256 in pool.assets:
        balances.append(asset & limits.MAX_BALANCE)
    return balances
