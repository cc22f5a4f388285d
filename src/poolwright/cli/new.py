"""`poolwright new`: a commented pool.toml to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from poolwright.cli.output import console, print_findings, print_json
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
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a new pool.toml from a preset.

    Never overwrites a file without --force, and writes nothing that "poolwright check" would refuse.
    """
    if preset == SCENARIO:
        _write(file, scenario_text(), force)
        _tell(
            file,
            "who trades, and on what market",
            f"simulate POOL --prices FILE --scenario {file}",
            [],
            as_json,
        )
        return
    assets = [parse_asset(part) for part in tokens.split(",")] if tokens is not None else []
    text = preset_toml(preset, assets)
    reading = check_text(text, str(file))
    if reading.spec is None:
        raise PoolwrightError(f"these assets make no sound pool: {_reasons(reading.findings)}")
    _write(file, text, force)
    _tell(file, describe(reading.spec), f"check {file}", reading.findings, as_json)


def _tell(file: Path, what: str, command: str, findings: list[Finding], as_json: bool) -> None:
    """Say what was written, what there is to say of it, and which command comes next."""
    from rich.text import Text

    if as_json:
        print_json({"file": str(file), "describes": what, "findings": [each.as_dict() for each in findings],
                    "next": f"poolwright {command}"})  # fmt: skip
        return
    out = console()
    out.print(Text.assemble((str(file), "bold"), f": {what}"), soft_wrap=True)
    if findings:
        out.print()
        print_findings(out, findings)
    out.print(Text.assemble(("next: ", "dim"), f"edit it, then poolwright {command}"), soft_wrap=True)


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
