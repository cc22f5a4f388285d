"""The fee of a swap and of liquidity under each policy, from the state before it: what the Vault's pricing does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from poolwright.model.maths import constitution, fee_policy_maths, oracle_maths
from poolwright.model.maths.constitution import Split, Terms
from poolwright.model.memory import Memory, amount_of


class Side(NamedTuple):
    """One asset as a policy sees it: `value` in any one unit, per weight; `variance` rested until now."""

    value: int
    variance: int


def swap_fee(terms: Terms, side_in: Side, side_out: Side, account_class: int) -> int:
    """Return the fee of a swap, WAD."""
    if terms.policy == fee_policy_maths.VOLATILITY:
        return _volatility_fee(terms, max(side_in.variance, side_out.variance))
    if terms.policy == fee_policy_maths.IMBALANCE:
        return _imbalance_fee(terms, side_in.value, side_out.value)
    if terms.policy == fee_policy_maths.TIERED:
        return fee_policy_maths.tiered_fee(terms.least_, terms.base, account_class)
    return terms.base


def liquidity_fee(terms: Terms, sides: Sequence[Side], moved: Sequence[int]) -> int:
    """Return what the part above the proportional one pays, WAD; `moved` are the places of the assets that move.

    Volatility: that of the most volatile of them. Imbalance: the dearest that any swap would pay now, so that
    liquidity is no way around it. Otherwise the fee at rest.
    """
    if terms.policy == fee_policy_maths.VOLATILITY:
        return _volatility_fee(terms, max(sides[i].variance for i in moved))
    if terms.policy == fee_policy_maths.IMBALANCE:
        values = [side.value for side in sides]
        return _imbalance_fee(terms, max(values), min(values))
    return terms.base


def account_class(split: Split, memory: Memory, account: str | None, shares: int, turnover: int) -> int:
    """Return the class that a tiered fee looks at; `shares` is the pool's supply."""
    if split.tier_source == constitution.LISTED:
        return amount_of(memory.classes, account)
    measures = {
        constitution.HELD: memory.shares_of(account),
        constitution.TRADED: turnover,
        constitution.POOLED: shares,
    }
    return fee_policy_maths.class_of(measures[split.tier_source], split.tier_threshold)


def _volatility_fee(terms: Terms, variance: int) -> int:
    return fee_policy_maths.volatility_fee(
        terms.base, terms.most, terms.slope, oracle_maths.volatility(variance)
    )


def _imbalance_fee(terms: Terms, value_in: int, value_out: int) -> int:
    return fee_policy_maths.imbalance_fee(
        terms.least_, terms.base, terms.most, terms.slope, value_in, value_out
    )
