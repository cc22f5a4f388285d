"""The engine against a slow reference, the exact pool, published figures and its own accounts."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import poolwright as pw
from poolwright.errors import PoolwrightError, PriceDataError
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.simulate.agents import Arbitrage
from poolwright.simulate.engine import SimulationInterrupted, balances_worth, simulate
from poolwright.simulate.prices import PriceSeries
from poolwright.simulate.result import SimulationResult
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams, Token
from tests.unit.simulate import reference
from tests.unit.simulate.cases import POOLS, STABLE, VOLATILE, WAD, WEIGHTED, finest, market

BOTH = [Arbitrage.BEST_PAIR, Arbitrage.TO_NO_ARBITRAGE]
# Of a stable pool there is no best basket in closed form.
MODELS = [
    pytest.param(params, model, id=f"{name}-{model}")
    for name, params in POOLS.items()
    for model in Arbitrage
    if not (params.kind is Kind.STABLE and model is Arbitrage.BEST_BASKET)
]


def series_of(prices: np.ndarray, symbols: list[str]) -> PriceSeries:
    """Return hourly prices without provenance."""
    times = 1_600_000_000 + 3_600 * np.arange(len(prices), dtype=np.int64)
    return PriceSeries(times, np.array(prices, dtype=np.float64), tuple(symbols), "test", "")


@pytest.mark.parametrize(("params", "arbitrage"), MODELS)
def test_simulate_trades_replay_on_the_exact_pool_to_the_wei(
    params: PoolParams, arbitrage: Arbitrage
) -> None:
    result = simulate(params, market(params, 3_000), arbitrage=arbitrage)
    pool = Pool.from_state(params, result.initial_state)
    fees = [0] * len(params.tokens)
    for trade in result.trades:
        swap = pool.swap(SwapKind.EXACT_IN, trade.token_in, trade.token_out, trade.amount_in, at=trade.time)
        assert (swap.amount_out, swap.fee) == (trade.amount_out, trade.fee)
        fees[trade.token_in] += trade.fee
    assert len(result.trades) > 1_000
    assert pool.state == result.final_state
    assert tuple(fees) == result.fee_amounts
    assert result.refused == 0


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
@pytest.mark.parametrize("arbitrage", BOTH)
def test_simulate_agrees_with_a_slow_search(params: PoolParams, arbitrage: Arbitrage) -> None:
    params, prices = finest(params), market(params, 150, seed=3)
    gas_cost = 0.5  # so that trades at the edge of paying, where rounding decides, are left out on both sides
    result = simulate(params, prices, arbitrage=arbitrage, gas_cost=gas_cost)
    pool = Pool.from_state(params, result.initial_state)
    choices = reference.run(pool, prices, repeat=arbitrage is Arbitrage.TO_NO_ARBITRAGE, gas_cost=gas_cost)
    assert [(trade.token_in, trade.token_out) for trade in result.trades] == [
        (choice.token_in, choice.token_out) for choice in choices
    ]
    assert len(choices) > 50
    profit = sum(choice.profit for choice in choices)
    assert float(result.arbitrage_profit[-1]) == pytest.approx(profit, rel=1e-6)
    found, expected = (
        np.array(each, dtype=float) for each in (result.final_state.balances, pool.state.balances)
    )
    assert np.allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_simulate_chooses_what_no_other_trade_beats(params: PoolParams) -> None:
    rng = np.random.default_rng(11)
    for _ in range(25):
        balances = [int(b * rng.uniform(0.7, 1.4)) for b in balances_worth(params, np.ones(3), 10_000.0)]
        moved = np.array([1.0, 1.0, params.tokens[2].rate / WAD]) * np.exp(rng.normal(0, 0.1, 3))
        prices = series_of(np.array([moved, moved]), [token.symbol for token in params.tokens])
        result = simulate(params, prices, balances=balances)
        best = float(result.arbitrage_profit[0])
        pool = Pool.create(params, balances)
        units = [price / 10**token.decimals for price, token in zip(moved, params.tokens, strict=True)]
        step = max(units)  # an amount out is a whole number of units, so the best may be one unit away
        for i in range(3):
            for o in range(3):
                if i != o:
                    for share in np.exp(np.linspace(-9, 1, 60)):
                        other = reference.profit_of(pool, units, i, o, max(1, int(balances[i] * share)))
                        assert other <= best * (1 + 1e-9) + step


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
@pytest.mark.parametrize("arbitrage", BOTH)
def test_simulate_accounts_close(params: PoolParams, arbitrage: Arbitrage) -> None:
    """Value change = market moves on what was held - arbitrageurs' gain before gas - fees that left the pool."""
    prices, gas_cost = market(params, 1_000, seed=5), 0.25
    result = simulate(params, prices, arbitrage=arbitrage, gas_cost=gas_cost)
    units = [Fraction(1, 10**token.decimals) for token in params.tokens]
    exact = [
        [Fraction(price) * unit for price, unit in zip(row, units, strict=True)]
        for row in prices.prices.tolist()
    ]
    held = list(result.initial_state.balances)
    moves = gains = left = fees = Fraction(0)
    row = 0
    for trade in result.trades:
        while row < trade.row:
            row += 1
            moves += sum(
                h * (new - old) for h, new, old in zip(held, exact[row], exact[row - 1], strict=True)
            )
        i, o, now = trade.token_in, trade.token_out, exact[row]
        away = trade.fee * params.protocol_share // WAD + trade.fee * params.creator_share // WAD
        held[i] += trade.amount_in - away
        held[o] -= trade.amount_out
        gains += trade.amount_out * now[o] - trade.amount_in * now[i]
        left += away * now[i]
        fees += trade.fee * now[i]
    for later in range(row + 1, len(prices)):
        moves += sum(
            h * (new - old) for h, new, old in zip(held, exact[later], exact[later - 1], strict=True)
        )
    first = sum(h * price for h, price in zip(result.initial_state.balances, exact[0], strict=True))
    last = sum(h * price for h, price in zip(held, exact[-1], strict=True))
    assert last - first == moves - gains - left
    figures = result.figures()
    assert figures["value"] == pytest.approx(float(last), rel=1e-12)
    assert figures["first_value"] == pytest.approx(float(first), rel=1e-12)
    assert figures["fees"] == pytest.approx(float(fees), rel=1e-12)
    assert figures["gas_paid"] == gas_cost * len(result.trades)
    assert figures["arbitrage_profit"] == pytest.approx(float(gains) - figures["gas_paid"], rel=1e-9)
    assert figures["value"] - figures["hold"] == pytest.approx(
        figures["impermanent_loss"] * figures["hold"] + figures["earned_over_invariant"], rel=1e-9, abs=1e-6
    )
    assert result.trade_counts[-1] == len(result.trades)
    assert len(result.value) == len(result.hold) == len(result.impermanent_loss) == len(prices)


