"""Several pools at once: liquidity in parts is the same liquidity, no other split pays more, books close in sum."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from poolwright.errors import PoolwrightError
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail, RivalPool, Venue
from poolwright.simulate.engine import simulate
from poolwright.simulate.kernels import tables
from poolwright.simulate.ledgers import BooksError
from poolwright.simulate.pools import PoolsInterrupted, simulate_pools, simulate_pools_totals
from poolwright.simulate.pools_result import PoolsResult
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer
from poolwright.simulate.run import CHUNK
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import PEGGED, STABLE, VOLATILE, WEIGHTED, finest, market

# Two of the same kind, so that they are compiled together; other fees and shares are only numbers.
DEAR = replace(finest(WEIGHTED), swap_fee=10**16, protocol_share=0)
MIXED = (STABLE, PoolParams.weighted(PEGGED, [4 * 10**17, 3 * 10**17, 3 * 10**17], swap_fee=10**15))


@pytest.fixture(scope="module")
def mixed() -> PoolsResult:
    """A stable and a weighted pool of the same tokens, with everybody there."""
    prices = market(STABLE, 300)
    start = int(prices.times[0])
    agents = [
        Arbitrageur("to_no_arbitrage", 0.05),
        Retail(2.0, 3_000.0, elasticity=5.0, rival=Venue(0.0007)),
        LiquidityEvents(((start + 100 * 3_600, 0.5), (start + 200 * 3_600, -0.4))),
    ]
    return simulate_pools(MIXED, prices, values=[5e5, 2e6], agents=agents)


@pytest.mark.parametrize("gas_cost", [0.0, 3.0])
def test_liquidity_in_two_halves_is_as_in_one_pool_but_for_gas(gas_cost: float) -> None:
    params = finest(WEIGHTED)
    prices, agents = market(params, 500), [Arbitrageur(gas_cost=gas_cost), Retail(1.0, 2_000.0)]
    whole = simulate(params, prices, value=1e6, agents=agents).figures()
    halves = simulate_pools([params, params], prices, values=[5e5, 5e5], agents=agents)
    halves.check()
    one, other = (pool.final_state.balances for pool in halves.pools)
    assert one == pytest.approx(other, rel=1e-12)
    same = halves.figures()["value"] == pytest.approx(whole["value"], rel=1e-9)
    assert same == (gas_cost == 0)
    assert halves.figures()["hold"] == pytest.approx(whole["hold"], rel=1e-12)
    if gas_cost == 0:
        assert halves.figures()["trades"] == 2 * whole["trades"]
        assert halves.figures()["retail_cost"] == pytest.approx(whole["retail_cost"], rel=1e-9)
    else:
        # Each half is worth an arbitrageur's gas less often than the whole.
        assert halves.figures()["trades"] < 2 * whole["trades"]
        assert halves.figures()["gas_paid"] < 2 * whole["gas_paid"]


@pytest.mark.parametrize("fee", [DEAR.swap_fee, 2 * 10**15])
def test_an_order_is_split_so_that_no_other_split_pays_more(fee: int) -> None:
    params = finest(WEIGHTED)
    pools = [params, replace(DEAR, swap_fee=fee)]
    prices = market(params, 40)
    result = simulate_pools(pools, prices, values=[3e5, 1e6], agents=[Retail(1.0, 40_000.0)])
    result.check()
    states = [Pool.from_state(each, run.initial_state) for each, run in zip(pools, result.pools, strict=True)]
    queues, compared = [list(run.trades) for run in result.pools], 0
    firsts = [queue[0] if queue else None for queue in queues]
    pair = {(t.token_in, t.token_out) for t in firsts if t and t.row == min(f.row for f in firsts if f)}
    assert len(pair) == 1
    ((i, o),) = pair
    parts = [t.amount_in if t and (t.token_in, t.token_out) == (i, o) else 0 for t in firsts]

    def out(amounts):
        return sum(
            p.quote(SwapKind.EXACT_IN, i, o, a).amount_out for p, a in zip(states, amounts, strict=True) if a
        )

    best = out(parts)
    for share in (-0.05, -0.001, 0.001, 0.05):
        moved = int(sum(parts) * share)
        other = [parts[0] + moved, parts[1] - moved]
        if min(other) >= 0:
            compared += 1
            assert out(other) <= best
    assert compared >= 2


def test_books_close_for_each_pool_and_in_sum(mixed: PoolsResult) -> None:
    mixed.check()
    arrived, wanted, pools, venue, left = mixed.demand
    assert arrived > wanted > pools > 0
    assert venue > 0
    assert pools + venue + left == pytest.approx(wanted, rel=1e-12)
    assert pools == pytest.approx(sum(pool.demand[tables.ROUTED] for pool in mixed.pools))
    for pool in mixed.pools:
        assert {trade.agent for trade in pool.trades} == {tables.ARBITRAGEUR, tables.RETAIL}
        assert len(pool.liquidity) == 2
    assert mixed.figures()["lvr"] == pytest.approx(sum(pool.figures()["lvr"] for pool in mixed.pools))
    assert [each["agent"] for each in mixed.to_dict()["pools"][0]["agents"]] == [
        "Arbitrageur",
        "Retail",
        "LiquidityEvents",
    ]


def test_totals_alone_come_to_the_same(mixed: PoolsResult) -> None:
    first = mixed.pools[0]
    totals = simulate_pools_totals(MIXED, first.prices, values=[5e5, 2e6], agents=first.agents)
    totals.check()
    assert not isinstance(totals, PoolsResult)
    assert totals.figures() == mixed.figures()
    for alone, whole in zip(totals.pools, mixed.pools, strict=True):
        assert alone.final_state == whole.final_state
        assert alone.figures() == whole.figures()


def test_ctrl_c_keeps_the_rows_that_all_pools_have_done() -> None:
    """What is kept is the beginning of the whole run, in every pool; the books of the part close."""
    before = signal.getsignal(signal.SIGINT)
    params = finest(WEIGHTED)
    prices = market(params, CHUNK + 500)

    def stop(done: int, total: int) -> None:
        if done < total:
            signal.raise_signal(signal.SIGINT)

    agents = [Arbitrageur(gas_cost=1.0), Retail(0.5, 2_000.0, rival=Venue(0.002))]
    with pytest.raises(PoolsInterrupted) as stopped:
        simulate_pools([params, DEAR], prices, agents=agents, progress=stop)
    found = stopped.value.result
    assert isinstance(found, PoolsResult)
    assert (found.complete, [pool.rows for pool in found.pools]) == (False, [CHUNK] * 2)
    found.check()
    whole = simulate_pools([params, DEAR], prices, agents=agents)
    for part, pool in zip(found.pools, whole.pools, strict=True):
        assert list(part.trades) == [trade for trade in pool.trades if trade.row < CHUNK]
        assert len(part.trades) > 100
    assert signal.getsignal(signal.SIGINT) is before


def test_more_trades_than_there_was_room_for_are_all_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders to several pools are in no pool's first room; books by row close over the list of trades."""
    monkeypatch.setattr(tables, "MAX_TRADES_PER_ROW", 0)
    params = finest(WEIGHTED)
    agents = [Arbitrageur(), Retail(20.0, 2_000.0)]
    found = simulate_pools([params, DEAR], market(params, 200), agents=agents)
    found.check()
    for pool in found.pools:
        assert len(pool.trades) == pool.trade_count > 2_000


