"""Steered arguments for the maths: drawn from a random pool, so that functions with a domain mostly succeed.

A parameter's name says what it means (balance_in, weights, net_in_e18, ...). Each scenario is one pool, lazily
drawn; a parameter without a rule here falls back to `compare.random_value`. A class then bends the case towards
an edge: see CLASSES.
"""

from __future__ import annotations

import random
from functools import cached_property
from typing import Any

from poolwright.errors import PoolRevert
from poolwright.model.maths import stable_invariant
from poolwright.spec import bounds
from poolwright.twin import types
from tests.twin.compare import edges, random_value
from tests.twin.evm import Function
from tests.twin.memory_scenarios import MODULES as MEMORY
from tests.twin.memory_scenarios import Memory
from tests.twin.word_scenarios import WAD, Words

E36 = 10**36
DECIMALS = (0, 2, 6, 8, 18)
# Class -> how many cases in a hundred are drawn with it.
CLASSES = {"plain": 52, "one wei": 14, "imbalance": 14, "zero": 8, "overflow": 8, "wild": 4}
_NAMES, _WEIGHTS = list(CLASSES), list(CLASSES.values())
LARGEST = 10**33


class Logs(Words):
    """Ratios and exponents of log_exp: mostly inside its domain, often near 1."""

    @cached_property
    def d(self) -> int:
        return self.size(1, 2**176 - 1)

    @cached_property
    def n(self) -> int:
        if self.rng.random() < 0.6:
            return self.d + self.part(self.d) * self.rng.choice((-1, 1, 2))
        return self.size(1, 2**176 - 1)

    @cached_property
    def q(self) -> int:
        return self.rng.choice((1, 2, 8, WAD, self.rng.randint(bounds.MIN_WEIGHT, WAD)))

    @cached_property
    def p(self) -> int:
        return self.rng.choice((1, self.q, self.rng.randint(1, 3 * self.q), self.part(self.q) + 1))

    @cached_property
    def y(self) -> int:
        return self.size(0, 140 << 96) * self.rng.choice((-1, 1))

    @cached_property
    def x(self) -> int:
        return self.size(0, 95 * E36) * self.rng.choice((-1, 1))

    @cached_property
    def small(self) -> int:
        return self.d

    @cached_property
    def large(self) -> int:
        return max(self.n, self.d)

    @cached_property
    def z(self) -> int:
        return ((self.large - self.small) << 80) // (self.large + self.small)

    @cached_property
    def magnitude(self) -> int:
        return self.size(0, 137 << 96)

    @cached_property
    def slack(self) -> int:
        return self.rng.randint(0, 1)


