"""Swaps: against exact fractions and the generated maths, limits, deadlines, custody."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import fee_and_indices, hop
from poolwright.errors import PoolRevert
from poolwright.model.maths import asset_word
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, OWNER, WAD, World
from tests.contracts.Vault.conftest import Opened

FEE = 3 * 10**15


def test_swap_constant_product_pays_what_the_hyperbola_says(
    world: World, opened: Callable[..., Opened]
) -> None:
    pool = opened(Kind.CONSTANT_PRODUCT, policy="flat")
    amount = pool.units(0, 1_000)
    before = world.balances(pool.address, 2)
    paid = world.swap(pool.address, 0, 1, amount)
    net = Fraction(amount) * (WAD - FEE) / WAD
    assert paid == int(before[1] * net / (before[0] + net))


@pytest.mark.parametrize("exact_out", [False, True])
def test_swap_moves_exactly_what_it_says(world: World, pool: Opened, exact_out: bool) -> None:
    """Tokens of the trader, tokens of the Vault and the ledger tell the same story."""
    amount = pool.units(1 if exact_out else 0, 50)
    held = [token.balanceOf(ALICE) for token in pool.tokens]
    vault = [token.balanceOf(world.vault.address) for token in pool.tokens]
    ledger = world.balances(pool.address, pool.n)
    other = world.swap(pool.address, 0, 1, amount, exact_out=exact_out)
    amount_in, amount_out = (other, amount) if exact_out else (amount, other)
    moved = [amount_in, -amount_out, *[0] * (pool.n - 2)]
    assert [token.balanceOf(ALICE) - h for token, h in zip(pool.tokens, held, strict=True)] == [
        -m for m in moved
    ]
    assert [
        token.balanceOf(world.vault.address) - v for token, v in zip(pool.tokens, vault, strict=True)
    ] == moved
    word = asset_word.unpack(world.words(pool.address, pool.n)[0])
    owed = word.owed * asset_word.quantum(pool.decimals[0])
    assert word.balance + owed - ledger[0] == amount_in
    assert owed > 0  # the creator's tenth of the fee
    assert world.balances(pool.address, pool.n)[1] - ledger[1] == -amount_out


def test_swap_sends_to_the_receiver(world: World, pool: Opened) -> None:
    before = pool.tokens[1].balanceOf(BOB)
    paid = world.swap(pool.address, 0, 1, pool.units(0), receiver=BOB)
    assert pool.tokens[1].balanceOf(BOB) - before == paid


def test_swap_credits_an_integrator(world: World, pool: Opened) -> None:
    amount = pool.units(0, 1_000)
    world.swap(pool.address, 0, 1, amount, integrator=BOB)
    (event,) = world.vault.events("Swap")
    fee, *_ = fee_and_indices(event["fee_and_indices"])
    assert world.vault.claim(BOB, pool.tokens[0]) == fee * 5 * 10**16 // WAD > 0
    before = pool.tokens[0].balanceOf(BOB)
    taken = world.vault.collect(pool.tokens[0], BOB, sender=BOB)
    assert pool.tokens[0].balanceOf(BOB) - before == taken
    assert world.vault.claim(BOB, pool.tokens[0]) == 0


def test_fees_owed_are_split_to_the_wei(world: World, pool: Opened) -> None:
    world.swap(pool.address, 0, 1, pool.units(0, 1_000))
    word = asset_word.unpack(world.words(pool.address, pool.n)[0])
    owed = word.owed * asset_word.quantum(pool.decimals[0])
    world.vault.settle_fees(pool.address)
    parts = [world.vault.claim(account, pool.tokens[0]) for account in (MANAGER, NOBODY)]
    assert sum(parts) == owed
    assert parts[1] == 0  # the protocol takes nothing until it has said so
    assert asset_word.unpack(world.words(pool.address, pool.n)[0]).owed == 0


def test_fees_without_a_creator_are_the_protocols(world: World, token: Callable[[int], Contract]) -> None:
    """Of a pool whose creator takes nothing all that is owed is the protocol's, half of the fee here."""
    world.vault.schedule_protocol_share(WAD // 2, sender=OWNER)
    world.chain.increase_time(7 * DAY)
    world.vault.execute_protocol_share()
    tokens = [token(18), token(18)]
    pool = world.open(tokens, Kind.WEIGHTED, [10**24] * 2, creator_share=0)
    world.swap(pool, 0, 1, 10**21)
    world.vault.settle_fees(pool)
    assert [world.vault.claim(account, tokens[0]) for account in (MANAGER, NOBODY)] == [0, 10**21 * 3 // 2000]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"limit": 2**255}, "swap: out below limit"),
        ({"limit": 0, "exact_out": True, "amount": 10**6}, "swap: in above limit"),
        ({"deadline": 1}, "vault: too late"),
        ({"amount": 0}, "swap: zero in"),
        ({"o": 0}, "swap: same token"),
        ({"o": 9}, "swap: no such token"),
    ],
)
def test_swap_reverts_and_changes_nothing(
    world: World, pool: Opened, change: dict[str, int], reason: str
) -> None:
    before = world.words(pool.address, pool.n)
    arguments = {"i": 0, "o": 1, "amount": pool.units(0)} | change
    with pytest.raises(PoolRevert, match=f"^{reason}$"):
        world.swap(pool.address, **arguments)
    assert world.words(pool.address, pool.n) == before


def test_swap_reverts_for_what_is_no_pool(world: World, pool: Opened) -> None:
    for address in (NOBODY, ALICE, pool.tokens[0].address):
        with pytest.raises(PoolRevert):
            world.swap(address, 0, 1, 10**6)


