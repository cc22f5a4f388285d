"""The examples of docs/sweeps.md print what the page says."""

import doctest
from pathlib import Path

import pytest


def test_examples_of_the_page(project_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project_root)
    result = doctest.testfile(str(project_root / "docs" / "sweeps.md"), module_relative=False)
    assert result.attempted >= 7
    assert not result.failed
