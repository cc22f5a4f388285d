"""The point RECORD: a recorder is shown a pool before each movement of a price, at no other time, and stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.evm import BLOCK_TIME
from poolwright.chain.hops import hop
from poolwright.model.maths import asset_word, ramp_maths, rate_maths
from poolwright.spec.kind import Kind
from tests.contracts.conftest import Compile
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, KIND_CODES, MANAGER, WAD, World

RECORD = 128
LOG, REVERT, BURN, WEARY = range(4)
DECIMALS = (18, 8, 6)
FORMS: dict[str, tuple[Kind, dict[str, Any]]] = {
    "weighted": (Kind.WEIGHTED, {"weights": (5 * 10**17, 3 * 10**17, 2 * 10**17)}),
    "tiered": (Kind.WEIGHTED, {"policy": "tiered", "tier": (2, 10**8)}),
    "product": (Kind.CONSTANT_PRODUCT, {"policy": "volatility"}),
    "stable": (Kind.STABLE, {"policy": "imbalance"}),
    "rated": (Kind.STABLE, {"rates": (WAD, 12 * 10**17, 9 * 10**17)}),
}
# What moves prices, and how often; and what does not.
MOVES = {
    "swap": 1, "swap exact out": 1, "swap_path": 2, "batch_swap": 2, "add_unbalanced": 1, "add_single_exact_in": 1,
    "add_single_exact_shares": 1, "remove_single_exact_in": 1, "remove_single_exact_out": 1, "donate": 1,
}  # fmt: skip
RESTS = (
    "add_proportional", "remove_proportional", "recovery_exit", "collect", "settle_fees", "give_hint", "flash_loan",
    "transfer", "schedule", "cancel", "pause", "unpause",
)  # fmt: skip


@dataclass
class Watched:
    """A pool whose recorder logs what it is shown."""

    world: World
    pool: str
    kind: Kind
    watcher: Contract
    tokens: list[Contract]

    def call(self, name: str) -> None:
        """One operation, by ALICE, on this pool."""
        vault, pool = self.world.vault, self.pool
        unit = [10**each for each in DECIMALS]
        forth, back = hop(pool, 0, 1), hop(pool, 1, 0)
        first = self.tokens[0]
        calls: dict[str, tuple[Any, ...]] = {
            "swap": ((forth, False, unit[0], 0, EVER, ALICE, BOB),),
            "swap exact out": ((hop(pool, 2, 0), True, unit[0], EVER, EVER, ALICE, NOBODY),),
            "swap_path": ([forth, back], False, unit[0], 0, EVER, ALICE, NOBODY),
            "batch_swap": ([(forth, unit[0]), (back, 0)], False, [first], [WAD], EVER, ALICE, NOBODY),
            "add_unbalanced": (pool, [unit[0], 0, 3 * unit[2]], 0, EVER, ALICE),
            "add_single_exact_in": (pool, 1, unit[1], 0, EVER, ALICE),
            "add_single_exact_shares": (pool, 1, WAD, EVER, EVER, ALICE),
            "remove_single_exact_in": (pool, 2, WAD, 0, EVER, ALICE),
            "remove_single_exact_out": (pool, 2, unit[2], EVER, EVER, ALICE),
            "donate": (pool, [unit[0], 0, 0], EVER),
            "add_proportional": (pool, WAD, [EVER] * 3, EVER, ALICE),
            "remove_proportional": (pool, WAD, [0] * 3, EVER, ALICE),
            "recovery_exit": (pool, WAD, ALICE, 0),
            "collect": (first, ALICE),
            "settle_fees": (pool,),
            "give_hint": (pool, 1),
            "schedule": (pool, 6, []),
            "cancel": (pool, 6),
            "pause": (pool, DAY),
            "unpause": (pool,),
        }
        if name == "transfer":
            self.world.share(pool).transfer(BOB, 1, sender=ALICE)
        elif name == "flash_loan":
            vault.multicall([], [], ALICE, sender=ALICE)
        else:
            sender = MANAGER if name in ("schedule", "cancel", "pause", "unpause") else ALICE
            getattr(vault, name.split()[0])(*calls[name], sender=sender)

    def shown(self) -> list[dict[str, Any]]:
        """What the recorder has been shown in the last transaction."""
        return self.watcher.events("Shown")

    def stands(self, amplification: int = 0) -> tuple[Any, ...]:
        """(since, view) as they must be told if something moves in the next block, read from the Vault's words."""
        stored, n = self.world.vault.stored, len(DECIMALS)
        assets = [asset_word.unpack(word) for word in self.world.words(self.pool, n)]
        now = self.world.chain.blocks[-1].timestamp + BLOCK_TIME
        weights = [1] * n
        if self.kind is Kind.WEIGHTED:
            code = self.world.chain.code(self.pool)
            weights = [int.from_bytes(code[141 + 32 * i :][:32], "big") >> 168 for i in range(n)]
            ramps = [stored(self.pool, 3, i) for i in range(n)]
            weights = [ramp_maths.value_at(r, now) if r else w for r, w in zip(ramps, weights, strict=True)]
        rates = [rate_maths.unpack(stored(self.pool, 4, i)) for i in range(n)]
        factors = [
            10 ** (18 - decimals) * (rate.accepted or WAD)
            for decimals, rate in zip(DECIMALS, rates, strict=True)
        ]
        words = tuple(a.balance | w << 112 for a, w in zip(assets, weights, strict=True))
        since = max(each.time for each in (*assets, *rates))
        return since, (words, tuple(factors), sum(weights), amplification, 0, now)


