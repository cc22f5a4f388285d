"""`poolwright check`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.conftest import Run
from tests.unit.spec.cases import WEIGHTED

BROKEN = WEIGHTED.replace('"0.3%"', "0.3").replace("0.5", "0.55")
WARNED = WEIGHTED.replace('"0.3%"', "0")


def write(folder: Path, text: str, name: str = "pool.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_pool_exits_with_0(run: Run, tmp_path: Path) -> None:
    outcome = run("check", write(tmp_path, WEIGHTED))
    assert outcome.status == 0
    assert "weighted pool of WETH 50 %, WBTC 30 %, DAI 20 %; fee 0.30 %" in outcome.out
    assert outcome.out.endswith("sound: 0 errors, 0 warnings in 1 file\n")


def test_warnings_alone_exit_with_0(run: Run, tmp_path: Path) -> None:
    outcome = run("check", write(tmp_path, WARNED))
    assert outcome.status == 0
    assert outcome.out.endswith("usable: 0 errors, 1 warning in 1 file\n")


def test_errors_are_all_shown_with_line_danger_and_remedy_and_exit_with_2(run: Run, tmp_path: Path) -> None:
    outcome = run("check", write(tmp_path, BROKEN))
    assert outcome.status == 2
    for part in ("line 5", "fees.swap = 0.3", 'write "0.3%"', "line 9", "sum to 1.05", "same proportions"):
        assert part in outcome.out
    assert outcome.out.endswith("not usable: 2 errors, 0 warnings in 1 file\n")
    assert all(line == line.rstrip() and len(line) <= 100 for line in outcome.out.splitlines()[1:])


def test_a_missing_file_is_one_clear_finding_beside_the_others(run: Run, tmp_path: Path) -> None:
    outcome = run("check", write(tmp_path, WEIGHTED), tmp_path / "none.toml")
    assert outcome.status == 2
    assert "no such file or directory" in outcome.out
    assert "Traceback" not in outcome.out + outcome.err
    assert outcome.out.endswith("1 error, 0 warnings in 2 files\n")


def test_toml_that_is_none_names_its_line(run: Run, tmp_path: Path) -> None:
    outcome = run("check", write(tmp_path, WEIGHTED.replace("0.3\n", "\n")))
    assert outcome.status == 2
    assert "line 13" in outcome.out
    assert "not valid TOML" in outcome.out


def test_json_has_every_finding_and_the_hash_of_the_parameters(run: Run, tmp_path: Path) -> None:
    good, bad = write(tmp_path, WARNED, "good.toml"), write(tmp_path, BROKEN, "bad.toml")
    outcome = run("check", good, bad, "--json")
    assert outcome.status == 2
    data = json.loads(outcome.out)
    assert data["ok"] is False
    assert [set(file) for file in data["files"]] == [
        {"file", "ok", "errors", "warnings", "hash", "findings"}
    ] * 2
    assert [(file["ok"], file["errors"], file["warnings"]) for file in data["files"]] == [
        (True, 0, 1),
        (False, 2, 0),
    ]
    assert len(data["files"][0]["hash"]) == 64
    assert data["files"][1]["hash"] is None
    finding = data["files"][1]["findings"][0]
    assert set(finding) == {"code", "key", "value", "message", "fix", "severity", "file", "line"}
    assert (finding["code"], finding["line"], finding["value"]) == ("fee-range", 5, "0.3")


def test_check_needs_a_file(run: Run) -> None:
    assert run("check").status == 2
