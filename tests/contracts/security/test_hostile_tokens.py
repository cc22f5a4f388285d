"""Hostile tokens: each is refused cleanly, or harms its own pools only; every other pool stays solvent to the wei."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from poolwright.chain.evm import EmbeddedChain
from poolwright.errors import PoolRevert
from poolwright.model.maths import asset_word
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, MANAGER, World

# Those that a pool can be opened with; the others never deliver what they say.
WELCOME = [
    "PlainToken",
    "RebasingToken",
    "SilentToken",
    "ZeroShyToken",
    "BlockingToken",
    "TwoDoorToken",
    "CallingToken",
]
REFUSED = {"TaxedToken": "vault: short receipt", "LyingToken": "vault: short receipt"}


@pytest.fixture
def beast(world: World, chain: EmbeddedChain, compiled: Compile) -> Callable[..., Contract]:
    """A token of the zoo in the usual hands."""

    def make(name: str, decimals: int = 18) -> Contract:
        fresh = Contract.deploy(chain, compiled(f"hostile/{name}.vy"), decimals)
        for account in (MANAGER, ALICE, BOB):
            fresh.mint(account, 10**30)
            fresh.approve(world.vault, EVER, sender=account)
        return fresh

    return make


def held(world: World, token: Contract, pools: list[tuple[str, int, int]]) -> int:
    """What the Vault must hold of a token for these (pool, index, number of assets): balances, owed fees, claims."""
    total = sum(world.vault.claim(account, token) for account in (ALICE, BOB, MANAGER, NOBODY))
    for pool, index, n in pools:
        word = asset_word.unpack(world.words(pool, n)[index])
        total += word.balance + word.owed * asset_word.quantum(token.decimals())
    return total


def live(world: World, pool: str) -> None:
    """A bit of everything, refusals and all."""
    vault = world.vault
    actions: list[Callable[[], Any]] = [
        lambda: world.swap(pool, 0, 1, 10**20, integrator=BOB),
        lambda: world.swap(pool, 1, 0, 10**20),
        lambda: vault.add_proportional(pool, 10**21, [EVER] * 2, EVER, ALICE, sender=ALICE),
        lambda: vault.add_single_exact_in(pool, 0, 10**20, 0, EVER, ALICE, sender=ALICE),
        lambda: vault.remove_single_exact_in(pool, 0, 10**19, 0, EVER, ALICE, sender=ALICE),
        lambda: vault.remove_proportional(pool, 10**20, [0, 0], EVER, ALICE, sender=ALICE),
        lambda: vault.recovery_exit(pool, 10**19, ALICE, 1, sender=ALICE),
        lambda: vault.donate(pool, [10**18, 0], EVER, sender=ALICE),
        lambda: vault.settle_fees(pool),
    ]
    for action in actions:
        with suppress(PoolRevert):
            action()


@pytest.mark.parametrize("name", WELCOME)
def test_other_pools_stay_solvent(
    world: World, token: Callable[[int], Contract], beast: Callable[..., Contract], name: str
) -> None:
    hostile, plain, other = beast(name), token(18), token(18)
    bad = world.open([hostile, plain], Kind.WEIGHTED, [10**24, 10**24])
    good = world.open([plain, other], Kind.CONSTANT_PRODUCT, [10**24, 10**24])
    live(world, bad)
    live(world, good)
    if name == "RebasingToken":
        hostile.rebase(5 * 10**17)
        live(world, bad)
        hostile.rebase(2 * 10**18)
        live(world, bad)
    if name == "BlockingToken":
        hostile.block_account(world.vault.address, True)
        live(world, bad)
    assert plain.balanceOf(world.vault.address) == held(world, plain, [(bad, 1, 2), (good, 0, 2)])
    assert other.balanceOf(world.vault.address) == held(world, other, [(good, 1, 2)])
    if name not in ("RebasingToken",):
        assert hostile.balanceOf(world.vault.address) >= held(world, hostile, [(bad, 0, 2)])


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_token_that_delivers_less_is_refused_at_once(
    world: World, token: Callable[[int], Contract], beast: Callable[..., Contract], name: str, reason: str
) -> None:
    pool = world.create([beast(name), token(18)], Kind.WEIGHTED)
    with pytest.raises(PoolRevert, match=f"^{reason}$"):
        world.vault.initialize(pool, [10**24, 10**24], 0, EVER, MANAGER, sender=MANAGER)


def test_token_that_refuses_is_refused(
    world: World, token: Callable[[int], Contract], beast: Callable[..., Contract]
) -> None:
    hostile = beast("RefusingToken")
    hostile.refuse(False)
    pool = world.open([hostile, token(18)], Kind.WEIGHTED, [10**24, 10**24])
    hostile.refuse(True)
    for i, o in ((0, 1), (1, 0)):
        with pytest.raises(PoolRevert, match=r"^vault: transfer refused$"):
            world.swap(pool, i, o, 10**18)


def test_blocked_token_does_not_lock_the_others_in(
    world: World, token: Callable[[int], Contract], beast: Callable[..., Contract]
) -> None:
    hostile, plain = beast("BlockingToken"), token(18)
    pool = world.open([hostile, plain], Kind.WEIGHTED, [10**24, 10**24])
    hostile.block_account(world.vault.address, True)
    shares = world.share(pool).balanceOf(MANAGER) // 2
    with pytest.raises(PoolRevert):
        world.vault.remove_proportional(pool, shares, [0, 0], EVER, MANAGER, sender=MANAGER)
    before = plain.balanceOf(MANAGER)
    amounts = world.vault.recovery_exit(pool, shares, MANAGER, 0b01, sender=MANAGER)
    assert plain.balanceOf(MANAGER) - before == amounts[1] > 0
    hostile.block_account(world.vault.address, False)
    assert world.vault.collect(hostile, MANAGER, sender=MANAGER) == amounts[0]


@pytest.mark.parametrize(
    ("decimals", "said", "reason"),
    [(19, 19, "create: decimals"), (18, 6, "create: decimals"), (0, 0, None)],
)
def test_decimals_are_what_the_token_says(
    world: World, token: Callable[[int], Contract], beast: Callable[..., Contract], decimals: int, said: int,
    reason: str | None,
) -> None:  # fmt: skip
    hostile, plain = beast("PlainToken", decimals), token(18)
    text = bytearray(world.constitution([hostile, plain], Kind.WEIGHTED))
    text[32 * 3 + 11] = said  # the record's decimals stand right above its address
    if reason is None:
        assert world.vault.create_pool(bytes(text), MANAGER, sender=MANAGER) != NOBODY
        return
    with pytest.raises(PoolRevert, match=f"^{reason}$"):
        world.vault.create_pool(bytes(text), MANAGER, sender=MANAGER)


def test_token_without_code_is_refused(world: World, token: Callable[[int], Contract]) -> None:
    text = bytearray(world.constitution([token(18), token(18)], Kind.WEIGHTED))
    text[32 * 3 + 12 : 32 * 4] = bytes.fromhex(ALICE[2:])
    with pytest.raises(PoolRevert, match=r"^create: token has no code$"):
        world.vault.create_pool(bytes(text), MANAGER, sender=MANAGER)


def test_one_receipt_through_two_doors_counts_once(
    world: World,
    chain: EmbeddedChain,
    compiled: Compile,
    token: Callable[[int], Contract],
    beast: Callable[..., Contract],
) -> None:
    """Two addresses for one token: what comes in by one is not credited by the other as well."""
    hostile = beast("TwoDoorToken")
    door = Contract.deploy(chain, compiled("hostile/SecondDoor.vy"), hostile)
    hostile.open_door(door)
    pool = world.open([hostile, door], Kind.CONSTANT_PRODUCT, [10**24, 10**24])
    plain = token(18)
    world.open([hostile, plain], Kind.CONSTANT_PRODUCT, [10**24, 10**24])
    calls = [
        world.vault.encode("sync", door.address),
        world.vault.encode("donate", pool, [10**20, 0], EVER),
        world.vault.encode("settle"),
    ]
    with pytest.raises(
        PoolRevert
    ):  # the donation is a debt, not a receipt: nothing has come when `settle` counts
        world.vault.multicall(
            [*calls, world.vault.encode("take", door.address, 10**20, BOB)], [hostile], BOB, sender=ALICE
        )
    before = hostile.balanceOf(world.vault.address)
    world.vault.multicall(calls, [hostile], ALICE, sender=ALICE)
    assert hostile.balanceOf(world.vault.address) - before == 10**20
