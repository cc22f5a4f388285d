"""Pools in the Vault: what they remember, through the public API. tests/contracts holds them to the contracts."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from poolwright.errors import PoolRevert
from poolwright.model import changes
from poolwright.model.batch import quote_many
from poolwright.model.maths import oracle_maths
from poolwright.model.memory import Report
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, RemoveKind, SwapKind
from poolwright.model.state import PoolState
from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
from poolwright.spec.governance import Rights
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token

WAD = 10**18
START = 1_750_000_000
DAY = 86_400
PROVIDER = "0x" + "ab" * 20
VOLATILE = FeePolicy(Policy.VOLATILITY, most=10**16, slope=WAD)
PEGGED = FeePolicy(Policy.IMBALANCE, least=10**14, most=10**16, slope=WAD // 10)


def weighted(policy: FeePolicy = VOLATILE, **more: object) -> Pool:
    params = PoolParams.weighted(
        [Token("WETH", 18), Token("DAI", 18)], [WAD // 2] * 2, swap_fee=3 * 10**15, fee_policy=policy, **more
    )
    return Pool.create(
        params, [1_000 * WAD, 2_000_000 * WAD], at=START, manager="maria", account="ana", vault=True
    )


def stable(policy: FeePolicy = PEGGED, **more: object) -> Pool:
    params = PoolParams.stable(
        [Token("DAI", 18), Token("USDC", 6)], 200_000, swap_fee=4 * 10**14, fee_policy=policy, **more
    )
    return Pool.create(params, [10**6 * WAD, 10**12], at=START, account="ana", vault=True)


def fee_rate(pool: Pool, i: int, o: int, at: int = 0, account: str | None = None) -> float:
    amount = pool.state.balances[i] // 1_000
    return pool.quote(SwapKind.EXACT_IN, i, o, amount, at=at, account=account).fee / amount


def test_a_fee_policy_brings_the_vault_with_it() -> None:
    params = weighted().params
    assert Pool.create(params, [WAD, WAD]).state.memory is not None
    assert Pool.create(replace(params, fee_policy=FeePolicy()), [WAD, WAD]).state.memory is None
    assert Pool(params, [WAD, WAD], WAD, vault=False).state.memory is None


def test_volatility_raises_the_fee_and_time_lowers_it_again() -> None:
    pool = weighted()
    assert fee_rate(pool, 0, 1, START) == pytest.approx(0.003)
    for k in range(1, 20):
        pool.swap(SwapKind.EXACT_IN, k % 2, 1 - k % 2, pool.state.balances[k % 2] // 50, at=START + 60 * k)
    hot = fee_rate(pool, 0, 1)
    assert 0.004 < hot <= 0.01
    now = pool.state.at
    assert 0.003 < fee_rate(pool, 0, 1, now + 3_600) < hot
    assert fee_rate(pool, 0, 1, now + DAY) == pytest.approx(0.003)


def test_a_move_there_and_back_within_a_block_leaves_no_trace() -> None:
    pool = weighted()
    before = pool.state.memory
    bought = pool.swap(SwapKind.EXACT_IN, 0, 1, 100 * WAD, at=START + 60)
    pool.swap(SwapKind.EXACT_OUT, 1, 0, 100 * WAD, at=START + 60)
    after = pool.state.memory
    assert before is not None
    assert after is not None
    assert bought.amount_out > 0
    assert after.variance == before.variance
    # Only the fees that stayed: less than their part of the balance.
    assert all(abs(drift) < 2**28 * 0.002 for drift in after.drift)


def test_imbalance_charges_who_makes_it_and_spares_who_mends_it() -> None:
    pool = stable()
    assert fee_rate(pool, 0, 1) == pytest.approx(fee_rate(pool, 1, 0), rel=0.01)
    pool.swap(SwapKind.EXACT_IN, "DAI", "USDC", 200_000 * WAD, at=START + 12)
    assert fee_rate(pool, 0, 1) > 0.01 * 0.99 > 0.0004 > fee_rate(pool, 1, 0) > 0.0001 * 0.999


def single(pool: Pool, kind: SwapKind, amount: int, at: int, i: int = 0, o: int = 1) -> object:
    """What one quote says: amounts in and out and the fee, or why not."""
    try:
        quote = pool.quote(kind, i, o, amount, at=at, account="ana")
    except PoolRevert as revert:
        return revert.reason
    return quote.amount_in, quote.amount_out, quote.fee


MANY = {
    "flat": FeePolicy(),
    "volatility": VOLATILE,
    "imbalance": PEGGED,
    "listed": FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.LISTED),
    "held": FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.HELD, tier_threshold=WAD),
    "traded": FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.TRADED, tier_threshold=10**16),
}


def moving(kind: Kind, policy: FeePolicy) -> Pool:
    """A pool that has traded, in the middle of a ramp, of tokens whose rates move where its kind has any."""
    tokens = [Token("A", 18), Token("B", 6), Token("C", 0)]
    options: dict[str, Any] = {
        "fee_policy": policy,
        "rights": Rights(ramp=0, policy=0),
        "creator_share": WAD // 9,
    }
    if kind is Kind.WEIGHTED:
        params = PoolParams.weighted(tokens, [WAD // 2, WAD // 4, WAD // 4], swap_fee=3 * 10**15, **options)
    elif kind is Kind.CONSTANT_PRODUCT:
        params = PoolParams.constant_product(tokens, swap_fee=3 * 10**15, **options)
    else:
        rated = [
            replace(token, rate_provider=PROVIDER, rate_max_age=7 * DAY, rate_max_move=10**17)
            for token in tokens
        ]
        params = PoolParams.stable(rated, 200_000, swap_fee=3 * 10**15, **options)
    amounts = [10**6 * 10**token.decimals for token in tokens]
    pool = Pool.create(params, amounts, vault=True, at=START, manager="maria", account="ana")
    changes.set_class(pool, ["ana"], 1, at=START, account="maria")
    targets = {Kind.WEIGHTED: [45 * WAD // 100, 35 * WAD // 100, 20 * WAD // 100], Kind.STABLE: [300_000]}
    if kind in targets:
        changes.schedule(pool, "ramp", [60 * DAY, *targets[kind]], at=START, account="maria")
        changes.execute(pool, "ramp", at=START)
    if kind is Kind.STABLE:
        pool.learn([Report(104 * WAD // 100, START), Report(WAD, START), Report(4 * WAD, START)])
    for k in range(1, 9):
        pool.swap(SwapKind.EXACT_IN, k % 2, 1 - k % 2, pool.state.balances[k % 2] // 40, at=START + 60 * k)
    return pool


@pytest.mark.parametrize("policy", MANY)
@pytest.mark.parametrize("kind", Kind)
def test_many_quotes_are_the_single_ones(kind: Kind, policy: str) -> None:
    pool, random = moving(kind, MANY[policy]), Random(policy)
    balances = pool.state.balances
    for i, o in ((0, 1), (1, 0), (0, 2), (1, 1)):
        for swap in SwapKind:
            whole = balances[i if swap is SwapKind.EXACT_IN else o]
            amounts = [0, 1, whole - 1, whole, whole + 1, 10 * whole, 2**112, 2**255]
            amounts += [whole // random.randint(1, 2**40) + 1 for _ in range(40)]
            for at in (0, START + 5 * DAY):
                batch = quote_many(pool, swap, i, o, amounts, at=at, account="ana")
                found = zip(batch.amounts_in, batch.amounts_out, batch.fees, strict=True)
                expected = [single(pool, swap, amount, at, i, o) for amount in amounts]
                assert [batch.reason(k) or each for k, each in enumerate(found)] == expected
    if kind is Kind.STABLE:  # the third rate is too far away
        assert quote_many(pool, SwapKind.EXACT_IN, 0, 2, [WAD]).reason(0) == "rate: frozen"


def test_many_quotes_of_a_pool_that_may_not_trade_say_why() -> None:
    pool = weighted(rights=Rights(pause=0))
    changes.pause(pool, DAY, at=START + 12, account="maria")
    batch = quote_many(pool, SwapKind.EXACT_IN, 0, 1, [10**15, 10**18], at=START + 24)
    assert [batch.reason(k) for k in range(2)] == ["pool: paused"] * 2
    assert pool.max_amount(SwapKind.EXACT_IN, 0, 1) == 0
    assert quote_many(pool, SwapKind.EXACT_IN, 0, 1, [10**15], at=START + 12 + DAY).reason(0) is None


def test_a_quote_knows_its_own_fee_in_impact_and_limits() -> None:
    pool = stable()
    pool.swap(SwapKind.EXACT_IN, 0, 1, 100_000 * WAD, at=START + 12)
    quote = pool.quote(SwapKind.EXACT_IN, 0, 1, WAD)
    assert 0 <= quote.price_impact < 1e-5
    assert quote.max_amount > quote.amount_in
    with pytest.raises(PoolRevert):
        pool.quote(SwapKind.EXACT_IN, 0, 1, quote.max_amount + 1)
    with_fee, without = (float(pool.spot_price(0, 1, fee=fee)) for fee in (True, False))
    assert without / with_fee == pytest.approx(1 - fee_rate(pool, 0, 1), rel=1e-9)


def test_holders_pay_less_where_tiers_say_so() -> None:
    policy = FeePolicy(Policy.TIERED, least=10**14, tier_source=TierSource.HELD, tier_threshold=100 * WAD)
    pool = stable(policy)
    assert fee_rate(pool, 0, 1, account="ana") == pytest.approx(0.0001, rel=1e-6)
    assert fee_rate(pool, 0, 1, account="bob") == pytest.approx(0.0004, rel=1e-6)
    pool.add_liquidity(AddKind.PROPORTIONAL, shares=150 * WAD, at=START + 12, account="bob")
    assert fee_rate(pool, 0, 1, account="bob") == pytest.approx(0.0003, rel=1e-6)


def test_fees_reach_their_owners_to_the_wei() -> None:
    pool = weighted(protocol_share=WAD // 10, creator_share=WAD // 5, integrator_share=WAD // 20)
    held = pool.state.balances[0]
    done = pool.swap(SwapKind.EXACT_IN, 0, 1, 10 * WAD, at=START + 12, integrator="iris")
    assert done.integrator_fee == done.fee // 20
    assert [tuple(credit) for credit in done.credits] == [("iris", 0, done.integrator_fee)]
    owed = done.protocol_fee + done.creator_fee
    assert 0 <= done.fee * 3 // 10 - owed < 10**9  # whole quanta
    assert pool.state.balances[0] - held == 10 * WAD - owed - done.integrator_fee
    credits = changes.settle_fees(pool, at=START + 24)
    assert {credit.account: credit.amount for credit in credits} == {
        "maria": done.creator_fee, None: done.protocol_fee,
    }  # fmt: skip
    assert changes.settle_fees(pool, at=START + 36) == ()


def test_shares_that_one_does_not_hold_cannot_be_burned() -> None:
    pool = weighted()
    with pytest.raises(PoolRevert, match="share: balance too low"):
        pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=WAD, account="bob")
    pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=WAD, account="ana")
    pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=WAD)  # nobody in particular


def test_a_rate_that_jumps_freezes_its_asset_until_it_is_followed() -> None:
    params = PoolParams.stable(
        [Token("wstETH", 18, rate=12 * 10**17, rate_provider=PROVIDER, rate_max_move=10**15), Token("WETH", 18)],
        200_000, swap_fee=4 * 10**14,
    )  # fmt: skip
    pool = Pool.create(params, [1_000 * WAD, 1_200 * WAD], vault=True, at=START)
    pool.learn([Report(12_020 * 10**14, START + 6), Report(WAD, START)])
    with pytest.raises(PoolRevert, match="rate: frozen"):
        pool.quote(SwapKind.EXACT_IN, 0, 1, WAD, at=START + 12)
    pool.follow_rates(at=START + 12)
    assert pool.state.rates[0] == 12_012 * 10**14
    assert pool.quote(SwapKind.EXACT_IN, 0, 1, WAD, at=START + 24).amount_out > 12 * 10**17
    pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=WAD, at=START + 12)
    with pytest.raises(ValueError, match="reports: 2 needed"):
        pool.learn([None])


def test_a_state_survives_json() -> None:
    pool = stable(protocol_share=WAD // 10, rights=Rights(ramp=DAY, guard=0))
    memory = pool.state.memory
    assert memory is not None
    pool.take(replace(pool.state, memory=replace(memory, manager="maria")))
    changes.schedule(pool, "ramp", [3 * DAY, 150_000], at=START + 12, account="maria")
    changes.execute(pool, "ramp", at=START + 2 * DAY)
    changes.schedule(pool, "guard", [2**225 - 1], at=START + 2 * DAY, account="maria")
    changes.set_listed(pool, ["ana", "bob"], True, at=START + 2 * DAY, account="maria")
    pool.swap(SwapKind.EXACT_IN, 0, 1, 1_000 * WAD, at=START + 3 * DAY)
    text = json.dumps(pool.state.to_dict())
    again = PoolState.from_dict(json.loads(text))
    assert again == pool.state
    there, here = (
        each.quote(SwapKind.EXACT_IN, 0, 1, WAD) for each in (Pool.from_state(pool.params, again), pool)
    )
    assert there[:6] == here[:6]


def test_a_ledger_is_asked_for_nothing_that_only_the_vault_has() -> None:
    params = replace(weighted().params, fee_policy=FeePolicy())
    ledger = Pool.create(params, [WAD, WAD])
    with pytest.raises(ValueError, match="vault=True"):
        ledger.donate([1, 1])
    with pytest.raises(ValueError, match="nobody manages"):
        changes.settle_fees(ledger, at=0)


def test_without_shares_of_the_fee_vault_and_ledger_hold_the_same() -> None:
    flat = weighted(FeePolicy())
    ledger = Pool.create(flat.params, flat.state.balances)
    for k in range(1, 30):
        i = k % 2
        for pool in (flat, ledger):
            pool.swap(SwapKind.EXACT_IN, i, 1 - i, pool.state.balances[i] // 37, at=START + 12 * k)
            pool.add_liquidity(AddKind.SINGLE_EXACT_IN, token=i, amount=10**17 * k, at=START + 12 * k)
    assert flat.state.balances == ledger.state.balances
    assert flat.state.shares == ledger.state.shares


def test_average_balances_follow_slowly() -> None:
    pool = weighted(FeePolicy())
    before = pool.state.balances[0]
    pool.swap(SwapKind.EXACT_IN, 0, 1, 100 * WAD, at=START + 60)
    memory = pool.state.memory
    assert memory is not None
    asset = memory.asset(0, pool.state.balances[0])
    at_once, later = (
        oracle_maths.average_balance(asset, now, 600) / WAD for now in (START + 60, START + 60 + 10 * 600)
    )
    assert at_once == pytest.approx(before, rel=1e-6)
    assert later == pytest.approx(pool.state.balances[0], rel=1e-3)
