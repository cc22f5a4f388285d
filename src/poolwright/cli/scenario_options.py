"""The options by which simulate, sweep and compare are told the market and who trades on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from poolwright.cli.options import load_function, pairs, price_source
from poolwright.errors import PoolwrightError

if TYPE_CHECKING:
    from poolwright.simulate.scenario import Scenario
    from poolwright.spec.schema import PoolSpec

# Headings of --help.
MARKET: Final = "Market"
TRADERS: Final = "Who trades"
OUTPUT: Final = "Output"

_PRICES = "A file with a time column and one column per token, or SYMBOL=FILE (or SYMBOL=1.0) for each."
_SCENARIO = (
    "A named market (calm, bull, bear, crash, depeg, ...), or a scenario.toml: market, blocks, gas, traders."
)
_SET = "Set one key of scenario.toml: retail.mean_size=500, arbitrageur.venue_fee=0.05%, blocks.law=poisson."

Prices = Annotated[list[str] | None, typer.Option(metavar="FILE", help=_PRICES, rich_help_panel=MARKET)]
ScenarioName = Annotated[
    str | None, typer.Option("--scenario", metavar="NAME|FILE", help=_SCENARIO, rich_help_panel=MARKET)
]
Alias = Annotated[
    list[str] | None,
    typer.Option(metavar="SYMBOL=COLUMN", help="Column that stands in for a token.", rich_help_panel=MARKET),
]
AllowGaps = Annotated[
    bool, typer.Option("--allow-gaps", help="Take irregular steps as they are.", rich_help_panel=MARKET)
]
Changes = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=_SET, rich_help_panel=TRADERS)
]
Arbitrage = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="best_pair (the default), to_no_arbitrage, best_basket or none.",
        rich_help_panel=TRADERS,
    ),
]
GasCost = Annotated[
    float | None,
    typer.Option(
        metavar="MONEY",
        help="What each trade costs the arbitrageur: arbitrageur.gas_cost.",
        rich_help_panel=TRADERS,
    ),
]
Fee = Annotated[
    str | None,
    typer.Option(
        metavar="FILE.py:FUNCTION",
        help="A swap fee of your own in place of the declared one.",
        rich_help_panel=TRADERS,
    ),
]
Precision = Annotated[str, typer.Option(help="exact, or float: quicker, a sample rechecked.")]
Value = Annotated[
    float | None,
    typer.Option(metavar="MONEY", help="First value of the pool; else that of its file's balances."),
]
Seeds = Annotated[int, typer.Option(help="Run so many seeds, for a standard error of each figure.")]
Report = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write a page with plots (HTML).", rich_help_panel=OUTPUT),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", rich_help_panel=OUTPUT)]


def read_scenario(
    specs: Sequence[PoolSpec],
    scenario: str | None,
    prices: list[str] | None,
    changes: list[str] | None,
    *,
    arbitrage: str | None = None,
    gas_cost: float | None = None,
    alias: list[str] | None = None,
    allow_gaps: bool = False,
    seed: int | None = None,
) -> Scenario:
    """Return the scenario with what the options say in place of what it says.

    A named market begins at the pools' price hints, and holds tokens there that follow the dollar.
    """
    from poolwright.simulate.scenario_file import load_scenario, parse_change

    changed: dict[str, Any] = {}
    if prices:
        market = {"prices": price_source(prices), "aliases": pairs(alias or [], "SYMBOL=COLUMN")}
        changed["market"] = market | {"allow_gaps": allow_gaps}
    elif alias or allow_gaps:
        raise PoolwrightError("--alias and --allow-gaps say how to read --prices, which is not there.")
    for key, value in (("arbitrageur.model", arbitrage), ("arbitrageur.gas_cost", gas_cost), ("seed", seed)):
        if value is not None:
            changed[key] = value
    given = pairs(changes or [], "KEY=VALUE, a key of scenario.toml")
    changed |= {key: parse_change(text) for key, text in given.items()}
    tokens = [token for spec in specs for token in spec.tokens]
    hints = {token.symbol: float(token.price_hint) for token in tokens if token.price_hint is not None}
    pegged = {token.symbol for token in tokens if token.follows == "USD"}
    return load_scenario(scenario, changed).starting_at(hints, pegged)


def fee_function(text: str | None) -> Any:
    """Return the function or FeeRule that FILE.py:FUNCTION names, None for none."""
    return None if text is None else load_function(text, "the fee", "pool, step, token_in and token_out")
