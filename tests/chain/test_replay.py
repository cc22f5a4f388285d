"""A replay ends in the simulated state, or says which trade went another way."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from web3 import Web3

from poolwright.chain.ledger import LedgerPool, read_state
from poolwright.chain.replay import ReplayError, replay_simulation
from poolwright.chain.revert import CallReverted
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.spec.params import PoolParams, Token

ETHER = 10**18


class Trade(NamedTuple):
    time: int
    token_in: int
    token_out: int
    amount_in: int
    amount_out: int


@pytest.fixture
def pool() -> Pool:
    tokens = [Token("WETH", 18), Token("WBTC", 8), Token("USDC", 6)]
    weights = [5 * 10**17, 3 * 10**17, 2 * 10**17]
    params = PoolParams.weighted(tokens, weights, swap_fee=3 * 10**15, protocol_share=10**17)
    return Pool.create(params, [5_000 * ETHER, 30_000_000_000, 4_000_000_000_000])


def trades_of(pool: Pool, count: int) -> list[Trade]:
    """Swaps that the pool makes, two in the same second now and then."""
    trades = []
    for k in range(count):
        i, o = k % 3, (k + 1 + k % 2) % 3
        amount = pool.state.balances[i] // (100 + k)
        result = pool.swap(SwapKind.EXACT_IN, i, o, amount, at=1_600_000_000 + 1_800 * (k // 2))
        trades.append(Trade(pool.state.at, i, o, amount, result.amount_out))
    return trades


def test_replay_ends_in_the_simulated_state(pool: Pool) -> None:
    start = pool.state
    trades = trades_of(pool, 60)
    assert replay_simulation(pool.params, start, trades) == pool.state


def test_replay_runs_on_any_chain(web3: Web3, pool: Pool) -> None:
    start = pool.state
    trades = trades_of(pool, 5)
    assert replay_simulation(pool.params, start, trades, web3=web3) == pool.state


def test_replay_of_nothing_is_the_initial_state(pool: Pool) -> None:
    assert replay_simulation(pool.params, pool.state, []) == pool.state


def test_replay_names_the_trade_that_pays_otherwise(pool: Pool) -> None:
    start = pool.state
    trades = trades_of(pool, 4)
    trades[2] = trades[2]._replace(amount_out=trades[2].amount_out + 1)
    with pytest.raises(ReplayError, match=rf"trade 2 .* pays {trades[2].amount_out - 1} "):
        replay_simulation(pool.params, start, trades)


def test_replay_names_the_trade_that_is_refused(pool: Pool) -> None:
    start = pool.state
    trades = trades_of(pool, 4)
    trades[3] = trades[3]._replace(amount_in=0)
    with pytest.raises(ReplayError, match=r"trade 3 .* refused by the contract: swap: zero in"):
        replay_simulation(pool.params, start, trades)


def test_state_is_read_from_an_address(web3: Web3, pool: Pool) -> None:
    owed = replace(pool.state, protocol_owed=(1, 2, 3), creator_owed=(4, 5, 6), at=77)
    ledger = LedgerPool.deploy(web3, pool.params, owed)
    assert read_state(web3, ledger.address) == owed


def test_ledger_opens_with_the_model_s_shares_and_prices(web3: Web3, pool: Pool) -> None:
    ledger = LedgerPool.deploy(web3, pool.params, pool.state)
    assert ledger.initial_shares == pool.state.shares
    numerator, denominator = ledger.spot_price(0, 2)
    price = pool.spot_price(0, 2).raw
    assert numerator * price.denominator == denominator * price.numerator


def test_ledger_refuses_a_state_of_another_shape(web3: Web3, pool: Pool) -> None:
    shorter = replace(pool.state, rates=pool.state.rates[:2])
    with pytest.raises(CallReverted, match="ledger: lengths differ"):
        LedgerPool.deploy(web3, pool.params, shorter)
