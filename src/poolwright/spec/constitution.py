"""A pool's constitution: the words that follow the code of its share token, packed from PoolParams.

The layout is that of contracts/maths/constitution.vy; tests unpack every word with its generated twin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from poolwright.errors import Finding, SpecError
from poolwright.spec import faults
from poolwright.spec.bounds import BASIS_POINTS, WAD
from poolwright.spec.fee_policy import Policy, TierSource
from poolwright.spec.governance import FEE_STEP, Guard
from poolwright.spec.kind import Kind

if TYPE_CHECKING:
    from poolwright.spec.params import PoolParams, Token

NUMBERS: Final[dict[Kind, int]] = {Kind.WEIGHTED: 1, Kind.CONSTANT_PRODUCT: 2, Kind.STABLE: 3}
# Every point at which a module may be called.
ALL_POINTS: Final[int] = 2**8 - 1
# Tiers are measured in units of 10^9, caps in 2^16.
TIER_STEP: Final[int] = 10**9
# The withdrawal fee's step, WAD.
BASIS_POINT: Final[int] = WAD // BASIS_POINTS
CAP_BITS: Final[int] = 16


def pack(*fields: tuple[int, int]) -> int:
    """Return a word from (value, width in bits) pairs, lowest first; OverflowError where a value does not fit.

    >>> hex(pack((1, 8), (2, 8)))
    '0x201'
    """
    word = at = 0
    for value, width in fields:
        if not 0 <= value < 1 << width:
            raise OverflowError(f"{value} does not fit {width} bits")
        word, at = word | value << at, at + width
    return word


def constitution_words(
    params: PoolParams, kind_address: str, tokens: Sequence[str] = (), providers: Sequence[str | None] = ()
) -> tuple[int, ...]:
    """Return HEADER, TERMS, SPLIT, a word per asset, RIGHTS and, for a rated pool, a RATE word per asset.

    `tokens` and `providers` replace the addresses in `params`. SpecError where a token has no address.
    """
    providers = providers or [token.rate_provider for token in params.tokens]
    # Weighted and constant product pools know no rates: they cancel out.
    rates_matter = any(provider is not None for provider in providers) or any(
        t.rate != WAD for t in params.tokens
    )
    rated = params.kind is Kind.STABLE and rates_matter
    head = (_header(params, rated, kind_address), terms_word(params), split_word(params))
    sources = zip(params.tokens, providers, strict=True)
    rates = tuple(_rate(token, provider) for token, provider in sources) if rated else ()
    return (*head, *_records(params, tokens), rights_word(params), *rates)


def _header(params: PoolParams, rated: bool, kind_address: str) -> int:
    points = 0 if params.rights.module is None else ALL_POINTS
    withdrawal = params.withdrawal_fee // BASIS_POINT
    return pack(
        (len(params.tokens), 8), (NUMBERS[params.kind], 8), (int(rated), 1), (withdrawal, 7), (points, 16),
        (params.half_life, 24), (params.amplification, 32), (int(kind_address, 16), 160),
    )  # fmt: skip


def terms_word(params: PoolParams) -> int:
    """Return the fees of a pool at its creation as TERMS."""
    policy = params.fee_policy
    least, most = policy.range(params.swap_fee)
    number = list(Policy).index(policy.policy)
    return pack((params.swap_fee, 60), (least, 60), (most, 60), (policy.slope, 64), (number, 4))


def split_word(params: PoolParams) -> int:
    """Return the parts of the fee, and what a tiered fee measures, as SPLIT."""
    policy = params.fee_policy
    return pack(
        (params.protocol_share, 60), (params.creator_share, 60), (params.integrator_share, 60),
        (list(TierSource).index(policy.tier_source), 8), (policy.tier_threshold // TIER_STEP, 64),
    )  # fmt: skip


def rights_word(params: PoolParams) -> int:
    """Return what the manager may ever do as RIGHTS; the highest fee is never below the fees at creation."""
    rights = params.rights
    most = rights.highest_fee or params.fee_policy.range(params.swap_fee)[1]
    delays = rights.delays.values()
    fields = [part for delay in delays for part in ((int(delay is not None), 1), (delay or 0, 24))]
    return pack(*fields, (-(-most // FEE_STEP), 28), (int(rights.only_loosens), 1))


def guard_word(guard: Guard) -> int:
    """Return the guard of a launch as the Vault stores it; 0 where it bounds nothing. Caps are rounded down."""
    if not guard.active:
        return 0
    caps = [
        (cap >> CAP_BITS if cap else 2**112 - 1) for cap in (guard.max_shares, guard.max_shares_per_account)
    ]
    return pack((caps[0], 112), (caps[1], 112), (int(guard.listed_only), 1))


def _records(params: PoolParams, tokens: Sequence[str]) -> list[int]:
    """Return ASSET words; a kind without weights gives each asset weight 1, or an equal part in a stable pool."""
    given: Sequence[str | None] = tokens or [token.address for token in params.tokens]
    weights = params.weights or (1,) * len(params.tokens)
    words = []
    for position, (token, address, weight) in enumerate(zip(params.tokens, given, weights, strict=True)):
        if address is None:
            raise SpecError([
                Finding("address-missing", f"tokens[{position}].address", "",
                        f"{token.symbol} has no address: a pool on chain holds contracts, not names.",
                        "Give the address in pool.toml, or pass the addresses of all tokens.")
            ])  # fmt: skip
        words.append(pack((int(address, 16), 160), (token.decimals, 8), (weight, 60)))
    return words


def _rate(token: Token, provider: str | None) -> int:
    """Return a RATE word: the rate itself for an asset whose rate never moves."""
    if provider is None:
        return token.rate
    return pack((int(provider, 16), 160), (token.rate_max_age, 32), (token.rate_max_move, 60))


def constitution_text(words: Sequence[int], name: str, symbol: str) -> bytes:
    """Return what the Vault's create_pool takes: the words, then name and symbol, a length byte before each.

    SpecError where the share token cannot hold a text.
    """
    found = [*faults.texts(["name", "symbol"], [name, symbol])]
    if found:
        raise SpecError(found)
    texts = [text.encode() for text in (name, symbol)]
    return b"".join(
        [*(word.to_bytes(32, "big") for word in words), *(bytes([len(text)]) + text for text in texts)]
    )
