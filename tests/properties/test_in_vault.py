"""Pools in the Vault under every policy: nothing is lost, value per share never falls, no closed sequence profits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from poolwright.model.maths import asset_word
from poolwright.model.pool import Pool
from poolwright.spec.bounds import MAX_SWAP_FEE, WAD
from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
from tests.properties.pools import pools
from tests.properties.test_closed_sequences import Actor, act, close, steps
from tests.reference import exact
from tests.reference.subject import state_of

START = 1_750_000_000
SLOPES = st.sampled_from([WAD // 100, WAD, 2**64 - 1])


@st.composite
def remembering(draw: st.DrawFn) -> Pool:
    """A pool in the Vault with a fee policy of any kind, with something to remember."""
    pool = draw(pools())
    base = pool.params.swap_fee
    least, most = draw(st.integers(0, base)), draw(st.integers(base, MAX_SWAP_FEE))
    policy = draw(
        st.sampled_from([
            FeePolicy(),
            FeePolicy(Policy.VOLATILITY, most=most, slope=draw(SLOPES)),
            FeePolicy(Policy.IMBALANCE, least=least, most=most, slope=draw(SLOPES)),
            FeePolicy(Policy.TIERED, least=least, tier_source=TierSource.TRADED, tier_threshold=10**9),
        ])
    )  # fmt: skip
    leaving = draw(st.sampled_from([0, 10**14, 10**16]))
    params = replace(pool.params, fee_policy=policy, half_life=600, withdrawal_fee=leaving)
    state = pool.state
    made = Pool(params, state.balances, state.shares, vault=True, at=START, manager="maria")
    for k in range(draw(st.integers(0, 3))):
        act(made, "swap", k % 2, 1 - k % 2, made.state.balances[k % 2] // 9)
        made.take(replace(made.state, at=made.state.at + 400))
    return made


def held(pool: Pool) -> list[int]:
    """What the pool's own ledger says that it holds: balances and owed fees, raw units."""
    state, memory = pool.state, pool.state.memory
    assert memory is not None
    each = zip(state.balances, memory.owed, pool.params.tokens, strict=True)
    return [balance + owed * asset_word.quantum(token.decimals) for balance, owed, token in each]


@given(remembering(), st.data())
def test_every_wei_is_accounted_for(pool, data):
    actor, credited = Actor(pool), [0] * len(pool.params.tokens)
    before = held(pool)
    for _ in range(data.draw(st.integers(1, 6))):
        action, i, o, amount = data.draw(steps(pool, pool.state.shares))
        result = act(pool, action, i, o, amount)
        if result is not None:
            actor.book(action, result, i, o)
            for credit in result.credits:
                credited[credit.token] += credit.amount
    moved = zip(held(pool), credited, before, strict=True)
    assert [now + paid - then for now, paid, then in moved] == [-tokens for tokens in actor.tokens]


@given(remembering(), st.data())
def test_value_per_share_never_falls(pool, data):
    for _ in range(data.draw(st.integers(1, 6))):
        before = state_of(pool)
        if act(pool, *data.draw(steps(pool, pool.state.shares))) is not None:
            after = state_of(pool)
            ratio = exact.invariant(after) * before.shares / (exact.invariant(before) * after.shares)
            assert ratio >= 1 - exact.M.mpf(10) ** -100


@given(remembering(), st.data())
def test_no_closed_sequence_profits(pool, data):
    actor = Actor(pool)
    for _ in range(data.draw(st.integers(1, 6))):
        action, i, o, amount = data.draw(steps(pool, actor.shares))
        result = act(pool, action, i, o, amount)
        if result is not None:
            actor.book(action, result, i, o)
        pool.take(replace(pool.state, at=pool.state.at + data.draw(st.sampled_from([0, 12, 3_600]))))
        assert not actor.profits()
    close(actor)
    assert not actor.profits(), (actor.tokens, actor.shares)


@given(remembering(), st.data())
def test_no_swap_pays_outside_its_policy(pool, data):
    least, most = pool.params.fee_policy.range(pool.params.swap_fee)
    i = data.draw(st.integers(0, len(pool.params.tokens) - 1))
    o = (i + 1) % len(pool.params.tokens)
    assert least <= pool.moment(i, o, at=pool.state.at + 12).state.swap_fee <= most
