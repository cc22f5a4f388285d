"""`poolwright new`: a commented pool.toml to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from poolwright.cli.output import console, print_findings
from poolwright.errors import Finding, PoolwrightError
from poolwright.spec.describe import describe
from poolwright.spec.load import check_text
from poolwright.spec.presets import PRESETS, parse_asset, preset_toml

# No pool: the market and who trades on it.
SCENARIO = "scenario"
_PRESET_HELP = (
    f"One of: {', '.join(PRESETS)}; or {SCENARIO}, the market and who trades, for simulate and sweep."
)
_TOKENS_HELP = "Other assets, such as WETH,USDC or MYT:18=60%,WETH=40% (symbol:decimals=weight)."


def new(
    file: Annotated[Path, typer.Argument(help="The file to write.", show_default=False)],
    preset: Annotated[str, typer.Option(help=_PRESET_HELP)] = "index",
    tokens: Annotated[str | None, typer.Option(metavar="LIST", help=_TOKENS_HELP)] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
) -> None:
    """Write a new pool.toml from a preset.

    Never overwrites a file without --force, and writes nothing that "poolwright check" would refuse.
    """
    from rich.text import Text

    if preset == SCENARIO:
        _write(file, scenario_text(), force)
        console().print(
            f"{file}: next: poolwright simulate POOL --prices FILE --scenario {file}", soft_wrap=True
        )
        return

    assets = [parse_asset(part) for part in tokens.split(",")] if tokens is not None else []
    text = preset_toml(preset, assets)
    reading = check_text(text, str(file))
    if reading.spec is None:
        raise PoolwrightError(f"these assets make no sound pool: {_reasons(reading.findings)}")
    _write(file, text, force)
    out = console()
    out.print(Text.assemble((str(file), "bold"), f": {describe(reading.spec)}"), soft_wrap=True)
    if reading.findings:
        out.print()
        print_findings(out, reading.findings)
    out.print(
        Text.assemble(("next: ", "dim"), f"set the balances, then poolwright check {file}"), soft_wrap=True
    )


def scenario_text() -> str:
    """Return the text of a commented scenario.toml."""
    return files("poolwright").joinpath("simulate/demo/scenario.toml").read_text(encoding="utf-8")


def _reasons(findings: list[Finding]) -> str:
    """Return every error in one line, with the remedy in terms of this command where it differs."""
    return " ".join(
        f"{finding.message} Write it with its decimals, such as MYT:18."
        if finding.code == "symbol-unknown"
        else f"{finding.message} {finding.fix}"
        for finding in findings
        if finding.severity == "error"
    )


def _write(file: Path, text: str, force: bool) -> None:
    """Write the file; in one step with the question whether it exists."""
    try:
        with file.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise PoolwrightError(f"{file} exists already; choose another name, or add --force.") from None
    except OSError as error:
        raise PoolwrightError(f"cannot write {file}: {(error.strerror or str(error)).lower()}.") from None
