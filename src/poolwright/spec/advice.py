"""Checks on the meaning of a pool.toml: pegs, rates, starting values, keys of another kind.

Thresholds here are advice about markets, not limits of the contracts; those are in `bounds`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from poolwright.errors import Finding
from poolwright.spec.faults import Findings
from poolwright.spec.tokens import KNOWN_TOKENS
from poolwright.units import format_number, format_percent, format_units

if TYPE_CHECKING:
    from poolwright.spec.schema import PoolSpec

# A starting value this far from its weight is worth an arbitrageur's gas at any size that matters.
VALUE_TOLERANCE: Final[Fraction] = Fraction(2, 100)
# A peg that is off by this much at launch is no peg to build on.
PEG_TOLERANCE: Final[Fraction] = Fraction(2, 100)


def finer_than(key: str, value: Fraction, decimals: int) -> Findings:
    """Refuse what the contracts' integers cannot hold exactly."""
    if (value * 10**decimals).denominator != 1:
        step = format_units(1, decimals)
        yield Finding(
            "too-fine", key, format_number(value),
            f"The contracts hold this in steps of {step}; rounding it would change what you asked for.",
            f"Write at most {decimals} decimal places.",
        )  # fmt: skip


def foreign_weights(spec: PoolSpec) -> Findings:
    """Refuse weights where they have no effect."""
    for i, token in enumerate(spec.tokens):
        if token.weight is not None:
            yield Finding(
                "weight-foreign", f"tokens[{i}].weight", format_number(token.weight),
                f"A {spec.pool.kind} pool has no weights: {token.symbol} would not get this share.",
                'Remove the weight, or write kind = "weighted".',
            )  # fmt: skip


def foreign_amplification(spec: PoolSpec) -> Findings:
    """Refuse an amplification where it has no effect."""
    if spec.stable is not None:
        yield Finding(
            "stable-foreign", "stable", "",
            f"A {spec.pool.kind} pool has no amplification: its price curve would not be the one expected.",
            'Remove the table [stable], or write kind = "stable".',
        )  # fmt: skip


def rates_without_effect(spec: PoolSpec) -> Findings:
    """Warn of rates in kinds whose prices do not depend on them."""
    for i, token in enumerate(spec.tokens):
        for field, given in (("rate", token.rate != 1), ("rate_provider", token.rate_provider is not None)):
            if given:
                yield Finding(
                    "rate-without-effect", f"tokens[{i}].{field}", "",
                    f"The rate of {token.symbol} cancels out in a {spec.pool.kind} pool: prices follow "
                    "the balances alone, so the rate promises a protection that is not there.",
                    "Remove it; arbitrage moves the balances as the token earns.", "warning",
                )  # fmt: skip


def pegged_together(spec: PoolSpec) -> Findings:
    """Warn of two assets that follow the same thing outside a stable pool."""
    groups: dict[str, list[int]] = defaultdict(list)
    symbols = [token.symbol for token in spec.tokens]
    for i, token in enumerate(spec.tokens):
        if token.follows is not None and token.symbol not in symbols[:i]:  # a duplicate has its own error
            groups[token.follows].append(i)
    for peg, members in groups.items():
        if len(members) > 1:
            names = " and ".join(spec.tokens[i].symbol for i in members)
            yield Finding(
                "pegged-pair", f"tokens[{members[1]}].symbol", "",
                f"{names} all follow {peg}: a {spec.pool.kind} pool quotes trades between them far from par, "
                "so it earns little from them and is drained into the one that fails.",
                f"Keep one of them, or hold them through a stable pool; if {spec.tokens[members[1]].symbol} "
                'follows something else, say so with peg = "...".', "warning",
            )  # fmt: skip


def unpegged(spec: PoolSpec) -> Findings:
    """Find assets of a stable pool that do not follow what the others follow."""
    pegs = [token.follows for token in spec.tokens]
    named = [peg for peg in pegs if peg is not None]
    common = max(named, key=named.count) if named else None
    for i, (token, peg) in enumerate(zip(spec.tokens, pegs, strict=True)):
        if peg is None:
            yield Finding(
                "peg-unknown", f"tokens[{i}].symbol", "",
                f"Nothing says what {token.symbol} follows; a stable pool sells every asset near par, "
                "so a free price empties it of the good ones.",
                f'Add peg = "{common or "USD"}" if that is what it follows, else write kind = "weighted".',
                "warning",
            )  # fmt: skip
        elif peg != common:
            rated = token.rate != 1 or token.rate_provider is not None
            yield Finding(
                "peg-different", f"tokens[{i}].{'peg' if token.peg else 'symbol'}", "",
                f"{token.symbol} follows {peg}, the others {common}: the pool would trade one for the other "
                "near par, and lose the dearer one at once.",
                "A rate provider must follow the exchange rate at all times; if none does, write "
                'kind = "weighted".' if rated
                else f'Write kind = "weighted", or give {token.symbol} a rate_provider in units of {common}.',
                "warning" if rated else "error",
            )  # fmt: skip


