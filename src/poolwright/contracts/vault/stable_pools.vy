# pragma version 0.4.3
"""
@title Stable pools
@notice Swaps of the stable kind, priced where its balances are.
@custom:assumes the Vault holds the lock
@custom:rounding amounts out down, amounts in up
@custom:kill none: it answers
"""

from ..maths import constitution
from ..maths import limits
from ..maths import rate_maths
from ..maths import scaling
from ..maths import stable_maths
from . import pools
from . import reading
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
    rated: bool = header & constitution.RATED != 0
    n: uint256 = header & 255
    # The assets' records are the last words of a slice that lies within any constitution, and before them what stands there.
    records: Bytes[256] = b""
    if n <= 3:
        records = slice(pool.code, reading.ASSETS + 32 * n - 96, 96)
    else:
        records = slice(pool.code, reading.ASSETS + 32 * n - 256, 256)
    at: uint256 = len(records) - 32 * n
    values: DynArray[uint256, 8] = []
    factor_in: uint256 = 0
    factor_out: uint256 = 0
    balance_out: uint256 = 0
    for i: uint256 in range(n, bound=8):
        rate: uint256 = limits.WAD
        if rated:
            rate = rate_maths.unpack(storage.rates[pool][i]).accepted
        record: uint256 = extract32(records, at + 32 * i, output_type=uint256)
        factor: uint256 = scaling.scaling_factor(constitution.decimals(record), rate)
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
