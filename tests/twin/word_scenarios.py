"""Numbers of every size, which the scenarios of pools start from."""

from __future__ import annotations

import random
from functools import cached_property

WAD = 10**18


class Words:
    """Numbers without a meaning: sizes from 1 bit to 256, products and quotients that mostly fit."""

    def __init__(self, rng: random.Random, kind: str) -> None:
        self.rng, self.kind = rng, kind

    def size(self, low: int, high: int) -> int:
        """Draw between two numbers, all sizes alike."""
        bits = self.rng.randint(max(low, 1).bit_length(), high.bit_length())
        return min(max(self.rng.getrandbits(bits), low), high)

    def fraction(self, top: int = WAD) -> int:
        """Draw a part of `top`: all sizes alike or even."""
        return self.size(1, top) if self.rng.random() < 0.5 else self.rng.randint(1, top)

    def part(self, whole: int) -> int:
        return whole * self.fraction() // WAD

    @cached_property
    def a(self) -> int:
        return self.size(0, 2**128) if self.rng.random() < 0.6 else self.size(0, 2**256 - 1)

    @cached_property
    def b(self) -> int:
        return self.size(0, 2**120) if self.rng.random() < 0.7 else self.size(0, 2**256 - 1)

    @cached_property
    def c(self) -> int:
        least = (self.a * self.b >> 256) + 1
        return self.size(1, 2**256 - 1) if self.rng.random() < 0.4 else self.rng.randint(least, 2**256 - 1)
