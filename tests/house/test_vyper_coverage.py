"""The coverage tool reports of a contract whose coverage is known what is known, and misses nothing of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pyrevm
import pytest
from eth_abi.abi import encode
from eth_utils.abi import function_signature_to_4byte_selector

from tools.compile_contracts import compiler_data
from tools.vyper_coverage import points, probing, reasons, recording, report

OWNER = "0x" + "11" * 20
MODULE = """\
# pragma version 0.4.3

@internal
@pure
def half(x: uint256) -> uint256:
    assert x % 2 == 0, "odd"
    return x // 2

@internal
@pure
def unused(x: uint256) -> uint256:
    y: uint256 = x
    return y
"""
TOY = """\
# pragma version 0.4.3
import toy_module

total: public(uint256)

@deploy
def __init__():
    self.total = 1

@external
def run(x: uint256, xs: DynArray[uint256, 4]) -> uint256:
    assert x < 100
    if x == 0:
        self.total = 0
    elif x == 1:
        self.total = 5 if len(xs) > 0 else 6
    else:
        for k: uint256 in range(2):
            self.total += 1
        self.total = toy_module.half(x)
    for each: uint256 in xs:
        if each == 7:
            break
        self.total += each
    for k: uint256 in range(x, bound=100):
        pass
    if x > 50:
        raise "large"
    return self.total

@external
@view
def look() -> uint256:
    return self.total
"""
RUN = function_signature_to_4byte_selector("run(uint256,uint256[])")
ALL = [(0, []), (1, []), (1, [7]), (2, [3]), (3, []), (52, []), (100, [])]
NEVER = {
    "Toy.vy look: statement: return self.total",
    "toy_module.vy unused: statement: y: uint256 = x",
    "toy_module.vy unused: statement: return y",
}
OF_ONE_CALL = {
    "Toy.vy __init__: statement: self.total = 1",
    "Toy.vy run: statement: assert x < 100",
    "Toy.vy run: passed: assert x < 100",
    "Toy.vy run: statement: if x == 0:",
    "Toy.vy run: false: if x == 0:",
    "Toy.vy run: statement: elif x == 1:",
    "Toy.vy run: false: elif x == 1:",
    "Toy.vy run: statement: for k: uint256 in range(2):",
    "Toy.vy run: statement: self.total += 1",
    "Toy.vy run: statement: self.total = toy_module.half(x)",
    'toy_module.vy half: statement: assert x % 2 == 0, "odd"',
    'toy_module.vy half: passed: assert x % 2 == 0, "odd"',
    "toy_module.vy half: statement: return x // 2",
    "Toy.vy run: statement: for each: uint256 in xs:",
    "Toy.vy run: skipped: for each: uint256 in xs:",
    "Toy.vy run: statement: for k: uint256 in range(x, bound=100):",
    "Toy.vy run: entered: for k: uint256 in range(x, bound=100):",
    "Toy.vy run: statement: if x > 50:",
    "Toy.vy run: false: if x > 50:",
    "Toy.vy run: statement: return self.total",
}
Calls = list[tuple[int, list[int]]]


@pytest.fixture
def known(tmp_path: Path) -> list[points.Point]:
    """The points of the toy and its module."""
    (tmp_path / "toy_module.vy").write_text(MODULE, "utf-8")
    (tmp_path / "Toy.vy").write_text(TOY, "utf-8")
    return points.points_below(tmp_path)


@pytest.fixture
def run(known: list[points.Point], tmp_path: Path) -> Callable[[Calls], set[points.Place]]:
    """Deploy the toy with probes and call it; the places that were reached, by calls that fail too."""
    accounts = probing.accounts_of([point.place for point in known])
    with probing.probes(accounts, tmp_path):
        code = compiler_data(tmp_path / "Toy.vy", tmp_path).bytecode

    def play(calls: Calls) -> set[points.Place]:
        evm = pyrevm.EVM(spec_id="CANCUN")
        toy = evm.deploy(OWNER, code)
        for arguments in calls:
            before = evm.snapshot()
            with suppress(RuntimeError):
                evm.message_call(OWNER, toy, RUN + encode(["uint256", "uint256[]"], arguments))
            evm.revert(before)
        loaded = recording.accounts_loaded([evm])
        return {place for place, account in accounts.items() if account in loaded}

    return play


def names(found: Iterable[points.Point]) -> set[str]:
    return set(map(reasons.name_of, found))


def test_one_call_reaches_what_it_passes(
    known: list[points.Point], run: Callable[[Calls], set[points.Place]]
) -> None:
    reached = run([(2, [])])
    assert names(point for point in known if point.place in reached) == OF_ONE_CALL


def test_all_calls_reach_all_but_what_nobody_calls(
    known: list[points.Point], run: Callable[[Calls], set[points.Place]]
) -> None:
    reached = run(ALL)
    assert names(point for point in known if point.place not in reached) == NEVER
    assert len(known) == len(names(known))  # so that the names above tell all


def test_probes_are_gone_afterwards(run: Callable[[Calls], set[points.Place]], tmp_path: Path) -> None:
    """The next contract is compiled as ever."""
    plain = compiler_data(tmp_path / "Toy.vy", tmp_path).bytecode
    assert probing.FIRST_ACCOUNT.to_bytes(3, "big")[:2] not in plain
    assert run([]) != set()


def test_what_is_missed_needs_a_reason_and_no_more(
    known: list[points.Point], run: Callable[[Calls], set[points.Place]]
) -> None:
    """Of a function that nobody calls the first statement, and of a branch not taken the branch."""
    reached = run([(1, [])])
    first = names(reasons.first_missed(known, reached))
    assert {name for name in first if name.startswith("toy_module.vy")} == {
        'toy_module.vy half: statement: assert x % 2 == 0, "odd"',
        "toy_module.vy unused: statement: y: uint256 = x",
    }
    assert "Toy.vy run: entered: for each: uint256 in xs:" in first
    assert "Toy.vy run: statement: self.total += each" not in first
    assert list(reasons.faults(known, reached, dict.fromkeys(first, "a reason"))) == []
    one, *rest = sorted(first)
    missing = list(reasons.faults(known, reached, dict.fromkeys(rest, "a reason")))
    assert missing == [f"not reached, and no reason given: {one}"]
    stale = dict.fromkeys([*first, "Toy.vy run: statement: return self.total"], "a reason")
    assert len(list(reasons.faults(known, reached, stale))) == 1
    assert list(reasons.misfits(known, stale)) == []
    assert len(list(reasons.misfits(known, {"Toy.vy run: statement: gone": "a reason"}))) == 1


def test_page_counts_and_names(known: list[points.Point], run: Callable[[Calls], set[points.Place]]) -> None:
    page = report.page(known, run(ALL), dict.fromkeys(NEVER, "nobody calls it"), ["tests/toy"])
    assert "| `toy_module.vy` | 4 | 2 | 50.0 | 2 | 2 | 100.0 |" in page
    assert "**Nobody calls it**\n\n- `Toy.vy`, `look`: `return self.total`\n" in page
    assert report.percent(999, 1000) == "99.9"
    assert report.percent(1999, 2000) == "99.9"  # rounded down: 100 means all
