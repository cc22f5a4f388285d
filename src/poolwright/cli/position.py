"""`poolwright position`: one position from entry to exit, against holding, gas and a benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poolwright.cli.output import console, print_json
from poolwright.errors import PoolwrightError
from poolwright.spec.load import load_spec

if TYPE_CHECKING:
    from poolwright.analytics.position import PositionResult

_PRICES = "Price of one whole token for each, such as WETH=200,WBTC=9000,DAI=1."


def position(
    file: Annotated[Path, typer.Argument(help="The pool file.", show_default=False)],
    *,
    entry: Annotated[str, typer.Option(metavar="PRICES", help=_PRICES)],
    exit: Annotated[str, typer.Option(metavar="PRICES", help="The same at the end, or today.")],
    value: Annotated[str, typer.Option(help="Put in at entry.")] = "10000",
    fees: Annotated[str, typer.Option(help="Fees earned.")] = "0",
    gas: Annotated[str, typer.Option(help="Cost of entering and leaving together.")] = "0",
    benchmark: Annotated[str, typer.Option(help="Yearly return missed, such as 0.04 or 4%.")] = "0",
    days: Annotated[str, typer.Option(help="Days from entry to exit.")] = "0",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a position lost against holding, and what fees must earn.

    All money is in the currency of the prices. The loss is that of the pool without fees.
    """
    spec = load_spec(file)
    first, last = _read(entry, "--entry"), _read(exit, "--exit")
    from poolwright.analytics.position import impermanent_loss
    from poolwright.analytics.position_input import at_least_zero

    cost = at_least_zero(gas, "gas")
    result = impermanent_loss(
        spec, first, last, value=value, fees=fees, gas_enter=cost, benchmark=benchmark, days=days
    )
    if as_json:
        print_json(result.to_dict() | {"hash": spec.resolve().hash})
    else:
        _print(result)


def _read(text: str, option: str) -> dict[str, str]:
    """Read SYMBOL=PRICE pairs with commas between them."""
    prices: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        symbol, sign, price = (part.strip() for part in pair.partition("="))
        if not (symbol and sign and price):
            raise PoolwrightError(f"{option}: {pair!r} is no SYMBOL=PRICE; write such as WETH=200,DAI=1.")
        if symbol in prices:
            raise PoolwrightError(f"{option} gives {symbol} twice; give each token once.")
        prices[symbol] = price
    return prices


def _print(result: PositionResult) -> None:
    """Print the terms as aligned rows, in the order in which they add up."""
    from rich.text import Text

    out = console()
    span = f" after {result.days:g} days" if result.days else ""
    out.print(Text.assemble((result.pool, "bold"), f"  {_money(result.value)} put in{span}"), soft_wrap=True)
    width = max(len(amount) for _, amount, _ in _rows(result))
    for name, amount, remark in _rows(result):
        style = "bold" if name in ("impermanent loss", "net result") else ""
        out.print(
            Text.assemble(
                (f"  {name:<17}", "dim"), (amount.rjust(width), style), (f"  {remark}".rstrip(), "dim")
            ),
            soft_wrap=True,
        )


def _rows(result: PositionResult) -> list[tuple[str, str, str]]:
    """Return (name, amount, remark)."""
    yearly = result.break_even_yearly_return
    return [
        ("hold", _money(result.hold_value), "the first tokens, untouched"),
        ("pool", _money(result.pool_value), "without fees"),
        ("impermanent loss", _money(result.impermanent_loss), f"{_percent(result.impermanent_loss_fraction)} of hold"),
        ("fees", _money(result.fees), "earned"),
        ("gas", _money(-result.gas), "entering and leaving"),
        ("against holding", _money(result.net_vs_hold), "loss, fees and gas together"),
        ("benchmark", _money(-result.opportunity_cost), f"{_percent(result.benchmark)} a year, missed"),
        ("net result", _money(result.net_result), "against holding and the benchmark"),
        (
            "break even",
            _money(result.break_even_fees),
            "of fees" + ("" if yearly is None else f", {_percent(yearly)} of the value a year"),
        ),
        ("profit", _money(result.profit), "in money, prices included"),
    ]  # fmt: skip


def _money(amount: float) -> str:
    """Write money to cents, and zero without a sign."""
    return f"{round(amount, 2) + 0.0:,.2f}"


def _percent(fraction: float) -> str:
    return f"{100 * fraction + 0.0:.2f} %"
