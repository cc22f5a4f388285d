"""PoolSpec: what pool.toml may say, in human units. The descriptions here are the reference of every key."""

from __future__ import annotations

import difflib
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from poolwright.errors import SpecError, UnitError
from poolwright.spec import bounds, checks, fee_policy, governance
from poolwright.spec.fee_policy import Policy, TierSource
from poolwright.spec.kind import Kind
from poolwright.spec.kinds import KIND_MODULES
from poolwright.spec.params import HALF_LIFE, RATE_MAX_AGE, RATE_MAX_MOVE, PoolParams, Token, share_texts
from poolwright.spec.tokens import KNOWN_TOKENS
from poolwright.units import format_percent, parse_amount, parse_duration, parse_number, parse_units, to_wad


def _choice(of: type[StrEnum], what: str) -> BeforeValidator:
    """Accept a member by name, with - or _; say the nearest one otherwise."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        name, names = value.lower().replace("-", "_").replace(" ", "_"), [member.value for member in of]
        if name in names:
            return of(name)
        near = difflib.get_close_matches(name, names, 1)
        which = f'"{near[0]}"' if near else "one of " + ", ".join(f'"{each}"' for each in names)
        raise UnitError(f"There is no {what} called {value!r}.", f"Write {which}.")

    return BeforeValidator(read)


def _form(form: str) -> WithJsonSchema:
    return WithJsonSchema({"type": ["number", "string"], "form": form})


def _percent(bound: int) -> str:
    return format_percent(Fraction(bound, bounds.WAD), 0)


_LEAST_A, _MOST_A = (
    bound // bounds.AMPLIFICATION_PRECISION for bound in (bounds.MIN_AMPLIFICATION, bounds.MAX_AMPLIFICATION)
)

Share = Annotated[Fraction, PlainValidator(parse_number), _form("share")]
Duration = Annotated[int, PlainValidator(parse_duration), _form("time")]
Amount = Annotated[Fraction, PlainValidator(parse_amount), _form("number")]
Text = Annotated[str, Field(min_length=1)]
Peg = Annotated[Text, BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)]


class Table(BaseModel):
    """A table of pool.toml: unknown keys are errors, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PoolTable(Table):
    """The pool as a whole."""

    kind: Annotated[Kind, _choice(Kind, "kind of pool")] = Field(
        description="Which invariant the pool keeps: weighted, stable or constant_product.",
        examples=['"weighted"'],
    )
    name: Text | None = Field(
        None,
        description="Name of the share token; made from the assets if left out.",
        examples=['"Blue Chips"'],
    )
    symbol: Text | None = Field(
        None, description="Symbol of the share token; made from the assets if left out.", examples=['"BLUE"']
    )


class TokenSpec(Table):
    """One asset; the order of the tables is the order of the assets."""

    symbol: Text = Field(description="The name of the token in commands and reports.", examples=['"WETH"'])
    decimals: int | None = Field(
        None,
        description=f"Decimals of the token, 0 to {bounds.MAX_DECIMALS}; known for well-known symbols.",
        examples=["18"],
    )
    weight: Share | None = Field(
        None, description="Share of the pool's value; weighted pools only, all sum to 1.", examples=['"50%"']
    )
    balance: Amount | None = Field(
        None, description="First balance, in whole tokens; for all assets or for none.", examples=["2150.5"]
    )
    price_hint: Amount | None = Field(
        None,
        description="Price at launch in any one currency, to check the first balances.",
        examples=["228.4"],
    )
    rate: Amount = Field(
        Fraction(1),
        description="Worth of one token in the pool's unit; stable pools only.",
        examples=["1.21"],
    )
    rate_provider: Text | None = Field(
        None, description="Contract that reports the rate on chain.", examples=['"0x72D0...4E44"']
    )
    rate_max_age: Duration = Field(
        RATE_MAX_AGE, description="Age from which a report freezes the asset.", examples=['"25 hours"']
    )
    rate_max_move: Share = Field(
        Fraction(RATE_MAX_MOVE, bounds.WAD),
        description="Most that the pool follows the rate in one block; while it lags, the asset is frozen.",
        examples=['"0.04%"'],
    )
    address: Text | None = Field(None, description="Contract of the token.", examples=['"0xC02a...6Cc2"'])
    peg: Peg | None = Field(
        None, description="What the token follows; known for well-known symbols.", examples=['"USD"']
    )

    @property
    def places(self) -> int | None:
        """Decimals as written, or as known for the symbol; None if neither."""
        known = KNOWN_TOKENS.get(self.symbol)
        return self.decimals if self.decimals is not None else known.decimals if known else None

    @property
    def follows(self) -> str | None:
        """What the token is pegged to, as written or as known for the symbol; None if neither."""
        known = KNOWN_TOKENS.get(self.symbol)
        return self.peg or (known.peg if known else None)


