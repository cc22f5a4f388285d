"""The simulator's reference problems, one process for each: answers a line with the time of one whole call.

The argument is `{"problem": name, "prices": folder}`; each reply has seconds, processor seconds, the peak memory
of the process so far in MB, and what came out.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import poolwright as pw
from poolwright.simulate.agents import Arbitrageur, Retail, RivalPool
from poolwright.simulate.fees import FeeRule
from poolwright.simulate.kernels import tables

Outcome = dict[str, float]
WAD = 10**18
SYMBOLS = {"w3": ("WBTC", "WETH", "USD"), "s3": ("DAI", "USDC", "USDT")}
POOL = """
[pool]
kind = "weighted"
[fees]
swap = "0.3%"
[[tokens]]
symbol = "WBTC"
weight = "50%"
[[tokens]]
symbol = "WETH"
weight = "30%"
[[tokens]]
symbol = "USD"
decimals = 18
weight = "20%"
"""
SIMULATIONS, STEPS, SECONDS = 1_000, 10_000, 60


def history(folder: Path, name: str) -> pw.PriceSeries:
    prices = np.load(folder / f"{name}.npy")
    times = 1_600_000_000 + 60 * np.arange(len(prices), dtype=np.int64)
    return pw.PriceSeries(times, prices, SYMBOLS[name], name, "", True)


def outcome(result: pw.SimulationTotals) -> Outcome:
    figures = result.figures()
    result.books.check()
    return {"value_over_hold": figures["value_vs_hold"] + 1.0, "trades": figures["trades"]}


def one_year(folder: Path, name: str, precision: str, *, series: bool) -> Callable[[], Any]:
    prices, (a, b, c) = history(folder, name), SYMBOLS[name]
    if name == "w3":
        tokens = [pw.Token(a, 18), pw.Token(b, 18), pw.Token(c, 18)]
        params = pw.PoolParams.weighted(tokens, [WAD // 2, 3 * WAD // 10, WAD // 5], swap_fee=3 * 10**15)
    else:
        tokens = [pw.Token(a, 18), pw.Token(b, 6), pw.Token(c, 6)]
        params = pw.PoolParams.stable(tokens, 2_000_000, swap_fee=10**14)
    run = pw.simulate if series else pw.simulate_totals
    return lambda: run(params, prices, value=1e6, precision=precision)


def sweep(folder: Path, precision: str, *, kept: bool) -> Callable[[], pw.SweepResult]:
    """64 fees; `kept`: as Parquet in a folder, a new one for each call."""
    prices, pool = history(folder, "w3"), Path(tempfile.mkdtemp(dir=folder)) / "pool.toml"
    pool.write_text(POOL)
    vary, options = {"fees.swap": "0.0005:0.01:64"}, {"value": 1e6, "precision": precision}
    return lambda: pw.sweep(
        pool, prices, vary=vary, workers=2, folder=tempfile.mkdtemp(dir=folder) if kept else None, **options
    )


def sweep_outcome(result: pw.SweepResult) -> Outcome:
    rows = result.rows
    ends = {"first": rows[0].figures["value_vs_hold"][0], "last": rows[-1].figures["value_vs_hold"][0]}
    return {f"{name}_value_over_hold": value + 1.0 for name, value in ends.items()} | {"runs": len(rows)}


def swap_fee(pool: Any, step: Any, token_in: int, token_out: int) -> float:
    return 0.002 + 0.02 * pool.memory[0]


def after_trade(
    pool: Any, step: Any, token_in: int, token_out: int, amount_in: float, amount_out: float
) -> None:
    pool.memory[0] = 0.9 * pool.memory[0] + 0.1 * amount_in / pool.reserves[token_in]


def challenge(folder: Path) -> Callable[[], Outcome]:
    """1,000 markets of the fee challenge with a fee that follows the trades, on two threads."""
    params = pw.PoolParams.constant_product([pw.Token("X", 18), pw.Token("Y", 18)], swap_fee=3 * 10**15)
    rule = FeeRule(swap_fee, after_trade)
    times = 1_700_000_000 + SECONDS * np.arange(STEPS, dtype=np.int64)

    def edge(seed: int) -> float:
        rng = np.random.default_rng([seed, 2026])
        volatility, rate, size = rng.uniform(0.00088, 0.00101), rng.uniform(0.6, 1.0), rng.uniform(19.0, 21.0)
        returns = volatility * rng.standard_normal(STEPS) - volatility**2 / 2
        prices = np.column_stack([100.0 * np.exp(np.cumsum(returns)), np.ones(STEPS)])
        flow = Retail(rate * 3_600 / SECONDS, size, deviation=1.2, rival=RivalPool(0.003))
        totals = pw.simulate_totals(
            params, pw.PriceSeries(times, prices, ("X", "Y"), "fee challenge", "", True), seed=seed, fee=rule,
            balances=(100 * WAD, 10_000 * WAD), agents=[Arbitrageur(), flow], precision="float",
            testing_fees_outside_reserves=True,
        ).totals  # fmt: skip
        return float(totals[tables.RETAIL_COST] - totals[tables.GAIN])

    def run() -> Outcome:
        with ThreadPoolExecutor(2) as threads:
            return {"edge": float(np.mean(list(threads.map(edge, range(SIMULATIONS)))))}

    return run


def problem(name: str, folder: Path) -> tuple[Callable[[], Any], Callable[[Any], Outcome]]:
    """Return the call to time, and how to tell what came out."""
    what, _, precision = name.partition(" ")
    if what == "challenge":
        return challenge(folder), lambda result: result
    if what.startswith("sweep"):
        return sweep(folder, precision, kept=what.endswith("-kept")), sweep_outcome
    return one_year(folder, what.removesuffix("-series"), precision, series=what.endswith("-series")), outcome


def main() -> None:
    asked = json.loads(sys.argv[1])
    call, told = problem(asked["problem"], Path(asked["prices"]))
    call()  # once, untimed: first use, compiled code
    for _ in sys.stdin:
        start, processor = time.perf_counter(), time.process_time()
        result = call()
        seconds, spent = time.perf_counter() - start, time.process_time() - processor
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        reply = {"seconds": seconds, "processor": spent, "peak_mb": peak, "outcome": told(result)}
        print(json.dumps(reply), flush=True)
        del result  # so that no call finds the memory of the one before still taken


if __name__ == "__main__":
    main()
