"""Run every check, show what failed, and time each: this is `make check`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from project_files import ROOT

PYTHON = sys.executable
BIN = Path(PYTHON).parent
CHECKS: dict[str, list[str]] = {
    "format": [f"{BIN}/ruff", "format", "--check", "."],
    "lint": [f"{BIN}/ruff", "check", "."],
    "types": [f"{BIN}/mypy", "--strict"],
    "layers": [f"{BIN}/lint-imports", "--no-logo"],
    "sizes": [PYTHON, "tools/check_sizes.py"],
    "style": [PYTHON, "tools/check_style.py"],
    "generated maths is fresh": [PYTHON, "-m", "poolwright.twin", "--check"],
    "constants are derived": [PYTHON, "tools/derive_log_exp.py", "--check"],
    "decay is derived": [PYTHON, "tools/derive_decay.py", "--check"],
    "errors are indexed": [PYTHON, "tools/error_index.py", "--check"],
    "storage is laid out": [PYTHON, "tools/storage_layout.py", "--check"],
    "coverage is reasoned": [PYTHON, "-m", "tools.vyper_coverage", "--check"],
    "artifacts are fresh": [PYTHON, "tools/compile_contracts.py", "--check"],
}


def main(only: list[str]) -> int:
    """Run the named checks (all without names); the exit status is the number that failed."""
    failed = []
    for name, command in CHECKS.items():
        if only and name.split()[0] not in only:
            continue
        start = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        good = done.returncode == 0
        print(f"{'ok  ' if good else 'FAIL'} {name:<26} {time.perf_counter() - start:5.1f} s", flush=True)
        if not good:
            failed.append(name)
            print((done.stdout + done.stderr).rstrip(), flush=True)
    print(f"check: {', '.join(failed)} failed" if failed else "check: all passed")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
