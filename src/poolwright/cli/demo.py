"""`poolwright demo`: check, quote, simulate, verify, report, on a generated market, in a folder to play on with."""

from __future__ import annotations

import shlex
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from poolwright.cli.output import console
from poolwright.errors import PoolwrightError
from poolwright.extras import obtainable

SEED = 7
HOURS = 24 * 180


def demo(
    folder: Annotated[Path, typer.Option(help="Where to put the demo's files.")] = Path("poolwright-demo"),
    report: Annotated[Path | None, typer.Option(help="The page to write; else report.html there.")] = None,
) -> None:
    """Show the whole line on a generated market.

    Writes a pool file and made-up prices, then checks, quotes, simulates, proves and reports.
    Every step is a command that can be typed again.
    """
    from poolwright.cli.check import check
    from poolwright.cli.new import scenario_text
    from poolwright.cli.quote import quote
    from poolwright.cli.simulate import simulate

    pool, prices, setting = folder / "index.toml", folder / "prices.csv", folder / "scenario.toml"
    page = report or folder / "report.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pool.write_bytes(files("poolwright.simulate").joinpath("demo/index.toml").read_bytes())
        setting.write_text(scenario_text(), encoding="utf-8")
        write_market(pool, prices, HOURS)
    except OSError as error:
        raise PoolwrightError(
            f"{folder}: cannot be written ({error.strerror}). Choose another --folder."
        ) from error
    out = console()
    out.print(f"{pool}: an index of three tokens", soft_wrap=True)
    out.print(f"{prices}: {HOURS:,} hours of a generated market, seed {SEED}; no real prices", soft_wrap=True)
    out.print(
        f"{setting}: who trades: an arbitrageur, and retail with a venue to go to instead", soft_wrap=True
    )
    _announce(f"check {_quoted(pool)}")
    check([pool])
    _announce(f"quote {_quoted(pool)} --in WETH --out DAI --exact-in 1.5")
    quote(pool, "WETH", "DAI", exact_in="1.5")
    proof = obtainable("pyrevm")
    flag = " --verify" if proof else ""
    given = f"--prices {_quoted(prices)} --scenario {_quoted(setting)}"
    _announce(f"simulate {_quoted(pool)} {given}{flag} --report {_quoted(page)}")
    simulate([pool], prices=[str(prices)], scenario=str(setting), verify=proof, report=page)
    if not proof:
        out.print(
            "\nNot proved on the contracts: the embedded chain needs Python 3.11 or 3.12.", soft_wrap=True
        )
    out.print(f"\nOpen {page} in a browser.", soft_wrap=True)


def write_market(pool: Path, prices: Path, hours: int) -> None:
    """Write generated prices for a pool's tokens, starting at its price hints."""
    from poolwright.simulate.market import generate_market
    from poolwright.spec.load import load_spec

    tokens = load_spec(pool).tokens
    first = {token.symbol: float(token.price_hint) for token in tokens if token.price_hint is not None}
    symbols = [token.symbol for token in tokens]
    generate_market(symbols, hours, SEED, start_prices=first).write_csv(prices)


def _announce(command: str) -> None:
    """Print a command as a person would type it."""
    console().print(f"\n$ poolwright {command}", style="bold", soft_wrap=True)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
