"""One case in both forms: the error in units of its bound, or how the two disagree about a revert."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from poolwright.errors import PoolRevert
from poolwright.model.float_maths import float_form
from tests.twin.floats.samples import SAMPLERS, SIGNATURES, WAD, Case, Draw

# A part of the balance that moves: what one unit of error is, beside one raw unit.
PART = 1e-16


class Outcome(NamedTuple):
    """`error`: in units, None where either form reverted; `disagree`: only one did, or with another text."""

    error: float | None
    disagree: bool


def forms(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the exact function and its float form."""
    module, _, function = name.partition(".")
    exact = getattr(importlib.import_module(f"poolwright.model.maths.{module}"), function)
    return exact, float_form(exact)


def as_floats(name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return arguments as the float form takes them: indices stay integers."""
    names = [argument for argument, _ in SIGNATURES[name].arguments]
    return tuple(
        value if of.startswith("index") else _floats(value) for of, value in zip(names, args, strict=True)
    )


def outcome(name: str, case: Case) -> Outcome:
    """Run one case in both forms."""
    exact, floats = forms(name)
    wanted, got = _run(exact, case.args), _run(floats, as_floats(name, case.args))
    if isinstance(wanted, str) or isinstance(got, str):
        return Outcome(None, wanted != got)
    return Outcome(error(case, wanted, got), False)


def error(case: Case, wanted: Any, got: Any) -> float:
    """Return |float - exact| in units of one raw unit plus 1e-16 of the balance that moves."""
    if not case.unit:  # a price: two numbers of which only the ratio means something
        return abs(got[0] / got[1] / (wanted[0] / wanted[1]) - 1.0) / PART
    pairs = zip(_flat(got), _flat(wanted), case.scales, strict=True)
    # Subtracted in integers: the rounding of the exact result to a float is no error of the float form.
    return max(
        abs(_difference(g, w)) / (case.unit + PART * (scale + (w if case.grows else 0)))
        for g, w, scale in pairs
    )


def sample(name: str, domain: str, count: int, seed: int = 0) -> list[Outcome]:
    """Return the outcomes of random cases, the same for the same seed."""
    draw = Draw(Random(f"{name} {domain} {seed}"), domain)
    return [outcome(name, SAMPLERS[name](draw)) for _ in range(count)]


def _difference(got: float, wanted: int) -> float:
    whole = int(got)
    return float(whole - wanted) + (got - whole)


def _flat(result: Any) -> list[Any]:
    if isinstance(result, tuple):
        return [part for element in result for part in _flat(element)]
    return [result]


def _floats(value: Any) -> Any:
    return tuple(map(_floats, value)) if isinstance(value, tuple) else float(value)


def _run(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    try:
        return function(*args)
    except PoolRevert as revert:
        return f"revert: {revert.reason}"


def limit_distance(name: str, case: Case) -> float | None:
    """Return how far apart the largest accepted amounts of the two forms are, as a part of the exact one.

    One raw unit of the amount counts as no distance. None if the case has no limit.
    """
    assert case.trade is not None
    exact, floats = forms(name)
    place = case.trade

    def accepts(amount: int) -> bool:
        return not isinstance(_run(exact, _with(case.args, place, amount)), str)

    def accepts_float(amount: int) -> bool:
        return not isinstance(_run(floats, as_floats(name, _with(case.args, place, amount))), str)

    limit = _last_accepted(accepts, case.args[place])
    if limit is None:
        return None
    limit_float = _last_accepted(accepts_float, limit)
    unit = WAD if dict(SIGNATURES[name].arguments).get("net_in_e18") else 1
    return 1.0 if limit_float is None else max(0, abs(limit - limit_float) - unit) / limit


def _with(args: tuple[Any, ...], place: int, amount: int) -> tuple[Any, ...]:
    return (*args[:place], amount, *args[place + 1 :])


def _last_accepted(accepts: Callable[[int], bool], start: int) -> int | None:
    """The amount up to which a form answers: bracketed from `start`, then bisected to a part in 2^70."""
    low = start
    while not accepts(low):
        low //= 2
        if not low:
            return None
    high = 2 * low
    while accepts(high):
        low, high = high, 2 * high
        if high > 2**190:
            return None
    while high - low > 1 + (low >> 70):
        middle = (low + high) // 2
        low, high = (middle, high) if accepts(middle) else (low, middle)
    return low
