"""Losses by rounding: what a sequence of small or extreme operations takes from the shares of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from poolwright.chain.hops import hop
from poolwright.errors import PoolRevert
from poolwright.spec.bounds import MINIMUM_SHARES
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY
from tests.contracts.protocol import ALICE, BOB, MANAGER, WAD, World, even_weights
from tests.contracts.Vault.conftest import Opened
from tests.reference import exact
from tests.reference.exact import State
from tests.regression.conftest import Worth

# The pool of 3 November 2025: one rated asset, amplification 200, a fee of 0.0001 %.
RATES = (1_058_100_000_000_000_000, WAD)
THIN = {"rates": RATES, "base": 10**12, "least": 10**12, "creator_share": 0, "integrator_share": 0}
SLACK = exact.M.mpf(10) ** -100  # of the reference itself


@contextmanager
def not_falling(measure: Callable[[], Any]) -> Iterator[None]:
    """What is measured is no smaller afterwards."""
    before = measure()
    yield
    assert measure() >= before * (1 - SLACK)


def tried(action: Callable[[], Any]) -> bool:
    """Whether an action was admitted."""
    try:
        action()
    except PoolRevert:
        return False
    return True


@pytest.fixture
def thin(world: World, token: Callable[[int], Any]) -> Callable[[list[int]], Opened]:
    def make(amounts: list[int]) -> Opened:
        tokens = [token(18), token(18)]
        return Opened(world.open(tokens, Kind.STABLE, amounts, **THIN), Kind.STABLE, tokens, (18, 18))

    return make


def test_balancer_november_2025_exact_out_down_to_dust(
    world: World, thin: Callable[[list[int]], Opened], worth: Worth
) -> None:
    """An exact-out swap leaves 67,000 wei of the rated asset, the next ones 9: D must not fall by either."""
    big = thin([10**23, 10**23])
    for left in (10**21, 67_000, 9):
        with not_falling(lambda: worth(big, rates=RATES, whole=True)):
            amount = world.balances(big.address, 2)[0] - left
            tried(lambda amount=amount: world.swap(big.address, 1, 0, amount, exact_out=True))


def test_balancer_november_2025_single_wei_at_dust_balances(
    world: World, thin: Callable[[list[int]], Opened], worth: Worth
) -> None:
    """The under-charged step itself: a few wei out of balances of a few wei, alone and in one batch."""
    small = thin([10**6, 10**6])
    vault, address = world.vault, small.address
    share = world.share(address)
    vault.remove_proportional(
        address, share.balanceOf(MANAGER), [0, 0], EVER, MANAGER, sender=MANAGER
    )  # the locked shares' wei are what is left
    done = 0
    for step in range(24):
        held = world.balances(address, 2)
        o = step % 2
        amount = (1, 2, 8, 17, held[o] // 3, held[o] - 20)[step % 6]
        with not_falling(lambda: worth(small, rates=RATES, whole=True)):
            done += tried(
                lambda amount=amount, o=o: world.swap(address, 1 - o, o, max(amount, 1), exact_out=True)
            )
    steps = [(hop(address, k % 2, 1 - k % 2), 3) for k in range(16)]
    tokens = sorted(each.address for each in small.tokens)
    with not_falling(lambda: worth(small, rates=RATES, whole=True)):
        done += tried(
            lambda: vault.batch_swap(steps, True, tokens, [10**9, 10**9], EVER, ALICE, NOBODY, sender=ALICE)
        )
    assert done >= 10


def test_bunni_september_2025_many_tiny_withdrawals(world: World, pool: Opened, worth: Worth) -> None:
    """44 withdrawals of a few wei of shares pay no more than one of all, and leave the others' shares worth as much."""
    vault, address, n = world.vault, pool.address, pool.n
    sizes = [1 + 7 * k for k in range(44)]
    snapshot = world.chain.snapshot()
    at_once = vault.remove_proportional(address, sum(sizes), [0] * n, EVER, MANAGER, sender=MANAGER)
    assert world.chain.restore(snapshot)
    start = worth(pool)
    got = [0] * n
    for size in sizes:
        with not_falling(lambda: worth(pool)):
            part = vault.remove_proportional(address, size, [0] * n, EVER, MANAGER, sender=MANAGER)
        got = [a + b for a, b in zip(got, part, strict=True)]
    assert all(g <= w for g, w in zip(got, at_once, strict=True))
    # and the worth does not jump: 44 roundings of less than a unit of each asset
    assert worth(pool) <= start * (1 + exact.M.mpf(44 * n) / 10**12)


