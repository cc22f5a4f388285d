"""`sweep`: what is run, what is recorded, and what decides."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import poolwright as pw
from poolwright.errors import PoolwrightError
from poolwright.simulate.agents import Retail
from poolwright.simulate.market import generate_market
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.sweep.run import SweepInterrupted, sweep
from poolwright.spec.load import check_text
from poolwright.spec.schema import PoolSpec
from poolwright.units import parse_number
from tests.unit.simulate.sweep.cases import FEES, TEXT, market, pool


def timeless(result: pw.SweepResult) -> list[Any]:
    """Return the runs without the seconds that they took."""
    return [replace(row, seconds=0.0) for row in result.rows]


def with_fee(fee: str) -> PoolSpec:
    """Return the pool with another fee."""
    return pool().model_copy(update={"fees": pool().fees.model_copy(update={"swap": parse_number(fee)})})


def test_each_run_is_the_simulation_of_its_pool() -> None:
    result = pw.sweep(pool(), market(), vary={"swap_fee": "0.1%,1%"}, gas_cost=2.0)
    assert result.complete
    for row, fee in zip(result.rows, ("0.1%", "1%"), strict=True):
        alone = pw.simulate(with_fee(fee), market(), gas_cost=2.0)
        assert row.figures == {name: (float(value),) for name, value in alone.figures().items()}
        assert row.objectives == (alone.figures()["value_vs_hold"],)
        assert row.spec_hash == alone.params.hash


def test_each_window_is_a_simulation_of_its_own() -> None:
    result = pw.sweep(pool(), market(), vary={"swap_fee": ["0.3%"]}, folds=1, objective="fees")
    prices = market()
    halves = [
        replace(prices, times=prices.times[part], prices=prices.prices[part])
        for part in (slice(0, 100), slice(100, 200))
    ]
    expected = tuple(pw.simulate(pool(), half).figures()["fees"] for half in halves)
    row = result.rows[0]
    assert row.objectives == expected
    assert (row.train(2), row.test(2)) == expected


def test_later_prices_never_change_what_was_chosen() -> None:
    prices = market(300)
    shaken = prices.prices.copy()
    shaken[240:, 0] *= np.linspace(1.0, 0.2, 60)
    other = replace(prices, prices=shaken)
    one, two = (pw.sweep(pool(), each, vary=FEES, folds=4) for each in (prices, other))
    assert [row.run for row in one.best()] == [row.run for row in two.best()]
    assert [fold.run for fold in one.walk_forward()] == [fold.run for fold in two.walk_forward()]
    assert one.walk_forward()[-1].test != two.walk_forward()[-1].test


def test_walk_forward_chooses_by_the_windows_before() -> None:
    result = pw.sweep(pool(), market(400), vary=FEES, folds=3, objective="arbitrage_profit")
    assert result.sign == -1
    for fold in result.walk_forward():
        least = min(sum(row.objectives[: fold.fold]) for row in result.rows)
        assert fold.train * fold.fold == pytest.approx(least, rel=1e-12)
        assert fold.test == result.rows[fold.run].objectives[fold.fold]


def test_the_number_of_workers_decides_nothing() -> None:
    for method in ("grid", "random", "optuna"):
        vary = {"swap_fee": "0.001:0.05:6:log", "WETH.weight": "0.2,0.5"}
        one, three = (
            pw.sweep(pool(), market(), vary=vary, method=method, runs=20, folds=3, prune=True, workers=n)
            for n in (1, 3)
        )
        assert timeless(one) == timeless(three), method


POLICY = """policy = "volatility"
most = "2%"
slope = 0.5
[oracle]
half_life = "1 hour"
"""


@pytest.mark.parametrize("method", ["grid", "optuna"])
def test_every_term_of_a_policy_can_be_varied(method: str) -> None:
    """Each run is that of the pool file that says the same; no term is without effect."""
    text = TEXT.replace('"0.3%"\n', '"0.3%"\n' + POLICY)
    spec = check_text(text).spec
    assert spec is not None
    ranges = {
        "oracle.half_life": ("15 min,1 day", "15 min:1 day:log"),
        "slope": ("0.1,2", "0.1:2:log"),
        "fees.most": ("1.5%,5%", "1.5%:5%"),
        "swap_fee": ("0.1%,0.9%", "0.1%:0.9%"),
    }
    vary = {name: given[method == "optuna"] for name, given in ranges.items()}
    prices = market()
    found = pw.sweep(spec, prices, vary=vary, method=method, runs=16, value=1e6)
    assert [row.state for row in found.rows] == ["done"] * 16
    for row in found.rows:
        point = row.point
        told = text.replace('"1 hour"', point["oracle.half_life"]).replace(
            "0.5\n", f"{point['fees.slope']}\n"
        )
        told = told.replace('"2%"', f'"{point["fees.most"]}"').replace('"0.3%"', f'"{point["fees.swap"]}"')
        same = check_text(told).spec
        assert same is not None
        alone = pw.simulate(same.resolve(), prices, value=1e6)
        assert row.figures["fees"] == (alone.figures()["fees"],)
    for name in found.rows[0].point if method == "grid" else ():
        others = [tuple((key, text) for key, text in row.point.items() if key != name) for row in found.rows]
        fees = {(other, row.figures["fees"]) for other, row in zip(others, found.rows, strict=True)}
        assert len(fees) > len(set(others)), f"{name} is without effect"
    chosen = check_text(found.pool_toml(spec)).spec
    assert chosen is not None
    assert chosen.resolve().half_life == int(found.best(1)[0].point["oracle.half_life"])


def test_the_floor_of_a_policy_can_be_varied() -> None:
    terms = 'swap = "0.1%"\npolicy = "imbalance"\nmost = "2%"\nslope = 0.01\n'
    tokens = "".join(f'[[tokens]]\nsymbol = "{symbol}"\n' for symbol in ("USDC", "USDT", "DAI"))
    spec = check_text(f'[pool]\nkind = "stable"\n[stable]\namplification = 200\n[fees]\n{terms}{tokens}').spec
    assert spec is not None
    prices = generate_market(["USDC", "USDT", "DAI"], 100)
    found = pw.sweep(spec, prices, vary={"fees.least": "0.001%,0.09%"}, agents=[Retail(3.0, 20_000.0)])
    one, two = (row.figures["fees"][0] for row in found.rows)
    assert 0 < one < two


def test_seeds_draw_other_points_and_more_runs_the_same_first_ones() -> None:
    vary = {"swap_fee": "0.001:0.05:log"}

    def points(seed: int, runs: int) -> list[Any]:
        result = pw.sweep(pool(), market(50), vary=vary, method="random", runs=runs, seed=seed)
        return [row.point for row in result.rows]

    assert points(1, 8)[:4] == points(1, 4)
    assert points(1, 4) != points(2, 4)


def test_optuna_finds_the_better_fees() -> None:
    def near_two_percent(result: SimulationResult) -> float:
        return -abs(result.params.swap_fee / 1e18 - 0.02)

    found = pw.sweep(
        pool(), market(30), vary={"swap_fee": "0.0001:0.1:log"}, objective=near_two_percent,
        method="optuna", runs=48, seed=5,
    )  # fmt: skip
    assert found.best(1)[0].train(1) > -0.001
    late = [abs(float(row.point["fees.swap"]) - 0.02) for row in found.rows[24:]]
    early = [abs(float(row.point["fees.swap"]) - 0.02) for row in found.rows[:24]]
    assert np.median(late) < np.median(early)


def test_bad_runs_are_given_up_after_a_window_and_the_best_is_not() -> None:
    def fee(result: SimulationResult) -> float:
        return -float(result.params.swap_fee)

    vary = {"swap_fee": "0.001:0.1"}
    options: dict[str, Any] = {"objective": fee, "method": "random", "runs": 32, "folds": 4}
    full = pw.sweep(pool(), market(), vary=vary, prune=False, **options)
    pruned = pw.sweep(pool(), market(), vary=vary, prune=True, **options)
    assert pruned.count("pruned") >= 8
    assert all(len(row.objectives) < 4 for row in pruned.rows if row.state == "pruned")
    assert pruned.best(1)[0].point == full.best(1)[0].point


def test_refused_points_are_recorded_and_never_run() -> None:
    result = pw.sweep(pool(), market(), vary={"swap_fee": "0.3%,50%,x"})
    assert [row.state for row in result.rows] == ["done", "refused", "refused"]
    assert "fees.swap" in result.rows[1].findings[0]
    assert result.rows[1].figures == {}
    assert len(result.best()) == 1
    assert len(result.to_dict()["refused"]) == 2


def test_a_function_that_gives_no_number_is_never_best() -> None:
    def only_dear(result: SimulationResult) -> float:
        return 1.0 if result.params.swap_fee > 5 * 10**15 else float("nan")

    result = pw.sweep(pool(), market(50), vary=FEES, objective=only_dear)
    assert {row.point["fees.swap"] for row in result.best(10)} == {"0.006", "0.007", "0.008", "0.009", "0.01"}


def test_errors_of_the_objective_are_the_users_own() -> None:
    def broken(result: SimulationResult) -> float:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        pw.sweep(pool(), market(50), vary=FEES, objective=broken)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"objective": "profit"}, "known: arbitrage_fees"),
        ({"method": "guess"}, "known: grid, random, optuna"),
        ({"vary": {"swap_fee": "0.001:0.01"}}, "write lo:hi:n"),
        ({"folds": 500}, "folds"),
        ({"workers": 0}, "1 or more"),
        ({"balances": [1, 1, 1]}, "value instead of balances"),
    ],
)
def test_what_cannot_be_swept_is_said(options: dict[str, Any], told: str) -> None:
    with pytest.raises(PoolwrightError, match=told):
        sweep(**{"spec": pool(), "prices": market(), "vary": FEES, **options})


def test_progress_counts_finished_runs() -> None:
    seen: list[tuple[int, int]] = []
    pw.sweep(pool(), market(50), vary=FEES, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (10, 10)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_interrupt_carries_what_was_finished() -> None:
    def press(done: int, total: int) -> None:
        if done == 3:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SweepInterrupted) as stopped:
        pw.sweep(pool(), market(100), vary=FEES, progress=press, workers=1)
    assert 3 <= len(stopped.value.result.rows) < 10
    assert not stopped.value.result.complete
    assert signal.getsignal(signal.SIGINT) is before


def test_a_best_run_at_the_end_of_a_range_is_told() -> None:
    def near(result: SimulationResult) -> float:
        return -abs(result.params.swap_fee / 1e18 - 0.01)

    def ends(vary: str, **options: Any) -> list[str]:
        result = pw.sweep(pool(), market(20), vary={"swap_fee": vary}, objective=near, **options)
        return [dimension.path for dimension in result.at_the_end()]

    assert ends("0.001:0.01:4") == ends("0.01:0.1:4") == ["fees.swap"]
    assert ends("0.5%,0.7%,1%") == ends("2%,1.5%,1%") == ["fees.swap"]
    assert ends("0.001:0.019:3") == ends("1%,2%") == ends("0.5%,1%,2%") == []
    assert ends("0.001:0.01", method="optuna", runs=40) == ["fees.swap"]
    assert ends("0.001:0.03", method="optuna", runs=24) == []
