"""The peer `balancer-maths` of PyPI, called as its own README calls it."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Callable
from typing import Any

from worker import serve

# The published package imports itself as `src`, which no installation has: give it that name.
spec = importlib.util.find_spec("balancer_maths")
assert spec is not None, "balancer-maths is not installed in this environment"
alias = types.ModuleType("src")
alias.__path__ = list(spec.submodule_search_locations or [])
sys.modules["src"] = alias

from src.common.types import AddLiquidityInput, AddLiquidityKind, SwapInput, SwapKind  # noqa: E402
from src.pools.stable.stable_data import StableState  # noqa: E402
from src.pools.weighted.weighted_data import WeightedState  # noqa: E402
from src.vault.vault import Vault  # noqa: E402

WAD = 10**18


def pool_state(pool: dict[str, Any]) -> Any:
    factors = [10 ** (18 - decimals) for decimals in pool["decimals"]]
    fields = {
        "pool_address": "0xpool",
        "tokens": list(pool["tokens"]),
        "scaling_factors": factors,
        "token_rates": [WAD] * len(factors),
        "balances_live_scaled18": [b * f for b, f in zip(pool["balances"], factors, strict=True)],
        "swap_fee": pool["swap_fee"],
        "aggregate_swap_fee": 0,
        "total_supply": pool["shares"],
        "supports_unbalanced_liquidity": True,
        "hook_type": None,
    }
    if pool["kind"] == "weighted":
        return WeightedState(weights=pool["weights"], **fields)
    return StableState(amp=pool["amplification"], **fields)


def one(case: dict[str, Any]) -> Callable[[], list[int]]:
    vault, state = Vault(), pool_state(case["pool"])
    if case["operation"] == "add":

        def add(amounts: list[int]) -> int:
            wanted = AddLiquidityInput(
                pool="0xpool",
                max_amounts_in_raw=amounts,
                min_bpt_amount_out_raw=0,
                kind=AddLiquidityKind.UNBALANCED,
            )
            result = vault.add_liquidity(add_liquidity_input=wanted, pool_state=state)
            return int(result.bpt_amount_out_raw)

        return lambda: [add(amounts) for amounts in case["inputs"]]

    token_in = case["pool"]["tokens"][case["token_in"]]
    token_out = case["pool"]["tokens"][case["token_out"]]

    def swap(amount: int) -> int:
        wanted = SwapInput(
            amount_raw=amount, swap_kind=SwapKind.GIVENIN, token_in=token_in, token_out=token_out
        )
        return int(vault.swap(swap_input=wanted, pool_state=state))

    return lambda: [swap(amount) for amount in case["inputs"]]


if __name__ == "__main__":
    serve({"one": one})
