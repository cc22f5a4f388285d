"""The same numbers on every machine: exponential, logarithm, streams, factor."""

import math
import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from numpy._core import _multiarray_umath

from poolwright.simulate.markets import GeometricBrownian, scenario
from poolwright.simulate.markets.portable import combine, exp, factor, halved, log_one, reverting, stream

HASHES = (
    "from poolwright.simulate.markets import *;"
    "print(ReferenceW3().generate(20_000).sha256);"
    "print(JumpDiffusion(('A', 'B'), volatility=(0.6, 0.9), correlation=0.5).generate(20_000).sha256);"
    "print((lambda s: s.prices.sha256 + s.gas.sha256)(scenario('regime_storm', ['WETH', 'WBTC', 'DAI'])))"
)


def test_exp_is_within_two_units_in_the_last_place() -> None:
    points = np.concatenate([np.linspace(-700, 700, 801), np.linspace(-1e-3, 1e-3, 101)])
    with mpmath.workdps(40):
        for point, value in zip(points.tolist(), exp(points).tolist(), strict=True):
            assert abs(mpmath.mpf(value) - mpmath.exp(point)) <= 2 * math.ulp(value)


def test_exp_of_zero_is_one() -> None:
    assert exp(np.zeros(1))[0] == 1.0


@pytest.mark.parametrize("x", [1e-300, 0.12, 0.5, 0.7071, 0.7072, 0.99999, 1.0, 1.00001, 2.0, 7.3, 1e300])
def test_log_one_is_the_logarithm(x: float) -> None:
    with mpmath.workdps(40):
        assert abs(mpmath.mpf(log_one(x)) - mpmath.log(x)) <= 4e-16 * abs(mpmath.log(x))


def test_halved_ends_at_zero() -> None:
    assert np.allclose(halved(np.array([0.0, 1.0, 3.0])), [1.0, 0.5, 0.125], rtol=1e-15)
    assert halved(np.array([1e9]))[0] == 0.0


def test_reverting_is_the_recurrence() -> None:
    path = reverting(2.0, np.array([0.5, 0.25]), np.array([1.0, -3.0]))
    assert path.tolist() == [2.0, 2.0, -2.5]


def test_factor_takes_singular_matrices_and_refuses_impossible_ones() -> None:
    lower = factor(np.ones((3, 3)))
    assert lower is not None
    assert np.array_equal(lower[:, 0], np.ones(3))
    assert not lower[:, 1:].any()
    assert factor(np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])) is None
    assert factor(np.array([[0.0, 0.5], [0.5, 1.0]])) is None


def test_combine_is_the_matrix_product() -> None:
    lower = factor(np.array([[1.0, 0.3, 0.1], [0.3, 1.0, -0.4], [0.1, -0.4, 1.0]]))
    assert lower is not None
    columns = stream(1, "any").standard_normal((50, 3))
    assert np.allclose(combine(lower, columns), columns @ lower.T, atol=1e-14)


def test_streams_of_two_names_are_uncorrelated() -> None:
    one, two = (stream(7, "diffusion", name).standard_normal(100_000) for name in ("A", "B"))
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / math.sqrt(100_000)


def test_numbers_do_not_depend_on_the_processor() -> None:
    """NumPy's own exponential does change when its faster instructions are switched off."""
    slow = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(_multiarray_umath.__cpu_dispatch__)}
    runs = [
        subprocess.run(
            [sys.executable, "-c", HASHES], env=env, capture_output=True, text=True, check=True
        ).stdout
        for env in (dict(os.environ), slow)
    ]
    assert len(runs[0].split()) == 3
    assert runs[0] == runs[1]


def test_numbers_are_those_recorded() -> None:
    """Fails if a release of NumPy draws other numbers from the same bits: then say so in the changelog."""
    brownian = GeometricBrownian(("A", "B"), (1.0, 100.0), volatility=0.8, correlation=0.5).generate(1_000)
    crash = scenario("crash", ["WETH", "DAI"], 3, step_seconds=3_600)
    assert brownian.prices[-1].tolist() == pytest.approx(RECORDED_BROWNIAN, rel=1e-12)
    assert [*crash.prices.prices[100], crash.gas.gwei[100], crash.blocks[1_000]] == pytest.approx(
        RECORDED_CRASH, rel=1e-12
    )


RECORDED_BROWNIAN = [0.5983851755338283, 99.6275140667284]
RECORDED_CRASH = [1356.5958235599762, 1.0015687549681214, 11.10401112706406, 1704079560.0]
