"""`poolwright new`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poolwright.simulate.scenario_file import load_scenario
from poolwright.spec.load import load_spec
from poolwright.spec.presets import PRESETS
from tests.unit.cli.conftest import Run


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_writes_a_file_that_checks_clean(run: Run, tmp_path: Path, preset: str) -> None:
    path = tmp_path / "pool.toml"
    assert run("new", path, "--preset", preset).status == 0
    outcome = run("check", path)
    assert outcome.status == 0
    assert "sound: 0 errors, 0 warnings" in outcome.out


def test_a_scenario_is_written_that_simulate_takes(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    outcome = run("new", path, "--preset", "scenario")
    assert outcome.status == 0
    assert f"--scenario {path}" in outcome.out.replace("\n", " ")
    assert len(load_scenario(path).agents) == 2
    assert run("new", path, "--preset", "scenario").status == 2


def test_json_says_what_was_written(run: Run, tmp_path: Path) -> None:
    for name, preset, told in (("p.toml", "stable", "stable pool"), ("s.toml", "scenario", "who trades")):
        path = tmp_path / name
        data = json.loads(run("new", path, "--preset", preset, "--json").out)
        assert data["file"] == str(path)
        assert told in data["describes"]
        assert data["next"].startswith("poolwright ")
        assert path.exists()


def test_it_never_overwrites_without_force(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "pool.toml"
    path.write_text("mine", encoding="utf-8")
    outcome = run("new", path)
    assert outcome.status == 2
    assert "add --force" in outcome.err
    assert outcome.err.count("\n") == 1
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("new", path, "--force").status == 0
    assert load_spec(path).tokens


@pytest.mark.parametrize(
    ("preset", "tokens", "weights"),
    [
        ("index", "UNI,LINK,AAVE", ["1/2", "3/10", "1/5"]),
        ("index", "UNI,LINK,AAVE,WETH,WBTC,DAI", ["1/6"] * 6),
        ("80-20", "MYT:9,WETH", ["4/5", "1/5"]),
        ("50-50", "MYT:9=70%, WETH = 30%", ["7/10", "3/10"]),
    ],
)
def test_other_tokens_get_weights(
    run: Run, tmp_path: Path, preset: str, tokens: str, weights: list[str]
) -> None:
    path = tmp_path / "pool.toml"
    assert run("new", path, "--preset", preset, "--tokens", tokens).status == 0
    assert [str(token.weight) for token in load_spec(path).tokens] == weights


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--preset", "indx"], "Did you mean 'index'"),
        (["--preset", "zzz"], "Known: index"),
        (["--tokens", "WETH"], "2 to 16"),
        (["--tokens", "MYT,WETH"], "MYT:18"),
        (["--tokens", "WETH:x,DAI"], "names no asset"),
        (["--tokens", "WETH=60%,DAI=60%"], "sum to 1.2"),
        (["--tokens", "WETH=60%,DAI"], "DAI has no weight"),
        (["--tokens", 'W"ETH:18,DAI'], ""),
        (["--preset", "stable", "--tokens", "WETH,USDC"], "near par"),
    ],
)
def test_what_makes_no_sound_pool_is_refused_in_one_line(
    run: Run, tmp_path: Path, args: list[str], message: str
) -> None:
    path = tmp_path / "pool.toml"
    outcome = run("new", path, *args)
    if message:
        assert outcome.status == 2
        assert message in outcome.err
        assert outcome.err.count("\n") == 1
        assert not path.exists()
    else:  # odd characters are written as TOML writes them
        assert load_spec(path).tokens[0].symbol == 'W"ETH'


def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    outcome = run("new", tmp_path / "none" / "pool.toml")
    assert outcome.status == 2
    assert "no such file or directory" in outcome.err
