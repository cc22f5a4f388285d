"""Fee policies: what a swap pays beyond a flat fee, and which values each policy needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from poolwright.errors import Finding
from poolwright.spec import bounds
from poolwright.spec.faults import Findings, wad_fraction
from poolwright.spec.kind import Kind
from poolwright.units import format_number, format_percent, to_wad

if TYPE_CHECKING:
    from poolwright.spec.schema import FeesTable


class Policy(StrEnum):
    """How the swap fee follows the pool; in the order of the contracts' numbers."""

    FLAT = "flat"
    VOLATILITY = "volatility"
    IMBALANCE = "imbalance"
    TIERED = "tiered"


class TierSource(StrEnum):
    """What the class of a tiered fee is measured by; in the order of the contracts' numbers."""

    LISTED = "listed"
    HELD = "held"
    TRADED = "traded"
    POOLED = "pooled"


# The values that each policy reads; what else is given would be silently ignored.
USED: Final[dict[Policy, tuple[str, ...]]] = {
    Policy.FLAT: (),
    Policy.VOLATILITY: ("most", "slope"),
    Policy.IMBALANCE: ("least", "most", "slope"),
    Policy.TIERED: ("least", "tier_source", "tier_threshold"),
}
NEEDED: Final[dict[Policy, tuple[str, ...]]] = {
    Policy.FLAT: (),
    Policy.VOLATILITY: ("most", "slope"),
    Policy.IMBALANCE: ("most", "slope"),
    Policy.TIERED: ("least", "tier_source"),
}
EXAMPLES: Final[dict[str, str]] = {
    "least": '"0.01%"',
    "most": '"1%"',
    "slope": "0.5",
    "tier_source": '"held"',
    "tier_threshold": "1000",
}
# Field widths of the contracts' words.
MAX_SLOPE: Final[Fraction] = Fraction(2**64 - 1, bounds.WAD)
MAX_THRESHOLD: Final[Fraction] = Fraction((2**64 - 1) * 10**9, bounds.WAD)
# Beyond this the fee is at its highest whenever there is anything to trade: over a mean life volatility usually is some
# tenths of a per cent, imbalance some per cent.
STEEP: Final[dict[Policy, int]] = {Policy.VOLATILITY: 5, Policy.IMBALANCE: 1}


@dataclass(frozen=True, slots=True)
class FeePolicy:
    """A policy in integers, WAD; a value that the policy does not read is 0.

    The fee at rest is the pool's swap_fee. `slope` is the fee per unit of volatility (the standard deviation of
    ln(balance) over a mean life, half_life / ln 2) or per e-fold of imbalance. `tier_threshold` is shares (18 decimals)
    or, for turnover, parts of a balance (WAD): class 1 from it, 2 from ten times, 3 from a hundred times.
    """

    policy: Policy = Policy.FLAT
    least: int = 0
    most: int = 0
    slope: int = 0
    tier_source: TierSource = TierSource.LISTED
    tier_threshold: int = 0

    def range(self, base: int) -> tuple[int, int]:
        """Return the least and the most that a swap can pay where the fee at rest is `base`, WAD."""
        least = self.least if "least" in USED[self.policy] else base
        return least, self.most if "most" in USED[self.policy] else base


FLAT: Final[FeePolicy] = FeePolicy()


@dataclass(frozen=True, slots=True)
class Written:
    """The same as a person wrote it, or as integers say it: fractions, None where not given."""

    base: Fraction
    policy: Policy
    least: Fraction | None = None
    most: Fraction | None = None
    slope: Fraction | None = None
    tier_source: TierSource | None = None
    tier_threshold: Fraction | None = None


def resolve(fees: FeesTable) -> FeePolicy:
    """Return the policy of a pool.toml in integers; imbalance without a least fee never goes below the fee at rest."""
    least = fees.swap if fees.least is None and fees.policy is Policy.IMBALANCE else fees.least
    numbers = {"least": least, "most": fees.most, "slope": fees.slope, "tier_threshold": fees.tier_threshold}
    return FeePolicy(
        policy=fees.policy,
        tier_source=fees.tier_source or TierSource.LISTED,
        **{name: to_wad(value) for name, value in numbers.items() if value is not None},
    )


def written(base: int, of: FeePolicy) -> Written:
    """Return a policy in integers as a person would have written it."""
    used, fraction = USED[of.policy], wad_fraction
    return Written(
        base=fraction(base),
        policy=of.policy,
        least=fraction(of.least) if "least" in used or of.least else None,
        most=fraction(of.most) if "most" in used or of.most else None,
        slope=fraction(of.slope) if "slope" in used or of.slope else None,
        tier_source=of.tier_source if "tier_source" in used else None,
        tier_threshold=fraction(of.tier_threshold) if of.tier_threshold else None,
    )


