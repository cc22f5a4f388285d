"""`poolwright check`: every misconfiguration, with its line, why it is dangerous, what to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from poolwright.cli.output import COLOURS, console, plural, print_findings, print_json
from poolwright.spec.describe import describe
from poolwright.spec.load import Reading, check_file


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Pool files.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find every misconfiguration in pool files.

    Exit status 0 when there are no errors (warnings are allowed), 2 otherwise.
    """
    readings = {str(file): check_file(file) for file in files}
    if as_json:
        print_json(_as_json(readings))
    else:
        _print(readings)
    if any(reading.errors for reading in readings.values()):
        raise typer.Exit(2)


def _as_json(readings: dict[str, Reading]) -> dict[str, Any]:
    """Return the findings as plain data; `hash` is that of the resolved parameters."""
    return {
        "ok": not any(reading.errors for reading in readings.values()),
        "files": [
            {
                "file": file,
                "ok": reading.errors == 0,
                "errors": reading.errors,
                "warnings": len(reading.findings) - reading.errors,
                "hash": reading.spec.resolve().hash if reading.spec else None,
                "findings": [finding.as_dict() for finding in reading.findings],
            }
            for file, reading in readings.items()
        ],
    }


def _print(readings: dict[str, Reading]) -> None:
    """Print a block for each file and one summary line."""
    from rich.text import Text

    out = console()
    for file, reading in readings.items():
        out.print(Text(file, "bold"), soft_wrap=True)
        if reading.spec is not None:
            out.print(Text(f"  {describe(reading.spec)}"), soft_wrap=True)
            out.print(Text(f"  parameters {reading.spec.resolve().hash[:16]}", "dim"))
        out.print()
        print_findings(out, reading.findings)
    errors = sum(reading.errors for reading in readings.values())
    warnings = sum(len(reading.findings) for reading in readings.values()) - errors
    style = COLOURS["error"] if errors else COLOURS["warning"] if warnings else "bold green"
    verdict = "not usable" if errors else "usable" if warnings else "sound"
    counts = f"{plural(errors, 'error')}, {plural(warnings, 'warning')} in {plural(len(readings), 'file')}"
    out.print(Text.assemble((verdict, style), f": {counts}"))
