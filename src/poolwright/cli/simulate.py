"""`poolwright simulate`: a pool through a price history, with a table, JSON, a report, and a proof on the contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from poolwright.cli import scenario_options as options
from poolwright.cli.output import INTERRUPTED, console, print_json, progress_bar
from poolwright.errors import PoolwrightError
from poolwright.spec.fee_policy import Policy
from poolwright.spec.load import load_spec

if TYPE_CHECKING:
    from poolwright.simulate.result import SimulationResult
    from poolwright.simulate.scenario import Scenario
    from poolwright.simulate.seeds import OverSeeds
    from poolwright.spec.schema import PoolSpec

_Seed = Annotated[int | None, typer.Option(help="Of everything random; else the scenario's, or 7.")]
_Seeds = Annotated[int, typer.Option(help="Run so many seeds, for a standard error of each figure.")]
_Report = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write a page with plots (HTML).", rich_help_panel=options.OUTPUT),
]
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
_Verify = Annotated[bool, typer.Option("--verify", help="Replay the trades on the compiled contract.")]


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
    seeds: _Seeds = 1,
    precision: options.Precision = "exact",
    verify: _Verify = False,
    report: _Report = None,
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

    paths = [path for path in (report, trades, export) if path is not None]
    _check_options(paths, form, verify, precision)
    specs = [load_spec(file) for file in files]
    given = options.read_scenario(
        specs, scenario, prices, changes, arbitrage=arbitrage, gas_cost=gas_cost, alias=alias, allow_gaps=allow_gaps,
        seed=seed,
    )  # fmt: skip
    _refuse_unreplayed(verify, given, fee, specs)
    asked = {"value": value, "precision": precision, "fee": options.fee_function(fee)}
    if len(specs) > 1:
        _refuse_alone(seeds, trades)
        _several(files, specs, given, asked, verify, (report, export, form), as_json)
        return
    result, over, interrupted = _run(specs[0], given, seeds, asked)
    proof = verify_on_contract(result) if verify and not interrupted else None
    told: dict[str, Any] = {"over": over, "terms": given.position, "scenario": given.source}
    notes = [proof] if proof else []
    if report is not None:
        result.write_report(report, notes=notes, **told)
    if export is not None:
        result.write_tables(export, form, **told)
    if trades is not None:
        write_trades(result, trades)
    if as_json:
        print_json(summary(result, **told) | ({"verified": proof} if verify else {}))
    else:
        print_result(result, over, notes, paths)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _refuse_unreplayed(verify: bool, scenario: Scenario, fee: str | None, specs: Sequence[PoolSpec]) -> None:
    """Refuse a proof of runs in which the pool changed otherwise than by trades at its declared fee."""
    kinds = {type(agent).__name__ for agent in scenario.agents}
    others = {"LiquidityEvents": "liquidity that comes and goes", "Rebalancer": "weights that move"}
    found = [text for name, text in others.items() if name in kinds]
    found += ["a fee of your own"] * (fee is not None) + [
        f"a fee by {spec.fees.policy}" for spec in specs if spec.fees.policy is not Policy.FLAT
    ]
    if verify and found:
        raise PoolwrightError(f"--verify replays trades at the declared fee, not {found[0]}: leave one out.")


def _refuse_alone(seeds: int, trades: Path | None) -> None:
    if seeds != 1 or trades is not None:
        raise PoolwrightError("--seeds and --trades are for one pool; --export holds the trades of several.")


def _several(
    files: list[Path],
    specs: list[PoolSpec],
    scenario: Scenario,
    asked: dict[str, Any],
    verify: bool,
    outputs: tuple[Path | None, Path | None, str],
    as_json: bool,
) -> None:
    """Run pools side by side; each has its own page, tables and proof."""
    from poolwright.cli.side_by_side import check_names, each_path, print_side_by_side, run_side_by_side

    check_names(files)
    found = run_side_by_side(specs, scenario, **asked)
    found.check()
    (report, export, form), notes, written = outputs, [], []
    asked_of = {"terms": scenario.position, "scenario": scenario.source}
    for file, result in zip(files, found.pools, strict=True):
        told = [verify_on_contract(result)] if verify else []
        notes += [f"{file.stem}: {note}" for note in told]
        page, folder = each_path(report, file), each_path(export, file)
        if page is not None:
            written.append(result.write_report(page, notes=told, **asked_of))
        if folder is not None:
            written.append(result.write_tables(folder, form, **asked_of))
    if as_json:
        print_json(found.to_dict() | ({"verified": notes} if verify else {}))
    else:
        print_side_by_side(found, files, notes, written)


def _check_options(paths: list[Path], form: str, verify: bool, precision: str) -> None:
    from poolwright.simulate.export import check_form

    check_form(form)
    for path in paths:
        if not path.absolute().parent.is_dir():
            raise PoolwrightError(f"{path}: there is no folder {path.parent}. Create it first.")
    if verify and precision != "exact":
        raise PoolwrightError("--verify replays exact trades: leave out --precision.")


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
    from poolwright.simulate.export import trade_columns, write_table

    try:
        write_table(path, "csv", trade_columns(result))
    except OSError as error:
        raise PoolwrightError(
            f"{path}: cannot be written ({error.strerror}). Choose another path."
        ) from error


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
        out.print(line, soft_wrap=True)
    out.print(
        Text(f"  prices     {shortened(result.prices.source)}, {result.rows:,} rows", "dim"), soft_wrap=True
    )
    for name, text in traders_in_short(result):
        out.print(Text(f"  {name:<10} {text}", "dim"), soft_wrap=True)
    out.print(Text(f"  hashes     pool {result.params.hash[:16]}, prices {result.prices.sha256[:16]}", "dim"))
    if result.recheck is not None:
        gap, bound = f"{result.recheck.largest_gap:.3g}", f"{result.recheck.bound:g}"
        told = f"  float      {result.recheck.trades} trades rechecked, at most {gap} units from exact (bound {bound})"
        out.print(Text(told, "dim"), soft_wrap=True)
    if remark := opening_remark(result):
        out.print(Text(f"  note       {remark}", "yellow"), soft_wrap=True)
    for note in notes:
        out.print(Text(f"  verified   {note}", "green"), soft_wrap=True)
    for path in written:
        out.print(Text(f"  written    {path}"), soft_wrap=True)
    if not result.complete:
        out.print(Text(f"  stopped    after {result.rows:,} of {len(result.prices):,} rows", "bold yellow"))


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
