"""What differs between two pools, in words: what was written, what is written, what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Final

from poolwright.spec.governance import MEANINGS
from poolwright.spec.kind import Kind
from poolwright.spec.schema import PoolSpec, TokenSpec
from poolwright.spec.writing import written
from poolwright.units import format_number, format_percent


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `fixed` says that a running pool cannot make this change."""

    key: str
    before: str
    after: str
    meaning: str
    fixed: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name, for JSON."""
        return asdict(self)


def diff_specs(before: PoolSpec, after: PoolSpec) -> list[Change]:
    """Return every difference between two pools, most consequential first."""
    return [
        *_pool(before, after),
        *_assets(before, after),
        *_fees(before, after),
        *_withdrawal(before, after),
        *_amplification(before, after),
        *_keys(before, after),
        *_tokens(before, after),
        *_names(before, after),
    ]


def _pool(before: PoolSpec, after: PoolSpec) -> Iterator[Change]:
    a, b = before.pool.kind, after.pool.kind
    if a is not b:
        yield Change("pool.kind", a.value, b.value, "Every price follows another curve.", True)


def _assets(before: PoolSpec, after: PoolSpec) -> Iterator[Change]:
    """Compare the lists of assets."""
    a, b = ([token.symbol for token in spec.tokens] for spec in (before, after))
    if a == b:
        return
    gone, come = ([each for each in old if each not in new] for old, new in ((a, b), (b, a)))
    parts = [f"{verb}: {', '.join(names)}." for verb, names in (("Removed", gone), ("Added", come)) if names]
    meaning = " ".join(parts) or "Only the order changes, but a call by index would trade the wrong asset."
    yield Change("tokens", ", ".join(a), ", ".join(b), meaning, True)


def _fees(before: PoolSpec, after: PoolSpec) -> Iterator[Change]:
    """Compare the fee and who gets it."""
    a, b = before.fees, after.fees
    if a.swap != b.swap:
        up = b.swap > a.swap
        ratio = f", {_times(b.swap / a.swap)} as much" if a.swap > 0 and b.swap > 0 else ""
        meaning = f"Each trade pays {_points(abs(b.swap - a.swap))} of its amount in " + (
            f"more{ratio}: providers earn more per trade, volume falls, prices stray further from the market."
            if up
            else f"less{ratio}: providers earn less per trade, volume grows, prices follow the market closer."
        )
        yield Change("fees.swap", format_percent(a.swap), format_percent(b.swap), meaning)
    parties = {
        "protocol_share": "protocol",
        "creator_share": "pool's creator",
        "integrator_share": "integrator",
    }
    for name, whose in parties.items():
        old, new = getattr(a, name), getattr(b, name)
        if old != new:
            kept_before, kept = (1 - sum(getattr(fees, each) for each in parties) for fees in (a, b))
            meaning = (
                f"The {whose} takes {'more' if new > old else 'less'} of the fee; providers keep "
                f"{_points(kept)} of it, before {_points(kept_before)}."
            )
            yield Change(f"fees.{name}", format_percent(old, 0), format_percent(new, 0), meaning)


def _withdrawal(before: PoolSpec, after: PoolSpec) -> Iterator[Change]:
    """Compare what leaving costs, which no pool can change."""
    a, b = before.fees.withdrawal, after.fees.withdrawal
    if a != b:
        meaning = (
            f"Leaving costs {_points(abs(b - a))} of the shares {'more' if b > a else 'less'}; "
            "it stays with those who remain."
        )
        yield Change("fees.withdrawal", format_percent(a), format_percent(b), meaning, True)


# What a key of these tables does, for those whose change needs no arithmetic to tell.
_POLICY: Final[dict[str, str]] = {
    "policy": "The fee follows something else.",
    "least": "The cheapest trade pays another fee.",
    "most": "The dearest trade pays another fee.",
    "slope": "The fee answers more or less strongly.",
    "tier_source": "Tiers are measured by something else.",
    "tier_threshold": "Tiers begin elsewhere.",
}
_ORACLE: Final[dict[str, str]] = {
    "half_life": "Averages follow prices, and fees volatility, at another pace."
}
_RIGHTS: Final[dict[str, str]] = {
    **{name: f"Changes whether and how soon the manager may {what}." for name, what in MEANINGS.items()},
    "highest_fee": "Bounds every fee that may ever be set.",
    "only_loosens": "Says whether the guard may be tightened.",
}
_GUARD: Final[dict[str, str]] = dict.fromkeys(
    ("max_shares", "max_shares_per_account", "listed_only"), "Bounds deposits at launch in another way."
)


def _keys(before: PoolSpec, after: PoolSpec) -> Iterator[Change]:
    """Compare the fee policy, the oracle, the manager's rights and the guard; rights and oracle are for good."""
    for table, meanings, fixed in (
        ("fees", _POLICY, False), ("oracle", _ORACLE, True), ("rights", _RIGHTS, True), ("guard", _GUARD, False),
    ):  # fmt: skip
        a, b = getattr(before, table), getattr(after, table)
        for name, meaning in meanings.items():
            old, new = getattr(a, name), getattr(b, name)
            if old != new:
                yield Change(f"{table}.{name}", _plain(name, old), _plain(name, new), meaning, fixed)


