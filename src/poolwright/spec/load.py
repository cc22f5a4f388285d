"""Reading pool.toml: text -> PoolSpec and findings, all at once, each with its line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from poolwright.errors import Finding, SpecError
from poolwright.spec.checks import spec_findings
from poolwright.spec.reading import read_tables
from poolwright.spec.schema import PoolSpec
from poolwright.spec.source import key_lines, line_of

# A pool.toml is a page of text; this keeps a wrong path (a database, a device) from being read whole.
MAX_BYTES: Final[int] = 1_000_000

_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_SHOWN = 60


class Reading(NamedTuple):
    """What came of a file: `spec` is None when there is an error among the findings."""

    spec: PoolSpec | None
    findings: list[Finding]

    @property
    def errors(self) -> int:
        """Number of errors."""
        return sum(finding.severity == "error" for finding in self.findings)


def load_spec(path: str | os.PathLike[str]) -> PoolSpec:
    """Read a pool.toml; SpecError with every finding, by file, line and key, when it has an error."""
    reading = check_file(path)
    if reading.spec is None:
        raise SpecError(reading.findings)
    return reading.spec


def check_file(path: str | os.PathLike[str]) -> Reading:
    """Read a pool.toml and return it with every finding; never raises for what the file holds."""
    file = os.fspath(path)
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            return _unreadable(file, f"it is larger than {MAX_BYTES:,} bytes", "Give a pool.toml.")
        text = raw.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return _unreadable(file, reason, 'Check the path; "poolwright new" writes a new file.')
    except UnicodeDecodeError:
        return _unreadable(file, "it is not UTF-8 text", "Save it as UTF-8.")
    return check_text(text, file)


def check_text(text: str, file: str = "pool.toml") -> Reading:
    """Read the text of a pool.toml and return it with every finding.

    >>> check_text('[pool]').errors
    3
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        return Reading(None, [_syntax(error, file)])
    tables, findings = read_tables(raw)
    unread = {finding.key for finding in findings}
    more = spec_findings(tables, kind_known="pool.kind" not in unread and "pool" not in unread)
    findings += [finding for finding in more if not _settled(finding.key, unread)]
    lines = key_lines(text)
    placed = [_placed(finding, raw, lines, file) for finding in findings]
    placed.sort(key=lambda finding: (finding.line or 0, finding.severity))
    failed = any(finding.severity == "error" for finding in placed)
    return Reading(None if failed else tables, placed)


def _settled(key: str, unread: set[str]) -> bool:
    """Tell whether a finding only repeats that something could not be read."""
    if key.startswith("tokens[].") or key == "tokens":
        field = key.rpartition(".")[2]
        return any(other.startswith("tokens") and other.endswith(("]", field)) for other in unread)
    return any(key == other or key.startswith((f"{other}.", f"{other}[")) for other in unread)


def _placed(finding: Finding, raw: dict[str, Any], lines: dict[str, int], file: str) -> Finding:
    """Add file, line, and the value as the file has it."""
    key = finding.key
    value = _show(_lookup(raw, key)) or finding.value
    return replace(finding, file=file, line=line_of(lines, key.replace("[]", "[0]")), value=value)


def _lookup(raw: Any, key: str) -> Any:
    """Follow a key such as tokens[1].weight into the parsed file; None when it leads nowhere."""
    for name, position in _STEP.findall(key):
        if name and isinstance(raw, Mapping):
            raw = raw.get(name)
        elif position and isinstance(raw, list) and int(position) < len(raw):
            raw = raw[int(position)]
        else:
            return None
    return raw


def _show(value: Any) -> str:
    """Write a value as the file has it; tables and lists are not shown."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _syntax(error: Exception, file: str) -> Finding:
    """Turn an error of the TOML parser into a finding."""
    text = str(error)
    match = _LINE.search(text)
    reason = "the file is nested too deeply" if isinstance(error, RecursionError) else _LINE.sub("", text)
    return Finding(
        "toml-syntax", "TOML", "", f"The file is not valid TOML: {reason}.",
        'Each line is a [table], a [[tokens]] entry, a # comment, or key = value with text in "quotes".',
        file=file, line=int(match[1]) if match else None,
    )  # fmt: skip


def _unreadable(file: str, reason: str, fix: str) -> Reading:
    return Reading(None, [Finding("unreadable", "file", "", f"Cannot read it: {reason}.", fix, file=file)])
