"""Pools followed by logs alone: the very states that reading them gives, and no log goes missing unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from poolwright.chain.constitution import read_params
from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.logs import Follower, follow
from poolwright.chain.protocol import vault_artifact
from poolwright.chain.reading import read_pool, read_state
from poolwright.chain.records import ChainError, Log
from poolwright.model.results import SwapKind
from poolwright.model.state import PoolState
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, OWNER, WAD, World
from tests.contracts.Vault.conftest import Opened
from tests.contracts.Vault.test_logs import act

WHO = (ALICE, BOB, MANAGER)
FORMS = [
    (Kind.WEIGHTED, {"policy": "volatility", "withdrawal": 37}),
    (Kind.CONSTANT_PRODUCT, {"policy": "tiered", "tier": (2, 10**8)}),
    (Kind.STABLE, {"policy": "imbalance", "withdrawal": 100}),
]


def logs_of(chain: EmbeddedChain, first: int, last: int) -> list[Log]:
    """The logs of some blocks, in order."""
    receipts = [block.receipt for block in chain.blocks[first : last + 1]]
    return [log for receipt in receipts if receipt for log in receipt.logs]


def step(chain: EmbeddedChain, follower: Follower) -> None:
    """Take in the blocks that have come, one by one."""
    for number in range(follower.next_block, len(chain.blocks)):
        follower.take(logs_of(chain, number, number), number, number)


def same(world: World, follower: Follower, pool: str) -> PoolState:
    """The state told by logs, which is the one that is read, and whose words are the Vault's."""
    read = read_state(world.protocol, pool, accounts=WHO)
    assert read.memory is not None
    reports = read.memory.reports
    told = follower.state(pool, at=read.at, accounts=WHO, reports=reports)
    assert told == read
    assert told.memory is not None
    assert told.memory.words(told.balances) == world.words(pool, len(told.balances))
    return told


@pytest.mark.parametrize(("kind", "options"), FORMS, ids=lambda each: str(getattr(each, "value", "")))
def test_followed_is_what_is_read(
    world: World, chain: EmbeddedChain, opened: Callable[..., Opened], kind: Kind, options: dict[str, Any]
) -> None:
    follower = Follower(world.vault.address)
    pool, other = opened(kind, **options), opened(Kind.CONSTANT_PRODUCT)
    random = Random(f"followed {kind.value}")
    seen = set()
    for count in range(1, 241):
        act(world, pool if count % 4 else other, random)
        if count % 7 == 0:
            world.share(pool.address).transfer(BOB, 10**15, sender=MANAGER)
        step(chain, follower)
        if count % 48 == 0:
            seen |= {same(world, follower, pool.address), same(world, follower, other.address)}
    assert len(seen) > 5
    at_once = Follower(world.vault.address)
    follow(world.protocol, at_once)
    assert vars(at_once) == vars(follower)
    follow(world.protocol, at_once)  # nothing new
    assert vars(at_once) == vars(follower)
    for account in (*WHO, "0x" + "00" * 20):
        for token in pool.tokens:
            assert follower.claim(account, token.address) == world.vault.claim(account, token)
    assert follower.supply(pool.address) == world.share(pool.address).totalSupply()


