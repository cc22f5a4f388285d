"""What a sweep varies: keys of pool.toml by name, and the values or the range of each.

Values are text, as pool.toml would have them, so that a point of a sweep is a pool that can be written down.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from poolwright.errors import PoolwrightError, UnitError
from poolwright.spec.reading import TABLES
from poolwright.spec.schema import PoolSpec
from poolwright.units import format_number, parse_duration, parse_number

# Names that people use for a key, beside the key's own last part.
SHORT_NAMES = {
    "swap_fee": "fees.swap",
    "fee": "fees.swap",
    "a": "stable.amplification",
    "amp": "stable.amplification",
}
# Keys that a simulation does not feel: first balances follow the prices of each window, and nobody brings trades for
# a share of the fee.
WITHOUT_EFFECT = (
    "balance", "price_hint", "name", "symbol", "address", "peg", "integrator_share", "rate_provider",
)  # fmt: skip
# Keys that it feels where rates move, with the agent `Rates`.
OF_RATES = ("rate_max_age", "rate_max_move")
# Tables that it does.
FELT = ("pool", "tokens", "fees", "stable", "oracle")
# Decimals that a key can hold; a share has a WAD's 18.
PLACES = {"amplification": 3, "half_life": 0, "rate_max_age": 0}
# Keys that are lengths of time: their values are whole seconds, however they were given.
LENGTHS = ("half_life", "rate_max_age")
# Digits of a value between the ends of a range: all of a round one, else six; more would be noise.
DIGITS = 12
RANDOM_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Dimension:
    """One key with the `values` of a grid; `ends` when it is a range, `log` when that is log-spaced."""

    path: str
    values: tuple[str, ...]
    ends: tuple[Fraction, Fraction] | None = None
    log: bool = False

    @property
    def short(self) -> str:
        """The name for tables and plots: swap_fee, WETH.weight, amplification."""
        if self.path == "fees.swap":
            return "swap_fee"
        return (
            self.path.removeprefix("tokens.")
            .removeprefix("fees.")
            .removeprefix("stable.")
            .removeprefix("oracle.")
        )

    def at(self, share: float) -> str:
        """Return the value at `share` (0 to 1) of the way from the first to the last."""
        if self.ends is None:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        low, high = map(float, self.ends)
        if self.log:
            return self.text(low * (high / low) ** share)
        return self.text(low + (high - low) * share)

    def text(self, value: float) -> str:
        """Write a float of the range as a value, to 6 digits and the decimals of the key."""
        rounded = Fraction(Decimal(f"{value:.{RANDOM_DIGITS}g}"))
        return format_number(_fitting(self.path, rounded))


Vary = Mapping[str, str | Sequence[str | int | float | Fraction | Decimal]]


def read_vary(spec: PoolSpec, vary: Vary, *, rates: bool = False) -> tuple[Dimension, ...]:
    """Return a dimension per name; PoolwrightError says which name or range cannot be read. `rates`: they move."""
    if not vary:
        raise PoolwrightError("nothing to vary: name a key and its range, such as swap_fee=0.0005:0.01:20.")
    dimensions = tuple(read_dimension(spec, name, given, rates=rates) for name, given in vary.items())
    paths = [dimension.path for dimension in dimensions]
    for path in paths:
        if paths.count(path) > 1:
            raise PoolwrightError(f"{path} is varied twice. Give one range or list for it.")
    return dimensions


def read_dimension(
    spec: PoolSpec,
    name: str,
    given: str | Sequence[str | int | float | Fraction | Decimal],
    *,
    rates: bool = False,
) -> Dimension:
    """Read "lo:hi:n", "lo:hi:n:log", "lo:hi" (random and optuna only), "a,b,c" or a sequence of values."""
    path = full_path(spec, name, rates=rates)
    if not isinstance(given, str):
        return Dimension(path, _listed(name, path, [_value_text(value) for value in given]))
    parts = given.split(":")
    if len(parts) == 1:
        return Dimension(path, _listed(name, path, [part.strip() for part in given.split(",")]))
    log = parts[-1].strip() == "log"
    numbers = parts[:-1] if log else parts
    if len(numbers) not in (2, 3):
        raise PoolwrightError(f"{name}={given}: write lo:hi:n, lo:hi:n:log, or values with commas between.")
    low, high = (_number(name, path, text) for text in numbers[:2])
    if not low < high:
        raise PoolwrightError(f"{name}={given}: the range must rise; write the lower end first.")
    if log and low <= 0:
        raise PoolwrightError(f"{name}={given}: a range on a log scale starts above 0.")
    count = _count(name, given, numbers[2]) if len(numbers) == 3 else 0
    values = dict.fromkeys(_between(path, low, high, i, count, log) for i in range(count))
    return Dimension(path, tuple(values), (low, high), log)


def full_path(spec: PoolSpec, name: str, *, rates: bool = False) -> str:
    """Return the dotted key for a dotted or short name: swap_fee, WETH.weight, tokens.WETH.weight."""
    known = known_paths(spec, rates=rates)
    wanted = SHORT_NAMES.get(name.strip().lower(), name.strip())
    fits = [path for path in known if path == wanted] or [
        path for path in known if path.endswith(f".{wanted}")
    ]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise PoolwrightError(f"{name} could be any of {', '.join(fits)}. Write one of them.")
    if not rates and _last(wanted) in OF_RATES:
        raise PoolwrightError(
            f"{wanted}: a simulation feels it only where rates move: give a scenario with [rates], in Python Rates."
        )
    if wanted in _paths(spec, TABLES, ()):
        raise PoolwrightError(
            f"{wanted}: a simulation does not feel it, so that every run would be the same."
        )
    shown = [*SHORT_NAMES, *known]
    near = difflib.get_close_matches(wanted, shown, 1, 0.5)
    also = f" Did you mean {near[0]}?" if near else f" It has {', '.join(known)}."
    raise PoolwrightError(f"{name}: a simulation of this pool has no such key to vary.{also}")


def known_paths(spec: PoolSpec, *, rates: bool = False) -> list[str]:
    """Return every key that can be varied, tokens by symbol."""
    return _paths(spec, FELT, WITHOUT_EFFECT if rates else WITHOUT_EFFECT + OF_RATES)


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _paths(spec: PoolSpec, tables: Iterable[str], left_out: Sequence[str]) -> list[str]:
    paths: list[str] = []
    for table in tables:
        fields = [field for field in TABLES[table].model_fields if field not in left_out]
        if table == "tokens":
            paths += [f"tokens.{token.symbol}.{field}" for token in spec.tokens for field in fields]
        else:
            paths += [f"{table}.{field}" for field in fields]
    return paths


def _between(path: str, low: Fraction, high: Fraction, i: int, count: int, log: bool) -> str:
    """Return value i of count from low to high, ends exact."""
    if i in (0, count - 1):
        return format_number(low if i == 0 else high)
    if log:
        ratio = math.log(float(high / low)) * i / (count - 1)
        value = Fraction(Decimal(f"{float(low) * math.exp(ratio):.{RANDOM_DIGITS}g}"))
    else:
        exact = low + (high - low) * i / (count - 1)
        value = Fraction(Decimal(f"{float(exact):.{DIGITS}g}"))
        if value != exact:
            value = Fraction(Decimal(f"{float(exact):.{RANDOM_DIGITS}g}"))
    return format_number(_fitting(path, value))


def _fitting(path: str, value: Fraction) -> Fraction:
    places = PLACES.get(_last(path), 18)
    return Fraction(round(value * 10**places), 10**places)


def _number(name: str, path: str, text: str) -> Fraction:
    try:
        return Fraction(parse_duration(text)) if _last(path) in LENGTHS else parse_number(text.strip())
    except UnitError as error:
        raise PoolwrightError(f"{name}: {error}") from error


def _count(name: str, given: str, text: str) -> int:
    if not text.strip().isdecimal() or int(text) < 2:
        raise PoolwrightError(f"{name}={given}: the third part is how many values, 2 or more.")
    return int(text)


def _listed(name: str, path: str, values: list[str]) -> tuple[str, ...]:
    if not values or not all(values):
        raise PoolwrightError(f"{name}: a value is missing. Write values with commas between, or lo:hi:n.")
    if _last(path) in LENGTHS:
        values = [format_number(_number(name, path, value)) for value in values]
    return tuple(dict.fromkeys(values))


def _value_text(value: str | int | float | Fraction | Decimal) -> str:
    """Write a Python value as pool.toml would have it; a float means its shortest decimal."""
    if isinstance(value, str):
        return value.strip()
    return format_number(Fraction(Decimal(repr(value)) if isinstance(value, float) else value))
