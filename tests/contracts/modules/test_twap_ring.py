"""The averages of a TWAP ring, plugged into pools, against log prices integrated at 40 digits (price_history.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from poolwright.chain.evm import BLOCK_TIME
from poolwright.spec.kind import Kind
from tests.contracts.contract import EVER, Contract
from tests.contracts.modules.conftest import DECIMALS
from tests.contracts.modules.price_history import (
    DIGITS,
    History,
    holds,
    holds_all,
    log2_of,
    refused,
    tolerance,
    trade,
)
from tests.contracts.protocol import ALICE, BOB, DAY, WAD

EXAMPLES = 25 if settings().max_examples < 1_000 else 300  # the snapshot is taken back after each


# What is done to a pool, by number; the last two move no price.
def operate(history: History, which: int, i: int, o: int, size: int) -> bool:
    world, pool, n = history.world, history.pool, len(history.decimals)
    vault, balances = world.vault, world.balances(history.pool, len(history.decimals))
    i, o = i % n, (i % n + 1 + o % (n - 1)) % n
    amount = balances[i] // size
    if which == 0:
        world.swap(pool, i, o, amount)
    elif which == 1:
        world.swap(pool, i, o, balances[o] // size, exact_out=True)
    elif which == 2:
        amounts = [balance // size if k in (i, o) else 0 for k, balance in enumerate(balances)]
        vault.add_unbalanced(pool, amounts, 0, EVER, ALICE, sender=ALICE)
    elif which == 3:
        vault.add_single_exact_in(pool, i, amount, 0, EVER, ALICE, sender=ALICE)
    elif which == 4:
        vault.remove_single_exact_out(pool, i, balances[i] // 2_000, EVER, EVER, ALICE, sender=ALICE)
    elif which == 5:
        vault.donate(pool, [amount if k == i else 0 for k in range(n)], EVER, sender=ALICE)
    elif which == 6:
        vault.add_proportional(pool, WAD, [EVER] * n, EVER, ALICE, sender=ALICE)
    else:
        vault.remove_proportional(pool, WAD, [0] * n, EVER, ALICE, sender=ALICE)
    return which < 6


STEPS = st.lists(
    st.tuples(
        st.integers(0, 7),  # operation
        st.integers(0, 15), st.integers(0, 15),  # assets
        st.integers(8, 10_000),  # of a balance, its inverse
        st.sampled_from([-1, -1, 0, 1, 60, 3_600, 90_000]),  # seconds beyond a block's; -1: in the block before
        st.integers(0, 6),  # places to pay for
    ), min_size=8, max_size=30,
)  # fmt: skip
WINDOWS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=12, max_size=12)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, windows=WINDOWS)
def test_averages_are_the_exact_integrals(
    make: Callable[..., History], ring: Contract, kind: Kind, steps: list[tuple[int, ...]], windows: Any
) -> None:
    chain = ring.chain
    before = chain.snapshot()
    history = make(
        kind, DECIMALS[: 2 if kind is Kind.CONSTANT_PRODUCT else 4 if kind is Kind.WEIGHTED else 3]
    )
    with mp.workdps(DIGITS):
        history.note()
        pool, written = history.pool, list[int]()
        for which, i, o, size, seconds, places in steps:
            if places > 4:  # in the middle of everything
                ring.grow(pool, ring.ring(pool)[2] + places)
                history.note()
            if seconds < 0:
                chain.join_last_block()
            else:
                chain.increase_time(seconds)
            if operate(history, which, i, o, size) and history.now not in written[-1:]:
                written.append(history.now)
            history.note()
        chain.increase_time(500)
        chain.mine()
        count = ring.ring(pool)[3]
        assert (count == 0) == (not written)
        if written:
            check_windows(history, ring, written[-count:], windows)
    assert chain.restore(before)


def check_windows(history: History, ring: Contract, times: list[int], windows: list[tuple[int, int]]) -> None:
    """Windows whose ends are observations, near them, or anywhere between the oldest and now."""
    pool, now, oldest = history.pool, history.now, times[0]
    assert ring.oldest_observation(pool) == oldest
    n = len(history.decimals)
    ends = [*times, now, *(t + 1 for t in times if t < now), *(t - 1 for t in times[1:])]
    for k, (a, b) in enumerate(windows):
        start, end = ends[a % len(ends)], ends[b % len(ends)]
        if k % 3 == 0:
            start, end = oldest + a % (now - oldest + 1), oldest + b % (now - oldest + 1)
        if start == end:
            continue
        holds(history, ring, a % n, b % n, min(start, end), max(start, end))
    refused("ring: too old", lambda: ring.twap(pool, 0, 1, now - oldest + 1, 0))


@pytest.mark.parametrize("n", [2, 3, 4, 5, 7, 8, 16])
def test_any_number_of_assets(make: Callable[..., History], ring: Contract, n: int) -> None:
    decimals = [(18, 8, 6, 0)[k % 4] for k in range(n)]
    history = make(Kind.WEIGHTED, decimals)
    ring.grow(history.pool, 6)
    with mp.workdps(DIGITS):
        for k in range(9):  # around the ring once and a half
            trade(history, k % n, (k + n // 2) % n, part=7 + k, seconds=100 * k)
        start, end = ring.oldest_observation(history.pool) + 77, history.now
        for base in range(n):
            holds(history, ring, base, (base + 1) % n, start, end)
            holds(history, ring, base, (base + n // 2) % n, start + 50, end - 13)
            assert ring.twap(history.pool, base, base, end - start, 0) == 10**36
        assert len(ring.observe(history.pool, 0)) == n
        refused("vault: no such token", lambda: ring.twap(history.pool, 0, n, 10, 0))
        refused("vault: no such token", lambda: ring.twap(history.pool, n, 0, 10, 0))


def test_prices_far_apart_and_long_times_fit(make: Callable[..., History], ring: Contract) -> None:
    """A million raw units of an asset beside 10^32 of another, weights 99 to 1, to the end of the Vault's clock."""
    history = make(Kind.WEIGHTED, (0, 18), weights=[99 * 10**16, 10**16])
    history.world.vault.donate(history.pool, [0, 10**32], EVER, sender=ALICE)
    with mp.workdps(DIGITS):
        history.note()
        trade(history, part=1_000)
        first = history.now
        history.world.chain.mine(2**32 - 100)
        trade(history, 1, 0, part=1_000)
        history.world.chain.mine(2**32 - 20)
        for base in (0, 1):
            holds(history, ring, base, 1 - base, ring.oldest_observation(history.pool), history.now)
        sums = ring.observe(history.pool, 0)
        assert abs(sums[1]) > (history.now - first) * 60 << 34


