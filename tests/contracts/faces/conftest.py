"""Three tokens in three pools: what callers of other protocols find behind the faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.protocol import World


@dataclass
class Market:
    """Tokens A (18 decimals), B (6), C (18); pools A-B-C weighted, B-C stable, A-B constant product."""

    tokens: list[Contract]
    index: str
    stable: str
    pair: str

    def held(self, account: str | Contract) -> list[int]:
        """What an account has of each token."""
        address = account.address if isinstance(account, Contract) else account
        return [token.balanceOf(address) for token in self.tokens]


@pytest.fixture
def market(world: World, token: Callable[[int], Contract]) -> Market:
    a, b, c = token(18), token(6), token(18)
    return Market(
        [a, b, c],
        world.open([a, b, c], Kind.WEIGHTED, [10**24, 10**12, 10**24], policy="volatility"),
        world.open([b, c], Kind.STABLE, [10**12, 10**24], policy="imbalance"),
        world.open([a, b], Kind.CONSTANT_PRODUCT, [10**24, 3 * 10**12], rights=(), most=3 * 10**15),
    )
