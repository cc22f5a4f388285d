"""Pools of each kind, opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.protocol import World

DECIMALS = {Kind.WEIGHTED: (18, 8, 6), Kind.CONSTANT_PRODUCT: (18, 6), Kind.STABLE: (18, 6, 6)}


@dataclass
class Opened:
    """A pool and what it is made of."""

    address: str
    kind: Kind
    tokens: list[Contract]
    decimals: tuple[int, ...]

    @property
    def n(self) -> int:
        return len(self.tokens)

    def units(self, index: int, whole: int = 1) -> int:
        """Whole tokens in raw units."""
        return whole * 10 ** self.decimals[index]


@pytest.fixture
def opened(world: World, token: Callable[[int], Contract]) -> Callable[..., Opened]:
    """Open a pool with a million of each token."""

    def make(kind: Kind, decimals: tuple[int, ...] = (), **options: Any) -> Opened:
        places = decimals or DECIMALS[kind]
        tokens = [token(each) for each in places]
        amounts = [10**6 * 10**each for each in places]
        return Opened(world.open(tokens, kind, amounts, **options), kind, tokens, places)

    return make


@pytest.fixture(params=list(Kind), ids=lambda kind: kind.value)
def pool(request: pytest.FixtureRequest, opened: Callable[..., Opened]) -> Opened:
    """A pool of each kind."""
    return opened(request.param)
