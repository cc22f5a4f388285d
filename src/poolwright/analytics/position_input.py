"""Reading what describes a position: numbers, prices and weights, with errors that say what to give instead."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any

from poolwright.errors import PoolwrightError, UnitError
from poolwright.units import parse_number

# Far beyond any price or amount, and far from where products of 16 of them leave the floats.
MAX_SIZE = 1e30
WEIGHT_SUM_ERROR = 1e-9


def finite(value: Any, name: str, *, above: float = -math.inf) -> float:
    """Return a finite float; text as `units.parse_number` reads it ("4%", "1_000.5"), or anything float() takes."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = float(parse_number(value) if isinstance(value, str) else value)
    except UnitError as error:
        raise UnitError(f"{name}: {error.message}", error.fix) from None
    except (TypeError, ValueError, OverflowError):
        raise UnitError(f"{name}: {value!r} is not a number.", "Give a number.") from None
    if not (abs(number) <= MAX_SIZE and number > above):
        limit = f" above {above:g}" if above > -math.inf else ""
        raise UnitError(f"{name} = {number:g} makes no sense.", f"Give a finite number{limit}.")
    return number


def positive(value: Any, name: str) -> float:
    """Return a finite float of more than 0."""
    number = finite(value, name)
    if number < 1.0 / MAX_SIZE:
        raise UnitError(f"{name} = {number:g} is not positive.", "Give more than 0.")
    return number


def at_least_zero(value: Any, name: str) -> float:
    """Return a finite float of 0 or more."""
    number = finite(value, name)
    if number < 0:
        raise UnitError(f"{name} = {number:g} is negative.", "Give 0 or more.")
    return number


def read_prices(tokens: Sequence[str], prices: Any, name: str) -> tuple[float, ...]:
    """Return prices in the order of `tokens`, from a mapping by symbol (in any case) or a sequence."""
    if not isinstance(prices, Mapping):
        if isinstance(prices, str) or not hasattr(prices, "__len__"):
            raise PoolwrightError(f"{name}: give prices by symbol, or a list in the pool's order")
        if len(prices) != len(tokens):
            raise PoolwrightError(
                f"{name}: {len(tokens)} prices needed, for {', '.join(tokens)}; got {len(prices)}"
            )
        prices = dict(zip(tokens, prices, strict=True))
    found: dict[str, float] = {}
    for given, price in prices.items():
        symbol = _own_symbol(tokens, given, name)
        if symbol in found:
            raise PoolwrightError(f"{name} gives {symbol} twice; give each token once")
        found[symbol] = positive(price, f"{name} price of {symbol}")
    missing = [symbol for symbol in tokens if symbol not in found]
    if missing:
        raise PoolwrightError(f"{name} gives no price for {', '.join(missing)}; give one for each token")
    return tuple(found[symbol] for symbol in tokens)


def read_weights(weights: Mapping[str, Any]) -> list[float]:
    """Return weights as fractions that sum to 1; those given have to, to nine digits."""
    if len(weights) < 2:
        raise PoolwrightError("weights: give two tokens or more")
    found = [positive(weight, f"weight of {symbol}") for symbol, weight in weights.items()]
    total = math.fsum(found)
    if abs(total - 1.0) > WEIGHT_SUM_ERROR:
        raise PoolwrightError(f"the weights sum to {total:.10g}; make them sum to 1")
    return [weight / total for weight in found]


def _own_symbol(tokens: Sequence[str], given: Any, name: str) -> str:
    """Return the pool's own spelling of a symbol."""
    if given in tokens:
        return str(given)
    for symbol in tokens:
        if symbol.casefold() == str(given).casefold():
            return symbol
    near = difflib.get_close_matches(str(given), tokens, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise PoolwrightError(f"{name}: the pool has no token {given!r}; it holds {', '.join(tokens)}.{meant}")
