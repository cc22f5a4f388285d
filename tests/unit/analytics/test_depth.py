"""Depth, capital efficiency and spread against trades of the exact pool."""

from fractions import Fraction

import pytest

from poolwright.analytics import depth as module
from poolwright.analytics.depth import Depth, depth, effective_spread, weighted_depth
from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from tests.unit.analytics import pools


def price_after(pool: Pool, i: int, o: int, found: Depth) -> tuple[float, float]:
    """Trade the depth in the pool without fee: (relative rise of the price, out in whole tokens)."""
    before = pool.spot_price(i, o).raw
    raw = round(found.amount_in * 10 ** pool.params.tokens[i].decimals)
    out = pool.swap(SwapKind.EXACT_IN, i, o, raw).amount_out
    rise = float(pool.spot_price(i, o).raw / before - 1)
    return rise, out / 10 ** pool.params.tokens[o].decimals


@pytest.mark.parametrize("move", [1e-4, 0.02, 0.3])
@pytest.mark.parametrize(("i", "o"), [(0, 1), (1, 0), (2, 1), (0, 2)])
def test_depth_of_a_weighted_pool_moves_the_price_by_as_much(i: int, o: int, move: float) -> None:
    found = depth(pools.weighted(fee=0), i, o, move)
    rise, out = price_after(pools.weighted(fee=0), i, o, found)
    assert rise == pytest.approx(move, rel=1e-4)  # a raw unit of BTC is that much of the smallest trade
    paid, bought = (10.0 ** -pools.weighted().params.tokens[k].decimals for k in (i, o))
    assert out == pytest.approx(found.amount_out, rel=1e-9 + paid / found.amount_in, abs=2 * bought)


@pytest.mark.parametrize("amplification", [1, 200, 10_000])
@pytest.mark.parametrize("move", [1e-4, 0.02])
def test_depth_of_a_stable_pool_moves_the_price_by_as_much(amplification: int, move: float) -> None:
    found = depth(pools.stable(amplification, fee=0), "DAI", "USD", move)
    rise, out = price_after(pools.stable(amplification, fee=0), 0, 1, found)
    assert rise == pytest.approx(move, rel=1e-6)
    assert out == pytest.approx(found.amount_out, rel=1e-9)


def test_search_finds_the_closed_form() -> None:
    pool = pools.weighted(fee=0)
    found = module._searched(pool, 0, 2, 0.05)
    assert found == pytest.approx(weighted_depth(200, 0.5, 200_000, 0.2, 0.05), rel=1e-9)
    assert pool.state == pools.weighted(fee=0).state


def test_fee_is_paid_on_top_and_changes_nothing_else() -> None:
    free, charged = depth(pools.weighted(0), 0, 2, 0.02), depth(pools.weighted(), 0, 2, 0.02)
    assert charged.amount_in == pytest.approx(free.amount_in / 0.997)
    assert charged.amount_out == free.amount_out
    assert charged.capital_efficiency == free.capital_efficiency


def test_capital_efficiency_is_1_for_a_half_and_half_pool() -> None:
    assert depth(pools.half(), "USD", "ETH", 0.02).capital_efficiency == pytest.approx(1.0, rel=1e-9)


def test_capital_efficiency_of_a_stable_pool_grows_with_amplification() -> None:
    found = [depth(pools.stable(a), 0, 1, 1e-4).capital_efficiency for a in (1, 10, 100, 1_000)]
    assert found == sorted(found)
    # Near balance the price moves as 2 dx / (x (1 + Ann / 2)) against 2 dx / x: 1 + A times as deep, A = Ann / 2.
    assert found[2] == pytest.approx(101, rel=0.02)


def test_capital_efficiency_of_a_weighted_pool_is_that_of_its_smaller_side() -> None:
    """A small move takes dx = V w_i w_o / (w_i + w_o) m; at 50/50 that is V m / 4."""
    found = depth(pools.weighted(), "USD", "ETH", 1e-6)
    assert found.capital_efficiency == pytest.approx(4 * 0.2 * 0.5 / 0.7, rel=1e-5)


def test_depth_says_when_the_pool_ends_before_the_price() -> None:
    with pytest.raises(PoolwrightError, match="smaller move"):
        depth(pools.stable(10_000), 0, 1, 1e12)


@pytest.mark.parametrize("move", [0, -0.02, float("nan"), float("inf")])
def test_depth_refuses_what_is_no_move(move: float) -> None:
    with pytest.raises(ValueError, match="fraction of more than 0"):
        depth(pools.half(), 0, 1, move)


def test_depth_as_json() -> None:
    found = depth(pools.half(), "USD", "ETH", 0.02)
    assert found.to_dict() == {
        "move": 0.02,
        "amount_in": found.amount_in,
        "amount_out": found.amount_out,
        "capital_efficiency": found.capital_efficiency,
    }


@pytest.mark.parametrize(
    ("pool", "amount"), [(pools.weighted(), 1e-4), (pools.half(), 1e-4), (pools.stable(), 10)]
)
def test_spread_of_small_amounts_is_the_fee_both_ways(pool: Pool, amount: float) -> None:
    fee = pool.state.swap_fee / 1e18
    last = len(pool.params.tokens) - 1
    assert effective_spread(pool, 0, last, amount) == pytest.approx(1 / (1 - fee) - (1 - fee), rel=0.002)


def test_spread_grows_with_the_amount_as_the_constant_product_says() -> None:
    """Without fee: ask R / (b - a), bid R / (b + a), mid R / b."""
    found = effective_spread(pools.half(fee=0), "ETH", "USD", 20)
    assert found == pytest.approx(200 / 180 - 200 / 220, rel=1e-6)


def test_spread_refuses_what_the_pool_refuses() -> None:
    with pytest.raises(PoolRevert):
        effective_spread(pools.weighted(), "ETH", "USD", 150)
    with pytest.raises(ValueError, match="smallest unit"):
        effective_spread(pools.weighted(), "BTC", "USD", float(Fraction(1, 10**9)))
