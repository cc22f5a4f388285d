"""Poolwright: from the idea of a multi-asset AMM pool to a running, watched market.

Everything public is reachable from here and is loaded on first use, so that `import poolwright` stays quick
and touches nothing on disk. `__all__` is the whole public surface; a test pins it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poolwright.analytics.position import PositionResult, impermanent_loss
    from poolwright.errors import (
        Finding,
        MissingExtra,
        PoolRevert,
        PoolwrightError,
        PriceDataError,
        SpecError,
        UnitError,
    )
    from poolwright.model.batch import QuoteBatch, quote_many
    from poolwright.model.pool import Pool
    from poolwright.model.results import (
        AddKind,
        LiquidityResult,
        Price,
        Quote,
        RemoveKind,
        SwapKind,
        SwapResult,
    )
    from poolwright.model.state import PoolState
    from poolwright.model.vault import BatchResult, Step, Vault
    from poolwright.simulate.engine import simulate, simulate_totals
    from poolwright.simulate.market import generate_market
    from poolwright.simulate.pools import simulate_pools
    from poolwright.simulate.pools_result import PoolsResult
    from poolwright.simulate.prices import PriceSeries, load_prices
    from poolwright.simulate.result import SimulationResult
    from poolwright.simulate.scenario import Scenario
    from poolwright.simulate.scenario_file import load_scenario
    from poolwright.simulate.sweep.result import SweepResult
    from poolwright.simulate.sweep.run import sweep
    from poolwright.simulate.totals import SimulationTotals
    from poolwright.spec.fee_policy import FeePolicy, Policy, TierSource
    from poolwright.spec.governance import Guard, Rights
    from poolwright.spec.load import load_spec
    from poolwright.spec.params import Kind, PoolParams, Token
    from poolwright.spec.schema import PoolSpec

__version__ = "0.1.0"

__all__ = [
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

# The module that defines each public name.
_HOMES = {
    "analytics.position": "PositionResult impermanent_loss",
    "errors": "Finding MissingExtra PoolRevert PoolwrightError PriceDataError SpecError UnitError",
    "spec.fee_policy": "FeePolicy Policy TierSource",
    "spec.governance": "Guard Rights",
    "spec.load": "load_spec",
    "spec.params": "Kind PoolParams Token",
    "spec.schema": "PoolSpec",
    "model.batch": "QuoteBatch quote_many",
    "model.pool": "Pool",
    "model.results": "AddKind LiquidityResult Price Quote RemoveKind SwapKind SwapResult",
    "model.state": "PoolState",
    "model.vault": "BatchResult Step Vault",
    "simulate.engine": "simulate_totals",
    "simulate.market": "generate_market",
    "simulate.pools": "simulate_pools",
    "simulate.pools_result": "PoolsResult",
    "simulate.prices": "PriceSeries load_prices",
    "simulate.result": "SimulationResult",
    "simulate.scenario": "Scenario",
    "simulate.scenario_file": "load_scenario",
    "simulate.sweep.result": "SweepResult",
    "simulate.sweep.run": "sweep",
    "simulate.totals": "SimulationTotals",
}
_HOME = {name: f"poolwright.{module}" for module, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if (
        name == "simulate"
    ):  # a folder that can be called, so that the name means the same before and after an import
        return import_module("poolwright.simulate")
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'poolwright' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
