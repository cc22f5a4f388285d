"""What a TWAP ring is held to: log prices at many digits, noted after every transaction and integrated exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from mpmath import findroot, log, mp, mpf

from poolwright.chain.revert import CallReverted
from poolwright.spec.kind import Kind
from tests.contracts.contract import Contract
from tests.contracts.protocol import World

E36 = mpf(10) ** 36
RECORD = 128
DIGITS = 40


def log2(value: Any) -> mpf:
    return log(value, 2)


def stable_slopes(x: Sequence[mpf], amplification: mpf) -> list[mpf]:
    """Slopes of D of the StableSwap equation, A n S + D = A n D + D^(n+1) / (n^n prod x), by central differences."""
    n = len(x)

    def invariant(balances: Sequence[mpf]) -> mpf:
        product = mpf(1)
        for each in balances:
            product *= each * n
        ann = amplification * n
        return findroot(
            lambda d: ann * sum(balances) + d - ann * d - d ** (n + 1) / product,
            sum(balances),
            tol=mpf(10) ** -50,
        )

    found = []
    for i, each in enumerate(x):
        step = each * mpf(10) ** -12
        above, below = list(x), list(x)
        above[i], below[i] = each + step, each - step
        found.append((invariant(above) - invariant(below)) / (2 * step))
    return found


class History:
    """A pool's log2 prices of each asset in asset 0 (raw units), as they stood from block to block."""

    def __init__(self, world: World, pool: str, kind: Kind, decimals: Sequence[int], **more: Any) -> None:
        """`more`: weights of a weighted pool; amplification and rates, in whole numbers, of a stable one."""
        self.world, self.pool, self.kind, self.decimals = world, pool, kind, decimals
        self.weights = more.get("weights") or [mpf(1)] * len(decimals)
        self.amplification = mpf(more.get("amplification", 200))
        self.rates = more.get("rates") or [mpf(1)] * len(decimals)
        self.stood: list[tuple[int, list[mpf]]] = []

    @property
    def now(self) -> int:
        return self.world.chain.blocks[-1].timestamp

    def spot(self) -> list[mpf]:
        """log2 of the price of each asset in asset 0, from the ledger's balances."""
        balances = [mpf(each) for each in self.world.balances(self.pool, len(self.decimals))]
        if self.kind is not Kind.STABLE:
            worth = [mpf(w) / b for w, b in zip(self.weights, balances, strict=True)]
        else:
            units = [r / mpf(10) ** d for r, d in zip(self.rates, self.decimals, strict=True)]
            x = [b * unit for b, unit in zip(balances, units, strict=True)]
            worth = [s * unit for s, unit in zip(stable_slopes(x, self.amplification), units, strict=True)]
        return [log2(each / worth[0]) for each in worth]

    def note(self) -> None:
        """Take down how the pool stands after a transaction."""
        prices = self.spot()
        if self.stood and self.stood[-1][0] == self.now:
            self.stood.pop()
        self.stood.append((self.now, prices))

    def mean(self, base: int, quote: int, start: int, end: int) -> mpf:
        """log2 of the price of base in quote, averaged from start to end."""
        total = mpf(0)
        ends = [time for time, _ in self.stood[1:]] + [max(end, self.now)]
        for (time, prices), until in zip(self.stood, ends, strict=True):
            seconds = min(until, end) - max(time, start)
            if seconds > 0:
                total += (prices[base] - prices[quote]) * seconds
        return total / (end - start)


def log2_of(answer: int) -> mpf:
    """log2 of a price as the ring gives it."""
    return log2(mpf(answer) / E36)


def tolerance(seconds: int, answer: int) -> mpf:
    """What truncation may do to log2 of an average over some seconds.

    Two log prices are cut to units of 2^-34, four sums to units of a second times that, and the answer to 3 units.
    """
    return mpf(2) ** -33 + mpf(2) ** -32 / seconds + mpf(2) ** -55 + mpf(5) / answer


def plug(world: World, pool: str, module: Contract | None) -> None:
    word = int(module.address, 16) | RECORD << 160 if module else 0
    world.do(pool, "module", [word], wait=0)


def trade(history: History, i: int = 0, o: int = 1, part: int = 20, seconds: int = 0) -> None:
    """A swap of a part of the balance, some seconds later than the next block would be."""
    history.world.chain.increase_time(seconds)
    history.world.swap(
        history.pool, i, o, history.world.balances(history.pool, len(history.decimals))[i] // part
    )
    history.note()


def holds(history: History, ring: Contract, base: int, quote: int, start: int, end: int) -> None:
    """The ring's average from start to end is the exact one."""
    with mp.workdps(DIGITS):
        now = history.now
        told = ring.twap(history.pool, base, quote, now - start, now - end)
        off = abs(log2_of(told) - history.mean(base, quote, start, end))
        assert off <= tolerance(end - start, told), (start, end)


def refused(text: str, call: Callable[[], Any]) -> None:
    with pytest.raises(CallReverted, match=f"^{text}$"):
        call()


def holds_all(history: History, ring: Contract, times: list[int]) -> None:
    """From each observation to the newest, and between neighbours."""
    for start, end in [*((t, times[-1]) for t in times[:-1]), *zip(times, times[1:], strict=False)]:
        holds(history, ring, 0, 2, start, end)
