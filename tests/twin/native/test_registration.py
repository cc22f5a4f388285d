"""Generated functions in their compiled form: by hand-written samples of every shape, then the real ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from numba import njit

from poolwright.errors import PoolRevert
from poolwright.model import native
from poolwright.model.maths import fixed_point, limits
from poolwright.model.native.registration import register_module
from tests.twin.native import sample_limits
from tests.twin.native import sample_maths as sample


@pytest.fixture(scope="module", autouse=True)
def _registered() -> None:
    for module in (sample_limits, sample):
        register_module(module)
        register_module(module)  # idempotent


def outcome(function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except PoolRevert as error:
        return f"revert {error.reason}"


CALLS = [
    (sample.scale_up, [(1,), (2**255,), (0,)]),
    (sample.share, [(5, 7), (5, 0), (0, 7), (5, 2**112), (5, 2**112 - 1), (2**256 - 1, 1)]),
    (sample.look_up, [(0,), (1,), (2,), (3,), (2**64,)]),
    (sample.lowest_plus, [(-3,), (2**127,), (2**128,), (-(2**255),)]),
    (sample.sum_and_grow, [((2**200, 7, 9), 3), ((1, 2, 3), 4), ((1, 2, 3), 0), ((1, 2, 3, 4, 5), 6)]),
    (sample.move, [(sample.Reserves(5, -7, (1, 2)), 3), (sample.Reserves(0, 0, (1,)), 0)]),
    (sample.both, [(True, 5), (True, 2**255), (False, 5), (False, 2**63)]),
    (sample.no_result, [(3,), (4,)]),
]


@pytest.mark.parametrize(("function", "calls"), CALLS, ids=lambda part: getattr(part, "__name__", ""))
def test_sample_is_the_same_in_both_forms(function: Callable[..., Any], calls: list[tuple[Any, ...]]) -> None:
    for args in calls:
        got, want = outcome(native.call, function, *args), outcome(function, *args)
        assert got == want
        assert type(got) is type(want)


REAL = [
    (fixed_point.mul_down, [(10**20, 10**20), (2**200, 2**200)]),
    (fixed_point.mul_div_up, [(2**255, 2**255 - 19, 2**254 + 1), (5, 7, 0), (3, 5, 2)]),
]


@pytest.mark.parametrize(("function", "calls"), REAL, ids=lambda part: getattr(part, "__name__", ""))
def test_generated_function_is_the_same_in_both_forms(
    function: Callable[..., Any], calls: list[tuple[Any, ...]]
) -> None:
    for args in calls:
        assert outcome(native.call, function, *args) == outcome(function, *args)


def test_revert_text_reaches_python() -> None:
    with pytest.raises(PoolRevert) as caught:
        native.call(sample.share, 1, 2**112)
    assert caught.value.reason == "sample: too large"
    assert caught.value.args == ("sample: too large",)


@pytest.mark.parametrize("bad", [-1, 2**256])
def test_argument_outside_its_type(bad: int) -> None:
    with pytest.raises(OverflowError):
        native.call(sample.scale_up, bad)
    with pytest.raises(OverflowError):
        native.call(sample.sum_and_grow, (1, bad, 3), 1)


def test_argument_of_another_type() -> None:
    with pytest.raises(TypeError):
        native.call(sample.scale_up, 1.5)
    with pytest.raises(TypeError):
        native.call(sample.scale_up, 1, 2)


def test_kernel_sees_typed_constants_of_generated_modules() -> None:
    def largest(out: Any) -> None:
        native.store_word(out, 0, limits.MAX_SHARES)

    kernel = native.jit(largest, name="test kernel")
    out = native.to_limbs([0])
    kernel(out)
    assert native.from_limbs(out) == [limits.MAX_SHARES]


def test_plain_njit_sees_generated_functions_once_registered() -> None:
    native.register()
    kernel = njit(lambda: fixed_point.mul_up(native.word(3), native.word(10**18)))
    assert kernel() == 3


def test_without_numba_the_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['numba'] = None; from poolwright.model import native"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "poolwright[sim]"' in done.stderr


def test_importing_the_package_does_not_import_numba() -> None:
    code = (
        "import sys, poolwright, poolwright.model; sys.exit('numba' in sys.modules or 'numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
