"""Text that is equal only for what means the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from poolwright.simulate.agents import Arbitrageur
from poolwright.simulate.sweep.identity import data_hash, describe
from tests.unit.simulate.sweep.cases import market


@dataclass(frozen=True)
class Held:
    """A rule and a path in one."""

    rule: Callable[[float], float]
    path: np.ndarray


def scaled(scale: float) -> Callable[[float], float]:
    def rule(x: float) -> float:
        return x * scale

    return rule


def test_functions_are_told_apart_by_source_and_by_what_they_hold() -> None:
    def one(x: float) -> float:
        return x

    def other(x: float) -> float:
        return x + 1

    assert describe(one) == describe(one) != describe(other)
    assert describe(scaled(1.0)) == describe(scaled(1.0)) != describe(scaled(2.0))


def test_agents_and_arrays_are_told_apart_by_content() -> None:
    assert describe([Arbitrageur(gas_cost=1.0)]) == describe([Arbitrageur(gas_cost=1.0)])
    assert describe([Arbitrageur(gas_cost=1.0)]) != describe([Arbitrageur(gas_cost=2.0)])
    path = np.arange(5_000.0)
    bent = path.copy()
    bent[2_500] = 0.5
    assert describe(Held(scaled(1.0), path)) == describe(Held(scaled(1.0), path.copy()))
    assert describe(Held(scaled(1.0), path)) != describe(Held(scaled(1.0), bent))


def test_data_are_told_apart_by_every_number() -> None:
    prices = market(20)
    shaken = prices.prices.copy()
    shaken[7, 1] = np.nextafter(shaken[7, 1], 0)
    assert data_hash(prices) == data_hash(market(20))
    assert data_hash(replace(prices, prices=shaken)) != data_hash(prices)
    assert data_hash(replace(prices, times=prices.times + 1)) != data_hash(prices)
