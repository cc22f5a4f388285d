"""Ramps and rates in exact fractions: where they are, and how far one block can move them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import mpmath
import pytest
from mpmath import mpf

from poolwright.errors import PoolRevert
from poolwright.model.maths import limits, ramp_maths, rate_maths
from poolwright.model.maths.ramp_maths import BLOCK, Ramp
from poolwright.model.maths.rate_maths import Rate

WAD = 10**18
CASES = 1_500


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mpmath.workdps(60):
        yield


def ramp(rng: random.Random) -> Ramp:
    """Draw a ramp: weights, amplifications (thousandths, where one unit is much), or any numbers."""
    low, high = rng.choice(((limits.MIN_WEIGHT, WAD), (1_000, 20_000), (1_000, 10_000_000), (1, 2**64 - 1)))
    start_time = rng.randint(0, 2**31)
    duration = rng.choice((1, 11, 12, 13, rng.randint(1, 3_000), rng.randint(1, 2**31)))
    return Ramp(rng.randint(low, high), rng.randint(low, high), start_time, start_time + duration)


def moments(rng: random.Random, r: Ramp) -> list[int]:
    """Times around both ends, and inside."""
    edges = [max(t + step, 0) for t in (r.start_time, r.end_time) for step in (-13, -12, -1, 0, 1, 12)]
    return edges + [rng.randint(r.start_time, r.end_time) for _ in range(20)]


def exact(r: Ramp, now: int) -> Fraction:
    done = Fraction(min(max(now, r.start_time), r.end_time) - r.start_time, r.end_time - r.start_time)
    return r.start + (r.end - r.start) * done


def test_value_is_on_the_line_rounded_towards_the_start() -> None:
    rng = random.Random(1)
    for _ in range(CASES):
        r = ramp(rng)
        word = ramp_maths.pack(r)
        assert ramp_maths.unpack(word) == r
        for now in moments(rng, r):
            value, line = ramp_maths.value_at(word, now), exact(r, now)
            assert abs(value - line) < 1
            assert abs(value - r.start) <= abs(line - r.start)
        assert ramp_maths.value_at(word, r.start_time) == r.start
        assert ramp_maths.value_at(word, r.end_time) == r.end


def test_no_block_moves_further_than_the_step() -> None:
    rng, near = random.Random(2), 0
    for _ in range(CASES):
        r = ramp(rng)
        word, bound = ramp_maths.pack(r), ramp_maths.step_of(r.start, r.end, r.end_time - r.start_time)
        for now in moments(rng, r):
            a, b = ramp_maths.value_at(word, now), ramp_maths.value_at(word, now + BLOCK)
            moved = abs(mpmath.log(mpf(b) / a)) * WAD
            assert moved <= bound, (r, now)
            near += moved > mpf("0.9") * bound > 0
    assert near > CASES // 10  # the bound is not idle


def test_step_counts_whole_units() -> None:
    """From A = 1 by a tenth in a day: the line climbs 1.4e-5 a block, but the integer jumps by a thousandth."""
    assert ramp_maths.step_of(1_000, 1_100, 86_400) == 10**15
    assert ramp_maths.step_of(1_000, 1_000, 86_400) == 0


@pytest.mark.parametrize("empty", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_an_empty_ramp_has_no_step(empty: tuple[int, int, int]) -> None:
    with pytest.raises(PoolRevert, match="ramp: empty"):
        ramp_maths.step_of(*empty)


# ---------------------------------------------------------------- rates


def rate(rng: random.Random, time: int = 1_000) -> Rate:
    return Rate(rng.randint(limits.MIN_RATE, limits.MAX_RATE), time, rng.random() < 0.5)


def move(rng: random.Random) -> int:
    return rng.choice((0, 1, 10**14, rng.randint(0, WAD // 2)))


def test_a_rate_follows_by_its_bound_and_no_further_in_both_directions() -> None:
    rng = random.Random(3)
    frozen = {True: 0, False: 0}
    for _ in range(CASES * 4):
        held, most = rate(rng), move(rng)
        step = held.accepted * most // WAD
        reported = rng.choice(
            (
                held.accepted + rng.choice((-1, 1)) * (step + rng.randint(-1, 1)),
                rng.randint(1, limits.MAX_RATE),
            )
        )
        new = rate_maths.followed(held, reported, most, 1_001)
        assert abs(Fraction(new.accepted, held.accepted) - 1) <= Fraction(most, WAD)
        between = sorted((held.accepted, reported))
        assert between[0] <= new.accepted <= between[1]
        assert new.frozen == (new.accepted != reported)
        assert new.time == 1_001
        if new.frozen:
            assert abs(new.accepted - held.accepted) == step
        frozen[new.frozen] += 1
    assert min(frozen.values()) > CASES // 2


def test_within_a_block_a_rate_stays() -> None:
    rng = random.Random(4)
    for _ in range(CASES):
        held, most, reported = rate(rng), move(rng), rng.randint(1, limits.MAX_RATE)
        new = rate_maths.followed(held, reported, most, rng.choice((999, 1_000)))
        far = abs(reported - held.accepted) > held.accepted * most // WAD
        assert new == Rate(held.accepted, 1_000, held.frozen or far)


@pytest.mark.parametrize("reported", [2 * WAD, WAD // 2])
def test_a_steady_report_is_reached_and_thaws(reported: int) -> None:
    held, most, blocks = Rate(WAD, 0, False), 10**16, 0
    while held.accepted != reported or held.frozen:
        held, blocks = rate_maths.followed(held, reported, most, held.time + BLOCK), blocks + 1
    line = abs(mpmath.log(mpf(reported) / WAD)) / mpmath.log(mpf("1.01"))
    assert abs(blocks - line) <= 2


def test_sound_reports_are_recent_and_within_the_limits() -> None:
    good = (WAD, 900, 1_000, 100)
    assert rate_maths.is_sound(*good)
    assert rate_maths.is_sound(limits.MIN_RATE, *good[1:])
    assert rate_maths.is_sound(limits.MAX_RATE, *good[1:])
    for bad in (
        (limits.MIN_RATE - 1, 900, 1_000, 100),
        (limits.MAX_RATE + 1, 900, 1_000, 100),
        (WAD, 1_001, 1_000, 100),  # from the future
        (WAD, 899, 1_000, 100),
    ):
        assert not rate_maths.is_sound(*bad)


def test_rate_words_unpack_to_what_was_packed() -> None:
    rng = random.Random(5)
    for _ in range(CASES):
        held = rate(rng, rng.getrandbits(32))
        assert rate_maths.unpack(rate_maths.pack(held)) == held
