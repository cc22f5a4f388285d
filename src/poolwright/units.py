"""Human numbers to integers and back, exactly: decimals and fractions, never floats.

Nothing here rounds silently: a number finer than its unit is refused. The one place where the
package rounds human input is the split of weights (`poolwright.spec.weighted`).
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from poolwright.errors import UnitError

WAD: Final[int] = 10**18
BASIS_POINT: Final[Fraction] = Fraction(1, 10_000)

# Text beyond this many digits is not an amount of anything; it also keeps 1e999999999 from filling memory.
MAX_DIGITS: Final[int] = 100

Number = int | str | Decimal | Fraction

_SUFFIX = re.compile(r"^(?P<number>.*?)\s*(?P<unit>%|bps|bp)$", re.IGNORECASE | re.DOTALL)
_PLAIN = re.compile(r"^[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?$", re.ASCII)
_DURATION = re.compile(r"(?P<number>[^a-z]*[^a-z\s])\s*(?P<unit>[a-z]+)")
_RATIO = re.compile(r"^(\d[\d_]*)\s*/\s*(\d[\d_]*)$", re.ASCII)


def parse_number(value: Number) -> Fraction:
    """Read a human number exactly; "0.3%", "30 bps" and "1/3" are understood.

    Raises UnitError for floats, booleans, text that is no number, and numbers that are not finite.

    >>> parse_number("0.3%")
    Fraction(3, 1000)
    >>> parse_number("30 bps") == parse_number(Decimal("0.003"))
    True
    >>> parse_number("1/3")
    Fraction(1, 3)
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | Fraction):
        raise UnitError(
            f"{type(value).__name__} {value!r} is not an exact number.",
            'Give an integer, a Decimal, or text such as "0.003".',
        )
    if isinstance(value, str):
        return _parse_text(value)
    if isinstance(value, Decimal):
        return _parse_decimal(value)
    return Fraction(value)


def to_wad(value: Number) -> int:
    """Return the number times 10**18, exactly; refuse more than 18 decimal places.

    >>> to_wad("0.3%")
    3000000000000000
    """
    return _whole(parse_number(value), 18, value)


def parse_amount(value: Number) -> Fraction:
    """Read a plain number exactly: an amount, a price or a rate is never a percentage.

    >>> parse_amount("1_000.5")
    Fraction(2001, 2)
    """
    if isinstance(value, str) and value.rstrip().lower().endswith(("%", "bps", "bp")):
        raise UnitError(f"{value!r} is a share, not an amount.", "Write a plain number, such as 1500.25.")
    return parse_number(value)


def parse_units(value: Number, decimals: int) -> int:
    """Return an amount in units of 10**-decimals, exactly; refuse anything finer.

    >>> parse_units("1.5", 6)
    1500000
    """
    return _whole(parse_amount(value), decimals, value)


def format_units(raw: int, decimals: int) -> str:
    """Write an integer amount as a plain decimal, exactly and without trailing zeros.

    >>> format_units(1_500_000, 6)
    '1.5'
    >>> format_units(-1, 18)
    '-0.000000000000000001'
    """
    sign = "-" if raw < 0 else ""
    whole, part = divmod(abs(raw), 10**decimals)
    digits = f"{part:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def format_number(value: Fraction) -> str:
    """Write a fraction as a plain decimal if it has one, else as "n/d".

    >>> format_number(Fraction(1, 8)), format_number(Fraction(1, 3))
    ('0.125', '1/3')
    """
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return format_units(int(value * 10**places), places)


def format_percent(share: Fraction, places: int = 2) -> str:
    """Write a fraction of one as a percentage, with at least `places` decimals and no digit lost.

    A share without a finite decimal, such as a third, is marked with "~" and cut to six places.

    >>> format_percent(Fraction(3, 1000)), format_percent(Fraction(1, 8000))
    ('0.30 %', '0.0125 %')
    """
    text = format_number(share * 100)
    if "/" in text:  # no finite decimal: six digits are for reading only
        text = "~" + format_units(round(share * 10**8), 6)
    whole, _, digits = text.partition(".")
    padded = digits.ljust(places, "0")
    return f"{whole}.{padded} %" if padded else f"{whole} %"


