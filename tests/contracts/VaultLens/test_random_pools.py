"""Pools drawn at random (kind, assets, decimals, policy, rates, ramp, guard, module): every preview holds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, OWNER, POLICIES, WAD, World, even_weights
from tests.contracts.VaultLens.agreeing import agree

MOST = {Kind.WEIGHTED: 16, Kind.CONSTANT_PRODUCT: 8, Kind.STABLE: 8}
DECIMALS = (0, 1, 6, 8, 9, 12, 18)


class Drawn:
    """A pool and what its tests must keep alive: providers that report, a second pool for routes."""

    def __init__(
        self, world: World, token: Callable[[int], Contract], compiled: Compile, draw: Random
    ) -> None:
        self.world, self.draw, self.compiled = world, draw, compiled
        self.kind = draw.choice(list(Kind))
        self.tokens = [token(draw.choice(DECIMALS)) for _ in range(draw.randint(2, MOST[self.kind]))]
        self.providers: list[Contract] = []
        least, base = draw.randint(0, 10**15), draw.randint(10**15, 10**16)
        options: dict[str, Any] = {
            "policy": draw.choice(list(POLICIES)),
            "least": least,
            "base": base,
            "most": draw.randint(base, 10**17),
            "slope": draw.choice([0, WAD // 10, WAD]),
            "tier": (draw.randrange(4), draw.choice([10**6, 10**9, 10**13])),
            "creator_share": draw.choice([0, 10**17, 5 * 10**17]),
            "integrator_share": draw.choice([0, 10**17, 4 * 10**17]),
            "half_life": draw.choice([60, 600, 86_400]),
            "amplification": draw.choice([1_000, 200_000, 5_000_000]),
            "rates": self._rates(),
            "withdrawal": draw.choice([0, 1, 100]),
        }
        amounts = [draw.randint(10**6, 3 * 10**6) * 10 ** each.decimals() for each in self.tokens]
        self.pool = world.open(self.tokens, self.kind, amounts, **options)
        world.vault.add_proportional(self.pool, 10**23, [EVER] * len(self.tokens), EVER, ALICE, sender=ALICE)
        pair = self.tokens[:2]
        second = world.open(pair, Kind.CONSTANT_PRODUCT, [10**7 * 10 ** each.decimals() for each in pair])
        self.others = ((second, [each.address for each in pair]),)
        self._manage()

    def _rates(self) -> list[int]:
        if self.kind is not Kind.STABLE or self.draw.random() < 0.4:
            return []
        words = []
        for _ in self.tokens:
            rate = self.draw.randint(9 * 10**17, 11 * 10**17)
            if self.draw.random() < 0.5:
                words.append(rate)
                continue
            provider = Contract.deploy(self.world.chain, self.compiled("hostile/Liar.vy"))
            self.providers.append(provider)
            self._report(provider, rate)
            words.append(int(provider.address, 16) | 7 * DAY << 160 | 10**16 << 192)
        return words

    def _report(self, provider: Contract, rate: int) -> None:
        now = self.world.chain.blocks[-1].timestamp
        provider.set_answer(bytes.fromhex("2c4e722e"), rate.to_bytes(32, "big") + now.to_bytes(32, "big"))
        self.rate = rate

    def _manage(self) -> None:
        """Ramp, guard and module, each in some pools; what the pool does not take is left."""
        draw, n = self.draw, len(self.tokens)
        if draw.random() < 0.5 and self.kind is not Kind.CONSTANT_PRODUCT:
            weights = even_weights(n)
            shift = draw.randint(0, WAD // (n * 10))
            weights[0], weights[1] = weights[0] - shift, weights[1] + shift
            with contextlib.suppress(CallReverted):
                self.world.do(
                    self.pool, "ramp", [90 * DAY, *([400_000] if self.kind is Kind.STABLE else weights)]
                )
        if draw.random() < 0.3:
            cap = self.world.share(self.pool).totalSupply() + 2**76
            self.world.do(self.pool, "guard", [cap >> 16 | (2**112 - 1) << 112])
        if draw.random() < 0.4:
            start = self.world.chain.blocks[-1].timestamp
            fee = Contract.deploy(self.world.chain, artifact("FeeModule"), start, 3 * DAY, 8 * 10**16, 10**15)
            gate = Contract.deploy(self.world.chain, artifact("DepositGate"), self.tokens[0], 10**40)
            ring = self.world.protocol.parts["TwapRing"]
            plugs = [(fee.address, 127), (gate.address, 4), (gate.address, 68), (ring, 128)]
            module, points = draw.choice(plugs)
            self.world.do(self.pool, "module", [int(module, 16) | points << 160])

    def pass_time(self) -> None:
        """A while, in which providers move."""
        self.world.chain.increase_time(self.draw.choice([0, 12, 3_600, DAY]))
        for each in self.providers:
            self._report(each, self.rate * self.draw.randint(993, 1007) // 1000)


def check(world: World, token: Callable[[int], Contract], compiled: Compile, seed: str) -> tuple[int, int]:
    """(accepted, refused) previews of one pool, each of which was what the Vault did."""
    if seed.endswith("0"):
        world.vault.schedule_protocol_share(10**17, sender=OWNER)
        world.chain.increase_time(30 * DAY)
        world.vault.execute_protocol_share()
    drawn = Drawn(world, token, compiled, Random(seed))
    accepted = refused = 0
    for account in (ALICE, ALICE, BOB):
        drawn.pass_time()
        told = agree(
            world, drawn.pool, drawn.tokens, 1, draw=drawn.draw, account=account, others=drawn.others
        ).told
        texts = [isinstance(each, str) for answers in told.values() for each in answers]
        accepted, refused = accepted + texts.count(False), refused + texts.count(True)
    return accepted, refused


@pytest.mark.parametrize("seed", range(6))
def test_previews_of_random_pools(
    world: World, token: Callable[[int], Contract], compiled: Compile, seed: int
) -> None:
    accepted, _ = check(world, token, compiled, f"pool {seed}")
    assert accepted >= 8


@pytest.mark.verify
def test_previews_of_many_random_pools(
    world: World, token: Callable[[int], Contract], compiled: Compile
) -> None:
    accepted = refused = 0
    for seed in range(60):
        before = world.chain.snapshot()
        more = check(world, token, compiled, f"many {seed}")
        accepted, refused = accepted + more[0], refused + more[1]
        assert world.chain.restore(before)
    print(f"\npreviews that were what was done: {accepted} accepted, {refused} refused")
    assert accepted > 1_200
    assert refused > 150
