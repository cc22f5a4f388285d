"""A preview, asked in the block before, is what the operation gives in its own: to the unit, refusals included."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.hops import hop
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, OWNER, World
from tests.contracts.VaultLens.agreeing import agree, lens_of, outcome

WAD = 10**18
N = {Kind.WEIGHTED: 4, Kind.CONSTANT_PRODUCT: 3, Kind.STABLE: 3}
SWAPS = ("swap in", "swap out", "path in", "path out", "batch in", "batch out")
ADDS = ("add_proportional", "add_unbalanced", "add_single_exact_in", "add_single_exact_shares")
SINGLE_REMOVES = ("remove_single_exact_in", "remove_single_exact_out")
EXITS = ("remove_proportional", "recovery_exit")
FORMS = (*SWAPS, *ADDS, *SINGLE_REMOVES, *EXITS)

Make = Callable[..., tuple[str, list[Contract]]]


@pytest.fixture
def lens(world: World) -> Contract:
    return lens_of(world, "VaultLens")


@pytest.fixture
def liquidity(world: World) -> Contract:
    return lens_of(world, "LiquidityLens")


@pytest.fixture
def make(world: World, token: Callable[[int], Contract]) -> Make:
    """Open a pool of tokens with 18, 6, 8, ... decimals, ten thousand of each; Alice holds shares."""

    def open_pool(kind: Kind, **options: Any) -> tuple[str, list[Contract]]:
        tokens = [token(decimals) for decimals in (18, 6, 8, 18)[: N[kind]]]
        pool = world.open(tokens, kind, [10 ** (4 + each.decimals()) for each in tokens], **options)
        world.vault.add_proportional(pool, 1000 * WAD, [EVER] * N[kind], EVER, ALICE, sender=ALICE)
        return pool, tokens

    return open_pool


@pytest.mark.parametrize("policy", ["flat", "volatility", "imbalance", "tiered", "module"])
@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_previews_are_what_is_done(world: World, make: Make, kind: Kind, policy: str) -> None:
    told = agree(world, *make(kind, policy=policy))
    for form in FORMS:
        assert told.accepted(form) > 3, form


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_volatility_fades_in_the_lenses_too(
    world: World, lens: Contract, liquidity: Contract, make: Make, kind: Kind
) -> None:
    pool, _ = make(kind, policy="volatility", slope=10**17, most=9 * 10**16)
    world.swap(pool, 0, 1, world.balances(pool, N[kind])[0] // 4)
    fees = []
    for seconds in (0, 400, 6000):
        world.chain.increase_time(seconds)
        world.chain.mine()
        fees.append(lens.swap_fee(pool, 0, 1, ALICE))
        for i in range(N[kind]):  # the third asset has not moved: its own fee is another
            told = liquidity.preview_remove_single_exact_in(pool, i, 10 * WAD, ALICE)
            operation = ("remove_single_exact_in", pool, i, 10 * WAD, 0, EVER, ALICE)
            assert told == world.vault.ask(*operation, sender=ALICE)
        amounts = [each // 100 for each in world.balances(pool, N[kind])[:-1]] + [0]
        told = liquidity.preview_add_unbalanced(pool, amounts, ALICE)
        assert told == world.vault.ask("add_unbalanced", pool, amounts, 0, EVER, ALICE, sender=ALICE)
    # it gathers first, as time counts what lies away from the average, and fades then
    assert 3 * 10**15 < fees[0] < fees[1] < 9 * 10**16
    assert 3 * 10**15 < fees[2] < fees[1]


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_refusals_at_the_ends_are_the_vaults(world: World, make: Make, kind: Kind) -> None:
    pool, _ = make(kind)
    n, balances, supply = N[kind], world.balances(pool, N[kind]), world.share(pool).totalSupply()
    to = (EVER, MANAGER)
    asked: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = []
    for amount in (0, 1, balances[1] - 1, balances[1], balances[1] + 1, 2**112, 2**255):
        for out in (False, True):
            limit = EVER if out else 0
            swap = (hop(pool, 0, 1), out, amount, limit, *to, NOBODY)
            asked += [
                ("VaultLens", ("preview_swap", pool, 0, 1, out, amount, MANAGER), ("swap", swap)),
                (
                    "VaultLens",
                    ("preview_swap_path", [hop(pool, 0, 1)], out, amount, NOBODY, MANAGER),
                    ("swap_path", [hop(pool, 0, 1)], out, amount, limit, *to, NOBODY),
                ),
            ]
    for shares in (0, 1, supply - 1, supply, supply + 1, 2**128, 2**200):
        for name, limit in (("add", [EVER] * n), ("remove", [0] * n)):
            form = f"{name}_proportional"
            asked.append(
                (
                    "LiquidityLens",
                    (f"preview_{form}", pool, shares, MANAGER),
                    (form, pool, shares, limit, *to),
                )
            )
    for given in (0, 1, balances[0] - 1, balances[0], 10 * balances[0], supply, 2**112, 2**200):
        for form, bound in (
            ("add_single_exact_in", 0), ("add_single_exact_shares", EVER),
            ("remove_single_exact_in", 0), ("remove_single_exact_out", EVER),
        ):  # fmt: skip
            for i in (0, n, 255):
                asked.append(
                    (
                        "LiquidityLens",
                        (f"preview_{form}", pool, i, given, MANAGER),
                        (form, pool, i, given, bound, *to),
                    )
                )
        for amounts in ([given] * n, [given] + [0] * (n - 1), [given] * (n + 1)):
            asked.append(
                (
                    "LiquidityLens",
                    ("preview_add_unbalanced", pool, amounts, MANAGER),
                    ("add_unbalanced", pool, amounts, 0, *to),
                )
            )
    texts = set()
    for name, preview, operation in asked:
        told = outcome(lens_of(world, name).ask, *preview)
        done = outcome(world.vault.ask, *operation, sender=MANAGER)
        if done == "share: balance too low":  # what an account owns a lens does not ask
            continue
        if isinstance(told, tuple) and operation[0].startswith("swap"):
            told = told[0 if True in preview else 1]
        assert told == done, (preview, told, done)
        texts.add(str(done) if isinstance(done, str) else "")
    assert len(texts) > 12, texts


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_what_no_ledger_holds_is_refused(
    world: World, lens: Contract, liquidity: Contract, token: Callable[[int], Contract], kind: Kind
) -> None:
    """Balances of half of what fits: as much again and a fiftieth is too much, in every form."""
    half, tokens = 2**111, [token(18), token(18)]
    for each in tokens:
        each.mint(MANAGER, 2**113)
    pool = world.open(tokens, kind, [half] * 2)
    more = half + half // 50
    supply, to = world.share(pool).totalSupply(), (EVER, MANAGER)
    texts = []
    for of, preview, operation in (
        (
            liquidity,
            ("add_proportional", pool, supply * 51 // 50, MANAGER),
            (pool, supply * 51 // 50, [EVER] * 2, *to),
        ),
        (liquidity, ("add_unbalanced", pool, [more, 0], MANAGER), (pool, [more, 0], 0, *to)),
        (liquidity, ("add_single_exact_in", pool, 1, more, MANAGER), (pool, 1, more, 0, *to)),
        (
            liquidity,
            ("add_single_exact_shares", pool, 1, supply * 6 // 10, MANAGER),
            (pool, 1, supply * 6 // 10, EVER, *to),
        ),
        (lens, ("swap", pool, 0, 1, False, more, MANAGER), ((hop(pool, 0, 1), False, more, 0, *to, NOBODY),)),
    ):
        told = outcome(of.ask, f"preview_{preview[0]}", *preview[1:])
        told = told[1] if isinstance(told, tuple) else told
        assert told == outcome(world.vault.ask, preview[0], *operation, sender=MANAGER)
        texts.append(told)
    assert texts.count("pool: balance too large") >= 3


@pytest.mark.parametrize("source", range(4), ids=["listed", "held", "traded", "pooled"])
def test_classes_of_every_source(world: World, lens: Contract, make: Make, source: int) -> None:
    pool, tokens = make(Kind.WEIGHTED, policy="tiered", tier=(source, 10**8))
    fees = {lens.swap_fee(pool, 0, 1, ALICE)}
    if source == 0:
        world.vault.set_class(pool, [ALICE], 2, sender=MANAGER)
    agree(world, pool, tokens, 6)
    fees |= {lens.swap_fee(pool, 0, 1, account) for account in (ALICE, BOB)}
    assert len(fees) > 1 or source == 3


def test_turnover_of_a_route_is_its_own(world: World, lens: Contract, make: Make) -> None:
    """The first hop lifts the pool into the next class, which the second one pays in."""
    pool, _ = make(Kind.WEIGHTED, policy="tiered", tier=(2, 10**7), least=10**14)
    hops = [hop(pool, 0, 1), hop(pool, 1, 0)]
    amount = world.balances(pool, 4)[0] // 50
    told = lens.preview_swap_path(hops, False, amount, NOBODY, ALICE)[1]
    before = lens.swap_fee(pool, 0, 1, ALICE)
    assert told == world.vault.swap_path(hops, False, amount, 0, EVER, ALICE, NOBODY, sender=ALICE)
    assert lens.swap_fee(pool, 0, 1, ALICE) != before


def test_fee_told_is_the_fee_taken(world: World, lens: Contract, make: Make) -> None:
    pool, _ = make(Kind.STABLE, policy="imbalance")
    into, out, fee = lens.preview_swap(pool, 0, 1, False, 3000 * WAD, ALICE)
    world.swap(pool, 0, 1, into)
    (swap,) = world.vault.events("Swap")
    assert (swap["amount_in"], swap["amount_out"], swap["fee_and_indices"]) == (into, out, fee | 1 << 248)


def test_altered_terms_and_running_ramps_are_seen(world: World, lens: Contract, make: Make) -> None:
    pool, tokens = make(Kind.WEIGHTED)
    before = lens.swap_fee(pool, 0, 1, ALICE)
    world.do(pool, "terms", [2 * 10**15 | 10**15 << 60 | 10**16 << 120])
    assert (before, lens.swap_fee(pool, 0, 1, ALICE)) == (3 * 10**15, 2 * 10**15)
    weights = [3 * 10**17, 3 * 10**17, 2 * 10**17, 2 * 10**17]
    price = lens.preview_swap(pool, 0, 2, False, WAD, ALICE)[1]
    world.do(pool, "ramp", [60 * DAY, *weights])
    world.chain.increase_time(20 * DAY)
    world.chain.mine()
    assert lens.preview_swap(pool, 0, 2, False, WAD, ALICE)[1] != price
    agree(world, pool, tokens, 3)


def test_weights_of_the_constitution_tell_how_far_a_ramping_pool_is_out_of_balance(
    world: World, make: Make
) -> None:
    """As in the Vault: liquidity pays by them, swaps by the weights of now."""
    pool, tokens = make(Kind.WEIGHTED, policy="imbalance", slope=WAD // 100)
    world.do(pool, "ramp", [60 * DAY, 3 * 10**17, 3 * 10**17, 2 * 10**17, 2 * 10**17])
    world.chain.increase_time(50 * DAY)
    assert agree(world, pool, tokens, 3).accepted("add_unbalanced") == 3


def test_amplification_ramps_in_the_lens_too(world: World, lens: Contract, make: Make) -> None:
    pool, tokens = make(Kind.STABLE)
    world.do(pool, "ramp", [60 * DAY, 300_000])
    world.chain.increase_time(30 * DAY)
    world.chain.mine()
    assert 240_000 < lens.amplification(pool) < 260_000
    agree(world, pool, tokens, 3)


def test_rates_are_followed_and_frozen_as_the_vault_would(
    world: World, make: Make, compiled: Compile
) -> None:
    provider = Contract.deploy(world.chain, compiled("hostile/Liar.vy"))

    def report(rate: int) -> None:
        now = world.chain.blocks[-1].timestamp
        provider.set_answer(bytes.fromhex("2c4e722e"), rate.to_bytes(32, "big") + now.to_bytes(32, "big"))

    report(WAD)
    source = int(provider.address, 16) | DAY << 160 | 10**16 << 192
    pool, tokens = make(Kind.STABLE, policy="imbalance", rates=[source, WAD, WAD])
    for rate in (1005 * 10**15, 1006 * 10**15):
        report(rate)
        assert "rate: frozen" not in agree(world, pool, tokens, 2).texts()
    report(2 * WAD)  # too far: frozen
    for mode in (0, 1):
        provider.set_mode(mode)
        told = agree(world, pool, tokens, 4)
        assert "rate: frozen" in told.texts()
        for form in ("add_proportional", *EXITS):  # in proportion nobody asks for rates
            assert told.accepted(form) == 4


def test_module_is_asked_for_its_fee(world: World, lens: Contract, make: Make) -> None:
    pool, tokens = make(Kind.WEIGHTED, policy="module", most=5 * 10**16)
    start = world.chain.blocks[-1].timestamp + DAY
    module = Contract.deploy(world.chain, artifact("FeeModule"), start, 10_000, 4 * 10**16, 2 * 10**15)
    world.do(pool, "module", [int(module.address, 16) | 64 << 160])
    fees = [lens.swap_fee(pool, 0, 1, ALICE)]
    agree(world, pool, tokens, 3)
    fees.append(lens.swap_fee(pool, 0, 1, ALICE))
    assert 2 * 10**15 < fees[1] < fees[0] <= 4 * 10**16


@pytest.mark.parametrize("point", [1, 2, 4, 8, 16, 32, 64])
def test_what_a_module_refuses_in_words_the_lenses_refuse(
    world: World, make: Make, compiled: Compile, point: int
) -> None:
    pool, tokens = make(Kind.WEIGHTED)
    module = Contract.deploy(world.chain, compiled("VaultLens/Refuser.vy"), "no: today")
    world.do(pool, "module", [int(module.address, 16) | point << 160])
    told = agree(world, pool, tokens, 2)
    stopped = {
        1: SWAPS, 2: SWAPS, 4: ADDS, 8: ADDS, 16: (*SINGLE_REMOVES, "remove_proportional"),
        32: (*SINGLE_REMOVES, "remove_proportional"), 64: FORMS[:-1],
    }[point]  # fmt: skip
    for form in FORMS:
        assert (told.told[form] == ["no: today"] * 2) == (form in stopped), form


def test_a_recorder_stops_neither_an_operation_nor_its_preview(
    world: World, make: Make, compiled: Compile
) -> None:
    pool, tokens = make(Kind.STABLE)
    module = Contract.deploy(world.chain, compiled("VaultLens/Refuser.vy"), "no: today")
    world.do(pool, "module", [int(module.address, 16) | 128 << 160])
    told = agree(world, pool, tokens, 3)
    for form in FORMS:
        assert told.accepted(form) > 1, form


def test_a_module_that_writes_does_not_stop_a_preview(world: World, make: Make, compiled: Compile) -> None:
    pool, tokens = make(Kind.WEIGHTED)
    module = Contract.deploy(world.chain, compiled("VaultLens/Refuser.vy"), "")
    world.do(pool, "module", [int(module.address, 16) | 63 << 160])
    told = agree(world, pool, tokens, 4)
    for form in FORMS:
        assert told.accepted(form) > 1, form
    assert module.count() > 0


@pytest.mark.parametrize("guard", ["pool full", "account full", "not on the list"])
def test_the_guard_of_a_launch_is_the_lenses(world: World, make: Make, guard: str) -> None:
    pool, tokens = make(Kind.WEIGHTED)
    most, supply = 2**112 - 1, world.share(pool).totalSupply()
    words = {
        "pool full": (supply + 10**16 >> 16) | most << 112,
        "account full": most | (world.share(pool).balanceOf(ALICE) + 10**16 >> 16) << 112,
        "not on the list": most | most << 112 | 1 << 224,
    }
    world.do(pool, "guard", [words[guard]])
    told = agree(world, pool, tokens, 6, draw=Random(3))
    assert f"guard: {guard}" in told.texts()
    assert all(told.accepted(form) for form in ADDS) == (guard != "not on the list")
    world.vault.set_listed(pool, [ALICE], True, sender=MANAGER)
    assert any(agree(world, pool, tokens, 6, draw=Random(4)).accepted(form) for form in ADDS)


@pytest.mark.parametrize("state", ["paused", "retired", "all paused"])
def test_refusals_are_the_vaults(world: World, lens: Contract, make: Make, state: str) -> None:
    pool, tokens = make(Kind.WEIGHTED)
    if state == "paused":
        world.vault.pause(pool, DAY, sender=MANAGER)
    elif state == "retired":
        world.do(pool, "retire", [])
    else:
        world.vault.pause_all(DAY, sender=OWNER)
    told = agree(world, pool, tokens, 2)
    text = {"paused": "pool: paused", "retired": "pool: retired", "all paused": "vault: paused"}[state]
    refused = (*SWAPS, *ADDS, *(() if state == "retired" else SINGLE_REMOVES))
    for form in FORMS:
        assert (told.told[form] == [text] * 2) == (form in refused), form
    for wrong, why in (((0, 0), "swap: same token"), ((0, 4), "swap: no such token")):
        preview = outcome(lens.ask, "preview_swap", pool, *wrong, False, WAD, ALICE)
        assert preview == (text if state == "all paused" else why)


def test_what_is_no_pool_is_told(
    world: World, lens: Contract, liquidity: Contract, token: Callable[[int], Contract]
) -> None:
    created = world.create([token(18), token(18)], Kind.WEIGHTED)
    for of, preview in (
        (lens, ("preview_swap", created, 0, 1, False, WAD, ALICE)),
        (liquidity, ("preview_add_proportional", created, WAD, ALICE)),
        (liquidity, ("preview_recovery_exit", created, WAD)),
        (liquidity, ("preview_remove_single_exact_in", created, 0, WAD, ALICE)),
        (lens, ("invariant", created)),
    ):
        assert outcome(of.ask, *preview) == "vault: no such pool"


def test_invariant_is_the_kinds(world: World, lens: Contract, token: Callable[[int], Contract]) -> None:
    tokens = [token(each) for each in (18, 6, 8)]
    pool = world.open(tokens, Kind.CONSTANT_PRODUCT, [10 ** (4 + each.decimals()) for each in tokens])
    # three balances of ten thousand: their geometric mean
    assert 0 <= 10_000 * WAD - lens.invariant(pool) <= 10**4


def test_lenses_are_closed_while_the_vault_is_not_idle(
    world: World, lens: Contract, liquidity: Contract, token: Callable[[int], Contract], compiled: Compile
) -> None:
    caller = Contract.deploy(world.chain, compiled("hostile/CallingToken.vy"), 18)
    caller.mint(MANAGER, 10**30)
    caller.approve(world.vault, EVER, sender=MANAGER)
    pool = world.open([caller, token(18)], Kind.WEIGHTED, [10**24] * 2)
    views = [
        (lens, "preview_swap", pool, 0, 1, False, WAD, ALICE),
        (lens, "preview_swap_path", [hop(pool, 0, 1)], False, WAD, NOBODY, ALICE),
        (lens, "preview_batch_swap", [], False, [], NOBODY, ALICE),
        (lens, "invariant", pool),
        (lens, "swap_fee", pool, 0, 1, ALICE),
        (lens, "amplification", pool),
        (liquidity, "preview_add_proportional", pool, WAD, ALICE),
        (liquidity, "preview_add_unbalanced", pool, [WAD, WAD], ALICE),
        (liquidity, "preview_add_single_exact_in", pool, 0, WAD, ALICE),
        (liquidity, "preview_add_single_exact_shares", pool, 0, WAD, ALICE),
        (liquidity, "preview_remove_proportional", pool, WAD, ALICE),
        (liquidity, "preview_remove_single_exact_in", pool, 0, WAD, ALICE),
        (liquidity, "preview_remove_single_exact_out", pool, 0, WAD, ALICE),
        (liquidity, "preview_recovery_exit", pool, WAD),
    ]
    offered = [of.artifact.selectors for of in (lens, liquidity)]
    assert {name for _, name, *_ in views} | {"VAULT"} == {name for each in offered for name in each}
    script = [(of.address, of.encode(*view), False) for of, *view in views]
    caller.write(script)
    caller.transfer(BOB, 1, sender=MANAGER)
    assert [each[0] for each in caller.read()] == [True] * len(views)
    caller.write(script)
    world.swap(pool, 0, 1, WAD, sender=MANAGER)
    assert [each[0] for each in caller.read()] == [False] * len(views)


def test_a_contract_acts_on_what_it_is_told(
    world: World, lens: Contract, liquidity: Contract, make: Make, compiled: Compile
) -> None:
    """Every limit is a preview of the same transaction."""
    pool, tokens = make(Kind.STABLE, policy="volatility", slope=10**17, most=9 * 10**16)
    careful = Contract.deploy(world.chain, compiled("VaultLens/Careful.vy"), world.vault, lens, liquidity)
    tokens[0].mint(careful, 10**30)
    hops = [hop(pool, 0, 1), hop(pool, 1, 2), hop(pool, 2, 1)]
    for amount in (WAD, 300 * WAD):
        assert careful.round_trip(tokens[0], pool, hops, amount)


def test_path_of_no_hops_and_batch_that_leaves_something_are_told(
    world: World, lens: Contract, make: Make
) -> None:
    pool, tokens = make(Kind.WEIGHTED)
    assert outcome(lens.ask, "preview_swap_path", [], False, WAD, NOBODY, ALICE) == "path: no hops"
    steps = [(hop(pool, 0, 1), WAD)]
    for named in (tokens[:1], tokens[1:2], []):
        preview = outcome(lens.ask, "preview_batch_swap", steps, False, named, NOBODY, ALICE)
        assert preview == "vault: unsettled"
    told = outcome(lens.ask, "preview_batch_swap", steps, False, tokens[:2], NOBODY, ALICE)
    assert told[0] == WAD


def test_pause_that_is_over_is_none(world: World, make: Make) -> None:
    """The pool's words still say that it was paused; the time says that it is not."""
    pool, tokens = make(Kind.WEIGHTED)
    world.vault.pause(pool, DAY, sender=MANAGER)
    world.chain.increase_time(DAY)
    world.chain.mine()
    told = agree(world, pool, tokens, 2)
    assert all(told.accepted(form) for form in SWAPS)


def test_batch_of_nothing_moves_nothing(lens: Contract, make: Make) -> None:
    _, tokens = make(Kind.WEIGHTED)
    assert lens.ask("preview_batch_swap", [], False, tokens[:2], NOBODY, ALICE) == (0, 0)