def test_donated_tokens_move_no_price(world: World, pool: Opened) -> None:
    before = world.vault.ask(
        "swap", (hop(pool.address, 0, 1), False, pool.units(0), 0, 2**255, ALICE, NOBODY), sender=ALICE
    )
    pool.tokens[0].transfer(world.vault, pool.units(0, 10**6), sender=ALICE)
    after = world.vault.ask(
        "swap", (hop(pool.address, 0, 1), False, pool.units(0), 0, 2**255, ALICE, NOBODY), sender=ALICE
    )
    assert before == after


def test_swap_never_takes_more_than_half_of_a_weighted_balance(
    world: World, opened: Callable[..., Opened]
) -> None:
    """However heavy the asset that comes in."""
    pool = opened(Kind.WEIGHTED, decimals=(18, 18), weights=[8 * 10**17, 2 * 10**17])
    half = pool.units(1, 500_000)
    with pytest.raises(PoolRevert, match=r"^swap: out too large$"):
        world.swap(pool.address, 0, 1, pool.units(0, 300_000))
    with pytest.raises(PoolRevert, match=r"^swap: out too large$"):
        world.swap(pool.address, 0, 1, half + 1, exact_out=True)
    assert world.swap(pool.address, 0, 1, half, exact_out=True) < pool.units(0, 300_000)


def test_swap_goes_by_the_rates(world: World, opened: Callable[..., Opened]) -> None:
    pool = opened(Kind.STABLE, decimals=(18, 6), rates=[2 * WAD, WAD])
    assert 1.9 < world.swap(pool.address, 0, 1, pool.units(0)) / pool.units(1) < 2
    assert 0.45 < world.swap(pool.address, 1, 0, pool.units(1)) / pool.units(0) < 0.55


def test_swap_of_next_to_nothing_gives_nothing(world: World, pool: Opened) -> None:
    """One unit in is worth less than one unit out, after the fee: the Vault keeps nothing for nothing."""
    i, o = (0, 1) if pool.units(0) >= pool.units(1) else (1, 0)
    with pytest.raises(PoolRevert, match=r"^swap: zero out$"):
        world.swap(pool.address, i, o, 1)


def test_swap_below_what_a_stable_pool_resolves_gives_nothing(
    world: World, token: Callable[[int], Contract]
) -> None:
    """One unit among 10^33 is below a 2^-104 part of their worth: what must stay is then more than there is."""
    pool = world.open([token(18), token(18)], Kind.STABLE, [10**33] * 2)
    with pytest.raises(PoolRevert, match=r"^swap: zero out$"):
        world.swap(pool, 0, 1, 1)


def test_swap_leaves_a_stable_pool_where_its_maths_are_proved(
    world: World, opened: Callable[..., Opened]
) -> None:
    """No balance below a 2^-16 part of all."""
    pool = opened(Kind.STABLE, decimals=(18, 18))
    whole = pool.units(1, 10**6)
    with pytest.raises(PoolRevert, match=r"^stable: imbalance$"):
        world.swap(pool.address, 0, 1, whole - whole // 10**5, exact_out=True)
    world.swap(pool.address, 0, 1, whole - whole // 10**3, exact_out=True)


def test_who_names_nobody_is_the_receiver(world: World, pool: Opened) -> None:
    """Where shares or tokens go, the empty address stands for the caller: in swaps and in both ways of liquidity."""
    vault, address, n = world.vault, pool.address, pool.n
    share, out = world.share(address), pool.tokens[1]
    before = out.balanceOf(ALICE)
    bought = vault.swap((hop(address, 0, 1), False, pool.units(0), 0, EVER, NOBODY, NOBODY), sender=ALICE)
    assert out.balanceOf(ALICE) == before + bought
    before = share.balanceOf(ALICE)
    vault.add_proportional(address, 10**18, [EVER] * n, EVER, NOBODY, sender=ALICE)
    shares = vault.add_single_exact_in(address, 0, pool.units(0), 0, EVER, NOBODY, sender=ALICE)
    shares += vault.add_unbalanced(address, [pool.units(i) for i in range(n)], 0, EVER, NOBODY, sender=ALICE)
    assert share.balanceOf(ALICE) == before + 10**18 + shares
    before = out.balanceOf(ALICE)
    amounts = vault.remove_proportional(address, 10**17, [0] * n, EVER, NOBODY, sender=ALICE)
    assert out.balanceOf(ALICE) == before + amounts[1]


@pytest.mark.parametrize(
    ("kind", "n"),
    [(kind, n) for kind in Kind for n in (2, 3, 4, 8)] + [(Kind.WEIGHTED, n) for n in (9, 15, 16)],
)
def test_swap_reads_any_two_of_any_number_of_assets(
    world: World, opened: Callable[..., Opened], kind: Kind, n: int
) -> None:
    """Constitutions are read by one of two lengths, and filled up for it: the ends of both, and past the last asset."""
    pool = opened(kind, decimals=(18,) * n)
    lens = Contract.deploy(world.chain, artifact("VaultLens"), world.vault)
    for i, o in ((0, 1), (n - 1, 0), (0, n - 1)):
        before = world.balances(pool.address, n)
        # As the pool's kind has it, asked by the lens about every asset.
        told = lens.preview_swap(pool.address, i, o, False, 10**18, ALICE)
        paid = world.swap(pool.address, i, o, 10**18)
        assert paid == told[1]
        after = world.balances(pool.address, n)
        assert after[o] == before[o] - paid
        assert [k for k in range(n) if after[k] != before[k]] == sorted((i, o))
    for i, o in ((n, 0), (0, n), (0, 16), (255, 1), (1, 2**80)):
        request = (hop(pool.address, i, o), False, 10**18, 0, EVER, ALICE, NOBODY)
        with pytest.raises(PoolRevert, match=r"^swap: no such token$"):
            world.vault.swap(request, sender=ALICE)