class FeesTable(Table):
    """What a trade pays, and who gets it."""

    swap: Share = Field(
        description=f"Fee on the amount in, at most {_percent(bounds.MAX_SWAP_FEE)}.", examples=['"0.3%"']
    )
    protocol_share: Share = Field(
        Fraction(0),
        description=f"The protocol's share of the fee, at most {_percent(bounds.MAX_PROTOCOL_SHARE)}.",
        examples=['"10%"'],
    )
    creator_share: Share = Field(
        Fraction(0),
        description=f"The pool creator's share of the fee, at most {_percent(bounds.MAX_CREATOR_SHARE)}.",
        examples=['"10%"'],
    )
    integrator_share: Share = Field(
        Fraction(0), description="The share of the fee for whoever brings the trade.", examples=['"5%"']
    )
    policy: Annotated[Policy, _choice(Policy, "fee policy")] = Field(
        Policy.FLAT,
        description="What the fee follows: flat, volatility, imbalance (stable pools), or tiered by account.",
        examples=['"volatility"'],
    )
    least: Share | None = Field(
        None, description="Least fee of imbalance (left out: swap) and tiered.", examples=['"0.01%"']
    )
    most: Share | None = Field(
        None, description="Most that volatility and imbalance charge.", examples=['"1%"']
    )
    slope: Amount | None = Field(
        None,
        description="Fee per unit of volatility (standard deviation of ln(balance) over half_life / ln 2), or per "
        "e-fold of imbalance: 0.5 adds 0.5 % for 1 %.",
        examples=["0.5"],
    )
    tier_source: Annotated[TierSource, _choice(TierSource, "source of tiers")] | None = Field(
        None,
        description="What a tier is measured by: listed (the manager's list), held (shares of the account), "
        "traded (the pool's recent turnover), pooled (all shares).",
        examples=['"held"'],
    )
    tier_threshold: Amount | None = Field(
        None,
        description="Shares, or turnovers of a balance, for the first tier; the next at 10 and 100 times as much.",
        examples=["1000"],
    )
    withdrawal: Share = Field(
        Fraction(0),
        description="Part of the shares that leaving costs, for good: it stays with those who remain; at most "
        f"{format_percent(Fraction(bounds.MAX_WITHDRAWAL_FEE, bounds.BASIS_POINTS), 0)}, in steps of 0.01 %. Exits in "
        "proportion are free while the pool is paused, retired, or one of its rates is frozen.",
        examples=['"0.1%"'],
    )


class OracleTable(Table):
    """The pool's own memory of prices."""

    half_life: Duration = Field(
        HALF_LIFE, description="Time in which half of a move has entered the averages.", examples=['"10 min"']
    )


class RightsTable(Table):
    """What the manager may ever do, each with the delay before it takes effect; left out: never."""

    terms: Duration | None = Field(None, description="Change fees and their split.", examples=['"3 days"'])
    policy: Duration | None = Field(None, description="Change the fee policy.", examples=['"7 days"'])
    ramp: Duration | None = Field(None, description="Move weights or amplification.", examples=['"3 days"'])
    guard: Duration | None = Field(None, description="Change the guard.", examples=["0"])
    pause: Duration | None = Field(
        None, description="Pause trading, at most 14 days; exits stay open.", examples=["0"]
    )
    module: Duration | None = Field(
        None,
        description="Plug a module in or out: a gate, a fee, a ring of average prices.",
        examples=['"7 days"'],
    )
    retire: Duration | None = Field(
        None, description="Leave nothing but exits, for ever.", examples=['"7 days"']
    )
    manager: Duration | None = Field(
        None, description="Hand the pool to another manager.", examples=['"3 days"']
    )
    highest_fee: Share | None = Field(
        None,
        description="Highest fee that may ever be set; left out: the most at creation.",
        examples=['"1%"'],
    )
    only_loosens: bool = Field(False, description="Whether the guard may only be opened.", examples=["true"])


