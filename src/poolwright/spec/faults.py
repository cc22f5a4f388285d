"""The checks shared by pool.toml and PoolParams: human values in, findings out, bounds from `bounds`.

Each function yields nothing for a sound value. Values are exact fractions in human units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from poolwright.errors import Finding
from poolwright.spec import bounds
from poolwright.spec.kind import Kind
from poolwright.units import format_duration, format_number, format_percent

Findings = Iterator[Finding]

# A half-life that takes more than some minutes to move.
SHORT_HALF_LIFE: Final[int] = 300
# Longest name or symbol of a share token, bytes.
MAX_TEXT: Final[int] = 32

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def wad_fraction(value: int) -> Fraction:
    """Return a WAD integer as the exact fraction that it stands for."""
    return Fraction(value, bounds.WAD)


def asset_count(key: str, kind: Kind, count: int, most: int) -> Findings:
    """Check the number of assets against the kind's range."""
    if count < bounds.MIN_ASSETS:
        yield Finding(
            "asset-count", key, str(count),
            "A pool trades assets against each other; one alone has no market.",
            f"List {bounds.MIN_ASSETS} to {most} assets.",
        )  # fmt: skip
    elif count > most:
        yield Finding(
            "asset-count", key, str(count),
            f"A {kind} pool holds at most {most} assets: the contract would refuse to create it.",
            f"Remove {count - most}, or split the assets over several pools.",
        )  # fmt: skip


def symbols(keys: Sequence[str], names: Sequence[str]) -> Findings:
    """Check that each symbol can name its token and none of the others."""
    seen: dict[str, str] = {}
    for key, name in zip(keys, names, strict=True):
        if not name or not name.isprintable() or any(char.isspace() for char in name) or name.isdecimal():
            yield Finding(
                "symbol-unusable", key, repr(name),
                "A symbol names the token in commands, prices and reports; this one cannot.",
                'Write a symbol without spaces that is not a number, such as "WETH".',
            )  # fmt: skip
        elif name.casefold() in seen:
            yield Finding(
                "symbol-duplicate", key, repr(name),
                f"{name} is listed already ({seen[name.casefold()]}): a pool cannot trade an asset against "
                "itself, and every command that names it would be ambiguous.",
                "Remove one of the two, or give each token its own symbol.",
            )  # fmt: skip
        else:
            seen[name.casefold()] = key


def decimals(key: str, symbol: str, value: int) -> Findings:
    """Check that the contract can scale the token's units."""
    if not 0 <= value <= bounds.MAX_DECIMALS:
        yield Finding(
            "decimals-range", key, str(value),
            f"{symbol} would be scaled by 10^(18 - decimals): "
            f"only 0 to {bounds.MAX_DECIMALS} can be held exactly.",
            "Write the value of the token's decimals() function; wrap a token that has more than 18.",
        )  # fmt: skip


def rate(key: str, symbol: str, value: Fraction) -> Findings:
    """Check a token's rate: its worth in the unit that the pool compares assets in."""
    low, high = wad_fraction(bounds.MIN_RATE), wad_fraction(bounds.MAX_RATE)
    if not low <= value <= high:
        yield Finding(
            "rate-range", key, format_number(value),
            f"The rate values one {symbol} in the pool's unit; outside {format_number(low)} to "
            f"{format_number(high)} rounding would move real money.",
            "Write what one token is worth: 1 for a plain token, 1.21 for one that has earned 21 %.",
        )  # fmt: skip


def address(key: str, symbol: str, text: str) -> Findings:
    """Check the form of an address; whether a contract lives there is for deployment to ask."""
    if not _ADDRESS.fullmatch(text):
        yield Finding(
            "address-form", key, repr(text), f"This is no address, so {symbol} could not be found on chain.",
            "Write 0x and 40 hexadecimal digits.",
        )  # fmt: skip
    elif int(text, 16) == 0:
        yield Finding(
            "address-zero", key, repr(text),
            f"The zero address holds no code: transfers of {symbol} would fail.",
            "Write the address of the contract, or leave the key out.",
        )  # fmt: skip


