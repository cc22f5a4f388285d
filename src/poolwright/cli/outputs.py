"""What `poolwright simulate` leaves of a pool: its page, its tables, its trades, and the lines that say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from poolwright.cli.output import say
from poolwright.errors import PoolwrightError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from poolwright.simulate.result import SimulationResult


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where each goes, None for what is not asked for; `form`: of the tables."""

    report: Path | None
    export: Path | None
    trades: Path | None
    form: str

    def check(self) -> None:
        """Refuse an unknown form, and a place in a folder that is not there, before anything is run."""
        from poolwright.simulate.export import check_form

        check_form(self.form)
        check_folders(self.report, self.trades, self.export)

    def of(self, file: Path) -> Self:
        """Return where a pool's own go beside others': page.html becomes page-<name of the pool file>.html."""

        def own(path: Path | None) -> Path | None:
            return None if path is None else path.with_name(f"{path.stem}-{file.stem}{path.suffix}")

        return type(self)(own(self.report), own(self.export), own(self.trades), self.form)

    def write(self, result: SimulationResult, notes: Sequence[str], told: dict[str, Any]) -> list[Path]:
        """Write what is asked for, `told` as a report is; return the paths."""
        if self.report is not None:
            result.write_report(self.report, notes=notes, **told)
        if self.export is not None:
            result.write_tables(self.export, self.form, **told)
        if self.trades is not None:
            _write_trades(result, self.trades)
        return [path for path in (self.report, self.trades, self.export) if path is not None]


def print_outcome(
    out: Console, result: SimulationResult, notes: Sequence[str], written: Sequence[Path]
) -> None:
    """Print what was proved, what was written, and where a run was stopped."""
    from rich.text import Text

    for note in notes:
        say(out, Text(f"  verified   {note}", "green"))
    for path in written:
        out.print(Text(f"  written    {path}"), soft_wrap=True)
    if not result.complete:
        out.print(Text(f"  stopped    after {result.rows:,} of {len(result.prices):,} rows", "bold yellow"))


def check_folders(*paths: Path | None) -> None:
    """Refuse a place in a folder that is not there."""
    for path in paths:
        if path is not None and not path.absolute().parent.is_dir():
            raise PoolwrightError(f"{path}: there is no folder {path.parent}. Create it first.")


def _write_trades(result: SimulationResult, path: Path) -> None:
    """Write one line per trade; amounts are raw units of their token."""
    from poolwright.simulate.export import trade_columns, write_table

    try:
        write_table(path, "csv", trade_columns(result))
    except OSError as error:
        raise PoolwrightError(
            f"{path}: cannot be written ({error.strerror}). Choose another path."
        ) from error
