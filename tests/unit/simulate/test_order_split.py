"""How an order is split between two pools: both pay alike at the margin, held to 40 digits of the invariant."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from poolwright.simulate.kernels.closed_form import (
    weighted_move,
    weighted_net_at,
    weighted_out,
    weighted_part,
)
from poolwright.simulate.kernels.stable_form import Curve, stable_out, stable_part, stable_slope

RATIOS = (1.0, 0.25, 1.0, 4.0, 19.0)


def out(reserves: np.ndarray, weights: np.ndarray, net: mpf) -> mpf:
    """Amount out of token 1 for a net amount of token 0, from prod b^w."""
    held, sold = mpf(float(reserves[0])), mpf(float(reserves[1]))
    return sold * (1 - (held / (held + net)) ** (mpf(float(weights[0])) / mpf(float(weights[1]))))


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[float, float], float]:
    """Two pools whose prices are up to 2 % apart, and an order of up to 30 % of one."""
    rng = np.random.default_rng(seed)
    ratio = RATIOS[seed % len(RATIOS)]
    weights = np.array([ratio, 1.0]) / (1.0 + ratio)
    mine = 10.0 ** rng.uniform(0, 24, 2)
    rival = mine * 10.0 ** rng.uniform(-1, 1) * np.array([1.0, 1.0 + rng.uniform(-0.02, 0.02)])
    keeps = 1.0 - rng.uniform(0, 0.01), 1.0 - rng.uniform(0, 0.01)
    return mine, rival, weights, keeps, float(mine[0] * 10.0 ** rng.uniform(-5, -0.5))


@pytest.mark.parametrize("seed", range(60))
def test_weighted_pools_pay_alike_at_the_margin(seed: int) -> None:
    mine, rival, weights, keeps, amount = drawn(seed)
    part = weighted_part(mine, rival, weights, keeps, (0, 1), amount)
    assert 0.0 <= part <= amount
    with mpmath.workdps(40):
        here, there = (
            keep * mpmath.diff(lambda net, pool=pool: out(pool, weights, net), keep * mpf(filled))
            for pool, keep, filled in zip((mine, rival), map(mpf, keeps), (part, amount - part), strict=True)
        )
        if part == 0.0:
            assert here <= there * (1 + mpf("1e-12"))
        elif part == amount:
            assert here >= there * (1 - mpf("1e-12"))
        else:
            assert abs(here / there - 1) < 1e-12


def test_some_orders_are_split_and_some_go_to_one_pool() -> None:
    parts = [(weighted_part(*pools, (0, 1), amount), amount) for *pools, amount in map(drawn, range(60))]
    assert sum(part == 0.0 for part, _ in parts) > 3
    assert sum(part == amount for part, amount in parts) > 3
    assert sum(0.0 < part < amount for part, amount in parts) > 10


@pytest.mark.parametrize("seed", range(20))
def test_no_other_split_of_a_stable_pool_pays_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    curve = Curve((0, 1, 2), np.ones(3), 3 * 10.0 ** rng.uniform(0, 3))
    mine, rival = (1e6 * rng.uniform(0.3, 3.0, 3) for _ in range(2))
    keeps, amount = (0.9996, 0.9992), float(10.0 ** rng.uniform(2, 5.5))

    def paid(part: float) -> float:
        return sum(stable_out(pool, curve, 0, 1, keep * filled)
                   for pool, keep, filled in zip((mine, rival), keeps, (part, amount - part), strict=True))  # fmt: skip

    best = paid(stable_part((mine, rival), curve, keeps, (0, 1), amount))
    assert best >= max(paid(part) for part in np.linspace(0.0, amount, 401)) - 1e-6


def test_stable_pools_pay_alike_at_the_margin() -> None:
    rng, ends = np.random.default_rng(1), []
    for _ in range(300):
        curve = Curve((0, 1, 2), np.ones(3), 3 * 10.0 ** rng.uniform(0, 4))
        mine = 1e6 * rng.uniform(0.3, 3.0, 3)
        rival = mine * rng.uniform(0.3, 3.0) * (1.0 + 1e-3 * rng.standard_normal(3))
        keeps, amount = tuple(1.0 - rng.uniform(0, 0.002, 2)), float(10.0 ** rng.uniform(2, 6.5))
        part = stable_part((mine, rival), curve, keeps, (0, 1), amount)
        fills = zip((mine, rival), keeps, (part, amount - part), strict=True)
        here, there = (keep * stable_slope(pool, curve, 0, 1, keep * fill) for pool, keep, fill in fills)
        ends.append(0 if part == 0.0 else 2 if part == amount else 1)
        if ends[-1] == 1:
            assert here == pytest.approx(there, rel=1e-10)  # the search stops within 1e-11 of the balance
        else:
            assert (here - there) * (ends[-1] - 1) >= 0.0
    assert min(ends.count(end) for end in range(3)) > 10


@pytest.mark.parametrize("ratio", [1.0, 0.25, 4.0])
@pytest.mark.parametrize("advantage", [1e-9, 1e-4, 0.3, 2.9])
def test_a_move_is_the_power_it_stands_for(ratio: float, advantage: float) -> None:
    with mpmath.workdps(40):
        x = (1 + mpf(advantage)) ** (1 / (1 + mpf(ratio)))
        grown, shrunk = weighted_move(advantage, ratio, False)
        assert grown == pytest.approx(float(x - 1), rel=1e-14)
        assert shrunk == pytest.approx(float(1 - x ** -mpf(ratio)), rel=1e-14)
        grown, shrunk = weighted_move(advantage * 1e6, ratio, True)
        assert grown <= 1.0
        assert shrunk <= 0.5
        weights = np.array([ratio, 1.0]) / (1.0 + ratio)
        reserves = np.array([3e20, 7e8])
        true = out(reserves, weights, mpf(advantage) * 1e20)
        assert weighted_out(reserves, weights, 0, 1, advantage * 1e20) == pytest.approx(
            float(true), rel=1e-13
        )
        slope = mpmath.diff(lambda net: out(reserves, weights, net), mpf(advantage) * 1e20)
        net = weighted_net_at(reserves, weights, 0, 1, float(slope))
        assert net == pytest.approx(advantage * 1e20, rel=1e-12, abs=1e8)
