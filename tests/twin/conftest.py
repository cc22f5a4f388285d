"""The twin's tests need the compiler and the embedded EVM."""

import pytest

pytest.importorskip("pyrevm", reason="pyrevm is not installed on this Python: no embedded EVM")
pytest.importorskip("vyper", reason="vyper is not installed")
