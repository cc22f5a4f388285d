"""scenario.toml: the market and who acts on it, read into a `Scenario`; docs/scenario-toml.md is the reference.

A table is a dataclass and its keys are the fields, so that an agent has one set of names and one set of checks.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from poolwright.errors import PoolwrightError, UnitError
from poolwright.simulate.agents import Agent, Arbitrageur, LiquidityEvents, Retail, RivalPool, Venue
from poolwright.simulate.amplification import AmplificationRamps
from poolwright.simulate.markets import blocks, gas
from poolwright.simulate.markets.presets import PRESETS
from poolwright.simulate.policies import Accounts
from poolwright.simulate.rates import Rates, RateSeries
from poolwright.simulate.rebalancer import FrontRunner, Rebalancer
from poolwright.simulate.scenario import Market, Position, Scenario
from poolwright.spec.source import key_lines, line_of
from poolwright.units import parse_number

T = TypeVar("T")
Tables = dict[str, Any]

# Agents whose tables are their fields and nothing else.
PLAIN_AGENTS: Final[Mapping[str, Callable[..., Agent]]] = {
    "rebalancer": Rebalancer,
    "front_runner": FrontRunner,
    "amplification": AmplificationRamps,
    "accounts": Accounts,
}
KNOWN: Final = (
    *("seed", "market", "blocks", "gas", "arbitrageur", "retail", "liquidity", "rates"), *PLAIN_AGENTS, "position"
)  # fmt: skip
BLOCK_LAWS: Final[Mapping[str, Callable[..., blocks.BlockLaw]]] = {
    "constant": blocks.ConstantBlocks,
    "missed_slots": blocks.MissedSlots,
    "poisson": blocks.PoissonBlocks,
}
GAS_LAWS: Final[Mapping[str, Callable[..., gas.GasLaw]]] = {
    "constant": gas.ConstantGas,
    "lognormal": gas.LognormalGas,
    "recorded": gas.RecordedGas.load,
}
RIVALS: Final[Mapping[str, Callable[..., Venue | RivalPool]]] = {"venue": Venue, "pool": RivalPool}
# Of `RecordedGas.load`, which is no dataclass.
RECORDED_KEYS: Final = ("path", "column", "loop")
# In place of a model of arbitrage.
NOBODY: Final = "none"


def load_scenario(source: str | Path | None = None, changes: Mapping[str, Any] | None = None) -> Scenario:
    """Return the scenario of a scenario.toml, or of a name such as "crash"; without either, the default one.

    `changes`: values that stand in for those of the file, by dotted key: {"retail.mean_size": 500}. Paths in a
    file start at its folder. Raises PoolwrightError naming file, line and key.
    """
    name = "" if source is None else str(source)
    tables: Tables = {}
    text = ""
    if name in PRESETS:
        tables = {"market": {"preset": name}}
    elif source is not None:
        text = _read(Path(source))
        tables = _parse(name, text)
        _anchor(tables, Path(source).parent)
    for key, value in (changes or {}).items():
        _put(tables, key, value)
    found = _Reader(f"{name}, " if text else "", key_lines(text)).scenario(tables)
    return replace(found, source=_label(name, text, changes or {}))


def parse_change(text: str) -> Any:
    """Return a value as TOML has it; what is not TOML is text.

    >>> parse_change("500"), parse_change("0.3%"), parse_change("[[1, 2]]")
    (500, '0.3%', [[1, 2]])
    """
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _label(name: str, text: str, changes: Mapping[str, Any]) -> str:
    """Say where a scenario comes from: the file with its hash, and the keys that were set."""
    parts = [f"{Path(name).name}, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}" if text else name]
    # The market's own files have their place and hash beside it.
    parts += [f"{key} = {value}" for key, value in changes.items() if key != "market"]
    return "; ".join(filter(None, parts))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise PoolwrightError(
            f"{path}: no scenario can be read there ({reason}). Give a scenario.toml, or one of {', '.join(PRESETS)}."
        ) from error


def _parse(name: str, text: str) -> Tables:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PoolwrightError(f"{name}: not valid TOML: {error}.") from error


def _anchor(tables: Tables, folder: Path) -> None:
    """Let relative paths start at the folder of the file."""
    market, law = tables.get("market"), tables.get("gas")
    if isinstance(market, dict) and isinstance(prices := market.get("prices"), str | dict):
        if isinstance(prices, str):
            market["prices"] = str(folder / prices)
        else:
            anchored = {each: str(folder / at) if isinstance(at, str) else at for each, at in prices.items()}
            market["prices"] = anchored
    for table, key in ((law, "path"), (tables.get("rates"), "file")):
        if isinstance(table, dict) and isinstance(table.get(key), str):
            table[key] = str(folder / table[key])


def _put(tables: Tables, key: str, value: Any) -> None:
    """Set the value of a dotted key, making the tables on the way."""
    *path, last = key.split(".")
    for part in path:
        tables = tables.setdefault(part, {})
        if not isinstance(tables, dict):
            raise PoolwrightError(f"{key}: {part} is no table of single keys; change it in the file.")
    tables[last] = value


class _Reader:
    """One reading; `where` names the file in errors, `lines` its keys' lines."""

    def __init__(self, where: str, lines: dict[str, int]) -> None:
        self.where = where
        self.lines = lines

    def scenario(self, tables: Tables) -> Scenario:
        for name in tables:
            if name not in KNOWN:
                self.unknown(name, name, KNOWN)
        seed = tables.get("seed", 7)
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            self.fail("seed", f"{seed!r} must be a whole number of 0 or more.")
        market = self.build(Market, "market", tables.get("market", {}), plain=True)
        return Scenario(
            market=market,
            blocks=self.law(BLOCK_LAWS, "blocks", tables["blocks"]) if "blocks" in tables else None,
            agents=tuple(agent for agent in self.agents(tables, market) if agent is not None),
            seed=seed,
            position=self.build(Position, "position", tables.get("position", {})),
        )

    def agents(self, tables: Tables, market: Market) -> list[Agent | None]:
        """Return all who act; without its table, the arbitrageur as it is by default."""
        found: list[Agent | None] = [
            self.arbitrageur(
                self.table("arbitrageur", tables.get("arbitrageur", {})), tables.get("gas"), market
            )
        ]
        if "retail" in tables:
            found.append(self.retail(self.table("retail", tables["retail"])))
        if "liquidity" in tables:
            found.append(self.liquidity(tables["liquidity"]))
        if "rates" in tables:
            found.append(self.rates(self.table("rates", tables["rates"])))
        named = ((name, made) for name, made in PLAIN_AGENTS.items() if name in tables)
        return found + [self.build(made, name, tables[name]) for name, made in named]

    def arbitrageur(self, table: Tables, law: Any, market: Market) -> Arbitrageur | None:
        """Put the law of gas in: that of [gas], or the named market's own where a native token is named."""
        if table.get("model") == NOBODY:
            return None
        if "gas_cost" in table and law is not None:
            self.fail("arbitrageur.gas_cost", "gas comes from [gas] already: leave one of them out.")
        more: Tables = {}
        if law is not None:
            more["gas_cost"] = self.gas(self.table("gas", law))
        elif "native" in table and "gas_cost" not in table and market.preset in PRESETS:
            more["gas_cost"] = PRESETS[market.preset].gas
        return self.build(Arbitrageur, "arbitrageur", table, more)

    def gas(self, table: Tables) -> gas.GasLaw:
        table = dict(table)
        spikes = table.pop("spikes", None)
        law = self.law(GAS_LAWS, "gas", table)
        if spikes is None:
            return law
        return self.build(gas.GasSpikes, "gas.spikes", spikes, {"base": law})

    def retail(self, table: Tables) -> Retail:
        table = dict(table)
        rival = table.pop("rival", None)
        more = {} if rival is None else {"rival": self.law(RIVALS, "retail.rival", rival, "kind")}
        return self.build(Retail, "retail", table, more)

    def rates(self, table: Tables) -> Rates:
        """Read `file` and `columns` as what is recorded; the other keys are the fields."""
        table = dict(table)
        file, columns = table.pop("file", None), table.pop("columns", {})
        if file is None and columns:
            self.fail("rates.columns", "these are columns of a file: add file = ...")
        try:
            more = (
                {}
                if file is None
                else {"recorded": RateSeries.load(file, self.table("rates.columns", columns))}
            )
        except PoolwrightError as error:
            self.fail("rates.file", str(error))
        return self.build(Rates, "rates", table, more or {"recorded": None})

    def liquidity(self, entries: Any) -> LiquidityEvents:
        """Read [[liquidity]] entries of `at` and `fraction`."""
        if not isinstance(entries, list):
            self.fail("liquidity", "these are entries: write [[liquidity]], with two brackets, for each.")
        schedule = []
        for place, entry in enumerate(entries):
            key = f"liquidity[{place}]"
            if set(entry) != {"at", "fraction"}:
                self.fail(key, "an entry has two keys: at, a time, and fraction, of the supply.")
            at, fraction = (self.value(f"{key}.{name}", entry[name]) for name in ("at", "fraction"))
            if not isinstance(at, int) or not isinstance(fraction, int | float):
                self.fail(key, "write such as at = 2020-04-01T00:00:00Z and fraction = 0.25.")
            schedule.append((at, float(fraction)))
        try:
            return LiquidityEvents(tuple(schedule))
        except PoolwrightError as error:
            self.fail("liquidity", str(error))

    def law(self, known: Mapping[str, Callable[..., T]], key: str, given: Any, named: str = "law") -> T:
        """Build what a table names with its first key."""
        table = dict(self.table(key, given))
        name = table.pop(named, None)
        if name not in known:
            self.fail(f"{key}.{named}" if name else key, f"give its {named}, one of: {', '.join(known)}.")
        return self.build(known[name], key, table)

    def build(
        self, made: Callable[..., T], key: str, given: Any, more: Tables | None = None, plain: bool = False
    ) -> T:
        """Make a dataclass from its table; `more` goes beside it, `plain` values are taken as they are."""
        table, more = self.table(key, given), more or {}
        known, needed = _fields(made)
        for name in table:
            if name not in known or name in more:
                self.unknown(f"{key}.{name}", name, [each for each in known if each not in more])
        missing = [name for name in needed if name not in table and name not in more]
        if missing:
            self.fail(key, f"{missing[0]} is missing. Add {missing[0]} = ...")
        values = {name: each if plain else self.value(f"{key}.{name}", each) for name, each in table.items()}
        try:
            return made(**values, **more)
        except PoolwrightError as error:
            at = next((name for name in values if str(error).startswith(f"{name} ")), None)
            self.fail(f"{key}.{at}" if at else key, str(error))

    def value(self, key: str, given: Any) -> Any:
        """Return numbers in text ("0.3%") as floats, times as unix seconds, lists as tuples, the rest as it is."""
        if isinstance(given, list):
            return tuple(self.value(key, each) for each in given)
        if isinstance(given, datetime):
            return int((given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp())
        if isinstance(given, date):
            return int(datetime(given.year, given.month, given.day, tzinfo=UTC).timestamp())
        if isinstance(given, str):
            try:
                return float(parse_number(given))
            except UnitError:
                return given
        if isinstance(given, float) and not math.isfinite(given):
            self.fail(key, f"{given} is no amount of anything.")
        return given

    def table(self, key: str, given: Any) -> Tables:
        if not isinstance(given, dict):
            self.fail(key, f"this is a table: write [{key}] on a line of its own and its keys below.")
        return given

    def unknown(self, key: str, name: str, known: Any) -> NoReturn:
        near = difflib.get_close_matches(name.lower(), known, 1, 0.6)
        meant = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
        self.fail(key, f"there is no such key. {meant}")

    def fail(self, key: str, message: str) -> NoReturn:
        line = line_of(self.lines, key)
        at = f"line {line}, " if line else ""
        raise PoolwrightError(f"{self.where}{at}{key}: {message}")


def _fields(made: Callable[..., Any]) -> tuple[list[str], list[str]]:
    """Return all keys of a table, and those that it needs."""
    if not isinstance(made, type):
        return list(RECORDED_KEYS), list(RECORDED_KEYS[:1])
    listed = [each for each in fields(made) if each.init]
    needed = [each.name for each in listed if each.default is MISSING and each.default_factory is MISSING]
    return [each.name for each in listed], needed