def test_simulate_finds_the_optimum_of_the_convex_solver() -> None:
    tokens = [Token("A", 18), Token("B", 18), Token("C", 18)]
    params = PoolParams.weighted(tokens, [5 * 10**17, 3 * 10**17, 2 * 10**17], swap_fee=3 * 10**15)
    prices = series_of(np.array([[40_000, 2_500, 1], [40_400, 2_462.5, 1]]), ["A", "B", "C"])
    for arbitrage in BOTH:
        result = simulate(params, prices, value=1e6, arbitrage=arbitrage)
        (trade,) = result.trades
        assert (trade.row, trade.token_in, trade.token_out) == (1, 1, 0)
        assert round(trade.amount_in * 2_500 / 1e18) == 4_177
        assert round(trade.amount_out * 40_000 / 1e18) == 4_119
        assert round(float(result.arbitrage_profit[-1]), 3) == 45.614


def test_simulate_recorded_market(shared_data: Path, project_root: Path) -> None:
    file = shared_data / "weth-wbtc-dai-usd-hourly_2020-03-05_2020-08-30.csv.gz"
    result = simulate(pw.load_spec(project_root / "examples" / "index.toml"), file)
    figures = result.figures()
    assert (result.rows, result.refused) == (4_276, 0)
    assert 3_400 <= figures["trades"] <= 3_430
    assert figures["value"] == pytest.approx(1_451_206, rel=1e-5)
    assert figures["hold"] == pytest.approx(1_471_444, rel=1e-6)
    assert figures["impermanent_loss"] == pytest.approx(-0.0248016, abs=1e-6)


