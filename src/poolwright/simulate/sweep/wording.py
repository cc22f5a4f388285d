"""How figures of a sweep are written: fractions in per cent, amounts with their thousands, counts whole."""

from __future__ import annotations

import math

FRACTIONS = frozenset({"value_vs_hold", "value_vs_rebalanced", "impermanent_loss"})
COUNTS = frozenset({"trades", "refused_trades"})


def write_figure(name: str, value: float) -> str:
    """Write a figure as people read it; "" for none.

    >>> write_figure("value_vs_hold", 0.0123), write_figure("fees", 84274.4), write_figure("mine", 1.5)
    ('+1.230 %', '84,274.40', '1.50')
    """
    if not math.isfinite(value):
        return ""
    if name in FRACTIONS:
        return f"{100 * value:+.3f} %"
    if name in COUNTS:
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 1 or value == 0 else f"{value:.4g}"


def short_figure(name: str, value: float) -> str:
    """Write a figure for the cell of a map: per cent without the sign, large amounts in thousands or millions.

    >>> short_figure("value_vs_hold", 0.00123), short_figure("fees", 84274.4), short_figure("lvr", 1.5)
    ('0.123', '84.3k', '1.5')
    """
    if name in FRACTIONS:
        return f"{100 * value:.3f}"
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def axis_format(name: str) -> str:
    """Return the d3 format of an axis of this figure."""
    return ".3~%" if name in FRACTIONS else ",.4~g"
