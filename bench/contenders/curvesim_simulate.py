"""The peer `curvesim` of PyPI on S3: its own simple arbitrageur on its integer pool, over the first rows.

Its full pipeline fetches data and keeps metrics; what is timed here is the trader and the pool alone. The argument
and the replies are those of `poolwright_simulate.py`.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from pathlib import Path

import numpy as np
from curvesim.pipelines.simple.trader import SimpleArbitrageur
from curvesim.pool.sim_interface import SimCurvePool

ROWS = 200
NAMES = ["DAI", "USDC", "USDT"]
PAIRS = ((0, 1), (0, 2), (1, 2))


def open_pool(prices: np.ndarray) -> SimCurvePool:
    """Return the pool of S3, worth a million, with all balances in 18 decimals."""
    each = 10**24 / prices[0].sum()
    pool = SimCurvePool(A=2_000, D=[int(each)] * 3, n=3, fee=10**6, rates=[10**18] * 3)
    pool.metadata = {"coins": {"names": NAMES}}
    return pool


def run(prices: np.ndarray) -> int:
    pool = open_pool(prices)
    trader, trades = SimpleArbitrageur(pool), 0
    for row in prices:
        market = {(NAMES[i], NAMES[j]): row[i] / row[j] for i, j in PAIRS}
        found, _ = trader.compute_trades(market)
        trades += len(trader.do_trades(found))
    return trades


def main() -> None:
    logging.disable(logging.CRITICAL)
    prices = np.load(Path(json.loads(sys.argv[1])["prices"]) / "s3.npy")[:ROWS]
    run(prices[:20])
    for _ in sys.stdin:
        start, processor = time.perf_counter(), time.process_time()
        trades = run(prices)
        seconds, spent = time.perf_counter() - start, time.process_time() - processor
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told = {"trades": trades, "rows": len(prices)}
        print(
            json.dumps({"seconds": seconds, "processor": spent, "peak_mb": peak, "outcome": told}), flush=True
        )


if __name__ == "__main__":
    main()
