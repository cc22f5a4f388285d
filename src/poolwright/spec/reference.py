"""The reference of pool.toml as a page, written from the schema, the bounds and the table of findings.

`python -m poolwright.spec.reference > docs/pool-toml.md` writes it anew; a test holds the page to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Final

from pydantic.fields import FieldInfo

from poolwright.spec import bounds
from poolwright.spec.kinds import KIND_MODULES
from poolwright.spec.presets import PRESETS, preset_toml
from poolwright.spec.reading import TABLES
from poolwright.spec.tokens import KNOWN_TOKENS
from poolwright.units import format_duration, format_percent

# Every code that a finding of a pool.toml can carry; a test compares with what the checks can say.
FINDINGS: Final[dict[str, str]] = {
    "unreadable": "the file cannot be read at all",
    "toml-syntax": "the text is not TOML",
    "table-missing": "a table that every pool needs is not there",
    "key-missing": "a key that its table needs is not there",
    "key-unknown": "a key that nothing reads; the nearest known one is named",
    "type": "a value of the wrong type",
    "empty": "a text without a character",
    "number": "a number that cannot be read exactly, or is not finite",
    "too-fine": "a number with more decimals than the contracts hold",
    "kind-unknown": "a kind of pool that does not exist",
    "asset-count": "fewer assets than two, or more than the kind allows",
    "text-long": "a name or symbol that the share token cannot hold",
    "symbol-unusable": "a symbol that cannot be typed as a name",
    "symbol-duplicate": "two assets with one symbol",
    "symbol-unknown": "an unknown token without decimals",
    "decimals-range": "decimals outside 0 to 18",
    "decimals-known": "decimals that contradict what is known of the symbol",
    "rebasing": "a token whose balances change without a transfer",
    "address-form": "text that is no address",
    "address-zero": "the zero address",
    "address-duplicate": "two assets at one address",
    "rate-range": "a rate outside the range that keeps rounding harmless",
    "rate-without-effect": "a rate where it cancels out",
    "rate-missing": "a token that earns, in a stable pool, without a rate",
    "peg-known": "a peg that contradicts what is known of the symbol",
    "peg-unknown": "an asset of a stable pool without a peg",
    "peg-different": "an asset of a stable pool that follows something else",
    "pegged-pair": "two assets that follow the same thing, outside a stable pool",
    "weight-missing": "an asset of a weighted pool without a weight",
    "weight-small": "a weight below the least",
    "weight-foreign": "a weight in a kind that has none",
    "weights-sum": "weights that do not sum to 1",
    "amplification-missing": "a stable pool without amplification",
    "amplification-range": "an amplification outside its range",
    "stable-foreign": "an amplification in a kind that has none",
    "fee-range": "a negative fee, or one above the most allowed",
    "fee-zero": "no fee",
    "withdrawal-range": "a negative withdrawal fee, or one above the most allowed",
    "withdrawal-too-fine": "a withdrawal fee in parts of a basis point",
    "fee-share-range": "a share of the fee outside its range",
    "fee-order": "a least fee above the fee at rest, or a highest below it",
    "policy-unknown": "a fee policy that does not exist",
    "policy-key-missing": "a fee policy without a value that it reads",
    "policy-key-foreign": "a value that the fee policy does not read",
    "policy-unsuited": "a fee that follows the balances, where prices move them",
    "slope-range": "a slope of nothing, or beyond what the contracts hold",
    "slope-steep": "a slope that leaves the fee at its highest",
    "tier-source-unknown": "a measure of tiers that does not exist",
    "tier-threshold-range": "a tier from nothing on, or beyond what the contracts hold",
    "half-life-range": "averages that never move, or never remember",
    "half-life-short": "averages that a moment can move",
    "right-delay-range": "a delay beyond what the contracts hold",
    "right-sudden": "a change that takes effect before providers can leave",
    "right-foreign": "a bound on a right that nobody has",
    "highest-fee-low": "a highest fee below what the pool charges from the start",
    "guard-range": "a cap of nothing, or beyond the ledger",
    "guard-without-effect": "a cap that never binds",
    "guard-forever": "caps that nobody may lift",
    "rate-age-range": "reports that are always too old, or never",
    "rate-move-range": "a rate that is never followed",
    "rate-move-large": "a rate that moves further in a block than a trade pays",
    "rate-limit-foreign": "limits on a rate provider that is not there",
    "fee-split": "a fee of which nothing is left to the providers",
    "balance-missing": "first balances for some assets only",
    "balance-not-positive": "a first balance of zero or less",
    "balance-too-fine": "a first balance below the token's smallest unit",
    "balance-too-large": "a first balance beyond the ledger",
    "price-missing": "price hints for some assets only",
    "price-not-positive": "a price hint of zero or less",
    "price-off-rate": "price hints that contradict the rates of a stable pool",
    "starting-value": "first balances that open the pool at a wrong price",
}

_FORMS: Final = {"integer": "whole number", "string": "text", "boolean": "true or false"}

_INTRO = """\
# pool.toml

