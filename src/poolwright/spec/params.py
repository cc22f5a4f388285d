"""PoolParams: what a pool is, in integers; the one type that everything after pool.toml starts from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from poolwright.errors import Finding, SpecError
from poolwright.spec.bounds import WAD
from poolwright.spec.kind import Kind
from poolwright.spec.param_errors import param_errors

__all__ = ["Kind", "PoolParams", "Token"]

FORMAT: Final[int] = 1


@dataclass(frozen=True, slots=True)
class Token:
    """One asset: `rate` is its worth in the pool's unit (WAD), `peg` what it follows, such as "USD"."""

    symbol: str
    decimals: int
    address: str | None = None
    rate: int = WAD
    peg: str | None = None
    rate_provider: str | None = None


@dataclass(frozen=True, slots=True)
class PoolParams:
    """A pool in integers, checked: fractions are WAD, amplification is A * 1000.

    Raises SpecError with every fault when built from values that the contracts would refuse.
    """

    name: str
    symbol: str
    kind: Kind
    tokens: tuple[Token, ...]
    weights: tuple[int, ...]
    amplification: int
    swap_fee: int
    protocol_share: int = 0
    creator_share: int = 0

    def __post_init__(self) -> None:
        errors = param_errors(self)
        if errors:
            raise SpecError(errors)

    @classmethod
    def weighted(
        cls, tokens: Sequence[Token], weights: Sequence[int], *, swap_fee: int,
        protocol_share: int = 0, creator_share: int = 0, name: str = "", symbol: str = "",
    ) -> Self:  # fmt: skip
        """Build a weighted pool; `weights` are WAD integers that sum to WAD.

        >>> half = 5 * 10**17
        >>> tokens = [Token("WETH", 18), Token("USDC", 6)]
        >>> pool = PoolParams.weighted(tokens, [half, half], swap_fee=3 * 10**15)
        >>> pool.index("USDC")
        1
        """
        named = _named(name, symbol, tokens)
        return cls(
            *named, Kind.WEIGHTED, tuple(tokens), tuple(weights), 0, swap_fee, protocol_share, creator_share
        )

    @classmethod
    def stable(
        cls, tokens: Sequence[Token], amplification: int, *, swap_fee: int,
        protocol_share: int = 0, creator_share: int = 0, name: str = "", symbol: str = "",
    ) -> Self:  # fmt: skip
        """Build a stable pool; `amplification` is A times 1,000, Curve's convention (Ann = A * n).

        >>> pool = PoolParams.stable([Token("DAI", 18), Token("USDC", 6)], 200_000, swap_fee=4 * 10**14)
        >>> pool.kind.value
        'stable'
        """
        named = _named(name, symbol, tokens)
        return cls(
            *named, Kind.STABLE, tuple(tokens), (), amplification, swap_fee, protocol_share, creator_share
        )

    @classmethod
    def constant_product(
        cls, tokens: Sequence[Token], *, swap_fee: int,
        protocol_share: int = 0, creator_share: int = 0, name: str = "", symbol: str = "",
    ) -> Self:  # fmt: skip
        """Build a constant product pool: the geometric mean of the balances never falls.

        >>> pool = PoolParams.constant_product([Token("WETH", 18), Token("USDC", 6)], swap_fee=3 * 10**15)
        >>> len(pool.tokens), pool.weights
        (2, ())
        """
        named = _named(name, symbol, tokens)
        return cls(
            *named, Kind.CONSTANT_PRODUCT, tuple(tokens), (), 0, swap_fee, protocol_share, creator_share
        )

    @property
    def hash(self) -> str:
        """Return the SHA-256 (hex) of the canonical JSON; the same in every version of the package."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def index(self, token: int | str) -> int:
        """Return the position of a token given by position or symbol; KeyError or IndexError otherwise."""
        if isinstance(token, int):
            if not 0 <= token < len(self.tokens):
                raise IndexError(f"token {token}: the pool has tokens 0 to {len(self.tokens) - 1}")
            return token
        for position, own in enumerate(self.tokens):
            if own.symbol == token:
                return position
        known = ", ".join(own.symbol for own in self.tokens)
        raise KeyError(f"token {token!r} is not in the pool; it holds {known}")

    def to_json(self) -> str:
        """Return canonical JSON: sorted keys, no spaces, big integers as strings, defaults left out."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form as a dictionary.

        Optional values at their default are left out, so that a field added later changes no hash.
        """
        data: dict[str, Any] = {
            "format": FORMAT,
            "kind": self.kind.value,
            "name": self.name,
            "swap_fee": str(self.swap_fee),
            "symbol": self.symbol,
            "tokens": [_token_to_dict(token) for token in self.tokens],
        }
        optional = {
            "weights": [str(weight) for weight in self.weights],
            "amplification": str(self.amplification) if self.amplification else "",
            "protocol_share": str(self.protocol_share) if self.protocol_share else "",
            "creator_share": str(self.creator_share) if self.creator_share else "",
        }
        return data | {key: value for key, value in optional.items() if value}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; SpecError when it is something else."""
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise ValueError(f"format {data['format']} is not {FORMAT}")
            return cls(
                name=data["name"],
                symbol=data["symbol"],
                kind=Kind(data["kind"]),
                tokens=tuple(_token_from_dict(token) for token in data["tokens"]),
                weights=tuple(int(weight) for weight in data.get("weights", [])),
                amplification=int(data.get("amplification", 0)),
                swap_fee=int(data["swap_fee"]),
                protocol_share=int(data.get("protocol_share", 0)),
                creator_share=int(data.get("creator_share", 0)),
            )
        except (KeyError, TypeError, ValueError) as error:
            reason = f"missing {error}" if isinstance(error, KeyError) else str(error)
            raise SpecError([
                Finding("params-json", "PoolParams", "", f"This is not the JSON of a pool: {reason}.",
                        "Give the text that PoolParams.to_json() returned.")
            ]) from error  # fmt: skip


def _token_to_dict(token: Token) -> dict[str, Any]:
    """Return a token's JSON form; addresses in lower case, so that their spelling changes no hash."""
    data: dict[str, Any] = {"decimals": token.decimals, "symbol": token.symbol}
    if token.address is not None:
        data["address"] = token.address.lower()
    if token.rate != WAD:
        data["rate"] = str(token.rate)
    if token.peg is not None:
        data["peg"] = token.peg
    if token.rate_provider is not None:
        data["rate_provider"] = token.rate_provider.lower()
    return data


def _token_from_dict(data: dict[str, Any]) -> Token:
    """Read a token's JSON form."""
    return Token(
        symbol=data["symbol"],
        decimals=data["decimals"],
        address=data.get("address"),
        rate=int(data.get("rate", WAD)),
        peg=data.get("peg"),
        rate_provider=data.get("rate_provider"),
    )


def _named(name: str, symbol: str, tokens: Sequence[Token]) -> tuple[str, str]:
    """Fill an empty name or symbol of the share token from the assets."""
    assets = "-".join(str(token.symbol) for token in tokens)
    return name or f"Poolwright {assets}", symbol or f"PW-{assets}"
