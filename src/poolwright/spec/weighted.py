"""Weighted pools: the product of balance^weight never falls; weights are the split of value."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from poolwright.errors import Finding
from poolwright.spec import advice, bounds, faults
from poolwright.spec.faults import Findings
from poolwright.units import WAD

if TYPE_CHECKING:
    from poolwright.spec.params import PoolParams
    from poolwright.spec.schema import PoolSpec

MAX_ASSETS: Final[int] = bounds.MAX_ASSETS_WEIGHTED
WHAT: Final[str] = "each asset keeps its share of the value"

# Weights written with 15 or more digits may miss 1 by their last digit; that much is forgiven and shared out.
SLACK: Final[Fraction] = Fraction(1, 10**15)


def split_wad(weights: Sequence[Fraction]) -> tuple[int, ...]:
    """Return integer weights that sum to exactly WAD, by largest remainder; ties go to the earlier asset.

    >>> split_wad([Fraction(1, 3)] * 3)
    (333333333333333334, 333333333333333333, 333333333333333333)
    """
    total = sum(weights, Fraction(0))
    ideal = [weight * WAD / total for weight in weights]
    floors = [int(share) for share in ideal]
    order = sorted(range(len(ideal)), key=lambda i: (floors[i] - ideal[i], i))
    for i in order[: WAD - sum(floors)]:
        floors[i] += 1
    return tuple(floors)


def resolve(spec: PoolSpec) -> dict[str, Any]:
    """Return the parameters that only this kind has."""
    return {"weights": split_wad([token.weight for token in spec.tokens if token.weight is not None])}


def spec_findings(spec: PoolSpec) -> Findings:
    """Check what pool.toml says about a weighted pool."""
    weights = [token.weight for token in spec.tokens]
    for i, (token, weight) in enumerate(zip(spec.tokens, weights, strict=True)):
        key = f"tokens[{i}].weight"
        if weight is None:
            yield Finding(
                "weight-missing", key, "",
                f"{token.symbol} has no weight, which is its share of the value in a weighted pool.",
                'Add weight = "50%", or whatever its share is; all weights sum to 1.',
            )  # fmt: skip
        else:
            yield from faults.weight(key, token.symbol, weight)
    given = [weight for weight in weights if weight is not None]
    if len(given) == len(weights) > 0:
        yield from faults.weights_sum("tokens[].weight", given, SLACK)
        yield from advice.starting_value(spec, given)
    yield from advice.foreign_amplification(spec)
    yield from advice.rates_without_effect(spec)
    yield from advice.pegged_together(spec)


def param_findings(params: PoolParams) -> Findings:
    """Check the integers of a weighted pool."""
    if len(params.weights) != len(params.tokens):
        yield Finding(
            "weights-count", "weights", str(len(params.weights)),
            f"There are {len(params.tokens)} tokens, and each needs one weight.",
            f"Give {len(params.tokens)} weights in the order of the tokens.",
        )  # fmt: skip
        return
    values = [faults.wad_fraction(weight) for weight in params.weights]
    for i, value in enumerate(values):
        yield from faults.weight(f"weights[{i}]", params.tokens[i].symbol, value)
    yield from faults.weights_sum("weights", values)
