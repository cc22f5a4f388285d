"""Liquidity of every kind of operation: custody follows the ledger, shares keep their worth, nobody is locked in."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.errors import PoolRevert
from poolwright.spec.bounds import MINIMUM_SHARES
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, MANAGER, WAD, World
from tests.contracts.Vault.conftest import Opened


def supply(world: World, pool: Opened) -> int:
    return world.share(pool.address).totalSupply()


def test_initialize_locks_the_least_shares_and_happens_once(world: World, pool: Opened) -> None:
    share = world.share(pool.address)
    assert share.balanceOf(NOBODY) == MINIMUM_SHARES
    assert share.balanceOf(MANAGER) == share.totalSupply() - MINIMUM_SHARES
    with pytest.raises(PoolRevert, match=r"^vault: initialized already$"):
        world.vault.initialize(pool.address, [1] * pool.n, 0, EVER, MANAGER, sender=MANAGER)


def test_add_then_remove_in_proportion_gains_nothing(world: World, pool: Opened) -> None:
    before = [token.balanceOf(ALICE) for token in pool.tokens]
    shares = supply(world, pool) // 7
    paid = world.vault.add_proportional(pool.address, shares, [EVER] * pool.n, EVER, ALICE, sender=ALICE)
    ledger = world.balances(pool.address, pool.n)
    got = world.vault.remove_proportional(pool.address, shares, [0] * pool.n, EVER, ALICE, sender=ALICE)
    assert all(0 <= p - g <= 2 for p, g in zip(paid, got, strict=True))
    held = [token.balanceOf(ALICE) - b for token, b in zip(pool.tokens, before, strict=True)]
    assert held == [g - p for p, g in zip(paid, got, strict=True)]
    assert [x - g for x, g in zip(ledger, got, strict=True)] == world.balances(pool.address, pool.n)


def test_single_asset_operations_invert_each_other(world: World, pool: Opened) -> None:
    amount = pool.units(0, 100)
    shares = world.vault.add_single_exact_in(pool.address, 0, amount, 1, EVER, ALICE, sender=ALICE)
    again = world.vault.ask(
        "add_single_exact_shares", pool.address, 0, shares, EVER, EVER, ALICE, sender=ALICE
    )
    assert again == pytest.approx(amount, rel=1e-3)
    got = world.vault.remove_single_exact_in(pool.address, 0, shares, 1, EVER, ALICE, sender=ALICE)
    assert 0 < got < amount
    back = world.vault.add_single_exact_in(pool.address, 0, amount, 1, EVER, ALICE, sender=ALICE)
    burned = world.vault.remove_single_exact_out(pool.address, 0, got // 2, EVER, EVER, ALICE, sender=ALICE)
    assert back * 49 // 100 < burned < back * 51 // 100


def test_unbalanced_add_pays_for_what_is_beyond_the_proportion(world: World, pool: Opened) -> None:
    even = [pool.units(i, 10) for i in range(pool.n)]
    fair = world.vault.ask("add_unbalanced", pool.address, even, 1, EVER, ALICE, sender=ALICE)
    skewed = [amount * (3 if i == 0 else 1) for i, amount in enumerate(even)]
    shares = world.vault.add_unbalanced(pool.address, skewed, 1, EVER, ALICE, sender=ALICE)
    assert fair < shares < 3 * fair
    (event,) = world.vault.events("Liquidity")
    assert event["fees"][0] > 0
    assert list(event["fees"][1:]) == [0] * (pool.n - 1)


def test_donation_raises_every_share(world: World, pool: Opened) -> None:
    before, shares = world.balances(pool.address, pool.n), supply(world, pool)
    gift = [pool.units(i, 5) for i in range(pool.n)]
    world.vault.donate(pool.address, gift, EVER, sender=ALICE)
    assert world.balances(pool.address, pool.n) == [b + g for b, g in zip(before, gift, strict=True)]
    assert supply(world, pool) == shares


def test_recovery_exit_holds_back_a_broken_token(world: World, pool: Opened) -> None:
    shares = supply(world, pool) // 10
    share = world.share(pool.address)
    share.transfer(ALICE, shares, sender=MANAGER)
    expected = [Fraction(b * shares, supply(world, pool)) // 1 for b in world.balances(pool.address, pool.n)]
    before = pool.tokens[0].balanceOf(BOB)
    amounts = world.vault.recovery_exit(pool.address, shares, BOB, 0b01, sender=ALICE)
    assert list(amounts) == expected
    assert pool.tokens[0].balanceOf(BOB) == before
    assert world.vault.claim(ALICE, pool.tokens[0]) == amounts[0]
    world.vault.collect(pool.tokens[0], BOB, sender=ALICE)
    assert pool.tokens[0].balanceOf(BOB) - before == amounts[0]


def test_the_last_provider_leaves(world: World, pool: Opened) -> None:
    share = world.share(pool.address)
    shares = share.balanceOf(MANAGER)
    world.vault.remove_proportional(pool.address, shares, [0] * pool.n, EVER, MANAGER, sender=MANAGER)
    assert share.totalSupply() == MINIMUM_SHARES
    assert all(balance > 0 for balance in world.balances(pool.address, pool.n))


def test_limits_of_liquidity(world: World, pool: Opened) -> None:
    vault, address, n = world.vault, pool.address, pool.n
    vault.add_proportional(address, 10**18, [EVER] * n, EVER, ALICE, sender=ALICE)
    for call, reason in (
        (("add_proportional", address, 10**18, [0] * n, EVER, ALICE), "add: in above limit"),
        (("add_proportional", address, 10**18, [EVER] * n, 1, ALICE), "vault: too late"),
        (("remove_proportional", address, 10**18, [0] * n, 1, ALICE), "vault: too late"),
        (("remove_proportional", address, 10**18, [EVER] * n, EVER, ALICE), "remove: out below limit"),
        (("remove_proportional", address, 10**30, [0] * n, EVER, ALICE), "share: balance too low"),
        (("add_single_exact_in", address, 0, pool.units(0), EVER, EVER, ALICE), "add: shares below limit"),
        (("add_single_exact_shares", address, 0, 10**18, 1, EVER, ALICE), "add: in above limit"),
        (("remove_single_exact_in", address, 0, 10**15, EVER, EVER, ALICE), "remove: out below limit"),
        (
            ("remove_single_exact_out", address, 0, pool.units(0) // 100, 1, EVER, ALICE),
            "remove: shares above limit",
        ),
        (("add_unbalanced", address, [1] * (n - 1), 0, EVER, ALICE), "add: one amount per asset"),
    ):
        with pytest.raises(PoolRevert, match=f"^{reason}$"):
            vault.ask(*call, sender=ALICE)


def test_parts_of_sixteen_balances_are_rounded_to_the_pools_side(
    world: World, opened: Callable[..., Opened]
) -> None:
    """Each of them: what comes in up, what goes out down."""
    pool = opened(Kind.WEIGHTED, decimals=(0, 6, 8, 18) * 4)
    shares = supply(world, pool) // 7 + 3
    for name, sender, sign in (("add", ALICE, -1), ("remove", MANAGER, 1)):
        balances, whole = world.balances(pool.address, pool.n), supply(world, pool)
        limits = [EVER if name == "add" else 0] * pool.n
        moved = getattr(world.vault, f"{name}_proportional")(
            pool.address, shares, limits, EVER, sender, sender=sender
        )
        assert list(moved) == [sign * (sign * balance * shares // whole) for balance in balances]


@pytest.mark.parametrize("policy", ["flat", "volatility", "imbalance"])
@pytest.mark.parametrize("n", [2, 3, 4, 8])
@pytest.mark.parametrize("kind", Kind)
def test_one_asset_in_is_worth_what_the_kind_says(
    world: World, opened: Callable[..., Opened], kind: Kind, n: int, policy: str
) -> None:
    """The Vault prices some such deposits itself and asks for others: the lens asks the kind about all, to the unit."""
    terms = {} if policy == "flat" else {"policy": policy, "base": 3 * 10**15, "most": 10**17, "slope": WAD}
    pool = opened(kind, decimals=(18, 6, 8, 18, 0, 18, 12, 18)[:n], **terms)
    lens = Contract.deploy(world.chain, artifact("LiquidityLens"), world.vault)
    world.swap(
        pool.address, 0, 1, 10 ** (pool.tokens[0].decimals() + 4)
    )  # moves the averages and the balance
    for index in (0, 1, n - 1):
        amount = 12_345 * 10 ** pool.tokens[index].decimals()
        world.chain.mine()
        told = lens.preview_add_single_exact_in(pool.address, index, amount, ALICE)
        end = (EVER, ALICE)
        world.chain.join_last_block()  # as an average fades, so does the fee that follows it
        with pytest.raises(PoolRevert, match=r"^add: shares below limit$"):
            world.vault.add_single_exact_in(pool.address, index, amount, told + 1, *end, sender=ALICE)
        world.chain.join_last_block()
        done = world.vault.add_single_exact_in(pool.address, index, amount, told, *end, sender=ALICE)
        assert done == told
