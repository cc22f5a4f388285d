"""Pools that the tests of the model share: one of each kind, of mixed decimals, with protocol and creator shares."""

from __future__ import annotations

from poolwright.model.pool import Pool
from poolwright.spec.params import Kind, PoolParams, Token

WAD = 10**18
FEES = {"swap_fee": 3 * 10**15, "protocol_share": 10**17, "creator_share": 5 * 10**16}
VOLATILE = [Token("WETH", 18), Token("WBTC", 8), Token("DAI", 18)]
PEGGED = [Token("DAI", 18), Token("USDC", 6), Token("USDT", 6)]


def open_pool(kind: Kind, name: str = "") -> Pool:
    """A pool of a kind, worth about a million."""
    name = name or kind.value
    if kind is Kind.STABLE:
        params = PoolParams.stable(PEGGED, 200_000, name=name, **FEES)
        return Pool.create(params, [330_000 * WAD, 330_000 * 10**6, 340_000 * 10**6])
    amounts = [2_000 * WAD, 33 * 10**8, 200_000 * WAD]
    if kind is Kind.WEIGHTED:
        weights = [5 * 10**17, 3 * 10**17, 2 * 10**17]
        return Pool.create(PoolParams.weighted(VOLATILE, weights, name=name, **FEES), amounts)
    return Pool.create(PoolParams.constant_product(VOLATILE, name=name, **FEES), amounts)
