"""The native fee policies of the contracts, in place of a flat fee: volatility, imbalance, and tiers by account.

A fee is asked from the generated maths (`fee_policy_maths`, `oracle_maths`) with the state before each trade, as the
Vault does it. A float means its shortest decimal, so that 0.009 is 9 * 10^15 / 10^18; what is finer than a WAD integer
is rounded to the nearest. A pool's own policy comes as the fractions that its integers are, digit for digit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import numpy as np

from poolwright.errors import PoolwrightError
from poolwright.model import native
from poolwright.model.maths import fee_policy_maths, scaling
from poolwright.simulate.fees import FeeRule
from poolwright.simulate.kernels import policy_fees
from poolwright.simulate.parameters import whole, within
from poolwright.spec.bounds import MAX_SHARES, MAX_SWAP_FEE, WAD
from poolwright.spec.constitution import TIER_STEP
from poolwright.spec.fee_policy import MAX_SLOPE, MAX_THRESHOLD, Policy, TierSource
from poolwright.spec.fee_policy import FeePolicy as DeclaredPolicy
from poolwright.spec.params import HALF_LIFE, PoolParams

Share = float | Fraction
MOST = MAX_SWAP_FEE / WAD


@dataclass(frozen=True, slots=True)
class VolatilityFee:
    """min(most, base + slope * volatility), by the pool's own memory of its balances.

    `volatility`: of the logarithm of the balance of the more volatile of the two tokens, over one mean life
    (`half_life` seconds / ln 2); a quiet pool forgets by half in each half-life.
    """

    base: Share
    most: Share
    slope: Share
    half_life: int = 3_600

    def __post_init__(self) -> None:
        _ordered(0.0, self.base, self.most)
        within("slope", self.slope, 0, MAX_SLOPE)
        whole("half_life", self.half_life)
        within("half_life", self.half_life, 1, 2**24 - 1)


@dataclass(frozen=True, slots=True)
class ImbalanceFee:
    """base + slope * ln(value_in / value_out), within [least, most]: for pegged tokens, whose values compare.

    `value`: the balance by decimals and rate, per weight. Feeding the token in excess costs more than taking it out.
    """

    least: Share
    base: Share
    most: Share
    slope: Share

    def __post_init__(self) -> None:
        _ordered(self.least, self.base, self.most)
        within("slope", self.slope, 0, MAX_SLOPE)


@dataclass(frozen=True, slots=True)
class TieredFee:
    """From `base` (class 0) in equal steps to `least` (class 3), by the class of who trades, which stays as it is."""

    least: Share
    base: Share
    arbitrageur: int = 0
    retail: int = 0
    front_runner: int = 0

    def __post_init__(self) -> None:
        _ordered(self.least, self.base, MOST)
        for name in ("arbitrageur", "retail", "front_runner"):
            whole(name, getattr(self, name))
            within(name, getattr(self, name), 0, fee_policy_maths.MAX_CLASS)


@dataclass(frozen=True, slots=True)
class MeasuredFee:
    """Tiers that the pool itself moves, alike for all: class 1 from a `threshold`, 2 from ten times, 3 from a hundred.

    `by` "traded": what has been traded of late, in parts of the balance in, forgotten by half in each `half_life`
    (seconds); "pooled": the supply of shares.
    """

    least: Share
    base: Share
    by: TierSource | str
    threshold: Share
    half_life: int = HALF_LIFE

    def __post_init__(self) -> None:
        _ordered(self.least, self.base, MOST)
        if self.by not in (TierSource.TRADED, TierSource.POOLED):
            raise PoolwrightError(f"by {str(self.by)!r}; known: traded, pooled.")
        within("threshold", self.threshold, 0, MAX_THRESHOLD)
        whole("half_life", self.half_life)
        within("half_life", self.half_life, 1, 2**24 - 1)


@dataclass(frozen=True, slots=True)
class Accounts:
    """What a pool with tiered fees knows of those who trade, by the pool's tier_source.

    "listed": the class, 0 to 3, that the manager has put the account in. "held": the shares of the pool that the
    account holds. A pool that measures itself ("traded", "pooled") looks at no account.
    """

    arbitrageur: float = 0
    retail: float = 0

    def __post_init__(self) -> None:
        for name in ("arbitrageur", "retail"):
            within(name, getattr(self, name), 0, MAX_SHARES / WAD)

    def classes(self, policy: DeclaredPolicy) -> tuple[int, int]:
        """Return the classes of arbitrageur and retail; PoolwrightError where the list knows no such class."""
        given = self.arbitrageur, self.retail
        if policy.tier_source is TierSource.HELD:
            threshold = _in_steps(policy.tier_threshold)
            one, other = (fee_policy_maths.class_of(round(WAD * _exact(each)), threshold) for each in given)
            return one, other
        for name, each in zip(("arbitrageur", "retail"), given, strict=True):
            if each not in range(fee_policy_maths.MAX_CLASS + 1):
                raise PoolwrightError(
                    f"accounts: {name} {each:g}: the pool's tiers go by a list (tier_source), which has the classes 0 "
                    f"to {fee_policy_maths.MAX_CLASS}."
                )
        return int(given[0]), int(given[1])


FeePolicy = VolatilityFee | ImbalanceFee | TieredFee | MeasuredFee


def declared(params: PoolParams, accounts: Accounts | None = None) -> FeePolicy | None:
    """Return the policy that a pool declares, None for a flat fee; `accounts`: who trades, strangers if None."""
    policy = params.fee_policy
    if policy.policy is Policy.FLAT:
        return None
    if policy.policy is Policy.TIERED:
        return _tiered(params, accounts or Accounts())
    of = (params.swap_fee, policy.least, policy.most, policy.slope)
    base, least, most, slope = (Fraction(wad, WAD) for wad in of)
    if policy.policy is Policy.VOLATILITY:
        return VolatilityFee(base, most, slope, params.half_life)
    return ImbalanceFee(least, base, most, slope)


def _tiered(params: PoolParams, accounts: Accounts) -> FeePolicy:
    policy = params.fee_policy
    least, base = Fraction(policy.least, WAD), Fraction(params.swap_fee, WAD)
    if policy.tier_source in (TierSource.LISTED, TierSource.HELD):
        return TieredFee(least, base, *accounts.classes(policy))
    return MeasuredFee(
        least, base, policy.tier_source, Fraction(_in_steps(policy.tier_threshold), WAD), params.half_life
    )


def _in_steps(threshold: int) -> int:
    """Return a threshold as the contracts' words hold it."""
    return threshold // TIER_STEP * TIER_STEP


