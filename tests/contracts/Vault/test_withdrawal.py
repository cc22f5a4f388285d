"""The withdrawal fee: against exact fractions, on every way out, free in each state of recovery, on no way in."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from web3 import Web3

from poolwright.chain.constitution import read_params
from poolwright.chain.embedded import EmbeddedProvider
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, Contract
from tests.contracts.protocol import ALICE, DAY, MANAGER, OWNER, WAD, World
from tests.contracts.Vault.conftest import Opened

Open = Callable[..., Opened]
FEES = (1, 37, 100)
RATE = bytes.fromhex("2c4e722e")


def exit_of(world: World, pool: Opened, shares: int, *, recovery: bool) -> list[int]:
    """What an exit in proportion pays its caller of each token."""
    before = [token.balanceOf(MANAGER) for token in pool.tokens]
    if recovery:
        world.vault.recovery_exit(pool.address, shares, MANAGER, 0, sender=MANAGER)
    else:
        least = [0] * pool.n
        world.vault.remove_proportional(pool.address, shares, least, EVER, MANAGER, sender=MANAGER)
    return [token.balanceOf(MANAGER) - was for token, was in zip(pool.tokens, before, strict=True)]


def fee_taken(world: World, pool: Opened, *, recovery: bool) -> bool:
    """Whether an exit of a fiftieth pays less than its part; either way it is that of a fee of 1 %, or none."""
    supply, balances = world.share(pool.address).totalSupply(), world.balances(pool.address, pool.n)
    shares = supply // 50
    told = world.vault.paid_shares(pool.address, shares)
    got = exit_of(world, pool, shares, recovery=recovery)
    free = [balance * shares // supply for balance in balances]
    charged = [balance * (shares * 99 // 100) // supply for balance in balances]
    assert got in (free, charged)
    assert told == (shares if got == free else shares * 99 // 100)
    return got == charged


def both(world: World, pool: Opened) -> list[bool]:
    return [fee_taken(world, pool, recovery=recovery) for recovery in (False, True)]


@pytest.mark.parametrize("fee", FEES)
@pytest.mark.parametrize("recovery", [False, True])
@pytest.mark.parametrize("shares", [1, 2, 9_999, 10_001, 123 * 10**18 + 7, 3 * 10**23])
def test_exit_in_proportion_pays_within_a_unit_of_the_fraction(
    world: World, opened: Open, fee: int, recovery: bool, shares: int
) -> None:
    pool = opened(Kind.WEIGHTED, withdrawal=fee)
    supply, balances = world.share(pool.address).totalSupply(), world.balances(pool.address, pool.n)
    got = exit_of(world, pool, shares, recovery=recovery)
    after, left = world.balances(pool.address, pool.n), world.share(pool.address).totalSupply()
    assert left == supply - shares
    # one unit of the amount, and one share of the rounding that comes before
    for amount, balance, now in zip(got, balances, after, strict=True):
        exact = balance * Fraction(shares, supply) * (1 - Fraction(fee, 10_000))
        assert exact - 1 - Fraction(balance, supply) < amount <= exact
        assert now == balance - amount
        assert Fraction(now, left) >= Fraction(balance, supply)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
@pytest.mark.parametrize("fee", FEES)
def test_exit_in_one_asset_is_that_of_the_shares_that_remain(
    world: World, opened: Open, kind: Kind, fee: int
) -> None:
    """A pool of the same numbers without the fee says what the shares left over are worth."""
    dear, plain = opened(kind, withdrawal=fee), opened(kind)
    shares = 10**20 + 3
    got, out = (
        world.vault.remove_single_exact_in(dear.address, 0, shares, 0, EVER, MANAGER, sender=MANAGER),
        world.vault.ask(
            "remove_single_exact_in", plain.address, 0, shares * (10_000 - fee) // 10_000, 0, EVER, MANAGER,
            sender=MANAGER,
        ),
    )  # fmt: skip
    assert got == out
    dear = opened(kind, withdrawal=fee)
    exact_out = (0, 10**19 + 1, EVER, EVER, MANAGER)
    burned = world.vault.remove_single_exact_out(dear.address, *exact_out, sender=MANAGER)
    needed = world.vault.ask("remove_single_exact_out", plain.address, *exact_out, sender=MANAGER)
    # the least shares that leave enough
    assert burned * (10_000 - fee) // 10_000 >= needed > (burned - 1) * (10_000 - fee) // 10_000
    assert burned > needed


def test_swaps_and_adds_pay_none(world: World, opened: Open) -> None:
    dear, plain = opened(Kind.WEIGHTED, withdrawal=100), opened(Kind.WEIGHTED)
    for name, arguments in (
        ("add_proportional", (10**18, [EVER] * 3, EVER, ALICE)),
        ("add_unbalanced", ([10**18, 0, 10**6], 0, EVER, ALICE)),
        ("add_single_exact_in", (0, 10**18, 0, EVER, ALICE)),
        ("add_single_exact_shares", (0, 10**18, EVER, EVER, ALICE)),
    ):
        paid = [world.vault.ask(name, pool.address, *arguments, sender=ALICE) for pool in (dear, plain)]
        assert paid[0] == paid[1]
    assert world.swap(dear.address, 0, 1, 10**18) == world.swap(plain.address, 0, 1, 10**18)


def test_a_pause_of_the_pool_makes_exits_free_until_it_ends(world: World, opened: Open) -> None:
    pool = opened(Kind.WEIGHTED, withdrawal=100)
    assert both(world, pool) == [True, True]
    world.vault.pause(pool.address, DAY, sender=MANAGER)
    assert both(world, pool) == [False, False]
    world.chain.increase_time(DAY)
    world.chain.mine()  # what is read is read in it
    assert both(world, pool) == [True, True]


def test_a_pause_of_everything_makes_exits_free_until_it_ends(world: World, opened: Open) -> None:
    pool = opened(Kind.CONSTANT_PRODUCT, withdrawal=100)
    world.vault.pause_all(DAY, sender=OWNER)
    assert both(world, pool) == [False, False]
    world.vault.unpause_all(sender=OWNER)
    assert both(world, pool) == [True, True]


def test_a_retired_pool_lets_out_for_nothing(world: World, opened: Open) -> None:
    pool = opened(Kind.STABLE, withdrawal=100)
    assert both(world, pool) == [True, True]
    world.do(pool.address, "retire", [])
    assert both(world, pool) == [False, False]


def test_a_frozen_rate_makes_exits_free_until_it_thaws(world: World, opened: Open, compiled: Compile) -> None:
    """The provider is not asked by an exit: `follow_rates` freezes and thaws."""
    provider = Contract.deploy(world.chain, compiled("hostile/Liar.vy"))

    def tell(rate: int) -> None:
        now = world.chain.blocks[-1].timestamp
        provider.set_answer(RATE, rate.to_bytes(32, "big") + now.to_bytes(32, "big"))

    tell(WAD)
    source = int(provider.address, 16) | 7 * DAY << 160 | 10**16 << 192
    pool = opened(Kind.STABLE, rates=[WAD, WAD, source], withdrawal=100)
    assert both(world, pool) == [True, True]
    provider.set_mode(1)
    assert both(world, pool) == [True, True]
    world.vault.follow_rates(pool.address)
    assert both(world, pool) == [False, False]
    provider.set_mode(0)
    world.vault.follow_rates(pool.address)
    assert both(world, pool) == [True, True]
    world.chain.increase_time(8 * DAY)  # stale
    world.vault.follow_rates(pool.address)
    assert both(world, pool) == [False, False]


@pytest.mark.parametrize("fee", [0, *FEES])
def test_the_fee_is_read_back(world: World, opened: Open, fee: int) -> None:
    pool = opened(Kind.STABLE, withdrawal=fee)
    params = read_params(Web3(EmbeddedProvider(world.chain)), pool.address)
    assert params.withdrawal_fee == fee * 10**14
    assert params.constitution(world.protocol.kinds[Kind.STABLE])[0] >> 17 & 127 == fee