class Pool(Words):
    """A weighted or constant product pool: balances from 1 wei to 1e33, any weights, any fee."""

    most_assets = 8

    @cached_property
    def assets(self) -> int:
        return self.rng.randint(2, self.most_assets)

    @cached_property
    def i(self) -> int:
        return self.rng.randrange(self.assets)

    @cached_property
    def j(self) -> int:
        return self.rng.choice([k for k in range(self.assets) if k != self.i])

    @cached_property
    def balances(self) -> tuple[int, ...]:
        if self.kind == "one wei":
            found = [self.rng.choice((1, self.size(1, 1000))) for _ in range(self.assets)]
            found[self.rng.choice((self.i, self.j))] = 1
        elif self.kind == "imbalance":
            found = [self.rng.choice((1, LARGEST, self.size(1, LARGEST))) for _ in range(self.assets)]
            found[self.i], found[self.j] = self.rng.choice(((1, LARGEST), (LARGEST, 1)))
        else:
            found = [self.size(1, LARGEST) for _ in range(self.assets)]
        return tuple(found)

    @cached_property
    def equal(self) -> bool:
        """Constant product: weights 1."""
        return self.rng.random() < 0.4

    @cached_property
    def weights(self) -> tuple[int, ...]:
        if self.equal:
            return (1,) * self.assets
        spare = WAD - self.assets * bounds.MIN_WEIGHT
        cuts = sorted(self.rng.randint(0, spare) for _ in range(self.assets - 1))
        return tuple(
            bounds.MIN_WEIGHT + above - below for below, above in zip((0, *cuts), (*cuts, spare), strict=True)
        )

    @cached_property
    def total_weight(self) -> int:
        return sum(self.weights)

    @cached_property
    def weight(self) -> int:
        return self.weights[self.i]

    @cached_property
    def weight_in(self) -> int:
        return self.weight

    @cached_property
    def weight_out(self) -> int:
        return self.weights[self.j]

    @cached_property
    def balance(self) -> int:
        return self.balances[self.i]

    @cached_property
    def balance_in(self) -> int:
        return self.balances[self.i]

    @cached_property
    def balance_out(self) -> int:
        return self.balances[self.j]

    @cached_property
    def net_in_e18(self) -> int:
        return max(self.part(self.balance_in * WAD // 2), 1)

    @cached_property
    def amount_out(self) -> int:
        return max(self.part(self.balance_out // 3), 1)

    @cached_property
    def amount_in(self) -> int:
        return max(self.part(self.balance_in), 1)

    @cached_property
    def amount(self) -> int:
        return self.part(self.balance)

    @cached_property
    def amounts_in(self) -> tuple[int, ...]:
        most = self.rng.choice((1, 1, 9))
        return tuple(self.part(b * most) * (self.rng.random() < 0.8) for b in self.balances)

    @cached_property
    def nets_e18(self) -> tuple[int, ...]:
        return tuple(a * WAD - self.part(a) for a in self.amounts_in)

    @cached_property
    def fee(self) -> int:
        return self.rng.choice((0, 1, 3 * 10**15, bounds.MAX_SWAP_FEE, self.size(0, bounds.MAX_SWAP_FEE)))

    @cached_property
    def supply(self) -> int:
        return self.size(bounds.MINIMUM_SHARES + 1, bounds.MAX_SHARES >> 8)

    @cached_property
    def shares(self) -> int:
        # A small weight moves fast: mostly less than the asset's own part of the pool.
        reach = 1 if self.rng.random() < 0.3 else max(self.total_weight // self.weight, 1)
        return max(self.part(self.supply // reach), 1)

    @cached_property
    def invariant(self) -> int:
        return self.size(bounds.MINIMUM_SHARES, bounds.MAX_SHARES)

    @cached_property
    def fee_amount(self) -> int:
        return self.size(0, LARGEST)

    @cached_property
    def protocol_share(self) -> int:
        return self.fraction(bounds.MAX_PROTOCOL_SHARE)

    @cached_property
    def creator_share(self) -> int:
        return self.fraction(WAD // 4)

    @cached_property
    def integrator_share(self) -> int:
        return self.creator_share

    @cached_property
    def decimals(self) -> int:
        return self.rng.choice(DECIMALS)

    @cached_property
    def rate(self) -> int:
        return self.rng.choice((WAD, self.rng.randint(WAD * 9 // 10, 2 * WAD), self.size(10**16, 10**20)))

    @cached_property
    def factor(self) -> int:
        return int(10 ** (18 - self.decimals)) * self.rate

    @cached_property
    def amount_raw(self) -> int:
        return self.size(1, LARGEST)

    @cached_property
    def amount_scaled18(self) -> int:
        return self.amount_raw

    @cached_property
    def u(self) -> int:
        return self.rng.randint(E36 // 2, 2 * E36)

    @cached_property
    def ratio(self) -> int:
        return self.rng.randint(E36 // 2, 2 * E36)

    @cached_property
    def taxed(self) -> int:
        return self.rng.randint(E36 // 2, E36)

    def before(self, name: str) -> None:
        """Prepare for one function: what it solves for, and for which token."""
        if name.endswith("solve_up"):
            self.taxed = E36 + self.part(2 * E36)
        if name == "compute_shares_given_amount_out":
            self.amount_out = max(self.part(self.balance // 3), 1)


class Stable(Pool):
    """A stable pool: values near each other, or as far apart as the domain admits; any decimals and rates."""

    @cached_property
    def factors(self) -> tuple[int, ...]:
        alike = self.kind == "one wei" and self.rng.random() < 0.8
        decimals, found = self.rng.choice(DECIMALS), []
        for _ in range(self.assets):
            decimals = decimals if alike else self.rng.choice(DECIMALS)
            rate = WAD if alike else self.rng.choice((WAD, self.rng.randint(WAD // 2, 2 * WAD)))
            found.append(10 ** (18 - decimals) * rate)
        return tuple(found)

    @cached_property
    def balances(self) -> tuple[int, ...]:
        if self.kind == "one wei":
            found = [self.rng.randint(1, 9) for _ in range(self.assets)]
            found[self.rng.choice((self.i, self.j))] = 1
            return tuple(found)
        value = self.size(max(self.factors) << 6, LARGEST * min(self.factors))
        spread = [self.rng.randint(WAD // 4, WAD) for _ in range(self.assets)]
        if self.kind == "imbalance":
            # The edge of the domain is a 2^-16 part of the sum.
            edge = sum(spread) >> stable_invariant.IMBALANCE_BITS
            spread[self.rng.choice((self.i, self.j))] = (
                edge * self.rng.choice((99, 101, 110, 200, 2000)) // 100
            )
        return tuple(max(value * s // WAD // f, 1) for s, f in zip(spread, self.factors, strict=True))

    @cached_property
    def amplification(self) -> int:
        return self.rng.choice((1000, 100_000, 2_000_000, 10_000_000, self.size(1000, 10_000_000)))

    @cached_property
    def index(self) -> int:
        return self.i

    @cached_property
    def index_in(self) -> int:
        return self.index

    @cached_property
    def index_out(self) -> int:
        return self.j if self.rng.random() < 0.97 else self.i

    @cached_property
    def factor_in(self) -> int:
        return self.factors[self.i]

    @cached_property
    def factor_out(self) -> int:
        return self.factors[self.j]

    @cached_property
    def net_in_e18(self) -> int:
        # Worth up to half of the balance that leaves.
        most = self.balance_out * self.factor_out // self.factor_in
        return max(self.part(max(most, 1) * WAD), 1)

    @cached_property
    def amount_out(self) -> int:
        return max(self.part(self.balance_out // 2), 1)

    @cached_property
    def shares(self) -> int:
        return max(self.part(self.supply // (2 * self.assets)), 1)

    @cached_property
    def room(self) -> int:
        return self.part(sum(b * f for b, f in zip(self.balances, self.factors, strict=True)))

    @cached_property
    def values(self) -> tuple[int, ...]:
        return tuple(b * f for b, f in zip(self.balances, self.factors, strict=True))

    @cached_property
    def worth(self) -> int:
        return sum(self.values) + self.rng.choice((0, self.room))

    @cached_property
    def normal(self) -> tuple[tuple[int, ...], int, int]:
        try:
            return stable_invariant.normalise(self.values, sum(self.values))[:3]
        except PoolRevert:
            base = 1 << self.rng.randint(88, 100)
            return tuple(self.rng.randint(base, 2 * base) for _ in range(self.assets)), 0, 64

    @cached_property
    def x(self) -> tuple[int, ...]:
        return self.normal[0]

    @cached_property
    def left(self) -> int:
        return self.normal[1]

    @cached_property
    def right(self) -> int:
        return self.normal[2]

    @cached_property
    def total(self) -> int:
        return sum(self.x)

    @cached_property
    def least(self) -> int:
        return min(self.x)

    @cached_property
    def after(self) -> tuple[int, ...]:
        """Balances that have grown, to x: what they were shows in the three that follow."""
        return self.x

    @cached_property
    def least_before(self) -> int:
        return self.rng.choice((self.least, self.part(self.least)))

    @cached_property
    def added(self) -> int:
        return self.part(self.total)

    @cached_property
    def d_before(self) -> int:
        return min(self.d, self.total)

    @cached_property
    def start(self) -> int:
        """Where a solver of D or of a balance begins: above it, below it, or anywhere."""
        some = self.rng.choice((self.total, self.total // 2, self.d, self.x[self.rng.randrange(self.assets)]))
        return some * self.rng.choice((WAD, self.rng.randint(WAD // 2, WAD))) // WAD

    @cached_property
    def ann(self) -> int:
        return self.amplification * self.assets

    @cached_property
    def d(self) -> int:
        try:
            exact = stable_invariant.invariant_up(self.x, self.total, self.least, self.amplification)
        except PoolRevert:
            exact = self.total
        return exact * self.rng.choice((WAD, WAD, self.rng.randint(WAD * 9 // 10, WAD * 11 // 10))) // WAD

    @cached_property
    def product(self) -> int:
        return self.d * self.rng.randint(WAD // 2, 2 * WAD) // WAD

    @cached_property
    def u(self) -> int:
        return self.rng.randint(E36 * 9 // 10, E36 * 11 // 10)


def scenario(function: Function, rng: random.Random, kind: str) -> Words:
    """Return the scenario that a module's parameters are drawn from."""
    module = function.module
    if module in MEMORY:
        return Memory(rng, kind, function.id)
    cls = {"fixed_point": Words, "log_exp": Logs}.get(module, Stable if "stable" in module else Pool)
    return cls(rng, kind)


def draw(function: Function, rng: random.Random, pool: str = "") -> tuple[Any, ...]:
    """Draw the arguments of one case, of one kind of pool or of any."""
    kind = rng.choices(_NAMES, _WEIGHTS)[0]
    if kind == "wild":
        return tuple(random_value(rng, typ) for _, typ in function.arguments)
    drawn = scenario(function, rng, kind)
    if isinstance(drawn, Pool):
        if pool == "weighted" or function.module == "weighted_maths":
            drawn.equal = False
        elif pool == "constant_product":
            drawn.equal = True
        drawn.before(function.name)
    values = [
        fit(getattr(drawn, name) if hasattr(drawn, name) else random_value(rng, typ), typ)
        for name, typ in function.arguments
    ]
    if kind in ("zero", "overflow"):
        at = rng.randrange(len(values))
        values[at] = bend(values[at], function.arguments[at][1], kind, rng)
    return tuple(values)


def bend(value: Any, typ: Any, kind: str, rng: random.Random) -> Any:
    """Set a number, or one element of an array or struct, to zero or to something near a word's end."""
    if types.is_composite(typ):
        if not value:
            return value
        at = rng.randrange(len(value))
        member = typ.value_type if types.is_array(typ) else list(typ.member_types.values())[at]
        return (*value[:at], bend(value[at], member, kind, rng), *value[at + 1 :])
    if types.is_bool(typ):
        return value
    return 0 if kind == "zero" else rng.choice([e for e in edges(typ) if abs(e) > 2**100])


def fit(value: Any, typ: Any) -> Any:
    """Keep a drawn number inside its type."""
    if types.is_integer(typ):
        low, high = types.bounds(typ)
        return min(max(value, low), high)
    return value
