"""Rates that move: reported, followed and frozen as in the Vault; other assets go on; books that close."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import poolwright as pw
from poolwright.chain.vault_replay import replay_in_vault
from poolwright.errors import PoolwrightError
from poolwright.model.memory import Report
from poolwright.simulate.agents import Agent, Arbitrageur, LiquidityEvents, Retail, RivalPool, Venue
from poolwright.simulate.amplification import AmplificationRamps
from poolwright.simulate.cast import retail_orders
from poolwright.simulate.engine import simulate, simulate_totals
from poolwright.simulate.journal import Follow, journal
from poolwright.simulate.journal import Report as Told
from poolwright.simulate.kernels import tables
from poolwright.simulate.policies import ImbalanceFee
from poolwright.simulate.pools import simulate_pools
from poolwright.simulate.pools_result import PoolsResult
from poolwright.simulate.rates import YEAR, RateCourse, Rates, RateSeries, priced, rate_course
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario_file import load_scenario
from tests.unit.simulate.cases import STABLE, WEIGHTED, market

HOUR, DAY, WAD = 3_600, 86_400, 10**18
TOKENS = (*STABLE.tokens[:2], replace(STABLE.tokens[2], rate_provider="0x" + "11" * 20, rate_max_move=10**15))
POOL = replace(STABLE, tokens=TOKENS, protocol_share=0, creator_share=0)
PRICES = pw.generate_market([token.symbol for token in TOKENS], 300, 7, pegged={"DAI", "USDC", "SDAI"})
START = int(PRICES.times[0])
# 20 % a year, then a slash of 2 % that takes the pool 20 rows to follow, then two days without reports.
MOVING = Rates(
    {"SDAI": 0.2}, ((START + 100 * HOUR, "SDAI", -0.02),), (("SDAI", START + 200 * HOUR, START + 248 * HOUR),),
    prices="underlying",
)  # fmt: skip


def run(*more: Agent, precision: str = "exact", rates: Rates = MOVING) -> SimulationResult:
    agents = [
        Arbitrageur("to_no_arbitrage", gas_cost=0.1),
        Retail(2.0, 2_000.0, rival=Venue(0.0005)),
        LiquidityEvents(((START + 110 * HOUR, 0.5), (START + 270 * HOUR, -0.3))),
        rates,
    ]
    return simulate(POOL, PRICES, agents=[*agents, *more], precision=precision)


@pytest.fixture(scope="module")
def result() -> SimulationResult:
    return run()


def test_reports_grow_and_are_slashed_to_the_last_digit_of_a_float() -> None:
    course = rate_course(MOVING, POOL, PRICES)
    assert isinstance(course, RateCourse)
    reports = course.reports[2]
    for row in range(0, 300, 7):
        grown = Fraction(11, 10) * Fraction(1.2 ** (row * HOUR / YEAR))
        expected = grown * (Fraction(98, 100) if row >= 100 else 1)
        assert abs(Fraction(reports.worth[row], WAD) / expected - 1) < Fraction(1, 10**14)
        quiet = 200 <= row < 248
        assert reports.rates[row] == reports.worth[199 if quiet else row]
        assert reports.updated[row] == START + HOUR * (199 if quiet else row)


def test_the_pool_follows_as_the_vault_does_row_by_row(result: SimulationResult) -> None:
    """The model of the Vault, which is held to the contracts, is told each report; every row and every trade."""
    pool = pw.Pool(POOL, result.initial_state.balances, result.initial_state.shares, vault=True, at=START)
    course, trades = result.rates, list(result.trades)
    moves = dict(zip(result.liquidity.rows.tolist(), result.liquidity.fractions.tolist(), strict=True))
    frozen, asked = [], {True: 0, False: 0}
    for row, time in enumerate(PRICES.times.tolist()):
        reports = course.reports[2]
        told = (*pool.state.memory.reports[:2], Report(reports.rates[row], int(reports.updated[row])))
        pool.take(replace(pool.state, memory=pool.state.memory.told(told)))
        pool.take(pool.snapshot.with_rates_followed(time))
        assert pool.state.rates == course.at(row)
        assert [rate.frozen for rate in pool.state.memory.rates] == course.frozen[row].tolist()
        if row in moves:
            kind = (
                (pool.add_liquidity, pw.AddKind) if moves[row] > 0 else (pool.remove_liquidity, pw.RemoveKind)
            )
            kind[0](kind[1].PROPORTIONAL, shares=pool.state.shares * abs(moves[row]) // WAD, at=time)
        while trades and trades[0].row == row:
            trade = trades.pop(0)
            made = pool.swap(pw.SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=time)
            assert made.amount_out == trade.amount_out
            stopped = bool(course.frozen[row, 2])
            asked[stopped] += 1
            assert not stopped or 2 not in (trade.token_in, trade.token_out)
        frozen.append(bool(course.frozen[row, 2]))
    assert not trades
    assert (pool.state.balances, pool.state.rates) == (result.final_state.balances, result.final_state.rates)
    # Slashed in row 100 and followed by a thousandth a row; silent from 200 on and too old after a day; too far at 248.
    assert frozen.index(True) == 100
    assert frozen[100:130].count(True) in (19, 20)
    assert (frozen[223], frozen[224], frozen[247]) == (False, True, True)
    assert not frozen[-1]
    assert min(asked.values()) > 20
    assert result.refused > 0


def test_books_close_and_tell_what_the_rates_did(result: SimulationResult) -> None:
    result.books.check()
    still = run(rates=Rates({"SDAI": 0.0}, MOVING.shocks, prices="underlying")).figures()
    figures = result.figures()
    assert abs(figures["reweighting"]) > 1e-6
    assert figures["impermanent_loss"] != still["impermanent_loss"]
    fixed = simulate(STABLE, market(STABLE, 50), agents=[Arbitrageur()])
    assert np.abs(fixed.books.against_holding["reweighting"]).max() == 0


def test_float_runs_and_totals_say_the_same(result: SimulationResult) -> None:
    quick = run(precision="float")
    quick.books.check()
    assert quick.recheck is not None
    assert quick.recheck.trades == 50
    assert quick.figures()["value"] == pytest.approx(result.figures()["value"], rel=1e-9)
    assert quick.final_state.rates == result.final_state.rates
    totals = simulate_totals(POOL, PRICES, agents=result.agents)
    totals.books.check()
    assert totals.figures() == result.figures()
    assert totals.final_state == result.final_state


def test_rates_that_stay_change_nothing() -> None:
    still = Rates({"SDAI": 0.0})
    agents = [Arbitrageur("to_no_arbitrage"), Retail(1.0, 2_000.0)]
    prices = market(POOL, 100)
    with_rates = simulate(POOL, prices, agents=[*agents, still])
    alone = simulate(POOL, prices, agents=agents)
    assert np.array_equal(with_rates.trades.amounts, alone.trades.amounts)
    assert with_rates.final_state == alone.final_state
    assert with_rates.figures() == pytest.approx(alone.figures(), rel=1e-12, abs=1e-12)


def test_an_imbalance_fee_sees_the_rates_of_the_row() -> None:
    fee = ImbalanceFee(0.0001, 0.0004, 0.01, 0.01)
    agents = [Arbitrageur("to_no_arbitrage"), Retail(1.0, 2_000.0), replace(MOVING, silent=())]
    result = simulate(POOL, PRICES, agents=agents, fee=fee)
    held = list(result.initial_state.balances)
    for trade in result.trades:
        factors = [
            rate * 10 ** (18 - token.decimals)
            for rate, token in zip(result.rates.at(trade.row), TOKENS, strict=True)
        ]
        value_in, value_out = (held[k] * factors[k] for k in (trade.token_in, trade.token_out))
        leaning = 0.0004 + 0.01 * float(np.log(value_in / value_out))
        assert trade.swap_fee / WAD == pytest.approx(min(max(leaning, 0.0001), 0.01), abs=1e-15)
        held[trade.token_in] += trade.amount_in
        held[trade.token_out] -= trade.amount_out


def test_amplification_and_rates_move_together() -> None:
    result = run(AmplificationRamps(((START + 20 * HOUR, 300),), 8 * DAY))
    result.books.check()
    assert result.final_state.amplification == 300_000
    assert result.final_state.rates != result.initial_state.rates


def test_recorded_rates_open_the_pool_and_move_it(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    rows = [f"{START + k * DAY},{1.2 + 0.0001 * k!r}" for k in range(-1, 13)]
    file.write_text("time,sdai_rate\n" + "\n".join(rows) + "\n")
    recorded = RateSeries.load(file, {"SDAI": "sdai_rate"})
    result = run(rates=Rates(recorded=recorded))
    assert result.initial_state.rates[2] == 12 * 10**17
    worth = [float(each) / WAD for each in result.rates.reports[2].worth]
    assert worth[::24] == pytest.approx([1.2 + 0.0001 * k for k in range(13)][: len(worth[::24])], rel=1e-12)
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(
        '[rates]\nfile = "rates.csv"\ncolumns = { SDAI = "sdai_rate" }\nprices = "underlying"\n'
    )
    agent = load_scenario(scenario).agents[-1]
    assert isinstance(agent, Rates)
    assert agent.recorded is not None
    assert agent.recorded.sha256 == recorded.sha256
    scenario.write_text('[rates]\ngrowth = { SDAI = "5%" }\nshocks = [[2024-02-01, "SDAI", "-5%"]]\n')
    assert load_scenario(scenario).agents[-1] == Rates({"SDAI": 0.05}, ((1_706_745_600, "SDAI", -0.05),))
    late = replace(recorded, times=recorded.times + 9 * DAY)
    with pytest.raises(PoolwrightError, match="after the first price"):
        run(rates=Rates(recorded=late))


def test_prices_of_the_underlying_are_multiplied_by_what_the_token_is_worth() -> None:
    own = priced(MOVING, POOL, PRICES)
    worth = np.array(rate_course(MOVING, POOL, PRICES).reports[2].worth, np.float64) / WAD
    assert np.array_equal(own.prices[:, :2], PRICES.prices[:, :2])
    assert np.allclose(own.prices[:, 2], PRICES.prices[:, 2] * worth, rtol=1e-15)
    assert own.sha256 != PRICES.sha256
    assert priced(replace(MOVING, prices="token"), POOL, PRICES) is PRICES


def test_a_journal_tells_each_report_once_and_asks_where_it_matters(result: SimulationResult) -> None:
    deeds = journal(result)
    told = [deed for deed in deeds if isinstance(deed, Told)]
    assert len(told) == len({(deed.rate, deed.updated) for deed in told}) == 299 - 48 + 1
    rows = {(deed.time - START) // HOUR for deed in deeds if isinstance(deed, Follow)}
    assert 224 in rows  # nothing new is said: it has grown too old
    assert not rows & set(range(201, 224))


def test_what_makes_no_run_is_refused(tmp_path: Path) -> None:
    nobody = replace(POOL, tokens=STABLE.tokens)
    for params, agents, message in (
        (WEIGHTED, [Rates({"DAI": 0.1})], "this one is weighted, where they cancel out"),
        (POOL, [Rates({"WETH": 0.1})], "rates of WETH: the pool has DAI, USDC, SDAI"),
        (nobody, [Rates({"SDAI": 0.1})], "Give it a rate_provider"),
    ):
        prices = market(params, 20) if params is WEIGHTED else PRICES
        with pytest.raises(PoolwrightError, match=message):
            simulate(params, prices, agents=agents)
    dearer = replace(POOL, tokens=(*TOKENS[:2], replace(TOKENS[2], rate=12 * 10**17)))
    with pytest.raises(PoolwrightError, match="open at different rates"):
        simulate_pools([POOL, dearer], PRICES, agents=[Arbitrageur(), MOVING])
    for make, message in (
        (lambda: Rates({"SDAI": 11.0}), "growth of SDAI 11.0"),
        (lambda: Rates(shocks=((START, "SDAI"),)), "not .unix seconds, symbol, change"),
        (lambda: Rates(shocks=((START, "SDAI", -1.0),)), "shocks change -1.0"),
        (lambda: Rates(silent=(("SDAI", 5, 5),)), "not .symbol, from, to"),
        (lambda: Rates(prices="own"), "prices 'own'; known: token, underlying"),
        (lambda: RateSeries.load("x.csv", {}), "columns says which column"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            make()
    file = tmp_path / "scenario.toml"
    file.write_text('[rates]\ncolumns = { SDAI = "a" }\n')
    with pytest.raises(PoolwrightError, match=r"rates\.columns: .*add file"):
        load_scenario(file)


QUICK = replace(
    POOL, tokens=(*TOKENS[:2], replace(TOKENS[2], rate_max_move=5 * 10**16)), swap_fee=2 * POOL.swap_fee
)


@pytest.fixture(scope="module")
def pair() -> PoolsResult:
    """One pool that follows a slash in 20 rows, one that follows it at once."""
    agents = [Arbitrageur("to_no_arbitrage"), Retail(4.0, 2_000.0), MOVING]
    return simulate_pools([POOL, QUICK], PRICES, agents=agents)


def test_retail_goes_on_to_another_pool_where_one_is_frozen(pair: PoolsResult) -> None:
    pair.check()
    slow, quick = pair.pools
    lagging = slow.rates.frozen[:, 2] & ~quick.rates.frozen[:, 2]
    both = slow.rates.frozen[:, 2] & quick.rates.frozen[:, 2]
    assert (lagging.sum(), both.sum()) == (20, 24)
    rows = [
        {trade.row for trade in run.trades if 2 in (trade.token_in, trade.token_out)} for run in pair.pools
    ]
    assert not rows[0] & set(np.flatnonzero(slow.rates.frozen[:, 2]))
    assert not rows[1] & set(np.flatnonzero(both))
    orders = retail_orders(Retail(4.0, 2_000.0), PRICES, 7)
    asked = [
        row for row, tokens in zip(orders.rows.tolist(), orders.tokens.tolist(), strict=True) if 2 in tokens
    ]
    served = {trade.row for trade in quick.trades if trade.agent == tables.RETAIL}
    assert {row for row in asked if lagging[row]} <= served
    # Frozen in both, an order of the token is left, and nothing else is.
    left = [value for row, tokens, value in zip(orders.rows, orders.tokens, orders.values, strict=True)
            if both[row] and 2 in tokens]  # fmt: skip
    assert len(left) > 20
    assert pair.figures()["orders_left"] == pytest.approx(sum(left), rel=1e-6)
    assert pair.figures()["refused_trades"] == 0


def test_with_a_venue_it_takes_what_is_frozen() -> None:
    agents = [Arbitrageur("to_no_arbitrage"), Retail(4.0, 2_000.0, rival=Venue(0.01)), MOVING]
    found = simulate_pools([POOL, QUICK], PRICES, agents=agents)
    found.check()
    assert found.figures()["orders_left"] == pytest.approx(0, abs=1)
    assert found.figures()["orders_filled_by_venue"] > 0


def test_a_rival_pool_follows_and_freezes_as_the_pool_does() -> None:
    """A rival pool beside one pool is the second of two, which runs through other code."""
    alone = simulate(
        POOL, PRICES, value=1e6, agents=[Arbitrageur(), Retail(4.0, 2_000.0, rival=RivalPool(0.0008)), MOVING]
    )
    alone.books.check()
    rival = replace(POOL, swap_fee=8 * 10**14)
    two = simulate_pools(
        [POOL, rival], PRICES, values=[1e6, 1e6], agents=[Arbitrageur(), Retail(4.0, 2_000.0), MOVING]
    )
    for one, other in zip(alone.final_state.balances, two.pools[0].final_state.balances, strict=True):
        assert one == pytest.approx(other, rel=1e-6)
    assert len(alone.trades) == len(two.pools[0].trades) > 500


def test_pools_with_rates_are_what_the_vault_does(pair: PoolsResult) -> None:
    for place in range(2):
        agents = [Arbitrageur("to_no_arbitrage"), Retail(0.5, 2_000.0), MOVING]
        held = simulate_pools([POOL, QUICK], PRICES, agents=agents, in_vault=True).pools[place]
        assert replay_in_vault(held).balances == held.final_state.balances
