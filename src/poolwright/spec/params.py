"""PoolParams: what a pool is, in integers; the one type that everything after pool.toml starts from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from poolwright.errors import Finding, SpecError
from poolwright.spec.bounds import WAD
from poolwright.spec.constitution import constitution_text, constitution_words
from poolwright.spec.faults import MAX_TEXT
from poolwright.spec.fee_policy import FLAT, FeePolicy
from poolwright.spec.governance import DAY, NO_RIGHTS, OPEN, Guard, Rights
from poolwright.spec.json_form import plain, read
from poolwright.spec.kind import Kind
from poolwright.spec.param_errors import param_errors

__all__ = ["Kind", "PoolParams", "Token"]

FORMAT: Final[int] = 1
# As the contracts have it where pool.toml says nothing: seconds, seconds, WAD per block.
HALF_LIFE: Final[int] = 600
RATE_MAX_AGE: Final[int] = DAY
RATE_MAX_MOVE: Final[int] = 4 * 10**14


@dataclass(frozen=True, slots=True)
class Token:
    """One asset: `rate` is its worth in the pool's unit (WAD), `peg` what it follows, such as "USD"."""

    symbol: str
    decimals: int
    address: str | None = None
    rate: int = WAD
    peg: str | None = None
    rate_provider: str | None = None
    rate_max_age: int = RATE_MAX_AGE
    rate_max_move: int = RATE_MAX_MOVE


@dataclass(frozen=True, slots=True)
class PoolParams:
    """A pool in integers, checked: fractions are WAD, amplification is A * 1000.

    `withdrawal_fee` is of the shares burned, a multiple of 10**14: the contracts hold whole basis points.
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
    integrator_share: int = 0
    fee_policy: FeePolicy = FLAT
    half_life: int = HALF_LIFE
    rights: Rights = NO_RIGHTS
    guard: Guard = OPEN
    withdrawal_fee: int = 0

    def __post_init__(self) -> None:
        errors = param_errors(self)
        if errors:
            raise SpecError(errors)

    @classmethod
    def weighted(
        cls, tokens: Sequence[Token], weights: Sequence[int], *, swap_fee: int,
        protocol_share: int = 0, creator_share: int = 0, name: str = "", symbol: str = "", **more: Any,
    ) -> Self:  # fmt: skip
        """Build a weighted pool; `weights` are WAD integers that sum to WAD, `more` any other field.

        >>> half = 5 * 10**17
        >>> tokens = [Token("WETH", 18), Token("USDC", 6)]
        >>> pool = PoolParams.weighted(tokens, [half, half], swap_fee=3 * 10**15)
        >>> pool.index("USDC")
        1
        """
        named = share_texts(name, symbol, tokens)
        return cls(
            *named,
            Kind.WEIGHTED,
            tuple(tokens),
            tuple(weights),
            0,
            swap_fee,
            protocol_share,
            creator_share,
            **more,
        )

    @classmethod
    def stable(
        cls, tokens: Sequence[Token], amplification: int, *, swap_fee: int,
        protocol_share: int = 0, creator_share: int = 0, name: str = "", symbol: str = "", **more: Any,
    ) -> Self:  # fmt: skip
        """Build a stable pool; `amplification` is A times 1,000, Curve's convention (Ann = A * n).

        `more` is any other field by name.

        >>> pool = PoolParams.stable([Token("DAI", 18), Token("USDC", 6)], 200_000, swap_fee=4 * 10**14)
        >>> pool.kind.value
        'stable'
        """
        named = share_texts(name, symbol, tokens)
        return cls(
            *named,
            Kind.STABLE,
            tuple(tokens),
            (),
            amplification,
            swap_fee,
            protocol_share,
            creator_share,
            **more,
        )

    @classmethod
    def constant_product(
        cls, tokens: Sequence[Token], *, swap_fee: int,
        protocol_share: int = 0, creator_share: int = 0, name: str = "", symbol: str = "", **more: Any,
    ) -> Self:  # fmt: skip
        """Build a constant product pool: the geometric mean of the balances never falls; `more` is any other field.

        >>> pool = PoolParams.constant_product([Token("WETH", 18), Token("USDC", 6)], swap_fee=3 * 10**15)
        >>> len(pool.tokens), pool.weights
        (2, ())
        """
        named = share_texts(name, symbol, tokens)
        return cls(
            *named,
            Kind.CONSTANT_PRODUCT,
            tuple(tokens),
            (),
            0,
            swap_fee,
            protocol_share,
            creator_share,
            **more,
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

    def constitution(
        self, kind_address: str, tokens: Sequence[str] = (), providers: Sequence[str | None] = ()
    ) -> tuple[int, ...]:
        """Return the words that a pool is created with; `tokens` and `providers` replace the addresses here.

        Layout: contracts/maths/constitution.vy. SpecError where a token has no address.
        """
        return constitution_words(self, kind_address, tokens, providers)

    def constitution_text(
        self, kind_address: str, tokens: Sequence[str] = (), providers: Sequence[str | None] = ()
    ) -> bytes:
        """Return the same as the bytes that the Vault's create_pool takes, with name and symbol."""
        return constitution_text(self.constitution(kind_address, tokens, providers), self.name, self.symbol)

    def to_json(self) -> str:
        """Return canonical JSON: sorted keys, no spaces, big integers as strings, defaults left out."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form as a dictionary.

        Optional values at their default are left out, so that a field added later changes no hash.
        """
        tokens = [plain(token) for token in self.tokens]
        return plain(self) | {"format": FORMAT, "swap_fee": str(self.swap_fee), "tokens": tokens}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; SpecError when it is something else."""
        try:
            data = json.loads(text)
            if data.pop("format") != FORMAT:
                raise ValueError(f"the format is not {FORMAT}")
            data["kind"] = Kind(data["kind"])
            data["tokens"] = tuple(read(Token, token) for token in data["tokens"])
            data["weights"] = tuple(int(weight) for weight in data.get("weights", []))
            data.setdefault("amplification", 0)
            for name, part in (("fee_policy", FeePolicy), ("rights", Rights), ("guard", Guard)):
                data[name] = read(part, data.get(name, {}))
            return read(cls, data)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            reason = f"missing {error}" if isinstance(error, KeyError) else str(error)
            raise SpecError([
                Finding("params-json", "PoolParams", "", f"This is not the JSON of a pool: {reason}.",
                        "Give the text that PoolParams.to_json() returned.")
            ]) from error  # fmt: skip


def share_texts(name: str, symbol: str, tokens: Sequence[Token]) -> tuple[str, str]:
    """Return name and symbol of the share token; one left out is made from the assets, or from how many they are.

    >>> share_texts("", "", [Token("WETH", 18), Token("DAI", 18)])
    ('Poolwright WETH-DAI', 'PW-WETH-DAI')
    """
    assets = made = "-".join(str(token.symbol) for token in tokens)
    if len(f"Poolwright {assets}".encode()) > MAX_TEXT:
        assets, made = f"{len(tokens)} assets", str(len(tokens))
    return name or f"Poolwright {assets}", symbol or f"PW-{made}"
