"""Each agent does what its words say, and what makes no run is refused with a reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poolwright.errors import PoolwrightError
from poolwright.model.pool import Pool
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail, RivalPool, Venue
from poolwright.simulate.cast import retail_orders
from poolwright.simulate.engine import simulate
from poolwright.simulate.kernels import tables
from poolwright.simulate.markets.gas import ConstantGas, GasSeries, LognormalGas
from poolwright.spec.params import PoolParams
from tests.unit.simulate import reference
from tests.unit.simulate.cases import POOLS, WEIGHTED, finest, market

ALL = pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)


def of(result, agent):
    """Return one agent's trades."""
    return [trade for trade in result.trades if trade.agent == agent]


@ALL
def test_latency_trades_on_old_prices(params: PoolParams) -> None:
    prices = market(params, 400)
    old = replace(prices, prices=prices.prices[np.maximum(np.arange(400) - 3, 0)])
    late = simulate(
        params, prices, balances=(start := _first(params, prices)), agents=[Arbitrageur(latency_blocks=3)]
    )
    shifted = simulate(params, old, balances=start)
    assert [trade[2:] for trade in late.trades] == [trade[2:] for trade in shifted.trades]
    assert late.final_state.balances == shifted.final_state.balances
    # What was gained is told at today's prices.
    today = prices.prices / late.units
    gain = sum(
        t.amount_out * today[t.row, t.token_out] - t.amount_in * today[t.row, t.token_in] for t in late.trades
    )
    assert late.arbitrage_profit[-1] == pytest.approx(gain)
    assert gain != pytest.approx(float(shifted.arbitrage_profit[-1]))


def _first(params, prices):
    return simulate(
        params, replace(prices, times=prices.times[:2].copy(), prices=prices.prices[:2].copy())
    ).initial_state.balances


@ALL
def test_venue_fee_shifts_the_best_trade(params: PoolParams) -> None:
    params, fee = finest(params), 0.002
    prices = market(params, 300)
    result = simulate(params, prices, agents=[Arbitrageur(venue_fee=fee)])
    assert 0 < len(result.trades) < len(simulate(params, prices).trades)
    trade = max(result.trades, key=lambda each: each.amount_in)
    pool = Pool.from_state(params, result.initial_state)
    for each in result.trades:
        if each == trade:
            break
        pool.swap(reference.SwapKind.EXACT_IN, each.token_in, each.token_out, each.amount_in)
    seen = (prices.prices[trade.row] / 1e18).tolist()
    seen[trade.token_out] *= 1 - fee
    profits = [
        reference.profit_of(pool, seen, trade.token_in, trade.token_out, int(trade.amount_in * share))
        for share in (0.99, 1, 1.01)
    ]
    assert profits[1] > max(profits[0], profits[2], 0)
    sold = sum(each.amount_out / 1e18 * prices.prices[each.row, each.token_out] for each in result.trades)
    assert result.books.to_dict()["pool"]["venue_fees"] == pytest.approx(fee * sold)


def test_competition_moves_profit_and_no_trade() -> None:
    prices = market(WEIGHTED, 500)
    alone = simulate(WEIGHTED, prices, gas_cost=0.2)
    bidding = simulate(WEIGHTED, prices, agents=[Arbitrageur(gas_cost=0.2, competition=0.75)])
    assert list(alone.trades) == list(bidding.trades)
    book = bidding.books.to_dict()["pool"]
    assert book["bids"] == pytest.approx(0.75 * float(alone.arbitrage_profit[-1]))
    assert book["arbitrage_profit"] == pytest.approx(0.25 * float(alone.arbitrage_profit[-1]))


