"""The page docs/twap.md: what it shows is what comes out, and it names every function of the ring."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

from poolwright.chain.artifacts import artifact


def test_what_the_page_shows_comes_out(project_root: Path) -> None:
    page = project_root / "docs" / "twap.md"
    result = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 15
    assert not result.failed


def test_the_page_names_every_function_and_the_measured_gas(project_root: Path) -> None:
    page = (project_root / "docs" / "twap.md").read_text("utf-8")
    for name in artifact("TwapRing").selectors.keys() - {"VAULT", "record"}:
        assert f"{name}(" in page, name
    gas = json.loads((project_root / "snapshots" / "gas.json").read_text("utf-8"))
    for name in ("recorded_swap", "weighted3_swap", "twap_read"):
        assert f"`{name}`" in page, name
    assert abs(gas["recorded_swap"] - gas["weighted3_swap"] - 55_000) < 5_000
    assert abs(gas["twap_read"] - 50_000) < 5_000
