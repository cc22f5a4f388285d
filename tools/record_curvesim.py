"""Trade on curvesim's integer StableSwap pools and write down what they answer.

    .cache/bench-venv/bin/python tools/record_curvesim.py > tests/acceptance/data/t12_curvesim.json

Needs curvesim (PyPI, development only: `bench/run.py` keeps an environment with it) and nothing of ours, so that
the answers owe nothing to the maths they are compared with. `--seed N` draws other trades.
"""

from __future__ import annotations

import sys
from random import Random
from typing import Any

from curvesim.pool.stableswap.pool import CurvePool

from curvesim_records import write

TRADES = 80
SEED = 12
# Name -> (A in Curve's convention, decimals, value held of each token in whole units).
POOLS: dict[str, tuple[int, tuple[int, ...], tuple[int, ...]]] = {
    "two": (100, (18, 18), (1_000_000, 1_000_000)),
    "two, small A": (2, (6, 18), (700_000, 300_000)),
    "two, coarse": (1_500, (6, 6), (40_000_000, 60_000_000)),
    "three": (2_000, (18, 6, 6), (160_000_000, 170_000_000, 150_000_000)),
    "three, leaning": (85, (18, 18, 6), (900_000, 400_000, 100_000)),
    "four": (500, (18, 6, 6, 18), (5_000_000, 6_000_000, 4_000_000, 5_500_000)),
}


def record(name: str, seed: int) -> dict[str, Any]:
    """Return one pool's start and, per trade: token in, token out, amount in, amount out, D after."""
    amplification, decimals, wholes = POOLS[name]
    balances = [whole * 10**places for whole, places in zip(wholes, decimals, strict=True)]
    rates = [10 ** (36 - places) for places in decimals]
    pool = CurvePool(A=amplification, D=list(balances), n=len(balances), rates=rates, fee=0, admin_fee=0)
    rng, trades = Random(f"{name} {seed}"), []
    invariant = int(pool.D())
    for _ in range(TRADES):
        token_in, token_out = rng.sample(range(len(balances)), 2)
        # From a few raw units to a tenth of the token's balance, small ones as often as large ones.
        amount = max(1, int(pool.balances[token_in] * 10 ** rng.uniform(-9, -1)))
        out, fee = pool.exchange(token_in, token_out, amount)
        assert fee == 0
        trades.append([token_in, token_out, str(amount), str(int(out)), str(int(pool.D()))])
    return {
        "amplification": amplification,
        "decimals": decimals,
        "balances": [str(each) for each in balances],
        "invariant": str(invariant),
        "trades": trades,
    }


def main() -> int:
    columns = ["token in", "token out", "amount in", "amount out", "invariant after (18 decimals)"]
    return write(__doc__, "record_curvesim", SEED, POOLS, record, entry="trade", columns=columns)


if __name__ == "__main__":
    sys.exit(main())
