"""Constant product pools: the geometric mean of the balances never falls; all assets weigh the same."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from poolwright.spec import advice, bounds
from poolwright.spec.faults import Findings

if TYPE_CHECKING:
    from poolwright.spec.params import PoolParams
    from poolwright.spec.schema import PoolSpec

MAX_ASSETS: Final[int] = bounds.MAX_ASSETS_CONSTANT_PRODUCT
WHAT: Final[str] = "all assets keep the same value"


def resolve(spec: PoolSpec) -> dict[str, Any]:
    """Return the parameters that only this kind has: none."""
    return {}


def spec_findings(spec: PoolSpec) -> Findings:
    """Check what pool.toml says about a constant product pool."""
    yield from advice.foreign_weights(spec)
    yield from advice.foreign_amplification(spec)
    yield from advice.rates_without_effect(spec)
    yield from advice.pegged_together(spec)
    if spec.tokens:
        yield from advice.starting_value(spec, [Fraction(1, len(spec.tokens))] * len(spec.tokens))


def param_findings(params: PoolParams) -> Findings:
    """Check the integers of a constant product pool: it has none of its own."""
    return iter(())