def findings(prefix: str, kind: Kind, of: Written) -> Findings:
    """Check one policy; keys of the findings begin with `prefix`."""
    yield from _keys(prefix, of)
    yield from _order(prefix, of)
    if of.slope is not None and "slope" in USED[of.policy]:
        yield from _slope(prefix, of.policy, of.slope)
    if of.policy is Policy.TIERED:
        yield from _threshold(prefix, of)
    if of.policy is Policy.IMBALANCE and kind is not Kind.STABLE:
        yield Finding(
            "policy-unsuited", f"{prefix}policy", f'"{of.policy}"',
            f"A {kind} pool has no balance that its prices should keep: the fee would move when the market does, and "
            "charge the trades that bring its prices back.",
            'Write policy = "volatility", or keep imbalance for stable pools.', "warning",
        )  # fmt: skip


def _keys(prefix: str, of: Written) -> Findings:
    """Find values that the policy needs and lacks, or has and never reads."""
    for name, example in EXAMPLES.items():
        given = getattr(of, name) is not None
        needed = name in NEEDED[of.policy] or (
            name == "tier_threshold"
            and of.policy is Policy.TIERED
            and of.tier_source not in (None, TierSource.LISTED)
        )
        if needed and not given:
            yield Finding(
                "policy-key-missing", f"{prefix}{name}", "",
                f"The policy {of.policy} reads {name}: without it nobody knows what a trade will pay.",
                f"Add {name} = {example}.",
            )  # fmt: skip
        if given and name not in USED[of.policy]:
            yield Finding(
                "policy-key-foreign", f"{prefix}{name}", "",
                f"The policy {of.policy} does not read {name}: trades would not pay what this promises.",
                f"Remove it, or write the policy that reads it: {', '.join(p for p in Policy if name in USED[p])}.",
            )  # fmt: skip


def _order(prefix: str, of: Written) -> Findings:
    """Check least <= base <= most, and that none is out of range."""
    top = wad_fraction(bounds.MAX_SWAP_FEE)
    for name, value in (("least", of.least), ("most", of.most)):
        if value is None or name not in USED[of.policy]:
            continue
        if not 0 <= value <= top:
            yield Finding(
                "fee-range", f"{prefix}{name}", format_number(value),
                f"No fee may be negative or above {format_percent(top, 0)}: the contracts would refuse these terms.",
                f'Write a fee such as {EXAMPLES[name]}.',
            )  # fmt: skip
        elif 0 <= of.base <= top and (value > of.base if name == "least" else value < of.base):
            side = "above" if name == "least" else "below"
            yield Finding(
                "fee-order", f"{prefix}{name}", format_percent(value),
                f"The {name} is {side} the fee at rest, {format_percent(of.base)}: the contracts would refuse them.",
                "Order them: least, swap, most.",
            )  # fmt: skip


def _slope(prefix: str, policy: Policy, slope: Fraction) -> Findings:
    if not 0 < slope <= MAX_SLOPE:
        yield Finding(
            "slope-range", f"{prefix}slope", format_number(slope),
            "A slope of nothing never moves the fee, and the contracts hold none below 0 or above 18.",
            "Write the fee that one unit adds: 0.5 adds 0.5 % for 1 %.",
        )  # fmt: skip
    elif slope > STEEP[policy]:
        yield Finding(
            "slope-steep", f"{prefix}slope", format_number(slope),
            f"One per cent of {policy} would add {format_number(slope)} % of fee: the pool would charge the most "
            "whenever there is anything to trade.",
            f"Write a slope of 0.01 to {STEEP[policy]}.", "warning",
        )  # fmt: skip


def _threshold(prefix: str, of: Written) -> Findings:
    value = of.tier_threshold
    if value is None:
        return
    if of.tier_source is TierSource.LISTED:
        yield Finding(
            "policy-key-foreign", f"{prefix}tier_threshold", format_number(value),
            "Listed accounts have the class that the manager gave them; no amount changes it.",
            "Remove it, or measure by held, traded or pooled.",
        )  # fmt: skip
    elif not 0 < value <= MAX_THRESHOLD:
        yield Finding(
            "tier-threshold-range", f"{prefix}tier_threshold", format_number(value),
            "From nothing on everybody would pay the least fee; and the contracts hold no more than "
            f"{int(MAX_THRESHOLD):,}.",
            "Write the amount from which the first reduction applies.",
        )  # fmt: skip
