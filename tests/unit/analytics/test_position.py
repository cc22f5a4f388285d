"""`pw.impermanent_loss`: a position against holding, gas, a benchmark; and what it refuses."""

from __future__ import annotations

import dataclasses
import json
import math
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import poolwright as pw
from poolwright.analytics import position
from tests.unit.analytics import pools

WEIGHTS = {"ETH": 0.5, "BTC": 0.3, "USD": 0.2}
ENTRY = {"ETH": 2_500, "BTC": 40_000, "USD": 1}
EXIT = {"ETH": 5_000, "BTC": 20_000, "USD": 1}  # ratios 2, 0.5, 1
TERMS: dict[str, Any] = {
    "value": 20_000, "fees": 120, "gas_enter": 18, "gas_leave": 12, "benchmark": 0.04, "days": 90
}  # fmt: skip


def test_loss_of_three_assets() -> None:
    found = pw.impermanent_loss(WEIGHTS, ENTRY, EXIT)
    assert round(100 * found.impermanent_loss_fraction, 4) == -14.9112
    assert found.hold_value == pytest.approx(10_000 * (0.5 * 2 + 0.3 * 0.5 + 0.2))
    assert found.pool_value == pytest.approx(10_000 * 2**0.5 * 0.5**0.3)


def test_terms_add_up() -> None:
    found = pw.impermanent_loss(WEIGHTS, ENTRY, EXIT, **TERMS)
    assert found.gas == 30
    assert found.opportunity_cost == pytest.approx(20_000 * (1.04 ** (90 / 365) - 1))
    assert found.impermanent_loss == pytest.approx(found.pool_value - found.hold_value)
    assert found.net_vs_hold == pytest.approx(found.pool_value + 120 - 30 - found.hold_value)
    assert found.net_result == pytest.approx(found.net_vs_hold - found.opportunity_cost)
    assert found.profit == pytest.approx(found.pool_value + 120 - 30 - 20_000)
    assert found.break_even_yearly_return == pytest.approx(found.break_even_fees / 20_000 * 365 / 90)


@pytest.mark.parametrize(
    ("needed", "zero"), [("break_even_fees_vs_hold", "net_vs_hold"), ("break_even_fees", "net_result")]
)
def test_fees_that_break_even_do(needed: str, zero: str) -> None:
    fees = getattr(pw.impermanent_loss(WEIGHTS, ENTRY, EXIT, **TERMS), needed)
    found = pw.impermanent_loss(WEIGHTS, ENTRY, EXIT, **TERMS | {"fees": fees})
    assert getattr(found, zero) == pytest.approx(0.0, abs=1e-9)


def test_nothing_is_lost_where_no_price_moved_against_another() -> None:
    doubled = {symbol: 2 * price for symbol, price in ENTRY.items()}
    for prices in (ENTRY, doubled):
        found = pw.impermanent_loss(WEIGHTS, ENTRY, prices)
        assert found.impermanent_loss == pytest.approx(0.0, abs=1e-11)
        assert found.impermanent_loss <= 0
        assert found.break_even_yearly_return is None


def test_params_spec_and_weights_say_the_same(project_root: Path) -> None:
    spec = pw.load_spec(project_root / "examples" / "index.toml")
    entry, last = {"WETH": 200, "WBTC": 9_000, "DAI": 1}, {"WETH": 300, "WBTC": 8_000, "DAI": 1}
    by_spec = pw.impermanent_loss(spec, entry, last)
    assert by_spec == pw.impermanent_loss(spec.resolve(), entry, last)
    by_weights = pw.impermanent_loss({"WETH": 0.5, "WBTC": 0.3, "DAI": 0.2}, entry, last)
    assert dataclasses.replace(by_weights, pool=by_spec.pool) == by_spec
    assert by_spec.pool == "Poolwright Index"


def test_constant_product_has_equal_weights() -> None:
    found = pw.impermanent_loss(pools.half().params, {"ETH": 2_500, "USD": 1}, {"ETH": 10_000, "USD": 1})
    assert found.impermanent_loss_fraction == pytest.approx(-0.2)
    assert found.entry_shares == (0.5, 0.5)


@pytest.mark.parametrize("price", [0.999, 0.97, 1.01])
def test_stable_loss_is_that_of_the_exact_pool_traded_to_the_price(price: float) -> None:
    """Bisect the exact pool, without fee, to the market's price; compare with the first balances."""
    pool = pools.stable(fee=0)
    cheap, dear = (1, 0) if price < 1 else (0, 1)
    goal = Fraction(1 / price if price < 1 else price)  # of the dear token in the cheap one
    start, low, high = pool.snapshot, 0, pool.max_amount(pw.SwapKind.EXACT_IN, cheap, dear)
    scale = Fraction(10 ** pool.params.tokens[cheap].decimals, 10 ** pool.params.tokens[dear].decimals)
    for _ in range(100):
        pool.restore(start)
        middle = (low + high) // 2
        pool.swap(pw.SwapKind.EXACT_IN, cheap, dear, max(middle, 10**6))
        low, high = (middle, high) if pool.spot_price(cheap, dear).raw < goal * scale else (low, middle)
    prices, whole = np.array([1.0, price]), np.array([1e18, 1e6])
    after = float(pool.state.balances / whole @ prices)
    hold = float(start.state.balances / whole @ prices)
    found = pw.impermanent_loss(pools.stable().params, [1, 1], [1, price])
    assert found.impermanent_loss_fraction == pytest.approx(after / hold - 1, rel=1e-5)
    assert found.impermanent_loss_fraction < 0


