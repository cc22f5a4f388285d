"""The proof can fail: one rounding turned round, as in the losses of the past, is found each time."""

from __future__ import annotations

import pytest

from poolwright.model.maths import (
    constant_product_maths,
    fee_maths,
    fixed_point,
    geometric_maths,
    log_exp,
    share_maths,
    stable_invariant,
    stable_liquidity,
)
from tests.reference.check import check_cases
from tests.reference.exact import CONSTANT_PRODUCT, STABLE, WEIGHTED

CASES = 4000


def floor(a, b):
    """`div_up` that rounds down."""
    return a // b


def floor_above_zero(a, b):
    """`div_up` that rounds down, but not to nothing: a refusal of nothing would be seen in its place."""
    return max(a // b, 1)


def floor_of_product(a, b, c):
    """`mul_div_up` that rounds down: the scaling that cost 125 million in November 2025."""
    return a * b // c


def floor_each(balances, shares, supply):
    return tuple(balance * shares // supply for balance in balances)


def ceil_each(balances, shares, supply):
    return tuple(-(-balance * shares // supply) for balance in balances)


def stays_down(x, index, start, d, amplification, stays=stable_invariant.balance_up):
    """The balance that must stay, too low by more than the solver ever errs on the safe side."""
    stay = stays(x, index, start, d, amplification)
    return stay - (stay >> 60) - 1000


def d_too_low(x, total, least, amplification, solved=stable_invariant.invariant_down):
    return solved(x, total, least, stable_invariant.above_root(x, total, least), amplification)


def d_too_high(x, total, least, start, amplification, solved=stable_invariant.invariant_up):
    return solved(x, total, least, amplification)


def fee_forgotten(amount_in, fee):
    """The net amount one raw unit too generous."""
    return amount_in * (10**18 - fee) + 10**18


MUTANTS = [
    (STABLE, "swap_exact_out", fixed_point, "mul_div_up", floor_of_product),
    (STABLE, "swap_exact_out", fixed_point, "div_up", floor),
    (STABLE, "swap_exact_in", stable_invariant, "invariant_up", d_too_low),
    (STABLE, "swap_exact_in", stable_invariant, "balance_up", stays_down),
    (STABLE, "add_unbalanced", stable_invariant, "invariant_down", d_too_high),
    (STABLE, "add_single_exact_shares", fixed_point, "div_up", floor),
    (STABLE, "remove_single_exact_in", stable_liquidity.stable_invariant, "balance_up", stays_down),
    (STABLE, "remove_single_exact_out", fixed_point, "div_up", floor_above_zero),
    (WEIGHTED, "swap_exact_in", log_exp, "pow_up", log_exp.pow_down),
    (WEIGHTED, "swap_exact_in", fee_maths, "net_of_fee", fee_forgotten),
    (WEIGHTED, "swap_exact_out", log_exp, "pow_up", log_exp.pow_down),
    (WEIGHTED, "swap_exact_out", fee_maths, "gross_of_net_up", lambda net, fee: net // (10**18 - fee)),
    (WEIGHTED, "add_unbalanced", log_exp, "exp2_down", log_exp.exp2_up),
    (WEIGHTED, "add_single_exact_shares", log_exp, "pow_up", log_exp.pow_down),
    (WEIGHTED, "remove_single_exact_in", geometric_maths, "_phi_up", lambda u, ratio, fee: u),
    (WEIGHTED, "remove_single_exact_out", geometric_maths, "_solve_down", lambda taxed, *_: taxed),
    (CONSTANT_PRODUCT, "swap_exact_in", fixed_point, "mul_div_down", lambda a, b, c: -(-a * b // c)),
    (CONSTANT_PRODUCT, "swap_exact_out", constant_product_maths.fixed_point, "mul_div_up", floor_of_product),
    (CONSTANT_PRODUCT, "add_proportional", share_maths, "proportional_in_up", floor_each),
    (CONSTANT_PRODUCT, "remove_proportional", share_maths, "proportional_out_down", ceil_each),
]


@pytest.mark.parametrize(("kind", "operation", "module", "name", "mutant"), MUTANTS)
def test_a_mutant_is_found(kind, operation, module, name, mutant, monkeypatch):
    monkeypatch.setattr(module, name, mutant)
    monkeypatch.setattr("poolwright.model.snapshot.net_of_fee", fee_maths.net_of_fee)
    with pytest.raises(AssertionError, match=r"favours the trader|not rounded|^fee"):
        check_cases(kind, operation, CASES, "mutant")
