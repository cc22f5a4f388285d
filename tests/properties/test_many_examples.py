"""The same properties on thousands of examples each, freshly drawn; a failure prints the example."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.verify
@pytest.mark.parametrize("subject", ["test_swaps.py", "test_liquidity.py", "test_closed_sequences.py"])
def test_properties_hold_on_thousands_of_examples(subject):
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not verify", str(HERE / subject)]
    done = subprocess.run(
        command,
        cwd=HERE.parents[1],
        env=os.environ | {"PROPERTY_EXAMPLES": "1500"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:]