@pytest.fixture
def watch(world: World, compiled: Compile, token: Callable[[int], Contract]) -> Callable[[str], Watched]:
    def make(form: str) -> Watched:
        kind, options = FORMS[form]
        tokens = [token(each) for each in DECIMALS]
        pool = world.open(tokens, kind, [10 ** (6 + each) for each in DECIMALS], delay=0, **options)
        world.share(pool).transfer(ALICE, 10**22, sender=MANAGER)
        watcher = Contract.deploy(world.chain, compiled("modules/Watcher.vy"))
        plug(world, pool, watcher, RECORD)
        return Watched(world, pool, kind, watcher, tokens)

    return make


def plug(world: World, pool: str, module: Contract, points: int) -> None:
    world.do(pool, "module", [int(module.address, 16) | points << 160], wait=0)


def parameter(watched: Watched) -> int:
    return 200_000 if watched.kind is Kind.STABLE else 0


@pytest.mark.parametrize("form", FORMS)
def test_recorder_is_shown_the_pool_before_each_movement(watch: Callable[[str], Watched], form: str) -> None:
    watched = watch(form)
    for name, times in MOVES.items():
        since, view = watched.stands(parameter(watched))
        watched.call(name)
        shown = watched.shown()
        assert len(shown) == times, name
        assert shown[0]["caller"] == watched.world.vault.address
        assert shown[0]["pool"] == watched.pool
        assert shown[0]["kind"] == KIND_CODES[watched.kind]
        assert (shown[0]["since"], shown[0]["view_"]) == (since, view), name
        for again in shown[1:]:  # in the same block, after the first movement
            assert again["since"] == view[-1]
            assert again["view_"][0] != view[0]


@pytest.mark.parametrize("form", FORMS)
def test_recorder_is_not_called_where_no_price_moves(watch: Callable[[str], Watched], form: str) -> None:
    watched = watch(form)
    for name in RESTS:
        watched.call(name)
        assert watched.shown() == [], name
    # nor at the beginning of a pool
    assert watched.world.open(
        watched.tokens, watched.kind, [10 ** (6 + each) for each in DECIMALS], **FORMS[form][1]
    )
    assert watched.shown() == []


@pytest.mark.parametrize("form", ["weighted", "stable"])
def test_recorder_is_shown_the_values_of_now_amid_a_ramp(watch: Callable[[str], Watched], form: str) -> None:
    watched = watch(form)
    targets = [4 * 10**17, 3 * 10**17, 3 * 10**17] if form == "weighted" else [400_000]
    watched.world.do(watched.pool, "ramp", [60 * DAY, *targets], wait=0)
    assert watched.shown() == []
    watched.world.chain.increase_time(20 * DAY)
    ramp = watched.world.vault.stored(watched.pool, 3, 16)
    watched.world.chain.mine()
    now = watched.world.chain.blocks[-1].timestamp + BLOCK_TIME
    since, view = watched.stands(ramp_maths.value_at(ramp, now) if ramp else 0)
    watched.call("swap")
    (shown,) = watched.shown()
    assert (shown["since"], shown["view_"]) == (since, view)
    watched.world.vault.stop_ramp(watched.pool, sender=MANAGER)
    assert watched.shown() == []


@pytest.mark.parametrize("form", FORMS)
def test_failing_recorder_stops_nothing(watch: Callable[[str], Watched], form: str) -> None:
    """Every operation ends as it does without: the same words, shares and payments."""
    watched = watch(form)
    world, share = watched.world, watched.world.share(watched.pool)

    def after(name: str) -> tuple[Any, ...]:
        watched.call(name)
        held = [each.balanceOf(ALICE) for each in (*watched.tokens, share)]
        return world.words(watched.pool, 3), held, share.totalSupply()

    for name in MOVES:
        snapshot = world.chain.snapshot()
        ends = []
        for mode in (LOG, REVERT, BURN):
            watched.watcher.set_mode(mode)
            world.chain.mine(10**6 + world.chain.blocks[0].timestamp)
            ends.append(after(name))
            assert len(watched.shown()) == (MOVES[name] if mode == LOG else 0)
            assert world.chain.restore(snapshot)
            snapshot = world.chain.snapshot()
        assert ends[0] == ends[1] == ends[2], name