def test_one_observation_answers_from_itself_on(make: Callable[..., History], ring: Contract) -> None:
    history = make(Kind.WEIGHTED)
    pool = history.pool
    for call in (
        lambda: ring.twap(pool, 0, 1, 10, 0), lambda: ring.observe(pool, 0), lambda: ring.oldest_observation(pool)
    ):  # fmt: skip
        refused("ring: no observation", call)
    with mp.workdps(DIGITS):
        for k in range(3):
            trade(history, k, (k + 1) % 3, seconds=50)
            assert tuple(ring.ring(pool)) == (0, 1, 1, 1)
            assert ring.oldest_observation(pool) == history.now
            refused("ring: too old", lambda: ring.twap(pool, 0, 1, 1, 0))
            history.world.chain.mine()
            holds(history, ring, 0, 1, history.now - BLOCK_TIME, history.now)
            holds(history, ring, 2, 1, history.now - 5, history.now - 4)
        refused("ring: empty window", lambda: ring.twap(pool, 0, 1, 5, 5))
        refused("ring: empty window", lambda: ring.twap(pool, 0, 1, 5, 6))
        refused("ring: too old", lambda: ring.twap(pool, 0, 1, 2**40, 0))
        refused("ring: too old", lambda: ring.observe(pool, 2**255))


def test_older_observations_give_way_and_places_come_into_use(
    make: Callable[..., History], ring: Contract
) -> None:
    history, written = make(Kind.CONSTANT_PRODUCT), []
    pool = history.pool
    held = []
    with mp.workdps(DIGITS):
        for k in range(30):
            if k in (
                0,
                7,
                8,
                20,
            ):  # before the first, with a full ring, again at once, in the middle of a row
                ring.grow(pool, {0: 3, 7: 4, 8: 6, 20: 9}[k], sender=BOB)
                (grown,) = ring.events("Grown")
                assert grown["grown"] == ring.ring(pool)[2]
                history.note()
            trade(history, k % 3, (k + 1) % 3, part=30, seconds=17 * k)
            written.append(history.now)
            newest, size, _, count = ring.ring(pool)
            held.append(count)
            assert newest < size
            assert ring.oldest_observation(pool) == written[-count]
            holds_all(history, ring, written[-count:])
    assert held[:8] == [1, 2, 3, 3, 3, 3, 3, 3]
    assert max(held) == held[-1] == 9
    assert all(b - a in (0, 1) for a, b in zip(held, held[1:], strict=False))  # nothing is lost on the way


