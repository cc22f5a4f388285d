"""Prints, after the tests, how far from the truth each operation was seen to lie."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List the largest distance per operation, in units of d = 1 raw unit + 1e-16 of the balance that moves."""
    seen = [
        value
        for report in terminalreporter.getreports("passed")
        if report.when == "call"
        for key, value in report.user_properties
        if key == "distance"
    ]
    if seen:
        terminalreporter.section("distance from the exact value (d = 1 unit + 1e-16 of what moves)")
        for line in seen:
            terminalreporter.write_line(line)