def test_balancer_linear_august_2023_supply_pushed_to_the_minimum(
    world: World, pool: Opened, worth: Worth
) -> None:
    """The worth of a share stays what it was while the supply shrinks to what is locked, and afterwards."""
    vault, address, n = world.vault, pool.address, pool.n
    share = world.share(address)
    start = worth(pool)
    while (mine := share.balanceOf(MANAGER)) > 0:
        part = max(mine - mine // 10**6, 1) if mine > 10**9 else mine
        with not_falling(lambda: worth(pool)):
            vault.remove_proportional(address, part, [0] * n, EVER, MANAGER, sender=MANAGER)
    assert share.totalSupply() == MINIMUM_SHARES
    for account in (NOBODY, MANAGER, ALICE):
        with pytest.raises(PoolRevert):
            vault.remove_proportional(address, MINIMUM_SHARES, [0] * n, EVER, ALICE, sender=account)
    assert worth(pool) >= start * (1 - SLACK)
    with not_falling(lambda: worth(pool)):
        paid = vault.add_proportional(address, 10**20, [EVER] * n, EVER, ALICE, sender=ALICE)
        got = vault.remove_proportional(address, 10**20, [0] * n, EVER, ALICE, sender=ALICE)
    assert all(g <= p for g, p in zip(got, paid, strict=True))


def test_yeth_november_2025_over_minting_by_lopsided_liquidity(
    world: World, opened: Callable[..., Opened], worth: Worth
) -> None:
    """Repeated lopsided adds and exits never mint more than the exact D grows; the empty state is not reached again."""
    pool = opened(Kind.STABLE, decimals=(18, 18, 18))
    vault, address = world.vault, pool.address
    share = world.share(address)
    done = 0
    for k in range(12):
        i = k % 3
        amounts = [pool.units(j, 300_000 if j == i else 1) for j in range(3)]
        with not_falling(lambda: worth(pool)):
            done += tried(lambda a=amounts: vault.add_unbalanced(address, a, 0, EVER, ALICE, sender=ALICE))
        out = (i + 1) % 3
        with not_falling(lambda: worth(pool)):
            held = world.balances(address, 3)[out]
            done += tried(
                lambda o=out, h=held: vault.remove_single_exact_out(
                    address, o, h // 3, EVER, EVER, ALICE, sender=ALICE
                )
            )
    assert done >= 12
    assert sum(share.balanceOf(each) for each in (NOBODY, MANAGER, ALICE)) == share.totalSupply()
    for account in (ALICE, MANAGER):
        shares = share.balanceOf(account)
        vault.remove_proportional(address, shares, [0] * 3, EVER, account, sender=account)
    with pytest.raises(PoolRevert, match=r"^vault: initialized already$"):
        vault.initialize(address, [1, 1, 9], 0, EVER, MANAGER, sender=MANAGER)
    assert share.totalSupply() == MINIMUM_SHARES


@pytest.mark.parametrize("heavy", [2, 50, 98])
@pytest.mark.parametrize("part", [10**-9, 0.3, 1, 5])
def test_valuedefi_may_2021_power_outside_its_domain(
    world: World, opened: Callable[..., Opened], heavy: int, part: float
) -> None:
    """A weighted swap of any size pays what 120 digits say, less than a billionth below and never above."""
    weights = [heavy * WAD // 100, (100 - heavy) * WAD // 100]
    pool = opened(Kind.WEIGHTED, decimals=(18, 18), weights=weights)
    held = world.balances(pool.address, 2)
    state = State("weighted", tuple(held), 1, fee=3 * 10**15, weights=tuple(weights))
    amount = int(held[0] * part)
    true = exact.out_given_net_in(state, 0, 1, (1 - state.f) * amount)
    # beyond the domain of the power (at most the balance in, half the balance out) it refuses, instead of guessing
    if part > 1 or 2 * true > held[1]:
        with pytest.raises(PoolRevert, match=r"^swap: (in|out) too large$"):
            world.swap(pool.address, 0, 1, amount)
        return
    paid = world.swap(pool.address, 0, 1, amount)
    assert true * (1 - exact.M.mpf(10) ** -9) - 1 <= paid <= true


def test_defi_plaza_july_2024_precision_among_sixteen_assets(
    world: World, opened: Callable[..., Opened], worth: Worth
) -> None:
    """A tour of tiny swaps through sixteen assets of many decimals returns less than it began with."""
    places = (18, 6, 8, 2, 18, 0, 6, 18, 8, 18, 6, 4, 18, 12, 9, 18)
    pool = opened(Kind.WEIGHTED, decimals=places)
    weights = tuple(even_weights(16))
    amount = pool.units(0, 40)
    for k in range(16):
        with not_falling(lambda: worth(pool, weights=weights, whole=True)):
            amount = world.swap(pool.address, k, (k + 1) % 16, amount)
    assert 0 < amount < pool.units(0, 40)


def test_defi_plaza_july_2024_shares_cost_their_part_of_every_asset_rounded_up(
    world: World, opened: Callable[..., Opened]
) -> None:
    """A few wei of shares of sixteen assets cost at least their exact part of each, so never nothing."""
    pool = opened(Kind.WEIGHTED, decimals=(18, 6, 8, 2, 18, 0, 6, 18, 8, 18, 6, 4, 18, 12, 9, 18))
    vault, address, n = world.vault, pool.address, pool.n
    for shares in (1, 7, 10**9 + 1):
        supply, held = world.share(address).totalSupply(), world.balances(address, n)
        paid = vault.add_proportional(address, shares, [EVER] * n, EVER, ALICE, sender=ALICE)
        assert all(p * supply >= b * shares > (p - 1) * supply for p, b in zip(paid, held, strict=True))


@pytest.mark.parametrize("push", [0.05, 0.5])
def test_gamma_january_2024_deposit_at_a_pushed_price(world: World, pool: Opened, push: float) -> None:
    """Push the price, deposit, push back, leave: worth less, at the price of the beginning, than what was brought."""
    vault, address, n = world.vault, pool.address, pool.n
    start = [each.balanceOf(BOB) for each in pool.tokens]
    bought = world.swap(address, 0, 1, int(pool.units(0, 10**6) * push), sender=BOB)
    shares = vault.add_unbalanced(address, [pool.units(i, 10**4) for i in range(n)], 0, EVER, BOB, sender=BOB)
    world.swap(address, 1, 0, bought, sender=BOB)
    vault.remove_proportional(address, shares, [0] * n, EVER, BOB, sender=BOB)
    gains = [each.balanceOf(BOB) - before for each, before in zip(pool.tokens, start, strict=True)]
    assert sum(gain * 10 ** (18 - places) for gain, places in zip(gains, pool.decimals, strict=True)) < 0
