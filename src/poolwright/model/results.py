"""What operations are called and what they answer: amounts in raw token units, prices exact."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from poolwright.model.state import PoolState
from poolwright.spec.bounds import WAD
from poolwright.spec.params import PoolParams


class SwapKind(Enum):
    """Which side of a swap is given."""

    EXACT_IN = "exact_in"
    EXACT_OUT = "exact_out"


class AddKind(Enum):
    """What an add of liquidity gives exactly."""

    PROPORTIONAL = "proportional"
    UNBALANCED = "unbalanced"
    SINGLE_EXACT_IN = "single_exact_in"
    SINGLE_EXACT_SHARES = "single_exact_shares"


class RemoveKind(Enum):
    """What a removal of liquidity gives exactly."""

    PROPORTIONAL = "proportional"
    SINGLE_EXACT_IN = "single_exact_in"
    SINGLE_EXACT_OUT = "single_exact_out"


class Price(NamedTuple):
    """Token in per token out: `raw` in raw units, `exact` and `float(price)` in whole tokens."""

    raw: Fraction
    decimals_in: int
    decimals_out: int

    @property
    def exact(self) -> Fraction:
        """Return the price in whole tokens, exactly."""
        return self.raw * Fraction(10**self.decimals_out, 10**self.decimals_in)

    def __float__(self) -> float:
        return float(self.exact)


class Moment(Protocol):
    """What a quote asks of the pool that made it, as it was then."""

    params: PoolParams
    state: PoolState

    def spot_price(self, i: int, o: int) -> Price: ...
    def max_amount(self, kind: SwapKind, i: int, o: int, accepted: int = 0) -> int: ...


class Quote(NamedTuple):
    """A swap as it would execute now. Prices and limits are worked out when asked for, on the quoted state."""

    kind: SwapKind
    token_in: int
    token_out: int
    amount_in: int
    amount_out: int
    fee: int
    moment: Moment

    @property
    def spot_price(self) -> Price:
        """Return the marginal price before the swap, token in per token out, without fee."""
        return self.moment.spot_price(self.token_in, self.token_out)

    @property
    def effective_price(self) -> Price:
        """Return amount in per amount out, fee included."""
        spot = self.spot_price
        return spot._replace(raw=Fraction(self.amount_in, self.amount_out))

    @property
    def price_impact(self) -> Fraction:
        """Return how much worse than the spot price the invariant alone makes this swap, fee left out: 0 to 1."""
        keep = Fraction(WAD - self.moment.state.swap_fee, WAD)
        return 1 - self.spot_price.raw * self.amount_out / (self.amount_in * keep)

    @property
    def max_amount(self) -> int:
        """Return the largest amount (in or out, as quoted) that the pool would accept instead."""
        amount = self.amount_in if self.kind is SwapKind.EXACT_IN else self.amount_out
        return self.moment.max_amount(self.kind, self.token_in, self.token_out, accepted=amount)

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON: integers as strings, ratios as floats."""
        symbols = [token.symbol for token in self.moment.params.tokens]
        return {
            "kind": self.kind.value,
            "token_in": symbols[self.token_in],
            "token_out": symbols[self.token_out],
            "amount_in": str(self.amount_in),
            "amount_out": str(self.amount_out),
            "fee": str(self.fee),
            "spot_price": float(self.spot_price),
            "effective_price": float(self.effective_price),
            "price_impact": float(self.price_impact),
            "max_amount": str(self.max_amount),
        }


class Credit(NamedTuple):
    """An amount of a token, by position, that an account may now collect from the Vault; None is the protocol."""

    account: str | None
    token: int
    amount: int


class SwapResult(NamedTuple):
    """A swap that happened: `fee` (in token in) includes the protocol's, creator's and integrator's parts.

    In the Vault the first two are owed together and parted when they are credited, so that a unit may yet change sides;
    `credits` is what this operation has put at somebody's disposal.
    """

    amount_in: int
    amount_out: int
    fee: int
    protocol_fee: int
    creator_fee: int
    state: PoolState
    integrator_fee: int = 0
    credits: tuple[Credit, ...] = ()


class LiquidityResult(NamedTuple):
    """Liquidity added or removed: amounts and fees per token in raw units, shares minted or burned."""

    amounts: tuple[int, ...]
    shares: int
    fees: tuple[int, ...]
    protocol_fees: tuple[int, ...]
    creator_fees: tuple[int, ...]
    state: PoolState
    credits: tuple[Credit, ...] = ()
