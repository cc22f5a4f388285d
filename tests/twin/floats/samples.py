"""Random cases of every measured function: arguments, the unit of its results and what an error is held against.

Two domains. `usual`: weights from 10 %, values within a factor of 100 of each other, rates 0.5 to 2, fee up to 1 %,
amplification 10 to 2,000. `wide`: weights from 1 %, values within a factor of 10,000, rates 0.01 to 100, fee up to
10 %, amplification 1 to 10,000. In both: 2 to 8 assets, balances 1e3 to 1e33 raw units, every number of decimals,
trades from 1e-9 of the balance to past the limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from poolwright.model import maths
from poolwright.model.maths import limits, stable_maths

WAD = 10**18
LOW, HIGH = 10**3, 10**33
DOMAINS = ("usual", "wide")


@dataclass
class Case:
    """`trade`: position of the amount that a limit is about; None where nothing can revert.

    `unit`: one raw unit of each result, as the function scales it (1e18 for `_e18`), 0 where only the relative
    error counts; `scales`: the balance that moves (stable: the pool's value in that token), in the result's units;
    `grows`: the result is added to it, and the balance after the operation is what counts.
    """

    args: tuple[Any, ...]
    scales: tuple[float, ...]
    unit: float = 1.0
    trade: int | None = None
    grows: bool = False


@dataclass(frozen=True)
class Domain:
    weight: int
    spread: float
    rate: float
    fee: int
    amplification: tuple[int, int]


RANGES = {
    "usual": Domain(WAD // 10, 1e2, 2.0, WAD // 100, (10_000, 2_000_000)),
    "wide": Domain(WAD // 100, 1e4, 100.0, WAD // 10, (1_000, 10_000_000)),
}


@dataclass
class Draw:
    """The draws of one case."""

    rng: Random
    domain: str
    of: Domain = field(init=False)

    def __post_init__(self) -> None:
        self.of = RANGES[self.domain]

    def log(self, low: float, high: float) -> int:
        return max(1, int(math.exp(self.rng.uniform(math.log(low), math.log(high)))))

    def part(self, whole: int, most: float = 1.0) -> int:
        """A trade: from 1e-9 of the whole up to `most` of it."""
        return max(1, int(whole * math.exp(self.rng.uniform(math.log(1e-9), math.log(most)))))

    def balance(self) -> int:
        return self.log(LOW, HIGH)

    def fee(self) -> int:
        return self.rng.choice((0, self.of.fee, self.rng.randrange(self.of.fee + 1)))

    def weights(self, n: int) -> tuple[int, ...]:
        free = WAD - n * self.of.weight
        cuts = sorted(self.rng.randrange(free + 1) for _ in range(n - 1))
        edges = [0, *cuts, free]
        return tuple(self.of.weight + b - a for a, b in zip(edges, edges[1:], strict=False))

    def stable(self) -> tuple[tuple[int, ...], tuple[int, ...], int]:
        """(balances, factors, amplification) of a pool whose values lie within the domain's spread."""
        while True:
            n = self.rng.randrange(2, 9)
            total = self.log(1e21, 1e69)
            factors, balances = [], []
            for _ in range(n):
                decimals = self.rng.choice((0, 2, 6, 8, 18))
                rate = int(WAD * math.exp(self.rng.uniform(-1, 1) * math.log(self.of.rate)))
                factors.append(10 ** (18 - decimals) * rate)
                balances.append(self.log(total, total * self.of.spread) // factors[-1])
            if all(LOW <= b <= HIGH for b in balances):
                return tuple(balances), tuple(factors), self.rng.randrange(*self.of.amplification)


def _weighted(d: Draw, exact_in: bool) -> Case:
    b_in, b_out, w = d.balance(), d.balance(), d.weights(2 if d.domain == "wide" else 5)
    if exact_in:
        return Case((b_in, w[0], b_out, w[1], d.part(b_in, 1.2) * (WAD - d.fee())), (b_out,), trade=4)
    return Case((b_in, w[0], b_out, w[1], d.part(b_out, 0.6)), (b_in * WAD,), WAD, 4, True)


def _constant_product(d: Draw, exact_in: bool) -> Case:
    b_in, b_out = d.balance(), d.balance()
    if exact_in:
        return Case((b_in, b_out, d.part(HIGH, 1.0) * (WAD - d.fee())), (b_out,), trade=2)
    return Case((b_in, b_out, d.part(b_out, 1.1)), (b_in * WAD,), WAD, 2, True)


def _pair(d: Draw) -> tuple[tuple[int, ...], tuple[int, ...], int, int, int, int]:
    balances, factors, amplification = d.stable()
    i, o = d.rng.sample(range(len(balances)), 2)
    return balances, factors, amplification, i, o, sum(b * f for b, f in zip(balances, factors, strict=True))


def _stable(d: Draw, exact_in: bool) -> Case:
    balances, factors, amplification, i, o, value = _pair(d)
    args = (balances, factors, amplification, i, o)
    if exact_in:
        net = d.part(max(balances[i], balances[o] * factors[o] // factors[i]), 3.0) * (WAD - d.fee())
        return Case((*args, net), (value / factors[o],), trade=5)
    return Case((*args, d.part(balances[o])), (value / factors[i] * WAD,), WAD, 5, True)


def _stable_price(d: Draw) -> Case:
    return Case(_pair(d)[:5], (1.0,), 0.0)


def _geometric(d: Draw) -> tuple[tuple[int, ...], tuple[int, ...], int, int]:
    n = d.rng.randrange(2, 9)
    balances = tuple(d.balance() for _ in range(n))
    if d.rng.random() < 0.5:
        return balances, (1,) * n, n, d.log(1e6, 1e33)
    return balances, d.weights(n), WAD, d.log(1e6, 1e33)


def _geometric_single(d: Draw, name: str) -> Case:
    balances, weights, total, supply = _geometric(d)
    balance = balances[0]
    if name == "compute_shares_given_amount_out":
        return Case(
            (balance, weights[0], total, d.part(balance, 0.95), supply, d.fee()), (supply, balance), trade=3
        )
    grows = name == "compute_amount_in_given_shares"
    shares = d.part(supply, 9.0 if grows else 1.0)
    # Solving for the balance divides the relative error by the weight.
    scale = balance * total / weights[0]
    return Case((balance, weights[0], total, shares, supply, d.fee()), (scale, scale), 1.0, 3, grows)


def _amounts(d: Draw, balances: tuple[int, ...]) -> tuple[int, ...]:
    some = [d.part(b, 9.0) if d.rng.random() < 0.6 else 0 for b in balances]
    return tuple(some) if any(some) else (balances[0], *some[1:])


def _geometric_add(d: Draw) -> Case:
    balances, weights, total, supply = _geometric(d)
    amounts = _amounts(d, balances)
    return Case(
        (balances, weights, total, amounts, supply, d.fee()),
        (supply * _grown(balances, amounts), *map(float, map(max, balances, amounts))),
    )


def _geometric_add_one(d: Draw) -> Case:
    balances, weights, total, supply = _geometric(d)
    balance, amount = balances[0], d.part(balances[0], 9.0)
    scales = (supply * _grown((balance,), (amount,)), float(max(balance, amount)))
    return Case((balance, weights[0], total, amount, supply, d.fee()), scales)


def _grown(balances: tuple[int, ...], amounts: tuple[int, ...]) -> float:
    return max((b + a) / b for a, b in zip(amounts, balances, strict=True))


def _stable_add(d: Draw) -> Case:
    balances, factors, amplification = d.stable()
    amounts, supply = _amounts(d, balances), d.log(1e6, 1e33)
    grown = _grown(balances, amounts)
    value = sum(b * f for b, f in zip(balances, factors, strict=True))
    scales = (supply * grown, *(value * grown / f for f in factors))
    return Case((balances, factors, amplification, amounts, supply, d.fee()), scales)


def _stable_add_one(d: Draw) -> Case:
    balances, factors, amplification, i, _, value = _pair(d)
    amount, supply = d.part(balances[i], 9.0), d.log(1e6, 1e33)
    grown = _grown((balances[i],), (amount,))
    scales = (supply * grown, value * grown / factors[i])
    values = tuple(b * f for b, f in zip(balances, factors, strict=True))
    args = (values, sum(values), amplification, i, balances[i], factors[i], amount, supply, d.fee())
    return Case(args, scales)


def _stable_single(d: Draw, name: str) -> Case:
    balances, factors, amplification, i, _, value = _pair(d)
    supply, scale = d.log(1e6, 1e33), value / factors[i]
    if name == "compute_shares_given_amount_out":
        args = (balances, factors, amplification, i, d.part(balances[i]), supply, d.fee())
        return Case(args, (supply, scale), trade=4)
    grows = name == "compute_amount_in_given_shares"
    shares = d.part(supply, 2.0 if grows else 0.5)
    return Case((balances, factors, amplification, i, shares, supply, d.fee()), (scale, scale), 1.0, 4, grows)


def _geometric_invariant(d: Draw) -> Case:
    balances, weights, total, _ = _geometric(d)
    return Case((balances, weights, total), (max(balances),))


def _stable_invariant(d: Draw) -> Case:
    balances, factors, amplification = d.stable()
    return Case(
        (balances, factors, amplification),
        (stable_maths.compute_invariant_down(balances, factors, amplification),),
    )


def _net(d: Draw) -> Case:
    amount = d.balance()
    return Case((amount, d.fee()), (amount * WAD,), WAD)


def _gross(d: Draw) -> Case:
    amount = d.balance()
    return Case((amount * (WAD - d.fee()) - d.rng.randrange(WAD // 2), d.fee()), (amount,))


def _fee(d: Draw) -> Case:
    amount = d.balance()
    return Case((amount, d.fee()), (amount,))


def _split(d: Draw) -> Case:
    amount = d.balance()
    parts = [d.rng.randrange(WAD // 3) for _ in range(3)]
    return Case((amount, *parts), (amount,) * 4)


def _proportional(d: Draw, most: float) -> Case:
    balances, _, _, supply = _geometric(d)
    shares = d.part(supply, most)
    return Case((balances, shares, supply), tuple(b * max(1, shares / supply) for b in balances))


def _withdrawal(d: Draw) -> Case:
    """Shares and a withdrawal fee: in basis points, none to the most allowed."""
    shares, most = d.log(1e6, 1e33), limits.MAX_WITHDRAWAL_FEE
    return Case((shares, d.rng.choice((0, most, d.rng.randrange(most)))), (shares,))


def _policy(d: Draw) -> tuple[int, int, int, int]:
    """(least, base, most, slope) of a fee policy."""
    least, base, most = sorted((d.fee(), d.fee(), d.fee()))
    return least, base, most, d.log(1e15, WAD)


def _volatility_fee(d: Draw) -> Case:
    _, base, most, slope = _policy(d)
    return Case((base, most, slope, d.log(1e10, 1e17)), (WAD,))


def _imbalance_fee(d: Draw) -> Case:
    value, ratio = (
        d.log(1e21, 1e50),
        math.exp(d.rng.choice((0.01, 1)) * d.rng.uniform(-1, 1) * math.log(d.of.spread)),
    )
    return Case((*_policy(d), value, int(value * ratio)), (WAD,))


def _tiered_fee(d: Draw) -> Case:
    least, base, _, _ = _policy(d)
    return Case((least, base, d.rng.randrange(4)), (WAD,))


SAMPLERS: dict[str, Callable[[Draw], Case]] = {
    "weighted_maths.compute_out_given_exact_in": lambda d: _weighted(d, True),
    "weighted_maths.compute_in_given_exact_out": lambda d: _weighted(d, False),
    "weighted_maths.compute_spot_price": lambda d: Case(
        (d.balance(), d.weights(2)[0], d.balance(), d.weights(2)[0]), (1.0,), 0.0
    ),
    "constant_product_maths.compute_out_given_exact_in": lambda d: _constant_product(d, True),
    "constant_product_maths.compute_in_given_exact_out": lambda d: _constant_product(d, False),
    "constant_product_maths.compute_spot_price": lambda d: Case((d.balance(), d.balance()), (1.0,), 0.0),
    "stable_maths.compute_out_given_exact_in": lambda d: _stable(d, True),
    "stable_maths.compute_in_given_exact_out": lambda d: _stable(d, False),
    "stable_maths.compute_spot_price": _stable_price,
    "stable_maths.compute_invariant_down": _stable_invariant,
    "geometric_maths.compute_invariant_down": _geometric_invariant,
    "geometric_maths.compute_shares_given_amounts_in": _geometric_add,
    "geometric_maths.compute_shares_given_amount_in": _geometric_add_one,
    "stable_liquidity.compute_shares_given_amounts_in": _stable_add,
    "stable_liquidity.compute_shares_given_amount_in": _stable_add_one,
    "fee_maths.net_of_fee": _net,
    "fee_maths.gross_of_net_up": _gross,
    "fee_maths.fee_of": _fee,
    "fee_maths.split": _split,
    "fee_policy_maths.imbalance_fee": _imbalance_fee,
    "fee_policy_maths.tiered_fee": _tiered_fee,
    "fee_policy_maths.volatility_fee": _volatility_fee,
    "share_maths.gross_shares_up": _withdrawal,
    "share_maths.paid_shares_down": _withdrawal,
    "share_maths.proportional_in_up": lambda d: _proportional(d, 2.0),
    "share_maths.proportional_out_down": lambda d: _proportional(d, 0.99),
}
for _name in (
    "compute_amount_in_given_shares",
    "compute_amount_out_given_shares",
    "compute_shares_given_amount_out",
):
    SAMPLERS[f"geometric_maths.{_name}"] = lambda d, name=_name: _geometric_single(d, name)
    SAMPLERS[f"stable_liquidity.{_name}"] = lambda d, name=_name: _stable_single(d, name)

SIGNATURES = {f"{f.module}.{f.name}": f for f in maths.FUNCTIONS}
