"""A preview, asked in the block before, is what the operation gives in its own: to the unit, refusals included."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, OWNER, World

WAD = 10**18
N = {Kind.WEIGHTED: 4, Kind.CONSTANT_PRODUCT: 3, Kind.STABLE: 3}


@pytest.fixture
def lens(world: World) -> Contract:
    return Contract.deploy(world.chain, artifact("VaultLens"), world.vault)


@pytest.fixture
def make(world: World, token: Callable[[int], Contract]) -> Callable[..., str]:
    """Open a pool of tokens with 18, 6, 8, ... decimals, ten thousand of each."""

    def open_pool(kind: Kind, **options: Any) -> str:
        tokens = [token(decimals) for decimals in (18, 6, 8, 18)[: N[kind]]]
        return world.open(tokens, kind, [10 ** (4 + each.decimals()) for each in tokens], **options)

    return open_pool


def outcome(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a call gave, or the text of its refusal."""
    try:
        return call(*arguments, **options)
    except CallReverted as revert:
        return revert.reason


def agree(world: World, lens: Contract, pool: str, kind: Kind, rounds: int = 8) -> list[Any]:
    """Draw operations; each preview is what the Vault would do in the same block. Then do it. Returns what was told."""
    draw, n, vault = random.Random(5), N[kind], world.vault
    held = world.share(pool).balanceOf(ALICE)
    told: list[Any] = []
    for _ in range(rounds):
        balances = world.balances(pool, n)
        i, o = draw.sample(range(n), 2)
        size = draw.choice([1, 3, 10**3, 10**6])
        into, out, shares = balances[i] // size, balances[o] // size // 2, held // 30 // size
        amounts = [balance // draw.choice([2, 30, 1000]) for balance in balances]
        for preview, operation in (
            (
                ("preview_swap", pool, i, o, False, into, ALICE),
                ("swap", (pool, i, o, False, into, 0, EVER, ALICE, NOBODY)),
            ),
            (
                ("preview_swap", pool, i, o, True, out, ALICE),
                ("swap", (pool, i, o, True, out, EVER, EVER, ALICE, NOBODY)),
            ),
            (
                ("preview_add_unbalanced", pool, amounts, ALICE),
                ("add_unbalanced", pool, amounts, 0, EVER, ALICE),
            ),
            (
                ("preview_remove_single_exact_in", pool, i, shares, ALICE),
                ("remove_single_exact_in", pool, i, shares, 0, EVER, ALICE),
            ),
        ):
            answer = outcome(lens.ask, *preview)
            whole = answer
            if isinstance(answer, tuple):
                answer = answer[0] if preview[4] else answer[1]
            assert answer == outcome(vault.ask, *operation, sender=ALICE), operation[0]
            outcome(getattr(vault, operation[0]), *operation[1:], sender=ALICE)
            told.append(whole)
    return told


def depositor(world: World, pool: str, n: int) -> None:
    """Give Alice shares."""
    world.vault.add_proportional(pool, 1000 * WAD, [EVER] * n, EVER, ALICE, sender=ALICE)


@pytest.mark.parametrize("policy", ["flat", "volatility", "imbalance", "tiered", "module"])
@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_previews_are_what_is_done(
    world: World, lens: Contract, make: Callable[..., str], kind: Kind, policy: str
) -> None:
    pool = make(kind, policy=policy)
    depositor(world, pool, N[kind])
    told = agree(world, lens, pool, kind)
    assert sum(isinstance(each, str) for each in told) < len(told) // 2


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_volatility_fades_in_the_lens_too(
    world: World, lens: Contract, make: Callable[..., str], kind: Kind
) -> None:
    pool = make(kind, policy="volatility", slope=10**17, most=9 * 10**16)
    depositor(world, pool, N[kind])
    world.swap(pool, 0, 1, world.balances(pool, N[kind])[0] // 4)
    fees = []
    for seconds in (0, 400, 6000):
        world.chain.increase_time(seconds)
        world.chain.mine()
        fees.append(lens.swap_fee(pool, 0, 1, ALICE))
        for i in range(N[kind]):  # the third asset has not moved: its own fee is another
            told = lens.preview_remove_single_exact_in(pool, i, 10 * WAD, ALICE)
            operation = ("remove_single_exact_in", pool, i, 10 * WAD, 0, EVER, ALICE)
            assert told == world.vault.ask(*operation, sender=ALICE)
        amounts = [each // 100 for each in world.balances(pool, N[kind])[:-1]] + [0]
        told = lens.preview_add_unbalanced(pool, amounts, ALICE)
        assert told == world.vault.ask("add_unbalanced", pool, amounts, 0, EVER, ALICE, sender=ALICE)
    # it gathers first, as time counts what lies away from the average, and fades then
    assert 3 * 10**15 < fees[0] < fees[1] < 9 * 10**16
    assert 3 * 10**15 < fees[2] < fees[1]


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_refusals_at_the_ends_are_the_vaults(
    world: World, lens: Contract, make: Callable[..., str], kind: Kind
) -> None:
    pool, vault = make(kind), world.vault
    balance, supply = world.balances(pool, N[kind])[1], world.share(pool).totalSupply()
    texts = set()
    for out in (balance - 1, balance, balance + 1):
        told = outcome(lens.ask, "preview_swap", pool, 0, 1, True, out, ALICE)
        done = outcome(vault.ask, "swap", (pool, 0, 1, True, out, EVER, EVER, ALICE, NOBODY), sender=ALICE)
        assert told == done or told[0] == done
        texts.add(str(told))
    for into in (2**112, 2**127, 2**255):
        told = outcome(lens.ask, "preview_swap", pool, 0, 1, False, into, ALICE)
        done = outcome(vault.ask, "swap", (pool, 0, 1, False, into, 0, EVER, ALICE, NOBODY), sender=ALICE)
        assert told == done
        texts.add(told)
    for shares in (0, supply - 1, supply, supply + 1):
        told = outcome(lens.ask, "preview_remove_single_exact_in", pool, 0, shares, MANAGER)
        operation = ("remove_single_exact_in", pool, 0, shares, 0, EVER, MANAGER)
        done = outcome(vault.ask, *operation, sender=MANAGER)
        assert told == done or done == "share: balance too low"  # whose shares they are a lens does not ask
        texts.add(str(told))
    assert len(texts) > 3


@pytest.mark.parametrize("source", range(4), ids=["listed", "held", "traded", "pooled"])
def test_classes_of_every_source(world: World, lens: Contract, make: Callable[..., str], source: int) -> None:
    pool = make(Kind.WEIGHTED, policy="tiered", tier=(source, 10**8))
    depositor(world, pool, 4)
    fees = {lens.swap_fee(pool, 0, 1, ALICE)}
    if source == 0:
        world.vault.set_class(pool, [ALICE], 2, sender=MANAGER)
    agree(world, lens, pool, Kind.WEIGHTED, 3)
    fees |= {lens.swap_fee(pool, 0, 1, account) for account in (ALICE, BOB)}
    assert len(fees) > 1 or source == 3


def test_fee_told_is_the_fee_taken(world: World, lens: Contract, make: Callable[..., str]) -> None:
    pool = make(Kind.STABLE, policy="imbalance")
    into, out, fee = lens.preview_swap(pool, 0, 1, False, 3000 * WAD, ALICE)
    world.swap(pool, 0, 1, into)
    (swap,) = world.vault.events("Swap")
    assert (swap["amount_in"], swap["amount_out"], swap["fee"]) == (into, out, fee)


def test_altered_terms_and_running_ramps_are_seen(
    world: World, lens: Contract, make: Callable[..., str]
) -> None:
    pool = make(Kind.WEIGHTED)
    depositor(world, pool, 4)
    before = lens.swap_fee(pool, 0, 1, ALICE)
    world.do(pool, "terms", [2 * 10**15 | 10**15 << 60 | 10**16 << 120])
    assert (before, lens.swap_fee(pool, 0, 1, ALICE)) == (3 * 10**15, 2 * 10**15)
    weights = [3 * 10**17, 3 * 10**17, 2 * 10**17, 2 * 10**17]
    price = lens.preview_swap(pool, 0, 2, False, WAD, ALICE)[1]
    world.do(pool, "ramp", [60 * DAY, *weights])
    world.chain.increase_time(20 * DAY)
    world.chain.mine()
    assert lens.preview_swap(pool, 0, 2, False, WAD, ALICE)[1] != price
    agree(world, lens, pool, Kind.WEIGHTED, 3)


def test_amplification_ramps_in_the_lens_too(world: World, lens: Contract, make: Callable[..., str]) -> None:
    pool = make(Kind.STABLE)
    depositor(world, pool, 3)
    world.do(pool, "ramp", [60 * DAY, 300_000])
    world.chain.increase_time(30 * DAY)
    world.chain.mine()
    assert 240_000 < lens.amplification(pool) < 260_000
    agree(world, lens, pool, Kind.STABLE, 3)


def test_rates_are_followed_and_frozen_as_the_vault_would(
    world: World, lens: Contract, make: Callable[..., str], compiled: Compile
) -> None:
    provider = Contract.deploy(world.chain, compiled("hostile/Liar.vy"))

    def report(rate: int) -> None:
        now = world.chain.blocks[-1].timestamp
        provider.set_answer(bytes.fromhex("2c4e722e"), rate.to_bytes(32, "big") + now.to_bytes(32, "big"))

    report(WAD)
    source = int(provider.address, 16) | DAY << 160 | 10**16 << 192
    pool = make(Kind.STABLE, policy="imbalance", rates=[source, WAD, WAD])
    depositor(world, pool, 3)
    for rate in (1005 * 10**15, 1006 * 10**15):
        report(rate)
        assert not any(isinstance(each, str) for each in agree(world, lens, pool, Kind.STABLE, 2)[2::4])
    report(2 * WAD)  # too far: frozen
    assert "rate: frozen" in agree(world, lens, pool, Kind.STABLE, 4)
    provider.set_mode(1)
    assert "rate: frozen" in agree(world, lens, pool, Kind.STABLE, 4)


def test_module_is_asked_for_its_fee(world: World, lens: Contract, make: Callable[..., str]) -> None:
    pool = make(Kind.WEIGHTED, policy="module", most=5 * 10**16)
    depositor(world, pool, 4)
    start = world.chain.blocks[-1].timestamp + DAY
    module = Contract.deploy(world.chain, artifact("FeeModule"), start, 10_000, 4 * 10**16, 2 * 10**15)
    world.do(pool, "module", [int(module.address, 16) | 64 << 160])
    fees = [lens.swap_fee(pool, 0, 1, ALICE)]
    agree(world, lens, pool, Kind.WEIGHTED, 3)
    fees.append(lens.swap_fee(pool, 0, 1, ALICE))
    assert 2 * 10**15 < fees[1] < fees[0] <= 4 * 10**16


@pytest.mark.parametrize("state", ["paused", "retired", "all paused"])
def test_refusals_are_the_vaults(world: World, lens: Contract, make: Callable[..., str], state: str) -> None:
    pool = make(Kind.WEIGHTED)
    depositor(world, pool, 4)
    if state == "paused":
        world.vault.pause(pool, DAY, sender=MANAGER)
    elif state == "retired":
        world.do(pool, "retire", [])
    else:
        world.vault.pause_all(DAY, sender=OWNER)
    told = agree(world, lens, pool, Kind.WEIGHTED, 2)
    text = {"paused": "pool: paused", "retired": "pool: retired", "all paused": "vault: paused"}[state]
    assert told[0] == told[1] == told[2] == text
    for wrong in ((0, 0), (0, 4), (9, 1)):
        preview = outcome(lens.ask, "preview_swap", pool, *wrong, False, WAD, ALICE)
        assert isinstance(preview, str)


def test_invariant_is_the_kinds(world: World, lens: Contract, make: Callable[..., str]) -> None:
    pool = make(Kind.CONSTANT_PRODUCT)
    # three balances of ten thousand: their geometric mean
    assert 0 <= 10_000 * WAD - lens.invariant(pool) <= 10**4


def test_lens_is_closed_while_the_vault_is_not_idle(
    world: World, lens: Contract, token: Callable[[int], Contract], compiled: Compile
) -> None:
    caller = Contract.deploy(world.chain, compiled("hostile/CallingToken.vy"), 18)
    caller.mint(MANAGER, 10**30)
    caller.approve(world.vault, EVER, sender=MANAGER)
    pool = world.open([caller, token(18)], Kind.WEIGHTED, [10**24] * 2)
    views = [
        lens.encode("preview_swap", pool, 0, 1, False, WAD, ALICE),
        lens.encode("preview_add_unbalanced", pool, [WAD, WAD], ALICE),
        lens.encode("invariant", pool),
        lens.encode("swap_fee", pool, 0, 1, ALICE),
    ]
    script = [(lens.address, view, False) for view in views]
    caller.write(script)
    caller.transfer(BOB, 1, sender=MANAGER)
    assert [each[0] for each in caller.read()] == [True] * 4
    caller.write(script)
    world.swap(pool, 0, 1, WAD, sender=MANAGER)
    assert [each[0] for each in caller.read()] == [False] * 4
