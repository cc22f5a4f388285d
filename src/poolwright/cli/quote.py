"""`poolwright quote`: one trade against a pool's first balances, to the wei."""

from __future__ import annotations

import difflib
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poolwright.cli.output import console, print_json
from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.spec.load import load_spec
from poolwright.units import format_percent, format_units, parse_units

if TYPE_CHECKING:
    from poolwright.model.pool import Pool
    from poolwright.model.results import Price, Quote, SwapKind
    from poolwright.spec.params import PoolParams
    from poolwright.spec.schema import PoolSpec

# Prices are exact fractions; this many digits of them are shown.
SHOWN_DIGITS = 8


def quote(
    file: Annotated[Path, typer.Argument(help="The pool file.", show_default=False)],
    token_in: Annotated[str, typer.Option("--in", metavar="TOKEN", help="Symbol or index of what is paid.")],
    token_out: Annotated[
        str, typer.Option("--out", metavar="TOKEN", help="Symbol or index of what is bought.")
    ],
    exact_in: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Whole tokens to pay, such as 1.5.")
    ] = None,
    exact_out: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Whole tokens to buy, such as 1.5.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON; amounts are in raw token units.")
    ] = False,
) -> None:
    """Quote a trade against a pool's first balances, to the wei.

    Give either --exact-in or --exact-out. Amounts are exact; prices are shown to eight digits.
    """
    from poolwright.model.results import SwapKind

    pool = _open(file, load_spec(file))
    i, o = (_token(pool.params, given) for given in (token_in, token_out))
    if i == o:
        raise PoolwrightError(f"--in and --out both name {pool.params.tokens[i].symbol}; name two tokens.")
    if exact_in is not None and exact_out is None:
        kind, given, text = SwapKind.EXACT_IN, i, exact_in
    elif exact_out is not None and exact_in is None:
        kind, given, text = SwapKind.EXACT_OUT, o, exact_out
    else:
        raise PoolwrightError("give either --exact-in or --exact-out, with an amount.")
    amount = parse_units(text, pool.params.tokens[given].decimals)
    if amount <= 0:
        raise PoolwrightError(f"{text} is no amount to trade; give more than zero.")
    try:
        answer = pool.quote(kind, i, o, amount)
    except PoolRevert as revert:
        raise PoolwrightError(_refusal(pool, revert, amount, (kind, i, o))) from None
    if as_json:
        print_json(answer.to_dict() | {"hash": pool.params.hash})
    else:
        _print(pool.params, answer)


def _refusal(pool: Pool, revert: PoolRevert, amount: int, trade: tuple[SwapKind, int, int]) -> str:
    """Say why the pool refuses a trade, and what it would take where the trade is too large."""
    kind, i, o = trade
    most = pool.max_amount(kind, i, o)
    given = i if kind.value == "exact_in" else o
    tail = f" The most it takes is {_amount(pool.params, given, most)}." if amount > most else ""
    return f"the pool refuses this trade: {revert}.{tail}"


def _open(file: Path, spec: PoolSpec) -> Pool:
    """Open the pool with the balances that its file gives."""
    from poolwright.model.pool import Pool

    balances = spec.initial_balances()
    if balances is None:
        raise PoolwrightError(
            f"{file} gives no balances to quote against; add balance = ... to each [[tokens]] entry."
        )
    try:
        return Pool.create(spec.resolve(), balances)
    except PoolRevert as revert:
        raise PoolwrightError(f"{file}: a pool cannot open with these balances: {revert}.") from None


def _token(params: PoolParams, given: str) -> int:
    """Return a token's position by symbol, in any case, or by index."""
    symbols = [token.symbol for token in params.tokens]
    if given.isdecimal() and int(given) < len(symbols):
        return int(given)
    for position, symbol in enumerate(symbols):
        if symbol.casefold() == given.casefold():
            return position
    near = difflib.get_close_matches(given, symbols, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise PoolwrightError(f"the pool has no token {given!r}; it holds {', '.join(symbols)}.{meant}")


def _print(params: PoolParams, answer: Quote) -> None:
    """Print the quote as aligned rows."""
    from rich.text import Text

    i, o = answer.token_in, answer.token_out
    sold, bought = params.tokens[i].symbol, params.tokens[o].symbol
    given = i if answer.kind.value == "exact_in" else o
    rows = [
        ("pay", _amount(params, i, answer.amount_in)),
        ("receive", _amount(params, o, answer.amount_out)),
        (
            "fee",
            f"{_amount(params, i, answer.fee)}  ({format_percent(Fraction(answer.moment.state.swap_fee, 10**18))})",
        ),
        ("price", f"{_price(answer.effective_price)} {sold} for 1 {bought}"),
        ("spot price", f"{_price(answer.spot_price)} {sold} for 1 {bought}"),
        ("price impact", format_percent(_rounded(answer.price_impact, 6))),
        ("most accepted", _amount(params, given, answer.max_amount)),
    ]
    out = console()
    out.print(Text.assemble((f"{sold} -> {bought}", "bold"), f"  {params.name}"), soft_wrap=True)
    for name, value in rows:
        style = "bold" if name in ("pay", "receive") else ""
        out.print(Text.assemble((f"  {name:<15}", "dim"), (value, style)), soft_wrap=True)


def _amount(params: PoolParams, position: int, raw: int) -> str:
    token = params.tokens[position]
    return f"{format_units(raw, token.decimals)} {token.symbol}"


def _price(price: Price) -> str:
    """Write a price with a fixed number of significant digits."""
    exact, places = price.exact, 0
    while exact and exact * 10**places < 10 ** (SHOWN_DIGITS - 1):
        places += 1
    return format_units(round(exact * 10**places), places)


def _rounded(value: Fraction, places: int) -> Fraction:
    return Fraction(round(value * 10**places), 10**places)
