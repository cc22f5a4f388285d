"""`poolwright simulate`: a pool through a price history, with a table, JSON, a report, and a proof on the contracts."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from poolwright.cli.options import pairs, price_source
from poolwright.cli.output import INTERRUPTED, console, print_json, progress_bar
from poolwright.errors import PoolwrightError
from poolwright.spec.load import load_spec

if TYPE_CHECKING:
    from poolwright.simulate.prices import PriceSeries
    from poolwright.simulate.result import SimulationResult
    from poolwright.spec.schema import PoolSpec

_PRICES = "A file with a time column and one column per token, or SYMBOL=FILE (or SYMBOL=1.0) for each."


def simulate(
    file: Annotated[Path, typer.Argument(help="The pool file.", show_default=False)],
    prices: Annotated[list[str], typer.Option(metavar="FILE", help=_PRICES)],
    *,
    value: Annotated[
        float | None, typer.Option(help="First value of the pool; else the balances of its file.")
    ] = None,
    arbitrage: Annotated[str, typer.Option(help="best_pair or to_no_arbitrage.")] = "best_pair",
    gas_cost: Annotated[float, typer.Option(help="Cost of each trade to the arbitrageur.")] = 0.0,
    precision: Annotated[str, typer.Option(help="exact, or float: quicker, a sample rechecked.")] = "exact",
    alias: Annotated[
        list[str] | None, typer.Option(metavar="SYMBOL=COLUMN", help="Column that stands in for a token.")
    ] = None,
    allow_gaps: Annotated[
        bool, typer.Option("--allow-gaps", help="Take irregular steps as they are.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with plots (HTML).")
    ] = None,
    trades: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every trade (CSV, raw units).")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Replay the trades on the compiled contract.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run a pool through recorded prices.

    Arbitrageurs trade after each row, with the exact arithmetic of the contracts. Ctrl-C reports what is done.
    """
    from poolwright.simulate.prices import load_prices

    _check_options([path for path in (report, trades) if path is not None], verify, precision)
    spec = load_spec(file)
    symbols = [token.symbol for token in spec.tokens]
    series = load_prices(
        price_source(prices), symbols, aliases=pairs(alias or [], "SYMBOL=COLUMN"), allow_gaps=allow_gaps
    )
    options = {"value": value, "arbitrage": arbitrage, "gas_cost": gas_cost, "precision": precision}
    result, interrupted = _run(spec, series, options)
    proof = verify_on_contract(result) if verify and not interrupted else None
    notes = [proof] if proof else []
    if report is not None:
        result.write_report(report, notes=notes)
    if trades is not None:
        write_trades(result, trades)
    if as_json:
        print_json(result.to_dict() | ({"verified": proof} if verify else {}))
    else:
        print_result(result, notes, [path for path in (report, trades) if path is not None])
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _check_options(paths: list[Path], verify: bool, precision: str) -> None:
    for path in paths:
        if not path.absolute().parent.is_dir():
            raise PoolwrightError(f"{path}: there is no folder {path.parent}. Create it first.")
    if verify and precision != "exact":
        raise PoolwrightError("--verify replays exact trades: leave out --precision.")


def _run(spec: PoolSpec, series: PriceSeries, options: dict[str, Any]) -> tuple[SimulationResult, bool]:
    """Simulate with a progress bar; tell whether Ctrl-C ended it, with the rows done until then."""
    from poolwright.simulate.engine import SimulationInterrupted
    from poolwright.simulate.engine import simulate as run
    from poolwright.simulate.result import SimulationResult

    try:
        with progress_bar("rows of prices") as progress:
            return run(spec, series, progress=progress, **options), False
    except SimulationInterrupted as stopped:
        if not isinstance(stopped.result, SimulationResult):  # no row was done
            raise
        return stopped.result, True


def verify_on_contract(result: SimulationResult) -> str:
    """Replay the trades on the compiled contract; return the sentence that says so, or exit with status 1."""
    from poolwright.chain.replay import ReplayError, replay_simulation

    final, count = result.final_state, f"{len(result.trades):,} trades"
    try:
        replayed = replay_simulation(result.params, result.initial_state, result.trades)
    except ReplayError as error:
        _fail(str(error))
    wrong = [each.name for each in fields(final) if getattr(replayed, each.name) != getattr(final, each.name)]
    if wrong:
        pairs = (f"{name} {getattr(replayed, name)} instead of {getattr(final, name)}" for name in wrong)
        _fail(f"after {count} the contract has {', '.join(pairs)}")
    return f"replayed {count} on the compiled contract: final state equal to the wei"


