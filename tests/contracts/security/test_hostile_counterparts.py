"""Kinds, rate providers and modules that lie, fail, or burn all their gas harm the pools that chose them, no others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import pytest
from eth_abi.abi import encode

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import fee_and_indices, hop
from poolwright.errors import PoolRevert
from poolwright.model.maths import asset_word
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, MANAGER, WAD, World
from tests.contracts.security.den import Den, make_den

# More than the den has of a token (10^24 and the fees of a swap), less than the Vault has.
MORE = 10**24 + 10**22
# Amounts, shares, invariants, fees, rates, times: nothing, next to nothing, what there is of it, a little more,
# and what the ledgers cannot hold.
VALUES = (
    *(0, 1, 10**15, WAD, 5 * 10**23, 10**24, MORE, 10**42),
    *(2**112 - 1, 2**112, 2**128 - 1, 2**128, 2**255, 2**256 - 1),
)
GARBAGE = tuple(bytes([255]) * size for size in (0, 1, 31, 33, 63, 65, 1024))


def lies(values: Sequence[int] = VALUES, seconds: Sequence[int] = (0, 1, WAD, 2**256 - 1)) -> Iterator[bytes]:
    """Answers of every shape that a counterpart is asked for, and of none."""
    yield from GARBAGE
    for a in values:
        yield encode(["uint256"], [a])
        for b in seconds:
            yield encode(["uint256"] * 2, [a, b])
            yield encode(["uint256", "uint256[]"], [a, [b, b]])
    for count in (0, 1, 3, 17):
        yield encode(["uint256", "uint256[]"], [WAD, [0] * count])


# More than there is, in every shape.
FEW = tuple(lies((MORE,), (0,)))


@pytest.fixture
def den(world: World, compiled: Compile, token: Callable[[int], Contract]) -> Den:
    return make_den(world, compiled, token)


@pytest.fixture
def burner(den: Den, compiled: Compile) -> Contract:
    """Burns all the gas that it is given."""
    liar = Contract.deploy(den.world.chain, compiled("hostile/Liar.vy"))
    liar.set_mode(2)
    return liar


def accounted(den: Den, token: Contract) -> int:
    """What the Vault must hold of a token: balances and owed fees of all pools, and claims."""
    index = 1 if token is den.plain else 0
    shared = [(pool, index) for pool in (den.pool, den.fresh, den.ramped, den.recorded)]
    if token is den.wrapped:
        places = [(den.ether, 1)]
    else:
        places = [*shared, (den.pair if token is den.plain else den.ether, 0)]
    total = sum(den.world.vault.claim(account, token) for account in (ALICE, BOB, MANAGER, NOBODY))
    for pool, place in places:
        word = asset_word.unpack(den.world.words(pool, 2)[place])
        total += word.balance + word.owed * asset_word.quantum(18)
    return total


def leave(den: Den, pool: str, other: Contract) -> None:
    """A tenth of the manager's shares by the exit that asks nobody: their part of every balance, to the wei."""
    world, share = den.world, den.world.share(pool)
    shares, supply = share.balanceOf(MANAGER) // 10, share.totalSupply()
    due = [balance * shares // supply for balance in world.balances(pool, 2)]
    before = [token.balanceOf(MANAGER) for token in (den.token, other)]
    assert list(world.vault.recovery_exit(pool, shares, MANAGER, 0, sender=MANAGER)) == due
    paid = [token.balanceOf(MANAGER) for token in (den.token, other)]
    assert [after - was for after, was in zip(paid, before, strict=True)] == due


def others(den: Den) -> list[object]:
    """The other pools: their ledgers and supplies, and what a swap gives in the one whose weights rest."""
    vault = den.world.vault
    found: list[object] = [
        (den.world.words(pool, 2), den.world.share(pool).totalSupply())
        for pool in (den.ramped, den.recorded, den.pair)
    ]
    swaps = [(hop(pool, 1, 0), False, WAD, 0, EVER, ALICE, NOBODY) for pool in (den.ramped, den.pair)]
    assert vault.ask("swap", swaps[0], sender=ALICE) > WAD // 2
    return [*found, vault.ask("swap", swaps[1], sender=ALICE)]


def play(den: Den, caller: str) -> int:
    """Everything that asks a caller who lies now: solvent to the wei, others untouched, everybody can leave.

    Returns how much of it was done.
    """
    chain, before, done = den.world.chain, others(den), 0
    for operation in den.operations():
        if caller not in operation.asked:
            continue
        snapshot = chain.snapshot()
        with suppress(PoolRevert):
            operation.run()
            done += 1
        for token in (den.token, den.plain, den.wrapped):
            assert token.balanceOf(den.world.vault) == accounted(den, token), operation.name
        assert others(den) == before, operation.name
        leave(den, den.pool, den.plain)
        leave(den, den.ether, den.wrapped)
        if den.world.words(den.fresh, 2)[0]:
            leave(den, den.fresh, den.plain)
        assert chain.restore(snapshot)
    return done


@pytest.mark.parametrize("caller", ["kind", "provider", "module"])
@pytest.mark.parametrize(
    "told", [pytest.param(FEW, id="few"), pytest.param(tuple(lies()), id="all", marks=pytest.mark.verify)]
)
def test_lies_harm_the_pool_alone(den: Den, caller: str, told: tuple[bytes, ...]) -> None:
    liar, through = den.callers[caller], 0
    liar.set_model(NOBODY)
    for lie in told:
        liar.set_answer(lie)
        through += play(den, caller)
    assert through  # some lies are not told from the truth: they are the pool's own affair


@pytest.mark.parametrize("caller", ["kind", "provider", "module"])
def test_failure_harms_the_pool_alone(den: Den, burner: Contract, caller: str) -> None:
    for model in (den.plain, burner):  # has none of the functions asked for; never ends
        den.callers[caller].set_model(model)
        assert play(den, caller) <= (caller == "provider")  # `follow_rates` notes the failure


def test_no_answer_moves_a_rate_by_more_than_its_step(den: Den) -> None:
    """Whatever a provider says and however long it goes on: within the step a block, within the limits, or frozen."""
    world, provider, dice = den.world, den.callers["provider"], random.Random(5)
    moved = 0
    for _ in range(300):
        rate = dice.choice([dice.choice(VALUES), WAD * dice.randint(1, 200) // 100])
        time = world.chain.blocks[-1].timestamp + dice.choice([-(10**6), -1, 0, 0, 0, 0, 10**3, 2**255])
        answer = encode(["uint256"] * 2, [rate, time])
        provider.set_answer(dice.choice([answer] * 4 + [dice.choice(GARBAGE)]))
        before = world.vault.stored(den.pool, 4, 0) & (2**72 - 1)
        world.vault.follow_rates(den.pool)
        after = world.vault.stored(den.pool, 4, 0) & (2**72 - 1)
        assert abs(after - before) <= before // 100  # the den's greatest move
        assert after in (rate, before) or den.frozen()
        moved += after != before
    assert moved > 50
    leave(den, den.pool, den.plain)


def test_no_answer_of_a_module_leaves_the_terms(den: Den) -> None:
    """The fee of every swap stays between the least and the most that the pool declared."""
    world, module = den.world, den.callers["module"]
    for value in VALUES:
        module.set_answer(encode(["uint256"], [value]))
        world.swap(den.pool, 0, 1, WAD)
        (swap,) = world.vault.events("Swap")
        assert fee_and_indices(swap["fee_and_indices"])[0] == min(
            max(value, 10**15), 10**16
        )  # of an amount of one WAD


@pytest.mark.parametrize(
    "told", [(WAD, [10**3 * WAD, 0]), (WAD, [0]), (WAD, [0] * 3)], ids=["dear", "few", "many"]
)
def test_fees_of_a_kind_are_those_of_an_add(den: Den, told: tuple[int, list[int]]) -> None:
    """One for each asset, whose part for the protocol and the creator is not above the amount; previews say so, too."""
    kind, vault, pool = den.callers["kind"], den.world.vault, den.pool
    kind.set_model(NOBODY)
    kind.set_answer(encode(["uint256", "uint256[]"], told))
    lens = Contract(vault.chain, den.world.protocol.parts["LiquidityLens"], artifact("LiquidityLens"))
    for ask in (
        lambda: vault.ask("add_unbalanced", pool, [WAD, WAD], 0, EVER, ALICE, sender=ALICE),
        lambda: lens.preview_add_unbalanced(pool, [WAD, WAD], ALICE),
    ):
        with pytest.raises(PoolRevert, match=r"^kind: malformed$"):
            ask()
