"""PoolParams: what a pool is, in integers; the one type that everything after pool.toml starts from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Self

from poolwright.errors import Finding, SpecError
from poolwright.spec import bounds, faults
from poolwright.spec.bounds import WAD
from poolwright.spec.kind import Kind

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
        errors = [fault for fault in _type_faults(self) or _faults(self) if fault.severity == "error"]
        if errors:
            raise SpecError(errors)

    @classmethod
    def weighted(
        cls, tokens: Sequence[Token], weights: Sequence[int], *, swap_fee: int,
        protocol_share: int = 0, creator_share: int = 0, name: str = "", symbol: str = "",
    ) -> Self:  # fmt: skip
        """Build a weighted pool; `weights` are WAD integers that sum to WAD.

        >>> half = 5 * 10**17
        >>> pool = PoolParams.weighted([Token("WETH", 18), Token("USDC", 6)], [half, half], swap_fee=3 * 10**15)
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


def _type_faults(params: PoolParams) -> list[Finding]:
    """Find values of the wrong type: a float or a boolean would pass the range checks and break the maths."""
    whole: list[tuple[str, object]] = [
        ("amplification", params.amplification),
        ("swap_fee", params.swap_fee),
        ("protocol_share", params.protocol_share),
        ("creator_share", params.creator_share),
    ]
    whole += [(f"weights[{i}]", weight) for i, weight in enumerate(params.weights)]
    for i, token in enumerate(params.tokens):
        whole += [(f"tokens[{i}].decimals", token.decimals), (f"tokens[{i}].rate", token.rate)]
    return [
        Finding(
            "type", key, repr(value), f"This is a {type(value).__name__}; the contracts hold integers only.",
            'Convert it exactly first, for example with poolwright.units.to_wad("0.003").',
        )
        for key, value in whole if type(value) is not int
    ]  # fmt: skip


def _faults(params: PoolParams) -> list[Finding]:
    """Find every value that the contracts would refuse."""
    tokens, fraction = params.tokens, faults.wad_fraction
    found = [
        *faults.asset_count("tokens", params.kind, len(tokens)),
        *faults.symbols(_keys(tokens, "symbol"), [token.symbol for token in tokens]),
        *faults.addresses(_keys(tokens, "address"), [token.address for token in tokens]),
        *faults.swap_fee("swap_fee", fraction(params.swap_fee)),
        *faults.fee_share("protocol_share", "protocol", fraction(params.protocol_share), bounds.MAX_PROTOCOL_SHARE),
        *faults.fee_share("creator_share", "creator", fraction(params.creator_share), bounds.MAX_CREATOR_SHARE),
        *faults.fee_split("creator_share", fraction(params.protocol_share), fraction(params.creator_share)),
    ]
    for i, token in enumerate(tokens):
        found += faults.decimals(f"tokens[{i}].decimals", token.symbol, token.decimals)
        found += faults.rate(f"tokens[{i}].rate", token.symbol, fraction(token.rate))
        for field, text in (("address", token.address), ("rate_provider", token.rate_provider)):
            if text is not None:
                found += faults.address(f"tokens[{i}].{field}", token.symbol, text)
    return found + list(_KIND_FAULTS[params.kind](params)) + list(_foreign(params))


def _keys(tokens: Sequence[Token], field: str) -> list[str]:
    """Name one field of every token."""
    return [f"tokens[{i}].{field}" for i in range(len(tokens))]


def _weighted_faults(params: PoolParams) -> Iterator[Finding]:
    """Find faults in the weights."""
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


def _stable_faults(params: PoolParams) -> Iterator[Finding]:
    """Find faults in the amplification."""
    value = Fraction(params.amplification, bounds.AMPLIFICATION_PRECISION)
    yield from faults.amplification("amplification", value)


def _foreign(params: PoolParams) -> Iterator[Finding]:
    """Find values that belong to another kind; the hash must not depend on what has no effect."""
    if params.weights and params.kind is not Kind.WEIGHTED:
        yield Finding(
            "weights-foreign", "weights", str(len(params.weights)),
            f"A {params.kind} pool has no weights; they would have no effect.", "Leave them out.",
        )  # fmt: skip
    if params.amplification and params.kind is not Kind.STABLE:
        yield Finding(
            "amplification-foreign", "amplification", str(params.amplification),
            f"A {params.kind} pool has no amplification; it would have no effect.", "Write 0.",
        )  # fmt: skip


_KIND_FAULTS: Final[dict[Kind, Callable[[PoolParams], Iterator[Finding]]]] = {
    Kind.WEIGHTED: _weighted_faults,
    Kind.STABLE: _stable_faults,
    Kind.CONSTANT_PRODUCT: lambda params: iter(()),
}
