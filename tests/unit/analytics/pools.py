"""Pools on which measures are tried, worth about a million each."""

from poolwright.model.pool import Pool
from poolwright.spec.bounds import WAD
from poolwright.spec.params import PoolParams, Token

FEE = 3 * 10**15
ETH, BTC, USD, DAI = Token("ETH", 18), Token("BTC", 8), Token("USD", 6), Token("DAI", 18)


def weighted(fee: int = FEE) -> Pool:
    """50/30/20 of ETH at 2,500, BTC at 40,000 and USD at 1."""
    weights = [5 * 10**17, 3 * 10**17, 2 * 10**17]
    params = PoolParams.weighted([ETH, BTC, USD], weights, swap_fee=fee)
    return Pool.create(params, [200 * WAD, 75 * 10**7, 200_000 * 10**6])


def half(fee: int = FEE) -> Pool:
    """Constant product of ETH at 2,500 and USD at 1."""
    return Pool.create(PoolParams.constant_product([ETH, USD], swap_fee=fee), [200 * WAD, 500_000 * 10**6])


def stable(amplification: int = 200, fee: int = 4 * 10**14) -> Pool:
    """Two stable tokens, balanced, each worth 1."""
    params = PoolParams.stable([DAI, USD], amplification * 1_000, swap_fee=fee)
    return Pool.create(params, [500_000 * WAD, 500_000 * 10**6])
