"""Block laws against theory, and sampling that never looks ahead."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolwright.errors import PriceDataError
from poolwright.simulate.markets import (
    BlockLaw,
    ConstantBlocks,
    GeometricBrownian,
    MissedSlots,
    PoissonBlocks,
    rows_at,
    sample_at,
)

START = 1_704_067_200
LAWS = (ConstantBlocks(12), MissedSlots(12, 0.2), PoissonBlocks(12))


def test_constant_blocks_come_on_the_slot_and_end_with_it() -> None:
    assert ConstantBlocks(12).times(100, 136).tolist() == [112, 124, 136]
    assert len(ConstantBlocks(0.05).times(0, 1)) == 20
    assert len(ConstantBlocks(12).times(START, START + 11)) == 0


@pytest.mark.parametrize("missed", [0.0, 0.01, 0.3, 0.9])
def test_missed_slots_have_their_share_mean_and_variance(missed: float) -> None:
    slots = 500_000
    times = MissedSlots(12, missed).times(START, START + 12 * slots, seed=3)
    made = 1 - missed
    assert abs(len(times) / slots - made) <= 4 * math.sqrt(missed * made / slots)
    assert (np.mod(times - START, 12) == 0).all()
    gaps = np.diff(times) / 12
    assert abs(gaps.mean() - 1 / made) <= 4 * math.sqrt(missed / made**2 / len(gaps))
    # The fourth moment of a geometric law is at most 9 times its squared variance, and 1 / variance more.
    variance = missed / made**2
    assert abs(gaps.var() - variance) <= 4 * math.sqrt((9 * variance**2 + variance) / len(gaps))


def test_poisson_blocks_have_mean_variance_and_no_memory() -> None:
    times = PoissonBlocks(12).times(START, START + 12 * 400_000, seed=3)
    gaps = np.diff(times)
    assert abs(len(times) - 400_000) < 4 * math.sqrt(400_000)
    assert abs(gaps.mean() / 12 - 1) < 4 / math.sqrt(len(gaps))
    assert abs(gaps.var() / 144 - 1) < 4 * math.sqrt(8 / len(gaps))
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 4 / math.sqrt(len(gaps))
    assert abs((gaps > 24).mean() - math.exp(-2)) < 4 * math.sqrt(0.117 / len(gaps))


def test_a_later_stop_only_adds_poisson_blocks() -> None:
    short, long = (PoissonBlocks(12).times(START, START + hours * 3_600, 5) for hours in (1, 50))
    assert np.array_equal(long[: len(short)], short)
    assert long[len(short)] > START + 3_600


@pytest.mark.parametrize("law", LAWS)
def test_blocks_are_seeded_rising_and_inside(law: BlockLaw) -> None:
    one, two = (law.times(START, START + 50_000, 9) for _ in range(2))
    assert np.array_equal(one, two)
    assert (np.diff(one) > 0).all()
    assert one[0] > START
    assert one[-1] <= START + 50_000


@given(
    times=st.lists(st.integers(0, 10_000), min_size=2, max_size=60, unique=True).map(sorted),
    blocks=st.lists(st.floats(0, 12_000), min_size=1, max_size=60).map(sorted),
)
def test_rows_at_never_looks_ahead_and_never_lags(times: list[int], blocks: list[float]) -> None:
    stamps, asked = np.array(times), np.array([times[0] + block for block in blocks])
    for block, row in zip(asked.tolist(), rows_at(stamps, asked).tolist(), strict=True):
        assert times[row] <= block
        assert row == len(times) - 1 or times[row + 1] > block


@given(law=st.sampled_from(LAWS), seed=st.integers(0, 2**32), step=st.sampled_from([1, 7, 12, 60, 3_600]))
def test_sample_at_never_looks_ahead(law: BlockLaw, seed: int, step: int) -> None:
    """The price is the row's number, so that each sample tells which row it saw."""
    rows = 7_200 // step + 2
    series = GeometricBrownian(("A",)).generate(rows, step)
    numbered = type(series)(series.times, np.arange(1.0, rows + 1)[:, None], ("A",), "numbered", "")
    blocks = law.times(int(series.times[0]), int(series.times[-1]), seed)
    sampled = sample_at(numbered, blocks)
    seen = numbered.times[sampled.prices[:, 0].astype(int) - 1]
    assert (seen <= blocks).all()
    assert (blocks - seen < step).all()
    assert (sampled.times >= seen).all()
    assert (np.diff(sampled.times) > 0).all()


def test_sample_at_is_not_moved_by_later_prices() -> None:
    series = GeometricBrownian(("A",)).generate(100, 60)
    changed = series.prices.copy()
    changed[50:] *= 9
    other = type(series)(series.times, changed, series.symbols, "changed", "")
    blocks = PoissonBlocks(12).times(int(series.times[0]), int(series.times[-1]))
    before = blocks < series.times[50]
    one, two = sample_at(series, blocks), sample_at(other, blocks)
    assert np.array_equal(one.prices[before], two.prices[before])
    assert not np.isclose(one.prices[~before], two.prices[~before]).any()


def test_sample_at_keeps_label_and_stamps_whole_seconds() -> None:
    series = GeometricBrownian(("A", "B")).generate(10, 60)
    start = int(series.times[0])
    sampled = sample_at(series, np.array([start, start + 0.4, start + 60.0, start + 61.9]))
    assert (sampled.times - start).tolist() == [0, 1, 60, 61]
    assert np.array_equal(sampled.prices, series.prices[[0, 0, 1, 1]])
    assert sampled.generated
    assert sampled.source.startswith("generated: ")
    assert "sampled at 4 blocks" in sampled.source


def test_sampling_refuses_what_it_cannot_do_honestly() -> None:
    series = GeometricBrownian(("A",)).generate(100, 60)
    start, stop = int(series.times[0]), int(series.times[-1])
    with pytest.raises(PriceDataError, match="would have to look ahead"):
        sample_at(series, np.array([start - 1.0, start + 1.0]))
    with pytest.raises(PriceDataError, match=r"ends at .*Stop there"):
        sample_at(series, np.array([start, stop + 60.0]))
    with pytest.raises(PriceDataError, match="in order"):
        sample_at(series, np.array([start + 5.0, start + 1.0]))
    with pytest.raises(PriceDataError, match="faster than one a second"):
        sample_at(series, ConstantBlocks(0.05).times(start, stop))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConstantBlocks(0), "seconds between blocks 0"),
        (lambda: MissedSlots(12, 1.0), "missed 1.0"),
        (lambda: PoissonBlocks(float("nan")), "mean_seconds between blocks nan"),
        (lambda: PoissonBlocks(12).times(5, 5), "a stop"),
        (lambda: ConstantBlocks(0.05).times(0, 1e9), "shorter stretch"),
        (lambda: ConstantBlocks(12).times(0, 100, -1), "seed -1"),
    ],
)
def test_bad_blocks_are_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(PriceDataError, match=message):
        make()