def least_fee(policy: FeeRule | FeePolicy | None, params: PoolParams) -> int:
    """Return the least, WAD, that a swap may pay: of the policy of a run, or as declared beside a rule of one's own."""
    if isinstance(policy, VolatilityFee):
        return round(WAD * _exact(policy.base))
    if isinstance(policy, ImbalanceFee | TieredFee | MeasuredFee):
        return round(WAD * _exact(policy.least))
    return params.fee_policy.range(params.swap_fee)[0]


def told(policy: FeeRule | FeePolicy) -> str:
    """Return a policy with its settings, or a rule with its hash, for results."""
    if isinstance(policy, FeeRule):
        return policy.name
    values = ((field.name, getattr(policy, field.name)) for field in fields(policy))
    settings = ", ".join(
        f"{name} {value if isinstance(value, str) else f'{float(value):g}'}" for name, value in values
    )
    return f"{type(policy).__name__}: {settings}"


def policy_terms(policy: FeePolicy | None, params: PoolParams, rates: tuple[int, ...], start: int) -> Any:
    """Return what the loop needs of a policy; the pool's memory begins at `start`, unix seconds."""
    if policy is None:
        return policy_fees.Flat(0)
    n, room = len(params.tokens), np.zeros((1, 4), np.uint64)
    if isinstance(policy, TieredFee):
        classes = np.array([policy.arbitrageur, policy.retail, policy.front_runner], np.int64)
        return policy_fees.Tiered(_words(policy.least, policy.base), classes, room)
    if isinstance(policy, MeasuredFee):
        words = _words(policy.least, policy.base, policy.threshold)
        if policy.by == TierSource.POOLED:
            return policy_fees.Pooled(words, room)
        return policy_fees.Traded(words, policy.half_life, native.to_limbs([0]), np.array([start]), room)
    if isinstance(policy, ImbalanceFee):
        words = _words(policy.least, policy.base, policy.most, policy.slope)
        each = zip(params.tokens, rates, strict=True)
        factors = [scaling.scaling_factor(token.decimals, rate) for token, rate in each]
        weights = params.weights or (WAD // n,) * n
        return policy_fees.Imbalance(words, native.to_limbs(factors), native.to_limbs(weights), room)
    memory = np.zeros((3, n), np.int64)
    memory[policy_fees.TIME] = start
    words = _words(policy.base, policy.most, policy.slope)
    return policy_fees.Volatility(words, policy.half_life, memory, room)


def _words(*shares: Share) -> Any:
    return native.to_limbs([round(WAD * _exact(share)) for share in shares])


def _exact(share: Share) -> Fraction:
    """Return a fraction as it is, a float as the shortest decimal that reads as it."""
    return share if isinstance(share, Fraction) else Fraction(repr(float(share)))


def _ordered(least: Share, base: Share, most: Share) -> None:
    if not 0 <= least <= base <= most <= MOST:
        told = f"least {float(least):g}, base {float(base):g}, most {float(most):g}"
        raise PoolwrightError(f"fees of {told}: give 0 <= least <= base <= most <= {MOST:g}.")
