"""Calls as Balancer's clients write them give what the Vault itself would, and nothing stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from eth_abi.abi import encode

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.revert import CallReverted
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.faces.conftest import Market
from tests.contracts.faces.peers import BALANCER_VAULT, peer
from tests.contracts.protocol import ALICE, BOB, World

GIVEN_IN, GIVEN_OUT = 0, 1
MOST = 2**255 - 1
WAD = 10**18


def pool_id(pool: str) -> bytes:
    return bytes.fromhex(pool[2:]) + bytes(12)


def funds(sender: str = ALICE, recipient: str = BOB) -> tuple[str, bool, str, bool]:
    return (sender, False, recipient, False)


@pytest.fixture
def face(world: World, market: Market) -> Iterator[Contract]:
    """The face, as a client of Balancer sees it. Alice allows it everything; it has nothing before and after."""
    address = Contract.deploy(world.chain, artifact("BalancerFace"), world.vault).address
    shares = [world.share(pool) for pool in (market.index, market.stable, market.pair)]
    for token in (*market.tokens, *shares):
        token.approve(address, EVER, sender=ALICE)
    yield Contract(world.chain, address, peer("BalancerFace", BALANCER_VAULT))
    assert [token.balanceOf(address) for token in (*market.tokens, *shares)] == [0] * 6


@pytest.mark.parametrize("kind", [GIVEN_IN, GIVEN_OUT])
def test_swap_is_the_vaults(world: World, market: Market, face: Contract, kind: int) -> None:
    a, b, _ = market.tokens
    amount = (WAD, 10**6)[kind]
    request = (hop(market.index, 0, 1), kind == GIVEN_OUT, amount, (0, EVER)[kind], EVER, BOB, NOBODY)
    expected = world.vault.ask("swap", request, sender=ALICE)
    alice, bob = market.held(ALICE), market.held(BOB)
    single = (pool_id(market.index), kind, a.address, b.address, amount, b"")
    assert face.swap(single, funds(), expected, EVER, sender=ALICE) == expected
    into, out = (amount, expected) if kind == GIVEN_IN else (expected, amount)
    assert market.held(ALICE) == [alice[0] - into, alice[1], alice[2]]
    assert market.held(BOB) == [bob[0], bob[1] + out, bob[2]]


@pytest.mark.parametrize("kind", [GIVEN_IN, GIVEN_OUT])
def test_swap_keeps_limit_and_deadline(world: World, market: Market, face: Contract, kind: int) -> None:
    a, b, _ = market.tokens
    single = (pool_id(market.index), kind, a.address, b.address, (WAD, 10**6)[kind], b"")
    other = face.ask("swap", single, funds(), (0, EVER)[kind], EVER, sender=ALICE)
    worse = other + 1 if kind == GIVEN_IN else other - 1
    with pytest.raises(CallReverted, match="batch: limit"):
        face.swap(single, funds(), worse, EVER, sender=ALICE)
    with pytest.raises(CallReverted, match="vault: too late"):
        face.swap(single, funds(), other, world.chain.blocks[-1].timestamp, sender=ALICE)


def test_path_given_in_and_given_out_agree_with_the_vaults(
    world: World, market: Market, face: Contract
) -> None:
    a, b, c = (token.address for token in market.tokens)
    hops = [hop(market.pair, 0, 1), hop(market.stable, 0, 1)]
    assets = [a, b, c]
    first = (pool_id(market.pair), 0, 1)
    second = (pool_id(market.stable), 1, 2)
    out = world.vault.ask("swap_path", hops, False, WAD, 0, EVER, BOB, NOBODY, sender=ALICE)
    steps: list[Any] = [(*first, WAD, b""), (*second, 0, b"")]
    assert face.ask("queryBatchSwap", GIVEN_IN, steps, assets, funds(), sender=NOBODY) == (WAD, 0, -out)
    given_in = face.ask("batchSwap", GIVEN_IN, steps, assets, funds(), [WAD, 0, -out], EVER, sender=ALICE)
    assert given_in == (WAD, 0, -out)

    into = world.vault.ask("swap_path", hops, True, WAD, EVER, EVER, BOB, NOBODY, sender=ALICE)
    steps = [(*second, WAD, b""), (*first, 0, b"")]  # given out, a path is listed from its end
    assert face.ask("queryBatchSwap", GIVEN_OUT, steps, assets, funds(), sender=NOBODY) == (into, 0, -WAD)
    alice, bob = market.held(ALICE), market.held(BOB)
    deltas = face.batchSwap(GIVEN_OUT, steps, assets, funds(), [into, 0, -WAD], EVER, sender=ALICE)
    assert deltas == (into, 0, -WAD)
    assert market.held(ALICE) == [alice[0] - into, alice[1], alice[2]]
    assert market.held(BOB) == [bob[0], bob[1], bob[2] + WAD]


def test_batch_nets_several_paths(world: World, market: Market, face: Contract) -> None:
    a, b, c = (token.address for token in market.tokens)
    steps = [
        (pool_id(market.index), 0, 1, WAD, b""),
        (pool_id(market.pair), 0, 1, WAD, b""),
        (pool_id(market.stable), 1, 2, 10**6, b""),
    ]
    quoted = face.ask("queryBatchSwap", GIVEN_IN, steps, [a, b, c], funds(), sender=NOBODY)
    alone = [
        world.vault.ask("swap", (hop(p, 0, 1), False, WAD, 0, EVER, BOB, NOBODY), sender=ALICE)
        for p in (market.index, market.pair)
    ]
    assert quoted[:2] == (2 * WAD, 10**6 - sum(alone))
    bob = market.held(BOB)
    face.batchSwap(GIVEN_IN, steps, [a, b, c], funds(), list(quoted), EVER, sender=ALICE)
    assert market.held(BOB) == [bob[0], bob[1] - quoted[1], bob[2] - quoted[2]]
    with pytest.raises(CallReverted, match="batch: limit"):
        face.batchSwap(GIVEN_IN, steps, [a, b, c], funds(), [MOST, MOST, quoted[2]], EVER, sender=ALICE)


def test_step_without_amount_must_follow(market: Market, face: Contract) -> None:
    assets = [token.address for token in market.tokens]
    apart = [(pool_id(market.pair), 0, 1, WAD, b""), (pool_id(market.stable), 2, 1, 0, b"")]
    for steps, text in ((apart, "face: tokens do not follow"), (apart[1:], "face: nothing to swap")):
        with pytest.raises(CallReverted, match=text):
            face.queryBatchSwap(GIVEN_IN, steps, assets, funds())


def test_swaps_are_given_in_or_given_out(market: Market, face: Contract) -> None:
    a, b, _ = (token.address for token in market.tokens)
    calls = (
        lambda: face.swap((pool_id(market.index), 2, a, b, WAD, b""), funds(), 0, EVER, sender=ALICE),
        lambda: face.batchSwap(2, [], [], funds(), [], EVER, sender=ALICE),
        lambda: face.queryBatchSwap(255, [], [], funds()),
    )
    for call in calls:
        with pytest.raises(CallReverted, match="face: no such kind of swap"):
            call()


def test_query_tells_why_it_cannot(market: Market, face: Contract) -> None:
    assets = [token.address for token in market.tokens]
    with pytest.raises(CallReverted, match="face: token not in the pool"):
        face.queryBatchSwap(GIVEN_IN, [(pool_id(market.pair), 0, 2, WAD, b"")], assets, funds())
    with pytest.raises(CallReverted, match="swap: zero out"):
        face.queryBatchSwap(GIVEN_IN, [(pool_id(market.pair), 0, 1, 1, b"")], assets, funds())


def test_nobody_spends_what_another_allows(market: Market, face: Contract) -> None:
    a, b, _ = market.tokens
    single = (pool_id(market.index), GIVEN_IN, a.address, b.address, WAD, b"")
    request = (
        [token.address for token in market.tokens],
        [EVER] * 3,
        encode(["uint256"] * 2, [3, WAD]),
        False,
    )
    leave = (request[0], [0] * 3, encode(["uint256"] * 2, [1, WAD]), False)
    for call in (
        lambda: face.swap(single, funds(ALICE), 0, EVER, sender=BOB),
        lambda: face.batchSwap(GIVEN_IN, [], [], funds(ALICE), [], EVER, sender=BOB),
        lambda: face.joinPool(pool_id(market.index), ALICE, BOB, request, sender=BOB),
        lambda: face.exitPool(pool_id(market.index), ALICE, BOB, leave, sender=BOB),
    ):
        with pytest.raises(CallReverted, match="face: sender is the caller"):
            call()
    raw = Contract(face.chain, face.address, artifact("BalancerFace"))
    with pytest.raises(CallReverted, match="face: not the vault"):
        raw.unlocked(b"\x01" + bytes(64), sender=BOB)


@pytest.mark.parametrize("internal", [(True, False), (False, True)])
def test_internal_balances_are_refused(market: Market, face: Contract, internal: tuple[bool, bool]) -> None:
    a, b, _ = market.tokens
    single = (pool_id(market.index), GIVEN_IN, a.address, b.address, WAD, b"")
    with pytest.raises(CallReverted, match="face: no internal balances"):
        face.swap(single, (ALICE, internal[0], BOB, internal[1]), 0, EVER, sender=ALICE)


def test_pool_tokens_are_the_ledgers(world: World, market: Market, face: Contract) -> None:
    tokens, balances, block = face.getPoolTokens(pool_id(market.stable))
    assert list(tokens) == [token.address for token in market.tokens[1:]]
    assert list(balances) == world.balances(market.stable, 2)
    assert block == world.chain.blocks[-1].number
    with pytest.raises(CallReverted):
        face.getPoolTokens(pool_id(market.tokens[0].address))


JOINS = {
    "exact tokens": (["uint256", "uint256[]", "uint256"], [1, [WAD, 10**6, 0], 1]),
    "one token for exact shares": (["uint256"] * 3, [2, WAD, 1]),
    "all tokens for exact shares": (["uint256"] * 2, [3, WAD]),
}


@pytest.mark.parametrize("way", JOINS)
def test_join_is_the_vaults(world: World, market: Market, face: Contract, way: str) -> None:
    vault, share = world.vault, world.share(market.index)
    most = [10**24, 10**12, 10**24]
    direct = {
        "exact tokens": ("add_unbalanced", market.index, [WAD, 10**6, 0], 1, EVER, BOB),
        "one token for exact shares": ("add_single_exact_shares", market.index, 1, WAD, most[1], EVER, BOB),
        "all tokens for exact shares": ("add_proportional", market.index, WAD, most, EVER, BOB),
    }[way]
    answer = vault.ask(*direct, sender=ALICE)
    shares = answer if way == "exact tokens" else WAD
    paid = {
        "exact tokens": [WAD, 10**6, 0],
        "one token for exact shares": [0, answer, 0],
        "all tokens for exact shares": answer,
    }[way]
    alice, before = market.held(ALICE), share.balanceOf(BOB)
    assets = [token.address for token in market.tokens]
    face.joinPool(pool_id(market.index), ALICE, BOB, (assets, most, encode(*JOINS[way]), False), sender=ALICE)
    assert share.balanceOf(BOB) - before == shares
    assert [was - now for was, now in zip(alice, market.held(ALICE), strict=True)] == list(paid)


@pytest.mark.parametrize("way", JOINS)
def test_join_keeps_its_limits(market: Market, face: Contract, way: str) -> None:
    assets = [token.address for token in market.tokens]
    request = (assets, [WAD // 10, 10**5, WAD // 10], encode(*JOINS[way]), False)
    with pytest.raises(CallReverted, match="in above limit"):
        face.joinPool(pool_id(market.index), ALICE, BOB, request, sender=ALICE)


def test_join_of_exact_tokens_keeps_its_least_shares(market: Market, face: Contract) -> None:
    data = encode(["uint256", "uint256[]", "uint256"], [1, [WAD, 10**6, WAD], 10**24])
    request = ([token.address for token in market.tokens], [EVER] * 3, data, False)
    with pytest.raises(CallReverted, match="add: shares below limit"):
        face.joinPool(pool_id(market.index), ALICE, BOB, request, sender=ALICE)


EXITS: dict[str, tuple[list[str], list[Any]]] = {
    "into one token": (["uint256"] * 3, [0, WAD, 2]),
    "into all tokens": (["uint256"] * 2, [1, WAD]),
    "exact token": (["uint256", "uint256[]", "uint256"], [2, [0, 10**6, 0], WAD]),
}


@pytest.mark.parametrize("way", EXITS)
def test_exit_is_the_vaults(world: World, market: Market, face: Contract, way: str) -> None:
    vault, share, pool = world.vault, world.share(market.index), market.index
    vault.add_proportional(pool, 10 * WAD, [EVER] * 3, EVER, ALICE, sender=ALICE)
    direct = {
        "into one token": ("remove_single_exact_in", pool, 2, WAD, 0, EVER, BOB),
        "into all tokens": ("remove_proportional", pool, WAD, [0] * 3, EVER, BOB),
        "exact token": ("remove_single_exact_out", pool, 1, 10**6, WAD, EVER, BOB),
    }[way]
    answer = vault.ask(*direct, sender=ALICE)
    got = {
        "into one token": [0, 0, answer],
        "into all tokens": answer,
        "exact token": [0, 10**6, 0],
    }[way]
    bob, before = market.held(BOB), share.balanceOf(ALICE)
    assets = [token.address for token in market.tokens]
    request = (assets, list(got), encode(*EXITS[way]), False)
    face.exitPool(pool_id(pool), ALICE, BOB, request, sender=ALICE)
    assert [now - was for was, now in zip(bob, market.held(BOB), strict=True)] == list(got)
    assert before - share.balanceOf(ALICE) == (answer if way == "exact token" else WAD)
    short = [amount + 1 for amount in got]
    with pytest.raises(CallReverted, match="out below limit"):
        face.exitPool(pool_id(pool), ALICE, BOB, (assets, short, encode(*EXITS[way]), False), sender=ALICE)


@pytest.mark.parametrize("amounts", [[0, 0, 0], [1, 0, 1]])
def test_exit_with_several_exact_tokens_is_refused(
    market: Market, face: Contract, amounts: list[int]
) -> None:
    data = encode(["uint256", "uint256[]", "uint256"], [2, amounts, WAD])
    request = ([token.address for token in market.tokens], [0] * 3, data, False)
    with pytest.raises(CallReverted, match="face: one exact token only"):
        face.exitPool(pool_id(market.index), ALICE, BOB, request, sender=ALICE)


def test_assets_must_be_the_pools(market: Market, face: Contract) -> None:
    a, b, c = (token.address for token in market.tokens)
    for assets in ([a, b], [b, a, c], [a, b, c, c]):
        request = (assets, [EVER] * len(assets), encode(["uint256"] * 2, [3, WAD]), False)
        with pytest.raises(CallReverted, match="face: not the pool's assets"):
            face.joinPool(pool_id(market.index), ALICE, BOB, request, sender=ALICE)


@pytest.mark.parametrize(
    ("most", "types", "values", "text"),
    [
        ([EVER] * 2, ["uint256"] * 2, [3, WAD], "face: one amount per asset"),
        ([EVER] * 3, *JOINS["exact tokens"][:1], [1, [WAD, 10**6], 1], "face: one amount per asset"),
        ([EVER] * 3, ["uint256"] * 2, [0, WAD], "face: no such join"),
        ([EVER] * 3, ["uint256"] * 2, [4, WAD], "face: no such join"),
    ],
)
def test_join_that_is_none_is_refused(
    market: Market, face: Contract, most: list[int], types: list[str], values: list[Any], text: str
) -> None:
    request = ([token.address for token in market.tokens], most, encode(types, values), False)
    with pytest.raises(CallReverted, match=text):
        face.joinPool(pool_id(market.index), ALICE, BOB, request, sender=ALICE)


@pytest.mark.parametrize(
    ("least", "types", "values", "text"),
    [
        ([0] * 2, ["uint256"] * 2, [1, WAD], "face: one amount per asset"),
        ([0] * 3, *EXITS["exact token"][:1], [2, [0, 10**6], WAD], "face: one amount per asset"),
        ([0] * 3, ["uint256"] * 2, [3, WAD], "face: no such exit"),
    ],
)
def test_exit_that_is_none_is_refused(
    market: Market, face: Contract, least: list[int], types: list[str], values: list[Any], text: str
) -> None:
    request = ([token.address for token in market.tokens], least, encode(types, values), False)
    with pytest.raises(CallReverted, match=text):
        face.exitPool(pool_id(market.index), ALICE, BOB, request, sender=ALICE)


def test_swap_of_nothing_is_refused(market: Market, face: Contract) -> None:
    a, b, _ = (token.address for token in market.tokens)
    with pytest.raises(CallReverted, match="face: nothing to swap"):
        face.swap((pool_id(market.index), GIVEN_IN, a, b, 0, b""), funds(), 0, EVER, sender=ALICE)


def test_query_of_nothing_is_nothing(face: Contract) -> None:
    assert face.ask("queryBatchSwap", GIVEN_IN, [], [], funds(), sender=NOBODY) == ()


def test_batch_of_nothing_is_nothing(face: Contract) -> None:
    assert face.ask("batchSwap", GIVEN_IN, [], [], funds(), [], EVER, sender=ALICE) == ()
