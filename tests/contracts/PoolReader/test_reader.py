"""A pool as data: what the reader tells beside what the Vault stores, lists and takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, DAY, MANAGER, RIGHTS, World

LARGEST = 2**112 - 1


@pytest.fixture
def reader(world: World) -> Contract:
    lens = Contract.deploy(world.chain, artifact("VaultLens"), world.vault)
    return Contract.deploy(world.chain, artifact("PoolReader"), world.vault, lens)


def test_pools_of_two_tokens_are_all_found(
    world: World, reader: Contract, token: Callable[[int], Contract]
) -> None:
    """In pages, whichever token comes first, against the pools that were made; eighty hold both, others one."""
    a, b, c = (token(18) for _ in range(3))
    both = []
    for k in range(80):
        both.append(world.create([a, b] if k % 2 else [b, c, a], Kind.WEIGHTED))
        if k % 10 == 0:
            world.create([a, c], Kind.WEIGHTED)
    for pair in ((a, b), (b, a)):
        found: list[str] = []
        start, calls = 0, 0
        while calls == 0 or start:
            pools, start = reader.find_pools(*pair, start)
            found += pools
            calls += 1
        assert found == both
        assert calls == 2
    lonely = token(18)
    assert [*map(list, reader.find_pools(lonely, a, 0)[:1])] == [[]]
    with pytest.raises(CallReverted, match="lens: same token"):
        reader.find_pools(a, a, 0)


def test_rights_are_those_of_the_creation(
    world: World, reader: Contract, token: Callable[[int], Contract]
) -> None:
    given = ("terms", "ramp", "pause")
    pool = world.open(
        [token(18), token(6)], Kind.WEIGHTED, [10**24, 10**12],
        rights=given, delay=2 * DAY, highest_fee=5 * 10**16, loosens=True,
    )  # fmt: skip
    manager, highest, loosens, rights = reader.pool_rights(pool)
    assert (manager, highest, loosens) == (MANAGER, 5 * 10**16, True)
    assert [right[0] for right in rights] == [name in given for name in RIGHTS]
    assert [right[1] for right in rights] == [2 * DAY if name in given else 0 for name in RIGHTS]
    assert not any(right[2] for right in rights)
    payload = [30 * DAY, 6 * 10**17, 4 * 10**17]
    world.vault.schedule(pool, RIGHTS.index("ramp"), payload, sender=MANAGER)
    announced = reader.pool_rights(pool)[3][RIGHTS.index("ramp")]
    assert announced[2] == world.chain.blocks[-1].timestamp + 2 * DAY
    assert list(announced[3]) == payload


@pytest.mark.parametrize("exact_out", [False, True])
@pytest.mark.parametrize("kind", Kind)
def test_the_largest_amount_is_taken_and_one_more_is_not(
    world: World, reader: Contract, token: Callable[[int], Contract], kind: Kind, exact_out: bool
) -> None:
    tokens = [token(decimals) for decimals in (18, 6, 8)]
    pool = world.open(tokens, kind, [10 ** (5 + each.decimals()) for each in tokens], policy="imbalance")
    world.swap(pool, 0, 1, 10**22)
    asked = reader.max_amount_out if exact_out else reader.max_amount_in
    for i, o in ((0, 1), (1, 2), (2, 0)):
        most = asked(pool, i, o, ALICE)
        assert 0 < most <= LARGEST

        def taken(amount: int, i: int = i, o: int = o) -> bool:
            request = (hop(pool, i, o), exact_out, amount, EVER if exact_out else 0, EVER, ALICE, NOBODY)
            try:
                world.vault.ask("swap", request, sender=MANAGER)
            except CallReverted as revert:
                return "vault:" in str(revert)  # want of funds, say, is no refusal
            return True

        for each in tokens:
            each.mint(MANAGER, LARGEST)
        assert taken(most)
        assert not taken(most + 1)
    with pytest.raises(CallReverted, match="swap: no such token"):
        asked(pool, 0, 3, ALICE)


def test_amounts_too_small_to_give_anything_are_not_too_large(
    world: World, reader: Contract, token: Callable[[int], Contract]
) -> None:
    """Three units out there, and at most the balance in, net: only from 84 % of it on is one unit given."""
    weights = (4 * 10**17, 6 * 10**17)
    pool = world.open([token(18), token(0)], Kind.WEIGHTED, [10**24, 3], weights=weights)
    most = reader.max_amount_in(pool, 0, 1, ALICE)
    assert most == 10**24 * 1000 // 997
    for amount, given in ((83 * 10**22, False), (85 * 10**22, True), (most, True), (most + 1, False)):
        if given:
            request = (hop(pool, 0, 1), False, amount, 0, EVER, ALICE, NOBODY)
            assert world.vault.ask("swap", request, sender=ALICE) == 1
        else:
            with pytest.raises(CallReverted):
                world.swap(pool, 0, 1, amount)
    pool = world.open([token(18), token(0)], Kind.WEIGHTED, [10**24, 2], weights=weights)
    assert reader.max_amount_in(pool, 0, 1, ALICE) == 0


def test_what_is_no_pool_has_no_state(
    world: World, reader: Contract, token: Callable[[int], Contract]
) -> None:
    made = world.create([token(18), token(18)], Kind.WEIGHTED)  # but not initialised
    for address in (NOBODY, world.vault.address, made):
        with pytest.raises(CallReverted, match="vault: no such pool"):
            reader.pool_state(address)


def test_a_lens_of_another_vault_is_refused(world: World) -> None:
    other = Contract.deploy(world.chain, artifact("VaultLens"), world.protocol.share_token)
    with pytest.raises(CallReverted, match="lens: of another vault"):
        Contract.deploy(world.chain, artifact("PoolReader"), world.vault, other)


def test_pages_go_on_where_no_pool_is_found(
    world: World, reader: Contract, token: Callable[[int], Contract]
) -> None:
    """Two hundred and fifty-six pools of either token are looked at in a call; that of both is the last."""
    a, b, c = (token(18) for _ in range(3))
    for one in (a, b):
        for _ in range(256):
            world.create([one, c], Kind.CONSTANT_PRODUCT)
    both = world.create([a, b], Kind.CONSTANT_PRODUCT)
    assert [*map(list, reader.find_pools(a, b, 0)[:1])] == [[]]
    assert reader.find_pools(a, b, 0)[1] == 256
    found, start = reader.find_pools(a, b, 256)
    assert (list(found), start) == ([both], 0)
    found, start = reader.find_pools(a, b, 1)  # the last of 256 is the last there is
    assert (list(found), start) == ([both], 0)
