"""A TWAP ring, and pools of every kind into which it is plugged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from mpmath import mpf

from poolwright.chain.artifacts import artifact
from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.modules.price_history import History, plug
from tests.contracts.protocol import ALICE, MANAGER, WAD, World, even_weights

DECIMALS = (18, 8, 6, 18)
WEIGHTS = (4 * 10**17, 3 * 10**17, 2 * 10**17, 10**17)


@pytest.fixture
def ring(world: World) -> Contract:
    return Contract.deploy(world.chain, artifact("TwapRing"), world.vault)


@pytest.fixture
def make(world: World, token: Callable[[int], Contract], ring: Contract) -> Callable[..., History]:
    """Open a pool with the ring plugged in."""

    def opened(kind: Kind, decimals: Sequence[int] = DECIMALS[:3], **options: Any) -> History:
        if kind is Kind.WEIGHTED and "weights" not in options:
            options["weights"] = WEIGHTS if len(decimals) == 4 else even_weights(len(decimals))
        tokens = [token(each) for each in decimals]
        amounts = [10 ** (6 + each) for each in decimals]
        pool = world.open(tokens, kind, amounts, delay=0, **options)
        world.share(pool).transfer(ALICE, 10**22, sender=MANAGER)
        plug(world, pool, ring)
        rates = [mpf(each) / WAD for each in options.get("rates", ())]
        return History(world, pool, kind, decimals, weights=options.get("weights"), rates=rates)

    return opened
