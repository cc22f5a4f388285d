"""The closed books: every identity on every kind, to the wei where it is tokens, and no ledger that may be wrong."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from poolwright.model.native.border import from_limbs
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, RemoveKind, SwapKind
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail, RivalPool, Venue
from poolwright.simulate.books import LEDGERS, Books, BooksError
from poolwright.simulate.engine import simulate
from poolwright.simulate.kernels import tables
from poolwright.simulate.result import SimulationResult
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import POOLS, market

HOUR = 3_600
FULL = {
    "model": "to_no_arbitrage", "gas_cost": 0.05, "venue_fee": 0.0001, "latency_blocks": 1, "competition": 0.6,
}  # fmt: skip


def busy(params: PoolParams, hours: int = 1_000) -> SimulationResult:
    """Run with everybody there, and liquidity that comes and goes."""
    prices = market(params, hours)
    start = int(prices.times[0])
    events = LiquidityEvents(((start, 0.1), (start + 200 * HOUR, 0.5), (start + 700 * HOUR, -0.3)))
    retail = Retail(1.5, 2_000.0, elasticity=20.0, rival=Venue(0.0035))
    return simulate(params, prices, agents=[Arbitrageur(**FULL), retail, events])


@pytest.fixture(scope="module", params=POOLS.values(), ids=list(POOLS))
def result(request: pytest.FixtureRequest) -> SimulationResult:
    return busy(request.param)


def test_books_close_with_everybody_there(result: SimulationResult) -> None:
    books = result.books
    books.check()
    totals = books.to_dict()["pool"]
    for name in LEDGERS:
        if not name.startswith(("front", "rebalancer")):  # in test_rebalancer
            assert totals[name] != 0 or name == "fees_held_outside", name
    assert set(result.trades.places[:, 3].tolist()) == {tables.ARBITRAGEUR, tables.RETAIL}
    assert len(result.liquidity) == 3


def test_value_change_is_told_by_the_ledgers_row_by_row(result: SimulationResult) -> None:
    """The identity in exact fractions, from the lists of trades and liquidity alone."""
    params = result.params
    units = [Fraction(1, 10**token.decimals) for token in params.tokens]
    exact = [
        [Fraction(p) * u for p, u in zip(row, units, strict=True)] for row in result.prices.prices.tolist()
    ]
    held, flows = list(result.initial_state.balances), result.books
    trades, moves = list(result.trades), iter(_moves(result))
    move, at = next(moves, None), 0
    for row in range(result.rows):
        before, old, now = list(held), exact[max(row - 1, 0)], exact[row]
        lvr = fees = retail = away = moved = Fraction(0)
        while move is not None and move[0] == row:
            held = [b + m for b, m in zip(held, move[1], strict=True)]
            moved += sum(m * p for m, p in zip(move[1], now, strict=True))
            move = next(moves, None)
        while at < len(trades) and trades[at].row == row:
            trade = trades[at]
            at += 1
            i, o = trade.token_in, trade.token_out
            left = trade.protocol_fee + trade.creator_fee
            held[i] += trade.amount_in - left
            held[o] -= trade.amount_out
            away += left * now[i]
            if trade.agent == tables.ARBITRAGEUR:
                lvr += trade.amount_out * now[o] - (trade.amount_in - trade.fee) * now[i]
                fees += trade.fee * now[i]
            else:
                retail += trade.amount_in * now[i] - trade.amount_out * now[o]
        change = sum(h * p for h, p in zip(held, now, strict=True)) - sum(
            b * p for b, p in zip(before, old, strict=True)
        )
        portfolio = sum(b * (p - q) for b, p, q in zip(before, now, old, strict=True))
        assert change == portfolio - lvr + fees + retail - away + moved
        for name, amount in (
            ("lvr", lvr),
            ("arbitrage_fees", fees),
            ("retail_cost", retail),
            ("liquidity_moved", moved),
        ):
            assert float(flows.ledger(name)[row]) == pytest.approx(float(amount), rel=1e-9, abs=1e-6), (
                name,
                row,
            )
        assert float(flows.value_change[row]) == pytest.approx(float(change), rel=1e-9, abs=1e-6)
    assert tuple(held) == result.final_state.balances


def _moves(result: SimulationResult) -> list[tuple[int, list[int]]]:
    moves = result.liquidity
    signs = np.sign(moves.fractions).tolist()
    return [
        (row, [sign * amount for amount in from_limbs(amounts)])
        for row, sign, amounts in zip(moves.rows.tolist(), signs, moves.amounts, strict=True)
    ]


def test_the_exact_pool_says_the_same_of_trades_and_liquidity(result: SimulationResult) -> None:
    pool = Pool.from_state(result.params, result.initial_state)
    pending = _moves(result)
    for trade in result.trades:
        while pending and pending[0][0] <= trade.row:
            _replay(pool, result, *pending.pop(0))
        swap = pool.swap(SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        assert (swap.amount_out, swap.fee) == (trade.amount_out, trade.fee)
        assert (swap.protocol_fee, swap.creator_fee) == (trade.protocol_fee, trade.creator_fee)
    assert replace(pool.state, at=0) == replace(result.final_state, at=0)


def _replay(pool: Pool, result: SimulationResult, row: int, amounts: list[int]) -> None:
    place = result.liquidity.rows.tolist().index(row)
    shares = from_limbs(result.liquidity.shares)[place]
    if amounts[0] > 0:
        moved = pool.add_liquidity(AddKind.PROPORTIONAL, shares=shares)
    else:
        moved = pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=shares)
    assert [abs(amount) for amount in amounts] == list(moved.amounts)


@pytest.mark.parametrize("precision", ["exact", "float"])
def test_who_leaves_pays_the_withdrawal_fee_and_it_stays(precision: str) -> None:
    """The same market without the fee: the part that is paid nothing for is in the pool."""
    params = POOLS["weighted"]
    prices = market(params, 50)
    events = LiquidityEvents(((int(prices.times[9]), -0.4),))
    free, dear = (
        simulate(each, prices, agents=[events], precision=precision)
        for each in (params, replace(params, withdrawal_fee=10**16))
    )
    for was, least, most in zip(
        free.initial_state.balances, free.final_state.balances, dear.final_state.balances, strict=True
    ):
        assert most - least == pytest.approx(was * 0.4 * 0.01, rel=1e-9, abs=2)
    assert dear.final_state.shares == free.final_state.shares
    dear.books.check()


@pytest.mark.parametrize("name", LEDGERS)
def test_one_wrong_ledger_is_found(result: SimulationResult, name: str) -> None:
    flows = result.books.flows.copy()
    row = int(np.argmax(np.abs(flows[:, LEDGERS[name]])))
    flows[row, LEDGERS[name]] += 1e-5  # of a pool worth about a million
    with pytest.raises(BooksError, match="the books do not close"):
        replace(result.books, flows=flows).check()


# Fees are parts of what was paid in, told apart by value above.
@pytest.mark.parametrize("account", [place for place in range(tables.ACCOUNTS) if place != tables.FEES])
def test_one_unit_is_missed(result: SimulationResult, account: int) -> None:
    accounts = dict(result.accounts)
    accounts[account] = (accounts[account][0], accounts[account][1] + 1, accounts[account][2])
    with pytest.raises(BooksError, match="token 1: the pool holds"):
        replace(result.books, accounts=accounts).check()


def test_a_wrong_balance_is_found(result: SimulationResult) -> None:
    balances = result.books.balances.copy()
    balances[500, 2] *= 1 + 1e-9
    with pytest.raises(BooksError):
        replace(result.books, balances=balances).check()
    moves = result.books.token_moves.copy()
    moves[700, 1] += 1e-6
    with pytest.raises(BooksError, match="token 1, row 700"):
        replace(result.books, token_moves=moves).check()


def test_against_holding_sums_up_and_rebalancing_is_not_holding(result: SimulationResult) -> None:
    books: Books = result.books
    held = books.against_holding
    rest = sum(part for name, part in held.items() if name != "difference")
    assert np.allclose(held["difference"], rest, atol=1e-4)
    assert np.allclose(held["difference"], result.share_value - result.hold, rtol=1e-12, atol=1e-6)
    assert np.allclose(held["impermanent_loss"], result.impermanent_loss * result.hold, atol=1e-6)
    # Liquidity in proportion gives nobody anything but roundings.
    assert abs(held["joining"][-1]) < 1e-2
    assert not np.allclose(result.rebalanced, result.hold, rtol=1e-6)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_books_close_with_a_rival_pool_and_with_fees_outside(params: PoolParams) -> None:
    agents = [Arbitrageur(), Retail(2.0, 1_000.0, rival=RivalPool(0.003))]
    result = simulate(params, market(params, 500), agents=agents, testing_fees_outside_reserves=True)
    result.books.check()
    outside = sum(result.accounts[tables.OUTSIDE])
    assert outside > 0
    assert result.books.to_dict()["pool"]["fees_held_outside"] > 0
