"""Pools to start from, by class of assets, as the text of a commented pool.toml."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from poolwright.errors import UnitError
from poolwright.spec.faults import MAX_TEXT
from poolwright.spec.kind import Kind
from poolwright.spec.tokens import KNOWN_TOKENS
from poolwright.units import format_number, parse_number


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset of a preset, as it will be written."""

    symbol: str
    decimals: int | None = None
    weight: Fraction | None = None
    rate: str | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A pool to start from: `when` says which markets it suits, `weights` how value is split."""

    kind: Kind
    when: str
    fee: str
    assets: tuple[Asset, ...]
    weights: tuple[Fraction, ...] = ()
    amplification: int = 0
    policy: tuple[str, ...] = ()  # of the fee, written as a suggestion


# Suggestions that a person may uncomment: the usual trade pays a little more than the fee at rest.
_IMBALANCE = ('policy = "imbalance"', 'most = "0.5%"', "slope = 0.02")
_VOLATILITY = ('policy = "volatility"', 'most = "2%"', "slope = 0.5")


def _assets(symbols: str) -> tuple[Asset, ...]:
    return tuple(Asset(symbol) for symbol in symbols.split())


def _percent(*shares: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(share, 100) for share in shares)


PRESETS: Final[dict[str, Preset]] = {
    "index": Preset(
        Kind.WEIGHTED, "several assets held in fixed shares, rebalanced by traders who pay for it",
        "0.3%", _assets("WETH WBTC DAI"), _percent(50, 30, 20), policy=_VOLATILITY,
    ),
    "80-20": Preset(
        Kind.WEIGHTED, "a project's token that needs a market while its holders keep most of the exposure",
        "0.3%", _assets("AAVE WETH"), _percent(80, 20), policy=_VOLATILITY,
    ),
    "50-50": Preset(
        Kind.WEIGHTED, "two assets whose prices move freely, and no view on which will do better",
        "0.3%", _assets("WETH USDC"), _percent(50, 50), policy=_VOLATILITY,
    ),
    "stable": Preset(
        Kind.STABLE, "assets that follow the same currency and trade near par",
        "0.04%", _assets("DAI USDC USDT"), amplification=200, policy=_IMBALANCE,
    ),
    "liquid-staking": Preset(
        Kind.STABLE, "a staked token beside what it is redeemed for; its rate grows as it earns",
        "0.04%", (Asset("wstETH", rate="1.2"), Asset("WETH")), amplification=100, policy=_IMBALANCE,
    ),
    "wrapped-btc": Preset(
        Kind.STABLE, "several wrappings of one coin, of which each may fail on its own",
        "0.04%", _assets("WBTC cbBTC tBTC"), amplification=100, policy=_IMBALANCE,
    ),
    "constant-product": Preset(
        Kind.CONSTANT_PRODUCT, "assets of equal standing with free prices, and the least to go wrong",
        "0.3%", _assets("WETH WBTC USDC"), policy=_VOLATILITY,
    ),
}  # fmt: skip


def find_preset(name: str) -> Preset:
    """Return a preset by name; UnitError names the nearest one."""
    if name in PRESETS:
        return PRESETS[name]
    near = difflib.get_close_matches(name, PRESETS, 1)
    raise UnitError(
        f"There is no preset {name!r}.",
        f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(PRESETS)}.",
    )


def parse_asset(text: str) -> Asset:
    """Read "SYMBOL", "SYMBOL:DECIMALS", "SYMBOL=WEIGHT" or both.

    >>> parse_asset("MYT:18=60%")
    Asset(symbol='MYT', decimals=18, weight=Fraction(3, 5), rate=None)
    """
    head, equals, weight = text.strip().partition("=")
    symbol, colon, decimals = head.strip().partition(":")
    if not symbol or (colon and not decimals.strip().isdecimal()):
        raise UnitError(f"{text!r} names no asset.", "Write SYMBOL, SYMBOL:DECIMALS or SYMBOL=WEIGHT.")
    return Asset(
        symbol.strip(), int(decimals) if colon else None, parse_number(weight.strip()) if equals else None
    )


def _texts(symbols: Sequence[str]) -> list[str]:
    """Return the lines for the share token's name and symbol; none where they would be too long: it is given others."""
    texts = {"name": " ".join(["Poolwright", *symbols]), "symbol": "-".join(["PW", *symbols])}
    return [f"{key} = {_quoted(text)}" for key, text in texts.items() if len(text.encode()) <= MAX_TEXT]


def preset_toml(name: str, assets: Sequence[Asset] = ()) -> str:
    """Return the text of a pool.toml made from a preset, with other assets if given.

    Without weights of their own, other assets get the preset's weights if their number fits, else equal ones.
    """
    preset = find_preset(name)
    chosen = _weighted(preset, tuple(assets) or preset.assets)
    lines = [
        f"# A {preset.kind.value.replace('_', ' ')} pool, from the preset {name}.",
        f"# For {preset.when}.",
        "",
        "[pool]",
        f'kind = "{preset.kind.value}"',
        *_texts([asset.symbol for asset in chosen]),
        "",
        "[fees]",
        _line(f'swap = "{preset.fee}"', "of the amount in"),
        _line('protocol_share = "0%"', "of the fee"),
        _line('creator_share = "0%"', "of the fee"),
    ]
    if preset.policy:
        first, *rest = (f"# {line}" for line in preset.policy)
        lines += [_line(first, "a fee that follows the pool, with the next two"), *rest]
    if preset.amplification:
        curve = _line(f"amplification = {preset.amplification}", "higher: flatter near par, worse in a depeg")
        lines += ["", "[stable]", curve]
    for asset in chosen:
        lines += ["", *_entry(asset)]
    return "\n".join(lines) + "\n"


def _weighted(preset: Preset, assets: tuple[Asset, ...]) -> tuple[Asset, ...]:
    """Give each asset its weight, where the kind has weights."""
    if preset.kind is not Kind.WEIGHTED or any(asset.weight is not None for asset in assets):
        return assets
    fits = len(preset.weights) == len(assets)
    weights = preset.weights if fits else (Fraction(1, len(assets)),) * len(assets)
    return tuple(replace(asset, weight=weight) for asset, weight in zip(assets, weights, strict=True))


def _entry(asset: Asset) -> list[str]:
    """Write one [[tokens]] entry."""
    known = KNOWN_TOKENS.get(asset.symbol)
    decimals = asset.decimals if asset.decimals is not None else known.decimals if known else None
    lines = ["[[tokens]]", f"symbol = {_quoted(asset.symbol)}"]
    if decimals is not None:
        lines.append(f"decimals = {decimals}")
    if asset.weight is not None:
        percent = format_number(asset.weight * 100)
        lines.append(
            f'weight = "{percent}%"' if "/" not in percent else f'weight = "{format_number(asset.weight)}"'
        )
    if asset.rate is not None:
        lines.append(_line(f"rate = {asset.rate}", "put today's rate here, and add its rate_provider"))
    return [*lines, _line("# balance = 100", "whole tokens to start with")]


def _line(text: str, comment: str) -> str:
    """Write a line with its comment in the column of the others."""
    return f"{text:<25} # {comment}"


def _quoted(text: str) -> str:
    """Write text as TOML does; its escapes are those of JSON."""
    return json.dumps(text)
