"""The contracts' fee policies in the engine: each trade pays what the integer maths says of the state before it."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolwright.errors import PoolwrightError
from poolwright.model import changes
from poolwright.model.maths import fee_policy_maths, oracle_maths
from poolwright.model.maths.asset_word import Asset
from poolwright.model.native import from_limbs
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, SwapKind
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail
from poolwright.simulate.engine import balances_worth, simulate
from poolwright.simulate.kernels import tables
from poolwright.simulate.markets import GeometricBrownian
from poolwright.simulate.policies import (
    Accounts,
    ImbalanceFee,
    MeasuredFee,
    TieredFee,
    VolatilityFee,
    declared,
    policy_terms,
)
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario_file import load_scenario
from poolwright.spec.bounds import MAX_SWAP_FEE, WAD
from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
from poolwright.spec.governance import Rights
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import STABLE, WEIGHTED, market

VOLATILITY = VolatilityFee(base=0.001, most=0.02, slope=0.5, half_life=7_200)
IMBALANCE = ImbalanceFee(least=0.0001, base=0.0004, most=0.01, slope=0.01)
TIERED = TieredFee(least=0.0005, base=0.005, arbitrageur=1, retail=3)


def run(params: PoolParams, policy, precision: str = "exact", hours: int = 300) -> SimulationResult:
    prices = market(params, hours)
    events = LiquidityEvents(((int(prices.times[100]), 0.5),))
    agents = [Arbitrageur("to_no_arbitrage"), Retail(1.0, 2_000.0), events]
    return simulate(params, prices, agents=agents, fee=policy, precision=precision)


def replayed(result: SimulationResult):
    """Yield each trade with the pool as it is before it; the pool then makes the trade at the trade's own fee."""
    pool = Pool.from_state(result.params, result.initial_state)
    moved = iter(zip(result.liquidity.rows.tolist(), (10**18,) * len(result.liquidity), strict=True))
    row = next(moved, (None,))[0]
    for trade in result.trades:
        if row is not None and trade.row >= row:
            break
        state = replace(pool.state, swap_fee=trade.swap_fee)
        pool = Pool.from_state(result.params, state)
        yield trade, pool
        swap = pool.swap(SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        assert (swap.amount_out, swap.fee) == (trade.amount_out, trade.fee)


def test_volatility_fees_follow_the_pools_own_memory() -> None:
    result = run(WEIGHTED, VOLATILITY)
    result.books.check()
    start, half_life = int(result.prices.times[0]), VOLATILITY.half_life
    assets = [Asset(1, 0, 0, 0, start, 0)] * 3
    fees, before = set(), None
    for trade, pool in replayed(result):
        if before is not None:
            _remember(assets, before, pool, half_life)
        rested = [oracle_maths.rested(asset, trade.time, half_life)[1] for asset in assets]
        volatility = oracle_maths.volatility(max(rested[trade.token_in], rested[trade.token_out]))
        expected = fee_policy_maths.volatility_fee(10**15, 2 * 10**16, 5 * 10**17, volatility)
        assert trade.swap_fee == expected
        fees.add(expected)
        before = trade, pool.state.balances
    assert len(fees) > 50
    assert (
        result.to_dict()["assumptions"]["fee"]
        == "VolatilityFee: base 0.001, most 0.02, slope 0.5, half_life 7200"
    )


def _remember(assets, before, pool, half_life) -> None:
    trade, held = before
    for k in (trade.token_in, trade.token_out):
        drift, variance = oracle_maths.rested(assets[k], trade.time, half_life)
        drift = oracle_maths.drifted(drift, held[k], pool.state.balances[k])
        assets[k] = Asset(1, 0, drift, variance, trade.time, 0)


def test_volatility_is_measured_as_the_market_has_it() -> None:
    """Half of a pair's log price is each balance's: sigma / 2 over a mean life."""
    prices = GeometricBrownian(("WETH", "DAI"), (2_500.0, 1.0), (0.8, 0.0)).generate(20_000, 60, seed=3)
    tokens = [token for token in WEIGHTED.tokens if token.symbol in ("WETH", "DAI")]
    params = PoolParams.weighted(tokens, [WAD // 2, WAD // 2], swap_fee=10**15)
    # A hundredth of the volatility: a fee so small that the pool follows the market closely.
    policy = VolatilityFee(base=0.0, most=0.05, slope=0.01, half_life=7_200)
    result = simulate(params, prices, fee=policy)
    seen = np.array([trade.swap_fee / WAD / policy.slope for trade in result.trades if trade.row > 2_000])
    expected = 0.8 / 2 * math.sqrt(policy.half_life / math.log(2) / (365.25 * 86_400))
    # The root of the mean square: 200 mean lives, so that its error is about 5 %.
    assert math.sqrt(np.mean(seen**2)) == pytest.approx(expected, rel=0.15)


def test_imbalance_fees_lean_against_the_token_in_excess() -> None:
    result = run(STABLE, IMBALANCE)
    result.books.check()
    rates = [1.0, 1.0, 1.1]
    seen = set()
    for trade, pool in replayed(result):
        value = [
            balance / 10**token.decimals * rate
            for balance, token, rate in zip(pool.state.balances, STABLE.tokens, rates, strict=True)
        ]
        leaning = 0.0004 + 0.01 * math.log(value[trade.token_in] / value[trade.token_out])
        assert trade.swap_fee / WAD == pytest.approx(min(max(leaning, 0.0001), 0.01), abs=1e-15)
        seen.add((trade.swap_fee > 4 * 10**14, trade.agent))
    assert seen == {(high, agent) for high in (True, False) for agent in (tables.ARBITRAGEUR, tables.RETAIL)}


def test_tiers_are_by_who_trades() -> None:
    result = run(WEIGHTED, TIERED)
    result.books.check()
    fees = {(trade.agent, trade.swap_fee) for trade in result.trades}
    assert fees == {(tables.ARBITRAGEUR, 35 * 10**14), (tables.RETAIL, 5 * 10**14)}


@pytest.mark.verify
def test_float_runs_ask_the_same_policies() -> None:
    exact, quick = (run(WEIGHTED, VOLATILITY, precision) for precision in ("exact", "float"))
    quick.books.check()
    assert len(quick.trades) == pytest.approx(len(exact.trades), abs=3)
    assert quick.figures()["fees"] == pytest.approx(exact.figures()["fees"], rel=1e-4)


@pytest.mark.parametrize(
    ("params", "policy"),
    [
        (WEIGHTED, FeePolicy(Policy.VOLATILITY, most=2 * 10**16, slope=WAD // 2)),
        (STABLE, FeePolicy(Policy.IMBALANCE, least=10**14, most=10**16, slope=WAD // 100)),
    ],
    ids=["volatility", "imbalance"],
)
def test_a_declared_policy_is_followed_as_the_vault_does(params: PoolParams, policy: FeePolicy) -> None:
    """The whole run again in the model of the Vault, which is held to the contracts: every trade, every balance."""
    params = replace(params, fee_policy=policy, half_life=7_200, protocol_share=0, creator_share=0)
    prices = market(params, 200)
    result = simulate(params, prices, agents=[Arbitrageur("to_no_arbitrage"), Retail(1.0, 2_000.0)])
    initial = result.initial_state
    pool = Pool(params, initial.balances, initial.shares, vault=True, at=int(prices.times[0]))
    fees = set()
    for trade in result.trades:
        swap = pool.swap(SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        assert (swap.amount_out, swap.fee) == (trade.amount_out, trade.fee)
        fees.add(trade.swap_fee)
    assert pool.state.balances == result.final_state.balances
    assert len(fees) > 20


ACCOUNTS = {TierSource.LISTED: Accounts(1, 3), TierSource.HELD: Accounts(9.0, 123.5)}


@pytest.mark.parametrize("source", list(TierSource))
@pytest.mark.parametrize("precision", ["exact", "float"])
def test_declared_tiers_are_those_of_the_vault(source: TierSource, precision: str) -> None:
    """Every trade again in the model of the Vault, with the accounts' classes and shares, turnover and supply."""
    params = replace(WEIGHTED, half_life=7_200, protocol_share=0, creator_share=0, rights=Rights(policy=0))
    prices = market(params, 200)
    times = prices.times.tolist()
    first = Pool.create(params, balances_worth(params, prices.prices[0], 1e6), vault=False).state
    threshold = {
        TierSource.HELD: 10 * WAD,
        TierSource.TRADED: WAD // 50,
        TierSource.POOLED: first.shares * 6 // 5,
    }
    policy = FeePolicy(
        Policy.TIERED, least=10**15, tier_source=source, tier_threshold=threshold.get(source, 0)
    )
    params = replace(params, fee_policy=policy)
    grown = LiquidityEvents(((times[100], 0.5),))  # past a threshold of the supply
    agents = [Arbitrageur("to_no_arbitrage"), Retail(1.0, 2_000.0), grown]
    given = [ACCOUNTS[source]] if source in ACCOUNTS else []
    result = simulate(params, prices, agents=[*agents, *given], precision=precision)
    result.books.check()
    pool = Pool(params, first.balances, first.shares, vault=True, at=times[0], manager="maria")
    names = ("arbitrageur", "retail")
    if source is TierSource.LISTED:
        for name, account_class in zip(names, (1, 3), strict=True):
            changes.set_class(pool, [name], account_class, at=times[0], account="maria")
    if source is TierSource.HELD:
        holders = (("arbitrageur", 9 * WAD), ("retail", 123 * WAD + WAD // 2))
        pool.take(replace(pool.state, memory=replace(pool.state.memory, holders=holders)))
    fees = set()
    for trade in result.trades:
        if trade.row >= 100 and pool.state.shares == first.shares:
            shares = first.shares * int(result.liquidity.fractions[0]) // WAD
            pool.add_liquidity(AddKind.PROPORTIONAL, shares=shares, at=times[100])
        arguments = SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in
        moment = pool.moment(trade.token_in, trade.token_out, at=trade.time, account=names[trade.agent])
        assert trade.swap_fee == moment.state.swap_fee
        pool.swap(*arguments, at=trade.time, account=names[trade.agent])
        fees.add((trade.agent, trade.swap_fee) if given else trade.swap_fee)
    assert len(fees) >= 2
    if precision == "exact":
        assert pool.state.balances == result.final_state.balances


def test_accounts_that_no_pool_knows_are_refused(tmp_path: Path) -> None:
    tiered = replace(WEIGHTED, fee_policy=FeePolicy(Policy.TIERED, least=10**14))
    simulate(tiered, market(tiered, 10))  # strangers
    for accounts in (Accounts(retail=4), Accounts(0.5)):
        with pytest.raises(PoolwrightError, match="has the classes 0 to 3"):
            simulate(tiered, market(tiered, 10), agents=[Arbitrageur(), accounts])
    for make, message in (
        (lambda: Accounts(-1), "arbitrageur -1"),
        (lambda: MeasuredFee(0.0, 0.001, "held", 1.0), "by 'held'; known: traded, pooled"),
        (lambda: MeasuredFee(0.0, 0.001, "traded", -1.0), "threshold -1.0"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            make()
    file = tmp_path / "scenario.toml"
    file.write_text("[accounts]\narbitrageur = 2\n")
    assert load_scenario(file).agents[-1] == Accounts(2)


def test_every_integer_that_a_pool_may_declare_runs_as_it_is() -> None:
    """9/1000 times 10^18 in floats is one short of 9 * 10^15; 18 digits and the steepest slope fit in no float."""
    for base, most in ((9 * 10**15, 10**17), (11_111_111_111_111_111, 99_999_999_999_999_999)):
        policy = FeePolicy(Policy.VOLATILITY, most=most, slope=2**64 - 1)
        params = replace(WEIGHTED, swap_fee=base, fee_policy=policy, half_life=7_200)
        words = policy_terms(declared(params), params, (WAD,) * 3, 0).words
        assert from_limbs(words) == [base, most, 2**64 - 1]
        policy = FeePolicy(Policy.IMBALANCE, least=base - 1, most=most, slope=WAD // 3)
        params = replace(STABLE, swap_fee=base, fee_policy=policy)
        words = policy_terms(declared(params), params, (WAD,) * 3, 0).words
        assert from_limbs(words) == [base - 1, base, most, WAD // 3]
    trades = simulate(params, market(params, 40), agents=[Retail(1.0, 2_000.0)]).trades
    assert {base - 1 <= trade.swap_fee <= most for trade in trades} == {True}


@given(st.integers(0, 10**17))
def test_a_float_means_its_shortest_decimal(fee: int) -> None:
    written = Decimal(fee).scaleb(-18).quantize(Decimal("1e-12"))
    words = policy_terms(TieredFee(0.0, float(written)), WEIGHTED, (WAD,) * 3, 0).words
    assert from_limbs(words) == [0, int(written.scaleb(18))]


def test_policies_refuse_what_the_contracts_refuse() -> None:
    for make, message in (
        (lambda: VolatilityFee(0.002, 0.001, 1.0), "least <= base <= most"),
        (lambda: VolatilityFee(0.0, 2 * MAX_SWAP_FEE / WAD, 1.0), "least <= base <= most"),
        (lambda: VolatilityFee(0.0, 0.01, 1.0, half_life=0), "half_life 0"),
        (lambda: ImbalanceFee(0.002, 0.001, 0.01, 1.0), "least <= base <= most"),
        (lambda: ImbalanceFee(0.0, 0.001, 0.01, -1.0), "slope -1.0"),
        (lambda: TieredFee(0.0, 0.001, retail=4), "retail 4"),
    ):
        with pytest.raises(PoolwrightError, match=message):
            make()
    with pytest.raises(PoolwrightError, match="gives none"):
        simulate(WEIGHTED, market(WEIGHTED, 10), arbitrage="best_basket", fee=VOLATILITY)
