"""Paths, batches and sessions: the same as their swaps one by one, with less moved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.hops import hop
from poolwright.errors import PoolRevert
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, World

TOKENS = 3


@pytest.fixture
def three(world: World, token: Callable[[int], Contract]) -> tuple[list[Contract], list[str]]:
    """Tokens A, B, C and the pools A-B (weighted), B-C (constant product), A-C (stable)."""
    a, b, c = (token(18) for _ in range(TOKENS))
    million = [10**24] * 2
    pools = [
        world.open(pair, kind, million)
        for pair, kind in (([a, b], Kind.WEIGHTED), ([b, c], Kind.CONSTANT_PRODUCT), ([a, c], Kind.STABLE))
    ]
    return [a, b, c], pools


@pytest.mark.parametrize("exact_out", [False, True])
def test_path_is_its_swaps(world: World, three: tuple[list[Contract], list[str]], exact_out: bool) -> None:
    (a, b, c), (ab, bc, _) = three
    amount = 10**20
    hops = [hop(ab, 0, 1), hop(bc, 0, 1)]
    expected = world.vault.ask(
        "swap_path", hops, exact_out, amount, EVER if exact_out else 0, EVER, ALICE, NOBODY, sender=ALICE
    )
    before = [token.balanceOf(ALICE) for token in (a, b, c)]
    if exact_out:
        middle = world.swap(bc, 0, 1, amount, exact_out=True)
        other = world.swap(ab, 0, 1, middle, exact_out=True)
    else:
        middle = world.swap(ab, 0, 1, amount)
        other = world.swap(bc, 0, 1, middle)
    assert other == expected
    moved = [token.balanceOf(ALICE) - held for token, held in zip((a, b, c), before, strict=True)]
    assert moved == ([-other, 0, amount] if exact_out else [-amount, 0, other])


def test_path_moves_only_its_ends(world: World, three: tuple[list[Contract], list[str]]) -> None:
    (a, b, c), (ab, bc, _) = three
    before = [token.balanceOf(ALICE) for token in (a, b, c)]
    out = world.vault.swap_path(
        [hop(ab, 0, 1), hop(bc, 0, 1)], False, 10**20, 0, EVER, ALICE, NOBODY, sender=ALICE
    )
    assert [t.balanceOf(ALICE) - h for t, h in zip((a, b, c), before, strict=True)] == [-(10**20), 0, out]
    assert b.events("Transfer") == []


def test_path_reverts_when_tokens_do_not_follow(
    world: World, three: tuple[list[Contract], list[str]]
) -> None:
    _, (ab, bc, _) = three
    with pytest.raises(PoolRevert, match=r"^path: tokens do not follow$"):
        world.vault.swap_path(
            [hop(ab, 1, 0), hop(bc, 0, 1)], False, 10**20, 0, EVER, ALICE, NOBODY, sender=ALICE
        )
    with pytest.raises(PoolRevert, match=r"^path: no hops$"):
        world.vault.swap_path([], False, 10**20, 0, EVER, ALICE, NOBODY, sender=ALICE)


def test_batch_nets_a_circle(world: World, three: tuple[list[Contract], list[str]]) -> None:
    """A round trip over three pools costs its fees in one token and moves no other."""
    (a, b, c), (ab, bc, ac) = three
    steps = [(hop(ab, 0, 1), 10**20), (hop(bc, 0, 1), 0), (hop(ac, 1, 0), 0)]
    before = [token.balanceOf(ALICE) for token in (a, b, c)]
    deltas = world.vault.batch_swap(
        steps, False, [a, b, c], [10**20, 0, 0], EVER, ALICE, NOBODY, sender=ALICE
    )
    assert 0 < deltas[0] < 10**18
    assert list(deltas[1:]) == [0, 0]
    assert [t.balanceOf(ALICE) - h for t, h in zip((a, b, c), before, strict=True)] == [-deltas[0], 0, 0]
    assert b.events("Transfer") == c.events("Transfer") == []


def test_batch_reverts(world: World, three: tuple[list[Contract], list[str]]) -> None:
    (a, b, _), (ab, _, _) = three
    steps = [(hop(ab, 0, 1), 10**20)]
    for tokens, limits, reason in (
        ([a], [10**20], "vault: unsettled"),
        ([a, b], [10**20 - 1, 0], "batch: limit"),
        ([a, b], [10**20, -(10**20)], "batch: limit"),
        ([a, b], [0], "batch: one limit per token"),
    ):
        with pytest.raises(PoolRevert, match=f"^{reason}$"):
            world.vault.batch_swap(steps, False, tokens, limits, EVER, ALICE, NOBODY, sender=ALICE)


@pytest.mark.parametrize("exact_out", [False, True])
def test_batch_carries_an_amount_within_one_token(
    world: World, three: tuple[list[Contract], list[str]], exact_out: bool
) -> None:
    """What a step gave is no amount of another token, whatever its number."""
    (a, b, c), (ab, bc, _) = three
    steps = [(hop(ab, 0, 1), 10**20), (hop(bc, 1, 0), 0)]
    if exact_out:
        steps = [(hop(bc, 1, 0), 0), (hop(ab, 0, 1), 10**20)]
    limits = [10**21] * 3
    with pytest.raises(PoolRevert, match=r"^batch: tokens do not follow$"):
        world.vault.batch_swap(steps, exact_out, [a, b, c], limits, EVER, ALICE, NOBODY, sender=ALICE)
    told = [(each, amount or 10**20) for each, amount in steps]
    world.vault.batch_swap(told, exact_out, [a, b, c], limits, EVER, ALICE, NOBODY, sender=ALICE)


def test_multicall_settles_once(world: World, three: tuple[list[Contract], list[str]]) -> None:
    """Two swaps that cancel in B, one token in, one out; and an unnamed token refuses the whole."""
    (a, b, c), (ab, bc, _) = three
    first = world.vault.ask("swap", (hop(ab, 0, 1), False, 10**20, 0, EVER, ALICE, NOBODY), sender=ALICE)
    calls = [
        world.vault.encode("swap", (hop(ab, 0, 1), False, 10**20, 0, EVER, ALICE, NOBODY)),
        world.vault.encode("swap", (hop(bc, 0, 1), False, first, 0, EVER, ALICE, NOBODY)),
    ]
    with pytest.raises(PoolRevert, match=r"^vault: unsettled$"):
        world.vault.multicall(calls, [a], ALICE, sender=ALICE)
    before = [token.balanceOf(ALICE) for token in (a, b, c)]
    world.vault.multicall(calls, [a, c], ALICE, sender=ALICE)
    moved = [token.balanceOf(ALICE) - held for token, held in zip((a, b, c), before, strict=True)]
    assert moved[0] == -(10**20)
    assert moved[1] == 0
    assert moved[2] > 0
    assert b.events("Transfer") == []


@pytest.mark.parametrize("exact_out", [False, True])
def test_path_keeps_its_limit(world: World, three: tuple[list[Contract], list[str]], exact_out: bool) -> None:
    _, (ab, bc, _) = three

    def path(limit: int) -> int:
        hops = [hop(ab, 0, 1), hop(bc, 0, 1)]
        return world.vault.ask("swap_path", hops, exact_out, 10**20, limit, EVER, ALICE, NOBODY, sender=ALICE)

    other = path(EVER if exact_out else 0)
    assert path(other) == other
    with pytest.raises(PoolRevert, match=r"^swap: (in above|out below) limit$"):
        path(other - 1 if exact_out else other + 1)


def test_batch_exact_out_is_its_path(world: World, three: tuple[list[Contract], list[str]]) -> None:
    (a, b, c), (ab, bc, _) = three
    hops = [hop(ab, 0, 1), hop(bc, 0, 1)]
    paid = world.vault.ask("swap_path", hops, True, 10**20, EVER, EVER, ALICE, NOBODY, sender=ALICE)
    steps = [(hops[0], 0), (hops[1], 10**20)]
    limits = [10**21, 0, 0]
    deltas = world.vault.batch_swap(steps, True, [a, b, c], limits, EVER, ALICE, NOBODY, sender=ALICE)
    assert list(deltas) == [paid, 0, -(10**20)]


def test_batch_limit_is_of_the_batch_alone(world: World, three: tuple[list[Contract], list[str]]) -> None:
    """What the session did before is neither held against a batch nor counted in its favour."""
    (a, b, _), (ab, _, _) = three
    steps, tokens = [(hop(ab, 0, 1), 10**20)], [a, b]
    for first, limits, reason in (((0, 1), [10**20, 0], ""), ((1, 0), [10**20 - 1, 0], "batch: limit")):
        calls = [
            world.vault.encode("swap", (hop(ab, *first), False, 10**20, 0, EVER, ALICE, NOBODY)),
            world.vault.encode("batch_swap", steps, False, tokens, limits, EVER, ALICE, NOBODY),
        ]
        if reason:
            with pytest.raises(PoolRevert, match=f"^{reason}$"):
                world.vault.multicall(calls, tokens, ALICE, sender=ALICE)
        else:
            world.vault.multicall(calls, tokens, ALICE, sender=ALICE)
