"""What ships compiled is what the sources give, wherever they lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poolwright.chain.artifacts import artifact
from poolwright.chain.ledger import CONTRACTS
from tools import compile_contracts as tool

LIMIT = 22_000


def test_check_names_what_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "ARTIFACTS", tmp_path)
    wanted = [
        tool.Compiled("Same", 1, "same"),
        tool.Compiled("Changed", 1, "new"),
        tool.Compiled("New", 1, "x"),
    ]
    for name, text in (("Same", "same"), ("Changed", "old"), ("Orphan", "gone")):
        (tmp_path / f"{name}.json").write_text(text)
    assert tool.stale(wanted) == ["Changed.json", "New.json", "Orphan.json"]
    tool.write(wanted)
    assert tool.stale(wanted) == []
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["Changed", "New", "Same"]


def test_too_large_contract_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "CONTRACTS", tmp_path)
    text = '# pragma version 0.4.3\n@external\ndef f() -> uint256:\n    raise "long enough to count"\n'
    (tmp_path / "Small.vy").write_text(text)
    size = tool.compile_contract(tmp_path / "Small.vy").runtime_size
    monkeypatch.setattr(tool, "MAX_RUNTIME_SIZE", size - 1)
    with pytest.raises(ValueError, match="Small"):
        tool.compile_contract(tmp_path / "Small.vy")


def test_artifacts_name_no_place_and_fit(project_root: Path) -> None:
    for path in sorted((project_root / "src" / "poolwright" / "contracts" / "artifacts").iterdir()):
        text = path.read_text()
        data = json.loads(text)
        assert str(project_root) not in text
        assert data["contract"] == path.stem
        assert data["settings"] == {"evm_version": "cancun", "optimize": "gas"}
        assert 0 < data["runtime_size"] <= LIMIT
        assert len(data["source_hash"]) == 64


@pytest.mark.parametrize("name", [*CONTRACTS.values(), "StableCalculator"])
def test_artifact_loads_by_name(name: str) -> None:
    loaded = artifact(name)
    assert loaded.contract == name
    assert loaded.bytecode
    assert all(len(selector) == 4 for selector in loaded.selectors.values())


def test_unknown_artifact_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="NoSuchContract"):
        artifact("NoSuchContract")