def _fail(what: str) -> NoReturn:
    """Say that simulation and contract disagree: never a matter of input, so status 1."""
    text = f"error: the compiled contract disagrees with the simulation: {what}"
    console(stderr=True).print(text, style="bold red", soft_wrap=True)
    raise typer.Exit(1)


def write_trades(result: SimulationResult, path: Path) -> None:
    """Write one line per trade; amounts are raw units of their token."""
    from poolwright.simulate.prices import iso_time

    symbols = [token.symbol for token in result.params.tokens]
    try:
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(
                [
                    "row",
                    "time",
                    "token_in",
                    "token_out",
                    "amount_in",
                    "amount_out",
                    "fee",
                    "agent",
                    "swap_fee",
                ]
            )
            for each in result.trades:
                place = each.row, iso_time(each.time), symbols[each.token_in], symbols[each.token_out]
                agent = ("arbitrageur", "retail")[each.agent]
                writer.writerow([*place, each.amount_in, each.amount_out, each.fee, agent, each.swap_fee])
    except OSError as error:
        raise PoolwrightError(
            f"{path}: cannot be written ({error.strerror}). Choose another path."
        ) from error


def print_result(result: SimulationResult, notes: list[str], written: list[Path]) -> None:
    """Print the key figures as aligned rows, then what they rest on."""
    from rich.text import Text

    out = console()
    head = Text.assemble((result.params.name, "bold"))
    out.print(head.append("  generated market" if result.prices.generated else "", "yellow"), soft_wrap=True)
    for name, amount, remark in [*_rows(result.figures()), *_books(result)]:
        line = Text.assemble((f"  {name:<34}", "dim"), (f"{amount:>14}", "bold"), (f"  {remark}", "dim"))
        out.print(line, soft_wrap=True)
    out.print(Text(f"  prices     {result.prices.source}, {result.rows:,} rows", "dim"), soft_wrap=True)
    out.print(Text(f"  arbitrage  {result.arbitrage}, {_gas(result)}", "dim"), soft_wrap=True)
    out.print(Text(f"  hashes     pool {result.params.hash[:16]}, prices {result.prices.sha256[:16]}", "dim"))
    if result.recheck is not None:
        gap, bound = f"{result.recheck.largest_gap:.3g}", f"{result.recheck.bound:g}"
        told = f"  float      {result.recheck.trades} trades rechecked, at most {gap} units from exact (bound {bound})"
        out.print(Text(told, "dim"), soft_wrap=True)
    for note in notes:
        out.print(Text(f"  verified   {note}", "green"), soft_wrap=True)
    for path in written:
        out.print(Text(f"  written    {path}"), soft_wrap=True)
    if not result.complete:
        out.print(Text(f"  stopped    after {result.rows:,} of {len(result.prices):,} rows", "bold yellow"))


def _gas(result: SimulationResult) -> str:
    trader = result.arbitrageur
    known = trader is not None and isinstance(trader.gas_cost, int | float)
    return f"{trader.gas_cost:g} gas a trade" if trader and known else "gas by the block"


def _books(result: SimulationResult) -> list[tuple[str, str, str]]:
    """Return the closed books, after checking that they close."""
    from poolwright.simulate.words import books_rows

    rows = [
        (f"  {name if name.startswith('LVR') else name[0].lower() + name[1:]}", amount, text)
        for name, amount, text in books_rows(result)
    ]
    return [("closed books", "", "each ledger kept on its own; every sum checked"), *rows]


def _rows(figures: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (name, figure, remark)."""
    from poolwright.simulate.words import money, percent

    owed = figures["protocol_fees"] + figures["creator_fees"]
    refused = figures["refused_trades"]
    return [
        ("value", money(figures["value"]), f"from {money(figures['first_value'])}"),
        ("hold", money(figures["hold"]), "the first tokens, untouched"),
        ("pool against holding", percent(figures["value_vs_hold"]), "fees included"),
        ("impermanent loss", percent(figures["impermanent_loss"]), "the same pool without fees"),
        (
            "fees paid",
            money(figures["fees"]),
            f"of which owed to protocol and creator {money(owed)}" if owed else "",
        ),
        (
            "arbitrageurs' profit",
            money(figures["arbitrage_profit"]),
            f"after {money(figures['gas_paid'])} gas",
        ),
        ("trades", f"{figures['trades']:,}", f"{refused:,} refused by the pool" if refused else ""),
    ]
