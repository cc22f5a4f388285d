"""A whole run again on a pool in the Vault: it ends alike to the wei, or says which deed went another way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from poolwright.chain.replay import ReplayError
from poolwright.chain.vault_replay import replay_in_vault
from poolwright.cli.proof import COMPARED
from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import Agent, Arbitrageur, LiquidityEvents, Retail
from poolwright.simulate.amplification import AmplificationRamps
from poolwright.simulate.engine import simulate
from poolwright.simulate.journal import Halt, Liquidity, Ramp, Report, journal
from poolwright.simulate.policies import Accounts
from poolwright.simulate.rates import Rates
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer
from poolwright.simulate.result import SimulationResult
from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
from poolwright.spec.governance import Rights
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import STABLE, WEIGHTED, market

HOUR, DAY, WAD = 3_600, 86_400, 10**18
RIGHTS = Rights(ramp=DAY, policy=DAY)
TRADERS = [Arbitrageur("to_no_arbitrage"), Retail(1.0, 2_000.0)]


def run(params: PoolParams, *more: Agent, hours: int = 150) -> SimulationResult:
    prices = market(params, hours)
    times = prices.times
    events = LiquidityEvents(((int(times[40]), 0.5), (int(times[90]), -0.3)))
    agents = [*TRADERS, events, *more]
    return simulate(replace(params, rights=RIGHTS), prices, agents=agents, in_vault=True)


def check(result: SimulationResult) -> None:
    """The Vault ends as the run did: balances, shares, rates, amplification, and what is owed in sum."""
    final, found = result.final_state, replay_in_vault(result)
    owed = tuple(map(sum, zip(final.protocol_owed, final.creator_owed, strict=True)))
    expected = replace(final, protocol_owed=owed)
    assert len(result.trades) > 50
    assert all(owed)
    for name in COMPARED:
        assert getattr(found, name) == getattr(expected, name), name
    assert found.at == final.at


def start_of(params: PoolParams) -> int:
    return int(market(params, 2).times[0])


def test_ramps_of_weights_with_halts_and_a_front_runner() -> None:
    start = start_of(WEIGHTED)
    targets = ((start + 30 * HOUR, (0.2, 0.4, 0.4)), (start + 300 * HOUR, (0.6, 0.2, 0.2)))
    mover = Rebalancer(targets, 36 * HOUR, brake_drop=0.02, brake_seconds=6 * HOUR, gas_cost=7.0)
    result = run(WEIGHTED, mover, FrontRunner(gas_cost=0.2), hours=450)
    kinds = [type(deed) for deed in journal(result)]
    assert kinds.count(Ramp) > 2
    assert kinds.count(Halt) > 0
    assert kinds.count(Liquidity) == 2
    assert {trade.agent for trade in result.trades} == {0, 1, 2}
    check(result)


def test_an_amplification_that_moves_under_an_imbalance_fee() -> None:
    policy = FeePolicy(Policy.IMBALANCE, least=2 * 10**14, most=10**16, slope=WAD // 100)
    ramps = AmplificationRamps(((start_of(STABLE) + 50 * HOUR, 300),), 3 * DAY)
    result = run(replace(STABLE, fee_policy=policy), ramps)
    assert 200_000 < result.final_state.amplification <= 300_000
    assert len({trade.swap_fee for trade in result.trades}) > 20
    check(result)


@pytest.mark.parametrize("ramped", [False, True])
def test_rates_that_grow_are_slashed_and_grow_old(ramped: bool) -> None:
    start = start_of(STABLE)
    saved = replace(STABLE.tokens[2], rate_provider="0x" + "11" * 20, rate_max_move=10**15)
    params = replace(STABLE, tokens=(*STABLE.tokens[:2], saved))
    slash, quiet = (start + 50 * HOUR, "SDAI", -0.01), ("SDAI", start + 80 * HOUR, start + 120 * HOUR)
    rates = Rates({"SDAI": 0.2}, (slash,), (quiet,))
    more = [AmplificationRamps(((start + 50 * HOUR, 300),), 4 * DAY)] if ramped else []
    result = run(params, rates, *more)
    assert result.rates is not None
    assert 20 < result.rates.frozen.sum() < 80
    assert any(isinstance(deed, Report) and deed.updated for deed in journal(result))
    check(result)


VOLATILE = replace(
    WEIGHTED, fee_policy=FeePolicy(Policy.VOLATILITY, most=2 * 10**16, slope=WAD // 2), half_life=7_200
)


def test_a_withdrawal_fee() -> None:
    check(run(replace(STABLE, withdrawal_fee=10**16)))


def test_a_volatility_fee() -> None:
    result = run(VOLATILE)
    assert len({trade.swap_fee for trade in result.trades}) > 20
    check(result)


@pytest.mark.parametrize("source", list(TierSource))
def test_tiers(source: TierSource) -> None:
    threshold = {TierSource.HELD: 10 * WAD, TierSource.TRADED: WAD // 50, TierSource.POOLED: 350 * WAD}
    policy = FeePolicy(
        Policy.TIERED, least=10**15, tier_source=source, tier_threshold=threshold.get(source, 0)
    )
    accounts = {TierSource.LISTED: [Accounts(1, 3)], TierSource.HELD: [Accounts(9.0, 123.5)]}.get(source, [])
    result = run(replace(WEIGHTED, fee_policy=policy, half_life=7_200), *accounts)
    assert len({trade.swap_fee for trade in result.trades}) > 1
    check(result)


def test_another_fee_is_seen_at_the_first_trade_that_pays_it() -> None:
    """Less by a unit of a slope that no trade's fee shows at first."""
    result = run(VOLATILE, hours=100)
    policy = replace(VOLATILE.fee_policy, slope=VOLATILE.fee_policy.slope - 10**15)
    with pytest.raises(ReplayError, match=r"^Swap.* pays \d+ in the Vault"):
        replay_in_vault(replace(result, params=replace(result.params, fee_policy=policy)))


