import math
import sys

import pytest

from poolwright.errors import MissingExtra
from poolwright.extras import _missing, later, require


def test_require_returns_the_module() -> None:
    assert require("math", extra="sim") is math


def test_require_names_the_command_that_adds_a_missing_package() -> None:
    with pytest.raises(MissingExtra, match=r'not_there is not installed.*pip install "poolwright\[sim\]"'):
        require("not_there.part", extra="sim")


def test_a_python_without_builds_is_named() -> None:
    assert str(_missing("pyrevm", "chain", (3, 13))).startswith(
        "pyrevm has no builds for Python 3.13: use Python 3.12"
    )
    assert 'pip install "poolwright[chain]"' in str(_missing("pyrevm", "chain", (3, 12)))
    assert 'pip install "poolwright[chain]"' in str(_missing("web3", "chain", (3, 14)))


def test_missing_extra_is_an_import_error_too() -> None:
    """So that `try: ... except ImportError` in users' code keeps working."""
    with pytest.raises(ImportError):
        require("not_there", extra="chain")


def test_later_imports_on_first_use() -> None:
    standing = later("colorsys", extra="sim")
    sys.modules.pop("colorsys", None)
    assert standing.rgb_to_hsv(1.0, 1.0, 1.0) == (0.0, 0.0, 1.0)
    assert "colorsys" in sys.modules
    missing = later("not_there", extra="sim")
    with pytest.raises(MissingExtra, match="not_there is not installed"):
        _ = missing.anything
