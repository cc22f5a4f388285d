"""docs/quotes.md is a program: run as printed, it answers every recorded case."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tools.make_vectors import POOLS, STEPS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_alone_answers_every_recorded_case(tmp_path):
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs" / "quotes.md").read_text("utf-8"), re.M | re.S
    )
    program = tmp_path / "quotes.py"
    program.write_text("\n".join(blocks), "utf-8")
    done = subprocess.run(
        [sys.executable, str(program)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.strip() == f"{sum(POOLS.values()) * STEPS} cases agree"
