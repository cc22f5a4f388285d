"""The examples of the pages on simulations print what the pages say."""

import doctest
from pathlib import Path

import pytest


@pytest.mark.parametrize(("page", "least"), [("simulate.md", 10), ("scenario-toml.md", 5)])
def test_examples_of_the_page(
    project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, least: int
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(project_root / "examples")
    result = doctest.testfile(str(project_root / "docs" / page), module_relative=False)
    assert result.attempted >= least
    assert not result.failed
