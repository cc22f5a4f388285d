"""Named markets: each does what its summary says, for any assets, and the same for the same seed."""

import numpy as np
import pytest

from poolwright.errors import PriceDataError
from poolwright.simulate.markets import MarketScenario, list_scenarios, scenario

SYMBOLS = ["WETH", "WBTC", "USDC", "DAI"]
NAMES = list(list_scenarios())
HOUR = 3_600


def at_hours(built: MarketScenario, hours: float) -> int:
    return round(hours * HOUR / built.prices.step)


@pytest.mark.parametrize("name", NAMES)
def test_scenario_is_whole_seeded_and_labelled(name: str) -> None:
    one, two, other = (scenario(name, SYMBOLS, seed, step_seconds=600) for seed in (1, 1, 2))
    assert one.prices.sha256 == two.prices.sha256
    assert one.gas.sha256 == two.gas.sha256
    assert np.array_equal(one.blocks, two.blocks)
    assert one.prices.sha256 != other.prices.sha256
    assert one.prices.symbols == tuple(SYMBOLS)
    assert np.isfinite(one.prices.prices).all()
    assert (one.prices.prices > 0).all()
    assert np.allclose(one.prices.prices[0], [2_500, 40_000, 1, 1], rtol=0.03)
    assert one.prices.source.startswith("generated: ")
    assert one.label.startswith(f"scenario {name}, seed 1: ")
    assert one.prices.times[0] < one.blocks[0]
    assert one.blocks[-1] <= one.prices.times[-1]


@pytest.mark.parametrize("name", NAMES)
def test_scenario_serves_every_block(name: str) -> None:
    built = scenario(name, SYMBOLS, 5, hours=96)
    blocks = built.at_blocks()
    assert len(blocks) == len(built.blocks)
    costs = built.gas_costs(120_000, "WETH")
    assert costs.shape == built.blocks.shape
    assert (costs > 0).all()
    assert np.allclose(costs, built.gas.at(built.blocks) * 1.2e-4 * blocks.prices[:, 0], rtol=1e-12)
    assert np.allclose(built.gas_costs(120_000, 2_000.0), built.gas.at(built.blocks) * 0.24, rtol=1e-12)


def test_crash_falls_by_45_percent_in_ten_hours_with_everything() -> None:
    built = scenario("crash", SYMBOLS, 3)
    prices = built.prices.prices[:, :2]
    start, end = at_hours(built, 48), at_hours(built, 58)
    assert np.allclose(prices[end] / prices[start], 0.55, rtol=1e-9)
    returns = np.diff(np.log(prices[start : end + 1]), axis=0)
    assert np.corrcoef(returns.T)[0, 1] > 0.97
    # The two jumps hit both in the same rows.
    worst = [set(np.argsort(returns[:, k])[:2].tolist()) for k in range(2)]
    assert worst[0] == worst[1]
    before, peak = built.gas.gwei[:start], built.gas.gwei[start]
    assert peak > 5 * before.max() or peak > 10 * np.median(before)


def test_depeg_reaches_088_and_comes_back() -> None:
    built = scenario("depeg", SYMBOLS, 3)
    usdc, dai = built.prices.prices[:, 2], built.prices.prices[:, 3]
    assert abs(usdc[at_hours(built, 42)] - 0.88) < 0.03
    assert abs(usdc[-1] - 1) < 0.01
    assert np.abs(dai - 1).max() < 0.01


def test_depeg_to_zero_never_comes_back() -> None:
    usdc = scenario("depeg_to_zero", SYMBOLS, 3).prices.prices[:, 2]
    assert usdc[0] > 0.98
    assert 0 < usdc[-1] < 2e-6


def test_gas_spike_is_forty_times_dearer() -> None:
    built, calm = scenario("gas_spike", SYMBOLS, 3), scenario("calm", SYMBOLS, 3, hours=168)
    ratio = built.gas.gwei / calm.gas.gwei
    assert np.allclose(ratio[: at_hours(built, 48)], 1.0)
    assert np.isclose(ratio.max(), 40.0)
    assert ratio[-1] < 1.01


def test_dead_arbitrageurs_leave_a_gap() -> None:
    built = scenario("dead_arbitrageurs", SYMBOLS, 3)
    assert built.arbitrage_gap is not None
    start, stop = built.arbitrage_gap
    assert stop - start == 36 * HOUR
    allowed = built.arbitrage_allowed(built.blocks)
    asleep = built.blocks[~allowed]
    assert start <= asleep.min() < start + 60
    assert stop - 60 < asleep.max() < stop
    assert allowed[built.blocks >= stop].all()
    assert "No arbitrage from 2024-01-03T00:00:00Z until 2024-01-04T12:00:00Z" in built.label


def test_others_have_arbitrage_always() -> None:
    built = scenario("calm", SYMBOLS, 3, hours=10)
    assert built.arbitrage_gap is None
    assert built.arbitrage_allowed(built.blocks).all()


def test_regime_storm_has_fat_tails_and_changing_volatility() -> None:
    prices = scenario("regime_storm", SYMBOLS, 3, step_seconds=HOUR).prices.prices[:, :2]
    daily = np.diff(np.log(prices[:, 0]))[: 59 * 24].reshape(59, 24).std(axis=1)
    assert daily.max() > 4 * np.median(daily) or daily.max() > 8 * daily.min()


def test_scenarios_of_one_seed_share_their_draws() -> None:
    """So two scenarios differ by what happens, not by luck: the depegs have the same second stable."""
    one, two = (scenario(name, SYMBOLS, 9, step_seconds=600) for name in ("depeg", "depeg_to_zero"))
    assert np.array_equal(one.prices.prices[:, 3], two.prices.prices[:, 3])


def test_scenario_does_not_depend_on_the_order_of_stables_or_other_assets() -> None:
    one = scenario("calm", ["WETH", "USDC"], 4, hours=24).prices
    two = scenario("calm", ["DAI", "USDC", "WETH"], 4, hours=24).prices
    assert np.array_equal(one.prices, two.select(["WETH", "USDC"]).prices)


def test_scenario_takes_other_prices_and_pegs() -> None:
    built = scenario("depeg", ["AAA", "BBB"], 1, start_prices={"AAA": 7.0, "BBB": 3.0}, pegged={"BBB"})
    assert built.prices.prices[0, 0] == 7.0
    assert abs(built.prices.prices[at_hours(built, 42), 1] / 3.0 - 0.88) < 0.03


@pytest.mark.parametrize(
    ("name", "symbols", "options", "message"),
    [
        ("doom", SYMBOLS, {}, "no scenario 'doom'; known: calm, bull, bear, crash"),
        ("depeg", ["WETH", "WBTC"], {}, r"none of WETH, WBTC is pegged. Name one in pegged="),
        ("calm", [], {}, "at least one"),
        ("calm", SYMBOLS, {"hours": 0}, "hours 0"),
        ("calm", SYMBOLS, {"step_seconds": 0}, "rows 0|step_seconds 0"),
        ("crash", SYMBOLS, {"hours": 24}, "crash needs 58 hours or more, not 24"),
        ("dead_arbitrageurs", SYMBOLS, {"hours": 24}, "would not happen"),
        ("crash", SYMBOLS, {"step_seconds": 360_000}, "a phase of 48 hours has no step"),
    ],
)
def test_bad_scenarios_are_refused(
    name: str, symbols: list[str], options: dict[str, int], message: str
) -> None:
    with pytest.raises(PriceDataError, match=message):
        scenario(name, symbols, 1, **options)