def test_each_pool_of_several_is_what_the_exact_pool_says(mixed: PoolsResult) -> None:
    for result in mixed.pools:
        pool = Pool.from_state(result.params, result.initial_state)
        for trade in result.trades:
            if trade.row >= result.liquidity.rows[0]:
                break
            swap = pool.swap(
                SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time
            )
            assert (swap.amount_out, swap.fee) == (trade.amount_out, trade.fee)


def test_one_unit_or_one_order_is_missed_in_sum(mixed: PoolsResult) -> None:
    first = mixed.pools[0]
    state = replace(
        first.final_state, balances=(first.final_state.balances[0] + 1, *first.final_state.balances[1:])
    )
    wrong = replace(first, final_state=state)
    with pytest.raises(BooksError, match="the books do not close"):
        replace(mixed, pools=(wrong, *mixed.pools[1:])).check()
    for pool in mixed.pools:  # not the pool's own books, which are told apart above
        pool.books.check()
    for place in range(1, 5):
        demand = mixed.demand.copy()
        demand[place] += 1.0
        with pytest.raises(BooksError, match="of orders wanted"):
            replace(mixed, demand=demand).check()


def test_retail_at_a_venue_goes_to_pools_only_for_a_better_price(mixed: PoolsResult) -> None:
    for result in mixed.pools:
        p = result.prices.prices
        for trade in result.trades:
            if trade.agent == tables.RETAIL:
                paid = trade.amount_in / result.units[trade.token_in] * p[trade.row, trade.token_in]
                taken = trade.amount_out / result.units[trade.token_out] * p[trade.row, trade.token_out]
                assert taken >= paid * (1 - 0.0007) * (1 - 1e-9) - 3e-6


def test_several_pools_are_refused_where_they_make_no_market() -> None:
    prices = market(WEIGHTED, 10)
    other = PoolParams.constant_product(VOLATILE[::-1], swap_fee=10**15)
    for pools, options, message in (
        ([WEIGHTED], {}, "1 pools: give from 2"),
        ([WEIGHTED, other], {}, "the same tokens in the same order"),
        ([WEIGHTED, finest(WEIGHTED)], {}, "the same decimals"),
        ([WEIGHTED, WEIGHTED], {"values": [1e6]}, "values has 1 entries for 2 pools"),
        ([WEIGHTED, WEIGHTED], {"agents": [Retail(1.0, 1.0, rival=RivalPool(0.003))]}, "give it as a pool"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            simulate_pools(pools, prices, **options)
    movers = [Rebalancer(((int(prices.times[0]), (0.4, 0.3, 0.3)),)), FrontRunner()]
    with pytest.raises(PoolwrightError, match="simulate that pool alone"):
        simulate_pools([WEIGHTED, WEIGHTED], prices, agents=movers)
    with pytest.raises(PoolwrightError, match="closed form for weighted"):
        simulate_pools(MIXED, market(STABLE, 10), agents=[Arbitrageur("best_basket")])
