"""The examples of docs/simulate.md print what the page says."""

import doctest
from pathlib import Path


def test_examples_of_the_page(project_root: Path) -> None:
    result = doctest.testfile(str(project_root / "docs" / "simulate.md"), module_relative=False)
    assert result.attempted > 10
    assert not result.failed
