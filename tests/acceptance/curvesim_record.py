"""Our StableSwap beside the recorded answers of curvesim's integer pools, trade for trade and without fee.

Both claim the same curve (A in Curve's convention, D^(n+1) / (n^n prod x)); curvesim solves it by Newton steps on
floored integers and then keeps one unit of 18 decimals back, ours stops at a bound on the pool's side, which is
within the distance that the contracts promise.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from poolwright.model.maths import scaling, stable_maths
from poolwright.model.pool import Pool
from poolwright.model.results import SwapKind
from poolwright.spec.params import PoolParams, Token

WAD = 10**18
RECORD = Path(__file__).parent / "data" / "t12_curvesim.json"


class Gaps(NamedTuple):
    """Of one trade: ours less curvesim's, in raw units of the token out, and in 18 decimals for D."""

    decimals: int
    amount: int  # from the balances that curvesim has before the trade
    balance: int  # of the token out, in pools that have run apart since the first trade
    largest_balance: int  # over all tokens, in size
    invariant: int  # of the balances that curvesim has after the trade
    invariant_apart: int  # of each pool's own balances
    # Below the true amount, as the contracts promise: 1 raw unit and 1e-16 of the balance that moves.
    allowed: int


def read_record() -> dict[str, Any]:
    return json.loads(RECORD.read_text(encoding="utf-8"))


def open_pool(told: dict[str, Any]) -> Pool:
    tokens = [Token(f"T{k}", places) for k, places in enumerate(told["decimals"])]
    params = PoolParams.stable(tokens, round(told["amplification"] * 1_000), swap_fee=0)
    return Pool(params, [int(each) for each in told["balances"]], shares=WAD)


def invariant_down(pool: Pool, balances: list[int]) -> int:
    """Return D in 18 decimals, rounded down."""
    factors = tuple(scaling.scaling_factor(token.decimals, token.rate) for token in pool.params.tokens)
    return stable_maths.compute_invariant_down(tuple(balances), factors, pool.params.amplification)


def compare(told: dict[str, Any]) -> list[Gaps]:
    """Trade what curvesim traded; return how far ours is from it after each."""
    pool, found = open_pool(told), []
    theirs = list(pool.state.balances)
    for token_in, token_out, paid, taken, invariant in told["trades"]:
        amount_in, amount_out = int(paid), int(taken)
        beside = Pool(pool.params, theirs, shares=WAD)
        quoted = beside.quote(SwapKind.EXACT_IN, token_in, token_out, amount_in).amount_out
        pool.swap(SwapKind.EXACT_IN, token_in, token_out, amount_in)
        allowed = 1 + theirs[token_out] // 10**16
        theirs[token_in] += amount_in
        theirs[token_out] -= amount_out
        ours = list(pool.state.balances)
        found.append(Gaps(
            told["decimals"][token_out], quoted - amount_out, ours[token_out] - theirs[token_out],
            max(abs(a - b) for a, b in zip(ours, theirs, strict=True)),
            invariant_down(pool, theirs) - int(invariant), invariant_down(pool, ours) - int(invariant),
            allowed,
        ))  # fmt: skip
    return found