def test_within_one_block_nothing_has_weight(make: Callable[..., History], ring: Contract) -> None:
    """Pushed many times over in a block, looked at, and pushed back in it: every average is as if it had not been."""
    history = make(Kind.WEIGHTED)
    world, pool, chain = history.world, history.pool, history.world.chain
    ring.grow(pool, 5)
    with mp.workdps(DIGITS):
        trade(history)
        trade(history, seconds=1_000)
        chain.increase_time(1_000)
        chain.mine()
        calm = ring.twap(pool, 0, 1, 900, 0)
        chain.join_last_block()
        balance = world.balances(pool, 3)[0]
        world.swap(pool, 0, 1, balance)
        assert ring.twap(pool, 0, 1, 900, 0) == calm
        chain.join_last_block()
        world.swap(pool, 1, 0, world.balances(pool, 3)[0] // 3, exact_out=True)
        assert ring.twap(pool, 0, 1, 900, 0) == calm
        history.note()
        assert ring.ring(pool)[3] == 3
        chain.increase_time(500)
        chain.mine()
        holds(history, ring, 0, 1, history.now - 1_200, history.now)


def test_looking_later_says_the_same(make: Callable[..., History], ring: Contract) -> None:
    """A window's average is the same while its end is now, is past in a quiet pool, and when more has been written."""
    history = make(Kind.STABLE)
    pool, chain = history.pool, history.world.chain
    ring.grow(pool, 8)
    for _ in range(2):
        history.world.swap(pool, 0, 1, 10**22)
        chain.increase_time(300)
    chain.mine()
    end, told = history.now, ring.twap(pool, 1, 0, 200, 0)
    chain.increase_time(70)
    chain.mine()
    assert ring.twap(pool, 1, 0, history.now - end + 200, history.now - end) == told
    history.world.swap(pool, 2, 1, 10**10)
    later = ring.twap(pool, 1, 0, history.now - end + 200, history.now - end)
    assert later == pytest.approx(told, rel=2**-33)  # the line between two observations is cut to whole units


@pytest.mark.parametrize("kind", [Kind.WEIGHTED, Kind.STABLE], ids=lambda kind: kind.value)
def test_amid_a_ramp_it_is_off_by_no_more_than_a_stretch_drifts(
    make: Callable[..., History], ring: Contract, kind: Kind
) -> None:
    """The true integral by quadrature, beside the bound: what log2 of the weights' ratio, or of A, changes."""
    history = make(kind, (18, 18), **({"weights": [WAD // 2] * 2} if kind is Kind.WEIGHTED else {}))
    world, pool, chain = history.world, history.pool, history.world.chain
    ring.grow(pool, 30)
    targets = [8 * 10**17, 2 * 10**17] if kind is Kind.WEIGHTED else [2_000_000]
    world.do(pool, "ramp", [40 * DAY, *targets], wait=0)
    began = history.now
    with mp.workdps(25):

        def share(time: int) -> mpf:  # of the way
            return min(mpf(time - began) / (40 * DAY), mpf(1))

        def state(time: int) -> None:
            if kind is Kind.WEIGHTED:
                history.weights = [mpf(5) / 10 + share(time) * 3 / 10, mpf(5) / 10 - share(time) * 3 / 10]
            else:
                history.amplification = 200 + share(time) * 1_800

        def drift(start: int, end: int) -> mpf:  # of log2 w_1 / w_0, or of log2 A
            state(start)
            before = [*history.weights, history.amplification]
            state(end)
            after = [*history.weights, history.amplification]
            if kind is Kind.WEIGHTED:
                return abs(mp.log(after[0] / after[1] * before[1] / before[0], 2))
            return abs(mp.log(after[2] / before[2], 2))

        times, integral, longest, off = [], mpf(0), mpf(0), mpf(0)
        gaps = (3 * DAY, DAY // 2, 5 * DAY, 60, DAY, 9 * DAY, DAY, 20 * DAY, 12 * DAY)
        for k, seconds in enumerate(gaps):
            if times:
                start, end = times[-1], times[-1] + seconds
                balances = world.balances(pool, 2)

                def price(time: mpf) -> mpf:
                    state(time)
                    return history.spot()[1]

                cuts = [start, *(t for t in (began + 40 * DAY,) if start < t < end), end]
                integral += mp.quad(price, cuts, maxdegree=4)
                longest = max(longest, drift(start, end))
                assert world.balances(pool, 2) == balances
                chain.set_next_timestamp(end)
            i = k % 2
            world.swap(pool, i, 1 - i, world.balances(pool, 2)[i] // (10 if kind is Kind.WEIGHTED else 4))
            times.append(history.now)
            if len(times) > 1:
                window = times[-1] - times[0]
                told = ring.twap(pool, 1, 0, window, 0)
                off = abs(log2_of(told) - integral / window)
                assert off <= longest + tolerance(window, told)
        assert times[-1] > began + 40 * DAY
        assert longest > mpf(1) / 100
        assert off > mpf(2) ** -25  # the bound is not idle