class GuardTable(Table):
    """Bounds on deposits, for a launch."""

    max_shares: Amount | None = Field(None, description="Most shares of the pool.", examples=["1_000_000"])
    max_shares_per_account: Amount | None = Field(
        None, description="Most shares that a depositor may hold.", examples=["10_000"]
    )
    listed_only: bool = Field(
        False, description="Whether only listed accounts may deposit.", examples=["true"]
    )


class StableTable(Table):
    """What only stable pools have."""

    amplification: Amount = Field(
        description=f"A in Curve's convention (Ann = A * n), {_LEAST_A} to {_MOST_A:,}; three decimals.",
        examples=["200"],
    )


class PoolSpec(Table):
    """A pool as a person describes it; `resolve` turns it into integers."""

    pool: PoolTable
    tokens: tuple[TokenSpec, ...] = Field(strict=False)
    fees: FeesTable
    stable: StableTable | None = None
    oracle: OracleTable = OracleTable.model_validate({})
    rights: RightsTable = RightsTable.model_validate({})
    guard: GuardTable = GuardTable.model_validate({})

    def resolve(self) -> PoolParams:
        """Return the pool in integers; SpecError with every finding when there is an error.

        Nothing is rounded but weights (largest remainder, so that they sum to exactly one WAD).

        >>> spec = PoolSpec.model_validate({
        ...     "pool": {"kind": "weighted"}, "fees": {"swap": "0.3%"},
        ...     "tokens": [{"symbol": "WETH", "weight": "80%"}, {"symbol": "USDC", "weight": "20%"}],
        ... })
        >>> spec.resolve().weights
        (800000000000000000, 200000000000000000)
        """
        findings = checks.spec_findings(self)
        if any(finding.severity == "error" for finding in findings):
            raise SpecError(findings)
        tokens = tuple(_resolve_token(token) for token in self.tokens)
        name, symbol = share_texts(self.pool.name or "", self.pool.symbol or "", tokens)
        own = {"weights": (), "amplification": 0} | KIND_MODULES[self.pool.kind].resolve(self)
        return PoolParams(
            name=name,
            symbol=symbol,
            kind=self.pool.kind,
            tokens=tokens,
            swap_fee=to_wad(self.fees.swap),
            protocol_share=to_wad(self.fees.protocol_share),
            creator_share=to_wad(self.fees.creator_share),
            integrator_share=to_wad(self.fees.integrator_share),
            fee_policy=fee_policy.resolve(self.fees),
            half_life=self.oracle.half_life,
            rights=governance.resolve_rights(self.rights),
            guard=governance.resolve_guard(self.guard),
            withdrawal_fee=to_wad(self.fees.withdrawal),
            **own,
        )

    def initial_balances(self) -> tuple[int, ...] | None:
        """Return the first balances in raw units of each token; None when the file gives none."""
        pairs = [(token.balance, token.places) for token in self.tokens]
        amounts = [
            parse_units(balance, places)
            for balance, places in pairs
            if balance is not None and places is not None
        ]
        return tuple(amounts) if len(amounts) == len(pairs) else None


def _resolve_token(token: TokenSpec) -> Token:
    """Turn one asset into integers; `places` is known because the checks have passed."""
    assert token.places is not None
    return Token(
        symbol=token.symbol,
        decimals=token.places,
        address=token.address,
        rate=to_wad(token.rate),
        peg=token.follows,
        rate_provider=token.rate_provider,
        rate_max_age=token.rate_max_age,
        rate_max_move=to_wad(token.rate_max_move),
    )
