"""The page docs/pool-toml.md and the examples in docstrings."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from poolwright.spec.reading import TABLES
from poolwright.spec.reference import reference_page

MODULES = ["units", "spec.describe", "spec.load", "spec.params", "spec.presets", "spec.schema", "spec.source",
           "spec.weighted", "cli.output"]  # fmt: skip


def test_the_page_is_as_the_schema_says(project_root: Path) -> None:
    page = (project_root / "docs" / "pool-toml.md").read_text(encoding="utf-8")
    assert page == reference_page(), "run: python -m poolwright.spec.reference > docs/pool-toml.md"


def test_every_key_is_described_with_an_example() -> None:
    for table in TABLES.values():
        for key, field in table.model_fields.items():
            assert field.description, key
            assert field.examples, key


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(import_module(f"poolwright.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
