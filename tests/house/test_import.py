"""`import poolwright` is quick, quiet and leaves nothing on disk; its surface is what the page promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import poolwright

HEAVY = (
    "numpy",
    "numba",
    "pyarrow",
    "plotly",
    "jinja2",
    "web3",
    "pyrevm",
    "vyper",
    "pydantic",
    "typer",
    "rich",
)
IMPORT_SECONDS = 0.3
TIMER = "import time; t = time.process_time(); import poolwright; print(time.process_time() - t)"


def run_python(code: str, folder: Path) -> str:
    """Run `code` in a fresh interpreter whose home, caches and working folder are all `folder`."""
    places = {"HOME": folder, "XDG_CACHE_HOME": folder, "XDG_CONFIG_HOME": folder, "TMPDIR": folder}
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "PYTHON"))},
        **{key: str(value) for key, value in places.items()},
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


def test_import_is_quick(tmp_path: Path) -> None:
    """The best of five, in processor time: what the import costs, not what else the machine is doing."""
    seconds = min(float(run_python(TIMER, tmp_path)) for _ in range(5))
    assert seconds <= IMPORT_SECONDS


def test_import_loads_nothing_heavy(tmp_path: Path) -> None:
    code = f"import poolwright, sys; print([name for name in {HEAVY} if name in sys.modules])"
    assert run_python(code, tmp_path).strip() == "[]"


def test_import_leaves_nothing_on_disk(tmp_path: Path) -> None:
    before = source_tree()
    output = run_python("import poolwright; dir(poolwright)", tmp_path)
    assert output == ""
    assert list(tmp_path.iterdir()) == []
    assert source_tree() == before


def source_tree() -> set[Path]:
    """Return the package's files; `__pycache__` aside, which other tests of the same run may be filling."""
    package = Path(poolwright.__file__).parent
    return {path for path in package.rglob("*") if "__pycache__" not in path.parts}


@pytest.mark.parametrize("name", sorted(set(poolwright.__all__) - {"__version__"}))
def test_public_name_is_reached_and_documented(name: str) -> None:
    value = getattr(poolwright, name)
    assert value.__doc__, f"{name} has no docstring"
    assert getattr(value, "__module__", value.__name__).startswith("poolwright.")


def test_simulate_is_called_whatever_was_imported_before(tmp_path: Path) -> None:
    """The folder `simulate` and the function share their name; the call works in every order of imports."""
    call = "\ntry:\n    poolwright.simulate()\nexcept TypeError as error:\n    print(error)"
    for first in ("import poolwright", "import poolwright.simulate.prices", "import poolwright.simulate"):
        assert "simulate() missing 2 required" in run_python(first + call, tmp_path)


def test_public_surface_is_pinned() -> None:
    """A new name is a promise: adding or removing one is a decision, made here and in the changelog."""
    assert sorted(poolwright.__all__) == sorted(PUBLIC)
    assert dir(poolwright) == sorted(PUBLIC)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'poolwright' has no attribute 'sweeep'"):
        poolwright.sweeep  # noqa: B018


PUBLIC = [
    "AddKind",
    "BatchResult",
    "FeePolicy",
    "Finding",
    "Guard",
    "Kind",
    "LiquidityResult",
    "MissingExtra",
    "Policy",
    "Pool",
    "PoolParams",
    "PoolRevert",
    "PoolSpec",
    "PoolState",
    "PoolsResult",
    "PoolwrightError",
    "PositionResult",
    "Price",
    "PriceDataError",
    "PriceSeries",
    "Quote",
    "QuoteBatch",
    "RemoveKind",
    "Rights",
    "Scenario",
    "SimulationResult",
    "SimulationTotals",
    "SpecError",
    "Step",
    "SwapKind",
    "SwapResult",
    "SweepResult",
    "TierSource",
    "Token",
    "UnitError",
    "Vault",
    "__version__",
    "generate_market",
    "impermanent_loss",
    "load_prices",
    "load_scenario",
    "load_spec",
    "quote_many",
    "simulate",
    "simulate_pools",
    "simulate_totals",
    "sweep",
]
