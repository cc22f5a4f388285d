# pragma version 0.4.3
"""
@title Stable pools
@notice Swaps of the stable kind and its liquidity in one asset, priced where its balances are.
@custom:assumes the Vault holds the lock
@custom:rounding amounts out and shares minted down, amounts in and shares burned up
@custom:kill none: it answers
"""

from ..maths import constitution
from ..maths import limits
from ..maths import rate_maths
from ..maths import stable_invariant
from ..maths import stable_liquidity
from ..maths import stable_maths
from . import pools
from . import reading
from . import singles
from . import storage

uses: storage
uses: pools


@internal
@view
def price_swap(
    pool: address,
    header: uint256,
    flags: uint256,
    index_in: uint256,
    index_out: uint256,
    exact_out: bool,
    given: uint256,
) -> uint256:
    """
    @dev The amount out for a net amount in (_e18), or with exact_out the net amount in for an amount out.
    """
    n: uint256 = header & 255
    records: uint256[8] = self._records(pool, n)
    rated: bool = header & constitution.RATED != 0
    first: uint256 = unsafe_sub(8, n)  # cannot overflow: a stable pool has no more
    values: DynArray[uint256, 8] = []
    worth: uint256 = 0
    factor_in: uint256 = 0
    factor_out: uint256 = 0
    balance_out: uint256 = 0
    for i: uint256 in range(n, bound=8):
        rate: uint256 = limits.WAD
        if rated:
            rate = storage.rates[pool][i] & rate_maths.ACCEPTED
        # cannot overflow: decimals <= 18 and rate <= 1e20, which creation and every move of a rate see to; first + i < 8.
        decimals: uint256 = (records[unsafe_add(first, i)] >> constitution.DECIMALS_SHIFT) & 255
        factor: uint256 = unsafe_mul(rate, 10 ** unsafe_sub(limits.MAX_DECIMALS, decimals))  # cannot overflow: see above
        balance: uint256 = storage.words[pool][i] & limits.MAX_BALANCE
        value: uint256 = unsafe_mul(balance, factor)  # cannot overflow: a balance is below 2^112, a factor below 2^127
        values.append(value)
        worth = unsafe_add(worth, value)  # cannot overflow: eight values below 2^239
        if i == index_in:
            factor_in = factor
        elif i == index_out:
            factor_out = factor
            balance_out = balance
    amplification: uint256 = pools.parameter_now(pool, constitution.parameter(header), flags)
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    if exact_out:
        return stable_maths.in_given_invariant(
            x, left, right, d, amplification, index_in, index_out, factor_in, factor_out, balance_out, given
        )
    return stable_maths.out_given_invariant(
        x, left, right, d, amplification, index_in, index_out, factor_in, factor_out, given
    )


@internal
@view
def price_single(
    pool: address, header: uint256, flags: uint256, question: uint256, index: uint256, given: uint256, supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @dev (shares or amount, fee in the asset); the questions are in singles.vy.
    """
    n: uint256 = header & 255
    records: uint256[8] = self._records(pool, n)
    rated: bool = header & constitution.RATED != 0
    first: uint256 = unsafe_sub(8, n)  # cannot overflow: a stable pool has no more
    amplification: uint256 = pools.parameter_now(pool, constitution.parameter(header), flags)
    if question == singles.SHARES_FOR_AMOUNT_IN:
        values: DynArray[uint256, 8] = []
        worth: uint256 = 0
        balance_in: uint256 = 0
        factor_in: uint256 = 0
        for i: uint256 in range(n, bound=8):
            rate: uint256 = limits.WAD
            if rated:
                rate = storage.rates[pool][i] & rate_maths.ACCEPTED
            # cannot overflow: decimals <= 18 and rate <= 1e20, which creation and every move of a rate see to; first + i < 8.
            decimals: uint256 = (records[unsafe_add(first, i)] >> constitution.DECIMALS_SHIFT) & 255
            factor: uint256 = unsafe_mul(rate, 10 ** unsafe_sub(limits.MAX_DECIMALS, decimals))  # cannot overflow: see above
            balance: uint256 = storage.words[pool][i] & limits.MAX_BALANCE
            value: uint256 = unsafe_mul(balance, factor)  # cannot overflow: see above
            values.append(value)
            worth = unsafe_add(worth, value)  # cannot overflow: see above
            if i == index:
                balance_in = balance
                factor_in = factor
        return stable_liquidity.compute_shares_given_amount_in(
            values, worth, amplification, index, balance_in, factor_in, given, supply, fee
        )
    balances: DynArray[uint256, 8] = []
    factors: DynArray[uint256, 8] = []
    for i: uint256 in range(n, bound=8):
        balances.append(storage.words[pool][i] & limits.MAX_BALANCE)
        rate: uint256 = limits.WAD
        if rated:
            rate = storage.rates[pool][i] & rate_maths.ACCEPTED
        # cannot overflow: decimals <= 18 and rate <= 1e20, which creation and every move of a rate see to; first + i < 8.
        decimals: uint256 = (records[unsafe_add(first, i)] >> constitution.DECIMALS_SHIFT) & 255
        factor: uint256 = unsafe_mul(rate, 10 ** unsafe_sub(limits.MAX_DECIMALS, decimals))  # cannot overflow: see above
        factors.append(factor)
    if question == singles.AMOUNT_IN_FOR_SHARES:
        return stable_liquidity.compute_amount_in_given_shares(
            balances, factors, amplification, index, given, supply, fee
        )
    if question == singles.AMOUNT_OUT_FOR_SHARES:
        return stable_liquidity.compute_amount_out_given_shares(
            balances, factors, amplification, index, given, supply, fee
        )
    return stable_liquidity.compute_shares_given_amount_out(
        balances, factors, amplification, index, given, supply, fee
    )


@internal
@view
def _records(pool: address, n: uint256) -> uint256[8]:
    """
    @dev The assets' records, the last n of eight words: one read that ends with the last of them, and within the code begins before.
    """
    if n <= 3:
        few: uint256[3] = abi_decode(slice(pool.code, reading.ASSETS + 32 * n - 96, 96), uint256[3], unwrap_tuple=False)
        return [0, 0, 0, 0, 0, few[0], few[1], few[2]]
    return abi_decode(slice(pool.code, reading.ASSETS + 32 * n - 256, 256), uint256[8], unwrap_tuple=False)
