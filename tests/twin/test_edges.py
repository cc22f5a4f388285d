"""What random cases of the maths do not meet: refusals of what no caller asks for, the far side of a comparison.

The compiled contract and the twin say the same, and it is what is written here.
"""

from __future__ import annotations

from math import isqrt
from random import Random
from typing import Any

import pytest

from tests.twin.test_sameness import functions

MOST = 2**256 - 1
WAD, E36 = 10**18, 10**36
# 6 * 2^256 - 5 = 7 * UP: over 6 this is 2^256 - 1, and a sixth more.
UP = (6 * 2**256 - 5) // 7
HALF, SUPPLY = WAD // 2, 10**24
# Nine times a half of the weight multiplies the supply by the root of ten: the most, and rounded up already too much.
ROOT = isqrt(10 * E36**2) - E36
TWO, EIGHT = (
    ((SUPPLY,) * 2, (WAD,) * 2, 200_000, 0),
    ((9 * 2**104 // (17 * 10**19),) * 8, (WAD,) * 8, 200_000, 0),
)
# The shares of two equal stable balances that ten times the one would be worth, without a fee.
MOST_SHARES = 4_472_704_215_364_656_563_993_856
TOO_MUCH, TOO_FAR = "add: amount too large", "remove: amount too large"
ZERO = "fixed_point: division by zero"
EDGES: list[tuple[str, tuple[Any, ...], str | int | tuple[Any, ...]]] = [
    ("fixed_point.div_up", (1, 0), ZERO),
    ("fixed_point.div_wad_down", (1, 0), ZERO),
    ("fixed_point.div_wad_down", (5, 3), 5 * WAD // 3),
    ("fixed_point.mul_div_down", (1, 1, 0), ZERO),
    ("fixed_point.mul_div_up", (1, 1, 0), ZERO),
    ("fixed_point.mul_div_up", (UP, 7, 6), "fixed_point: overflow"),
    ("fixed_point.mul_div_down", (UP, 7, 6), MOST),
    ("fixed_point.mul_div_down", (MOST, MOST, MOST), MOST),
    ("fixed_point.mul_div_down", (MOST, MOST, 1), "fixed_point: overflow"),
    ("asset_word.pack", ((2**112, 0, 0, 0, 0, 0),), "pool: balance too large"),
    ("asset_word.pack", ((1, 2**40, 0, 0, 0, 0),), "asset_word: too large"),
    ("asset_word.pack", ((1, 0, 0, 0, 2**32, 0),), "asset_word: too large"),
    ("asset_word.pack", ((1, 0, 2**33, 0, 0, 0),), "asset_word: too large"),
    ("ramp_maths.pack", ((2**64, 1, 1, 1),), "ramp: value too large"),
    ("ramp_maths.pack", ((1, 1, 1, 2**32),), "ramp: time too large"),
    ("ramp_maths.step_of", (0, 1, 1), "ramp: empty"),
    ("rate_maths.pack", ((2**72, 1, False),), "rate: too large"),
    ("scaling.scaling_factor", (19, WAD), "scaling: decimals above 18"),
    ("scaling.scaling_factor", (18, 10**16 - 1), "scaling: rate too low"),
    ("scaling.scaling_factor", (18, 10**20 + 1), "scaling: rate too high"),
    ("share_maths.proportional_in_up", ((1, 1), 2**128, 2), "shares: too many"),
    ("share_maths.proportional_out_down", ((1, 1), 2, 2), "shares: supply exceeded"),
    ("share_maths.initial_shares", (10**6,), "shares: too few to start"),
    ("constitution.check_split", (5 * 10**17 + 1,), "split: protocol share too high"),
    ("constitution.check_split", (1 << 252,), "split: malformed"),
    ("fee_policy_maths.imbalance_fee", (1, 2, 3, WAD, 2**176, 1), 3),
    ("log_exp.pow_down", (1, 1, 1, 0), "log_exp: exponent out of range"),
    ("log_exp.pow_up", (1, 1, 1, 0), "log_exp: exponent out of range"),
    ("stable_maths.out_given_invariant", ((1, 1), 0, 0, 1, 1000, 1, 1, 1, 1, 1), "swap: same token"),
    ("stable_maths.in_given_invariant", ((1, 1), 0, 0, 1, 1000, 1, 1, 1, 1, 1, 1), "swap: same token"),
    (
        "geometric_maths.compute_amount_in_given_shares",
        (SUPPLY, HALF, WAD, SUPPLY * ROOT // E36, SUPPLY, 0),
        TOO_MUCH,
    ),
    (
        "geometric_maths.compute_shares_given_amount_out",
        (SUPPLY, HALF, WAD, 9 * 10**23, SUPPLY, 10**16),
        TOO_FAR,
    ),
    ("stable_liquidity.compute_amount_in_given_shares", (*EIGHT, 9 * SUPPLY, SUPPLY, 0), TOO_MUCH),
    ("stable_liquidity.compute_amount_in_given_shares", (*TWO, MOST_SHARES, SUPPLY, WAD // 10), TOO_MUCH),
    ("stable_liquidity.compute_amount_in_given_shares", (*TWO, MOST_SHARES + 1, SUPPLY, 0), TOO_MUCH),
    ("stable_liquidity.compute_shares_given_amount_out", (*TWO, 9 * 10**23, SUPPLY, 10**16), TOO_FAR),
    ("stable_liquidity.compute_shares_given_amount_out", (*TWO, 9 * 10**23, SUPPLY, 9 * 10**17), TOO_FAR),
    ("geometric_maths.compute_amount_out_given_shares", (WAD, 1, 2, WAD, WAD, 0), "shares: supply exceeded"),
]


@pytest.mark.parametrize(("name", "values", "expected"), EDGES, ids=lambda value: str(value)[:40])
def test_edge(name: str, values: tuple[Any, ...], expected: str | int | tuple[Any, ...]) -> None:
    module, function = name.split(".")
    found = functions(module)[function]
    outcome = ("revert" if isinstance(expected, str) else "ok", expected)
    assert found.contract(values) == outcome
    assert found.on_int(values) == outcome


def test_products_of_two_words_are_divided_exactly() -> None:
    """With and without a borrow and a fold, against Python's integers."""
    draw, found = Random(1), functions("fixed_point")["mul_div_down"]
    for _ in range(500):
        a, b, c = (draw.getrandbits(draw.choice((64, 200, 256))) | 1 for _ in range(3))
        expected = ("ok", a * b // c) if a * b // c <= MOST else ("revert", "fixed_point: overflow")
        assert found.contract((a, b, c)) == expected