def test_simulate_never_beats_its_invariant_without_fees() -> None:
    params = PoolParams.weighted(VOLATILE, WEIGHTED.weights, swap_fee=0)
    result = simulate(params, market(params, 2_000), arbitrage="to_no_arbitrage")
    excess = result.value / result.invariant_value - 1
    assert (excess > -1e-12).all()
    assert excess.max() < 1e-5


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_simulate_with_endless_gas_is_holding(params: PoolParams) -> None:
    result = simulate(params, market(params, 200), gas_cost=1e12)
    assert len(result.trades) == 0
    assert result.final_state == result.initial_state
    assert np.allclose(result.value, result.hold, rtol=1e-14)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_simulate_does_not_mind_the_order_of_tokens(params: PoolParams) -> None:
    prices = market(params, 500)
    order = [2, 0, 1]
    tokens = [params.tokens[k] for k in order]
    options = {"swap_fee": params.swap_fee, "protocol_share": params.protocol_share}
    options["creator_share"] = params.creator_share
    if params.weights:
        turned = PoolParams.weighted(tokens, [params.weights[k] for k in order], **options)
    elif params.amplification:
        turned = PoolParams.stable(tokens, params.amplification, **options)
    else:
        turned = PoolParams.constant_product(tokens, **options)
    one, two = simulate(params, prices).figures(), simulate(turned, prices).figures()
    assert one["value"] == pytest.approx(two["value"], rel=1e-9)
    assert one["fees"] == pytest.approx(two["fees"], rel=1e-9)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_simulate_stays_within_the_pools_limits_in_a_crash(params: PoolParams) -> None:
    """A price falls 500 times; trades at the limit repeat row by row, or at once, and none is refused."""
    rows = np.ones((40, 3)) * [1.0, 1.0, params.tokens[2].rate / WAD]
    rows[1:, 0] /= 500.0
    prices = series_of(rows, [token.symbol for token in params.tokens])
    slow = simulate(params, prices, value=1e6)
    fast = simulate(params, prices, value=1e6, arbitrage="to_no_arbitrage")
    assert slow.refused == fast.refused == 0
    # The first row after the crash: one trade, or all of them.
    assert slow.trade_counts[1] == 1
    assert fast.trade_counts[1] >= slow.trade_counts[1]
    assert fast.value[-1] == pytest.approx(slow.value[-1], rel=0.02)
    pool = Pool.from_state(params, fast.final_state)
    units = [price / 10**token.decimals for price, token in zip(rows[-1], params.tokens, strict=True)]
    best = reference.best_trade(pool, units)
    assert best.profit <= 1e-6 * fast.value[-1]


def test_simulate_takes_first_balances_from_spec_value_or_caller(project_root: Path) -> None:
    spec = pw.load_spec(project_root / "examples" / "index.toml")
    prices = market(WEIGHTED, 10)
    assert simulate(spec, prices).initial_state.balances == spec.initial_balances()
    assert simulate(spec, prices, value=5e5).figures()["first_value"] == pytest.approx(5e5, rel=1e-6)
    assert simulate(spec.resolve(), prices).figures()["first_value"] == pytest.approx(1e6, rel=1e-6)
    given = (10**18, 10**8, 10**18)
    assert simulate(spec, prices, balances=given).initial_state.balances == given


