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
    values: DynArray[uint256, 8] = []
    factor_in: uint256 = 0
    factor_out: uint256 = 0
    balance_out: uint256 = 0
    for i: uint256 in range(n, bound=8):
        factor: uint256 = self._factor(pool, i, records[8 - n + i], rated)
        balance: uint256 = storage.words[pool][i] & limits.MAX_BALANCE
        # cannot overflow: a balance is below 2^112, a factor below 2^127.
        values.append(unsafe_mul(balance, factor))
        if i == index_in:
            factor_in = factor
        elif i == index_out:
            factor_out = factor
            balance_out = balance
    amplification: uint256 = pools.parameter_now(pool, constitution.parameter(header), flags)
    if exact_out:
        return stable_maths.in_given_values(
            values, amplification, index_in, index_out, factor_in, factor_out, balance_out, given
        )
    return stable_maths.out_given_values(values, amplification, index_in, index_out, factor_in, factor_out, given)


@internal
@view
def price_single(
    pool: address,
    header: uint256,
    flags: uint256,
    question: uint256,
    index: uint256,
    given: uint256,
    supply: uint256,
    fee: uint256,
) -> (uint256, uint256):
    """
    @dev (shares or amount, fee in the asset); the questions are in singles.vy.
    """
    n: uint256 = header & 255
    records: uint256[8] = self._records(pool, n)
    rated: bool = header & constitution.RATED != 0
    amplification: uint256 = pools.parameter_now(pool, constitution.parameter(header), flags)
    if question == singles.SHARES_FOR_AMOUNT_IN:
        values: DynArray[uint256, 8] = []
        balance_in: uint256 = 0
        factor_in: uint256 = 0
        for i: uint256 in range(n, bound=8):
            factor: uint256 = self._factor(pool, i, records[8 - n + i], rated)
            balance: uint256 = storage.words[pool][i] & limits.MAX_BALANCE
            values.append(unsafe_mul(balance, factor))  # cannot overflow: see above
            if i == index:
                balance_in = balance
                factor_in = factor
        return stable_liquidity.compute_shares_given_amount_in(
            values, amplification, index, balance_in, factor_in, given, supply, fee
        )
    balances: DynArray[uint256, 8] = []
    factors: DynArray[uint256, 8] = []
    for i: uint256 in range(n, bound=8):
        balances.append(storage.words[pool][i] & limits.MAX_BALANCE)
        factors.append(self._factor(pool, i, records[8 - n + i], rated))
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


@internal
@view
def _factor(pool: address, index: uint256, record: uint256, rated: bool) -> uint256:
    """
    @dev Value of a raw unit, 1e36 scale, at the accepted rate; within the limits, which creation and every move of a rate keep.
    """
    rate: uint256 = limits.WAD
    if rated:
        rate = rate_maths.unpack(storage.rates[pool][index]).accepted
    # cannot overflow: decimals <= 18, rate <= 1e20.
    return unsafe_mul(rate, 10 ** unsafe_sub(limits.MAX_DECIMALS, constitution.decimals(record)))
