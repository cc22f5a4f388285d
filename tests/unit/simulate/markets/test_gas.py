"""Gas laws: their statistics, recorded prices, spikes, and never a price from the future."""

import gzip
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poolwright.errors import PriceDataError
from poolwright.simulate.markets import ConstantGas, GasSeries, GasSpikes, LognormalGas, RecordedGas

START = 1_704_067_200
HOURLY = START + 3_600 * np.arange(200_000, dtype=np.int64)


def test_constant_gas_costs_what_it_says() -> None:
    series = ConstantGas(25.0).generate(HOURLY[:3])
    assert series.gwei.tolist() == [25.0, 25.0, 25.0]
    # 100,000 gas at 25 gwei is 0.0025 of the native token.
    assert np.allclose(series.cost(100_000, 2_000.0), 5.0, rtol=1e-14)
    assert np.allclose(series.cost(100_000, np.array([1_000.0, 2_000.0, 4_000.0])), [2.5, 5.0, 10.0])


def test_lognormal_gas_has_median_deviation_and_half_life() -> None:
    law = LognormalGas(30.0, 0.6, 5.0)
    logs = np.log(law.generate(HOURLY, 4).gwei)
    keep = 0.5 ** (1 / 5)
    draws = len(logs) * (1 - keep) / (1 + keep)
    assert abs(logs.mean() - math.log(30.0)) < 4 * 0.6 / math.sqrt(draws)
    assert abs(logs.var() / 0.36 - 1) < 4 * math.sqrt(2 / draws)
    assert abs(np.corrcoef(logs[:-5], logs[5:])[0, 1] - 0.5) < 4 / math.sqrt(draws)


def test_lognormal_gas_has_the_same_law_at_irregular_times() -> None:
    gaps = np.tile([600, 3_000, 10_800], 50_000)
    logs = np.log(LognormalGas(1.0, 0.6, 5.0).generate(START + np.cumsum(gaps), 4).gwei)
    assert abs(logs.var() / 0.36 - 1) < 0.05
    for place, gap in enumerate((600, 3_000, 10_800)):
        now, before = logs[3 + place :: 3], logs[2 + place :: 3]
        size = min(len(now), len(before))
        expected = 0.5 ** (gap / 3_600 / 5)
        assert abs(np.corrcoef(now[:size], before[:size])[0, 1] - expected) < 0.02


def test_scheduled_spike_multiplies_and_fades() -> None:
    law = GasSpikes(ConstantGas(10.0), scheduled=((5.0, 40.0),), half_life_hours=2.0)
    gwei = law.generate(HOURLY[:200]).gwei
    assert (gwei[:5] == 10.0).all()
    assert math.isclose(gwei[5], 400.0, rel_tol=1e-12)
    assert math.isclose(gwei[7], 10.0 + 390.0 / 2, rel_tol=1e-12)
    assert math.isclose(gwei[-1], 10.0, rel_tol=1e-9)


def test_random_spikes_come_at_their_rate() -> None:
    law = GasSpikes(ConstantGas(10.0), per_year=50.0, multiple=20.0, half_life_hours=0.05)
    gwei = law.generate(START + 60 * np.arange(3_000_000), 6).gwei
    rises = int((np.diff(gwei) > 5).sum())
    expected = 50 * 3_000_000 / 525_960
    assert abs(rises - expected) < 4 * math.sqrt(expected)
    assert gwei.max() <= 10 * (1 + 19 * 4)


def test_recorded_gas_of_the_shared_file(shared_data: Path) -> None:
    law = RecordedGas.load(shared_data / "demeter_v3_polygon" / "gas_price.csv.gz")
    first, last = int(law.recorded_times[0]), int(law.recorded_times[-1])
    series = law.generate(np.arange(first, last, 12))
    assert math.isclose(series.gwei[0], 53.089213505000004)
    assert (series.gwei[:5] == series.gwei[0]).all()
    assert math.isclose(series.gwei[5], 41.89087952689285)
    assert "gas_price.csv.gz (sha256 " in series.source
    looped = RecordedGas.load(shared_data / "demeter_v3_polygon" / "gas_price.csv.gz", loop=True)
    replay = looped.generate(HOURLY[:1_000])
    # The file holds four days of minutes: 96 hours later it starts again.
    assert replay.gwei[0] == series.gwei[0]
    assert np.array_equal(replay.gwei[:96], replay.gwei[96:192])


def test_recorded_gas_reads_any_single_column_and_never_ahead(tmp_path: Path) -> None:
    path = tmp_path / "gas.csv.gz"
    path.write_bytes(gzip.compress(b"timestamp,base_fee\n1704067200,10\n1704067260,20\n1704067320,30\n"))
    law = RecordedGas.load(path)
    assert law.generate(START + np.array([0, 59, 60, 119, 120])).gwei.tolist() == [10, 10, 20, 20, 30]
    with pytest.raises(PriceDataError, match="do not cover the times"):
        law.generate(np.array([START - 1, START]))
    with pytest.raises(PriceDataError, match="loop=True"):
        law.generate(np.array([START, START + 86_400]))


def test_gas_series_gives_the_last_price_at_or_before() -> None:
    series = GasSeries(np.array([10, 20, 30]), np.array([1.0, 2.0, 3.0]), "by hand")
    assert series.at(np.array([10.0, 19.9, 20.0, 99.0])).tolist() == [1.0, 1.0, 2.0, 3.0]
    with pytest.raises(PriceDataError, match="look ahead"):
        series.at(np.array([9.0]))


@pytest.mark.parametrize(
    "law", [LognormalGas(20.0, 2.0, 0.1), GasSpikes(LognormalGas(), per_year=5_000.0, multiple=100.0)]
)
def test_gas_is_seeded_positive_finite_and_labelled(law: Any) -> None:
    one, two, other = (law.generate(HOURLY[:5_000], seed) for seed in (1, 1, 2))
    assert one.sha256 == two.sha256
    assert one.sha256 != other.sha256
    assert np.isfinite(one.gwei).all()
    assert (one.gwei > 0).all()
    assert one.source == f"generated: {law!r}, seed 1"


def test_asking_for_gas_leaves_the_callers_times_writable() -> None:
    times = HOURLY[:10].copy()
    ConstantGas().generate(times)
    times[0] = 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConstantGas(0), "gwei 0"),
        (lambda: LognormalGas(deviation=-1), "deviation -1"),
        (lambda: GasSpikes(ConstantGas(), scheduled=((1.0, 0.5),)), "multiple of a spike 0.5"),
        (lambda: GasSpikes(ConstantGas(), half_life_hours=0), "half_life_hours 0"),
        (lambda: ConstantGas().generate(np.array([2, 1])), "in order"),
        (lambda: ConstantGas().generate(np.array([], dtype=np.int64)), "at least one"),
        (lambda: ConstantGas().generate(np.array([1]), -3), "seed -3"),
        (lambda: RecordedGas.load("nowhere.csv"), "cannot be read"),
    ],
)
def test_bad_gas_is_refused(make: Any, message: str) -> None:
    with pytest.raises(PriceDataError, match=message):
        make()


def test_recorded_gas_refuses_times_out_of_order(tmp_path: Path) -> None:
    path = tmp_path / "gas.csv"
    path.write_text("time,gas_price\n1704067260,20\n1704067200,10\n")
    with pytest.raises(PriceDataError, match=r"gas\.csv, line 3, column time: .*in order of time"):
        RecordedGas.load(path)
