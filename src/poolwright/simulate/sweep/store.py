"""The folder of a sweep: what it is (sweep.json), finished runs (runs/*.parquet), and those just finished.

A finished run is first a line of journal.jsonl, handed to the operating system at once; every few hundred are
moved to a Parquet file, written under another name and renamed. So a kill at any moment loses no finished run:
at worst a run is in both, and is read once. What a power cut loses of the journal is run again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from poolwright.errors import PoolwrightError
from poolwright.extras import later
from poolwright.simulate.sweep.job import Row

pa = later("pyarrow", "sim")
pa_parquet = later("pyarrow.parquet", "sim")

# Runs between two Parquet files.
CHUNK = 256
FORMAT = 1
# What must be the same to go on with a folder, and how to say that it is not.
IDENTITY = {
    "format": "a sweep of another version of Poolwright",
    "spec": "a sweep of another pool",
    "data": "a sweep over other prices",
    "code": "a sweep made with another version of the code",
    "vary": "a sweep that varies other values",
    "method": "a sweep with another method",
    "objective": "a sweep with another objective",
    "sign": "a sweep in the other direction",
    "folds": "a sweep with other folds",
    "seed": "a sweep with another seed",
    "prune": "a sweep that gives up other runs",
    "value": "a sweep with another first value",
    "options": "a sweep with other options of the simulation",
}


class Passing:
    """Finished runs of a sweep that is kept nowhere, by number; without Parquet, whose library takes 70 MB."""

    folder = None

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self.manifest = {"format": FORMAT, **manifest}
        self.rows: dict[int, Row] = {}

    def add(self, row: Row) -> None:
        """Hold a finished run."""
        self.rows[row.run] = row

    def close(self) -> None:
        """Do nothing: there is no file."""


class Store:
    """Finished runs on disk; `rows` holds those found there by number. One process at a time."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.folder = folder
        self.manifest = {"format": FORMAT, **manifest}
        self._make()
        self._lock = _locked(folder)
        try:
            self._agree()
            self.rows = {row.run: row for row in read_rows(folder)}
            self._fresh: list[Row] = []
            self._part = len(list((folder / "runs").glob("part-*.parquet")))
            self._journal = self._open_journal()
        except BaseException:
            self._lock.close()
            raise

    def add(self, row: Row) -> None:
        """Keep a finished run; after this, a kill does not lose it."""
        self._journal.write(_to_line(row))
        self._journal.flush()
        self.rows[row.run] = row
        self._fresh.append(row)
        if len(self._fresh) >= CHUNK:
            self._settle()

    def close(self) -> None:
        """Move what is in the journal to Parquet, and let go of the folder."""
        try:
            self._settle()
        finally:
            self._journal.close()
            self._lock.close()

    def _make(self) -> None:
        try:
            (self.folder / "runs").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PoolwrightError(
                f"{self.folder}: cannot be a folder for results ({error.strerror}). Choose another."
            ) from error

    def _agree(self) -> None:
        """Compare with what the folder already holds; write it if it holds nothing."""
        path = self.folder / "sweep.json"
        if not path.exists():
            _replace(path, json.dumps(self.manifest, indent=2).encode())
            return
        held = read_manifest(self.folder)
        wanted = json.loads(json.dumps(self.manifest))
        for key, words in IDENTITY.items():
            if held.get(key) != wanted.get(key):
                there, here = _short(held.get(key)), _short(wanted.get(key))
                raise PoolwrightError(
                    f"{self.folder}: holds {words} ({key} {there} there, {here} now). "
                    "Give another folder, or delete this one to begin again."
                )

    def _open_journal(self) -> IO[str]:
        """Settle what a killed process left in the journal, then begin a new one."""
        path = self.folder / "journal.jsonl"
        self._fresh = _journal_rows(path)
        stream = path.open("a", encoding="utf-8")
        self._journal = stream
        self._settle()
        return stream

    def _settle(self) -> None:
        if self._fresh:
            rows = sorted(self._fresh, key=lambda row: row.run)
            sink = pa.BufferOutputStream()
            pa_parquet.write_table(to_table(rows, self.manifest), sink)
            target = self.folder / "runs" / f"part-{self._part:05}.parquet"
            _replace(target, sink.getvalue().to_pybytes())
            self._part += 1
            self._fresh = []
        self._journal.seek(0)
        self._journal.truncate()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what the sweep in this folder is."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PoolwrightError(f"{folder}: holds no sweep that can be read. Give another folder.") from error
    return manifest


