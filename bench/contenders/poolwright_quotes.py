"""Poolwright through its public API: one quote at a time on Python `int`, and batches on native words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import poolwright as pw
from worker import serve


def build(source: dict[str, Any]) -> pw.Pool:
    tokens = [
        pw.Token(symbol=symbol, decimals=decimals)
        for symbol, decimals in zip(source["tokens"], source["decimals"], strict=True)
    ]
    common = {"name": "Bench", "symbol": "BENCH", "tokens": tokens, "swap_fee": source["swap_fee"]}
    if source["kind"] == "weighted":
        params = pw.PoolParams.weighted(weights=source["weights"], **common)
    else:
        params = pw.PoolParams.stable(amplification=source["amplification"], **common)
    return pw.Pool(params, balances=source["balances"], shares=source["shares"])


def one(case: dict[str, Any]) -> Callable[[], list[int]]:
    pool = build(case["pool"])
    if case["operation"] == "add":
        return lambda: [
            pool.quote_add_liquidity(pw.AddKind.UNBALANCED, amounts=amounts).shares
            for amounts in case["inputs"]
        ]
    i, j = case["token_in"], case["token_out"]
    return lambda: [pool.quote(pw.SwapKind.EXACT_IN, i, j, amount).amount_out for amount in case["inputs"]]


def many(case: dict[str, Any]) -> Callable[[], list[int]]:
    pool = build(case["pool"])
    i, j = case["token_in"], case["token_out"]
    return lambda: list(pw.quote_many(pool, pw.SwapKind.EXACT_IN, i, j, case["inputs"]).amounts_out)


if __name__ == "__main__":
    serve({"one": one, "many": many})
