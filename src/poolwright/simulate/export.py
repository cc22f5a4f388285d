"""Everything on a report's page as tables: CSV, Parquet or JSON, one file each, and the figures as summary.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from poolwright.errors import PoolwrightError
from poolwright.extras import later
from poolwright.simulate.amplification import AmplificationCourse
from poolwright.simulate.books import LEDGERS
from poolwright.simulate.curves import Curve, cost_curves, depth_curves, loss_surface
from poolwright.simulate.kernels import tables
from poolwright.simulate.prices import iso_time
from poolwright.simulate.report import summary
from poolwright.simulate.result import SimulationResult
from poolwright.spec.bounds import AMPLIFICATION_PRECISION

if TYPE_CHECKING:
    from poolwright.simulate.scenario import Position
    from poolwright.simulate.seeds import OverSeeds

pa = later("pyarrow", "sim")
pa_csv = later("pyarrow.csv", "sim")
pa_parquet = later("pyarrow.parquet", "sim")

AGENTS: Final = {
    tables.ARBITRAGEUR: "arbitrageur",
    tables.RETAIL: "retail",
    tables.FRONT_RUNNER: "front_runner",
}
# Column name -> values, all of one length.
Columns = Mapping[str, Any]


def write_tables(
    result: SimulationResult,
    folder: str | Path,
    form: str = "csv",
    *,
    over: OverSeeds | None = None,
    terms: Position | None = None,
    scenario: str = "",
) -> Path:
    """Write rows, trades, depth, cost and loss as tables of a form, and summary.json; return the folder.

    Values are in the numeraire, balances in whole tokens, the amounts of trades raw integers (text in Parquet,
    which has none so large). Raises PoolwrightError for an unknown form or a folder that cannot be written.
    """
    check_form(form)
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, columns in all_tables(result, over=over).items():
            write_table(place / f"{name}.{form}", form, columns)
        text = json.dumps(summary(result, over=over, terms=terms, scenario=scenario), indent=2)
        (place / "summary.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise PoolwrightError(
            f"{place}: cannot be written ({error.strerror}). Choose another folder."
        ) from error
    return place


def check_form(form: str) -> None:
    """Raise PoolwrightError for a form of tables that is not known."""
    if form not in WRITERS:
        raise PoolwrightError(f"there is no form {form!r} of tables; known: {', '.join(WRITERS)}.")


def write_table(path: Path, form: str, columns: Columns) -> None:
    """Write one table in a known form; OSError where that fails."""
    WRITERS[form](path, columns)


def all_tables(result: SimulationResult, *, over: OverSeeds | None = None) -> dict[str, Columns]:
    """Return every table by name."""
    found: dict[str, Columns] = {
        "rows": row_columns(result),
        "trades": trade_columns(result),
        "depth": _curves(depth_curves(result), "move", "value_in"),
        "cost": _curves(cost_curves(result), "value_in", "cost"),
        "loss": _surface(result),
    }
    if over is not None:
        found["seeds"] = {"seed": list(over.seeds), **over.figures}
    return found


def row_columns(result: SimulationResult) -> dict[str, Any]:
    """Return prices, balances, values and every ledger of the books, by row of prices."""
    symbols, held = result.prices.symbols, result.books.against_holding
    columns: dict[str, Any] = {"time": [iso_time(time) for time in result.times.tolist()]}
    for k, symbol in enumerate(symbols):
        columns[f"price_{symbol}"] = result.prices.prices[: result.rows, k]
    for k, symbol in enumerate(symbols):
        columns[f"balance_{symbol}"] = result.balances[:, k]
    if isinstance(result.course, AmplificationCourse):
        columns["amplification"] = result.course.values[: result.rows] / AMPLIFICATION_PRECISION
    elif result.course is not None:
        for k, symbol in enumerate(symbols):
            columns[f"weight_{symbol}"] = result.course.fractions[: result.rows, k]
    if result.rates is not None:
        for k in result.rates.reports:
            columns[f"rate_{symbols[k]}"] = result.rates.floats[: result.rows, k]
            columns[f"frozen_{symbols[k]}"] = result.rates.frozen[: result.rows, k].astype(np.int64)
    columns |= {
        "value": result.value,
        "share_value": result.share_value,
        "hold": result.hold,
        "rebalanced": result.rebalanced,
        "without_fees": result.invariant_value,
        "impermanent_loss": result.impermanent_loss,
        "trades_so_far": result.trade_counts,
    }
    ledgers = {f"moved_{name}": result.books.ledger(name) for name in LEDGERS}
    return columns | ledgers | {f"against_holding_{name}": part for name, part in held.items()}


def trade_columns(result: SimulationResult) -> dict[str, Any]:
    """Return every trade: who, when, what; amounts in raw units as text, exact."""
    symbols, trades = [token.symbol for token in result.params.tokens], list(result.trades)
    return {
        "row": [each.row for each in trades],
        "time": [iso_time(each.time) for each in trades],
        "token_in": [symbols[each.token_in] for each in trades],
        "token_out": [symbols[each.token_out] for each in trades],
        "amount_in": [str(each.amount_in) for each in trades],
        "amount_out": [str(each.amount_out) for each in trades],
        "fee": [str(each.fee) for each in trades],
        "agent": [AGENTS[each.agent] for each in trades],
        "swap_fee": [str(each.swap_fee) for each in trades],
    }


def _curves(curves: Iterable[Curve], x: str, y: str) -> dict[str, Any]:
    points = [
        (curve.name, "buy" if curve.buying else "sell", a, b)
        for curve in curves
        for a, b in zip(curve.x.tolist(), curve.y.tolist(), strict=True)
    ]
    columns = list(zip(*points, strict=True)) if points else [()] * 4
    return dict(zip(("token", "side", x, y), map(list, columns), strict=True))


def _surface(result: SimulationResult) -> dict[str, Any]:
    """Return the surface of impermanent loss, a row per point."""
    surface = loss_surface(result)
    ticks = [surface.x] if len(surface.tokens) == 1 else [surface.x, surface.y]
    grid = [np.broadcast_to(axis, surface.z.shape) for axis in np.meshgrid(*ticks)]
    named = zip(surface.tokens, grid, strict=True)
    ratios = {f"{token}_in_{surface.quote}": ratio.ravel() for token, ratio in named}
    return ratios | {"impermanent_loss": surface.z.ravel()}


def _write_csv(path: Path, columns: Columns) -> None:
    options = pa_csv.WriteOptions(quoting_style="needed")
    pa_csv.write_csv(pa.table(dict(columns)), path, options)


def _write_parquet(path: Path, columns: Columns) -> None:
    pa_parquet.write_table(pa.table(dict(columns)), path)


def _write_json(path: Path, columns: Columns) -> None:
    plain = {name: np.asarray(values).tolist() for name, values in columns.items()}
    path.write_text(json.dumps(plain) + "\n", encoding="utf-8")


WRITERS: Final = {"csv": _write_csv, "parquet": _write_parquet, "json": _write_json}
