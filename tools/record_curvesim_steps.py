"""Let curvesim's own arbitrageur follow prices, row by row, and write down each trade and what the pool then holds.

    .cache/bench-venv/bin/python tools/record_curvesim_steps.py > tests/acceptance/data/t12_curvesim_steps.json

Needs curvesim (PyPI, development only: `bench/run.py` keeps an environment with it) and nothing of ours. In each row
its `SimpleArbitrageur` makes the one most profitable trade between two tokens, which is our `best_pair`. All tokens
have 18 decimals, as its simulations ask. `--seed N` draws other prices.
"""

from __future__ import annotations

import logging
import math
import sys
from itertools import combinations
from random import Random
from typing import Any

from curvesim.pipelines.simple.trader import SimpleArbitrageur
from curvesim.pool.sim_interface import SimCurvePool

from curvesim_records import write

ROWS = 150
SEED = 12
HOLDS = 1_000_000 * 10**18  # of each token
# Name -> (A in Curve's convention, tokens, fee in 1e-10, deviation of a row's shock to the log price).
POOLS: dict[str, tuple[int, int, int, float]] = {
    "two": (100, 2, 0, 5e-4),
    "two, small A": (5, 2, 0, 5e-3),
    "three, as S3": (2_000, 3, 0, 5e-4),
    "four": (500, 4, 0, 5e-4),
    "two, fee of 1 bp": (100, 2, 10**6, 5e-4),
    "three, fee of 4 bp": (200, 3, 4 * 10**6, 2e-3),
}


def market(name: str, seed: int) -> list[list[float]]:
    """Return prices whose logarithms revert to the peg with a half-life of some 14 rows; the last token stays at 1."""
    _, count, _, deviation = POOLS[name]
    rng, logs, rows = Random(f"{name} {seed}"), [0.0] * (count - 1), []
    for _ in range(ROWS):
        logs = [0.95 * each + rng.gauss(0.0, deviation) for each in logs]
        rows.append([*(round(math.exp(each), 12) for each in logs), 1.0])
    return rows


def record(name: str, seed: int) -> dict[str, Any]:
    """Return the pool and, per row: prices, and the trade: token in, token out, amount in, amount out; or none."""
    amplification, count, fee, _ = POOLS[name]
    names = [f"T{k}" for k in range(count)]
    pool = SimCurvePool(
        A=amplification, D=[HOLDS] * count, n=count, fee=fee, admin_fee=0, rates=[10**18] * count
    )
    pool.metadata = {"coins": {"names": names}}
    trader, rows = SimpleArbitrageur(pool), []
    for prices in market(name, seed):
        quoted = {(names[i], names[j]): prices[i] / prices[j] for i, j in combinations(range(count), 2)}
        wanted, _ = trader.compute_trades(quoted)
        made = [
            [names.index(each.coin_in), names.index(each.coin_out), str(each.amount_in), str(each.amount_out)]
            for each in trader.do_trades(wanted)
        ]
        rows.append([prices, *(made or [None])])
    ends = {"balances": [str(HOLDS)] * count, "final_balances": [str(int(each)) for each in pool.balances]}
    return {"amplification": amplification, "fee": fee, **ends, "rows": rows}


def main() -> int:
    logging.disable(logging.CRITICAL)
    columns = ["prices", "trade: token in, token out, amount in, amount out; or null"]
    return write(__doc__, "record_curvesim_steps", SEED, POOLS, record, entry="row", columns=columns)


if __name__ == "__main__":
    sys.exit(main())
