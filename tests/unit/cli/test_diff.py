"""`poolwright diff`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.conftest import Run
from tests.unit.cli.test_check import write
from tests.unit.spec.cases import STABLE, WEIGHTED

DEARER = WEIGHTED.replace('"0.3%"', '"0.5%"')


def test_it_says_what_changed_and_what_that_means(run: Run, tmp_path: Path) -> None:
    outcome = run("diff", write(tmp_path, WEIGHTED, "a.toml"), write(tmp_path, DEARER, "b.toml"))
    assert outcome.status == 0
    assert "fees.swap" in outcome.out
    assert "0.30 % -> 0.50 %" in outcome.out
    assert "providers earn more per trade" in " ".join(outcome.out.split())
    assert outcome.out.endswith("the same pool, adjusted: 1 change\n")


def test_it_tells_a_new_pool_from_an_adjusted_one(run: Run, tmp_path: Path) -> None:
    outcome = run("diff", write(tmp_path, WEIGHTED, "a.toml"), write(tmp_path, STABLE, "b.toml"))
    assert outcome.status == 0
    assert "* pool.kind" in outcome.out
    assert "no running pool can make" in outcome.out


def test_equal_files_are_the_same(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, WEIGHTED)
    assert "the same" in run("diff", path, path).out


def test_json(run: Run, tmp_path: Path) -> None:
    outcome = run("diff", write(tmp_path, WEIGHTED, "a.toml"), write(tmp_path, DEARER, "b.toml"), "--json")
    data = json.loads(outcome.out)
    assert set(data) == {"same", "hash", "changes"}
    assert data["same"] is False
    assert data["hash"]["before"] != data["hash"]["after"]
    (change,) = data["changes"]
    assert set(change) == {"key", "before", "after", "meaning", "fixed"}
    assert (change["key"], change["fixed"]) == ("fees.swap", False)


def test_a_file_with_errors_is_one_line_and_exits_with_2(run: Run, tmp_path: Path) -> None:
    good, bad = write(tmp_path, WEIGHTED, "a.toml"), write(tmp_path, WEIGHTED.replace("0.5", "x"), "b.toml")
    for other in (bad, tmp_path / "none.toml"):
        outcome = run("diff", good, other)
        assert outcome.status == 2
        assert outcome.out == ""
        assert outcome.err.count("\n") == 1
        assert str(other) in outcome.err


def test_several_errors_are_counted_and_the_way_to_all_is_named(run: Run, tmp_path: Path) -> None:
    bad = write(tmp_path, WEIGHTED.replace("0.5", "0.6").replace('"0.3%"', "0.3"))
    outcome = run("diff", bad, bad)
    assert outcome.err.startswith(f'error: {bad}: 2 errors; "poolwright check {bad}" explains each.')
