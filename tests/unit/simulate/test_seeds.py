"""Several seeds: mean and standard error are those of statistics, and the first run is the one that is shown."""

from __future__ import annotations

import signal
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from poolwright.errors import PoolwrightError
from poolwright.simulate import seeds
from poolwright.simulate.engine import SimulationInterrupted, simulate
from poolwright.simulate.market import generate_market
from poolwright.simulate.pools import PoolsInterrupted, simulate_pools
from poolwright.simulate.scenario import Scenario
from poolwright.simulate.scenario_file import load_scenario
from poolwright.simulate.seeds import SeedsInterrupted, over_seeds, pools_over_seeds
from poolwright.simulate.words import seeds_rows
from tests.unit.simulate.cases import WEIGHTED

FLOW = {"retail.orders_per_hour": 6, "retail.mean_size": 900, "seed": 11}


@pytest.fixture
def flow(tmp_path: Path) -> Scenario:
    generate_market(["WETH", "WBTC", "DAI"], 100).write_csv(tmp_path / "p.csv")
    return load_scenario(None, {**FLOW, "market.prices": str(tmp_path / "p.csv")})


def test_mean_and_error_are_those_of_separate_runs(flow: Scenario) -> None:
    result, over = over_seeds(WEIGHTED, flow, 4)
    assert over is not None
    runs = []
    for seed in (11, 12, 13, 14):
        stage = flow.stage(["WETH", "WBTC", "DAI"], seed)
        runs.append(simulate(WEIGHTED, stage.prices, agents=stage.agents, seed=seed).figures())
    assert result.figures() == runs[0]
    assert over.seeds == (11, 12, 13, 14)
    for name in ("fees", "value_vs_hold", "lvr"):
        values = [run[name] for run in runs]
        mean, error = over[name]
        assert mean == pytest.approx(statistics.fmean(values), rel=1e-12)
        assert error == pytest.approx(statistics.stdev(values) / 2, rel=1e-9)
        assert len(set(values)) == 4
    assert "hold" not in [row[0] for row in seeds_rows(over)]


def test_a_named_market_is_another_one_for_each_seed() -> None:
    calm = load_scenario("calm", {"market.hours": 3})
    _, over = over_seeds(WEIGHTED, calm, 2)
    assert over is not None
    assert over.figures["hold"][0] != over.figures["hold"][1]


def test_one_seed_has_no_spread_and_nothing_random_no_seeds(flow: Scenario) -> None:
    assert over_seeds(WEIGHTED, flow, 1)[1] is None
    quiet = Scenario(market=flow.market)
    assert over_seeds(WEIGHTED, quiet, 1)[1] is None
    with pytest.raises(PoolwrightError, match="every seed gives the same run"):
        over_seeds(WEIGHTED, quiet, 2)
    with pytest.raises(PoolwrightError, match="seeds 0 must be 1 or more"):
        over_seeds(WEIGHTED, quiet, 0)


def test_ctrl_c_keeps_the_seeds_that_are_done(flow: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    def interrupted(*args: object, **options: object) -> object:
        if len(done) == 2:
            raise SimulationInterrupted(None)
        done.append(simulate(*args, **options))  # type: ignore[arg-type]
        return done[-1]

    monkeypatch.setattr(seeds, "simulate", interrupted)
    monkeypatch.setattr(seeds, "simulate_totals", interrupted)
    shown: list[tuple[int, int]] = []
    with pytest.raises(SeedsInterrupted) as stopped:
        over_seeds(WEIGHTED, flow, 5, progress=lambda at, total: shown.append((at, total)))
    assert stopped.value.result is done[0]
    assert stopped.value.over is not None
    assert stopped.value.over.seeds == (11, 12)
    assert shown == [(100, 500), (200, 500)]


def test_seeds_of_several_pools_are_separate_runs_of_them(flow: Scenario) -> None:
    pools = [WEIGHTED, replace(WEIGHTED, swap_fee=10**16)]
    result, over = pools_over_seeds(pools, flow, 3, values=[1e6, 2e6])
    assert over is not None
    runs = []
    for seed in (11, 12, 13):
        stage = flow.stage(["WETH", "WBTC", "DAI"], seed)
        runs.append(simulate_pools(pools, stage.prices, values=[1e6, 2e6], agents=stage.agents, seed=seed))
    assert result.figures() == runs[0].figures()
    for name in ("fees", "lvr", "orders_filled_by_pools"):
        mean, error = over.together[name]
        values = [run.figures()[name] for run in runs]
        assert mean == pytest.approx(statistics.fmean(values), rel=1e-12)
        assert error == pytest.approx(statistics.stdev(values) / 3**0.5, rel=1e-9)
    for place, each in enumerate(over.pools):
        assert each.seeds == (11, 12, 13)
        assert each.figures["fees"] == tuple(run.pools[place].figures()["fees"] for run in runs)
    assert pools_over_seeds(pools, flow, 1)[1] is None
    with pytest.raises(PoolwrightError, match="every seed gives the same run"):
        pools_over_seeds(pools, Scenario(market=flow.market), 2)


@pytest.mark.parametrize(("limit", "seeds_done"), [(100, None), (200, (11, 12)), (300, (11, 12, 13))])
def test_ctrl_c_within_a_run_of_few_rows_ends_it_after_them(flow: Scenario, limit: int, seeds_done) -> None:
    """A run shorter than a look at Ctrl-C is done by then: it is kept, and no other begins."""

    def stop(done: int, total: int) -> None:
        if done >= limit:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(SeedsInterrupted) as stopped:
        over_seeds(WEIGHTED, flow, 4, progress=stop)
    assert stopped.value.result is not None
    assert stopped.value.result.rows == 100
    assert (stopped.value.over and stopped.value.over.seeds) == seeds_done
    pools = [WEIGHTED, replace(WEIGHTED, swap_fee=10**16)]
    with pytest.raises(PoolsInterrupted) as ended:
        pools_over_seeds(pools, flow, 4, progress=stop)
    assert ended.value.result is not None
    assert [pool.rows for pool in ended.value.result.pools] == [100, 100]
    assert (ended.value.over and ended.value.over.together.seeds) == seeds_done
