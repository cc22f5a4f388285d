"""The oracle against its differential equations, a Brownian path, and 60 digits.

L is log2 of the balance, M its average, x = M - L, v the average of x^2, h the half-life:
    dx/dt = -x ln2 / h        dv/dt = (x^2 - v) ln2 / h
"""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import mpmath
import pytest
from mpmath import mpf

from poolwright.model.maths import asset_word, limits, oracle_maths

TOOLS = Path(__file__).parents[2] / "tools"
DRIFT, VARIANCE, ONE = 2**28, 2**36, 2**64
MOST_VARIANCE = asset_word.MAX_VARIANCE
# Of one decay: what tools/derive_decay.py proves, about 2^-32.5, and the last bit of a small result.
DECAY_ERROR = mpf(2) ** -32
CASES = 2_000


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mpmath.workdps(60):
        yield


@pytest.fixture(scope="module")
def derivation() -> Iterator[ModuleType]:
    sys.path.insert(0, str(TOOLS))
    spec = importlib.util.spec_from_file_location("derive_decay", TOOLS / "derive_decay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(TOOLS))


def size(rng: random.Random, low: int, high: int) -> int:
    """Draw a number, all sizes alike."""
    return min(max(rng.getrandbits(rng.randint(1, high.bit_length())), low), high)


def asset(drift: int, variance: int, time: int = 0, balance: int = 10**18) -> asset_word.Asset:
    return asset_word.Asset(balance, 0, drift, variance, time, 0)


def times(rng: random.Random) -> tuple[int, int]:
    """Elapsed seconds and half-life: a block, some half-lives, an age."""
    half_life = size(rng, 1, 2**24 - 1)
    elapsed = rng.choice((12, half_life, rng.randint(0, 4 * half_life), size(rng, 0, 70 * half_life)))
    return elapsed, half_life


def test_constants_are_the_derived_ones(derivation: ModuleType) -> None:
    constants, error = derivation.derive()
    assert derivation.check(constants) == 0
    assert error < DECAY_ERROR
    assert derivation.check(constants | {"C3": constants["C3"] + 1}) == 1


def test_decay_is_a_power_of_two_within_its_bound(derivation: ModuleType) -> None:
    rng, worst, proven = random.Random(1), mpf(0), derivation.derive()[1]
    for _ in range(CASES):
        elapsed, half_life = times(rng)
        error = abs(mpf(oracle_maths.decay(elapsed, half_life)) / ONE - mpf(2) ** (mpf(-elapsed) / half_life))
        assert error <= proven, (elapsed, half_life)
        worst = max(worst, error)
    assert worst > proven / 2  # the bound is not idle
    assert oracle_maths.decay(0, 1) == ONE
    assert oracle_maths.decay(64, 1) == 0


def test_decay_never_grows_with_time_beyond_its_error() -> None:
    for half_life in (1, 7, 600, 86_400):
        found = [
            oracle_maths.decay(t, half_life) for t in range(0, 3 * half_life + 3, max(half_life // 97, 1))
        ]
        assert all(
            later <= sooner + ONE * DECAY_ERROR for sooner, later in zip(found, found[1:], strict=False)
        )


def integrated(
    x: float, v: float, seconds: float, half_life: float, steps: int = 4_000
) -> tuple[float, float]:
    """Both equations by Runge's and Kutta's method: no closed form is used."""
    rate, dt = float(mpmath.log(2)) / half_life, seconds / steps

    def slope(a: float, b: float) -> tuple[float, float]:
        return -a * rate, (a * a - b) * rate

    for _ in range(steps):
        k1 = slope(x, v)
        k2 = slope(x + dt / 2 * k1[0], v + dt / 2 * k1[1])
        k3 = slope(x + dt / 2 * k2[0], v + dt / 2 * k2[1])
        k4 = slope(x + dt * k3[0], v + dt * k3[1])
        x += dt / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
        v += dt / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])
    return x, v


@pytest.mark.parametrize("half_lives", [0.01, 0.5, 1.0, 3.3])
@pytest.mark.parametrize(("x", "v"), [(0.2, 0.0), (-0.2, 0.01), (0.0, 0.05), (1e-4, 1e-9)])
def test_rest_solves_the_equations(x: float, v: float, half_lives: float) -> None:
    half_life = 86_400
    now = round(half_lives * half_life)
    drift, variance = oracle_maths.rested(asset(round(x * DRIFT), round(v * VARIANCE)), now, half_life)
    want = integrated(x, v, now, half_life)
    assert drift == pytest.approx(want[0] * DRIFT, rel=1e-8, abs=2)
    assert variance == pytest.approx(want[1] * VARIANCE, rel=1e-8, abs=3)


def test_rest_within_units_of_the_exact_law() -> None:
    rng = random.Random(2)
    for _ in range(CASES):
        elapsed, half_life = times(rng)
        x = size(rng, 0, 2**33 - 1) * rng.choice((-1, 1))
        v = size(rng, 0, MOST_VARIANCE)
        drift, variance = oracle_maths.rested(asset(x, v, 100), 100 + elapsed, half_life)
        d = mpf(2) ** (mpf(-elapsed) / half_life)
        fresh = (mpf(x) / DRIFT) ** 2 * VARIANCE
        assert abs(drift - x * d) <= 1 + abs(x) * DECAY_ERROR
        assert drift * x >= 0  # never past the average
        assert abs(drift) <= abs(x)
        want = min(v * d + fresh * d * (1 - d), MOST_VARIANCE)
        assert abs(variance - want) <= 3 + (v + 3 * fresh) * DECAY_ERROR


def test_two_rests_are_one() -> None:
    rng = random.Random(3)
    for _ in range(CASES):
        first, half_life = times(rng)
        second = rng.choice((1, 12, half_life, size(rng, 0, 10 * half_life)))
        x, v = size(rng, 0, 2**25) * rng.choice((-1, 1)), size(rng, 0, 2**30)
        halfway = oracle_maths.rested(asset(x, v), first, half_life)
        twice = oracle_maths.rested(asset(*halfway, first), first + second, half_life)
        once = oracle_maths.rested(asset(x, v), first + second, half_life)
        fresh = x * x // 2**20
        assert abs(twice[0] - once[0]) <= 3 + 3 * abs(x) * DECAY_ERROR
        assert twice[1] == pytest.approx(
            once[1], abs=float(8 + 2 * abs(x) / 2**20 + (3 * v + 9 * fresh) * DECAY_ERROR)
        )


def test_time_does_not_run_backwards() -> None:
    for now in (0, 99, 100):
        assert oracle_maths.rested(asset(5, 7, 100), now, 600) == (5, 7)


def test_a_move_of_the_balance_leaves_the_average() -> None:
    rng = random.Random(4)
    for _ in range(CASES):
        before = size(rng, 1, limits.MAX_BALANCE)
        near = max(1, before + rng.randint(-before // 9, before // 9))
        after = min(rng.choice((near, size(rng, 1, limits.MAX_BALANCE))), limits.MAX_BALANCE)
        drift = size(rng, 0, 2**28) * rng.choice((-1, 1))
        moved = oracle_maths.drifted(drift, before, after)
        want = drift - mpmath.log(mpf(after) / before, 2) * DRIFT
        edge = oracle_maths.MAX_DRIFT
        assert abs(moved - max(min(want, edge), -edge)) <= mpf("1.001")
        # Rounded towards no move, so that a round trip within a block leaves nothing.
        assert abs(moved - drift) <= abs(want - drift)
        if abs(moved) < edge:
            assert oracle_maths.drifted(moved, after, before) == drift


def test_drift_stops_at_its_end() -> None:
    assert oracle_maths.drifted(0, 1, limits.MAX_BALANCE) == -oracle_maths.MAX_DRIFT
    assert oracle_maths.drifted(0, limits.MAX_BALANCE, 1) == oracle_maths.MAX_DRIFT
    for drift in (-oracle_maths.MAX_DRIFT, oracle_maths.MAX_DRIFT):
        packed = asset_word.pack(asset(drift, MOST_VARIANCE, 1))
        assert asset_word.unpack(packed).drift == drift


def test_volatility_is_the_root_of_twice_the_variance() -> None:
    rng = random.Random(5)
    for v in [0, 1, MOST_VARIANCE] + [size(rng, 0, MOST_VARIANCE) for _ in range(CASES)]:
        want = mpmath.log(2) * mpmath.sqrt(2 * mpf(v) / VARIANCE) * 10**18
        got = oracle_maths.volatility(v)
        assert got <= want
        assert want - got <= 2


def test_volatility_of_a_brownian_path() -> None:
    """The balance of a Brownian market, a move every block: volatility over a mean life is s * sqrt(h / ln2)."""
    rng, half_life, block, deviation = random.Random(6), 600, 12, 2e-4  # of ln(balance), a root second
    state, log_balance, seen = asset(0, 0, balance=10**24), 0.0, []
    for step in range(1, 60_001):
        now = step * block
        log_balance += rng.gauss(0.0, deviation * block**0.5)
        balance = int(1e24 * float(mpmath.exp(log_balance)))
        drift, variance = oracle_maths.rested(state, now, half_life)
        drift = oracle_maths.drifted(drift, state.balance, balance)
        state = asset(drift, variance, now, balance)
        seen.append(variance)
    mean = sum(seen[500:]) / len(seen[500:])
    want = deviation * (half_life / float(mpmath.log(2))) ** 0.5 * 1e18
    assert oracle_maths.volatility(round(mean)) == pytest.approx(want, rel=0.05)


def test_average_balance_is_where_the_average_logarithm_points() -> None:
    rng = random.Random(7)
    for _ in range(CASES):
        elapsed, half_life = times(rng)
        balance, x = size(rng, 1, limits.MAX_BALANCE), size(rng, 0, 2**33 - 1) * rng.choice((-1, 1))
        state = asset(x, 0, 100, balance)
        got = oracle_maths.average_balance(state, 100 + elapsed, half_life)
        rested = oracle_maths.rested(state, 100 + elapsed, half_life)[0]
        want = balance * mpf(2) ** (mpf(rested) / DRIFT) * 10**18
        assert got >= 1
        # exp2 ends at 1e-36, the result at 1e-18 of a raw unit.
        assert abs(got - want) <= want * mpf("1e-18") + 3 + balance * 3 / mpf(10) ** 18