def read_rows(folder: Path) -> list[Row]:
    """Return every finished run in the folder, once, in order of its number."""
    rows: dict[int, Row] = {}
    for path in sorted((folder / "runs").glob("part-*.parquet")):
        for row in from_table(pa_parquet.read_table(path)):
            rows[row.run] = row
    for row in _journal_rows(folder / "journal.jsonl"):
        rows.setdefault(row.run, row)
    return [rows[run] for run in sorted(rows)]


def to_table(rows: Sequence[Row], manifest: Mapping[str, Any]) -> Any:
    """Return the runs as an Arrow table: parameters, figures by window, hashes, seed and seconds."""
    windows = manifest["folds"] + 1
    columns: dict[str, Any] = {
        "run": pa.array([row.run for row in rows], pa.int64()),
        "state": pa.array([row.state for row in rows], pa.string()),
    }
    for path in manifest["vary"]:
        columns[f"vary.{path}"] = pa.array([row.point.get(path) for row in rows], pa.string())
    columns["train"] = pa.array([row.train(windows) for row in rows], pa.float64())
    columns["test"] = pa.array([row.test(windows) for row in rows], pa.float64())
    lists = pa.list_(pa.float64())
    columns["objectives"] = pa.array([list(row.objectives) for row in rows], lists)
    for name in manifest["figures"]:
        columns[f"figure.{name}"] = pa.array([list(row.figures.get(name, ())) for row in rows], lists)
    columns["findings"] = pa.array([list(row.findings) for row in rows], pa.list_(pa.string()))
    columns["spec_hash"] = pa.array([row.spec_hash for row in rows], pa.string())
    for name in ("data", "code"):
        columns[f"{name}_hash"] = pa.array([manifest[name]] * len(rows), pa.string())
    columns["seed"] = pa.array([manifest["seed"]] * len(rows), pa.int64())
    columns["seconds"] = pa.array([row.seconds for row in rows], pa.float64())
    return pa.table(columns)


def from_table(table: Any) -> list[Row]:
    """Return the runs of a table that `to_table` made."""
    rows = []
    for cells in table.to_pylist():
        parts: dict[str, dict[str, Any]] = {"vary": {}, "figure": {}}
        for column, value in cells.items():
            group, _, name = column.partition(".")
            if name:
                parts[group][name] = value
        rows.append(
            Row(
                cells["run"],
                cells["state"],
                {path: text for path, text in parts["vary"].items() if text is not None},
                tuple(cells["findings"]),
                tuple(cells["objectives"]),
                {name: tuple(values) for name, values in parts["figure"].items() if values},
                cells["spec_hash"],
                cells["seconds"],
            )
        )
    return rows


def _to_line(row: Row) -> str:
    data = {name: getattr(row, name) for name in Row.__dataclass_fields__}
    return json.dumps(data) + "\n"


def _journal_rows(path: Path) -> list[Row]:
    """Return the journal's runs; a last line cut short by a kill was never finished."""
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        data = json.loads(line)
        figures = {name: tuple(values) for name, values in data["figures"].items()}
        lists = {name: tuple(data[name]) for name in ("findings", "objectives")}
        rows.append(Row(**{**data, **lists, "figures": figures}))
    return rows


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def _locked(folder: Path) -> IO[str]:
    """Hold the folder for this process; the operating system lets go when the process ends, however it ends."""
    stream = (folder / "lock").open("w")
    try:
        import fcntl
    except ImportError:  # no such locks on this system: the user is trusted
        return stream
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        raise PoolwrightError(
            f"{folder}: another sweep is writing to it. Wait for it, or give another folder."
        ) from None
    return stream


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
