"""Steered arguments for what a pool remembers: asset words, oracle, fee policies, ramps, rates, constitution.

The fields of a struct and the bits of a word are drawn from the same scenario as the plain arguments.
"""

from __future__ import annotations

import random
from functools import cached_property

from poolwright.model.maths import asset_word, constitution, limits, ramp_maths
from tests.twin.word_scenarios import WAD, Words

MODULES = ("asset_word", "constitution", "fee_policy_maths", "oracle_maths", "ramp_maths", "rate_maths")
START = 1_750_000_000


class Memory(Words):
    """One asset of one pool, its terms, its ramp and its rate, at some time."""

    def __init__(self, rng: random.Random, kind: str, function: str) -> None:
        super().__init__(rng, kind)
        self.function = function

    # ---------------------------------------------------------------- oracle

    @cached_property
    def balance(self) -> int:
        return self.rng.choice((1, limits.MAX_BALANCE, self.size(1, limits.MAX_BALANCE)))

    @cached_property
    def drift(self) -> int:
        # A logarithm of 1 is 2^28; the range ends at 2^33.
        return self.size(0, 2**33 - 1) * self.rng.choice((-1, 1))

    @cached_property
    def variance(self) -> int:
        return self.size(0, asset_word.MAX_VARIANCE)

    @cached_property
    def time(self) -> int:
        return START + self.size(0, 2**30)

    @cached_property
    def asset(self) -> tuple[int, ...]:
        owed, flags = self.size(0, asset_word.MAX_OWED), self.size(0, asset_word.MAX_FLAGS)
        return self.balance, owed, self.drift, self.variance, self.time, flags

    @cached_property
    def half_life(self) -> int:
        return self.size(1, 2**24 - 1)

    @cached_property
    def elapsed(self) -> int:
        whole = self.half_life * self.rng.randint(0, 70)
        return self.rng.choice((0, 12, whole, whole + 1, self.size(0, 2 * self.half_life)))

    @cached_property
    def now(self) -> int:
        if self.function == "ramp_maths.value_at":
            before, after = self.ramp[2] - 10, self.ramp[3] + 10
            return self.rng.choice((*self.ramp[2:], self.rng.randint(before, max(after, before))))
        if self.function == "rate_maths.is_sound":
            return self.updated + self.rng.choice((0, self.max_age, self.part(self.max_age), -1))
        return self.time + (self.elapsed if self.rng.random() < 0.9 else -self.size(0, START))

    @cached_property
    def before(self) -> int:
        return self.balance

    @cached_property
    def after(self) -> int:
        if self.rng.random() < 0.5:
            return max(self.balance + self.part(self.balance) * self.rng.choice((-1, 1)), 1)
        return self.size(1, limits.MAX_BALANCE)

    # ---------------------------------------------------------------- fee policies and terms

    @cached_property
    def fees(self) -> list[int]:
        top = self.rng.choice((limits.MAX_SWAP_FEE, self.size(1, limits.MAX_SWAP_FEE)))
        return sorted(self.rng.choice((0, top, self.size(0, top))) for _ in range(3))

    @cached_property
    def least(self) -> int:
        return self.fees[0]

    @cached_property
    def base(self) -> int:
        return self.fees[1]

    @cached_property
    def most(self) -> int:
        return self.fees[2]

    @cached_property
    def slope(self) -> int:
        return self.size(0, 2**64 - 1)

    @cached_property
    def volatility(self) -> int:
        return self.size(0, WAD)

    @cached_property
    def value_in(self) -> int:
        return self.size(1, 2**240)

    @cached_property
    def value_out(self) -> int:
        if self.rng.random() < 0.7:
            return max(self.value_in * self.rng.choice((1, 1, 2, 99, 101)) // self.rng.choice((1, 2, 100)), 1)
        return self.size(1, 2**240)

    @cached_property
    def account_class(self) -> int:
        return self.rng.randint(0, 4)

    @cached_property
    def threshold(self) -> int:
        return self.size(1, 2**94)

    @cached_property
    def measure(self) -> int:
        return self.threshold * self.rng.choice((1, 10, 100)) + self.rng.choice(
            (-1, 0, 1, self.size(0, 2**100))
        )

    @cached_property
    def highest(self) -> int:
        return self.rng.choice((limits.MAX_SWAP_FEE, self.most, self.size(0, WAD)))

    # ---------------------------------------------------------------- ramps

    @cached_property
    def start(self) -> int:
        return self.rng.choice((self.rng.randint(limits.MIN_WEIGHT, WAD), self.size(1, 2**64 - 1)))

    @cached_property
    def end(self) -> int:
        return self.rng.choice((self.start + self.part(self.start) // 9, self.start, self.size(1, 2**64 - 1)))

    @cached_property
    def duration(self) -> int:
        return self.rng.choice((1, 86_400, self.size(1, 2**32 - 1)))

    @cached_property
    def ramp(self) -> tuple[int, ...]:
        return self.start, min(self.end, 2**64 - 1), self.time, min(self.time + self.duration, 2**32 - 1)

    # ---------------------------------------------------------------- rates

    @cached_property
    def accepted(self) -> int:
        return self.rng.choice((WAD, self.size(limits.MIN_RATE, limits.MAX_RATE)))

    @cached_property
    def rate(self) -> tuple[int, int, bool]:
        return self.accepted, self.time, self.rng.random() < 0.3

    @cached_property
    def max_move(self) -> int:
        return self.rng.choice((0, 10**14, self.size(1, 2**60 - 1)))

    @cached_property
    def reported(self) -> int:
        step = self.accepted * self.max_move // WAD
        edge = self.accepted + self.rng.choice((-1, 1)) * (step + self.rng.choice((-1, 0, 1)))
        return self.rng.choice((edge, self.accepted, limits.MIN_RATE, limits.MAX_RATE, self.size(1, 10**21)))

    @cached_property
    def updated(self) -> int:
        return self.time

    @cached_property
    def max_age(self) -> int:
        return self.size(0, 2**32 - 1)

    # ---------------------------------------------------------------- words

    @cached_property
    def which(self) -> int:
        return self.rng.randint(0, 7)

    @cached_property
    def word(self) -> int:
        if self.function == "ramp_maths.value_at":
            return ramp_maths.pack(ramp_maths.Ramp(*self.ramp))
        if self.function == "constitution.check_terms":
            return (
                self.base
                | self.least << 60
                | self.most << 120
                | self.slope << 180
                | self.rng.randint(0, 5) << 244
            )
        if self.function == "constitution.check_split":
            parts = [self.size(0, WAD // 2), self.size(0, WAD // 2), self.size(0, WAD)]
            source = self.rng.randint(0, constitution.POOLED + 1)
            return (
                parts[0] | parts[1] << 60 | parts[2] << 120 | source << 180 | self.size(0, 2**64 - 1) << 188
            )
        return self.rng.getrandbits(256)
