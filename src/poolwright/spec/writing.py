"""From a pool as read back to the text of a pool.toml, for a design that a program has chosen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from poolwright.spec.governance import MEANINGS
from poolwright.spec.schema import PoolSpec, Table
from poolwright.units import format_duration, format_number

# Keys that people write in per cent.
SHARES: Final = (
    "weight", "swap", "protocol_share", "creator_share", "integrator_share", "least", "most", "highest_fee",
    "rate_max_move", "withdrawal",
)  # fmt: skip
DURATIONS: Final = ("half_life", "rate_max_age", *MEANINGS)
# Said where a token has no balance, as a reminder.
NO_BALANCE: Final = "# balance = 100           # whole tokens to start with"


def spec_toml(spec: PoolSpec, remarks: Sequence[str] = ()) -> str:
    """Return a pool.toml that reads as the same pool; `remarks` are its first lines, as comments.

    >>> from poolwright.spec.load import check_text
    >>> from poolwright.spec.presets import preset_toml
    >>> text = spec_toml(check_text(preset_toml("50-50")).spec)
    >>> text.splitlines()[:5]
    ['[pool]', 'kind = "weighted"', 'name = "Poolwright WETH USDC"', 'symbol = "PW-WETH-USDC"', '']
    """
    lines = [f"# {remark}" for remark in remarks] + [""] * bool(remarks)
    lines += ["[pool]", *_pairs(spec.pool), "", "[fees]", *_pairs(spec.fees)]
    if spec.stable is not None:
        lines += ["", "[stable]", *_pairs(spec.stable)]
    for name in ("oracle", "rights", "guard"):
        if pairs := _pairs(getattr(spec, name)):
            lines += ["", f"[{name}]", *pairs]
    for token in spec.tokens:
        lines += ["", "[[tokens]]", *_pairs(token)]
        if token.balance is None:
            lines.append(NO_BALANCE)
    return "\n".join(lines) + "\n"


def _pairs(table: Table) -> list[str]:
    """Return key = value for everything that is not as by default."""
    fields = type(table).model_fields
    given = {name: getattr(table, name) for name in fields}
    return [
        f"{name} = {written(name, value)}"
        for name, value in given.items()
        if value is not None and (fields[name].is_required() or value != fields[name].default)
    ]


def written(name: str, value: Any) -> str:
    """Return a value as pool.toml has it; "-" for none."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, StrEnum):
        return f'"{value.value}"'
    if name in DURATIONS:
        return f'"{format_duration(value)}"'
    if isinstance(value, Fraction | Decimal):
        number = Fraction(value)
        text = format_number(number * 100 if name in SHARES else number)
        if "/" in text:
            return f'"{format_number(number)}"'
        return f'"{text}%"' if name in SHARES else text
    return json.dumps(value) if isinstance(value, str) else str(value)
