"""Losses through a door that was open: initialisers, callbacks, fees that anybody could raise."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import fee_and_indices
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, MANAGER, OWNER, WAD, World
from tests.contracts.Vault.conftest import Opened

MOST = 10**16


def test_dodo_march_2021_initialised_once(world: World, token: Callable[[int], Contract]) -> None:
    """By the pool's manager only, and never again, by nobody."""
    tokens = [token(18), token(18)]
    pool = world.create(tokens, Kind.WEIGHTED)
    amounts = [10**24, 10**24]
    for account in (ALICE, BOB):
        with pytest.raises(PoolRevert, match=r"^vault: not the manager$"):
            world.vault.initialize(pool, amounts, 0, EVER, account, sender=account)
    world.vault.initialize(pool, amounts, 0, EVER, MANAGER, sender=MANAGER)
    for account in (MANAGER, ALICE, OWNER):
        with pytest.raises(PoolRevert, match=r"^vault: initialized already$"):
            world.vault.initialize(pool, amounts, 0, EVER, account, sender=account)


def test_dodo_march_2021_no_part_initialises(world: World) -> None:
    """Neither the share token nor any part of the Vault has another initialiser than its constructor."""
    for name in world.protocol.parts:
        openers = {each for each in artifact(name).selectors if "init" in each.lower()}
        assert openers <= {"initialize"}, name
    share = artifact("ShareToken")
    assert not [name for name in share.selectors if "init" in name.lower()]


def test_velocore_june_2024_parts_answer_the_vault_only(world: World, pool: Opened) -> None:
    """Entries meant for the Vault: shares by anybody else are refused, a part by itself moves and credits nothing."""
    share = world.share(pool.address)
    for account in (ALICE, MANAGER, OWNER):
        for name in ("mint", "burn"):
            with pytest.raises(PoolRevert):
                getattr(share, name)(account, 10**18, sender=account)
    words = world.words(pool.address, pool.n)
    counterparts = artifact("VaultCounterparts")
    for at in (world.vault.address, world.protocol.parts["VaultCounterparts"]):
        for name, values in (
            ("finish_swap", [0, 1, 10**18, 10**18, 10**18]),
            ("prepare_swap", [0, 1, False, 10**18, 0, 0]),
            ("settle_owed", [pool.address, 18 << 160, 10**9, 10**17]),
        ):
            data = Contract(world.chain, at, counterparts).encode(name, pool.address, *values)
            done = world.chain.transact(at, data, sender=ALICE)
            assert not done.success or at != world.vault.address, name
            assert world.words(pool.address, pool.n) == words


@pytest.mark.parametrize("policy", ["flat", "volatility", "imbalance", "tiered"])
def test_velocore_june_2024_fee_cannot_be_pumped(
    world: World, opened: Callable[..., Opened], policy: str
) -> None:
    """Thirty violent swaps and what else anybody may call: every fee stays within the terms, exits stay open."""
    pool = opened(
        Kind.WEIGHTED, decimals=(18, 18), policy=policy, base=3 * 10**15, most=MOST, slope=WAD, tier=(2, 1)
    )
    vault, address = world.vault, pool.address
    fees = []
    for k in range(30):
        i = k % 2
        with suppress(PoolRevert):
            world.swap(address, i, 1 - i, world.balances(address, 2)[i] * 9 // 10)
            (event,) = vault.events("Swap")
            fees.append((fee_and_indices(event["fee_and_indices"])[0], event["amount_in"]))
        vault.settle_fees(address)
    assert len(fees) >= 15
    assert all(0 < fee <= -(-amount * MOST // WAD) for fee, amount in fees)
    shares = world.share(address).balanceOf(MANAGER) // 100
    assert vault.remove_single_exact_in(address, 0, shares, 1, EVER, MANAGER, sender=MANAGER) > 0
    vault.remove_proportional(address, shares, [1, 1], EVER, MANAGER, sender=MANAGER)


def test_top_bpool_june_2026_minted_token_meets_the_guard_and_the_pause(world: World, pool: Opened) -> None:
    """A token minted at will: one weighted swap pays at most half of another balance, the guardian stops the rest."""
    world.vault.set_guardian(BOB, sender=OWNER)
    before = world.balances(pool.address, pool.n)
    with suppress(PoolRevert):
        world.swap(pool.address, 0, 1, 10**6 * pool.units(0, 10**6))
    if pool.kind is Kind.WEIGHTED:
        assert world.balances(pool.address, pool.n)[1] * 2 >= before[1]
    world.vault.pause_all(86_400, sender=BOB)
    with pytest.raises(PoolRevert, match=r"^vault: paused$"):
        world.swap(pool.address, 0, 1, pool.units(0))
    shares = world.share(pool.address).balanceOf(MANAGER)
    world.vault.remove_proportional(pool.address, shares, [1] * pool.n, EVER, MANAGER, sender=MANAGER)
    assert world.share(pool.address).balanceOf(MANAGER) == 0
    assert world.share(pool.address).balanceOf(NOBODY) > 0
