"""Write constraints.txt from what is installed in this environment: names and versions, nothing else."""

from __future__ import annotations

import re
from importlib.metadata import distributions

from project_files import ROOT

HEADER = """\
# The exact versions that the checks and the figures in bench/results were made with.
# Names and versions only: where packages come from is your own pip's business. Renew: make constraints.
"""
# Ours; and what belongs to the Python installation, whose version each interpreter needs its own of.
LEFT_OUT = {"poolwright", "setuptools"}


def main() -> None:
    pins = set()
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        if name not in LEFT_OUT:
            pins.add(f"{name}=={distribution.version}")
    (ROOT / "constraints.txt").write_text(HEADER + "\n".join(sorted(pins)) + "\n", encoding="utf-8")
    print(f"constraints.txt: {len(pins)} packages")


if __name__ == "__main__":
    main()