def test_gas_may_be_a_law_or_a_series() -> None:
    prices = market(WEIGHTED, 500)
    law = LognormalGas(20.0)
    result = simulate(WEIGHTED, prices, agents=[Arbitrageur(gas_cost=law, native="WETH")], seed=3)
    cost = law.generate(prices.times, 3).cost(150_000, prices.prices[:, 0])
    assert result.gas_paid == pytest.approx(sum(cost[trade.row] for trade in result.trades))
    series = GasSeries(prices.times[:1].copy(), np.array([20.0]), "test")
    flat = simulate(WEIGHTED, prices, agents=[Arbitrageur(gas_cost=series, native=2_000.0)])
    number = simulate(WEIGHTED, prices, gas_cost=20e-9 * 150_000 * 2_000.0)
    assert list(flat.trades) == list(number.trades)
    described = flat.to_dict()["agents"][0]["gas_cost"]
    assert described.startswith("test, sha256")


def test_nobody_arbitrages_in_a_gap() -> None:
    prices = market(WEIGHTED, 500)
    gap = (int(prices.times[100]), int(prices.times[200]))
    result = simulate(WEIGHTED, prices, agents=[Arbitrageur(gaps=(gap,))])
    rows = {trade.row for trade in result.trades}
    assert not rows & set(range(100, 200))
    assert 200 in rows


def test_orders_arrive_as_declared_and_come_from_the_seed() -> None:
    prices = market(WEIGHTED, 20_000)
    agent = Retail(1.5, 1_000.0, deviation=0.8)
    orders, again, other = (retail_orders(agent, prices, seed) for seed in (7, 7, 8))
    assert np.array_equal(orders.values, again.values)
    assert not np.array_equal(orders.values[:100], other.values[:100])
    assert len(orders.rows) == pytest.approx(30_000, abs=4 * 30_000**0.5)
    assert orders.values.mean() == pytest.approx(1_000, rel=0.03)
    assert np.log(orders.values).std() == pytest.approx(0.8, rel=0.03)
    pairs, counts = np.unique(orders.tokens, axis=0, return_counts=True)
    assert len(pairs) == 6
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert counts.min() > 4_700


@ALL
def test_retail_without_a_rival_pays_for_everything(params: PoolParams) -> None:
    result = simulate(params, market(params, 300), agents=[Retail(2.0, 500.0)])
    arrived, wanted, routed = result.demand
    assert arrived == pytest.approx(wanted)
    assert routed == pytest.approx(wanted)
    assert len(of(result, tables.ARBITRAGEUR)) == 0
    assert len(of(result, tables.RETAIL)) > 500
    assert result.to_dict()["assumptions"]["arbitrage"] == "none"
    result.books.check()


@ALL
def test_the_pool_fills_what_it_pays_better_for(params: PoolParams) -> None:
    prices, fee = market(params, 500), 0.004
    result = simulate(params, prices, agents=[Arbitrageur(), Retail(2.0, 5_000.0, rival=Venue(fee))])
    for trade in of(result, tables.RETAIL):
        units = result.units
        paid = trade.amount_in / units[trade.token_in] * prices.prices[trade.row, trade.token_in]
        taken = trade.amount_out / units[trade.token_out] * prices.prices[trade.row, trade.token_out]
        assert taken >= paid * (1 - fee) * (1 - 1e-9) - 1e-3  # the last: a unit of a coarse token
    arrived, _, routed = result.demand
    assert 0.01 < routed / arrived < 0.99


@ALL
def test_two_pools_alike_share_evenly(params: PoolParams) -> None:
    prices, fee = market(params, 300), params.swap_fee / 1e18
    free = replace(params, protocol_share=0, creator_share=0)
    result = simulate(free, prices, agents=[Retail(1.0, 2_000.0, rival=RivalPool(fee))])
    _, wanted, routed = result.demand
    assert routed / wanted == pytest.approx(0.5, rel=1e-6)


