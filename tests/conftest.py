"""What every test may rely on: the root, the shared data, Hypothesis profiles, and skips with a reason.

On a newcomer's machine a missing tool or data set skips the tests that need it, with the reason. In CI
(`CI=true`) the same lack is a failure, so that nothing is left out silently.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "quick", max_examples=100, deadline=None, derandomize=True, suppress_health_check=_QUIET
)
settings.register_profile("verify", max_examples=5_000, deadline=None, suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def lacking(what: str, remedy: str) -> NoReturn:
    """Skip the test because `what` is missing, or fail it in CI."""
    message = f"{what} is missing: {remedy}"
    if IN_CI:
        pytest.fail(f"{message} (in CI nothing may be left out)")
    pytest.skip(message)


class _NoEmbeddedChain:
    """Asked last by every import: skips what needs pyrevm where there is none (no builds for Python 3.13 yet)."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name == "pyrevm":
            pytest.skip(
                "pyrevm is missing: it has builds for Python 3.11 and 3.12 only", allow_module_level=True
            )


if not IN_CI:
    sys.meta_path.append(_NoEmbeddedChain)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """Return the folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of recorded market data beside the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        lacking("../shared/data", "the recorded markets are not part of the repository")
    return folder


@pytest.fixture(scope="session")
def anvil_path() -> str:
    """Return the anvil binary: the one of `make anvil`, or one on the path."""
    from bench.gas import node  # needs the extra `chain`, as do all tests that ask for anvil

    found = node.anvil_path()
    if found is None:
        lacking("anvil", "`make anvil` adds it (needs node)")
    return found


@pytest.fixture(scope="session")
def curvesim_python(project_root: Path) -> Path:
    """Return a Python that has curvesim, the peer of T12: the one of `make peers`, or this one."""
    if find_spec("curvesim"):
        return Path(sys.executable)
    found = project_root / ".cache" / "bench-venv" / "bin" / "python"
    if not list(found.parents[1].glob("lib/*/site-packages/curvesim")):
        lacking("curvesim", "`make peers` adds it, in an environment of its own")
    return found
