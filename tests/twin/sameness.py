"""The three-way comparison of one function over many drawn cases, and its tally."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from poolwright.errors import PoolRevert
from poolwright.model import native
from poolwright.twin import types
from tests.twin.compare import same
from tests.twin.evm import Function, Outcome
from tests.twin.scenarios import draw

# Compiled once for each length of its arrays: these lengths only.
NATIVE_LENGTHS = {2, 3, 8}
LEAST_OK = 0.4
# Parameters that make a class possible.
_BALANCES = ("balance", "balances", "balance_in", "balance_out")
# Zero is nothing special here.
_OFTEN_ZERO = (
    "index",
    "index_in",
    "index_out",
    "left",
    "right",
    "slack",
    "fee",
    "decimals",
    "room",
    "amounts_in",
    "nets_e18",
)


@dataclass
class Tally:
    """Cases by class, those that did not revert by class, native comparisons, revert texts."""

    drawn: Counter[str] = field(default_factory=Counter)
    ok: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    native: int = 0
    texts: Counter[str] = field(default_factory=Counter)

    def add(self, classes: set[str], outcome: Outcome, compiled: bool) -> None:
        self.cases += 1
        self.native += compiled
        good = outcome[0] == "ok"
        for name in classes:
            self.drawn[name] += 1
            self.ok[name] += good
        if not good:
            self.texts[outcome[1] or "(no text)"] += 1

    def __iadd__(self, other: Tally) -> Tally:
        self.drawn += other.drawn
        self.ok += other.ok
        self.cases, self.native = self.cases + other.cases, self.native + other.native
        self.texts += other.texts
        return self

    @property
    def succeeded(self) -> int:
        return self.cases - self.texts.total()

    def line(self, name: str) -> str:
        classes = ", ".join(f"{c} {self.ok[c]}/{n}" for c, n in sorted(self.drawn.items()))
        share = 100 * self.succeeded // max(self.cases, 1)
        reverts = ", ".join(f"{t}: {n}" for t, n in self.texts.most_common(4))
        return f"{name}: {self.cases:,} cases ({self.native:,} native), {share} % succeed; {classes}" + (
            f"; reverts: {reverts}" if reverts else ""
        )

    def check(self, function: Function) -> None:
        """Assert that the cases say something: enough succeed and each edge was reached."""
        names = {n for n, _ in function.arguments}
        expected = {"zero"} if names - set(_OFTEN_ZERO) else set()
        if names & set(_BALANCES):
            expected |= {"one wei", "overflow"}
        if "balances" in names or {"balance_in", "balance_out"} <= names:
            expected.add("imbalance")
        for name in expected:
            assert self.drawn[name] > 0, f"{function.id}: no case of class '{name}'"
        # With one balance only, an amount below it is out of reach.
        if names & {"balances", "balance_in"}:
            assert self.ok["one wei"] > 0, f"{function.id}: no 1-wei case succeeds"
        assert self.succeeded >= LEAST_OK * self.cases, self.line(function.id)


def classify(function: Function, values: tuple[Any, ...]) -> set[str]:
    """Name the edges that a case really reaches, whatever it was drawn for."""
    found = set()
    balances: list[int] = []
    for (name, typ), value in zip(function.arguments, values, strict=True):
        numbers = value if isinstance(value, tuple) else (value,)
        if name in _BALANCES:
            balances += numbers
        if types.is_bool(typ):
            continue
        if 0 in numbers and name not in _OFTEN_ZERO:
            found.add("zero")
        if any(abs(v) >= 2**200 for v in numbers):
            found.add("overflow")
    if 1 in balances:
        found.add("one wei")
    if _imbalanced(function, values, balances):
        found.add("imbalance")
    return found or {"plain"}


def _imbalanced(function: Function, values: tuple[Any, ...], balances: list[int]) -> bool:
    """Tell whether two values are as far apart as a pool of the kind may have them."""
    if len(balances) < 2 or min(balances) == 0:
        return False
    factors = next((v for (n, _), v in zip(function.arguments, values, strict=True) if n == "factors"), None)
    if factors is None:
        return max(balances) >= min(balances) * 10**30
    worth = [b * f for b, f in zip(balances, factors, strict=False)]
    return bool(worth) and max(worth) >= max(min(worth), 1) * 2**13


def on_words(function: Function, values: tuple[Any, ...]) -> Outcome:
    """Run the twin compiled, on 256-bit words."""
    try:
        return "ok", native.call(function.twin, *function.shaped(values))
    except PoolRevert as revert:
        return "revert", revert.reason


def compiles(function: Function, values: tuple[Any, ...]) -> bool:
    """Tell whether a case has lengths that are compiled here: all arrays alike."""
    lengths = {len(v) for (_, t), v in zip(function.arguments, values, strict=True) if types.is_array(t)}
    return len(lengths) < 2 and lengths <= NATIVE_LENGTHS


def run(function: Function, rng: random.Random, cases: int, native: bool = True, kind: str = "") -> Tally:
    """Compare a function on drawn cases of one kind of pool, or of any; stop at the first difference."""
    tally = Tally()
    for _ in range(cases):
        values = draw(function, rng, kind)
        outcome = same(function, values)
        compiled = native and compiles(function, values)
        if compiled:
            found = on_words(function, values)
            assert found == outcome, f"{function.id}{values}: the contract says {outcome}, native {found}"
        tally.add(classify(function, values), outcome, compiled)
    return tally
