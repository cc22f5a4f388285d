"""`poolwright simulate`: a pool through a price history, with a table, JSON, a report, and a proof on the contracts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from poolwright.cli import scenario_options as options
from poolwright.cli.output import INTERRUPTED, console, print_json, progress_bar, say
from poolwright.cli.outputs import Outputs, print_outcome
from poolwright.cli.proof import refuse_unreplayed, verify_on_contract
from poolwright.cli.side_by_side import simulate_side_by_side
from poolwright.errors import PoolwrightError
from poolwright.spec.load import load_spec

if TYPE_CHECKING:
    from poolwright.simulate.result import SimulationResult
    from poolwright.simulate.scenario import Scenario
    from poolwright.simulate.seeds import OverSeeds
    from poolwright.spec.schema import PoolSpec

# Column at which the remark on a figure begins.
REMARK: Final = 52

_Seed = Annotated[int | None, typer.Option(help="Of everything random; else the scenario's, or 7.")]
_Export = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="Write everything on the page as tables.", rich_help_panel=options.OUTPUT
    ),
]
_Format = Annotated[
    str, typer.Option("--format", help="Of --export: csv, parquet or json.", rich_help_panel=options.OUTPUT)
]
_Trades = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write every trade (CSV, raw units).", rich_help_panel=options.OUTPUT),
]
_Verify = Annotated[bool, typer.Option("--verify", help="Replay the run on a pool in the compiled Vault.")]


def simulate(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="The pool file; several run side by side in one market.",
            show_default=False,
        ),
    ],
    *,
    prices: options.Prices = None,
    scenario: options.ScenarioName = None,
    alias: options.Alias = None,
    allow_gaps: options.AllowGaps = False,
    arbitrage: options.Arbitrage = None,
    gas_cost: options.GasCost = None,
    fee: options.Fee = None,
    changes: options.Changes = None,
    value: options.Value = None,
    seed: _Seed = None,
    seeds: options.Seeds = 1,
    precision: options.Precision = "exact",
    verify: _Verify = False,
    report: options.Report = None,
    export: _Export = None,
    form: _Format = "csv",
    trades: _Trades = None,
    as_json: options.Json = False,
) -> None:
    """Run a pool through recorded prices or a named market.

    Whoever trades does so after each row, with the contracts' exact arithmetic.
    Ctrl-C reports what is done.
    """
    from poolwright.simulate.report import summary

    outputs = Outputs(report, export, trades, form)
    outputs.check()
    if verify and precision != "exact":
        raise PoolwrightError("--verify replays exact trades: leave out --precision.")
    specs = [load_spec(file) for file in files]
    given = options.read_scenario(
        specs, scenario, prices, changes, arbitrage=arbitrage, gas_cost=gas_cost, alias=alias, allow_gaps=allow_gaps,
        seed=seed,
    )  # fmt: skip
    if verify:
        refuse_unreplayed(fee)
    asked = {"value": value, "precision": precision, "fee": options.fee_function(fee), "in_vault": verify}
    if len(specs) > 1:
        simulate_side_by_side(
            files, specs, given, seeds, asked, verify=verify, outputs=outputs, as_json=as_json
        )
        return
    result, over, interrupted = _run(specs[0], given, seeds, asked)
    proof = verify_on_contract(result) if verify and not interrupted else None
    told: dict[str, Any] = {"over": over, "terms": given.position, "scenario": given.source}
    notes = [proof] if proof else []
    written = outputs.write(result, notes, told)
    if as_json:
        print_json(summary(result, **told) | ({"verified": proof} if verify else {}))
    else:
        print_result(result, over, notes, written)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _run(
    spec: PoolSpec, scenario: Scenario, seeds: int, asked: dict[str, Any]
) -> tuple[SimulationResult, OverSeeds | None, bool]:
    """Simulate with a progress bar; tell whether Ctrl-C ended it, with the rows and seeds done until then."""
    from poolwright.simulate.seeds import SeedsInterrupted, over_seeds

    try:
        with progress_bar("rows of prices") as progress:
            result, over = over_seeds(spec, scenario, seeds, progress=progress, **asked)
            return result, over, False
    except SeedsInterrupted as stopped:
        if stopped.result is None:
            raise
        return stopped.result, stopped.over, True


def print_result(
    result: SimulationResult, over: OverSeeds | None, notes: list[str], written: list[Path]
) -> None:
    """Print the key figures as aligned rows, then what they rest on."""
    from rich.text import Text

    from poolwright.simulate.words import opening_remark, shortened, traders_in_short

    out = console()
    head = Text.assemble((result.params.name, "bold"))
    out.print(head.append("  generated market" if result.prices.generated else "", "yellow"), soft_wrap=True)
    for name, amount, remark in [*_rows(result.figures()), *_books(result), *_over(over)]:
        line = Text.assemble((f"  {name:<34}", "dim"), (f"{amount:>14}", "bold"), (f"  {remark}", "dim"))
        say(out, line, REMARK)
    say(out, Text(f"  prices     {shortened(result.prices.source)}, {result.rows:,} rows", "dim"))
    for name, text in traders_in_short(result):
        say(out, Text(f"  {name:<10} {text}", "dim"))
    out.print(Text(f"  hashes     pool {result.params.hash[:16]}, prices {result.prices.sha256[:16]}", "dim"))
    if result.recheck is not None:
        gap, bound = f"{result.recheck.largest_gap:.3g}", f"{result.recheck.bound:g}"
        told = f"  float      {result.recheck.trades} trades rechecked, at most {gap} units from exact (bound {bound})"
        say(out, Text(told, "dim"))
    if remark := opening_remark(result):
        say(out, Text(f"  note       {remark}", "yellow"))
    print_outcome(out, result, notes, written)


def _over(over: OverSeeds | None) -> list[tuple[str, str, str]]:
    """Return mean and standard error over seeds of the figures above."""
    from poolwright.simulate.words import seeds_rows

    if over is None:
        return []
    rows = [(f"  {name}", mean, f"±{error} standard error") for name, mean, error, *_ in seeds_rows(over)]
    return [
        (f"mean of {len(over.seeds)} seeds", "", f"{over.seeds[0]} to {over.seeds[-1]}; above is the first"),
        *rows,
    ]


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
        (
            "pool against rebalancing",
            percent(figures["value_vs_rebalanced"]),
            "the same balances, traded for free",
        ),
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