One file describes one pool, in human units. `poolwright check` reads it, finds everything that is wrong with
it at once, and turns it into the integers that simulation, deployment and monitoring all start from.

Written from the schema by `python -m poolwright.spec.reference`; change it there.

```toml
{example}```

## Numbers

| written | is |
|---|---|
| `0.003`, `"0.003"`, `1_000_000` | itself, exactly: text is never turned into a float on the way |
| `"0.3%"`, `"30 bps"` | a share: 0.003 (keys marked *share*) |
| `"1/3"` | a fraction, for weights that have no finite decimal |
| `"10 min"`, `"3 days"`, `600` | a time, in whole seconds |

Nothing is rounded: a number finer than the contracts hold is an error. The one exception is weights, which
are turned into integers that sum to exactly 10^18 by largest remainder (ties to the earlier asset); weights
may miss 1 by up to 1e-15, so that sixteen written digits are enough.
"""


def reference_page() -> str:
    """Return the page as Markdown."""
    parts = [
        _INTRO.format(example=preset_toml("index")),
        *_tables(),
        *_limits(),
        *_presets(),
        *_findings(),
        *_known(),
    ]
    return "\n".join(parts) + "\n"


def _tables() -> Iterator[str]:
    """Write a section for each table."""
    for name, table in TABLES.items():
        header = "[[tokens]]" if name == "tokens" else f"[{name}]"

        yield f"## {header}\n"
        yield f"{(table.__doc__ or '').strip()}\n"
        yield "| key | value | if left out | meaning | example |\n|---|---|---|---|---|"
        schemas = table.model_json_schema()["properties"]
        for key, field in table.model_fields.items():
            form = _form(schemas[key])
            left_out = "error" if field.is_required() else _default(field, form)
            example = (field.examples or [""])[0]
            yield f"| `{key}` | {form} | {left_out} | {field.description} | `{key} = {example}` |"
        yield ""


def _form(schema: dict[str, Any]) -> str:
    """Name the form of a value from its JSON schema."""
    for part in (schema, *schema.get("anyOf", [])):
        if "form" in part or part.get("type") in _FORMS:
            return str(part.get("form") or _FORMS[part["type"]])
    return "text"


def _default(field: FieldInfo, form: str) -> str:
    if field.default is None:
        return "none"
    if isinstance(field.default, bool):
        return str(field.default).lower()
    if form == "time":
        return format_duration(field.default)
    if form == "share" and field.default:
        return format_percent(field.default)
    return str(field.default)


def _limits() -> Iterator[str]:
    """Write what each kind is and how many assets it takes."""
    yield "## Kinds\n\n| kind | assets | what holds |\n|---|---|---|"
    for kind, module in KIND_MODULES.items():
        yield f"| `{kind.value}` | {bounds.MIN_ASSETS} to {module.MAX_ASSETS} | {module.WHAT} |"
    yield ""


def _presets() -> Iterator[str]:
    """Write the presets of `poolwright new`."""
    yield "## Presets\n\n`poolwright new FILE --preset NAME` writes a pool.toml to start from.\n"
    yield "| preset | for |\n|---|---|"
    for name, preset in PRESETS.items():
        yield f"| `{name}` | {preset.when} |"
    yield ""


def _findings() -> Iterator[str]:
    """Write what the linter can say."""
    yield "## Findings\n\nThe codes in `poolwright check --json`. A file with warnings only is usable.\n"
    yield "| code | says |\n|---|---|"
    for code, summary in FINDINGS.items():
        yield f"| `{code}` | {summary} |"
    yield ""


def _known() -> Iterator[str]:
    """Write the known tokens."""
    yield "## Known tokens\n\nTheir decimals and pegs may be left out; these are those of Ethereum's mainnet.\n"
    yield "| symbol | decimals | follows | |\n|---|---|---|---|"
    for symbol, known in KNOWN_TOKENS.items():
        note = (
            "earns: needs a rate in a stable pool"
            if known.accrues
            else "rebases: not usable"
            if known.rebases
            else ""
        )
        yield f"| {symbol} | {known.decimals} | {known.peg or ''} | {note} |"


if __name__ == "__main__":
    sys.stdout.write(reference_page())