def test_rates_and_the_protocols_share_are_followed(
    world: World, chain: EmbeddedChain, token: Callable[[int], Contract], compiled: Compile
) -> None:
    provider = Contract.deploy(chain, compiled("hostile/Liar.vy"))

    def report(rate: int) -> None:
        now = chain.blocks[-1].timestamp
        provider.set_answer(bytes.fromhex("2c4e722e"), rate.to_bytes(32, "big") + now.to_bytes(32, "big"))

    report(WAD)
    rates = [int(provider.address, 16) | 7 * DAY << 160 | 10**16 << 192, 11 * WAD // 10]
    pool = world.open([token(18), token(6)], Kind.STABLE, [10**24, 10**12], rates=rates)
    follower = Follower(world.vault.address)
    for rate in (1003, 1012, 1100):
        report(rate * WAD // 1000)
        if rate < 1100:
            world.swap(pool, 0, 1, 10**20, sender=MANAGER)
        world.vault.follow_rates(pool)
        step(chain, follower)
        same(world, follower, pool)
    with pytest.raises(ChainError, match="follows rate providers"):
        follower.state(pool, at=chain.blocks[-1].timestamp)
    world.vault.schedule_protocol_share(10**17, sender=OWNER)
    chain.increase_time(30 * DAY)
    world.vault.execute_protocol_share()
    world.vault.sync_protocol_share(pool)
    step(chain, follower)
    same(world, follower, pool)
    assert follower.word("0x0", 9, 0) == world.vault.stored("0x" + "00" * 20, 9, 0)


def test_the_model_quotes_what_the_read_one_does(
    world: World, chain: EmbeddedChain, opened: Callable[..., Opened]
) -> None:
    pool = opened(Kind.WEIGHTED, policy="imbalance")
    params = read_params(world.protocol.web3, pool.address)
    follower = Follower(world.vault.address)
    for k in range(6):
        world.swap(pool.address, k % 3, (k + 1) % 3, pool.units(k % 3, 30_000))
        step(chain, follower)
        at = chain.blocks[-1].timestamp
        model = follower.pool(params, pool.address, at=at, accounts=WHO)
        read = read_pool(world.protocol, pool.address, accounts=WHO)
        assert (model.params, model.state) == (read.params, read.state)
        quoted = model.quote(SwapKind.EXACT_IN, 0, 1, pool.units(0), at=at + 12, account=ALICE)
        assert quoted.amount_out == world.swap(pool.address, 0, 1, pool.units(0))
    other = replace(params, swap_fee=params.swap_fee + 1)
    with pytest.raises(ChainError, match="differs from the pool file in TERMS"):
        follower.pool(other, pool.address, at=0)


def test_no_log_goes_missing_unseen(
    world: World, chain: EmbeddedChain, opened: Callable[..., Opened]
) -> None:
    """Of a long history, each creation, swap, deposit, exit and announcement of its first half, taken away."""
    pool, random = opened(Kind.WEIGHTED, policy="volatility"), Random("gaps")
    for _ in range(120):
        act(world, pool, random)
    opened(Kind.STABLE)
    last = len(chain.blocks) - 1
    logs = [log for log in logs_of(chain, 0, last) if log.address in (world.vault.address, pool.address)]
    topics = vault_artifact().topics
    known = {topics[name]: name for name in ("PoolCreated", "Swap", "Liquidity", "ChangeScheduled")}
    executed = {log.topics[1:] for log in logs if log.topics[0] == topics["ChangeExecuted"]}
    missed: dict[str, int] = {}
    for k, log in enumerate(logs[: len(logs) // 2]):
        name = known.get(log.topics[0])
        if name is None or (name == "ChangeScheduled" and log.topics[1:] not in executed):
            continue
        if name == "ChangeScheduled" and any(
            other.topics == log.topics for other in logs[k + 1 :]
        ):  # announced again
            continue
        with pytest.raises(ChainError, match="logs are missing"):
            Follower(world.vault.address).take([*logs[:k], *logs[k + 1 :]], 0, last)
        missed[name] = missed.get(name, 0) + 1
    assert missed["PoolCreated"] == 1
    assert missed["Swap"] > 5
    assert missed["Liquidity"] > 5
    Follower(world.vault.address).take(logs, 0, last)


def test_blocks_and_logs_come_in_order(
    world: World, chain: EmbeddedChain, opened: Callable[..., Opened]
) -> None:
    pool = opened(Kind.WEIGHTED)
    world.swap(pool.address, 0, 1, pool.units(0))
    follower, last = Follower(world.vault.address), len(chain.blocks) - 1
    with pytest.raises(ChainError, match="blocks from 0 on are missing"):
        follower.take([], 1, last)
    logs = world.protocol.web3.eth.get_logs({"fromBlock": 0, "toBlock": last})
    for wrong in (
        [logs[1], logs[0]],
        [logs[0], logs[0]],
        [{**logs[0], "removed": True}],
        [{**logs[0], "blockNumber": last + 1}],
    ):
        with pytest.raises(ChainError, match="out of order"):
            Follower(world.vault.address).take(wrong, 0, last)
    with pytest.raises(ChainError, match="no pool that has been opened"):
        follower.state(pool.address, at=0)
    follower.take(logs, 0, last)
    same(world, follower, pool.address)
    strange = Log(world.vault.address, (b"\x01" * 32,), b"")
    with pytest.raises(ChainError, match="has no event"):
        follower.take([strange], last + 1, last + 1)


def test_a_pool_with_a_module_is_refused_as_reading_does(
    world: World, chain: EmbeddedChain, opened: Callable[..., Opened], compiled: Compile
) -> None:
    pool = opened(Kind.WEIGHTED)
    module = Contract.deploy(chain, compiled("VaultLens/Refuser.vy"), "no")
    world.do(pool.address, "module", [int(module.address, 16) | 1 << 160])
    follower = Follower(world.vault.address)
    step(chain, follower)
    with pytest.raises(ChainError, match="asks a module"):
        follower.state(pool.address, at=chain.blocks[-1].timestamp)
    world.vault.remove_proportional(pool.address, 10**18, [0] * 3, EVER, MANAGER, sender=MANAGER)
    step(chain, follower)  # followed all the same
    assert follower.supply(pool.address) == world.share(pool.address).totalSupply()
