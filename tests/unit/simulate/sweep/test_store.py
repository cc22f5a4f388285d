"""The folder: whole files, nothing lost to a kill, nothing done twice, nothing mixed up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import poolwright as pw
from poolwright.errors import PoolwrightError
from poolwright.simulate.sweep import job as job_module
from poolwright.simulate.sweep import run as run_module
from poolwright.simulate.sweep import store as store_module
from poolwright.simulate.sweep.executors import AHEAD
from poolwright.simulate.sweep.store import read_rows
from tests.unit.simulate.sweep.cases import FEES, market, parts, pool

# A sweep that notes each simulation that it begins and ends, in a file that outlives it.
CHILD = """
import os, sys, time
sys.path.insert(0, {root!r})
import poolwright as pw
from tests.unit.simulate.sweep.cases import market, pool
def slow(result):
    with open({log!r}, "a") as log:
        log.write(str(result.params.swap_fee) + "\\n")
    time.sleep(0.02)
    return result.figures()["fees"]
pw.sweep(pool(), market(50), vary={{"swap_fee": "0.0001:0.01:100"}}, objective=slow, folder={folder!r})
"""


def test_a_sweep_from_a_folder_is_read_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pw.sweep(pool(), market(), vary=FEES, folder=tmp_path / "out", folds=2)
    monkeypatch.setattr(job_module, "simulate", None)
    again = pw.sweep(pool(), market(), vary=FEES, folder=tmp_path / "out", folds=2)
    assert again.rows == first.rows


def test_the_table_holds_parameters_figures_and_hashes(tmp_path: Path) -> None:
    result = pw.sweep(pool(), market(), vary={"swap_fee": "0.1%,50%"}, folder=tmp_path, seed=9)
    table = pq.read_table(tmp_path / "runs").to_pylist()
    done, refused = table
    assert done["vary.fees.swap"] == "0.1%"
    assert done["figure.fees"] == list(result.rows[0].figures["fees"])
    assert done["train"] == result.rows[0].objectives[0]
    assert len(done["spec_hash"]) == len(done["data_hash"]) == len(done["code_hash"]) == 64
    assert done["seed"] == 9
    assert done["seconds"] > 0
    assert refused["state"] == "refused"
    assert "fees.swap" in refused["findings"][0]
    assert str(result.table.to_pylist()) == str(table)  # as text: NaN is not equal to itself


def test_runs_are_written_in_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "CHUNK", 4)
    result = pw.sweep(pool(), market(50), vary=FEES, folder=tmp_path)
    assert [pq.read_table(path).num_rows for path in parts(tmp_path)] == [4, 4, 2]
    assert tuple(read_rows(tmp_path)) == result.rows
    assert not list(tmp_path.rglob("*.new"))
    assert (tmp_path / "journal.jsonl").read_text() == ""


def test_a_killed_sweep_loses_nothing_and_does_nothing_twice(tmp_path: Path, project_root: Path) -> None:
    log, folder = tmp_path / "log", tmp_path / "out"
    code = CHILD.format(root=str(project_root), log=str(log), folder=str(folder))
    script = tmp_path / "child.py"
    script.write_text(code)
    kept: set[int] = set()
    for kills in range(3):
        child = subprocess.Popen([sys.executable, script], cwd=project_root)
        _wait_for(log, 12 + 20 * kills)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        now = {row.run for row in read_rows(folder)}
        assert kept < now
        kept = now
    before = Counter(log.read_text().split())
    subprocess.run([sys.executable, script], cwd=project_root, check=True)
    after = Counter(log.read_text().split())
    rows = read_rows(folder)
    assert [row.run for row in rows] == list(range(100))
    # What was finished and kept was not run again: only what was under way at a kill was.
    assert sum((after - before).values()) == 100 - len(kept)
    assert sum(after.values()) <= 100 + 3 * 2 * AHEAD
    alone = pw.sweep(pool(), market(50), vary={"swap_fee": "0.0001:0.01:100"}, objective="fees")
    assert [row.objectives for row in rows] == [row.objectives for row in alone.rows]


def _wait_for(log: Path, lines: int) -> None:
    end = time.monotonic() + 60
    while not log.exists() or log.read_text().count("\n") < lines:
        assert time.monotonic() < end, "the sweep did not get going"
        time.sleep(0.005)


def test_a_line_cut_short_was_never_finished(tmp_path: Path) -> None:
    full = pw.sweep(pool(), market(50), vary=FEES, folder=tmp_path)
    [part] = parts(tmp_path)
    part.unlink()
    lines = [store_module._to_line(row) for row in full.rows]
    (tmp_path / "journal.jsonl").write_text("".join(lines[:6]) + lines[6][:40])
    assert [row.run for row in read_rows(tmp_path)] == list(range(6))
    again = pw.sweep(pool(), market(50), vary=FEES, folder=tmp_path)
    assert [replace(row, seconds=0) for row in again.rows] == [replace(row, seconds=0) for row in full.rows]


def test_a_kill_between_file_and_journal_counts_a_run_once(tmp_path: Path) -> None:
    full = pw.sweep(pool(), market(50), vary=FEES, folder=tmp_path)
    lines = [store_module._to_line(row) for row in full.rows]
    (tmp_path / "journal.jsonl").write_text("".join(lines))
    assert pw.sweep(pool(), market(50), vary=FEES, folder=tmp_path).rows == full.rows


@pytest.mark.parametrize("method", ["random", "optuna"])
def test_a_search_goes_on_where_it_stopped(tmp_path: Path, method: str) -> None:
    options: dict[str, Any] = {"vary": {"swap_fee": "0.001:0.05:log"}, "method": method, "folds": 3}
    options |= {"runs": 30, "prune": True}
    full = pw.sweep(pool(), market(), **options)
    pw.sweep(pool(), market(), **options, folder=tmp_path)
    [part] = parts(tmp_path)
    pq.write_table(pq.read_table(part).slice(0, 19), part)
    again = pw.sweep(pool(), market(), **options, folder=tmp_path)
    assert [replace(row, seconds=0) for row in again.rows] == [replace(row, seconds=0) for row in full.rows]
    assert pq.read_table(parts(tmp_path)[1]).num_rows == 11


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"vary": {"swap_fee": "0.001:0.01:11"}}, "varies other values"),
        ({"prices": market(seed=8)}, "over other prices"),
        ({"objective": "fees"}, "another objective"),
        ({"objective": lambda result: 1.0}, "another objective"),
        ({"folds": 2}, "other folds"),
        ({"gas_cost": 1.0}, "other options"),
        ({"seed": 1}, "another seed"),
        ({"value": 5.0}, "another first value"),
    ],
)
def test_another_sweep_is_refused(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    given: dict[str, Any] = {"spec": pool(), "prices": market(), "vary": FEES, "folder": tmp_path}
    pw.sweep(**given)
    with pytest.raises(PoolwrightError, match=told) as refused:
        pw.sweep(**{**given, **change})
    assert "another folder" in str(refused.value)
    assert len(read_rows(tmp_path)) == 10


def test_another_pool_or_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pw.sweep(pool(), market(), vary=FEES, folder=tmp_path)
    dearer = pool().model_copy(
        update={"fees": pool().fees.model_copy(update={"protocol_share": pool().fees.swap})}
    )
    with pytest.raises(PoolwrightError, match="sweep of another pool"):
        pw.sweep(dearer, market(), vary=FEES, folder=tmp_path)
    monkeypatch.setattr(run_module, "code_version", lambda: "other")
    with pytest.raises(PoolwrightError, match="another version of the code"):
        pw.sweep(pool(), market(), vary=FEES, folder=tmp_path)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    def nested(done: int, total: int) -> None:
        with pytest.raises(PoolwrightError, match="another sweep is writing"):
            pw.sweep(pool(), market(50), vary=FEES, folder=tmp_path)

    pw.sweep(pool(), market(50), vary={"swap_fee": ["1%"]}, folder=tmp_path, progress=nested)


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PoolwrightError, match="cannot be a folder"):
        pw.sweep(pool(), market(50), vary=FEES, folder=tmp_path / "file")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sweep.json").write_text("{")
    with pytest.raises(PoolwrightError, match="no sweep that can be read"):
        pw.sweep(pool(), market(50), vary=FEES, folder=broken)