def test_balances_worth_follow_weights_and_rates() -> None:
    assert balances_worth(WEIGHTED, np.array([2_500.0, 40_000.0, 1.0]), 1e6) == (
        200 * 10**18, 75 * 10**7, 200_000 * 10**18,
    )  # fmt: skip
    stable = balances_worth(STABLE, np.array([1.0, 1.0, 1.1]), 300.0)
    assert np.allclose(np.array(stable) / [1e18, 1e6, 1e18], [100, 100, 100 / 1.1], rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"arbitrage": "best"},
            PoolwrightError,
            "no arbitrage model 'best'; known: best_pair, to_no_arbitrage",
        ),
        ({"gas_cost": -1.0}, PoolwrightError, "gas_cost -1.0"),
        ({"gas_cost": float("nan")}, PoolwrightError, "gas_cost nan"),
        ({"value": 0.0}, PoolwrightError, "value 0.0 must be a positive number"),
        ({"value": 1e-9}, PoolwrightError, "buys less than one unit of WBTC"),
        ({"value": 1.0, "balances": (1, 1, 1)}, PoolwrightError, "value or balances, not both"),
        ({"balances": (1, 1, 1)}, PoolwrightError, "a pool cannot open with these first balances"),
    ],
)
def test_simulate_refuses_what_makes_no_run(options, error, message) -> None:
    with pytest.raises(error, match=message):
        simulate(WEIGHTED, market(WEIGHTED, 10), **options)


def test_simulate_refuses_prices_of_other_tokens() -> None:
    with pytest.raises(PriceDataError, match="no prices of WETH"):
        simulate(WEIGHTED, market(STABLE, 10))


def test_simulate_tells_progress_in_chunks() -> None:
    seen: list[tuple[int, int]] = []
    simulate(WEIGHTED, market(WEIGHTED, 40_000), progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == [16_384, 32_768, 40_000]
    assert {total for _, total in seen} == {40_000}


def test_simulate_keeps_what_is_done_when_interrupted() -> None:
    prices = market(WEIGHTED, 40_000)

    def stop(done: int, total: int) -> None:
        if done > 20_000:
            raise KeyboardInterrupt

    with pytest.raises(SimulationInterrupted) as stopped:
        simulate(WEIGHTED, prices, progress=stop)
    part = stopped.value.result
    assert isinstance(part, SimulationResult)
    whole = simulate(WEIGHTED, prices)
    assert (part.rows, part.complete, whole.complete) == (32_768, False, True)
    assert np.array_equal(part.value, whole.value[:32_768])
    assert list(part.trades) == [trade for trade in whole.trades if trade.row < 32_768]
    assert part.to_dict()["complete"] is False


def test_simulate_result_is_plain_data_in_json() -> None:
    result = simulate(STABLE, market(STABLE, 100))
    data = json.loads(json.dumps(result.to_dict()))
    assert data["pool"]["hash"] == STABLE.hash
    assert data["prices"]["generated"] is True
    assert data["assumptions"] == {
        "arbitrage": "best_pair",
        "seed": 7,
        "precision": "exact",
        "recheck": None,
        "fee": "as declared",
        "fees_outside_reserves": False,
    }
    assert [agent["agent"] for agent in data["agents"]] == ["Arbitrageur"]
    assert data["agents"][0]["gas_cost"] == 0.0
    assert data["books"]["pool"]["lvr"] > 0
    assert data["final_state"] == result.final_state.to_dict()
    assert data["result"]["trades"] == len(result.trades)


def test_simulate_can_be_called_as_the_folder() -> None:
    import poolwright.simulate

    prices = market(WEIGHTED, 50)
    assert poolwright.simulate(WEIGHTED, prices).final_state == simulate(WEIGHTED, prices).final_state
