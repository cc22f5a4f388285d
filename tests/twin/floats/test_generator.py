"""The float back end: deterministic, complete, and refusing what it does not know with file and line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from poolwright.model import float_maths, maths
from poolwright.model.float_maths import float_form, primitives
from poolwright.model.maths import fixed_point, log_exp, weighted_maths
from poolwright.twin import TwinError
from poolwright.twin.float_rules import EXACT_ONLY, RULES, Rule
from poolwright.twin.floats import FOLDER, HAND_WRITTEN, float_files

MATHS = Path(next(iter(maths.__path__)))
EXACT = {path.stem: path.read_text() for path in MATHS.glob("*.py") if path.stem != "__init__"}
HEAD = '"""Trial."""\n\nfrom __future__ import annotations\n\n'


def translate(body: str, rules: tuple[Rule, ...] = ()) -> str:
    files, errors = float_files({"trial": HEAD + body}, rules)
    if errors:
        raise errors[0]
    return files[FOLDER / "trial.py"]


def test_committed_text_is_fresh_and_made_twice_alike() -> None:
    files, errors = float_files(EXACT)
    assert not errors
    assert files == float_files(dict(reversed(EXACT.items())))[0]
    assert all(path.read_text() == text for path, text in files.items())
    assert {path.stem for path in FOLDER.glob("*.py")} == {path.stem for path in files} | set(HAND_WRITTEN)


def test_every_function_has_its_counterpart() -> None:
    for stem, text in EXACT.items():
        if stem in EXACT_ONLY:
            assert not (FOLDER / f"{stem}.py").exists()
        elif stem not in primitives.REPLACED:
            names = [n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
            floats = ast.parse((FOLDER / f"{stem}.py").read_text())
            assert names == [n.name for n in floats.body if isinstance(n, ast.FunctionDef)]


def test_no_integer_arithmetic_is_left() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.FloorDiv | ast.Mod | ast.RShift | ast.LShift | ast.BitAnd), (
                path.name
            )


def test_float_form_by_function() -> None:
    from poolwright.model.float_maths import weighted_maths as floats

    assert float_form(weighted_maths.compute_out_given_exact_in) is floats.compute_out_given_exact_in
    assert float_form(fixed_point.mul_div_up) is primitives.mul_div
    assert float_form(log_exp.pow_down) is primitives.power
    with pytest.raises(LookupError, match="inner work"):
        float_form(log_exp._reduce)
    with pytest.raises(LookupError, match="not generated maths"):
        float_form(float_maths.bounds)


def test_replaced_constants_are_the_exact_ones() -> None:
    for stem, module in (("fixed_point", fixed_point), ("log_exp", log_exp)):
        for name, primitive in primitives.REPLACED[stem].items():
            exact, found = getattr(module, name), getattr(primitives, primitive)
            assert callable(found) or found == float(exact)
    assert float(log_exp.ONE) == primitives.LOG2_SCALE
    assert log_exp.MAX_EXPONENT / log_exp.ONE == primitives.MAX_EXPONENT


def test_operators_and_literals() -> None:
    text = translate(
        "_U_2P104: uint256 = 20282409603651670423947251286016\nFEE: uint256 = 3\n\n"
        "def f(a: uint256, b: uint256) -> uint256:\n"
        "    if not (a > _U_2P104):\n        raise PoolRevert('small')\n"
        "    c = least(udiv(umul(a, b), usub(a, 1)), FEE)\n"
        "    return ushl(c // 7, 3) >> 64\n"
    )
    assert "FEE: float = 3.0" in text
    assert "if not a > 2.0 ** 104:\n        raise PoolRevert('small')" in text
    assert "c = min(primitives.divide(a * b, a - 1.0), FEE)" in text
    assert "return c / 7.0 * 2.0 ** 3 / 2.0 ** 64" in text
    assert "_U_2P104" not in text


def test_indices_and_counts_of_bits_stay_integers() -> None:
    text = translate(
        "def f(x: tuple[uint256, ...], i: uint256, bits: uint256) -> tuple[uint256, uint256]:\n"
        "    shift = bits\n    if i == 0:\n        shift = uadd(shift, 16)\n"
        "    total = 0\n"
        "    for k in range(len(x)):\n        if to_word(k) != i:\n"
        "            total = uadd(total, umul(x[k], len(x)))\n"
        "    return (ushl(item(x, i), shift), g(x, i, total))\n\n"
        "def g(x: tuple[uint256, ...], place: uint256, total: uint256) -> uint256:\n"
        "    return usub(item(x, place), total)\n"
    )
    assert "def f(x: tuple[float, ...], i: int, bits: int) -> tuple[float, float]:" in text
    assert "def g(x: tuple[float, ...], place: int, total: float) -> float:" in text
    assert "shift = shift + 16\n" in text
    assert "if k != i:\n            total = total + x[k] * float(len(x))" in text
    assert "return (primitives.shifted(item(x, i), shift), g(x, i, total))" in text


REFUSED = {
    "modulo": ("def f(a: uint256) -> uint256:\n    return a % 7\n", 6, "`a % 7` has no float form"),
    "bits": ("def f(a: uint256) -> uint256:\n    return a & 7\n", 6, "`a & 7`"),
    "wrapping": ("def f(a: uint256) -> uint256:\n    return mulmod(a, a, a)\n", 6, "mulmod"),
    "unknown": ("def f(a: uint256) -> uint256:\n    return other.g(a)\n", 6, "other.g(a)"),
    "inner": ("def f(a: uint256) -> uint256:\n    return log_exp._reduce(a, a, a)\n", 6, "log_exp._reduce"),
    "type": ("def f(a: Pair) -> uint256:\n    return 1\n", 5, "the type Pair"),
    "statement": (
        "def f(a: uint256) -> uint256:\n    while a > 1:\n        pass\n    return a\n",
        6,
        "While",
    ),
    "struct": ("class Pair(NamedTuple):\n    a: uint256\n", 5, "ClassDef"),
    "index": (
        "def f(x: tuple[uint256, ...], a: uint256) -> uint256:\n    return item(x, udiv(a, 2))\n",
        6,
        "udiv",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    body, line, what = REFUSED[name]
    with pytest.raises(TwinError) as caught:
        translate(body)
    assert caught.value.line == line
    assert f"trial.py:{line}: " in str(caught.value)
    assert what in str(caught.value)


def test_a_module_may_be_exact_only_but_not_be_called() -> None:
    packing = HEAD + "def high(a: uint256) -> uint256:\n    return a & 255\n"
    caller = HEAD + "def f(a: uint256) -> uint256:\n    return packing.high(a)\n"
    assert float_files({"packing": packing}, (), ("packing",)) == ({}, [])
    _, errors = float_files({"packing": packing, "trial": caller}, (), ("packing",))
    assert "`packing.high(a)` has no float form" in str(errors[0])


ROUND = "    for _ in range(9):\n        if uadd(a, 1) >= 2:\n            break\n"
LOOP = f"def f(a: uint256) -> uint256:\n{ROUND}    return a\n"


def test_a_rule_replaces_exactly_what_it_names() -> None:
    rule = Rule("trial", "f", "if uadd(a, 1) >= 2:\n    break", "if settled(a, a):\n    break")
    assert "if primitives.settled(a, a):\n            break" in translate(LOOP, (rule,))


@pytest.mark.parametrize(
    ("function", "exact", "what"),
    [
        ("f", "if uadd(a, 1) >= 3:\n    break", "0 times, not once"),
        ("f", "a = 1", "0 times, not once"),
        ("g", "a = 1", "float_rules names g"),
    ],
)
def test_a_source_that_changed_shape_is_refused(function: str, exact: str, what: str) -> None:
    with pytest.raises(TwinError, match=what):
        translate(LOOP, (Rule("trial", function, exact, "pass"),))


def test_a_statement_twice_is_refused() -> None:
    twice = LOOP.replace(ROUND, 2 * ROUND)
    with pytest.raises(TwinError, match="2 times, not once"):
        translate(twice, (Rule("trial", "f", "if uadd(a, 1) >= 2:\n    break", "pass"),))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.module}.{rule.function}")
def test_no_rule_is_idle(rule: Rule) -> None:
    """A changed statement anywhere under a rule is an error, not a silent copy of the integers' loop."""
    exact = dict(EXACT)
    marker = f"def {rule.function}("
    head, _, tail = exact[rule.module].partition(marker)
    broken = {
        "uadd(d, 1)": "uadd(d, 2)",
        "uadd(y, 1)": "uadd(y, 2)",
        "range(24)": "range(25)",
        "range(10)": "range(11)",
        "upow(10,": "upow(11,",
        "high //": "high * 2 //",
        "(above, slope), 1)": "(above, slope), 2)",
    }
    old, new = next((o, n) for o, n in broken.items() if o in rule.exact)
    exact[rule.module] = head + marker + tail.replace(old, new, 1)
    _, errors = float_files(exact)
    assert any(rule.function in str(error) and "not once" in str(error) for error in errors)
