"""The cases that every contender answers: pools and amounts as plain data, integers as strings."""

from __future__ import annotations

import random
from typing import Any

WAD = 10**18
AMOUNTS = 1_000
TOKENS = ("WETH", "WBTC", "DAI")
STABLES = ("DAI", "USDC", "USDT")


def amounts_below(ceiling: int, seed: int) -> list[int]:
    """Return amounts spread evenly in their logarithm over three decades below `ceiling`."""
    rng = random.Random(seed)
    return [max(1, int(ceiling * 10 ** rng.uniform(-3, 0))) for _ in range(AMOUNTS)]


def weighted_pool() -> dict[str, Any]:
    return {
        "kind": "weighted",
        "tokens": TOKENS,
        "decimals": [18, 8, 18],
        "balances": [2_500 * 10**18, 80 * 10**8, 1_000_000 * 10**18],
        "weights": [WAD // 2, 3 * WAD // 10, WAD // 5],
        "swap_fee": 3 * 10**15,
        "shares": 100_000 * WAD,
    }


def stable_pool() -> dict[str, Any]:
    return {
        "kind": "stable",
        "tokens": STABLES,
        "decimals": [18, 6, 6],
        "balances": [4_000_000 * 10**18, 3_500_000 * 10**6, 2_800_000 * 10**6],
        "amplification": 200_000,  # A = 200, three decimals
        "swap_fee": 4 * 10**14,
        "shares": 10_300_000 * WAD,
    }


def cases() -> dict[str, dict[str, Any]]:
    """Return name -> pool, operation and the 1,000 inputs."""
    swap = {"operation": "swap", "token_in": 0, "token_out": 2}
    adds = zip(
        amounts_below(125 * 10**18, 3),
        amounts_below(4 * 10**8, 4),
        amounts_below(50_000 * 10**18, 5),
        strict=True,
    )
    return {
        "weighted-3 exact in": {**swap, "pool": weighted_pool(), "inputs": amounts_below(250 * 10**18, 1)},
        "stable-3 exact in": {**swap, "pool": stable_pool(), "inputs": amounts_below(400_000 * 10**18, 2)},
        "weighted-3 unbalanced add": {
            "operation": "add",
            "pool": weighted_pool(),
            "inputs": [list(row) for row in adds],
        },
    }


def as_strings(value: Any) -> Any:
    """Return the same data with every integer as a decimal string, as JSON's readers differ on large ones."""
    if isinstance(value, dict):
        return {key: as_strings(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_strings(item) for item in value]
    return str(value) if isinstance(value, int) else value
