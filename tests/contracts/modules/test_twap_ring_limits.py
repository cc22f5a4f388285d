"""What a TWAP ring does not answer for, who may do what with it, and what it costs; see test_twap_ring.py."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from mpmath import mp, mpf

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.modules.price_history import (
    DIGITS,
    History,
    holds,
    plug,
    refused,
    trade,
)
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, WAD, World
from tests.contracts.security.den import foreign


def test_what_was_not_seen_is_not_answered_for(make: Callable[..., History], ring: Contract) -> None:
    history = make(Kind.WEIGHTED)
    world, pool, chain = history.world, history.pool, history.world.chain
    ring.grow(pool, 8)
    with mp.workdps(DIGITS):
        for _ in range(3):
            trade(history, seconds=100)
        seen = history.now
        plug(world, pool, None)
        history.note()
        holds(history, ring, 0, 1, seen - 150, history.now)  # nothing has moved: still good
        trade(history, seconds=100)
        chain.mine()
        refused("ring: movements not seen", lambda: ring.twap(pool, 0, 1, history.now - seen + 5, 0))
        refused("ring: movements not seen", lambda: ring.twap(pool, 0, 1, history.now - seen + 5, 1))
        holds(history, ring, 0, 1, seen - 150, seen)  # what it had seen remains
        plug(world, pool, ring)
        history.note()
        refused("ring: movements not seen", lambda: ring.observe(pool, 0))
        trade(history, seconds=100)
        again = history.now
        assert ring.oldest_observation(pool) == again
        assert ring.ring(pool)[3] == 1
        refused("ring: too old", lambda: ring.twap(pool, 0, 1, again - seen, 0))
        for k in range(12):
            trade(history, k % 3, (k + 1) % 3, seconds=10)
            assert ring.oldest_observation(pool) >= again
            holds(history, ring, 0, 1, ring.oldest_observation(pool), history.now)
        assert ring.ring(pool)[3] == 8


def test_rates_that_were_followed_unseen_are_movements(
    world: World, ring: Contract, token: Callable[[int], Contract]
) -> None:
    provider = Contract.deploy(world.chain, artifact("TestRate"), WAD)
    source = int(provider.address, 16) | 7 * DAY << 160 | WAD // 100 << 192
    tokens = [token(18), token(6)]
    pool = world.open(tokens, Kind.STABLE, [10**24, 10**12], rates=[source, WAD], delay=0)
    plug(world, pool, ring)
    ring.grow(pool, 9)
    history = History(world, pool, Kind.STABLE, (18, 6), rates=[mpf(1), mpf(1)])
    with mp.workdps(DIGITS):
        trade(history)
        start = history.now
        for step in range(1, 4):  # seen: by `follow_rates`, and by trades
            provider.report(WAD + step * WAD // 200, 0)
            world.chain.increase_time(300)
            world.chain.mine()
            holds(history, ring, 0, 1, start, history.now)  # it stands at the rate that was accepted
            history.rates = [1 + mpf(step) / 200, mpf(1)]
            if step == 2:
                trade(history, 0, 1, part=50)
            else:
                world.vault.follow_rates(pool)
                history.note()
            world.chain.increase_time(200)
            world.chain.mine()
            holds(history, ring, 1, 0, start + 50, history.now)
        plug(world, pool, None)
        provider.report(WAD * 102 // 100, 0)
        world.vault.follow_rates(pool)
        plug(world, pool, ring)
        refused("ring: movements not seen", lambda: ring.twap(pool, 0, 1, 1, 0))
        trade(history)
        assert ring.oldest_observation(pool) == history.now


def test_recorder_of_its_own_vault_alone(make: Callable[..., History], ring: Contract) -> None:
    history = make(Kind.WEIGHTED)
    view: tuple[Any, ...] = ([WAD, WAD], [WAD, WAD], WAD, 0, 0, 0)
    for account in (ALICE, MANAGER):
        refused("ring: not the vault", lambda who=account: ring.record(history.pool, 1, 0, view, sender=who))
    assert ring.VAULT() == history.world.vault.address
    refused("lens: vault has no code", lambda: Contract.deploy(ring.chain, artifact("TwapRing"), ALICE))


def test_growth_is_bounded_and_paid_once(make: Callable[..., History], ring: Contract) -> None:
    """Who grows pays; a place that is paid for is cheaper to write. Nobody shrinks anything."""
    history = make(Kind.WEIGHTED)
    pool, vault, chain = history.pool, history.world.vault, history.world.chain
    refused("ring: too large", lambda: ring.grow(pool, 65_536))
    refused("ring: has grown already", lambda: ring.grow(pool, 0))
    refused("vault: no such pool", lambda: ring.grow(vault, 2))
    ring.grow(pool, 3)
    for size in (1, 2, 3):
        refused("ring: has grown already", lambda size=size: ring.grow(pool, size))
    outcome = chain.trial(ring.address, ring.encode("grow", pool, 13), sender=BOB)
    assert 10 * 22_100 < outcome.gas_used < 10 * 22_100 + 60_000
    assert tuple(ring.ring(pool)) == (0, 0, 3, 0)
    trade(history)
    assert tuple(ring.ring(pool)) == (0, 3, 3, 1)


@pytest.mark.parametrize(
    ("kind", "n", "amplification"),
    [(Kind.WEIGHTED, 16, 0), (Kind.CONSTANT_PRODUCT, 8, 0), (Kind.STABLE, 8, 1_000), (Kind.STABLE, 8, 10**7)],
    ids=lambda each: str(getattr(each, "value", each)),
)
def test_the_largest_pools_fit_into_a_recorders_gas(
    make: Callable[..., History],
    ring: Contract,
    token: Callable[[int], Contract],
    kind: Kind,
    n: int,
    amplification: int,
) -> None:
    """The first observation, its words not paid for, of a pool far out of balance; the Vault's part counts, too."""
    history = make(kind, (18,) * n, **({"amplification": amplification} if amplification else {}))
    world, pool = history.world, history.pool
    plug(world, pool, None)
    for k in range(n - 1):
        for _ in range(3):
            with suppress(CallReverted):  # a stable pool goes so far and no further
                world.swap(pool, k, n - 1, world.balances(pool, n)[k] // 2)
    assert max(world.balances(pool, n)) > 6 * min(world.balances(pool, n))
    data = world.vault.encode("swap", (hop(pool, 0, 1), False, 10**20, 0, EVER, ALICE, NOBODY))
    without = world.chain.trial(world.vault.address, data, sender=ALICE)
    plug(world, pool, ring)
    plugged = world.chain.trial(world.vault.address, data, sender=ALICE)
    assert without.success
    assert plugged.success
    assert 50_000 < plugged.gas_used - without.gas_used < 250_000
    world.vault.swap((hop(pool, 0, 1), False, 10**20, 0, EVER, ALICE, NOBODY), sender=ALICE)
    assert ring.oldest_observation(pool) == history.now


def test_pools_in_one_ring_are_apart(make: Callable[..., History], ring: Contract) -> None:
    weighted, stable = make(Kind.WEIGHTED), make(Kind.STABLE)
    with mp.workdps(DIGITS):
        for history in (weighted, stable):
            ring.grow(history.pool, 4)
            trade(history, seconds=30)
        for k in range(6):
            trade(weighted, k % 3, (k + 1) % 3, seconds=k)
        trade(stable)
        assert (ring.ring(weighted.pool)[3], ring.ring(stable.pool)[3]) == (4, 2)
        for history in (weighted, stable):
            holds(history, ring, 0, 1, ring.oldest_observation(history.pool), history.now)


def test_foreign_kinds_have_no_ring(
    world: World, ring: Contract, compiled: Compile, token: Callable[[int], Contract]
) -> None:
    """Nobody else's kind says what its prices are; its pools trade on and the ring knows nothing of them."""
    kind = Contract.deploy(world.chain, compiled("hostile/Intruder.vy"))
    kind.set_model(world.protocol.kinds[Kind.WEIGHTED])
    tokens = [token(18), token(18)]
    text = foreign(world.constitution(tokens, Kind.WEIGHTED, delay=0), kind.address)
    pool = world.vault.create_pool(text, MANAGER, sender=MANAGER)
    world.vault.initialize(pool, [10**24] * 2, 0, EVER, MANAGER, sender=MANAGER)
    plug(world, pool, ring)
    assert world.swap(pool, 0, 1, WAD) > 0
    refused("ring: no observation", lambda: ring.twap(pool, 0, 1, 1, 0))


def test_no_answer_amid_an_operation(make: Callable[..., History], ring: Contract, compiled: Compile) -> None:
    """Where it would have to ask the Vault, which does not answer then."""
    history = make(Kind.WEIGHTED)
    trade(history)
    trade(history)
    history.world.chain.mine()
    borrower = Contract.deploy(ring.chain, compiled("hostile/Puppet.vy"))
    borrower.write([(ring.address, ring.encode("twap", history.pool, 0, 1, 5, 0), False)])
    history.world.vault.flash_loan(borrower, [], [], b"", sender=ALICE)
    ((done, answer),) = borrower.read()
    assert not done
    assert b"vault: not idle" in answer
    assert ring.twap(history.pool, 0, 1, 5, 0) > 0
