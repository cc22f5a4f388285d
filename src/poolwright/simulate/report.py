"""A simulation as one page: figures, tables, assumptions and provenance, in a file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from poolwright.simulate.figures import all_figures, drawn_rows
from poolwright.simulate.markets.wording import in_words
from poolwright.simulate.page import render, write
from poolwright.simulate.position import position_of
from poolwright.simulate.result import SimulationResult
from poolwright.simulate.scenario import Position
from poolwright.simulate.seeds import OverSeeds
from poolwright.simulate.shape_figures import shape_figures
from poolwright.simulate.words import (
    absent_facts,
    agent_facts,
    books_rows,
    money,
    opening_remark,
    percent,
    position_rows,
    seeds_rows,
    theory_facts,
)
from poolwright.spec.bounds import AMPLIFICATION_PRECISION, WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams
from poolwright.units import format_units

KIND_NAMES = {
    Kind.WEIGHTED: "weighted",
    Kind.STABLE: "stable",
    Kind.CONSTANT_PRODUCT: "constant product",
}


def write_report(result: SimulationResult, path: str | Path, **told: Any) -> Path:
    """Write the page, which is told what `render_report` is. Returns the path."""
    return write(path, render_report(result, **told))


def render_report(
    result: SimulationResult,
    *,
    notes: Sequence[str] = (),
    over: OverSeeds | None = None,
    terms: Position | None = None,
    scenario: str = "",
) -> str:
    """Return the page as HTML; the same result gives the same page.

    `notes`: sentences on how it was checked. `over`: the figures over several seeds. `terms`: a provider's.
    `scenario`: where it was read who trades, as `Scenario.source` says it.
    """
    went, shape = all_figures(result), shape_figures(result)
    return render(
        "report",
        {**went, **shape},
        summary(result, over=over, terms=terms, scenario=scenario),
        went=list(went),
        shape=list(shape),
        result=result,
        params=result.params,
        prices=result.prices,
        subtitle=pool_in_words(result.params),
        remark=opening_remark(result),
        cards=_cards(result),
        facts=_facts(result, notes, scenario),
        tokens=_tokens(result),
        pairs=_pairs(result),
        books=books_rows(result),
        position=position_rows(position_of(result, terms)),
        over=over,
        seeds=seeds_rows(over) if over is not None else [],
        drawn=(len(drawn_rows(result)), result.rows),
    )


def summary(
    result: SimulationResult,
    *,
    over: OverSeeds | None = None,
    terms: Position | None = None,
    scenario: str = "",
) -> dict[str, Any]:
    """Return the result with a provider's position, its scenario and the figures over seeds, for JSON."""
    more: dict[str, Any] = {"position": position_of(result, terms).to_dict()}
    if scenario:
        more["scenario"] = scenario
    return result.to_dict() | more | ({} if over is None else {"over_seeds": over.to_dict()})


def pool_in_words(params: PoolParams) -> str:
    """Return kind, assets, amplification and fee in one line."""
    shares = [f"{100 * weight / WAD:.4g} % " for weight in params.weights] or [""] * len(params.tokens)
    assets = ", ".join(share + token.symbol for share, token in zip(shares, params.tokens, strict=True))
    amplification = f", A {params.amplification / AMPLIFICATION_PRECISION:g}" if params.amplification else ""
    return f"{KIND_NAMES[params.kind]} pool of {assets}{amplification}, fee {100 * params.swap_fee / WAD:g} %"


def _cards(result: SimulationResult) -> list[tuple[str, str, str]]:
    """Return (name, figure, remark)."""
    figures = result.figures()
    rest = [("protocol's and creator's part", figures["protocol_fees"] + figures["creator_fees"])]
    fee_remark = (
        ", ".join(f"{name} {money(amount)}" for name, amount in rest if amount) or "all kept in the pool"
    )
    gas = f"after {money(result.gas_paid)} gas" if result.gas_paid else "no gas charged"
    return [
        ("Value at the end", money(figures["value"]), f"{money(figures['first_value'])} at the start"),
        ("Holding instead", money(figures["hold"]), "the first tokens, untouched"),
        ("Pool against holding", percent(figures["value_vs_hold"]), "fees included"),
        ("Impermanent loss", percent(figures["impermanent_loss"]), "the same pool without fees"),
        ("LVR", money(figures["lvr"]), _theory(result)),
        ("Fees paid", money(figures["fees"]), f"by {len(result.trades):,} trades, {fee_remark}"),
        ("Arbitrageurs' profit", money(figures["arbitrage_profit"]), gas),
    ]


