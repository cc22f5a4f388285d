"""Poolwright through its public API: one quote at a time on Python `int`, and batches on native words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import poolwright as pw
from worker import serve


def build(source: dict[str, Any]) -> pw.Pool:
    tokens = [pw.Token(*each) for each in zip(source["tokens"], source["decimals"], strict=True)]
    fee = source["swap_fee"]
    if source["kind"] == "weighted":
        params = pw.PoolParams.weighted(tokens, source["weights"], swap_fee=fee)
    else:
        params = pw.PoolParams.stable(tokens, source["amplification"], swap_fee=fee)
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


def change(case: dict[str, Any]) -> Callable[[], None]:
    """Execute every other amount as a swap, and between them swap back what came out: each call meets a new state."""
    i, j = case["token_in"], case["token_out"]
    there_and_back = list(zip(case["inputs"][::2], case["inputs"][1::2], strict=True))

    def run() -> None:
        pool = build(case["pool"])
        for amount, _ in there_and_back:
            out = pool.swap(pw.SwapKind.EXACT_IN, i, j, amount).amount_out
            pool.swap(pw.SwapKind.EXACT_IN, j, i, out)

    return run


def many(case: dict[str, Any]) -> Callable[[], Any]:
    """Return a batch as it is meant to be used: Python integers in, arrays of 256-bit answers out."""
    pool = build(case["pool"])
    i, j = case["token_in"], case["token_out"]
    return lambda: pw.quote_many(pool, pw.SwapKind.EXACT_IN, i, j, case["inputs"])


def many_integers(case: dict[str, Any]) -> Callable[[], list[int]]:
    """Return a batch whose answers become Python integers, too."""
    run = many(case)
    return lambda: list(run().amounts_out)


if __name__ == "__main__":
    serve({"one": one, "change": change, "many": many, "many_integers": many_integers})
