"""The page docs/previews.md: what it shows is what comes out, and it names every preview."""

from __future__ import annotations

import doctest
from pathlib import Path

from poolwright.chain.artifacts import artifact


def test_what_the_page_shows_comes_out(project_root: Path) -> None:
    page = project_root / "docs" / "previews.md"
    result = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 10
    assert not result.failed


def test_the_page_names_every_preview(project_root: Path) -> None:
    page = (project_root / "docs" / "previews.md").read_text("utf-8")
    for lens in ("VaultLens", "LiquidityLens"):
        for name in artifact(lens).selectors.keys() - {"VAULT"}:
            assert name in page, f"{lens} has {name}"
