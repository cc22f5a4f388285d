"""The pool's surface: names, limits, what changes and what does not. Correctness of amounts is tests/reference's."""

from __future__ import annotations

from fractions import Fraction

import pytest

from poolwright.errors import PoolRevert
from poolwright.model.pool import Pool
from poolwright.model.results import AddKind, RemoveKind, SwapKind
from poolwright.model.state import PoolState
from poolwright.spec.bounds import MAX_BALANCE, MINIMUM_SHARES
from poolwright.spec.params import Kind, PoolParams, Token
from tests.unit.model.pools import WAD, open_pool

KINDS = pytest.mark.parametrize("kind", list(Kind))
SWAPS = pytest.mark.parametrize("swap", list(SwapKind))
OPERATIONS = [
    lambda pool: pool.add_liquidity(AddKind.PROPORTIONAL, shares=WAD),
    lambda pool: pool.add_liquidity(AddKind.UNBALANCED, amounts=[10**18, 0, 10**10]),
    lambda pool: pool.add_liquidity(AddKind.SINGLE_EXACT_IN, token=0, amount=10**18),
    lambda pool: pool.add_liquidity(AddKind.SINGLE_EXACT_SHARES, token=0, shares=WAD),
    lambda pool: pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=WAD),
    lambda pool: pool.remove_liquidity(RemoveKind.SINGLE_EXACT_IN, token=0, shares=WAD),
    lambda pool: pool.remove_liquidity(RemoveKind.SINGLE_EXACT_OUT, token=0, amount=10**18),
]


AMOUNT = {SwapKind.EXACT_IN: 10**15, SwapKind.EXACT_OUT: 10**6}


def held(state: PoolState) -> list[int]:
    """All that the ledger holds per token."""
    parts = zip(state.balances, state.protocol_owed, state.creator_owed, strict=True)
    return [sum(amounts) for amounts in parts]


@KINDS
@SWAPS
def test_quote_equals_swap_and_changes_nothing(kind: Kind, swap: SwapKind) -> None:
    pool = open_pool(kind)
    before = pool.state
    quote = pool.quote(swap, 0, 1, AMOUNT[swap])
    assert pool.state is before
    result = pool.swap(swap, 0, 1, AMOUNT[swap])
    assert (quote.amount_in, quote.amount_out, quote.fee) == result[:3]
    assert pool.state == result.state != before


@KINDS
@SWAPS
def test_swap_moves_exactly_what_it_says(kind: Kind, swap: SwapKind) -> None:
    pool = open_pool(kind)
    before = held(pool.state)
    result = pool.swap(swap, 0, 2, AMOUNT[swap])
    assert held(result.state) == [before[0] + result.amount_in, before[1], before[2] - result.amount_out]
    assert result.state.protocol_owed[0] == result.protocol_fee == result.fee * 10**17 // WAD
    assert result.state.creator_owed[0] == result.creator_fee == result.fee * 5 * 10**16 // WAD


@KINDS
@pytest.mark.parametrize("operate", OPERATIONS)
def test_liquidity_moves_exactly_what_it_says(kind: Kind, operate) -> None:
    pool = open_pool(kind)
    before, shares = held(pool.state), pool.state.shares
    result = operate(pool)
    sign = 1 if result.state.shares > shares else -1
    assert pool.state == result.state
    assert result.state.shares == shares + sign * result.shares
    assert held(result.state) == [b + sign * a for b, a in zip(before, result.amounts, strict=True)]


@KINDS
@SWAPS
def test_max_amount_is_accepted_and_one_more_is_not(kind: Kind, swap: SwapKind) -> None:
    pool = open_pool(kind)
    largest = pool.quote(swap, 0, 1, AMOUNT[swap]).max_amount
    assert largest == pool.max_amount(swap, 0, 1) > AMOUNT[swap]
    pool.quote(swap, 0, 1, largest)
    with pytest.raises(PoolRevert, match=r"swap|pool|stable"):
        pool.quote(swap, 0, 1, largest + 1)


@KINDS
def test_tokens_by_symbol_or_position(kind: Kind) -> None:
    pool = open_pool(kind)
    first, second = (token.symbol for token in pool.params.tokens[:2])
    assert pool.quote(SwapKind.EXACT_IN, first, second, 10**18) == pool.quote(SwapKind.EXACT_IN, 0, 1, 10**18)
    with pytest.raises(KeyError, match="it holds"):
        pool.quote(SwapKind.EXACT_IN, first, "NOPE", 10**18)
    with pytest.raises(IndexError, match="0 to 2"):
        pool.swap(SwapKind.EXACT_IN, 0, 3, 10**18)