def addresses(keys: Sequence[str], texts: Sequence[str | None]) -> Findings:
    """Check that no two assets are the same contract."""
    seen: dict[str, str] = {}
    for key, text in zip(keys, texts, strict=True):
        if text is not None and text.lower() in seen:
            yield Finding(
                "address-duplicate", key, repr(text),
                f"This is the address of {seen[text.lower()]} too: "
                "one token counted as two assets can be drained.",
                "Write each token's own address.",
            )  # fmt: skip
        elif text is not None:
            seen[text.lower()] = key


def weight(key: str, symbol: str, value: Fraction) -> Findings:
    """Check one weight against the least weight."""
    least = wad_fraction(bounds.MIN_WEIGHT)
    if value < least:
        yield Finding(
            "weight-small", key, format_number(value),
            f"{symbol} would weigh {format_percent(value)}, below the least weight of "
            f"{format_percent(least, 0)}: a tiny trade would move its price without bound.",
            f"Give {symbol} at least {format_percent(least, 0)}, or leave it out.",
        )  # fmt: skip


def weights_sum(key: str, values: Sequence[Fraction], slack: Fraction = Fraction(0)) -> Findings:
    """Check that the weights are the whole of the pool; `slack` forgives digits that were cut off."""
    total = sum(values, Fraction(0))
    if abs(total - 1) <= slack:
        return
    shares = ", ".join(format_percent(value / total) for value in values) if total > 0 else ""
    if abs(total - 100) <= 100 * slack:
        fix = 'The weights look like percentages: write "50%" or 0.5 instead of 50.'
    elif shares:
        fix = f"Write weights that sum to 1; in the same proportions: {shares}."
    else:
        fix = "Write positive weights that sum to 1."
    yield Finding(
        "weights-sum", key, format_number(total),
        f"The weights sum to {format_number(total)} instead of 1: "
        "every price and share of the pool rests on that sum.",
        fix,
    )  # fmt: skip


def amplification(key: str, value: Fraction) -> Findings:
    """Check A, Curve's convention (Ann = A * n)."""
    low, high = (
        Fraction(bound, bounds.AMPLIFICATION_PRECISION)
        for bound in (bounds.MIN_AMPLIFICATION, bounds.MAX_AMPLIFICATION)
    )
    if not low <= value <= high:
        why = (
            "the pool would price worse than a constant product"
            if value < low
            else "a depegged asset would be bought at nearly full price until the pool holds nothing else"
        )
        yield Finding(
            "amplification-range", key, format_number(value),
            f"The amplification must lie between {format_number(low)} and {format_number(high)}: {why}.",
            "Write 100 to 500 for assets with a firm peg, 10 to 50 for a loose one.",
        )  # fmt: skip


def swap_fee(key: str, value: Fraction) -> Findings:
    """Check the swap fee, a fraction of the amount in."""
    most = wad_fraction(bounds.MAX_SWAP_FEE)
    if value < 0 or value > most:
        if value < 0:
            why, fix = "A negative fee pays traders to drain the pool.", 'Write a fee such as "0.3%".'
        else:
            why = (
                f"A fee of {format_percent(value)} of each trade is above the most allowed, "
                f"{format_percent(most, 0)}: nobody would trade, and prices would go stale."
            )
            meant = f'if you meant {format_number(value)} %, write "{format_number(value)}%"'
            fix = f"{meant[0].upper()}{meant[1:]}." if value <= 10 else 'Write a fee such as "0.3%".'
        yield Finding("fee-range", key, format_number(value), why, fix)
    elif value == 0:
        yield Finding(
            "fee-zero", key, "0",
            "Without a fee the providers bear every loss against arbitrage and earn nothing for it.",
            'Write a fee: "0.04%" is usual for pegged assets, "0.3%" for others.', "warning",
        )  # fmt: skip


