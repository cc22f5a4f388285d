"""What a trader can rely on: quotes hold, more in is never less out, and no path of swaps earns from rounding."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.spec.params import Kind, PoolParams
from tests.properties.pools import d_of, expect, pairs, part_of, pools, with_fee

IN, OUT = SwapKind.EXACT_IN, SwapKind.EXACT_OUT
TOO_LARGE = ("swap: in too large", "swap: out too large", "pool: balance too large", "stable: imbalance")


@st.composite
def swaps(draw, **options):
    """A pool, two tokens and an amount in that the pool accepts."""
    pool = draw(pools(**options))
    i, o = draw(pairs(pool))
    amount = draw(part_of(pool.state.balances[i]))
    assume(expect(lambda: pool.quote(IN, i, o, amount)) is not None)
    return pool, i, o, amount


@given(swaps())
def test_a_quote_changes_nothing_and_is_what_the_swap_does(case):
    pool, i, o, amount = case
    before = pool.state
    quote = pool.quote(IN, i, o, amount)
    assert pool.state == before
    result = pool.swap(IN, i, o, amount)
    assert (quote.amount_in, quote.amount_out, quote.fee) == (result.amount_in, result.amount_out, result.fee)
    assert pool.state == result.state != before


@given(swaps())
def test_an_exact_out_quote_is_what_the_swap_does(case):
    pool, i, o, amount = case
    out = pool.quote(IN, i, o, amount).amount_out
    quote = expect(lambda: pool.quote(OUT, i, o, out), "stable: imbalance", "swap: in too large")
    if quote is None:
        return
    result = pool.swap(OUT, i, o, out)
    assert (quote.amount_in, quote.amount_out, quote.fee) == (result.amount_in, out, result.fee)
    assert quote.amount_in <= amount + d_of(pool.state.balances[i])


@given(swaps(), st.integers(1, 10**6))
def test_a_limit_that_is_missed_changes_nothing(case, by):
    pool, i, o, amount = case
    before, out = pool.state, pool.quote(IN, i, o, amount).amount_out
    with pytest.raises(PoolRevert) as refused:
        pool.swap(IN, i, o, amount, limit=out + by)
    assert refused.value.reason == "swap: out below limit"
    assert pool.state == before
    assert pool.swap(IN, i, o, amount, limit=out).amount_out == out


@given(pools(), st.data())
def test_a_refused_swap_changes_nothing(pool, data):
    i, o = data.draw(pairs(pool))
    before = pool.state
    for kind, amount in (
        (IN, 0),
        (OUT, 0),
        (IN, 2**112),
        (OUT, before.balances[o]),
        (OUT, before.balances[o] + 1),
    ):
        with pytest.raises(PoolRevert) as refused:
            pool.swap(kind, i, o, amount)
        assert refused.value.reason != ""
        assert pool.state == before


@given(swaps())
def test_there_and_back_does_not_profit(case):
    pool, i, o, amount = case
    out = pool.swap(IN, i, o, amount).amount_out
    back = expect(lambda: pool.swap(IN, o, i, out), "swap: zero out")
    assert back is None or back.amount_out <= amount


@given(swaps(), st.integers(1, 999))
def test_two_swaps_do_not_beat_one(case, part):
    """Beyond the fee: in a stable pool of three the fee of the first swap deepens the pool for the second (by 4e-4)."""
    pool, i, o, amount = case
    exact = pool.params.kind is not Kind.STABLE
    first = amount * part // 1000
    assume(0 < first < amount)
    once = expect(lambda: (pool if exact else with_fee(pool, 0)).quote(IN, i, o, amount), "stable: imbalance")
    assume(once is not None)
    room, total = d_of(pool.state.balances[o]), 0
    for piece in (first, amount - first):
        done = expect(partial(pool.swap, IN, i, o, piece), "swap: zero out", *TOO_LARGE)
        total += done.amount_out if done else 0
    assert total <= once.amount_out + room


@given(swaps(), st.integers(1, 10**9))
def test_more_in_is_never_less_out(case, extra):
    pool, i, o, amount = case
    out = pool.quote(IN, i, o, amount).amount_out
    more = expect(lambda: pool.quote(IN, i, o, amount + max(1, amount * extra // 10**9)), *TOO_LARGE)
    assert more is None or more.amount_out >= out


@given(swaps(), st.integers(1, 10**9))
def test_more_out_never_costs_less(case, extra):
    pool, i, o, amount = case
    out = pool.quote(IN, i, o, amount).amount_out
    cost = expect(lambda: pool.quote(OUT, i, o, out), *TOO_LARGE)
    more = expect(lambda: pool.quote(OUT, i, o, out + max(1, out * extra // 10**9)), *TOO_LARGE)
    assert more is None or more.amount_in >= cost.amount_in


@given(swaps(fees=st.just(0)), st.integers(1, 10**17))
def test_a_higher_fee_never_gives_more(case, fee):
    pool, i, o, amount = case
    dear = expect(lambda: with_fee(pool, fee).quote(IN, i, o, amount), "swap: zero out")
    assert dear is None or dear.amount_out <= pool.quote(IN, i, o, amount).amount_out


@given(swaps(kinds=(Kind.CONSTANT_PRODUCT,)))
def test_equal_weights_are_a_constant_product(case):
    pool, i, o, amount = case
    p, n = pool.params, len(pool.params.tokens)
    even = [10**18 // n] * n
    assume(sum(even) == 10**18)
    twin = PoolParams.weighted(p.tokens, even, swap_fee=p.swap_fee)
    weighted = Pool(twin, balances=pool.state.balances, shares=pool.state.shares)
    out = pool.quote(IN, i, o, amount).amount_out
    quote = expect(lambda: weighted.quote(IN, i, o, amount), "swap: zero out", *TOO_LARGE)
    assert quote is None or out - d_of(pool.state.balances[o]) <= quote.amount_out <= out + 1


@given(swaps(), st.sampled_from([IN, OUT]))
def test_the_largest_amount_is_accepted_and_one_more_is_not(case, kind):
    pool, i, o, amount = case
    asked = amount if kind is IN else pool.quote(IN, i, o, amount).amount_out
    quote = expect(lambda: pool.quote(kind, i, o, asked), *TOO_LARGE)
    assume(quote is not None)
    most = quote.max_amount
    assert most >= asked
    before = pool.state
    with pytest.raises(PoolRevert):
        pool.swap(kind, i, o, most + 1)
    assert pool.state == before
    pool.swap(kind, i, o, most)


@given(swaps())
def test_the_price_paid_is_at_least_the_spot_price(case):
    pool, i, o, amount = case
    quote = pool.quote(IN, i, o, amount)
    tolerance = 1 - Fraction(1, 10**15)
    assert quote.effective_price.raw >= quote.spot_price.raw * tolerance
    assert -Fraction(1, 10**15) <= quote.price_impact <= 1
