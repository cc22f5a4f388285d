"""The float form stays within its committed bounds; each function has its own, on a domain that is said."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from random import Random

import pytest

from poolwright.errors import PoolRevert
from poolwright.model import float_maths, maths
from poolwright.model.float_maths import primitives
from poolwright.twin.float_rules import EXACT_ONLY
from tests.twin.floats.compare import as_floats, error, forms, outcome, sample
from tests.twin.floats.measure import limit_distances
from tests.twin.floats.samples import DOMAINS, SAMPLERS, WAD, Case, Draw

FUNCTIONS = float_maths.bounds()["functions"]
CASES = [(name, domain) for name in sorted(SAMPLERS) for domain in DOMAINS]
# Both refuse alike except at a limit, which random trades all but never meet.
DISAGREEMENTS = 1e-3


def check(name: str, domain: str, count: int, limits: int, seed: int) -> None:
    committed = FUNCTIONS[name][domain]
    outcomes = sample(name, domain, count, seed)
    errors = [o.error for o in outcomes if o.error is not None]
    assert len(errors) >= 0.6 * count
    assert max(errors) <= committed["bound"]
    assert sum(o.disagree for o in outcomes) <= DISAGREEMENTS * count
    if committed["limit"] is not None:
        assert max(limit_distances(name, domain, limits, seed), default=0.0) <= committed["limit"]


def test_every_sampled_function_is_committed_and_no_other() -> None:
    assert set(FUNCTIONS) == set(SAMPLERS)
    for name, domain in CASES:
        committed = FUNCTIONS[name][domain]
        # Nowhere worse than 3e-14 of the balance.
        assert committed["measured"] <= committed["bound"] <= 300.0
        assert committed["disagreements"] <= DISAGREEMENTS * float_maths.bounds()["samples"]


def test_every_function_of_swaps_and_liquidity_is_bounded() -> None:
    asked = {f"{f.module}.{f.name}" for f in maths.FUNCTIONS if f.name.startswith("compute_")}
    # The float form knows no direction: `_up` is measured as `_down`.
    missing = {name for name in asked - set(SAMPLERS) if not name.endswith("compute_invariant_up")}
    assert not missing


@pytest.mark.parametrize(("name", "domain"), CASES)
def test_within_the_bound(name: str, domain: str) -> None:
    check(name, domain, count=60, limits=3, seed=1)


@pytest.mark.verify
@pytest.mark.parametrize(("name", "domain"), CASES)
def test_within_the_bound_in_many_cases(name: str, domain: str) -> None:
    check(name, domain, count=10_000, limits=100, seed=2)


def test_an_error_is_seen() -> None:
    """The comparison itself: a wrong float form would be far outside."""
    name = "weighted_maths.compute_out_given_exact_in"
    args = (10**24, WAD // 2, 10**24, WAD // 2, 10**20 * WAD)
    case = Case(args, (1e24,), trade=4)
    exact, floats = forms(name)
    wanted, got = exact(*args), floats(*as_floats(name, args))
    assert error(case, wanted, got) <= FUNCTIONS[name]["usual"]["bound"]
    assert error(case, wanted, got * (1.0 + 1e-9)) > FUNCTIONS[name]["wide"]["bound"]
    assert outcome(name, Case((10**24, WAD, 10**24, WAD, 2 * 10**24 * WAD), (1e24,))).error is None


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("name", [name for name in SAMPLERS if name.endswith(("exact_in", "exact_out"))])
def test_monotone_within_the_bound(name: str, domain: str) -> None:
    """More in never gives less out by more than twice the bound, wherever neither reverts."""
    draw = Draw(Random(f"monotone {name} {domain}"), domain)
    _, floats = forms(name)
    for _ in range(40):
        case = SAMPLERS[name](draw)
        assert case.trade is not None
        room = FUNCTIONS[name][domain]["bound"] * (case.unit + 1e-16 * case.scales[0])
        last = None
        for k in range(12):
            amount = case.args[case.trade] * (1000 + k) // 1000 + k
            args = (*case.args[: case.trade], amount, *case.args[case.trade + 1 :])
            try:
                now = floats(*as_floats(name, args))
            except PoolRevert:
                break
            assert last is None or now >= last - 2.0 * (room + (1e-16 * now if case.grows else 0.0))
            last = now


LONGEST = {"_root_up": 60, "balance_up": 40} | dict.fromkeys(
    ("_solve_up", "_solve_down", "solve_up", "solve_down"), 16
)


@pytest.mark.parametrize("name", [name for name in SAMPLERS if name.startswith(("stable", "geometric"))])
def test_every_solver_settles_long_before_its_loop_ends(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settled, divide = primitives.settled, primitives.divide
    steps: dict[str, int] = {}

    def counted(value: float, last: float) -> bool:
        solver = sys._getframe(1).f_code.co_name
        steps[solver] = steps.get(solver, 0) + 1
        assert steps[solver] <= LONGEST[solver]
        if arrived := settled(value, last):
            steps[solver] = 0
        return arrived

    def looked_at(a: float, b: float) -> float:
        frame = sys._getframe(1)
        if frame.f_code.co_name in ("_root_up", "balance_up"):
            assert frame.f_locals.get("i", 0) <= LONGEST[frame.f_code.co_name]
        return divide(a, b)

    monkeypatch.setattr(primitives, "settled", counted)
    monkeypatch.setattr(primitives, "divide", looked_at)
    answered = 0
    draw = Draw(Random(f"settles {name}"), "wide")
    _, floats = forms(name)
    for _ in range(60):
        steps.clear()
        try:
            floats(*as_floats(name, SAMPLERS[name](draw).args))
        except PoolRevert:
            continue
        answered += 1
        assert not any(steps.values())
    assert answered > 30


def test_arguments_keep_their_names() -> None:
    for function in maths.FUNCTIONS:
        if function.module in ("fixed_point", "log_exp", *EXACT_ONLY):
            continue
        exact, floats = forms(f"{function.module}.{function.name}")
        assert list(inspect.signature(floats).parameters) == list(inspect.signature(exact).parameters)


def test_the_page_shows_the_committed_bounds() -> None:
    page = Path(__file__).parents[3] / "docs" / "float-kernels.md"
    rows = [
        line.strip("| \n").split(" | ") for line in page.read_text().splitlines() if line.startswith("| `")
    ]
    assert len(rows) >= 14
    for name, usual, wide, *limit in rows:
        committed = FUNCTIONS[name.strip("`")]
        assert float(usual) == committed["usual"]["bound"]
        assert float(wide.rstrip(" |")) == committed["wide"]["bound"]
        assert (float(limit[0]) if limit else None) == committed["wide"]["limit"]