def test_elastic_orders_shrink_with_the_price() -> None:
    prices = market(WEIGHTED, 300)
    rigid, elastic = (
        simulate(WEIGHTED, prices, agents=[Arbitrageur(), Retail(2.0, 500.0, elasticity=e)]).demand
        for e in (0.0, 50.0)
    )
    assert elastic[tables.ARRIVED] == rigid[tables.ARRIVED]
    assert 0.7 < elastic[tables.WANTED] / rigid[tables.WANTED] < 0.997**50
    first = next(iter(simulate(WEIGHTED, prices, agents=[Retail(2.0, 500.0, elasticity=50.0)]).trades))
    value = retail_orders(Retail(2.0, 500.0), prices, 7).values[0]
    i, o, now = first.token_in, first.token_out, prices.prices[first.row]
    # A pool opens at the prices of the first row.
    quality = min(1.0, 0.997 * now[o] / now[i] * prices.prices[0, i] / prices.prices[0, o])
    units = [10**token.decimals for token in WEIGHTED.tokens]
    assert first.amount_in / units[i] * now[i] == pytest.approx(value * quality**50, rel=1e-5)


def test_liquidity_comes_at_the_first_row_of_its_time() -> None:
    prices = market(WEIGHTED, 50)
    events = LiquidityEvents(((int(prices.times[10]) - 5, 1.0), (int(prices.times[20]), -0.5)))
    result = simulate(WEIGHTED, prices, agents=[events])
    first = result.initial_state
    assert result.liquidity.rows.tolist() == [10, 20]
    assert result.supply[9] == first.shares
    assert result.supply[10] == 2 * first.shares
    assert result.final_state.shares == first.shares
    assert all(0 <= b - a <= 2 for a, b in zip(first.balances, result.final_state.balances, strict=True))
    assert np.allclose(result.share_value, result.hold, rtol=1e-8)
    assert result.value[15] == pytest.approx(2 * result.hold[15], rel=1e-8)
    result.books.check()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Arbitrageur("best_route"), "known: best_pair, to_no_arbitrage, best_basket"),
        (lambda: Arbitrageur(gas_cost=-1.0), "gas_cost -1.0"),
        (lambda: Arbitrageur(gas_cost=ConstantGas()), "name the chain's own token in native="),
        (lambda: Arbitrageur(gas_cost=1.0, native="WETH"), "native is for a gas_cost in gwei"),
        (lambda: Arbitrageur(latency_blocks=1.5), "latency_blocks 1.5"),
        (lambda: Arbitrageur(competition=1.1), "competition 1.1"),
        (lambda: Arbitrageur(gaps=((5, 5),)), "from an earlier time to a later one"),
        (lambda: Retail(-1.0, 10.0), "orders_per_hour -1.0"),
        (lambda: Retail(1.0, 0.0), "mean_size 0.0"),
        (lambda: RivalPool(0.2), "fee of the rival pool 0.2"),
        (lambda: LiquidityEvents(((0, -1.0),)), "liquidity event of -1.0"),
        (lambda: LiquidityEvents(((0, 0.0),)), "and not 0"),
    ],
)
def test_agents_refuse_what_they_cannot_be(make, message) -> None:
    with pytest.raises(PoolwrightError, match=message):
        make()


def test_simulate_refuses_a_cast_that_cannot_play() -> None:
    prices = market(WEIGHTED, 10)
    late = LiquidityEvents(((int(prices.times[-1]) + 1, 0.5),))
    for options, message in (
        ({"agents": [Arbitrageur(), Arbitrageur()]}, "2 agents of kind Arbitrageur"),
        (
            {"agents": ["arbitrageur"]},
            "'arbitrageur' is no agent; known: Arbitrageur, Retail, LiquidityEvents, Rebalancer, FrontRunner",
        ),
        ({"agents": [Arbitrageur()], "gas_cost": 1.0}, "short for one Arbitrageur"),
        ({"agents": [late]}, "after the last price"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            simulate(WEIGHTED, prices, **options)


def test_simulate_says_when_the_pool_refuses_liquidity() -> None:
    prices = market(WEIGHTED, 10)
    times = [int(time) for time in prices.times]
    events = LiquidityEvents(tuple((time, 9.0) for time in times))
    rich = [b * 10**6 for b in simulate(WEIGHTED, prices).initial_state.balances]
    with pytest.raises(
        PoolwrightError, match=r"refuses the liquidity event at 2024-.*balance too large|too many"
    ):
        simulate(WEIGHTED, prices, balances=rich, agents=[events, Arbitrageur()])