def withdrawal_fee(key: str, value: Fraction) -> Findings:
    """Check what leaving costs, a fraction of the shares burned."""
    most = Fraction(bounds.MAX_WITHDRAWAL_FEE, bounds.BASIS_POINTS)
    if not 0 <= value <= most:
        yield Finding(
            "withdrawal-range", key, format_percent(value),
            f"Providers would lose this part of their shares by leaving; the contracts take at most "
            f"{format_percent(most, 0)}, and nobody can change it later.",
            'Leave the key out, or write a fee such as "0.1%".',
        )  # fmt: skip
    elif (value * bounds.BASIS_POINTS).denominator != 1:
        yield Finding(
            "withdrawal-too-fine", key, format_percent(value),
            "The contracts hold this fee in whole basis points; rounding it would change what leaving costs.",
            "Write a multiple of 0.01 %.",
        )  # fmt: skip


def fee_share(key: str, whose: str, value: Fraction, most_wad: int) -> Findings:
    """Check one party's share of the swap fee."""
    most = wad_fraction(most_wad)
    if not 0 <= value <= most:
        yield Finding(
            "fee-share-range", key, format_number(value),
            f"The {whose} may take at most {format_percent(most, 0)} of the fee, and not less than nothing: "
            "the rest belongs to those who bear the risk.",
            f'Write a share of the fee between 0 and "{format_number(most * 100)}%".',
        )  # fmt: skip


def fee_split(key: str, *shares: Fraction) -> Findings:
    """Check that the fee is not given away more than whole; warn when providers get none of it."""
    total = sum(shares, Fraction(0))
    if total >= 1:
        yield Finding(
            "fee-split", key, format_percent(total),
            "Protocol, creator and integrator together take the whole fee: "
            "the providers bear every loss and earn nothing.",
            "Lower one of the shares.", "warning" if total == 1 else "error",
        )  # fmt: skip


def texts(keys: Sequence[str], given: Sequence[str | None]) -> Findings:
    """Check that the share token's code can hold its name and symbol."""
    for key, text in zip(keys, given, strict=True):
        if text is not None and len(text.encode()) > MAX_TEXT:
            yield Finding(
                "text-long", key, repr(text),
                f"The share token holds at most {MAX_TEXT} bytes of it: the pool could not be created.",
                "Write a shorter one.",
            )  # fmt: skip


def half_life(key: str, seconds: int) -> Findings:
    """Check the half-life of the oracle's averages."""
    low, high = bounds.MIN_HALF_LIFE, bounds.MAX_HALF_LIFE
    if not low <= seconds <= high:
        yield Finding(
            "half-life-range", key, format_duration(seconds),
            f"The contracts take half-lives from {format_duration(low)} to {format_duration(high)}.",
            'Write 10 minutes to a day: half_life = "10 min".',
        )  # fmt: skip
    elif seconds < SHORT_HALF_LIFE:
        yield Finding(
            "half-life-short", key, format_duration(seconds),
            "Averages follow within minutes: who moves the price for a moment moves what lenders and fees read.",
            'Write half_life = "10 min" or more.', "warning",
        )  # fmt: skip


def rate_limits(key: str, max_age: int, max_move: Fraction) -> Findings:
    """Check how far a rate provider is believed."""
    oldest = bounds.MAX_RATE_AGE
    if not 1 <= max_age <= oldest:
        yield Finding(
            "rate-age-range", f"{key}.rate_max_age", format_duration(max_age),
            "Every report would be too old, and the asset could not trade; or it would trade at a dead rate: "
            f"the contracts take at most {format_duration(oldest)}.",
            'Write the time within which the provider always reports, such as "25 hours".',
        )  # fmt: skip
    farthest = wad_fraction(bounds.MAX_RATE_MOVE)
    if not 0 < max_move <= farthest:
        yield Finding(
            "rate-move-range", f"{key}.rate_max_move", format_percent(max_move),
            "With nothing the pool would never follow its provider, and freeze the asset at the first move; "
            f"the contracts take at most {format_percent(farthest, 0)} a block.",
            'Write the most that the rate may move in one block, such as "0.04%".',
        )  # fmt: skip
