"""A sweep as one page: the best runs, how sensitive they are, and what was swept, in a file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from poolwright.simulate.markets.wording import in_words
from poolwright.simulate.page import render, write
from poolwright.simulate.sweep.charts import all_charts
from poolwright.simulate.sweep.result import SweepResult, spread
from poolwright.simulate.sweep.wording import write_figure

# Figures shown beside the objective, when the simulation has them.
SHOWN = ("value_vs_hold", "fees", "arbitrage_profit", "trades")
# Runs in the table; refused points listed.
BEST, REFUSED = 15, 12


def write_report(result: SweepResult, path: str | Path) -> Path:
    """Write the page. Returns the path."""
    return write(path, render_report(result))


def render_report(result: SweepResult) -> str:
    """Return the page as HTML; the same result gives the same page."""
    keys, name = [dimension.short for dimension in result.dimensions], _objective(result)
    tested = ["Train", "Test", "Standard error"] if result.folds else [name.replace("_", " ")]
    shown = [figure.replace("_", " ") for figure in _shown(result)]
    return render(
        "sweep",
        all_charts(result),
        result.to_dict(),
        result=result,
        name=result.manifest["name"],
        generated="generated" in result.manifest["source"],
        cards=_cards(result),
        keys=keys,
        best_head=["Run", *keys, *tested, *shown],
        best=_best(result),
        forward_head=["Test window", "Chosen run", *keys, "Windows before", "Test"],
        forward=_forward(result),
        refused=[row for row in result.rows if row.state == "refused"][:REFUSED],
        refused_count=result.count("refused"),
        facts=_facts(result),
        ends=" and ".join(dimension.short for dimension in result.at_the_end()),
    )


def _objective(result: SweepResult) -> str:
    return str(result.manifest["objective"]).partition(" ")[0]


def _shown(result: SweepResult) -> list[str]:
    """Return the figures beside the objective that the simulation has."""
    known = set(result.manifest["figures"]) - {_objective(result)}
    return [figure for figure in SHOWN if figure in known]


def _cards(result: SweepResult) -> list[tuple[str, str, str]]:
    """Return (name, figure, remark)."""
    best = result.best(1)
    counts = f"{result.count('pruned')} given up, {result.count('refused')} refused"
    cards = [("runs", f"{len(result.rows):,}", counts)]
    if best:
        row, windows, name = best[0], result.folds + 1, _objective(result)
        mean, error = spread(row.objectives)
        point = ", ".join(f"{key} {row.point[each.path]}" for each, key in _short(result))
        head = [(f"best {name}", write_figure(name, row.train(windows)), f"run {row.run}: {point}")]
        if result.folds:
            head.append(("the same run on the test", write_figure(name, row.test(windows)), "unseen window"))
            wide = write_figure(name, error).removeprefix("+")
            head.append(("mean of all windows", write_figure(name, mean), f"±{wide} standard error"))
        cards = head + cards
    return cards


def _short(result: SweepResult) -> list[tuple[Any, str]]:
    return [(dimension, dimension.short) for dimension in result.dimensions]


def _best(result: SweepResult) -> list[list[str]]:
    windows, name = result.folds + 1, _objective(result)
    rows = []
    for row in result.best(BEST):
        line = [str(row.run), *(row.point[dimension.path] for dimension in result.dimensions)]
        line.append(write_figure(name, row.train(windows)))
        if result.folds:
            error = write_figure(name, spread(row.objectives)[1]).removeprefix("+")
            line += [write_figure(name, row.test(windows)), error]
        means = {figure: spread(row.figures[figure])[0] for figure in _shown(result)}
        rows.append(line + [write_figure(figure, mean) for figure, mean in means.items()])
    return rows


def _forward(result: SweepResult) -> list[list[str]]:
    name = _objective(result)
    return [
        [
            " to ".join(edge[:10] for edge in result.windows[fold.fold]),
            str(fold.run),
            *(fold.point[dimension.path] for dimension in result.dimensions),
            write_figure(name, fold.train),
            write_figure(name, fold.test),
        ]
        for fold in result.walk_forward()
    ]


def _facts(result: SweepResult) -> list[tuple[str, str]]:
    """Return what the sweep rests on."""
    manifest = result.manifest
    varied = [f"{path}: {_values(values)}" for path, values in manifest["vary"].items()]
    options = ", ".join(f"{name} {value}" for name, value in manifest["options"].items() if name != "agents")
    split = "no split" if not result.folds else (
        f"{result.folds} folds: {len(result.windows)} windows in time order, a fresh pool in each"
    )  # fmt: skip
    start, end = result.windows[0][0], result.windows[-1][1]
    return [
        ("Varied", "; ".join(varied)),
        ("Objective", f"{_objective(result)}, {'more' if result.sign > 0 else 'less'} is better"),
        ("Method", f"{manifest['method']}, seed {manifest['seed']}"),
        ("Walk-forward", split),
        ("First value", write_figure("value", manifest["value"])),
        *((name, text) for name, text in manifest["traders"]),
        *([("Simulation", options)] if options else []),
        ("Prices", f"{in_words(manifest['source'])}, {start} to {end}"),
        *((f"Hash of {what}", str(manifest[key])) for what, key in (
            ("the pool file", "spec"), ("the prices", "data"), ("the code", "code")
        )),
    ]  # fmt: skip


def _values(values: list[str]) -> str:
    return ", ".join(values) if len(values) <= 6 else f"{values[0]} to {values[-1]}, {len(values)} values"
