"""The examples of docs/analytics.md print what the page says."""

import doctest
from pathlib import Path


def test_examples_of_the_page(project_root: Path) -> None:
    result = doctest.testfile(str(project_root / "docs" / "analytics.md"), module_relative=False)
    assert result.attempted > 10
    assert not result.failed
