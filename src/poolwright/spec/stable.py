"""Stable pools: StableSwap, for assets that follow the same thing and trade near their rates."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from poolwright.errors import Finding
from poolwright.spec import advice, bounds, faults
from poolwright.spec.faults import Findings
from poolwright.units import parse_units

if TYPE_CHECKING:
    from poolwright.spec.params import PoolParams
    from poolwright.spec.schema import PoolSpec

MAX_ASSETS: Final[int] = bounds.MAX_ASSETS_STABLE
WHAT: Final[str] = "assets trade near par until one runs short"

# 10^3 is the precision that the contract stores A with.
AMPLIFICATION_DECIMALS: Final[int] = len(str(bounds.AMPLIFICATION_PRECISION)) - 1


def resolve(spec: PoolSpec) -> dict[str, Any]:
    """Return the parameters that only this kind has."""
    value = spec.stable.amplification if spec.stable else Fraction(0)
    return {"amplification": parse_units(value, AMPLIFICATION_DECIMALS)}


def spec_findings(spec: PoolSpec) -> Findings:
    """Check what pool.toml says about a stable pool."""
    if spec.stable is None:
        yield Finding(
            "amplification-missing", "stable.amplification", "",
            "A stable pool without amplification has no price curve.",
            "Add [stable] with amplification = 200 (100 to 500 for firm pegs, 10 to 50 for loose ones).",
        )  # fmt: skip
    else:
        yield from faults.amplification("stable.amplification", spec.stable.amplification)
        yield from advice.finer_than(
            "stable.amplification", spec.stable.amplification, AMPLIFICATION_DECIMALS
        )
    yield from advice.foreign_weights(spec)
    yield from advice.unpegged(spec)
    yield from advice.accruing_without_rate(spec)
    yield from advice.price_off_rate(spec)
    yield from advice.rate_moves(spec)


def param_findings(params: PoolParams) -> Findings:
    """Check the integers of a stable pool."""
    value = Fraction(params.amplification, bounds.AMPLIFICATION_PRECISION)
    yield from faults.amplification("amplification", value)
