"""Hypothesis strategies: pools of every kind that shrink to small, round ones."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from hypothesis import strategies as st

from poolwright.errors import PoolRevert
from poolwright.model.maths import stable_invariant
from poolwright.model.pool import Pool
from poolwright.spec.bounds import (
    MAX_AMPLIFICATION,
    MAX_BALANCE,
    MAX_SWAP_FEE,
    MIN_AMPLIFICATION,
    MIN_WEIGHT,
    WAD,
)
from poolwright.spec.params import Kind, PoolParams, Token

T = TypeVar("T")
FEES = st.sampled_from([0, 3 * 10**15, MAX_SWAP_FEE]) | st.integers(0, MAX_SWAP_FEE)
PARTS = st.sampled_from([0, 10**17, 5 * 10**17])
DECIMALS = st.sampled_from([18, 6, 8, 2, 0]) | st.integers(0, 18)
RATES = st.sampled_from([WAD, 10**16, 10**20, 1_058_100_000_000_000_000])
# The widest spread that leaves a trade some room inside the stable domain, in bits.
SPREAD = stable_invariant.IMBALANCE_BITS - 3


@st.composite
def magnitudes(draw: st.DrawFn, low: int = 0, high: int = 33) -> int:
    """An integer from 1 to 9.99e33 whose size, not value, is uniform."""
    return draw(st.integers(100, 999)) * 10 ** draw(st.integers(low, high)) // 100 or 1


@st.composite
def weights(draw: st.DrawFn, n: int) -> tuple[int, ...]:
    """Weights summing to WAD, none under the least."""
    parts = draw(st.lists(st.integers(0, 1000), min_size=n, max_size=n))
    spare = WAD - n * MIN_WEIGHT
    found = [MIN_WEIGHT + spare * part // max(sum(parts), 1) for part in parts]
    found[0] += WAD - sum(found)
    return tuple(found)


@st.composite
def pools(
    draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(Kind), fees: st.SearchStrategy[int] = FEES
) -> Pool:
    """A pool of one of the kinds, 2 to 8 assets (weighted to 16), any balances the kind's domain admits."""
    kind = draw(st.sampled_from(kinds))
    n = draw(st.integers(2, 8) if kind is not Kind.WEIGHTED else st.integers(2, 16))
    tokens = [
        Token(f"T{k}", draw(DECIMALS), rate=draw(RATES) if kind is Kind.STABLE else WAD) for k in range(n)
    ]
    common = {"swap_fee": draw(fees), "protocol_share": draw(PARTS), "creator_share": draw(PARTS)}
    if kind is Kind.STABLE:
        amplification = draw(st.sampled_from([100_000, MIN_AMPLIFICATION, MAX_AMPLIFICATION]))
        params = PoolParams.stable(tokens, amplification, **common)
        balances = draw(stable_balances(tokens))
    elif kind is Kind.WEIGHTED:
        params = PoolParams.weighted(tokens, draw(weights(n)), **common)
        balances = [draw(magnitudes(high=32)) for _ in tokens]
    else:
        params = PoolParams.constant_product(tokens, **common)
        balances = [draw(magnitudes(high=32)) for _ in tokens]
    return Pool(params, balances=balances, shares=draw(magnitudes(high=35)))


@st.composite
def stable_balances(draw: st.DrawFn, tokens: list[Token]) -> list[int]:
    """Raw balances whose values lie within SPREAD bits of each other and inside the ledger."""
    factors = [10 ** (18 - token.decimals) * token.rate for token in tokens]
    low, high = max(factors) << SPREAD, min(factors) * MAX_BALANCE // 100
    top = low + (high - low) * draw(st.integers(0, 1000)) ** 8 // 10**24 if high > low else low
    return [min(max(top >> draw(st.integers(0, SPREAD - 4)), f) // f, MAX_BALANCE // 16) for f in factors]


@st.composite
def pairs(draw: st.DrawFn, pool: Pool) -> tuple[int, int]:
    """Two different tokens of the pool."""
    n = len(pool.params.tokens)
    i = draw(st.integers(0, n - 1))
    return i, (i + draw(st.integers(1, n - 1))) % n


def part_of(whole: int) -> st.SearchStrategy[int]:
    """An amount from one unit to the whole, its size uniform."""
    return magnitudes(high=len(str(whole)) - 1).map(lambda amount: min(amount, max(whole, 1)))


def expect(action: Callable[[], T], *reasons: str) -> T | None:
    """What the action returns, or None when it is refused for one of the reasons; with none given, for any text."""
    try:
        return action()
    except PoolRevert as refused:
        if refused.reason not in (reasons or [refused.reason]) or not refused.reason:
            raise
        return None


def d_of(whole: int) -> Fraction:
    """How far from the exact value a figure may lie: one unit and 1e-16 of the balance, or supply, that moves."""
    return 1 + Fraction(whole, 10**16)


def with_fee(pool: Pool, fee: int) -> Pool:
    """The same pool at another fee."""
    p = pool.params
    params = PoolParams(p.name, p.symbol, p.kind, p.tokens, p.weights, p.amplification, fee)
    return Pool(params, balances=pool.state.balances, shares=pool.state.shares)
