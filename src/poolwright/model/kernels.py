"""Loops over the generated maths, one for each kind: compiled, exact, a flag where an element reverts.

Plain functions here, so that they also run as Python; `batch.py` compiles them. `amounts` and `others` are limbs.
An exact-in element gives the amount in and asks for the amount out; exact out the reverse.
"""

from __future__ import annotations

from typing import Any

from poolwright.model.maths import constant_product_maths, fee_maths, stable_maths, weighted_maths
from poolwright.model.native import load_word, store_word

Words = tuple[int, ...]


def weighted(exact_in: bool, pair: Words, amounts: Any, others: Any, reverted: Any) -> None:
    """`pair`: balance in, weight in, balance out, weight out, fee."""
    balance_in, weight_in, balance_out, weight_out, fee = pair
    for k in range(len(amounts)):
        try:
            if exact_in:
                net = fee_maths.net_of_fee(load_word(amounts, k), fee)
                other = weighted_maths.compute_out_given_exact_in(
                    balance_in, weight_in, balance_out, weight_out, net
                )
            else:
                net = weighted_maths.compute_in_given_exact_out(
                    balance_in, weight_in, balance_out, weight_out, load_word(amounts, k)
                )
                other = fee_maths.gross_of_net_up(net, fee)
            store_word(others, k, other)
        except Exception:  # any revert: its text is found by the exact model
            reverted[k] = True


def constant_product(exact_in: bool, pair: Words, amounts: Any, others: Any, reverted: Any) -> None:
    """`pair`: balance in, balance out, fee."""
    balance_in, balance_out, fee = pair
    for k in range(len(amounts)):
        try:
            if exact_in:
                net = fee_maths.net_of_fee(load_word(amounts, k), fee)
                other = constant_product_maths.compute_out_given_exact_in(balance_in, balance_out, net)
            else:
                net = constant_product_maths.compute_in_given_exact_out(
                    balance_in, balance_out, load_word(amounts, k)
                )
                other = fee_maths.gross_of_net_up(net, fee)
            store_word(others, k, other)
        except Exception:
            reverted[k] = True


def stable(
    exact_in: bool, x: Words, state: Words, pair: Words, amounts: Any, others: Any, reverted: Any
) -> None:
    """`state`: left, right, D, amplification; `pair`: index and factor in, index and factor out, balance out, fee."""
    left, right, d, amplification = state
    index_in, factor_in, index_out, factor_out, balance_out, fee = pair
    for k in range(len(amounts)):
        try:
            if exact_in:
                net = fee_maths.net_of_fee(load_word(amounts, k), fee)
                other = stable_maths.out_given_invariant(
                    x, left, right, d, amplification, index_in, index_out, factor_in, factor_out, net
                )
            else:
                net = stable_maths.in_given_invariant(
                    x, left, right, d, amplification, index_in, index_out, factor_in, factor_out,
                    balance_out, load_word(amounts, k),
                )  # fmt: skip
                other = fee_maths.gross_of_net_up(net, fee)
            store_word(others, k, other)
        except Exception:
            reverted[k] = True
