"""`poolwright sweep`: many runs with keys of the pool varied; the best of them, resumed after a stop, with a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolwright.cli import scenario_options as options
from poolwright.cli.options import load_function, pairs
from poolwright.cli.output import INTERRUPTED, console, fitted, plural, print_json, progress_bar, say
from poolwright.errors import PoolwrightError
from poolwright.spec.load import load_spec

if TYPE_CHECKING:
    from rich.console import Console

    from poolwright.simulate.result import SimulationResult
    from poolwright.simulate.sweep.result import SweepResult
    from poolwright.spec.schema import PoolSpec

_VARY = "KEY=lo:hi:n, KEY=lo:hi:n:log or KEY=a,b,c; a key as swap_fee, WETH.weight or amplification."
_OBJECTIVE = "A figure (value_vs_hold, fees, ...), or FILE.py:FUNCTION of a SimulationResult."
_KEEP = "Keep finished runs there (Parquet), and go on from it."
_TABLE = "Write every run as a table: .csv, .parquet or .json."

# Facts about who trades that the table names; the page has all.
TRADERS = ("Arbitrage", "Retail")

_File = Annotated[Path, typer.Argument(help="The pool file.", show_default=False)]
_Vary = Annotated[list[str], typer.Option(metavar="KEY=RANGE", help=_VARY)]
_Objective = Annotated[str, typer.Option(metavar="FIGURE", help=_OBJECTIVE)]
_Maximise = Annotated[
    bool | None, typer.Option("--maximise/--minimise", help="Which way is better; costs are minimised.")
]
_Method = Annotated[str, typer.Option(help="grid, random or optuna.")]
_Runs = Annotated[int, typer.Option(help="Points for random and optuna.")]
_Folds = Annotated[int, typer.Option(help="Walk-forward folds; 0: no test window.")]
_Prune = Annotated[bool | None, typer.Option("--prune/--no-prune", help="Give up bad runs after a window.")]
_Workers = Annotated[int, typer.Option(help="Threads.")]
_Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Run on a Dask cluster: tcp://host:8786.")
]
_Seed = Annotated[int, typer.Option(help="Of random and optuna; that of retail and gas is the scenario's.")]
_Best = Annotated[int, typer.Option(help="Runs to list.", rich_help_panel=options.OUTPUT)]
_Out = Annotated[Path | None, typer.Option(metavar="FOLDER", help=_KEEP, rich_help_panel=options.OUTPUT)]
_Report = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write a page with plots (HTML).", rich_help_panel=options.OUTPUT),
]
_Table = Annotated[Path | None, typer.Option(metavar="FILE", help=_TABLE, rich_help_panel=options.OUTPUT)]
_Write = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the best pool as a pool.toml.", rich_help_panel=options.OUTPUT),
]


def sweep(
    file: _File,
    vary: _Vary,
    *,
    objective: _Objective = "value_vs_hold",
    maximise: _Maximise = None,
    method: _Method = "grid",
    runs: _Runs = 64,
    folds: _Folds = 0,
    prune: _Prune = None,
    seed: _Seed = 0,
    workers: _Workers = 2,
    scheduler: _Scheduler = None,
    value: options.Value = None,
    precision: options.Precision = "exact",
    prices: options.Prices = None,
    scenario: options.ScenarioName = None,
    alias: options.Alias = None,
    allow_gaps: options.AllowGaps = False,
    arbitrage: options.Arbitrage = None,
    gas_cost: options.GasCost = None,
    fee: options.Fee = None,
    changes: options.Changes = None,
    best: _Best = 10,
    out: _Out = None,
    report: _Report = None,
    table: _Table = None,
    write: _Write = None,
    as_json: options.Json = False,
) -> None:
    """Run a pool many times with some of its keys varied.

    Runs go through the linter first; what it refuses is recorded and not run.
    Ctrl-C keeps what is finished; the same command with the same --out goes on.
    """
    paths = [path for path in (out, report, table, write) if path is not None]
    _check_paths([path for path in paths if path is not out], table)
    spec = load_spec(file)
    given = options.read_scenario(
        [spec], scenario, prices, changes, arbitrage=arbitrage, gas_cost=gas_cost, alias=alias, allow_gaps=allow_gaps
    )  # fmt: skip
    stage = given.stage([token.symbol for token in spec.tokens])
    asked: dict[str, Any] = {
        "vary": pairs(vary, "KEY=lo:hi:n or KEY=a,b,c"), "objective": read_objective(objective),
        "maximise": maximise, "method": method, "runs": runs, "folds": folds, "prune": prune, "folder": out,
        "workers": workers, "scheduler": scheduler, "seed": seed, "value": value, "agents": stage.agents,
        "draws": stage.seed, "precision": precision, "fee": options.fee_function(fee),
    }  # fmt: skip
    result, interrupted = _run(spec, stage.prices, asked)
    if result.complete and result.count("refused") == result.total:
        raise PoolwrightError(
            f"none of the {plural(result.total, 'point')} is a pool that can run. First: {result.rows[0].findings[0]}"
        )
    _write_files(result, spec, report, table, write)
    if as_json:
        print_json(result.to_dict(best))
    else:
        print_sweep(result, best, paths)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _check_paths(paths: list[Path], table: Path | None) -> None:
    from poolwright.simulate.export import check_form

    for path in paths:
        if not path.absolute().parent.is_dir():
            raise PoolwrightError(f"{path}: there is no folder {path.parent}. Create it first.")
    if table is not None:
        check_form(table.suffix.removeprefix("."))


def _run(spec: PoolSpec, prices: Any, asked: dict[str, Any]) -> tuple[SweepResult, bool]:
    """Sweep with a progress bar; tell whether Ctrl-C ended it, with the runs finished until then."""
    from poolwright.simulate.sweep.run import SweepInterrupted
    from poolwright.simulate.sweep.run import sweep as run

    asked = {name: option for name, option in asked.items() if name != "fee" or option is not None}
    try:
        with progress_bar("runs") as progress:
            return run(spec, prices, progress=progress, **asked), False
    except SweepInterrupted as stopped:
        return stopped.result, True


def _write_files(
    result: SweepResult, spec: PoolSpec, report: Path | None, table: Path | None, pool: Path | None
) -> None:
    from poolwright.simulate.export import write_table

    try:
        if report is not None:
            result.write_report(report)
        if table is not None:
            write_table(table, table.suffix.removeprefix("."), result.columns)
        if pool is not None:
            pool.write_text(result.pool_toml(spec), encoding="utf-8")
    except OSError as error:
        raise PoolwrightError(
            f"{error.filename}: cannot be written ({error.strerror}). Choose another path."
        ) from error


def read_objective(text: str) -> str | Callable[[SimulationResult], float]:
    """Return the name of a figure as it is, or the function that FILE.py:FUNCTION names."""
    if ".py:" not in text:
        return text
    objective: Callable[[SimulationResult], float] = load_function(
        text, "the objective", "a SimulationResult"
    )
    return objective


def print_sweep(result: SweepResult, best: int, written: list[Path]) -> None:
    """Print the best runs as a table, how choosing as one goes did, and what it rests on."""
    from rich.text import Text

    out = console()
    manifest = result.manifest
    head = Text.assemble((manifest["name"], "bold"))
    out.print(head.append("  generated market" if "generated" in manifest["source"] else "", "yellow"))
    direction = "more is better" if result.sign > 0 else "less is better"
    out.print(Text(f"  best by {_objective(result)} ({direction})", "dim"))
    _table(out, _best_cells(result, best), "bold")
    if result.folds:
        out.print()
        out.print(Text("  walking forward: chosen by the windows before, then tested on the next", "dim"))
        _table(out, _forward_cells(result), "")
    out.print()
    for line in _remarks(result):
        say(out, Text(f"  {line}", "dim"))
    for path in written:
        out.print(Text(f"  written    {path}"), soft_wrap=True)
    if not result.complete:
        left = f"  stopped    after {len(result.rows):,} of {result.total:,} runs"
        again = "; the same command goes on from there" if result.folder else ""
        out.print(Text(left + again, "bold yellow"), soft_wrap=True)


def _objective(result: SweepResult) -> str:
    return str(result.manifest["objective"]).partition(" ")[0]


def _table(out: Console, cells: list[list[str]], style: str) -> None:
    """Print cells in aligned columns, the first row as the head."""
    from rich.text import Text

    cells, gap = fitted(out, cells)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for k, row in enumerate(cells):
        line = "  " + gap.join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        out.print(Text(line, "dim" if k == 0 else style if k == 1 else ""), soft_wrap=True)


def _best_cells(result: SweepResult, count: int) -> list[list[str]]:
    from poolwright.simulate.sweep.result import spread
    from poolwright.simulate.sweep.wording import write_figure

    name, windows = _objective(result), result.folds + 1
    head = ["run", *(each.short for each in result.dimensions)]
    head += ["train", "test", "s.e."] if result.folds else [name]
    others = [
        figure for figure in ("fees", "trades") if figure in result.manifest["figures"] and figure != name
    ]
    cells = [head + others]
    for row in result.best(count):
        line = [str(row.run), *(row.point[each.path] for each in result.dimensions)]
        line.append(write_figure(name, row.train(windows)))
        if result.folds:
            error = write_figure(name, spread(row.objectives)[1]).removeprefix("+")
            line += [write_figure(name, row.test(windows)), error]
        means = {figure: sum(row.figures[figure]) / len(row.figures[figure]) for figure in others}
        cells.append(line + [write_figure(figure, mean) for figure, mean in means.items()])
    return cells


def _forward_cells(result: SweepResult) -> list[list[str]]:
    from poolwright.simulate.sweep.wording import write_figure

    name = _objective(result)
    cells = [["test window", "run", *(each.short for each in result.dimensions), "before", "test"]]
    for fold in result.walk_forward():
        window = " to ".join(edge[:10] for edge in result.windows[fold.fold])
        values = [fold.point[each.path] for each in result.dimensions]
        figures = [write_figure(name, fold.train), write_figure(name, fold.test)]
        cells.append([window, str(fold.run), *values, *figures])
    return cells


def _remarks(result: SweepResult) -> list[str]:
    """Say what ran, what did not, and on which pool, prices and code."""
    from poolwright.simulate.words import shortened

    manifest: Any = result.manifest
    counts = [f"{plural(result.count('done'), 'run')} finished"]
    if pruned := result.count("pruned"):
        counts.append(f"{pruned} given up after a window")
    if refused := result.count("refused"):
        counts.append(f"{refused} refused by the linter")
    lines = [f"runs       {', '.join(counts)}; {manifest['method']}, seed {manifest['seed']}"]
    if result.folds:
        lines.append(f"windows    {len(result.windows)}; s.e. and figures are over all of them")
    lines += [f"{name[:10].lower():<10} {text}" for name, text in manifest["traders"] if name in TRADERS]
    lines.append(f"prices     {shortened(manifest['source'])}")
    names = (("pool", "spec"), ("prices", "data"), ("code", "code"))
    hashes = ", ".join(f"{what} {manifest[key][:12]}" for what, key in names)
    lines.append(f"hashes     {hashes}")
    if result.at_the_end():
        ends = " and ".join(dimension.short for dimension in result.at_the_end())
        lines.append(
            f"note       the best lies at the end of the range of {ends}: a wider one may hold better"
        )
    first = next((row for row in result.rows if row.state == "refused"), None)
    if first is not None:
        lines.append(f"refused    run {first.run}: {first.findings[0]}")
    return lines