def test_a_run_that_counts_owed_fees_otherwise_does_not_end_alike() -> None:
    result = run(VOLATILE, hours=100)
    plain = simulate(result.params, result.prices, agents=result.agents)
    with pytest.raises(ReplayError, match=r"(Swap|Liquidity).* in the Vault"):
        replay_in_vault(plain)


def test_what_no_pool_in_the_vault_can_do_is_refused() -> None:
    start = start_of(WEIGHTED)
    mover = Rebalancer(((start + 30 * HOUR, (0.4, 0.3, 0.3)),), 36 * HOUR)
    tiered = replace(WEIGHTED, fee_policy=FeePolicy(Policy.TIERED, least=10**15))
    held = replace(tiered.fee_policy, tier_source=TierSource.HELD, tier_threshold=WAD)
    for params, agents, message in (
        (replace(WEIGHTED, rights=Rights()), [mover], r'Add ramp = "3 days" to \[rights\]'),
        (replace(WEIGHTED, rights=Rights(ramp=2 * DAY)), [
            replace(mover, targets=(*mover.targets, (start + 70 * HOUR, (0.3, 0.3, 0.4)))),
        ], r"starts 4 hours after the one before has ended.*announced 2 days before"),
        (replace(WEIGHTED, rights=RIGHTS), [replace(mover, gas_cost=1.0, paid_by="pool")], "mints shares"),
        (tiered, [Accounts(1, 0)], r'Add policy = "3 days" to \[rights\]'),
        (replace(tiered, fee_policy=held), [Accounts(1e9, 0)], "holds more shares than the pool opens with"),
    ):  # fmt: skip
        result = simulate(params, market(params, 80), agents=[Arbitrageur(), *agents], in_vault=True)
        with pytest.raises(PoolwrightError, match=message):
            replay_in_vault(result)
