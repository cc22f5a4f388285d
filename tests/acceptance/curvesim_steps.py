"""Our arbitrageur beside curvesim's on the same prices, row by row: who trades what, and what the pools then hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import poolwright as pw
from poolwright.simulate.agents import Arbitrageur
from poolwright.simulate.trades import Trade

RECORD = Path(__file__).parent / "data" / "t12_curvesim_steps.json"
STEP_SECONDS, START = 3_600, 1_700_000_000


class Step(NamedTuple):
    """One row, from the balances that curvesim has before it; gaps are parts of all that the pool holds.

    `pair`: both trade the same pair, or both do not trade. `amount`: by how much the amounts in and out differ, at
    most. `gain`: ours less curvesim's, at the row's prices. `apart`: by how much the balances differ after the row
    when each pool has gone its own way since the first.
    """

    pair: bool
    amount: float
    gain: float
    apart: float


def read_steps() -> dict[str, Any]:
    return dict(json.loads(RECORD.read_text(encoding="utf-8")))


def compare_steps(told: dict[str, Any]) -> list[Step]:
    """Trade on the prices that curvesim traded on; return how far ours is from it in each row."""
    held, found = [int(each) for each in told["balances"]], []
    whole, params = float(sum(held)), _pool(told)
    alone = _run(params, [prices for prices, _ in told["rows"]], held).balances
    for row, (prices, theirs) in enumerate(told["rows"]):
        trades = list(_run(params, [prices], held).trades)
        ours = trades[0] if trades else None
        pair = (ours and (ours.token_in, ours.token_out)) == (theirs and tuple(theirs[:2]))
        amount = _apart(ours, theirs) / whole if pair else float("nan")
        gain = (_gain(prices, _moved(ours)) - _gain(prices, theirs)) / whole
        if theirs:
            held[theirs[0]] += int(theirs[2])
            held[theirs[1]] -= int(theirs[3])  # curvesim's fee stays in the token out
        apart = float(np.abs(alone[row] * 1e18 - np.array(held, np.float64)).max()) / whole
        found.append(Step(pair, amount, gain, apart))
    assert [str(each) for each in held] == told["final_balances"], "the record is not that of these trades"
    return found


def largest_trade(told: dict[str, Any]) -> float:
    """Return curvesim's largest amount in, as a part of all that the pool holds."""
    traded = max(int(trade[2]) for _, trade in told["rows"] if trade)
    return traded / sum(int(each) for each in told["balances"])


def _pool(told: dict[str, Any]) -> pw.PoolParams:
    tokens = [pw.Token(f"T{k}", 18) for k in range(len(told["balances"]))]
    return pw.PoolParams.stable(tokens, round(1_000 * told["amplification"]), swap_fee=told["fee"] * 10**8)


def _run(params: pw.PoolParams, prices: list[list[float]], held: list[int]) -> pw.SimulationResult:
    symbols = tuple(token.symbol for token in params.tokens)
    times = START + STEP_SECONDS * np.arange(len(prices), dtype=np.int64)
    series = pw.PriceSeries(times, np.array(prices), symbols, "those of the record", "", True)
    return pw.simulate(params, series, balances=held, agents=[Arbitrageur("best_pair")])


def _moved(trade: Trade | None) -> list[Any] | None:
    return trade and [trade.token_in, trade.token_out, trade.amount_in, trade.amount_out]


def _apart(ours: Trade | None, theirs: list[Any] | None) -> float:
    if ours is None or theirs is None:
        return 0.0
    return float(max(abs(ours.amount_in - int(theirs[2])), abs(ours.amount_out - int(theirs[3]))))


def _gain(prices: list[float], trade: list[Any] | None) -> float:
    if trade is None:
        return 0.0
    return prices[trade[1]] * int(trade[3]) - prices[trade[0]] * int(trade[2])
