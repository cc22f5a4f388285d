"""The contract tests' chain and pools, and the exact worth of a share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.spec.kind import Kind
from tests.contracts.conftest import chain, compiled, one_chain, one_world, token, world
from tests.contracts.protocol import WAD, World, even_weights
from tests.contracts.Vault.conftest import Opened, opened, pool
from tests.reference import exact
from tests.reference.exact import Real, State

__all__ = ["chain", "compiled", "one_chain", "one_world", "opened", "pool", "token", "world"]

Worth = Callable[..., Real]


@pytest.fixture
def worth(world: World) -> Worth:
    """The exact invariant of a pool per share, or of the whole pool, in 120 digits."""

    def measure(
        of: Opened, *, weights: tuple[int, ...] = (), amplification: int = 200_000,
        rates: tuple[int, ...] = (), whole: bool = False,
    ) -> Real:  # fmt: skip
        shares = world.share(of.address).totalSupply()
        state = State(
            of.kind.value,
            tuple(world.balances(of.address, of.n)),
            shares,
            weights=weights or tuple(even_weights(of.n)),
            amplification=amplification,
            factors=tuple(
                10 ** (18 - places) * rate
                for places, rate in zip(of.decimals, rates or [WAD] * of.n, strict=True)
            ),
        )
        value = exact.invariant(state)
        if of.kind is Kind.STABLE:
            value /= WAD  # the factors' scale
        return value if whole else value / shares

    return measure