def _amplification(before: PoolSpec, after: PoolSpec) -> Iterator[Change]:
    """Compare the curves of two stable pools."""
    if before.pool.kind is not Kind.STABLE or after.pool.kind is not Kind.STABLE:
        return
    if before.stable is None or after.stable is None:  # for the type checker: a stable pool has the table
        return
    a, b = before.stable.amplification, after.stable.amplification
    if a != b:
        meaning = (
            "Prices stay near par for longer, and the pool loses more when an asset loses its peg."
            if b > a
            else "Prices leave par sooner, and the pool loses less when an asset loses its peg."
        )
        yield Change("stable.amplification", format_number(a), format_number(b), meaning)


def _tokens(before: PoolSpec, after: PoolSpec) -> Iterator[Change]:
    """Compare the assets that both pools have."""
    others = {token.symbol: token for token in after.tokens}
    for token in before.tokens:
        if token.symbol in others:
            yield from _token(token, others[token.symbol])


def _token(a: TokenSpec, b: TokenSpec) -> Iterator[Change]:
    """Compare one asset."""
    key, symbol = f"tokens.{a.symbol}", a.symbol
    yield from _weight(f"{key}.weight", symbol, a.weight, b.weight)
    units = f"Amounts of {symbol} are counted in other units."
    source = f"The rate of {symbol} comes from another source; who controls it moves the price."
    facts = [
        ("decimals", a.places, b.places, units, True),
        ("address", _address(a.address), _address(b.address), f"{symbol} is another contract.", True),
        ("rate_provider", _address(a.rate_provider), _address(b.rate_provider), source, True),
        (
            "rate_max_age",
            *_limits(a, b, "rate_max_age"),
            f"{symbol} is frozen by reports of another age.",
            True,
        ),
        (
            "rate_max_move",
            *_limits(a, b, "rate_max_move"),
            f"The rate of {symbol} is followed at another pace.",
            True,
        ),
        ("peg", a.follows, b.follows, "Concerns the checks only; the pool trades as before.", False),
    ]
    for name, old, new, meaning, fixed in facts:
        if old != new:
            yield Change(f"{key}.{name}", _text(old), _text(new), meaning, fixed)
    if a.rate != b.rate:
        meaning = f"The pool values one {symbol} {_relative(b.rate / a.rate)}."
        yield Change(f"{key}.rate", format_number(a.rate), format_number(b.rate), meaning)
    yield from _balance(f"{key}.balance", symbol, a.balance, b.balance)
    if a.price_hint != b.price_hint:
        meaning = "Concerns the check of the first balances only."
        yield Change(f"{key}.price_hint", _amount(a.price_hint), _amount(b.price_hint), meaning)


def _limits(a: TokenSpec, b: TokenSpec, name: str) -> tuple[str, str]:
    return _plain(name, getattr(a, name)), _plain(name, getattr(b, name))


def _plain(name: str, value: object) -> str:
    """Write a value as pool.toml does, without quotes."""
    return written(name, value).strip('"')


def _weight(key: str, symbol: str, a: Fraction | None, b: Fraction | None) -> Iterator[Change]:
    """Compare the weights of one asset; a change of kind says the rest."""
    if a is None or b is None or a == b:
        return
    moves, exposed = ("moves into", "more") if b > a else ("leaves", "less")
    meaning = (
        f"{_points(abs(b - a))} of the pool's value {moves} {symbol}: "
        f"providers are {exposed} exposed to its price."
    )
    yield Change(key, format_percent(a, 0), format_percent(b, 0), meaning)


def _balance(key: str, symbol: str, a: Fraction | None, b: Fraction | None) -> Iterator[Change]:
    """Compare the first balances of one asset."""
    if a == b:
        return
    if a and b:
        meaning = f"The pool starts with {_relative(b / a)} {symbol}."
    else:
        meaning = f"The file {'now says' if b else 'no longer says'} how much {symbol} the pool starts with."
    yield Change(key, _amount(a), _amount(b), meaning)


def _names(before: PoolSpec, after: PoolSpec) -> Iterator[Change]:
    """Compare how the share token is called."""
    for name in ("name", "symbol"):
        a, b = getattr(before.pool, name), getattr(after.pool, name)
        if a != b:
            meaning = f"The share token gets another {name}; nothing else depends on it."
            yield Change(f"pool.{name}", _text(a), _text(b), meaning)


def _address(text: str | None) -> str | None:
    return text.lower() if text else None


def _text(value: object) -> str:
    return "-" if value is None else str(value)


def _amount(value: Fraction | None) -> str:
    return "-" if value is None else format_number(value)


def _points(share: Fraction) -> str:
    """Write a share of one for reading, to 0.0001 %."""
    return format_percent(Fraction(round(share * 1_000_000), 1_000_000), 0)


def _times(ratio: Fraction) -> str:
    return f"{format_number(Fraction(round(ratio * 100), 100))} times"


def _relative(ratio: Fraction) -> str:
    """Say how much more or less: "12.5 % more"."""
    return f"{_points(abs(ratio - 1))} {'more' if ratio > 1 else 'less'}"