def test_recorder_burns_its_own_gas_only(watch: Callable[[str], Watched]) -> None:
    watched = watch("weighted")
    vault = watched.world.vault
    data = vault.encode("swap", (hop(watched.pool, 0, 1), False, WAD, 0, EVER, ALICE, NOBODY))
    spent = {}
    for mode in (REVERT, BURN):
        watched.watcher.set_mode(mode)
        outcome = watched.world.chain.trial(vault.address, data, sender=ALICE)
        assert outcome.success
        spent[mode] = outcome.gas_used
    assert 290_000 < spent[BURN] - spent[REVERT] <= 300_000


def test_nobody_starves_a_recorder(watch: Callable[[str], Watched]) -> None:
    """It asks for nearly all that it may have: whatever an operation is given, it is told, or the operation fails."""
    watched = watch("rated")
    world, vault, pool = watched.world, watched.world.vault, watched.pool
    watched.watcher.set_mode(WEARY)
    calls = {
        "swap": ((hop(pool, 0, 1), False, WAD, 0, EVER, ALICE, NOBODY),),
        "donate": (pool, [WAD, 0, 0], EVER),
        "remove_single_exact_in": (pool, 2, WAD, 0, EVER, ALICE),
        "add_unbalanced": (pool, [WAD, 0, 0], 0, EVER, ALICE),
    }
    for name, arguments in calls.items():
        data = vault.encode(name, *arguments)
        done = 0
        for gas in range(60_000, 660_000, 3_000):
            outcome = world.chain.trial(vault.address, data, sender=ALICE, gas=gas)
            told = any(log.address == watched.watcher.address for log in outcome.logs)
            assert told == outcome.success, (name, gas)
            done += outcome.success
        assert 20 < done < 180, name


def test_recorder_of_the_largest_pool_has_its_whole_gas(
    world: World, compiled: Compile, token: Callable[[int], Contract]
) -> None:
    """However little an operation is given: what a recorder finds is the same, to the unit."""
    pool = world.open([token(18) for _ in range(16)], Kind.WEIGHTED, [10**24] * 16, delay=0)
    watcher = Contract.deploy(world.chain, compiled("modules/Watcher.vy"))
    plug(world, pool, watcher, RECORD)
    world.swap(pool, 1, 0, WAD)
    least, most, found = 50_000, 10**6, set()
    data = world.vault.encode("swap", (hop(pool, 0, 1), False, WAD, 0, EVER, ALICE, NOBODY))
    while most - least > 1:
        gas = (least + most) // 2
        outcome = world.chain.trial(world.vault.address, data, sender=ALICE, gas=gas)
        least, most = (least, gas) if outcome.success else (gas, most)
        found |= {shown["left"] for shown in watcher.events("Shown", outcome.logs)}
    (left,) = found
    assert 290_000 < left < 300_000


def test_other_points_are_none_of_the_recorders(watch: Callable[[str], Watched]) -> None:
    """Whoever is plugged in at other points alone is not told."""
    watched = watch("weighted")
    gate = Contract.deploy(watched.world.chain, artifact("DepositGate"), watched.tokens[0], 1)
    plug(watched.world, watched.pool, gate, 4)
    for name in MOVES:
        watched.call(name)
        assert watched.shown() == []


def test_recorder_is_shown_the_rates_before_they_are_followed(
    world: World, compiled: Compile, token: Callable[[int], Contract]
) -> None:
    provider = Contract.deploy(world.chain, artifact("TestRate"), WAD)
    source = int(provider.address, 16) | 7 * DAY << 160 | WAD // 100 << 192
    tokens = [token(18), token(18)]
    pool = world.open(tokens, Kind.STABLE, [10**24] * 2, rates=[source, WAD], delay=0)
    watcher = Contract.deploy(world.chain, compiled("modules/Watcher.vy"))
    plug(world, pool, watcher, RECORD)
    rate = WAD
    for call in (
        lambda: world.vault.follow_rates(pool, sender=BOB),
        lambda: world.swap(pool, 0, 1, WAD),
        lambda: world.vault.add_single_exact_in(pool, 0, WAD, 0, EVER, ALICE, sender=ALICE),
    ):
        provider.report(rate + WAD // 1000, 0)
        before = rate_maths.unpack(world.vault.stored(pool, 4, 0))
        assert before.accepted == rate
        moved = max(asset_word.time_of(word) for word in world.words(pool, 2))
        call()
        (shown,) = watcher.events("Shown")
        assert shown["view_"][1] == (rate, WAD)
        assert shown["since"] == max(before.time, moved)
        rate += WAD // 1000
        assert rate_maths.unpack(world.vault.stored(pool, 4, 0)).accepted == rate
