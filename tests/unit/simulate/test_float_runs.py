"""Float runs: close to the exact ones, checked against them in every run, and never passed off as exact."""

from __future__ import annotations

import numpy as np
import pytest

from poolwright.errors import PoolwrightError
from poolwright.model.state import PoolState
from poolwright.simulate import run
from poolwright.simulate.agents import Arbitrageur, LiquidityEvents, Retail, Venue
from poolwright.simulate.engine import simulate
from poolwright.simulate.kernels.tables import Sample
from poolwright.simulate.recheck import NEVER, SIZE, Recheck, RecheckError, empty_sample, recheck
from poolwright.simulate.result import SimulationResult
from poolwright.spec.params import PoolParams
from tests.unit.simulate.cases import POOLS, WEIGHTED, market

HOUR = 3_600


def busy(params: PoolParams, precision: str) -> SimulationResult:
    prices = market(params, 800)
    start = int(prices.times[0])
    agents = [
        Arbitrageur("to_no_arbitrage", gas_cost=0.05, competition=0.5),
        Retail(1.0, 2_000.0, rival=Venue(0.0035)),
        LiquidityEvents(((start + 200 * HOUR, 0.5), (start + 600 * HOUR, -0.3))),
    ]
    return simulate(params, prices, agents=agents, precision=precision)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_float_run_is_close_to_the_exact_one_and_closes(params: PoolParams) -> None:
    exact, quick = busy(params, "exact"), busy(params, "float")
    quick.books.check()
    one, two = exact.figures(), quick.figures()
    assert abs(one["trades"] - two["trades"]) <= 0.01 * one["trades"]
    for name in ("value", "hold", "lvr", "fees", "arbitrage_profit", "retail_cost"):
        assert two[name] == pytest.approx(one[name], rel=1e-3), name
    assert two["value"] == pytest.approx(one["value"], rel=1e-6)
    assert all(isinstance(each, int) for each in quick.final_state.balances)
    assert all(isinstance(each, int) for each in next(iter(quick.trades)))


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_float_run_says_how_far_it_was_from_exact(params: PoolParams) -> None:
    result = busy(params, "float")
    assert result.recheck is not None
    assert result.recheck.trades >= 40
    assert 0 <= result.recheck.largest_gap < result.recheck.bound
    told = result.to_dict()["assumptions"]
    assert told["precision"] == "float"
    assert told["recheck"]["largest_gap"] == result.recheck.largest_gap
    assert busy(params, "exact").recheck is None


def kept(result: SimulationResult, numbers: list[int]) -> Sample:
    """Return a sample of these trades, with the balances before each told by the trades before it."""
    sample = empty_sample(1, len(result.params.tokens), draws=True)
    trades, held = result.trades, [float(balance) for balance in result.initial_state.balances]
    for number in range(max(numbers) + 1):
        if number in numbers:
            slot = numbers.index(number)
            sample.places[slot], sample.amounts[slot] = trades.places[number], trades.amounts[number]
            sample.balances[slot] = held
        (_, i, o, *_), (paid, taken, _, protocol, creator) = trades.places[number], trades.amounts[number]
        held[i] += paid - protocol - creator
        held[o] -= taken
    return sample


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_a_trade_too_far_from_exact_fails_the_run(params: PoolParams) -> None:
    result = simulate(params, market(params, 300), arbitrage="to_no_arbitrage", precision="float")
    sample = kept(result, list(range(30, 70)))
    told = recheck(params, result.initial_state, sample, 40)
    assert told.trades == 40
    assert told.largest_gap > 0
    sample.amounts[17, 1] *= 1 + 1e-7
    with pytest.raises(RecheckError, match=f"a float trade of row {sample.places[17, 0]} is .* units"):
        recheck(params, result.initial_state, sample, 40)


@pytest.mark.parametrize("params", POOLS.values(), ids=POOLS)
def test_the_loop_keeps_what_was_drawn(monkeypatch: pytest.MonkeyPatch, params: PoolParams) -> None:
    """Each kept trade is the one with its number, and the balances are those that the trades before it left."""
    seen: list[Sample] = []

    def watched(of: PoolParams, initial: PoolState, sample: Sample, trades: int, *moved: None) -> Recheck:
        seen.append(sample)
        return recheck(of, initial, sample, trades, *moved)

    monkeypatch.setattr(run, "recheck", watched)
    result = simulate(params, market(params, 300), arbitrage="to_no_arbitrage", precision="float")
    sample, count = seen[0], len(result.trades)
    assert count > 2 * SIZE
    drawn = zip(sample.slots.tolist(), sample.numbers.tolist(), strict=True)
    last = {slot: number for slot, number in drawn if number < count}
    assert sorted(last) == list(range(SIZE))
    assert len(set(last.values())) == SIZE
    told = kept(result, [last[slot] for slot in range(SIZE)])
    for mine, other in zip(sample[2:], told[2:], strict=True):  # places, amounts, balances
        assert mine.tolist() == other.tolist()


def test_every_trade_is_as_likely_to_be_drawn() -> None:
    """Of 500 trades each is kept in 1 of 10 runs; the counts of 2,000 runs are within five deviations of 200."""
    counts = np.zeros(500)
    for seed in range(2_000):
        sample = empty_sample(seed, 2, draws=True)
        below = sample.numbers < 500
        last = dict(zip(sample.slots[below].tolist(), sample.numbers[below].tolist(), strict=True))
        counts[list(last.values())] += 1
    assert counts.sum() == 2_000 * SIZE
    assert np.abs(counts - 200).max() < 5 * (200 * 0.9) ** 0.5


def test_nothing_is_drawn_of_an_exact_run() -> None:
    assert empty_sample(1, 3, draws=False).numbers.tolist() == [NEVER]


def test_no_trades_no_recheck_and_no_other_precision() -> None:
    calm = simulate(WEIGHTED, market(WEIGHTED, 50), gas_cost=1e9, precision="float")
    assert calm.recheck is not None
    assert calm.recheck.trades == 0
    assert np.allclose(calm.value, calm.hold, rtol=1e-14)
    with pytest.raises(PoolwrightError, match="no precision 'double'; known: exact, float"):
        simulate(WEIGHTED, market(WEIGHTED, 50), precision="double")
