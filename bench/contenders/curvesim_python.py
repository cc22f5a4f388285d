"""The peer `curvesim` of PyPI: quotes by its `get_y`, which leaves the pool alone and is its quickest way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from curvesim.pool.stableswap.pool import CurvePool

from worker import serve

E10 = 10**10
WAD = 10**18


def one(case: dict[str, Any]) -> Callable[[], list[int]]:
    source = case["pool"]
    rates = [10 ** (36 - decimals) for decimals in source["decimals"]]
    pool = CurvePool(
        A=source["amplification"] // 1_000,
        D=list(source["balances"]),
        n=len(rates),
        rates=rates,
        fee=source["swap_fee"] // 10**8,
    )
    i, j = case["token_in"], case["token_out"]

    def quote(amount: int) -> int:
        values = [b * r // WAD for b, r in zip(pool.balances, rates, strict=True)]
        left = pool.get_y(i, j, values[i] + amount * rates[i] // WAD, values)
        out = values[j] - left - 1
        return int((out - out * pool.fee // E10) * WAD // rates[j])

    return lambda: [quote(amount) for amount in case["inputs"]]


if __name__ == "__main__":
    serve({"one": one})
