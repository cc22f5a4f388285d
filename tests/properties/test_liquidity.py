"""What a liquidity provider can rely on: quotes hold, nobody earns by coming and going, refusals change nothing."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from poolwright.errors import PoolRevert
from poolwright.model.results import AddKind, RemoveKind
from tests.properties.pools import d_of, expect, magnitudes, part_of, pools, with_fee

SINGLE_IN, SINGLE_SHARES = AddKind.SINGLE_EXACT_IN, AddKind.SINGLE_EXACT_SHARES
BURN, TAKE = RemoveKind.SINGLE_EXACT_IN, RemoveKind.SINGLE_EXACT_OUT


@st.composite
def single_adds(draw):
    """A pool, a token and an amount that can be added alone."""
    pool = draw(pools())
    token = draw(st.integers(0, len(pool.params.tokens) - 1))
    amount = draw(part_of(8 * pool.state.balances[token]))
    assume(expect(lambda: pool.quote_add_liquidity(SINGLE_IN, token=token, amount=amount)) is not None)
    return pool, token, amount


@st.composite
def unbalanced_adds(draw):
    """A pool and amounts of all tokens that can be added."""
    pool = draw(pools())
    amounts = [draw(st.just(0) | part_of(8 * balance)) for balance in pool.state.balances]
    assume(expect(lambda: pool.quote_add_liquidity(AddKind.UNBALANCED, amounts=amounts)) is not None)
    return pool, amounts


@given(unbalanced_adds())
def test_an_add_quote_changes_nothing_and_is_what_the_add_does(case):
    pool, amounts = case
    before = pool.state
    quote = pool.quote_add_liquidity(AddKind.UNBALANCED, amounts=amounts)
    assert pool.state == before
    assert pool.add_liquidity(AddKind.UNBALANCED, amounts=amounts) == quote
    assert pool.state == quote.state


@given(pools(), st.integers(0, 10**6))
def test_a_remove_quote_changes_nothing_and_is_what_the_removal_does(pool, part):
    shares = pool.state.shares * part // (10**6 + 1)
    before = pool.state
    for kind in (RemoveKind.PROPORTIONAL, BURN):
        pool = type(pool).from_state(pool.params, before)
        quote = expect(lambda p=pool, k=kind: p.quote_remove_liquidity(k, shares=shares))
        assert pool.state == before
        if quote is not None:
            assert pool.remove_liquidity(kind, shares=shares) == quote
            assert pool.state == quote.state


@given(single_adds())
def test_in_and_out_by_one_token_does_not_profit(case):
    pool, token, amount = case
    shares = pool.add_liquidity(SINGLE_IN, token=token, amount=amount).shares
    back = expect(lambda: pool.remove_liquidity(BURN, token=token, shares=shares))
    assert back is None or back.amounts[token] <= amount


@given(single_adds())
def test_in_by_exact_shares_and_out_by_exact_amount_does_not_profit(case):
    pool, token, amount = case
    shares = pool.quote_add_liquidity(SINGLE_IN, token=token, amount=amount).shares
    paid = expect(lambda: pool.add_liquidity(SINGLE_SHARES, token=token, shares=shares))
    assume(paid is not None)
    burned = expect(lambda: pool.remove_liquidity(TAKE, token=token, amount=paid.amounts[token]))
    assert burned is None or burned.shares >= shares


@given(pools(), magnitudes(high=33))
def test_in_and_out_in_proportion_does_not_profit(pool, shares):
    start = pool.state
    added = expect(lambda: pool.add_liquidity(AddKind.PROPORTIONAL, shares=shares))
    assume(added is not None)
    removed = pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=shares)
    assert all(out <= paid for out, paid in zip(removed.amounts, added.amounts, strict=True))
    assert pool.state.shares == start.shares
    assert all(now >= then for now, then in zip(pool.state.balances, start.balances, strict=True))


@given(single_adds(), st.integers(1, 999))
def test_two_adds_do_not_beat_one_beyond_the_fee(case, part):
    pool, token, amount = case
    first = amount * part // 1000
    assume(0 < first < amount)
    once = expect(lambda: with_fee(pool, 0).quote_add_liquidity(SINGLE_IN, token=token, amount=amount))
    assume(once is not None)
    total = 0
    for piece in (first, amount - first):
        done = expect(lambda p=piece: pool.add_liquidity(SINGLE_IN, token=token, amount=p))
        total += done.shares if done else 0
    assert total <= once.shares + d_of(pool.state.shares)


@given(pools(), st.integers(0, 15), st.data(), st.integers(1, 999))
def test_two_removals_do_not_beat_one_beyond_the_fee(pool, token, data, part):
    token %= len(pool.params.tokens)
    shares = data.draw(part_of(pool.state.shares))
    first = shares * part // 1000
    assume(0 < first < shares)
    once = expect(lambda: with_fee(pool, 0).quote_remove_liquidity(BURN, token=token, shares=shares))
    assume(once is not None)
    balance, total = pool.state.balances[token], 0
    for piece in (first, shares - first):
        done = expect(lambda p=piece: pool.remove_liquidity(BURN, token=token, shares=p))
        total += done.amounts[token] if done else 0
    assert total <= once.amounts[token] + d_of(balance)


@given(single_adds(), st.integers(1, 10**9))
def test_more_in_is_never_fewer_shares(case, extra):
    pool, token, amount = case
    more = amount + max(1, amount * extra // 10**9)
    shares = pool.quote_add_liquidity(SINGLE_IN, token=token, amount=amount).shares
    result = expect(lambda: pool.quote_add_liquidity(SINGLE_IN, token=token, amount=more))
    assert result is None or result.shares >= shares - d_of(pool.state.shares) + 1


@given(pools(), st.data())
def test_a_refused_change_changes_nothing(pool, data):
    before, n = pool.state, len(pool.params.tokens)
    token = data.draw(st.integers(0, n - 1))
    refused = (
        lambda: pool.add_liquidity(AddKind.PROPORTIONAL, shares=0),
        lambda: pool.add_liquidity(AddKind.UNBALANCED, amounts=[0] * n),
        lambda: pool.add_liquidity(SINGLE_IN, token=token, amount=0),
        lambda: pool.add_liquidity(SINGLE_IN, token=token, amount=9 * before.balances[token] + 1),
        lambda: pool.add_liquidity(SINGLE_SHARES, token=token, shares=9 * before.shares + 1),
        lambda: pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=before.shares),
        lambda: pool.remove_liquidity(BURN, token=token, shares=before.shares),
        lambda: pool.remove_liquidity(TAKE, token=token, amount=before.balances[token]),
        lambda: pool.remove_liquidity(TAKE, token=token, amount=0),
    )
    for action in refused:
        with pytest.raises(PoolRevert) as caught:
            action()
        assert caught.value.reason != ""
        assert pool.state == before
