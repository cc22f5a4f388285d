"""The examples in docstrings are run as printed."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import poolwright

PACKAGE = Path(poolwright.__file__).parent
MODULES = sorted(
    ".".join(("poolwright", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.attempted
    assert not result.failed
