"""Two designs as one page: what differs, by how much and how surely, the books side by side, and what it rests on."""

from __future__ import annotations

from pathlib import Path

from poolwright.simulate.markets.wording import in_words
from poolwright.simulate.page import render, write
from poolwright.simulate.report import arithmetic, pool_in_words, step_in_words
from poolwright.simulate.sweep.comparison import METHOD, Comparison
from poolwright.simulate.sweep.comparison_charts import Names, all_charts
from poolwright.simulate.sweep.comparison_words import (
    error_of,
    ordered,
    over_seeds_rows,
    row_of,
    signed,
    verdict,
)
from poolwright.simulate.sweep.wording import write_figure
from poolwright.simulate.words import absent_facts, agent_facts, closed_books, money
from poolwright.spec.diff import diff_specs

HEADLINES = (("value_vs_hold", "against holding"), ("value_vs_rebalanced", "against rebalancing for free"))


def write_report(
    found: Comparison, path: str | Path, *, names: Names = ("A", "B"), scenario: str = ""
) -> Path:
    """Write the page, which is told what `render_report` is. Returns the path."""
    return write(path, render_report(found, names=names, scenario=scenario))


def render_report(found: Comparison, *, names: Names = ("A", "B"), scenario: str = "") -> str:
    """Return the page as HTML; the same comparison gives the same page.

    `names`: of the designs, told apart where they are alike. `scenario`: where it was read who trades.
    """
    if names[0] == names[1]:
        names = f"{names[0]} (A)", f"{names[1]} (B)"
    changes = [(each.key, each.before, each.after, each.meaning) for each in diff_specs(*found.specs)]
    return render(
        "comparison",
        all_charts(found, names),
        found.to_dict() | ({"scenario": scenario} if scenario else {}),
        names=names,
        run=found.runs[0],
        designs=list(zip(names, (pool_in_words(each.params) for each in found.runs), strict=True)),
        cards=_cards(found, names),
        changes=changes,
        figures=[row_of(each, names[1]) for each in ordered(found)],
        books=_books(found),
        seeds=over_seeds_rows(found.over, names[1]) if found.over is not None else [],
        over=found.over,
        facts=_facts(found, names, scenario),
    )


def _cards(found: Comparison, names: Names) -> list[tuple[str, str, str]]:
    """Return (name, figure, remark)."""
    cards = []
    for figure, what in HEADLINES:
        each = found[figure]
        told = verdict(each.per_window, each.standard_error, names[1])
        mean, error = signed(figure, each.per_window), error_of(figure, each.standard_error)
        remark = f"over all prices; per window {mean} ±{error}: {told}"
        cards.append(
            (f"{names[1]} \N{MINUS SIGN} {names[0]}, {what}", signed(figure, each.difference), remark)
        )
    for name, run in zip(names, found.runs, strict=True):
        figures = run.figures()
        remark = f"{write_figure('value_vs_hold', figures['value_vs_hold'])} against holding"
        cards.append((f"{name}: value at the end", money(figures["value"]), remark))
    for figure, what in (("fees", "Fees paid"), ("lvr", "LVR"), ("trades", "Trades")):
        each = found[figure]
        pair = " and ".join(
            f"{name} {_whole(amount)}" for name, amount in zip(names, (each.first, each.second), strict=True)
        )
        side = "more" if each.difference >= 0 else "less"
        cards.append((f"{what}, {names[1]}", f"{_whole(abs(each.difference))} {side}", pair))
    return cards


def _whole(amount: float) -> str:
    return f"{amount:,.0f}" if amount == int(amount) else money(amount)


def _books(found: Comparison) -> list[tuple[str, ...]]:
    """Return the closed books of both as (ledger, A, B, B less A), lines of nothing left out."""
    first, second = (closed_books(run) for run in found.runs)
    return [
        (name, money(a), money(b), money(b - a))
        for (name, a, _), (_, b, _) in zip(first, second, strict=True)
        if a or b
    ]


def _facts(found: Comparison, names: Names, scenario: str) -> list[tuple[str, str]]:
    """Return what was assumed and where everything came from."""
    first = found.runs[0]
    facts = [
        ("Prices", f"{in_words(found.source)}; {first.rows:,} rows, {step_in_words(first.prices.step)}"),
        ("Period", f"{first.prices.start} to {first.prices.end}"),
        ("Windows", f"{len(found.windows)}: {METHOD}"),
        ("First value", f"{money(found.value)} of each, in each window too"),
        *(fact for agent in first.agents for fact in agent_facts(agent)),
        *absent_facts(first),
        ("Seed", f"{first.seed}, and one more for each window; the same for both designs"),
    ]
    for name, run in zip(names, found.runs, strict=True):
        if run.fee_rule:
            facts.append((f"Swap fee, {name}", run.fee_rule))
        if run.refused:
            facts.append((f"Refused, {name}", f"{run.refused:,} trades outside the pool's limits"))
        facts.append((f"Arithmetic, {name}", arithmetic(run)))
    facts += [
        (f"Parameters, {name}", f"SHA-256 {run.params.hash}")
        for name, run in zip(names, found.runs, strict=True)
    ]
    return [
        *facts,
        ("Price data", f"SHA-256 {found.sha256}"),
        *([("Scenario", scenario)] if scenario else []),
    ]
