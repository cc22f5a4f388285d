"""The page docs/vault-pools.md: what it shows is what comes out."""

from __future__ import annotations

import doctest
from pathlib import Path


def test_the_page_about_pools_in_the_vault(project_root: Path) -> None:
    page = project_root / "docs" / "vault-pools.md"
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted > 20
    assert result.failed == 0