def test_stable_loss_from_an_imbalanced_entry_and_with_rates() -> None:
    """A rate changes the price per unit of the pool and nothing else."""
    tokens = [pw.Token("A", 18), pw.Token("B", 18)]
    rated = [pw.Token("A", 18), pw.Token("B", 18, rate=12 * 10**17)]
    plain = pw.PoolParams.stable(tokens, 200_000, swap_fee=10**15, name="S")
    wrapped = pw.PoolParams.stable(rated, 200_000, swap_fee=10**15, name="S")
    found = pw.impermanent_loss(plain, [1, 0.998], [1, 1.002])
    same = pw.impermanent_loss(wrapped, [1, 0.998 * 1.2], [1, 1.002 * 1.2])
    assert same.impermanent_loss_fraction == pytest.approx(found.impermanent_loss_fraction, rel=1e-9)
    assert found.entry_shares[1] > 0.5  # more of what is cheap
    assert math.fsum(found.entry_shares) == pytest.approx(1.0)


def test_json_is_plain_and_keyed_by_symbol() -> None:
    data = pw.impermanent_loss(WEIGHTS, ENTRY, EXIT, **TERMS).to_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["entry_prices"] == {symbol: float(price) for symbol, price in ENTRY.items()}
    assert data["entry_shares"] == pytest.approx(WEIGHTS)
    assert set(data) == {field.name for field in dataclasses.fields(pw.PositionResult)}


@pytest.mark.parametrize("two", [2, 2.0, "2", Decimal(2), Fraction(2), np.float64(2), np.int64(2)])
def test_numbers_of_every_kind_are_read(two: Any) -> None:
    found = pw.impermanent_loss({"A": 0.5, "B": 0.5}, [1, 1], {"a": two, "B": 1}, benchmark="4%", days=365)
    assert found.impermanent_loss_fraction == pytest.approx(2 * 2**0.5 / 3 - 1)
    assert found.opportunity_cost == pytest.approx(400)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"entry": {"EHT": 1, "BTC": 1, "USD": 1}}, "entry: the pool has no token 'EHT'.*Did you mean ETH?"),
        ({"exit": {"ETH": 1, "BTC": 1}}, "exit gives no price for USD"),
        ({"exit": {"ETH": 1, "eth": 1, "BTC": 1, "USD": 1}}, "gives ETH twice"),
        ({"exit": {"ETH": 0, "BTC": 1, "USD": 1}}, "exit price of ETH = 0 is not positive"),
        ({"exit": {"ETH": -1, "BTC": 1, "USD": 1}}, "exit price of ETH = -1 is not positive"),
        ({"exit": {"ETH": math.nan, "BTC": 1, "USD": 1}}, "exit price of ETH = nan makes no sense"),
        ({"exit": {"ETH": 10**400, "BTC": 1, "USD": 1}}, "exit price of ETH: .* is not a number"),
        ({"exit": {"ETH": "1,5", "BTC": 1, "USD": 1}}, "exit price of ETH: '1,5' is not a number. Write it without"),
        ({"exit": {"ETH": None, "BTC": 1, "USD": 1}}, "exit price of ETH: None is not a number"),
        ({"exit": {"ETH": True, "BTC": 1, "USD": 1}}, "exit price of ETH: True is not a number"),
        ({"entry": [1, 1]}, "entry: 3 prices needed, for ETH, BTC, USD; got 2"),
        ({"entry": 5}, "entry: give prices by symbol"),
        ({"entry": "ETH=1"}, "entry: give prices by symbol"),
        ({"value": 0}, "value = 0 is not positive"),
        ({"value": math.inf}, "value = inf makes no sense"),
        ({"fees": -1}, "fees = -1 is negative"),
        ({"gas_enter": -1}, "gas_enter = -1 is negative"),
        ({"gas_leave": -1}, "gas_leave = -1 is negative"),
        ({"days": -1}, "days = -1 is negative"),
        ({"benchmark": -1}, "benchmark = -1 makes no sense. Give a finite number above -1"),
        ({"pool": {"ETH": 0.5, "BTC": 0.3, "USD": 0.3}}, "weights sum to 1.1"),
        ({"pool": {"ETH": 1.2, "BTC": -0.4, "USD": 0.2}}, "weight of BTC = -0.4 is not positive"),
        ({"pool": {"ETH": 1}, "entry": [1], "exit": [1]}, "two tokens or more"),
        ({"pool": "index.toml"}, "a str describes no pool"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(pw.PoolwrightError, match=message):
        pw.impermanent_loss(**{"pool": WEIGHTS, "entry": ENTRY, "exit": EXIT} | change)


def test_prices_that_a_stable_pool_cannot_reach_are_refused() -> None:
    with pytest.raises(pw.PoolwrightError, match=r"at the exit prices the pool would hold less USD"):
        pw.impermanent_loss(pools.stable(1).params, [1, 1], [1e-12, 1])


def test_a_kind_whose_loss_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for a later kind: the three of today are none of them."""

    class Other(Enum):
        WEIGHTED, CONSTANT_PRODUCT, STABLE = range(3)

    monkeypatch.setattr(position, "Kind", Other)
    with pytest.raises(pw.PoolwrightError, match="stable pool depends on more than prices; use simulate"):
        pw.impermanent_loss(pools.stable().params, [1, 1], [1, 1])
