"""The project's own checks find what they are there for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import check_sizes
import check_style
import project_files


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the project's root."""
    monkeypatch.setattr(project_files, "ROOT", tmp_path)
    return tmp_path


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["x = unsafe_add(a, b)"], 1),
        (["x = unsafe_add(a, b)  # cannot overflow: both below 2^128"], 0),
        (["# cannot overflow: both below 2^128", "x = unsafe_add(a, b)"], 0),
        (["# wraps on purpose: modular", "# arithmetic", "x = unsafe_add(a, b)", "y = unsafe_mul(x, b)"], 0),
        (["# cannot overflow: below 2^128", "x = unsafe_add(a, b)", "y = a + b", "z = unsafe_mul(x, b)"], 1),
        (["# cannot overflow: below 2^128", "", "x = unsafe_add(a, b)"], 1),
        (["# cannot overflow: below 2^128", "if a < b:", "    x = unsafe_add(a, b)"], 0),
        (["# cannot overflow: below 2^128", "x = f(", "    unsafe_add(a, b),", ")"], 0),
    ],
)
def test_unsafe_needs_its_reason(lines: list[str], found: int) -> None:
    assert len(list(check_style.unsafe_findings("a.vy", lines))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1.5\n", 1),
        ("x = a / b\n", 1),
        ("x = float(a)\n", 1),
        ("x = a // b\n", 0),
        ('x = folder / "name"\n', 0),
        ("x = a / b  # float: seconds shown to a person\n", 0),
        ("def price() -> Fraction:\n    return a / b\n", 0),
        ("def amount() -> int:\n    return a / b\n", 1),
    ],
)
def test_floats_stay_out_of_the_exact_model(root: Path, text: str, found: int) -> None:
    path = written(root / "src/poolwright/model/x.py", text)
    assert len(list(check_style.float_findings(path))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /" + "home/ann/pool.toml", 1),
        ("pip install --index" + "-url x", 1),
        ("from https://pypi." + "org/simple", 1),
        ("#!/usr/bin/env bash", 0),
        ("docs/home/page, src/work/x", 0),
    ],
)
def test_nothing_personal_is_committed(root: Path, text: str, found: int) -> None:
    assert len(list(check_style.privacy_findings(written(root / "a.md", text)))) == found


def test_deployables_need_their_tags(root: Path) -> None:
    path = written(root / "src/poolwright/contracts/Vault.vy", '"""\n@title Vault\n@notice Holds\n"""\n')
    found = list(check_style.contract_findings(path))
    assert [line.rpartition(" ")[2] for line in found] == [
        "@custom:assumes",
        "@custom:rounding",
        "@custom:kill",
    ]


def test_sizes_count_code_and_not_prose(root: Path) -> None:
    body = "    x = 1\n" * 60
    fits = written(root / "a.py", "def f():\n" + '    """' + "Words.\n" * 20 + '    """\n' + body[:-10])
    long = written(root / "b.py", "def f():\n" + body)
    wide = written(root / "c.py", "def f(a, b, c, d, e, g, h, i):\n    pass\n")
    assert list(check_sizes.python_findings(fits)) == []
    assert list(check_sizes.python_findings(long)) == ["b.py:f: lines (docstring aside) 61, at most 60"]
    assert list(check_sizes.python_findings(wide)) == ["c.py:f: parameters passed by position 8, at most 7"]


def test_sizes_of_vyper_functions_and_files(root: Path) -> None:
    function = (
        "@internal\ndef f() -> uint256:\n"
        + "    x: uint256 = 1\n" * 60
        + "\n\n# why g\n@internal\ndef g():\n    pass\n"
    )
    assert list(check_sizes.vyper_findings(written(root / "a.vy", function))) == [
        "a.vy:f: lines 61, at most 60"
    ]
    module = written(root / "b.vy", "# line\n" * 351)
    assert list(check_sizes.vyper_findings(module)) == ["b.vy: lines 351, at most 350"]
    deployable = written(root / "B.vy", "# line\n" * 351)
    assert list(check_sizes.vyper_findings(deployable)) == []


def test_bytecode_has_a_ceiling(root: Path) -> None:
    path = written(root / "A.json", '{"runtime_size": 22001}')
    assert list(check_sizes.bytecode_findings(path)) == ["A.json: bytes of runtime code 22001, at most 22000"]