@KINDS
def test_a_failed_operation_changes_nothing(kind: Kind) -> None:
    pool = open_pool(kind)
    before = pool.state
    all_of_it = before.balances[0]
    failures = [
        ("swap: same token", lambda: pool.swap(SwapKind.EXACT_IN, 1, 1, 10)),
        ("swap: zero in", lambda: pool.swap(SwapKind.EXACT_IN, 0, 1, 0)),
        ("swap: zero out", lambda: pool.swap(SwapKind.EXACT_OUT, 0, 1, 0)),
        ("swap: in too large", lambda: pool.swap(SwapKind.EXACT_IN, 0, 1, MAX_BALANCE + 1)),
        ("swap: out too large", lambda: pool.swap(SwapKind.EXACT_OUT, 0, 1, before.balances[1])),
        ("swap: out below limit", lambda: pool.swap(SwapKind.EXACT_IN, 0, 1, 10**18, limit=10**30)),
        ("swap: in above limit", lambda: pool.swap(SwapKind.EXACT_OUT, 0, 1, 10**6, limit=1)),
        ("shares: zero minted", lambda: pool.add_liquidity(AddKind.PROPORTIONAL, shares=0)),
        ("shares: zero minted", lambda: pool.add_liquidity(AddKind.UNBALANCED, amounts=[0, 0, 0])),
        ("shares: too many", lambda: pool.add_liquidity(AddKind.PROPORTIONAL, shares=2**128)),
        ("add: amount too large", lambda: pool.add_liquidity(AddKind.SINGLE_EXACT_IN, amount=before.balances[0] * 10)),
        ("shares: supply exceeded", lambda: pool.remove_liquidity(RemoveKind.PROPORTIONAL, shares=before.shares)),
        ("remove: zero out", lambda: pool.remove_liquidity(RemoveKind.SINGLE_EXACT_OUT, amount=0)),
        ("remove: amount too large", lambda: pool.remove_liquidity(RemoveKind.SINGLE_EXACT_OUT, amount=all_of_it)),
    ]  # fmt: skip
    for text, act in failures:
        with pytest.raises(PoolRevert) as caught:
            act()
        assert (caught.value.reason, pool.state) == (text, before)


def test_amounts_are_exact_integers() -> None:
    pool = open_pool(Kind.WEIGHTED)
    with pytest.raises(TypeError):
        pool.quote(SwapKind.EXACT_IN, 0, 1, 1.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        pool.quote(SwapKind.EXACT_IN, 0, 1, -1)
    with pytest.raises(ValueError, match="3 needed"):
        pool.add_liquidity(AddKind.UNBALANCED, amounts=[1, 2])


def test_construction_refuses_what_the_ledger_cannot_hold() -> None:
    params = PoolParams.constant_product([Token("A", 18), Token("B", 18)], swap_fee=0)
    for balances, shares in [([0, 1], 1), ([1, MAX_BALANCE + 1], 1), ([1, 1], 0), ([1], 1), ([1, 1], 2**128)]:
        with pytest.raises(ValueError, match=r"needed|outside"):
            Pool(params, balances=balances, shares=shares)
    with pytest.raises(PoolRevert, match="too few"):
        Pool.create(params, [MINIMUM_SHARES, MINIMUM_SHARES])


def test_prices_of_a_weighted_pool_by_hand() -> None:
    pool = open_pool(Kind.WEIGHTED)  # 2,000 WETH at 50 % and 200,000 DAI at 20 %
    price = pool.spot_price("DAI", "WETH")
    assert price.exact == Fraction(200_000, 1) / Fraction(2, 10) / (Fraction(2_000) / Fraction(5, 10))
    assert float(price) == 250.0
    assert float(pool.spot_price("DAI", "WETH", fee=True)) == pytest.approx(250 / 0.997)
    quote = pool.quote(SwapKind.EXACT_IN, "DAI", "WETH", 10**15)
    assert float(quote.effective_price) == pytest.approx(250 / 0.997, rel=1e-6)
    assert 0 <= quote.price_impact < 1e-6
    assert quote.to_dict()["token_out"] == "WETH"


def test_initial_shares_are_the_invariant() -> None:
    pool = open_pool(Kind.WEIGHTED)
    invariant = 2_000**0.5 * 33**0.3 * 200_000**0.2
    assert pool.state.shares / WAD == pytest.approx(invariant, rel=1e-14)
    assert open_pool(Kind.STABLE).state.shares / WAD == pytest.approx(1_000_000, rel=1e-3)


def test_state_round_trips_through_json_form() -> None:
    pool = open_pool(Kind.STABLE)
    pool.swap(SwapKind.EXACT_IN, 0, 1, 10**20, at=7)
    assert PoolState.from_dict(pool.state.to_dict()) == pool.state
    again = Pool.from_state(pool.params, pool.state)
    assert again.quote(SwapKind.EXACT_IN, 0, 1, 10**18)[:6] == pool.quote(SwapKind.EXACT_IN, 0, 1, 10**18)[:6]


def test_time_never_runs_backwards() -> None:
    pool = open_pool(Kind.WEIGHTED)
    pool.swap(SwapKind.EXACT_IN, 0, 1, 10**18, at=100)
    assert pool.swap(SwapKind.EXACT_IN, 0, 1, 10**18, at=50).state.at == 100


def test_a_copy_goes_its_own_way_and_restore_returns() -> None:
    pool = open_pool(Kind.CONSTANT_PRODUCT)
    moment, other = pool.snapshot, pool.copy()
    pool.swap(SwapKind.EXACT_IN, 0, 1, 10**18)
    assert other.state == moment.state != pool.state
    pool.restore(moment)
    assert pool.state == moment.state
    with pytest.raises(ValueError, match="not"):
        pool.restore(open_pool(Kind.STABLE).snapshot)
