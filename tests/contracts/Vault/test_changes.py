"""Changes of a pool: only what it declared, only after the delay, only by whom it may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poolwright.chain.evm import EmbeddedChain
from poolwright.chain.hops import hop
from poolwright.errors import PoolRevert
from poolwright.model.maths import asset_word
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, NOBODY, Contract
from tests.contracts.protocol import ALICE, BOB, DAY, MANAGER, OWNER, RIGHTS, WAD, World
from tests.contracts.Vault.conftest import Opened

FLAT = 5 * 10**15 | 10**15 << 60 | 10**16 << 120 | 0 << 244
SLOW = [60 * DAY, 4 * 10**17, 4 * 10**17, 2 * 10**17]


@pytest.fixture
def index(opened: Callable[..., Opened]) -> Opened:
    return opened(Kind.WEIGHTED, weights=[5 * 10**17, 3 * 10**17, 2 * 10**17])


def test_change_waits_for_its_delay(world: World, chain: EmbeddedChain, index: Opened) -> None:
    paid = world.vault.ask(
        "swap", (hop(index.address, 0, 1), False, 10**18, 0, EVER, ALICE, NOBODY), sender=ALICE
    )
    world.vault.schedule(index.address, 0, [FLAT], sender=MANAGER)
    due, payload = world.vault.change(index.address, 0)
    assert due == chain.blocks[-1].timestamp + DAY
    assert list(payload) == [FLAT]
    with pytest.raises(PoolRevert, match=r"^change: too early$"):
        world.vault.execute(index.address, 0)
    chain.increase_time(DAY)
    world.vault.execute(index.address, 0, sender=BOB)
    dearer = world.vault.ask(
        "swap", (hop(index.address, 0, 1), False, 10**18, 0, EVER, ALICE, NOBODY), sender=ALICE
    )
    assert dearer == pytest.approx(paid * 0.995 / 0.997, rel=1e-6)
    with pytest.raises(PoolRevert, match=r"^change: none$"):
        world.vault.execute(index.address, 0, sender=BOB)  # once


def test_change_can_be_cancelled_and_goes_void(world: World, chain: EmbeddedChain, index: Opened) -> None:
    world.vault.schedule(index.address, 0, [FLAT], sender=MANAGER)
    world.vault.cancel(index.address, 0, sender=MANAGER)
    with pytest.raises(PoolRevert, match=r"^change: none$"):
        world.vault.execute(index.address, 0)
    world.vault.schedule(index.address, 0, [FLAT], sender=MANAGER)
    chain.increase_time(32 * DAY)
    with pytest.raises(PoolRevert, match=r"^change: void$"):
        world.vault.execute(index.address, 0)


@pytest.mark.parametrize("right", range(len(RIGHTS)))
def test_right_withheld_is_withheld_for_good(world: World, opened: Callable[..., Opened], right: int) -> None:
    pool = opened(Kind.WEIGHTED, rights=[name for k, name in enumerate(RIGHTS) if k != right])
    payloads = [[FLAT], [FLAT, 0], SLOW, [0], [], [0], [], [0]]
    call = ("pause", DAY) if RIGHTS[right] == "pause" else ("schedule", right, payloads[right])
    with pytest.raises(PoolRevert, match=r"^change: not a right of the pool$"):
        getattr(world.vault, call[0])(pool.address, *call[1:], sender=MANAGER)


@pytest.mark.parametrize(
    "name", ["schedule", "cancel", "pause", "unpause", "stop_ramp", "set_listed", "set_class"]
)
def test_only_the_manager_manages(world: World, index: Opened, name: str) -> None:
    arguments = {
        "schedule": (0, [FLAT]), "cancel": (0,), "pause": (DAY,), "unpause": (), "stop_ramp": (),
        "set_listed": ([ALICE], True), "set_class": ([ALICE], 1),
    }[name]  # fmt: skip
    for account in (ALICE, OWNER):
        with pytest.raises(PoolRevert, match=r"^vault: not the manager$"):
            getattr(world.vault, name)(index.address, *arguments, sender=account)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (2 * 10**17 | 10**15 << 60 | 2 * 10**17 << 120, "terms: fee too high"),
        (10**14 | 10**15 << 60 | 10**16 << 120, "terms: out of order"),
        (FLAT | 1 << 250, "terms: malformed"),
        (FLAT | 1 << 244, "change: policy"),
    ],
)
def test_terms_keep_within_the_constitution(world: World, index: Opened, terms: int, reason: str) -> None:
    with pytest.raises(PoolRevert, match=f"^{reason}$"):
        world.vault.schedule(index.address, 0, [terms], sender=MANAGER)


def test_ramp_moves_weights_in_a_straight_line(world: World, chain: EmbeddedChain, index: Opened) -> None:
    world.do(index.address, "ramp", SLOW)
    chain.increase_time(30 * DAY)
    chain.mine()
    quoted = world.vault.ask(
        "swap", (hop(index.address, 0, 1), False, 10**16, 0, EVER, ALICE, NOBODY), sender=ALICE
    )
    # half way: weights 45 % and 35 %, equal balances of a million
    assert quoted == pytest.approx(10**6 * 0.997 * 0.45 / 0.35, rel=1e-4)


def test_ramp_too_fast_for_the_fee_is_refused(world: World, index: Opened) -> None:
    with pytest.raises(PoolRevert, match=r"^ramp: too fast$"):
        world.vault.schedule(index.address, 2, [3_600, 4 * 10**17, 4 * 10**17, 2 * 10**17], sender=MANAGER)
    with pytest.raises(PoolRevert, match=r"^ramp: weights$"):
        world.vault.schedule(index.address, 2, [60 * DAY, 4 * 10**17, 4 * 10**17, 10**17], sender=MANAGER)


def test_pause_expires_and_never_locks_anybody_in(world: World, chain: EmbeddedChain, pool: Opened) -> None:
    share = world.share(pool.address)
    world.vault.pause(pool.address, 14 * DAY, sender=MANAGER)
    with pytest.raises(PoolRevert, match=r"^pool: paused$"):
        world.swap(pool.address, 0, 1, pool.units(0))
    with pytest.raises(PoolRevert, match=r"^pool: paused$"):
        world.vault.add_proportional(pool.address, 10**18, [EVER] * pool.n, EVER, ALICE, sender=ALICE)
    some = share.totalSupply() // 10
    world.vault.remove_proportional(pool.address, some, [0] * pool.n, EVER, MANAGER, sender=MANAGER)
    world.vault.recovery_exit(pool.address, some, MANAGER, 0, sender=MANAGER)
    chain.increase_time(14 * DAY)
    world.swap(pool.address, 0, 1, pool.units(0))
    with pytest.raises(PoolRevert, match=r"^pause: too soon$"):
        world.vault.pause(pool.address, DAY, sender=MANAGER)


def test_global_pause_expires_too(world: World, chain: EmbeddedChain, pool: Opened) -> None:
    world.vault.set_guardian(BOB, sender=OWNER)
    with pytest.raises(PoolRevert, match=r"^vault: not the guardian$"):
        world.vault.pause_all(DAY, sender=ALICE)
    world.vault.pause_all(DAY, sender=BOB)
    with pytest.raises(PoolRevert, match=r"^vault: paused$"):
        world.swap(pool.address, 0, 1, pool.units(0))
    shares = world.share(pool.address).totalSupply() // 3
    world.vault.remove_proportional(pool.address, shares, [0] * pool.n, EVER, MANAGER, sender=MANAGER)
    chain.increase_time(DAY)
    world.swap(pool.address, 0, 1, pool.units(0))


def test_retired_pool_lets_everybody_out_and_nobody_in(world: World, pool: Opened) -> None:
    world.do(pool.address, "retire", [])
    with pytest.raises(PoolRevert, match=r"^pool: retired$"):
        world.swap(pool.address, 0, 1, pool.units(0))
    with pytest.raises(PoolRevert, match=r"^pool: retired$"):
        world.vault.add_single_exact_in(pool.address, 0, pool.units(0), 0, EVER, ALICE, sender=ALICE)
    shares = world.share(pool.address).totalSupply() // 3
    world.vault.remove_single_exact_in(pool.address, 0, shares // 50, 0, EVER, MANAGER, sender=MANAGER)
    world.vault.remove_proportional(pool.address, shares, [0] * pool.n, EVER, MANAGER, sender=MANAGER)


def test_guard_caps_the_pool_and_its_accounts(world: World, pool: Opened) -> None:
    supply = world.share(pool.address).totalSupply()
    caps = (supply + 10**21) >> 16 | (10**20 >> 16) << 112 | 1 << 224
    world.do(pool.address, "guard", [caps])
    add = ("add_proportional", pool.address)
    rest = ([EVER] * pool.n, EVER, ALICE)
    with pytest.raises(PoolRevert, match=r"^guard: not on the list$"):
        world.vault.ask(*add, 10**19, *rest, sender=ALICE)
    for call in (
        ("add_single_exact_in", pool.address, 0, pool.units(0), 0, EVER, ALICE),
        ("add_single_exact_shares", pool.address, 0, 10**18, EVER, EVER, ALICE),
        ("add_unbalanced", pool.address, [pool.units(i) for i in range(pool.n)], 0, EVER, ALICE),
    ):
        with pytest.raises(PoolRevert, match=r"^guard: not on the list$"):
            world.vault.ask(*call, sender=ALICE)
    world.vault.set_listed(pool.address, [ALICE], True, sender=MANAGER)
    with pytest.raises(PoolRevert, match=r"^guard: account full$"):
        world.vault.ask(*add, 10**20 + 2**17, *rest, sender=ALICE)
    with pytest.raises(PoolRevert, match=r"^guard: pool full$"):
        world.vault.ask(*add, 10**22, *rest, sender=ALICE)
    world.vault.add_proportional(pool.address, 10**19, *rest, sender=ALICE)


def test_manager_hands_over_in_two_steps(world: World, chain: EmbeddedChain, index: Opened) -> None:
    world.vault.schedule(index.address, 7, [int(BOB, 16)], sender=MANAGER)
    chain.increase_time(DAY)
    with pytest.raises(PoolRevert, match=r"^change: not the next manager$"):
        world.vault.execute(index.address, 7, sender=MANAGER)
    world.vault.execute(index.address, 7, sender=BOB)
    with pytest.raises(PoolRevert, match=r"^vault: not the manager$"):
        world.vault.schedule(index.address, 0, [FLAT], sender=MANAGER)
    world.vault.schedule(index.address, 0, [FLAT], sender=BOB)


def test_protocol_share_reaches_a_pool_after_delay_and_sync(
    world: World, chain: EmbeddedChain, pool: Opened
) -> None:
    with pytest.raises(PoolRevert, match=r"^vault: not the owner$"):
        world.vault.schedule_protocol_share(10**17, sender=ALICE)
    with pytest.raises(PoolRevert, match=r"^split: protocol share too high$"):
        world.vault.schedule_protocol_share(6 * 10**17, sender=OWNER)
    world.vault.schedule_protocol_share(3 * 10**17, sender=OWNER)
    with pytest.raises(PoolRevert, match=r"^change: too early$"):
        world.vault.execute_protocol_share()
    chain.increase_time(7 * DAY)
    world.vault.execute_protocol_share()
    world.vault.sync_protocol_share(pool.address)
    world.swap(pool.address, 0, 1, pool.units(0, 1_000))
    word = asset_word.unpack(world.words(pool.address, pool.n)[0])
    owed = word.owed * asset_word.quantum(pool.decimals[0])
    world.vault.settle_fees(pool.address)
    parts = [world.vault.claim(account, pool.tokens[0]) for account in (MANAGER, NOBODY)]
    assert sum(parts) == owed
    assert parts[0] == owed // 4
    before = pool.tokens[0].balanceOf(BOB)
    world.vault.collect_protocol(pool.tokens[0], BOB, sender=OWNER)
    assert pool.tokens[0].balanceOf(BOB) - before == parts[1]


def test_ownership_takes_two_steps_and_can_be_renounced(world: World) -> None:
    world.vault.transfer_ownership(BOB, sender=OWNER)
    world.vault.set_guardian(ALICE, sender=OWNER)
    with pytest.raises(PoolRevert, match=r"^vault: not the next owner$"):
        world.vault.accept_ownership(sender=ALICE)
    world.vault.accept_ownership(sender=BOB)
    with pytest.raises(PoolRevert, match=r"^vault: not the owner$"):
        world.vault.renounce_ownership(sender=OWNER)
    world.vault.renounce_ownership(sender=BOB)
    with pytest.raises(PoolRevert, match=r"^vault: not the owner$"):
        world.vault.set_guardian(BOB, sender=BOB)
    with pytest.raises(PoolRevert, match=r"^vault: not the guardian$"):
        world.vault.pause_all(DAY, sender=ALICE)


def test_fee_discount_of_a_class(world: World, opened: Callable[..., Opened]) -> None:
    pool = opened(Kind.WEIGHTED, policy="tiered", base=4 * 10**15, least=10**15)
    request = (hop(pool.address, 0, 1), False, 10**18, 0, EVER, ALICE, NOBODY)
    dear = world.vault.ask("swap", request, sender=ALICE)
    world.vault.set_class(pool.address, [ALICE], 3, sender=MANAGER)
    cheap = world.vault.ask("swap", request, sender=ALICE)
    assert cheap == pytest.approx(dear * 0.999 / 0.996, rel=1e-6)
    assert world.vault.ask("swap", request, sender=BOB) == dear
    assert cheap < WAD


def test_launch_is_guarded_from_the_first_deposit(
    world: World, token: Callable[[int], Contract], chain: EmbeddedChain
) -> None:
    tokens = [token(18), token(18)]
    pool = world.create(tokens, Kind.WEIGHTED)
    guard = (10**24 >> 16) | (10**30 >> 16) << 112
    with pytest.raises(PoolRevert, match=r"^vault: not the manager$"):
        world.vault.guard_launch(pool, guard, sender=ALICE)
    world.vault.guard_launch(pool, guard, sender=MANAGER)
    world.vault.initialize(pool, [10**24 - 10**20] * 2, 0, EVER, MANAGER, sender=MANAGER)
    with pytest.raises(PoolRevert, match=r"^guard: pool full$"):
        world.vault.add_proportional(pool, 10**21, [EVER] * 2, EVER, ALICE, sender=ALICE)
    world.vault.add_proportional(pool, 10**19, [EVER] * 2, EVER, ALICE, sender=ALICE)
    with pytest.raises(PoolRevert, match=r"^vault: initialized already$"):
        world.vault.guard_launch(pool, guard, sender=MANAGER)


def test_terms_keep_below_the_fee_that_the_pool_declared(world: World, opened: Callable[..., Opened]) -> None:
    pool = opened(Kind.WEIGHTED, most=8 * 10**15, highest_fee=8 * 10**15)
    with pytest.raises(PoolRevert, match=r"^terms: fee too high$"):
        world.vault.schedule(pool.address, 0, [FLAT], sender=MANAGER)


def test_policy_takes_nothing_from_the_others_parts(world: World, index: Opened) -> None:
    """Protocol and creator are due what the constitution says; the integrator's part is the manager's to say."""
    for split in (2 * 10**17 << 60, 10**17 | 10**17 << 60):
        with pytest.raises(PoolRevert, match=r"^change: shares$"):
            world.vault.schedule(index.address, 1, [FLAT, split], sender=MANAGER)
    world.vault.schedule(index.address, 1, [FLAT, 10**17 << 60 | 10**17 << 120], sender=MANAGER)


def test_module_keeps_to_the_points_of_the_constitution(world: World, opened: Callable[..., Opened]) -> None:
    pool = opened(Kind.WEIGHTED, points=3)
    module = int(pool.tokens[0].address, 16)  # any contract
    with pytest.raises(PoolRevert, match=r"^change: point$"):
        world.vault.schedule(pool.address, 5, [module | 16 << 160], sender=MANAGER)
    world.vault.schedule(pool.address, 5, [module | 3 << 160], sender=MANAGER)


def test_guard_that_only_loosens_is_never_tightened(world: World, token: Callable[[int], Contract]) -> None:
    pool = world.create([token(18), token(18)], Kind.WEIGHTED, loosens=True)
    caps = [10**9, 10**8, 1]  # of the pool and of an account in 2^16, and whether there is a list

    def word(values: list[int]) -> int:
        return values[0] | values[1] << 112 | values[2] << 224

    world.vault.guard_launch(pool, word([*caps[:2], 0]), sender=MANAGER)
    world.vault.set_listed(pool, [MANAGER], True, sender=MANAGER)
    world.vault.initialize(pool, [10**12] * 2, 0, EVER, MANAGER, sender=MANAGER)
    for tighter in ([caps[0] - 1, caps[1], 0], [caps[0], caps[1] - 1, 0], caps):
        with pytest.raises(PoolRevert, match=r"^guard: only loosens$"):
            world.vault.schedule(pool, 3, [word(tighter)], sender=MANAGER)
    with pytest.raises(PoolRevert, match=r"^guard: only loosens$"):
        world.vault.set_listed(pool, [MANAGER], False, sender=MANAGER)
    world.do(pool, "guard", [word([caps[0] + 1, caps[1], 0])])


def test_amplification_too_fast_for_the_fee_is_refused(world: World, opened: Callable[..., Opened]) -> None:
    pool = opened(Kind.STABLE)
    with pytest.raises(PoolRevert, match=r"^ramp: too fast$"):
        world.vault.schedule(pool.address, 2, [3_600, 2_000_000], sender=MANAGER)
    world.vault.schedule(pool.address, 2, [60 * DAY, 2_000_000], sender=MANAGER)


def test_least_fee_is_not_lowered_under_a_ramp(world: World, index: Opened) -> None:
    """Its speed was found safe for the fee that was."""
    lower = 5 * 10**15 | 10**14 << 60 | 10**16 << 120
    world.vault.schedule(index.address, 0, [lower], sender=MANAGER)
    world.do(index.address, "ramp", SLOW)
    for call in (("schedule", index.address, 0, [lower]), ("execute", index.address, 0)):
        with pytest.raises(PoolRevert, match=r"^ramp: in progress$"):
            world.vault.ask(*call, sender=MANAGER)
    world.vault.stop_ramp(index.address, sender=MANAGER)
    world.vault.execute(index.address, 0)


@pytest.mark.parametrize("everywhere", [False, True])
def test_pauses_are_short_and_far_between(
    world: World, chain: EmbeddedChain, index: Opened, everywhere: bool
) -> None:
    def pause(seconds: int) -> None:
        if everywhere:
            world.vault.pause_all(seconds, sender=OWNER)
        else:
            world.vault.pause(index.address, seconds, sender=MANAGER)

    for seconds in (0, 14 * DAY + 1):
        with pytest.raises(PoolRevert, match=r"^pause: too long$"):
            pause(seconds)
    pause(14 * DAY)
    for wait in (0, 14 * DAY, 13 * DAY):
        chain.increase_time(wait)
        with pytest.raises(PoolRevert, match=r"^pause: too soon$"):
            pause(1)
    chain.increase_time(DAY)
    pause(1)
