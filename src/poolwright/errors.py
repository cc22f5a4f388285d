"""The one tree of errors; each says what to do, and none needs a traceback to be understood.

PoolwrightError
|-- UnitError        a number or amount that cannot be read exactly (also a ValueError)
|-- SpecError        a pool description with faults; carries every finding
|-- PoolRevert       an operation that the contract would revert, with the contract's own text
|-- PriceDataError   a price file that cannot be used; names row and column
`-- MissingExtra     an optional part that is not installed; names the command that adds it
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One misconfiguration: where it is, why it is dangerous, what to write instead."""

    code: str
    key: str
    value: str
    message: str
    fix: str
    severity: Severity = "error"
    file: str | None = None
    line: int | None = None

    @property
    def place(self) -> str:
        """`file:line`, as far as known; empty for parameters that came from no file."""
        if self.file is None:
            return ""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        what = f"{self.key} = {self.value}" if self.value else self.key
        return f"{where}{what}: {self.message} {self.fix}".rstrip()


class PoolwrightError(Exception):
    """Base of every error that this package raises on purpose."""


class UnitError(PoolwrightError, ValueError):
    """A number that cannot be read exactly; `.fix` says what to write instead."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(f"{message} {fix}".rstrip())
        self.message = message
        self.fix = fix

    def __reduce__(self) -> tuple[type[UnitError], tuple[str, str]]:
        return type(self), (self.message, self.fix)


class SpecError(PoolwrightError):
    """A pool description with at least one error; `.findings` holds every finding, warnings too."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    def __reduce__(self) -> tuple[type[SpecError], tuple[tuple[Finding, ...]]]:
        return type(self), (self.findings,)


class PoolRevert(PoolwrightError):
    """The contract would revert; `.reason` is its exact text, empty when it reverts without data."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason or "reverts without a reason: arithmetic, conversion or bounds check failed"


class PriceDataError(PoolwrightError):
    """A price file that cannot be used."""


class MissingExtra(PoolwrightError, ImportError):
    """An optional part of the package is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f'{package} is not installed; add it with: pip install "poolwright[{extra}]"')
        self.package = package
        self.extra = extra

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str]]:
        return type(self), (self.package, self.extra)
