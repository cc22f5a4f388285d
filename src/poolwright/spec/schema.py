"""PoolSpec: what pool.toml may say, in human units. The descriptions here are the reference of every key."""

from __future__ import annotations

import difflib
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from poolwright.errors import SpecError, UnitError
from poolwright.spec import bounds, checks
from poolwright.spec.kind import Kind
from poolwright.spec.kinds import KIND_MODULES
from poolwright.spec.params import PoolParams, Token
from poolwright.spec.tokens import KNOWN_TOKENS
from poolwright.units import format_percent, parse_amount, parse_number, parse_units, to_wad


def _read_kind(value: Any) -> Any:
    """Accept the kind by name, with - or _; say the nearest one otherwise."""
    if not isinstance(value, str):
        return value
    name, names = value.lower().replace("-", "_").replace(" ", "_"), [kind.value for kind in Kind]
    if name in names:
        return Kind(name)
    near = difflib.get_close_matches(name, names, 1)
    which = f'"{near[0]}"' if near else "one of " + ", ".join(f'"{each}"' for each in names)
    raise UnitError(f"There is no kind of pool called {value!r}.", f"Write {which}.")


def _form(form: str) -> WithJsonSchema:
    return WithJsonSchema({"type": ["number", "string"], "form": form})


def _percent(bound: int) -> str:
    return format_percent(Fraction(bound, bounds.WAD), 0)


_LEAST_A, _MOST_A = (
    bound // bounds.AMPLIFICATION_PRECISION for bound in (bounds.MIN_AMPLIFICATION, bounds.MAX_AMPLIFICATION)
)

Share = Annotated[Fraction, PlainValidator(parse_number), _form("share")]
Amount = Annotated[Fraction, PlainValidator(parse_amount), _form("number")]
Text = Annotated[str, Field(min_length=1)]
Peg = Annotated[Text, BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)]


class Table(BaseModel):
    """A table of pool.toml: unknown keys are errors, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PoolTable(Table):
    """The pool as a whole."""

    kind: Annotated[Kind, BeforeValidator(_read_kind)] = Field(
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
        assets = "-".join(token.symbol for token in tokens)
        own = {"weights": (), "amplification": 0} | KIND_MODULES[self.pool.kind].resolve(self)
        return PoolParams(
            name=self.pool.name or f"Poolwright {assets}",
            symbol=self.pool.symbol or f"PW-{assets}",
            kind=self.pool.kind,
            tokens=tokens,
            swap_fee=to_wad(self.fees.swap),
            protocol_share=to_wad(self.fees.protocol_share),
            creator_share=to_wad(self.fees.creator_share),
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
    )
