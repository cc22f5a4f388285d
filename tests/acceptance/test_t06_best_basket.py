"""T6, baskets: the closed form by signature against cvxpy, a dual that proves itself, and the pool's own integers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poolwright.errors import PoolwrightError
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.simulate.agents import Arbitrageur
from poolwright.simulate.engine import simulate
from poolwright.simulate.kernels import basket, tables
from poolwright.simulate.kernels.closed_form import WEIGHTED_GROWTH
from tests.acceptance.convex import best_basket
from tests.unit.simulate.cases import CONSTANT_PRODUCT, STABLE, WEIGHTED, finest, market

RECORD = json.loads((Path(__file__).parent / "data" / "t06_cvxpy.json").read_text(encoding="utf-8"))


def legs_of(reserves, weights, prices, keep, proceeds=1.0, most=WEIGHTED_GROWTH):
    """Return the profit of the closed form and its swaps: tokens [k, 2] and amounts in [k]."""
    level, ins, outs, order, profit = basket.best_signature(reserves, weights, prices, keep, proceeds)
    room = tables.Legs(
        np.zeros((tables.MAX_LEGS, 2), np.int64), np.zeros(tables.MAX_LEGS), np.zeros(len(reserves))
    )
    if ins == 0:
        return 0.0, room.tokens[:0], room.amounts[:0]
    worth = reserves * prices / weights
    terms = (keep, proceeds, level, most)
    count = basket.lay_legs(reserves, weights, worth, terms, (ins, outs), order, room)
    return profit, room.tokens[:count], room.amounts[:count]


def closed_form(case):
    """Return `legs_of` a recorded case."""
    weights, prices, reserves = (np.array(case[name]) for name in ("weights", "prices", "reserves"))
    return legs_of(reserves, weights, prices, 1 - case["fee"], 1 - case["venue_fee"])


def played(reserves, weights, keep, tokens, amounts):
    """Return total paid and taken by token when the swaps follow each other and fees are held aside."""
    net, paid, taken = reserves.copy(), np.zeros(len(reserves)), np.zeros(len(reserves))
    for (i, o), amount in zip(tokens, amounts, strict=True):
        out = net[o] * (1 - (net[i] / (net[i] + keep * amount)) ** (weights[i] / weights[o]))
        net[i] += keep * amount
        net[o] -= out
        paid[i] += amount
        taken[o] += out
    return paid, taken


@pytest.mark.parametrize("case", RECORD["cases"], ids=lambda case: f"{len(case['weights'])} {case['fee']}")
def test_closed_form_earns_what_cvxpy_finds(case) -> None:
    profit, tokens, amounts = closed_form(case)
    weights, prices, reserves = (np.array(case[name]) for name in ("weights", "prices", "reserves"))
    assert case["status"] == "optimal"
    assert profit == pytest.approx(case["profit"], abs=1e-9)  # of a pool worth 1
    paid, taken = played(reserves, weights, 1 - case["fee"], tokens, amounts)
    assert (1 - case["venue_fee"]) * prices @ taken - prices @ paid == pytest.approx(profit, abs=1e-14)


def test_the_record_holds_baskets_of_many_tokens() -> None:
    assert len(RECORD["cases"]) == 24
    assert sum(case["profit"] > 1e-6 for case in RECORD["cases"]) >= 16


@pytest.mark.parametrize("n", [2, 3, 5, 16])
@pytest.mark.parametrize("fee", [0.0, 0.0005, 0.003, 0.05])
def test_baskets_are_the_optimum_of_the_convex_programme(n: int, fee: float) -> None:
    rng, multi = np.random.default_rng([n, round(fee * 1e4)]), 0
    for _ in range(60):
        weights, prices = rng.dirichlet(np.full(n, 3.0)), rng.lognormal(0, 2, n)
        reserves = weights / prices * 1e6 * rng.lognormal(0, 0.05, n)
        profit, tokens, amounts = legs_of(reserves, weights, prices, 1 - fee)
        best = best_basket(reserves, weights, prices, fee)
        assert profit == pytest.approx(best.profit, rel=1e-9, abs=1e-7)
        paid, taken = played(reserves, weights, 1 - fee, tokens, amounts)
        assert paid == pytest.approx(best.amounts_in, rel=1e-6, abs=1e-9 * reserves.max())
        assert taken == pytest.approx(best.amounts_out, rel=1e-6, abs=1e-9 * reserves.max())
        multi += len(tokens) > 1
    assert multi > 0 or n == 2 or fee == 0.05


def test_swaps_stay_within_the_limits_of_a_pool() -> None:
    """A price that rises a hundredfold takes several swaps; together they are still the basket."""
    weights, prices = np.array([0.5, 0.3, 0.2]), np.array([100.0, 1.0, 3.0])
    reserves = weights * 1e6
    profit, tokens, amounts = legs_of(reserves, weights, prices, 0.997)
    assert len(tokens) > 4
    net = reserves.copy()
    for (i, o), amount in zip(tokens, amounts, strict=True):
        assert 0.997 * amount < net[i]
        out = net[o] * (1 - (net[i] / (net[i] + 0.997 * amount)) ** (weights[i] / weights[o]))
        assert out < net[o] / 2
        net[i] += 0.997 * amount
        net[o] -= out
    paid, taken = played(reserves, weights, 0.997, tokens, amounts)
    assert prices @ (taken - paid) == pytest.approx(profit, rel=1e-9)
    assert profit == pytest.approx(best_basket(reserves, weights, prices, 0.003).profit, rel=1e-9)


@pytest.mark.parametrize("params", [WEIGHTED, CONSTANT_PRODUCT], ids=["weighted", "constant product"])
@pytest.mark.parametrize("gas_cost", [0.0, 2.0])
def test_a_run_of_baskets_is_what_the_exact_pool_pays_all_or_nothing(params, gas_cost: float) -> None:
    params = finest(params)
    result = simulate(params, market(params, 600), agents=[Arbitrageur("best_basket", gas_cost)])
    result.books.check()
    pool, prices = Pool.from_state(params, result.initial_state), result.prices.prices / 1e18
    profits: dict[int, float] = {}
    for trade in result.trades:
        swap = pool.swap(SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        assert swap.amount_out == trade.amount_out
        earned = trade.amount_out * prices[trade.row, trade.token_out]
        profits[trade.row] = (
            profits.get(trade.row, -gas_cost) + earned - trade.amount_in * prices[trade.row, trade.token_in]
        )
    assert replace(pool.state, at=0) == replace(result.final_state, at=0)
    assert min(profits.values()) > 0
    assert len(profits) < len(result.trades)  # some baskets are of several swaps
    assert result.gas_paid == pytest.approx(gas_cost * len(profits))
    assert float(result.arbitrage_profit[-1]) == pytest.approx(sum(profits.values()))


def test_a_basket_earns_more_in_a_row_than_a_pair_and_than_pairs_one_by_one() -> None:
    params = finest(WEIGHTED)
    prices = market(params, 2)
    prices = replace(
        prices,
        prices=prices.prices * np.array([[1, 1, 1], [1.02, 0.99, 1]]) / prices.prices * prices.prices[0],
    )
    earned = {
        model: simulate(params, prices, agents=[Arbitrageur(model)]).books.to_dict()["pool"][
            "arbitrage_profit"
        ]
        for model in ("best_pair", "best_basket", "to_no_arbitrage")
    }
    # Pairs one by one go back on themselves in part, and pay the fee for it.
    assert earned["best_pair"] < earned["to_no_arbitrage"] < earned["best_basket"]


def test_baskets_are_refused_where_there_is_no_closed_form() -> None:
    with pytest.raises(PoolwrightError, match="weighted and constant product pools only"):
        simulate(STABLE, market(STABLE, 10), arbitrage="best_basket")
    with pytest.raises(PoolwrightError, match="gives none"):
        simulate(WEIGHTED, market(WEIGHTED, 10), arbitrage="best_basket", fee=lambda p, s, i, o: 0.001)
