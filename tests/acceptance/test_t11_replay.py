"""T11: one list of trades on the engine, the integer pool and the compiled contract: the same to the wei."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poolwright.chain.replay import ReplayError, replay_simulation
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.simulate.agents import Arbitrageur, Retail, Venue
from poolwright.simulate.engine import simulate
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import POOLS, market

AGENTS = [Arbitrageur("to_no_arbitrage"), Retail(0.5, 1_000.0, rival=Venue(0.004))]


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_exact_trades_end_alike_everywhere(params: PoolParams) -> None:
    result = simulate(params, market(params, 400), agents=AGENTS)
    pool = Pool.from_state(params, result.initial_state)
    for trade in result.trades:
        swap = pool.swap(SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        assert (swap.amount_out, swap.fee) == (trade.amount_out, trade.fee)
    assert len(result.trades) > 200
    assert pool.state == result.final_state
    assert replay_simulation(params, result.initial_state, result.trades) == result.final_state


def test_a_trade_that_is_not_the_contracts_is_found() -> None:
    params = POOLS["weighted"]
    result = simulate(params, market(params, 60), agents=AGENTS)
    trades = list(result.trades)
    trades[20] = trades[20]._replace(amount_out=trades[20].amount_out + 1)
    with pytest.raises(ReplayError, match="trade 20"):
        replay_simulation(params, result.initial_state, trades)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_float_trades_replay_within_a_bound(params: PoolParams) -> None:
    """The amounts in of a float run, on the integer pool: balances end within 1e-9, the contract at the wei.

    A coarse unit (WBTC has 8 decimals) that falls to the other side is what moves the others so far.
    """
    result = simulate(params, market(params, 400), agents=AGENTS, precision="float")
    pool, redone = Pool.from_state(params, result.initial_state), []
    for trade in result.trades:
        swap = pool.swap(SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        redone.append(trade._replace(amount_out=swap.amount_out, fee=swap.fee))
    assert len(redone) > 200
    found, exact = (np.array([float(b) for b in s.balances]) for s in (result.final_state, pool.state))
    assert (np.abs(found - exact) <= 1e-9 * exact + 10).all()
    assert replace(replay_simulation(params, result.initial_state, redone), at=0) == replace(pool.state, at=0)