def _facts(result: SimulationResult, notes: Sequence[str], scenario: str) -> list[tuple[str, str]]:
    """Return what was assumed and where everything came from."""
    prices = result.prices
    facts = [
        ("Prices", f"{in_words(prices.source)}; {result.rows:,} rows, {step_in_words(prices.step)}"),
        ("Period", f"{prices.start} to {result.to_dict()['prices']['end']}"),
        *(fact for agent in result.agents for fact in agent_facts(agent)),
        *absent_facts(result),
        *theory_facts(result),
        ("Seed", f"{result.seed}, of everything random"),
        ("Arithmetic", arithmetic(result)),
        *(("Checked", note) for note in notes),
        ("Pool parameters", f"SHA-256 {result.params.hash}"),
        ("Price data", f"SHA-256 {prices.sha256}"),
        *([("Scenario", scenario)] if scenario else []),
    ]
    if result.refused:
        facts.insert(4, ("Refused", f"{result.refused:,} trades outside the pool's limits"))
    if result.fee_rule:
        facts.insert(2, ("Swap fee", f"a function in place of the declared fee: {result.fee_rule}"))
    return facts


def _theory(result: SimulationResult) -> str:
    """Say what theory expects LVR to be."""
    if result.theory is None:
        return "what arbitrage took, fee included"
    return f"{money(result.theory.zero_fee_lvr)} in theory without a fee"


def arithmetic(result: SimulationResult) -> str:
    """Say which arithmetic the trades were made with, and how far it is from the contract's."""
    if result.recheck is None:
        return "every trade is the contract's own integer arithmetic, exact to the wei"
    gap = f"at most {result.recheck.largest_gap:.3g} units off, allowed {result.recheck.bound:g}"
    return f"the contract's formulas on float64; {result.recheck.trades} trades rechecked exactly: {gap}"


def step_in_words(seconds: int) -> str:
    """Say how far apart the rows are."""
    units = {86_400: "day", 3_600: "hour", 60: "minute", 1: "second"}
    size = next(size for size in units if seconds % size == 0)
    count = seconds // size
    return f"one every {units[size]}" if count == 1 else f"one every {count} {units[size]}s"


def _tokens(result: SimulationResult) -> list[tuple[str, ...]]:
    """Return the rows of the table by token."""
    last = result.prices.prices[result.rows - 1]
    worth = result.balances[-1] * last
    return [
        (
            token.symbol,
            _whole(result.initial_state.balances[k], token.decimals),
            _whole(result.final_state.balances[k], token.decimals),
            f"{100 * worth[k] / worth.sum():.1f} %",
            f"{_price(result.prices.prices[0, k])} to {_price(last[k])}",
            _whole(result.fee_amounts[k], token.decimals),
        )
        for k, token in enumerate(result.params.tokens)
    ]


def _pairs(result: SimulationResult) -> list[tuple[str, ...]]:
    """Return the rows of the table by pair: trades and what came in, most frequent first."""
    tokens = result.params.tokens
    count: dict[tuple[int, int], int] = {}
    amount: dict[tuple[int, int], int] = {}
    for trade in result.trades:
        pair = trade.token_in, trade.token_out
        count[pair] = count.get(pair, 0) + 1
        amount[pair] = amount.get(pair, 0) + trade.amount_in
    return [
        (
            f"{tokens[i].symbol} for {tokens[o].symbol}",
            f"{count[i, o]:,}",
            f"{_whole(amount[i, o], tokens[i].decimals)} {tokens[i].symbol}",
        )
        for i, o in sorted(count, key=lambda pair: -count[pair])
    ]


def _whole(raw: int, decimals: int) -> str:
    """Write raw units in whole tokens, to six significant digits or the whole part."""
    amount = float(format_units(raw, decimals))
    return (
        f"{amount:,.0f}"
        if abs(amount) >= 100_000
        else f"{amount:,.6g}"
        if amount < 1_000
        else f"{amount:,.2f}"
    )


def _price(price: float) -> str:
    return f"{price:,.2f}" if price >= 100 else f"{price:.4f}"
