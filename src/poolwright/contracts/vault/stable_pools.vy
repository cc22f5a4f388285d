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
    balances: DynArray[uint256, 8] = []
    factors: DynArray[uint256, 8] = []
    for i: uint256 in range(header & 255, bound=8):
        balances.append(storage.words[pool][i] & limits.MAX_BALANCE)
        rate: uint256 = limits.WAD
        if rated:
            rate = rate_maths.unpack(storage.rates[pool][i]).accepted
        factors.append(scaling.scaling_factor(constitution.decimals(reading.record_word(pool, i)), rate))
    amplification: uint256 = pools.parameter_now(pool, constitution.parameter(header), flags)
    if exact_out:
        return stable_maths.compute_in_given_exact_out(balances, factors, amplification, index_in, index_out, given)
    return stable_maths.compute_out_given_exact_in(balances, factors, amplification, index_in, index_out, given)