_SECONDS: Final[dict[str, int]] = {"s": 1, "second": 1, "min": 60, "minute": 60, "h": 3_600, "hour": 3_600,
                                   "d": 86_400, "day": 86_400, "week": 604_800}  # fmt: skip


def parse_duration(value: Number) -> int:
    """Read a length of time as whole seconds: a plain number of them, or a number with its unit.

    >>> parse_duration("1.5 hours"), parse_duration("10 min"), parse_duration(12)
    (5400, 600, 12)
    """
    number, unit = value, 1
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip().lower())):
        name = match["unit"]
        known = _SECONDS.get(name) or _SECONDS.get(name.removesuffix("s"))
        if known is None:
            raise UnitError(
                f"{value!r} is in no known unit of time.", 'Write it as "10 min", "6 hours" or "3 days".'
            )
        number, unit = match["number"], known
    seconds = parse_amount(number) * unit
    if seconds.denominator != 1 or seconds < 0:
        raise UnitError(
            f"{value} is not a whole number of seconds from 0 on.", 'Write it as "10 min" or "3 days".'
        )
    return int(seconds)


def format_duration(seconds: int) -> str:
    """Write a length of time in the largest unit that it is whole in.

    >>> format_duration(259_200), format_duration(5_400), format_duration(0)
    ('3 days', '90 min', '0 s')
    """
    for name, size in (("days", 86_400), ("hours", 3_600), ("min", 60)):
        if seconds and seconds % size == 0:
            count = seconds // size
            return f"{count} {name.removesuffix('s') if count == 1 else name}"
    return f"{seconds} s"


def _whole(value: Fraction, decimals: int, written: Number) -> int:
    """Return the value in units of 10**-decimals, which it must be whole in."""
    scaled = value * 10**decimals
    if scaled.denominator != 1:
        raise UnitError(
            f"{written} is finer than the smallest unit, which has {decimals} decimal places.",
            f"Write at most {decimals} decimal places.",
        )
    return int(scaled)


def _parse_text(text: str) -> Fraction:
    """Read text: plain, with % or bps, or a ratio."""
    stripped = text.strip()
    if match := _SUFFIX.match(stripped):
        unit = Fraction(1, 100) if match["unit"] == "%" else BASIS_POINT
        return _parse_text(match["number"]) * unit
    if match := _RATIO.match(stripped):
        numerator, denominator = (_parse_decimal(Decimal(part.replace("_", ""))) for part in match.groups())
        if denominator == 0:
            raise UnitError(f"{text!r} divides by zero.", "Write a number.")
        return numerator / denominator
    if not _PLAIN.match(stripped):
        raise UnitError(f"{text!r} is not a number.", _hint(stripped))
    try:
        return _parse_decimal(Decimal(stripped.replace("_", "")))
    except InvalidOperation:
        raise UnitError(f"{text!r} is not a number of usable size.", "Write it out in full.") from None


def _parse_decimal(value: Decimal) -> Fraction:
    """Turn a finite decimal of sane size into a fraction."""
    if not value.is_finite():
        raise UnitError(f"{value} is not a finite number.", "Write a finite number.")
    _, digits, exponent = value.as_tuple()
    if len(digits) > MAX_DIGITS or abs(int(exponent)) > MAX_DIGITS:
        raise UnitError(
            f"The number has more than {MAX_DIGITS} digits.", "No amount needs that many; check the exponent."
        )
    return Fraction(value)


def _hint(text: str) -> str:
    """Say how to write what looks like a common slip."""
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return "Write a finite number."
    if "," in text:
        return "Write it without commas, with a point before the decimals; 1_000_000.5 is allowed."
    return 'Write it as 0.003, "0.3%", "30 bps" or "1/3".'
