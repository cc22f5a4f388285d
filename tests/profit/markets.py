"""Pools without arbitrage at prices that are exact: whatever ends with a profit there was taken from the providers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from poolwright.model import changes
from poolwright.model.pool import Pool
from poolwright.model.vault import Vault
from poolwright.spec.fee_policy import FeePolicy, Policy
from poolwright.spec.governance import Rights
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token

WAD = 10**18
START = 1_750_000_000  # of the block in which everything happens
DAY = 86_400
MANAGER, OTHERS = "maria", "ana"
RATE = 1_058_100_000_000_000_000
IMBALANCE = FeePolicy(Policy.IMBALANCE, least=10**14, most=10**16, slope=2**64 - 1)
VOLATILITY = FeePolicy(Policy.VOLATILITY, most=10**16, slope=WAD)


@dataclass(frozen=True)
class Market:
    """Pools of one Vault, and what the world outside pays for a raw unit of each token, in one integer unit."""

    name: str
    pools: tuple[Pool, ...]
    prices: dict[str, int]

    def vault(self) -> Vault:
        """The pools as they are at the beginning."""
        return Vault(pool.copy() for pool in self.pools)


def market(name: str, *pools: Pool) -> Market:
    """The prices are those of the first pool; the others must agree: AssertionError if they do not."""
    prices: dict[str, Fraction] = {}
    for pool in pools:
        found = prices_of(pool)
        scale = next((prices[symbol] / found[symbol] for symbol in found if symbol in prices), 1)
        for symbol, price in found.items():
            assert prices.setdefault(symbol, price * scale) == price * scale, f"{name}: arbitrage in {symbol}"
    unit = lcm(*(price.denominator for price in prices.values()))
    return Market(name, pools, {symbol: int(price * unit) for symbol, price in prices.items()})


def prices_of(pool: Pool) -> dict[str, Fraction]:
    """The marginal prices of a raw unit: weight by balance; of a stable pool in balance, the rates."""
    params, balances = pool.params, pool.state.balances
    if params.kind is Kind.STABLE:
        factors = [10 ** (18 - token.decimals) * token.rate for token in params.tokens]
        assert len({b * f for b, f in zip(balances, factors, strict=True)}) == 1, "not in balance"
        return {token.symbol: Fraction(f) for token, f in zip(params.tokens, factors, strict=True)}
    weights = params.weights or (1,) * len(balances)
    each = zip(params.tokens, weights, balances, strict=True)
    return {token.symbol: Fraction(weight, balance) for token, weight, balance in each}


def opened(params: PoolParams, balances: Sequence[int]) -> Pool:
    """In the Vault, with everything in the hands of others."""
    return Pool.create(params, balances, vault=True, at=START - DAY, manager=MANAGER, account=OTHERS)


def weighted(name: str, balances: Sequence[int], **more: object) -> Pool:
    tokens = [Token("A", 18), Token("B", 6)]
    return opened(PoolParams.weighted(tokens, [8 * 10**17, 2 * 10**17], name=name, **more), balances)


def stable(name: str, balances: Sequence[int], fee: int = 10**12) -> Pool:
    """The pool of November 2025: one rated asset, amplification 200, a fee of 0.0001 %."""
    tokens = [Token("R", 18, rate=RATE), Token("S", 18)]
    return opened(PoolParams.stable(tokens, 200_000, swap_fee=fee, name=name), balances)


def about_to_ramp() -> Pool:
    """New weights that anybody may set in motion."""
    pool = weighted("w", [10**21, 10**9], swap_fee=10**15, rights=Rights(ramp=DAY))
    payload = [90 * DAY, 7 * 10**17, 3 * 10**17]
    changes.schedule(pool, "ramp", payload, at=START - DAY, account=MANAGER)
    return pool


def three_coins() -> Pool:
    """Pegged, of 18, 6 and no decimals."""
    tokens = [Token("R", 18), Token("S", 6), Token("N", 0)]
    return opened(PoolParams.stable(tokens, 50_000, swap_fee=0, name="s"), [10**21, 10**9, 10**3])


def product(name: str, tokens: Sequence[Token], balances: Sequence[int], **more: object) -> Pool:
    return opened(PoolParams.constant_product(tokens, name=name, **more), balances)


COINS = [Token("N", 0), Token("A", 18)]  # one is not divisible
SHARED = {"protocol_share": 10**17, "creator_share": 10**17, "integrator_share": 5 * 10**17}

MARKETS: dict[str, Callable[[], Market]] = {
    "weighted, no fee": lambda: market("weighted, no fee", weighted("w", [10**24, 10**12], swap_fee=0)),
    "weighted, fees shared": lambda: market(
        "weighted, fees shared", weighted("w", [10**9, 10**7], swap_fee=10**15, **SHARED)
    ),
    "weighted, imbalance": lambda: market(
        "weighted, imbalance", weighted("w", [10**24, 10**12], swap_fee=10**15, fee_policy=IMBALANCE)
    ),
    "stable": lambda: market("stable", stable("s", [10**22, 10_581 * 10**18])),
    "stable, dust": lambda: market("stable, dust", stable("s", [1_000_000, 1_058_100])),
    "stable, three": lambda: market("stable, three", three_coins()),
    "weighted, about to ramp": lambda: market("weighted, about to ramp", about_to_ramp()),
    "product, dust": lambda: market("product, dust", product("p", COINS, [28, 28 * WAD], swap_fee=10**14)),
    "product, volatility": lambda: market(
        "product, volatility",
        product("p", COINS, [10**4, 10**22], swap_fee=10**14, fee_policy=VOLATILITY),
    ),
    "two pools": lambda: market(
        "two pools",
        weighted("w", [4 * 10**20, 10**8], swap_fee=10**14),
        product("p", [Token("A", 18), Token("B", 6)], [10**18, 10**6], swap_fee=0),
    ),
}
