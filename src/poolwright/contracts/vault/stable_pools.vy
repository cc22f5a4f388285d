# pragma version 0.4.3
"""
@title Stable pools
@notice Swaps of the stable kind and its liquidity in one asset, priced where its balances are.
@custom:assumes the Vault holds the lock
@custom:rounding amounts out and shares minted down, amounts in and shares burned up
@custom:kill none: it answers
"""

from .. import refusal
from ..maths import constitution
from ..maths import fee_maths
from ..maths import fixed_point
from ..maths import limits
from ..maths import rate_maths
from ..maths import stable_invariant
from ..maths import stable_liquidity
from ..maths import stable_maths
from . import pools
from . import pricing
from . import reading
from . import singles
from . import storage

uses: storage
uses: pools


@internal
@view
def price_out(
    pool: address,
    header: uint256,
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
    amount_in: uint256,
    plain_fee: uint256,
    imbalance: uint256,
) -> (uint256, uint256):
    """
    @dev (amount out for an exact amount in, the swap fee (WAD)). imbalance: the terms of a fee that the values tell; without them the
         fee is the plain one. From the invariant on as stable_maths.out_given_invariant has it, whose call would cost a swap 400 gas.
    """
    values: DynArray[uint256, 8] = []
    factors: uint256[8] = empty(uint256[8])
    worth: uint256 = 0
    values, factors, worth = self._values(pool, header)
    fee: uint256 = plain_fee
    if imbalance != 0:
        fee = pricing.imbalance_fee(imbalance, values[index_in], values[index_out])
    net_in_e18: uint256 = fee_maths.net_of_fee(amount_in, fee)
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    values, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_up(values, total, least, amplification)
    # Amount in is valued down, the balance that must stay is rounded up.
    value_in: uint256 = fixed_point.mul_div_down(net_in_e18, factors[index_in], limits.WAD)
    if value_in > (2 ** 104 << right) >> left:
        refusal.because("swap: in too large")
    added: uint256 = (value_in << left) >> right
    values[index_in] = unsafe_add(values[index_in], added)  # cannot overflow: both are at most 2^104
    # Near a price of one the amount out is close to the amount in.
    held: uint256 = values[index_out]
    start: uint256 = unsafe_sub(held, min(added, held))  # cannot overflow: at least 0
    stays: uint256 = stable_invariant.balance_up(values, index_out, start, d, amplification)
    if stays >= held:
        return 0, fee
    # cannot overflow: see above; a factor is at least 1.
    return unsafe_div((unsafe_sub(held, stays) << right) >> left, factors[index_out]), fee


@internal
@view
def price_in(
    pool: address,
    header: uint256,
    amplification: uint256,
    index_in: uint256,
    index_out: uint256,
    amount_out: uint256,
    plain_fee: uint256,
    imbalance: uint256,
) -> (uint256, uint256):
    """
    @dev (net amount in (_e18) for an exact amount out, the swap fee (WAD)); imbalance as above.
    """
    values: DynArray[uint256, 8] = []
    factors: uint256[8] = empty(uint256[8])
    worth: uint256 = 0
    values, factors, worth = self._values(pool, header)
    fee: uint256 = plain_fee
    if imbalance != 0:
        fee = pricing.imbalance_fee(imbalance, values[index_in], values[index_out])
    x: DynArray[uint256, 8] = []
    left: uint256 = 0
    right: uint256 = 0
    total: uint256 = 0
    least: uint256 = 0
    x, left, right, total, least = stable_invariant.normalise(values, worth)
    d: uint256 = stable_invariant.invariant_up(x, total, least, amplification)
    balance_out: uint256 = storage.words[pool][index_out] & limits.MAX_BALANCE
    return stable_maths.in_given_invariant(
        x, left, right, d, amplification, index_in, index_out, factors[index_in], factors[index_out],
        balance_out, amount_out
    ), fee


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
    plain_fee: uint256,
    imbalance: uint256,
) -> (uint256, uint256):
    """
    @dev (shares or amount, fee in the asset) of liquidity in one asset; the questions are in singles.vy, imbalance as above.
    """
    values: DynArray[uint256, 8] = []
    factors: uint256[8] = empty(uint256[8])
    worth: uint256 = 0
    values, factors, worth = self._values(pool, header)
    fee: uint256 = plain_fee
    if imbalance != 0:
        # The dearest that any swap would pay now, so that liquidity is no way around it.
        least: uint256 = values[0]
        most: uint256 = 0
        for value: uint256 in values:
            least = min(least, value)
            most = max(most, value)
        fee = pricing.imbalance_fee(imbalance, most, least)
    amplification: uint256 = pools.parameter_now(pool, constitution.parameter(header), flags)
    if question == singles.SHARES_FOR_AMOUNT_IN:
        balance: uint256 = storage.words[pool][index] & limits.MAX_BALANCE
        return stable_liquidity.compute_shares_given_amount_in(
            values, worth, amplification, index, balance, factors[index], given, supply, fee
        )
    balances: DynArray[uint256, 8] = []
    factors_: DynArray[uint256, 8] = []
    for i: uint256 in range(len(values), bound=8):
        balances.append(values[i] // factors[i])  # exact
        factors_.append(factors[i])
    if question == singles.AMOUNT_IN_FOR_SHARES:
        return stable_liquidity.compute_amount_in_given_shares(
            balances, factors_, amplification, index, given, supply, fee
        )
    if question == singles.AMOUNT_OUT_FOR_SHARES:
        return stable_liquidity.compute_amount_out_given_shares(
            balances, factors_, amplification, index, given, supply, fee
        )
    return stable_liquidity.compute_shares_given_amount_out(
        balances, factors_, amplification, index, given, supply, fee
    )


@internal
@view
def _values(pool: address, header: uint256) -> (DynArray[uint256, 8], uint256[8], uint256):
    """
    @dev (what each balance is worth, its factor, the worth of all) in 1e36.
    """
    n: uint256 = header & 255
    rated: bool = header & constitution.RATED != 0
    # Every constitution is as long as the first of these readings, one of more than three assets as the second: see reading.vy.
    records: Bytes[256] = slice(pool.code, reading.ASSETS, 96)
    if n > reading.FEW:
        records = slice(pool.code, reading.ASSETS, 256)
    values: DynArray[uint256, 8] = []
    factors: uint256[8] = empty(uint256[8])
    worth: uint256 = 0
    for i: uint256 in range(n, bound=8):
        rate: uint256 = limits.WAD
        if rated:
            rate = storage.rates[pool][i] & rate_maths.ACCEPTED
        # cannot overflow: decimals <= 18 and rate <= 1e20, which creation and every move of a rate see to; i < 8.
        decimals: uint256 = (extract32(records, i << 5, output_type=uint256) >> constitution.DECIMALS_SHIFT) & 255
        factor: uint256 = unsafe_mul(rate, 10 ** unsafe_sub(limits.MAX_DECIMALS, decimals))  # cannot overflow: see above
        factors[i] = factor
        # cannot overflow: a balance is below 2^112, a factor below 2^127.
        value: uint256 = unsafe_mul(storage.words[pool][i] & limits.MAX_BALANCE, factor)
        values.append(value)
        worth = unsafe_add(worth, value)  # cannot overflow: eight values below 2^239
    return values, factors, worth
