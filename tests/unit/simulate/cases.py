"""Pools and markets that the tests of the engine share."""

from __future__ import annotations

from dataclasses import replace

from poolwright.simulate.market import generate_market
from poolwright.simulate.prices import PriceSeries
from poolwright.spec.params import PoolParams, Token

WAD = 10**18
VOLATILE = (Token("WETH", 18), Token("WBTC", 8), Token("DAI", 18))
PEGGED = (
    Token("DAI", 18, peg="USD"),
    Token("USDC", 6, peg="USD"),
    Token("SDAI", 18, rate=11 * 10**17, peg="USD"),
)
SHARES = {"protocol_share": 15 * 10**16, "creator_share": 5 * 10**16}

WEIGHTED = PoolParams.weighted(VOLATILE, [5 * 10**17, 3 * 10**17, 2 * 10**17], swap_fee=3 * 10**15, **SHARES)
CONSTANT_PRODUCT = PoolParams.constant_product(VOLATILE, swap_fee=3 * 10**15, **SHARES)
STABLE = PoolParams.stable(PEGGED, 200_000, swap_fee=4 * 10**14, **SHARES)
POOLS = {"weighted": WEIGHTED, "constant product": CONSTANT_PRODUCT, "stable": STABLE}


def finest(params: PoolParams) -> PoolParams:
    """Return the pool with 18 decimals everywhere: no step of a coarse token shifts the best amount."""
    return replace(params, tokens=tuple(replace(token, decimals=18) for token in params.tokens))


def market(params: PoolParams, hours: int, seed: int = 7) -> PriceSeries:
    """Return generated prices of a pool's tokens; a token with a rate is worth its rate."""
    symbols = [token.symbol for token in params.tokens]
    series = generate_market(symbols, hours, seed, pegged={"DAI", "USDC", "SDAI"})
    rates = [token.rate / WAD for token in params.tokens]
    return PriceSeries(
        series.times, series.prices * rates, series.symbols, series.source, series.sha256, True
    )
