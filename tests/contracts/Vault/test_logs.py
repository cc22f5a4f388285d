"""Complete events: an observer of logs alone knows every word of storage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.hops import fee_and_indices
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, RIGHTS, WAD, World
from tests.contracts.Vault.conftest import Opened

ASSET = 8


class Observer:
    """Storage as the logs tell it: (pool, field, key) -> word, and claims."""

    def __init__(self) -> None:
        self.words: dict[tuple[str, int, int], int] = {}
        self.claims: dict[tuple[str, str], int] = {}
        self.supplies: dict[str, int] = {}
        self.taken = 0  # blocks

    def read(self, world: World) -> None:
        """Take in every log of the chain since the last reading."""
        blocks, self.taken = world.chain.blocks[self.taken :], len(world.chain.blocks)
        for block in blocks:
            logs = block.receipt.logs if block.receipt else ()
            for name in ("Swap", "Proportional", "Single", "Liquidity", "Stored", "Credited", "Collected"):
                for event in world.vault.events(name, logs):
                    getattr(self, name.lower())(event)

    def swap(self, event: dict[str, Any]) -> None:
        _, index_in, index_out = fee_and_indices(event["fee_and_indices"])
        self.words[event["pool"], ASSET, index_in] = event["word_in"]
        self.words[event["pool"], ASSET, index_out] = event["word_out"]

    def proportional(self, event: dict[str, Any]) -> None:
        """The balance is the lowest field of a word, and nothing else moves."""
        sign = 1 if event["shares"] > 0 else -1
        for index, amount in enumerate(event["amounts"]):
            self.words[event["pool"], ASSET, index] += sign * amount
        self.supplies[event["pool"]] += event["shares"]

    def single(self, event: dict[str, Any]) -> None:
        self.words[event["pool"], ASSET, event["index"]] = event["word"]
        self.supplies[event["pool"]] += event["shares"]

    def liquidity(self, event: dict[str, Any]) -> None:
        for index, word in enumerate(event["words"]):
            self.words[event["pool"], ASSET, index] = word
        self.supplies[event["pool"]] = event["supply"]

    def stored(self, event: dict[str, Any]) -> None:
        self.words[event["pool"], event["field"], event["key"]] = event["word"]

    def credited(self, event: dict[str, Any]) -> None:
        key = event["account"], event["token"]
        self.claims[key] = self.claims.get(key, 0) + event["amount"]

    def collected(self, event: dict[str, Any]) -> None:
        key = event["account"], event["token"]
        self.claims[key] = self.claims.get(key, 0) - event["amount"]


def act(world: World, pool: Opened, random: Random) -> None:
    """One random operation of a trader, provider or manager; a refusal is fine."""
    vault, address, n = world.vault, pool.address, pool.n
    i, o = random.sample(range(n), 2)
    amount = pool.units(i, random.randint(1, 2_000))
    shares = random.randint(1, 10**21)
    payloads = {
        "terms": [2 * 10**15 | 10**15 << 60 | 10**16 << 120 | WAD // 2 << 180 | 1 << 244],
        "guard": [2**112 - 1 | (2**112 - 1) << 112],
        "ramp": [30 * DAY, *([300_000] if pool.kind is Kind.STABLE else [WAD // 4, WAD // 4, WAD // 2])],
    }
    right = random.choice(list(payloads))
    actions: list[Callable[[], Any]] = [
        lambda: world.swap(address, i, o, amount, integrator=BOB),
        lambda: world.swap(address, i, o, pool.units(o, 3), exact_out=True),
        lambda: vault.add_proportional(address, shares, [EVER] * n, EVER, ALICE, sender=ALICE),
        lambda: vault.add_unbalanced(
            address, [pool.units(k, 7 + k) for k in range(n)], 0, EVER, ALICE, sender=ALICE
        ),
        lambda: vault.add_single_exact_in(address, i, amount, 0, EVER, ALICE, sender=ALICE),
        lambda: vault.remove_single_exact_in(address, i, shares // 99, 0, EVER, ALICE, sender=ALICE),
        lambda: vault.remove_proportional(address, shares // 3, [0] * n, EVER, ALICE, sender=ALICE),
        lambda: vault.recovery_exit(address, shares // 5, ALICE, 1, sender=ALICE),
        lambda: vault.donate(address, [pool.units(k) for k in range(n)], EVER, sender=ALICE),
        lambda: vault.collect(pool.tokens[0], ALICE, sender=ALICE),
        lambda: vault.settle_fees(address),
        lambda: vault.schedule(address, RIGHTS.index(right), payloads[right], sender=MANAGER),
        lambda: vault.execute(address, RIGHTS.index(right)),
        lambda: vault.pause(address, DAY // 2, sender=MANAGER),
        lambda: vault.unpause(address, sender=MANAGER),
        lambda: vault.stop_ramp(address, sender=MANAGER),
        lambda: vault.set_listed(address, [ALICE, BOB], random.random() < 0.5, sender=MANAGER),
        lambda: vault.set_class(address, [ALICE], random.randint(0, 3), sender=MANAGER),
    ]
    with contextlib.suppress(PoolRevert):
        random.choice(actions)()
    world.chain.increase_time(random.choice((0, 12, 3_600, DAY)))


@pytest.mark.parametrize("kind", [Kind.WEIGHTED, Kind.STABLE], ids=lambda kind: kind.value)
def test_logs_alone_give_every_word(
    world: World, chain: EmbeddedChain, opened: Callable[..., Opened], kind: Kind
) -> None:
    pool = opened(kind, policy="volatility")
    random = Random(f"logs of {kind.value}")
    observer = Observer()
    for _ in range(400):
        act(world, pool, random)
        observer.read(world)
        # After every operation: the next might make good what one event told wrong.
        words = [observer.words[pool.address, ASSET, i] for i in range(pool.n)]
        assert words == list(world.words(pool.address, pool.n))
        assert observer.supplies[pool.address] == world.share(pool.address).totalSupply()
    told = {key[1:]: word for key, word in observer.words.items() if key[0] == pool.address}
    assert len({field for field, _ in told}) >= 6
    for (field, key), word in told.items():
        assert world.vault.stored(pool.address, field, key) == word, (field, key)
    for (account, asset), amount in observer.claims.items():
        assert world.vault.claim(account, asset) == amount


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_the_vault_is_solvent(world: World, opened: Callable[..., Opened], kind: Kind) -> None:
    """What pools, owed fees and claims amount to is in the Vault, to the wei, whatever is done."""
    from poolwright.model.maths import asset_word

    pool = opened(kind, policy="volatility")
    random = Random(f"solvency of {kind.value}")
    for step in range(300):
        act(world, pool, random)
        words = [asset_word.unpack(word) for word in world.words(pool.address, pool.n)]
        for token, word, places in zip(pool.tokens, words, pool.decimals, strict=True):
            claims = sum(
                world.vault.claim(account, token) for account in (ALICE, BOB, MANAGER, "0x" + "00" * 20)
            )
            owed = word.owed * asset_word.quantum(places)
            assert token.balanceOf(world.vault.address) == word.balance + owed + claims, step