def accruing_without_rate(spec: PoolSpec) -> Findings:
    """Warn of tokens that earn, where the pool is not told so."""
    for i, token in enumerate(spec.tokens):
        known = KNOWN_TOKENS.get(token.symbol)
        if known and known.accrues and token.rate == 1 and token.rate_provider is None:
            yield Finding(
                "rate-missing", f"tokens[{i}].rate", "",
                f"{token.symbol} earns, so it is worth more than one {known.peg} and ever more; at rate 1 "
                "the pool sells it too cheap, and arbitrage takes what it earned.",
                f"Add a rate_provider, and rate = what one {token.symbol} is worth in {known.peg} today.",
                "warning",
            )  # fmt: skip


def rate_moves(spec: PoolSpec) -> Findings:
    """Warn of rates that move by more in a block than a trade pays, and of limits that bind no provider."""
    for i, token in enumerate(spec.tokens):
        if token.rate_provider is None:
            for name in ("rate_max_age", "rate_max_move"):
                if getattr(token, name) != type(token).model_fields[name].default:
                    yield Finding(
                        "rate-limit-foreign", f"tokens[{i}].{name}", "",
                        f"{token.symbol} has no rate provider, so nothing is limited.",
                        "Remove it, or add the rate_provider.", "warning",
                    )  # fmt: skip
        elif 2 * spec.fees.swap < token.rate_max_move <= 1:
            yield Finding(
                "rate-move-large", f"tokens[{i}].rate_max_move", format_percent(token.rate_max_move),
                "One block can move the rate by more than a trade pays there and back: who sees the report coming "
                "takes the difference from the providers.",
                f'Write at most twice the fee, "{format_number(spec.fees.swap * 200)}%".', "warning",
            )  # fmt: skip


def price_off_rate(spec: PoolSpec) -> Findings:
    """Warn of price hints that contradict the rates of a stable pool."""
    priced = [token.price_hint / token.rate for token in spec.tokens if token.price_hint and token.rate > 0]
    if len(priced) < len(spec.tokens) or not priced:
        return
    middle = sorted(priced)[len(priced) // 2]
    for i, token in enumerate(spec.tokens):
        gap = priced[i] / middle - 1
        if abs(gap) > PEG_TOLERANCE:
            yield Finding(
                "price-off-rate", f"tokens[{i}].price_hint", "",
                f"At this price {token.symbol} is {_about(abs(gap))} {'above' if gap > 0 else 'below'} "
                "the value that its rate claims; the pool would trade it at the rate.",
                "Correct the price or the rate; leave out an asset that has lost its peg.", "warning",
            )  # fmt: skip


def starting_value(spec: PoolSpec, shares: Sequence[Fraction]) -> Findings:
    """Warn when the first balances, at the hinted prices, are not worth what the pool's prices assume."""
    nothing = Fraction(0)
    values = [(token.balance or nothing) * (token.price_hint or nothing) for token in spec.tokens]
    total, whole = sum(values, nothing), sum(shares, nothing)
    if not all(values) or min(values) <= 0 or whole <= 0:
        return
    for i, (token, value) in enumerate(zip(spec.tokens, values, strict=True)):
        share = shares[i] / whole
        actual = value / total
        if share > 0 and abs(actual / share - 1) > VALUE_TOLERANCE and token.price_hint:
            fair = total * share / token.price_hint
            yield Finding(
                "starting-value", f"tokens[{i}].balance", "",
                f"{token.symbol} starts with {_about(actual)} of the value where its share is "
                f"{_about(share)}: the pool opens at a wrong price, and arbitrage keeps the difference.",
                f"For the same total value write balance = {_digits(fair)}.", "warning",
            )  # fmt: skip


def _about(share: Fraction) -> str:
    """Write a share as a percentage for reading."""
    return format_percent(Fraction(round(share * 10_000), 10_000))


def _digits(amount: Fraction) -> str:
    """Write an amount with six significant places, enough for a starting balance."""
    places = 6
    while places < 18 and amount * 10**places < 100_000:
        places += 1
    return format_units(round(amount * 10**places), places)
