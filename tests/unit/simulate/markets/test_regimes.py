"""Regimes that switch at random, and planned phases."""

import math
from typing import Any

import numpy as np
import pytest

from poolwright.errors import PriceDataError
from poolwright.simulate.markets import Phase, Phases, Regime, RegimeSwitching

CALM = Regime("calm", 60.0, 0.3, 0.2)
STORM = Regime("storm", 20.0, (1.5, 2.0), 0.9, drift=-1.0)
PANIC = Regime("panic", 5.0, 4.0, 1.0)
TWO = RegimeSwitching(("A", "B"), (CALM, STORM), (10.0, 20.0))
ROWS = 200_001


def test_regimes_take_their_share_of_time() -> None:
    assert np.allclose(TWO.shares(), [0.75, 0.25])
    states = TWO.states(ROWS, 3_600, 3)
    assert states[0] == 0
    # Autocorrelation of the state is exp(-t (1/60 + 1/20)).
    keep = math.exp(-(1 / 60 + 1 / 20))
    error = math.sqrt(0.75 * 0.25 * (1 + keep) / (1 - keep) / ROWS)
    assert abs((states == 1).mean() - 0.25) < 4 * error


def test_step_probabilities_are_the_exponential_of_the_rates() -> None:
    rate = 1 / 60 + 1 / 20
    for step in (60, 3_600, 86_400, 31_557_600):
        stay = 0.75 + 0.25 * math.exp(-rate * step / 3_600)
        assert np.allclose(TWO.step_probabilities(step)[0], [stay, 1 - stay], atol=1e-12)
    three = RegimeSwitching(("A",), (CALM, Regime("storm", 20.0, 1.0), Regime("panic", 5.0, 4.0)))
    once, twice = three.step_probabilities(3_600), three.step_probabilities(7_200)
    assert np.allclose(once @ once, twice, atol=1e-13)
    assert np.allclose(three.shares() @ once, three.shares(), atol=1e-12)


def test_each_regime_has_its_volatility_and_correlation() -> None:
    series = TWO.generate(ROWS, 3_600, 3)
    assert series.prices[0].tolist() == [10.0, 20.0]
    returns, states = np.diff(np.log(series.prices), axis=0), TWO.states(ROWS, 3_600, 3)[1:]
    for state, (volatility, correlation) in enumerate((((0.3, 0.3), 0.2), ((1.5, 2.0), 0.9))):
        inside = returns[states == state]
        found = inside.std(axis=0) * math.sqrt(8_766)
        assert (np.abs((found / volatility) ** 2 - 1) < 4 * math.sqrt(2 / len(inside))).all()
        error = (1 - correlation**2) / math.sqrt(len(inside))
        assert abs(np.corrcoef(inside.T)[0, 1] - correlation) < 4 * error


def test_switches_are_obeyed() -> None:
    ring = RegimeSwitching(("A", "B"), (CALM, STORM, PANIC), switches=((0, 1, 0), (0, 0, 1), (1, 0, 0)))
    states = ring.states(300_000, 60, 1)
    changes = states[1:][np.diff(states) != 0]
    assert len(changes) > 100
    # At one-minute steps hardly ever do two switches fall into one step.
    assert (np.diff(changes) % 3 == 1).mean() > 0.98


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"regimes": (CALM,)}, "two or more"),
        ({"regimes": (CALM, CALM)}, "each with its own name"),
        ({"switches": ((0, 1),)}, "2 rows of 2"),
        ({"switches": ((0.5, 0.5), (1, 0))}, "0 on the diagonal"),
        ({"switches": ((0, 0.5), (1, 0))}, "each row must sum to 1"),
        ({"symbols": ("A", "B", "C")}, "regime storm: volatility has 2 numbers, but there are 3"),
    ],
)
def test_bad_regimes_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(PriceDataError, match=message):
        RegimeSwitching(**{"symbols": ("A", "B"), "regimes": (CALM, STORM), **values})


def test_phase_meets_its_move_exactly_with_all_assets() -> None:
    plan = (Phase(24, 0.5, 0.5), Phase(10, 3.0, 0.97, move=0.55, jumps=(-0.2,)), Phase(24, 1.0))
    series = Phases(("A", "B", "C"), plan, (1.0, 50.0, 9.0)).generate(60 * 70 + 1, 60, 2)
    fall = series.prices[60 * 34] / series.prices[60 * 24]
    assert np.allclose(fall, 0.55, rtol=1e-10)
    returns = np.diff(np.log(series.prices[60 * 24 : 60 * 34 + 1]), axis=0)
    rows = returns.argmin(axis=0)
    assert (rows == rows[0]).all()
    assert (returns[rows[0]] < -0.15).all()
    assert np.corrcoef(returns.T)[0, 1] > 0.9
    before = np.diff(np.log(series.prices[: 60 * 24 + 1]), axis=0)
    assert abs(np.corrcoef(before.T)[0, 1] - 0.5) < 4 / math.sqrt(len(before))


def test_phases_past_the_end_fall_away() -> None:
    plan = (Phase(5, 0.5), Phase(5, 1.0, move=0.5), Phase(5, 2.0))
    long, short = Phases(("A",), plan).generate(16), Phases(("A",), plan).generate(5)
    assert np.array_equal(long.prices[:5], short.prices)
    assert np.isclose(Phases(("A",), plan[:2]).generate(11).prices[10] / long.prices[5], 0.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Phase(0, 1.0), "hours of a phase 0"),
        (lambda: Phase(1, 1.0, move=0.0), "move of a phase"),
        (lambda: Phase(1, 1.0, move=0.5, drift=1.0), "a move or a drift"),
        (lambda: Phases(("A",), ()), "at least one"),
        (lambda: Phases(("A", "B", "C"), (Phase(1, 1.0, -0.9),)), "no assets can have"),
        (lambda: Phases(("A",), (Phase(0.1, 1.0), Phase(5, 1.0))).generate(3), "0.1 hours has no step"),
        (
            lambda: Phases(("A",), (Phase(5, 1.0), Phase(5, 1.0, move=0.5))).generate(8),
            "end within the phase",
        ),
    ],
)
def test_bad_phases_are_refused(make: Any, message: str) -> None:
    with pytest.raises(PriceDataError, match=message):
        make()
