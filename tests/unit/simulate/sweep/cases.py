"""A pool, a market and a small sweep that these tests share."""

from __future__ import annotations

from pathlib import Path

from poolwright.simulate.market import generate_market
from poolwright.simulate.prices import PriceSeries
from poolwright.spec.load import check_text
from poolwright.spec.schema import PoolSpec

TEXT = """
[pool]
kind = "weighted"
[fees]
swap = "0.3%"
[[tokens]]
symbol = "WETH"
weight = "50%"
[[tokens]]
symbol = "WBTC"
weight = "30%"
[[tokens]]
symbol = "DAI"
weight = "20%"
"""
FEES = {"swap_fee": "0.001:0.01:10"}


def pool() -> PoolSpec:
    """Return the three-asset pool."""
    spec = check_text(TEXT).spec
    assert spec is not None
    return spec


def market(hours: int = 200, seed: int = 7) -> PriceSeries:
    """Return its prices."""
    return generate_market(["WETH", "WBTC", "DAI"], hours, seed)


def parts(folder: Path) -> list[Path]:
    """Return the Parquet files of a sweep's folder."""
    return sorted((folder / "runs").glob("*.parquet"))
