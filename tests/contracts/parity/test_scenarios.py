"""Stories that the machine may not happen to tell, with the texts they end in; compared as the machine compares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from poolwright.model.maths import asset_word
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.model.vault import Step
from poolwright.spec.constitution import guard_word, split_word, terms_word
from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
from poolwright.spec.governance import Guard, Rights
from poolwright.spec.kind import Kind
from tests.contracts.parity import managing
from tests.contracts.parity.designs import EVERYTHING, POLICIES
from tests.contracts.parity.managing import ask, execute, schedule
from tests.contracts.parity.people import ALICE, BOB, MANAGER
from tests.contracts.parity.trading import Asked, batch, donate, liquidity, path, recover, swap
from tests.contracts.parity.twins import Twins
from tests.contracts.protocol import DAY, OWNER

Open = Callable[..., Pool]
POOL = "pool"


def trade(twins: Twins, amount: int = 10**18, who: str = BOB, seconds: int = 12, i: int = 0) -> str:
    """A swap of the first token for the second, or back."""
    return swap(twins, Asked("swap exact in", POOL, who, who, i, 1 - i, amount, integrated=True), seconds)


def add(twins: Twins, shares: int, who: str = BOB) -> str:
    return liquidity(twins, Asked("add proportional", POOL, who, who, shares=shares), 12)


def remove(twins: Twins, operation: str, shares: int, who: str = ALICE) -> str:
    return liquidity(twins, Asked(operation, POOL, who, who, shares=shares), 12)


def route(
    first: tuple[str, str], second: tuple[str, str], amounts: tuple[int | None, int | None]
) -> list[Step]:
    """Two steps through two pools."""
    pairs = zip((POOL, "other"), (first, second), amounts, strict=True)
    return [Step(pool, *tokens, amount) for pool, tokens, amount in pairs]


def flags(pool: Pool) -> int:
    assert pool.state.memory is not None
    return pool.state.memory.flags


def test_owed_fees_beyond_their_field_are_credited(twins: Twins, opened: Open) -> None:
    """2^40 quanta are 1,099 whole tokens of 18 decimals: at a fee of 10 % some swaps reach them."""
    opened(Kind.CONSTANT_PRODUCT, swap_fee=10**17)
    for _ in range(12):
        assert trade(twins, 10**23) == "ok"
        assert trade(twins, 9 * 10**10, i=1) == "ok"
    assert twins.model.claim(MANAGER, "T0") > 10**20
    assert twins.model.claim(None, "T0") > 10**20


def test_a_guarded_launch_is_guarded_alike(twins: Twins, opened: Open) -> None:
    pool = opened(Kind.WEIGHTED, rights=replace(EVERYTHING, guard=DAY), guarded=True)
    supply = pool.state.shares
    assert add(twins, supply // 5) == "guard: pool full"
    assert add(twins, supply // 11, ALICE) == "guard: account full"
    guard = guard_word(Guard(2 * supply, supply, True))
    assert schedule(twins, POOL, "guard", [guard], BOB) == "vault: not the manager"
    assert execute(twins, POOL, "guard", BOB) == "change: none"
    assert schedule(twins, POOL, "guard", [guard], MANAGER) == "ok"
    assert execute(twins, POOL, "guard", BOB, 12) == "change: too early"
    assert execute(twins, POOL, "guard", BOB, 40 * DAY) == "change: void"
    assert execute(twins, POOL, "guard", BOB) == "change: void"
    assert schedule(twins, POOL, "guard", [guard], MANAGER) == "ok"
    assert execute(twins, POOL, "guard", BOB) == "ok"
    assert ask(twins, "set_listed", POOL, [BOB], True, who=MANAGER) == "ok"
    assert add(twins, supply // 5) == "ok"
    assert add(twins, supply // 5, ALICE) == "guard: not on the list"


@pytest.mark.parametrize("kind", [Kind.WEIGHTED, Kind.STABLE])
def test_ramps_run_alike(twins: Twins, opened: Open, kind: Kind) -> None:
    pool = opened(kind, rights=EVERYTHING, fee_policy=POLICIES["volatility"])
    targets = [4 * 10**17, 2 * 10**17, 4 * 10**17] if kind is Kind.WEIGHTED else [100_000]

    def plan(*payload: int) -> str:
        return schedule(twins, POOL, "ramp", payload, MANAGER)

    assert plan(600, *targets) == "ramp: duration"
    assert plan(3_600, *targets) == "ramp: too fast"
    assert plan(3 * DAY, *targets, 1) == "change: payload"
    assert plan(3 * DAY, *targets) == "ok"
    assert ask(twins, "stop_ramp", POOL, who=MANAGER) == "ramp: none"
    assert execute(twins, POOL, "ramp", BOB) == "ok"
    assert flags(pool) & asset_word.RAMPING
    assert [trade(twins, 10**20, seconds=3_600) for _ in range(10)] == ["ok"] * 10
    assert ask(twins, "stop_ramp", POOL, who=MANAGER) == "ok"
    assert plan(3 * DAY, *targets) == "ok"
    assert execute(twins, POOL, "ramp", BOB) == "ok"
    assert plan(3 * DAY, *targets) == "ramp: in progress"
    assert [trade(twins, 10**20, seconds=9 * 3_600) for _ in range(10)] == ["ok"] * 10


def test_terms_policies_classes_and_managers_change_alike(twins: Twins, opened: Open) -> None:
    listed = FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.LISTED)
    pool = opened(Kind.STABLE, rights=EVERYTHING)
    other = replace(pool.params, swap_fee=10**15)
    dear = terms_word(replace(other, swap_fee=6 * 10**16, rights=Rights()))
    assert schedule(twins, POOL, "terms", [dear], MANAGER) == "terms: fee too high"
    tiered = replace(other, fee_policy=listed)
    assert schedule(twins, POOL, "terms", [terms_word(tiered)], MANAGER) == "change: policy"
    assert schedule(twins, POOL, "terms", [terms_word(other)], MANAGER) == "ok"
    assert execute(twins, POOL, "terms", BOB) == "ok"
    assert pool.state.swap_fee == 10**15
    words = [terms_word(tiered), split_word(tiered)]
    taken = [words[0], split_word(replace(tiered, creator_share=0))]
    assert schedule(twins, POOL, "policy", taken, MANAGER) == "change: shares"
    assert schedule(twins, POOL, "policy", words, MANAGER) == "ok"
    assert execute(twins, POOL, "policy", BOB) == "ok"
    assert ask(twins, "set_class", POOL, [BOB, ALICE], 2, who=MANAGER) == "ok"
    assert ask(twins, "set_class", POOL, [BOB], 4, who=MANAGER) == "change: class"
    assert trade(twins, 10**22) == "ok"
    assert managing.settle_fees(twins, POOL, BOB) == "ok"
    assert schedule(twins, POOL, "manager", [int(ALICE, 16)], MANAGER) == "ok"
    assert execute(twins, POOL, "manager", BOB) == "change: not the next manager"
    assert execute(twins, POOL, "manager", ALICE, 12) == "ok"
    assert ask(twins, "pause", POOL, DAY, who=MANAGER) == "vault: not the manager"
    assert ask(twins, "pause", POOL, DAY, who=ALICE) == "ok"


def test_pauses_and_retirement_stop_the_same_things(twins: Twins, opened: Open) -> None:
    pool = opened(Kind.CONSTANT_PRODUCT, rights=EVERYTHING)
    shares = pool.state.shares // 100
    gift = Asked("donate", POOL, BOB, BOB, amounts=[10**18, 0, 0])
    assert ask(twins, "pause", POOL, 15 * DAY, who=MANAGER) == "pause: too long"
    assert ask(twins, "pause", POOL, 14 * DAY, who=MANAGER) == "ok"
    assert [trade(twins), add(twins, shares), donate(twins, gift, 12)] == ["pool: paused"] * 3
    assert remove(twins, "remove single exact in", shares) == "pool: paused"
    assert remove(twins, "remove proportional", shares) == "ok"
    assert [ask(twins, "unpause", POOL, who=MANAGER) for _ in range(2)] == ["ok", "pause: none"]
    assert trade(twins) == "ok"
    assert ask(twins, "pause", POOL, DAY, who=MANAGER) == "pause: too soon"
    assert schedule(twins, POOL, "retire", [], MANAGER) == "ok"
    assert execute(twins, POOL, "retire", BOB, 3 * DAY) == "ok"
    assert [trade(twins), add(twins, shares), donate(twins, gift, 12)] == ["pool: retired"] * 3
    assert remove(twins, "remove single exact in", shares) == "ok"
    assert remove(twins, "remove proportional", shares) == "ok"


def test_a_pause_of_everything_and_recovery_exits_are_alike(twins: Twins, opened: Open) -> None:
    pool = opened(Kind.WEIGHTED)
    pauses = [managing.pause_all(twins, days * DAY, OWNER, 12) for days in (15, 1, 1)]
    assert pauses == ["pause: too long", "ok", "pause: too soon"]
    assert trade(twins) == "vault: paused"
    asked = Asked("recovery exit", POOL, MANAGER, BOB, shares=pool.state.shares // 7)
    assert recover(twins, asked, 0b101, 12) == "ok"
    assert [twins.model.claim(MANAGER, f"T{k}") > 0 for k in range(3)] == [True, False, True]
    assert [managing.unpause_all(twins, OWNER, 12) for _ in range(2)] == ["ok", "pause: none"]
    assert trade(twins) == "ok"


@pytest.mark.parametrize("kind", Kind)
def test_a_withdrawal_fee_is_taken_alike_and_not_in_recovery(twins: Twins, opened: Open, kind: Kind) -> None:
    """What is paid for a share tells: less than its part of the balances, but for what a recovery lets go."""
    pool = opened(kind, rights=EVERYTHING, withdrawal_fee=10**16)

    def paid() -> list[bool]:
        """Whether an exit in proportion costs, and one that asks nobody."""
        found = []
        for leave in (
            lambda shares: remove(twins, "remove proportional", shares, MANAGER),
            lambda shares: recover(
                twins, Asked("recovery exit", POOL, MANAGER, BOB, shares=shares), 0b10, 12
            ),
        ):
            before = pool.state
            shares = before.shares // 500
            assert leave(shares) == "ok"
            gone = before.balances[0] - pool.state.balances[0]
            whole, less = (
                before.balances[0] * part // before.shares for part in (shares, shares * 99 // 100)
            )
            assert gone in (whole, less)
            found.append(gone < whole)
        return found

    for operation in ("remove single exact in", "remove single exact out"):
        asked = Asked(operation, POOL, MANAGER, BOB, shares=pool.state.shares // 100, amount=10**20)
        assert liquidity(twins, asked, 12) == "ok"
    assert paid() == [True, True]
    assert ask(twins, "pause", POOL, DAY, who=MANAGER) == "ok"
    assert paid() == [False, False]
    assert ask(twins, "unpause", POOL, who=MANAGER) == "ok"
    assert paid() == [True, True]
    assert managing.pause_all(twins, DAY, OWNER, 12) == "ok"
    assert paid() == [False, False]
    assert managing.unpause_all(twins, OWNER, 12) == "ok"
    assert paid() == [True, True]
    assert schedule(twins, POOL, "retire", [], MANAGER) == "ok"
    assert paid() == [True, True]
    assert execute(twins, POOL, "retire", BOB, 3 * DAY) == "ok"
    assert paid() == [False, False]
    asked = Asked("remove single exact in", POOL, MANAGER, BOB, shares=pool.state.shares // 100)
    assert liquidity(twins, asked, 12) == "ok"


@pytest.mark.parametrize("kind", list(SwapKind))
def test_paths_and_batches_break_off_alike(twins: Twins, opened: Open, kind: SwapKind) -> None:
    """What one step gives is no amount of another token; told anew it may be any."""
    opened(Kind.WEIGHTED)
    opened(Kind.STABLE, name="other")
    exact_in = kind is SwapKind.EXACT_IN
    given = 10**22 if exact_in else 10  # of T0, or of T2: such that what it gives is some amount of any other
    amounts = (given, None) if exact_in else (None, given)
    follow = route(("T0", "T1"), ("T1", "T2"), amounts)
    apart = route(("T0", "T1"), ("T0", "T2"), amounts)
    free = dict.fromkeys(("T0", "T1", "T2"), 2**200)
    bound = 0 if exact_in else 10**40
    assert path(twins, kind, follow, given, bound, ALICE, BOB, True, 12) == "ok"
    assert path(twins, kind, apart, given, bound, ALICE, BOB, True, 12) == "path: tokens do not follow"
    assert batch(twins, kind, follow, free, ALICE, BOB, 12) == "ok"
    assert batch(twins, kind, apart, free, ALICE, BOB, 12) == "batch: tokens do not follow"
    told = [step._replace(amount=step.amount or given) for step in apart]
    assert batch(twins, kind, told, free, ALICE, BOB, 12) == "ok"
    assert batch(twins, kind, told, dict.fromkeys(free, -1), ALICE, BOB, 12) == "batch: limit"


@pytest.mark.parametrize("kind", Kind)
def test_the_protocols_share_is_synced_alike(twins: Twins, opened: Open, kind: Kind) -> None:
    """What is owed is credited by the share it was earned under; later fees by the new one, up to the whole fee."""
    opened(kind, creator_share=4 * 10**17, integrator_share=3 * 10**17)
    assert managing.sync_protocol_share(twins, POOL, BOB) == "change: none"
    for share, text in ((3 * 10**17, "ok"), (31 * 10**16, "split: parts exceed the fee"), (0, "ok")):
        assert trade(twins, 10**22) == "ok"
        managing.set_protocol_share(twins, share)
        before = twins.model.claim(None, "T0")
        assert managing.sync_protocol_share(twins, POOL, BOB) == text
        assert (twins.model.claim(None, "T0") > before) == (text == "ok")
        assert trade(twins, 10**22) == "ok"
        assert managing.settle_fees(twins, POOL, BOB) == "ok"
    memory = twins.model[POOL].state.memory
    assert memory is not None
    assert memory.split.protocol == 0
