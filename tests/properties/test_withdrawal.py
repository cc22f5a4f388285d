"""A withdrawal fee: those who stay gain, whoever leaves; what splitting an exit gains is bounded."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from poolwright.model.pool import Pool
from poolwright.model.results import RemoveKind
from poolwright.spec.kind import Kind
from poolwright.units import WAD
from tests.properties.pools import expect, pools
from tests.reference import exact

FEES = st.sampled_from([10**14, 37 * 10**14, 10**16])


def leave(pool: Pool, shares: int) -> list[int]:
    """What an exit in proportion pays."""
    return list(pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=shares).amounts)


@st.composite
def charging(draw: st.DrawFn) -> tuple[Pool, int]:
    """A pool in the Vault with a withdrawal fee, and shares to leave it with."""
    pool = draw(pools((Kind.WEIGHTED, Kind.CONSTANT_PRODUCT)))
    params = replace(pool.params, withdrawal_fee=draw(FEES))
    state = pool.state
    return Pool(params, state.balances, state.shares), state.shares * draw(st.integers(1, 999)) // 1_000


@given(charging())
def test_who_stays_has_more_of_each_asset_by_the_fee(case):
    pool, shares = case
    before = pool.state
    fee = Fraction(pool.params.withdrawal_fee, WAD)
    if expect(lambda: leave(pool, shares)) is None:
        return
    after = pool.state
    for was, now in zip(before.balances, after.balances, strict=True):
        left = was * (1 - Fraction(shares, before.shares) * (1 - fee))
        assert left <= now < left + 1 + Fraction(was, before.shares)
        assert Fraction(now, after.shares) >= Fraction(was, before.shares)


@given(charging(), st.lists(st.integers(1, 100), min_size=2, max_size=8))
def test_leaving_in_parts_pays_the_fee_to_oneself_at_most(case, sizes):
    """The pool keeps the (1 - fee)th power of the part of the shares that is left, however many the parts."""
    pool, shares = case
    before, fee = pool.state, exact.M.mpf(pool.params.withdrawal_fee) / WAD
    for size in sizes:
        part = shares * size // sum(sizes)
        expect(lambda part=part: leave(pool, part))
    after = pool.state
    kept = (exact.M.mpf(after.shares) / before.shares) ** (1 - fee)
    for was, now in zip(before.balances, after.balances, strict=True):
        assert now >= was * kept * (1 - exact.M.mpf(10) ** -60)
