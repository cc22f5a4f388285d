"""Let cvxpy find the best basket of weighted pools with a fee, and write down what it earns.

    pip install cvxpy   (in an environment of its own: it is no dependency of ours)
    python tools/record_baskets.py > tests/acceptance/data/t06_cvxpy.json

Nothing of ours is imported, so that the answers owe nothing to the closed form they are compared with.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

import cvxpy as cp
import numpy as np

SEED = 6
CASES = [(n, fee, venue) for n in (2, 3, 4, 8) for fee in (0.0005, 0.003, 0.02) for venue in (0.0, 0.001)]


def record(n: int, fee: float, venue: float, rng: np.random.Generator) -> dict[str, Any]:
    """Return a pool worth about 1, prices that moved by a few per cent, and the profit of the best basket."""
    weights = rng.dirichlet(np.full(n, 4.0))
    prices = np.exp(rng.normal(0, 0.03, n))
    # Balances at old prices of 1, so that the solver's numbers are of one size.
    reserves = weights.copy()
    paid, taken = cp.Variable(n, nonneg=True), cp.Variable(n, nonneg=True)
    after = reserves + (1 - fee) * paid - taken
    kept = weights @ cp.log(after) >= float(weights @ np.log(reserves))
    problem = cp.Problem(cp.Maximize((1 - venue) * prices @ taken - prices @ paid), [kept])
    problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10)
    return {
        "weights": weights.tolist(), "prices": prices.tolist(), "reserves": reserves.tolist(),
        "fee": fee, "venue_fee": venue, "profit": float(problem.value), "status": problem.status,
    }  # fmt: skip


def main() -> int:
    rng = np.random.default_rng(SEED)
    cases = [record(*case, rng) for case in CASES]
    versions = {name: version(name) for name in ("cvxpy", "clarabel", "numpy")}
    json.dump(
        {"command": "python tools/record_baskets.py", "versions": versions, "cases": cases},
        sys.stdout,
        indent=1,
    )
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
