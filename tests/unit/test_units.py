"""Human numbers to integers and back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolwright.errors import UnitError
from poolwright.units import (
    WAD,
    format_duration,
    format_number,
    format_percent,
    format_units,
    parse_duration,
    parse_number,
    parse_units,
    to_wad,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", Fraction(1)),
        ("0.003", Fraction(3, 1000)),
        (".5", Fraction(1, 2)),
        ("-2.50", Fraction(-5, 2)),
        ("1_000_000.5", Fraction(2_000_001, 2)),
        ("1e-18", Fraction(1, WAD)),
        (" 0.3 % ", Fraction(3, 1000)),
        ("30bps", Fraction(3, 1000)),
        ("30 BPS", Fraction(3, 1000)),
        ("1 bp", Fraction(1, 10_000)),
        ("1/3", Fraction(1, 3)),
        ("100/3 %", Fraction(1, 3)),
        (Decimal("0.1"), Fraction(1, 10)),
        (7, Fraction(7)),
    ],
)
def test_parse_number_reads_exactly(text: str | Decimal | int, value: Fraction) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "x", "1,000", "1.2.3", "0x10", "--1", "1/0", "1/-3", "/3", "nan", "inf", "-inf", "%", "bps", "1e",
        "1e999999999", "1" * 200, "\u0661", "1 000", "5%%%x", Decimal("nan"), Decimal("-inf"),
        Decimal("1e1000000"), Decimal("1e-1000000"),
    ],
)  # fmt: skip
def test_parse_number_refuses_what_is_no_finite_number(text: str | Decimal) -> None:
    with pytest.raises(UnitError) as caught:
        parse_number(text)
    assert caught.value.message
    assert caught.value.fix


@pytest.mark.parametrize("value", [0.3, 1.0, True, None, [1], float("nan")])
def test_parse_number_refuses_floats_and_other_types(value: object) -> None:
    with pytest.raises(UnitError, match="not an exact number"):
        parse_number(value)  # type: ignore[arg-type]


def test_parse_units_refuses_what_is_finer_than_the_unit() -> None:
    with pytest.raises(UnitError, match="6 decimal places"):
        parse_units("0.0000001", 6)
    assert parse_units("0.000001", 6) == 1
    assert to_wad("0.3%") == 3 * 10**15


@given(st.integers(-(10**40), 10**40), st.integers(0, 18))
def test_format_units_and_parse_units_are_inverse(raw: int, decimals: int) -> None:
    assert parse_units(format_units(raw, decimals), decimals) == raw


@given(st.integers(-(10**30), 10**30), st.integers(0, 30))
def test_format_number_loses_no_digit(numerator: int, places: int) -> None:
    value = Fraction(numerator, 10**places)
    assert parse_number(format_number(value)) == value


@given(st.fractions(0, 1, max_denominator=10**6))
def test_format_percent_reads_back_unless_marked(share: Fraction) -> None:
    text = format_percent(share)
    if text.startswith("~"):
        assert abs(parse_number(text[1:]) - share) <= Fraction(1, 10**8)
    else:
        assert parse_number(text) == share


def test_format_percent_pads_and_cuts() -> None:
    assert format_percent(Fraction(1, 2), 0) == "50 %"
    assert format_percent(Fraction(1, 3)) == "~33.333333 %"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10 min", 600),
        ("1 day", 86_400),
        ("3days", 259_200),
        ("1.5 h", 5_400),
        ("2 weeks", 1_209_600),
        (0, 0),
        ("12", 12),
    ],
)
def test_parse_duration_reads_exactly(text: str | int, seconds: int) -> None:
    assert parse_duration(text) == seconds
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize("text", ["2 fortnights", "-1 day", "0.5 s", "1%", "day", "", "1 day 2 h", True, 1.5])
def test_parse_duration_refuses_what_is_no_time(text: object) -> None:
    with pytest.raises(UnitError):
        parse_duration(text)  # type: ignore[arg-type]
