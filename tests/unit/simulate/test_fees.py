"""A swap fee as a Python function: asked before each trade, rounded to what a contract can charge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poolwright.errors import PoolwrightError
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.simulate.agents import Arbitrageur, Retail
from poolwright.simulate.engine import simulate
from poolwright.simulate.fees import FeeRule
from poolwright.simulate.kernels import user_fee
from poolwright.spec.bounds import MAX_SWAP_FEE
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import POOLS, WEIGHTED, market

AGENTS = [Arbitrageur("to_no_arbitrage"), Retail(1.0, 1_000.0)]


def declared(pool, step, token_in, token_out):
    return pool.swap_fee


def by_direction(pool, step, token_in, token_out):
    return 0.001 if token_in == 0 else 0.004


def by_volatility(pool, step, token_in, token_out):
    return 0.001 + 0.5 * np.sqrt(pool.memory[0])


def remember(pool, step, token_in, token_out, amount_in, amount_out):
    level = np.log(pool.reserves[0] / pool.reserves[2])
    if pool.trades > 1:
        pool.memory[0] = 0.9 * pool.memory[0] + 0.1 * (level - pool.memory[1]) ** 2
    pool.memory[1] = level
    pool.memory[2] += 1
    pool.memory[3] += amount_in


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_the_declared_fee_as_a_function_changes_nothing(params: PoolParams) -> None:
    prices = market(params, 300)
    flat = simulate(params, prices, agents=AGENTS)
    asked = simulate(params, prices, agents=AGENTS, fee=declared)
    assert list(asked.trades) == list(flat.trades)
    assert asked.final_state == flat.final_state


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
@pytest.mark.parametrize(
    "rule", [FeeRule(by_direction), FeeRule(by_volatility, remember)], ids=["direction", "memory"]
)
def test_each_trade_pays_the_fee_of_its_moment(params: PoolParams, rule: FeeRule) -> None:
    result = simulate(params, market(params, 300), agents=AGENTS, fee=rule)
    result.books.check()
    state, memory = result.initial_state, np.zeros(16)
    for count, trade in enumerate(result.trades):
        if rule.after_trade is None:
            fee = by_direction(None, None, trade.token_in, trade.token_out)
        else:
            fee = 0.001 + 0.5 * float(np.sqrt(memory[0]))
        assert abs(trade.swap_fee - min(int(fee * 1e18), MAX_SWAP_FEE)) <= 1e7  # the last bits of a logarithm
        pool = Pool.from_state(params, replace(state, swap_fee=trade.swap_fee))
        swap = pool.swap(SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        assert (swap.amount_out, swap.fee) == (trade.amount_out, trade.fee)
        state = replace(pool.state, swap_fee=params.swap_fee)
        level = np.log(state.balances[0] / result.units[0] / (state.balances[2] / result.units[2]))
        if count:
            memory[0] = 0.9 * memory[0] + 0.1 * (level - memory[1]) ** 2
        memory[1] = level
    assert state == result.final_state
    assert len({trade.swap_fee for trade in result.trades}) > 1


def test_a_rule_sees_the_step_and_the_market() -> None:
    def look(pool, step, token_in, token_out):
        right = step.row == 0.0 or step.seconds == 3_600.0
        right = right and step.time > 1.6e9 and len(step.prices) == 3 and step.prices[1] > step.prices[2]
        right = right and len(pool.reserves) == 3 and len(pool.memory) == 2
        return 0.002 if right else 0.009

    result = simulate(WEIGHTED, market(WEIGHTED, 100), fee=FeeRule(look, memory=2))
    assert {trade.swap_fee for trade in result.trades} == {2 * 10**15}


def test_the_fee_is_bounded_as_the_contract_bounds_it() -> None:
    assert user_fee.MOST == MAX_SWAP_FEE

    def huge(pool, step, token_in, token_out):
        return 0.5

    result = simulate(WEIGHTED, market(WEIGHTED, 100), agents=[Retail(1.0, 10.0)], fee=huge)
    assert {trade.swap_fee for trade in result.trades} == {MAX_SWAP_FEE}


def test_a_fee_that_is_none_stops_the_run() -> None:
    for wrong in (float("nan"), -0.001):

        def broken(pool, step, token_in, token_out, wrong=wrong):
            return wrong

        with pytest.raises(PoolwrightError, match=r"a negative fee or no number at 2024-01-01T00:00:00Z"):
            simulate(WEIGHTED, market(WEIGHTED, 100), fee=broken)


def test_a_function_that_cannot_be_compiled_is_refused() -> None:
    def wordy(pool, step, token_in, token_out):
        return pool.missing

    with pytest.raises(PoolwrightError, match="the fee function 'wordy' cannot be compiled"):
        simulate(WEIGHTED, market(WEIGHTED, 100), fee=wordy)
    with pytest.raises(PoolwrightError, match="memory 0"):
        FeeRule(wordy, memory=0)


def test_the_result_names_the_rule() -> None:
    result = simulate(WEIGHTED, market(WEIGHTED, 50), fee=by_direction)
    assert result.to_dict()["assumptions"]["fee"].startswith("by_direction, sha256 ")
    assert result.theory is not None
    assert result.theory.arbitrage_loss is None
