"""Mutants of the maths: the twin carries them, and tests/reference must notice."""

from __future__ import annotations

from tools.mutants.mutant import Mutant

TESTS = tuple(
    f"reference/test_{name}.py"
    for name in ("operations", "never_falls", "agreement", "fixed_point", "log_exp")
)
# Which tests can see a module at all; the others are left out to save time.
SCOPES = {
    "weighted_maths": "weighted",
    "constant_product_maths": "constant_product",
    "geometric_maths": "weighted or constant_product",
    "stable_maths": "stable",
    "stable_invariant": "stable",
    "stable_liquidity": "stable",
    "stable_ratios": "stable",
}
# Left out, because they survive within the slack that other steps keep on purpose: a D, a target or a value rounded
# down by less than one unit of normalised balance (2^-88 of the pool), which D of x + 1 already covers.
ROWS = (
    (
        "proportional-in-down", "share_maths", "proportional_in_up",
        "fixed_point.div_up(balances[i] * shares, supply)", "balances[i] * shares // supply",
        "shares are minted for one unit too little",
    ),
    (
        "proportional-out-up", "share_maths", "proportional_out_down",
        "balances[i] * shares // supply", "fixed_point.div_up(balances[i] * shares, supply)",
        "a burn pays one unit too much",
    ),
    (
        "gross-down", "fee_maths", "gross_of_net_up",
        "fixed_point.div_up(net_in_e18, fixed_point.WAD - fee)", "net_in_e18 // (fixed_point.WAD - fee)",
        "an exact-out swap costs one unit too little",
    ),
    (
        "fee-up", "fee_maths", "fee_of",
        "unsafe_mul(amount_in, fee) // fixed_point.WAD", "fixed_point.div_up(amount_in * fee, fixed_point.WAD)",
        "more fee is reported, and shared out, than was charged",
    ),
    (
        "split-up", "fee_maths", "split",
        "fee_amount * protocol_share // fixed_point.WAD",
        "fixed_point.div_up(fee_amount * protocol_share, fixed_point.WAD)",
        "the protocol takes a unit of the liquidity providers",
    ),
    (
        "weighted-out-power-down", "weighted_maths", "compute_out_given_exact_in", "log_exp.pow_up", "log_exp.pow_down",
        "a weighted swap pays too much",
    ),
    (
        "weighted-in-power-down", "weighted_maths", "compute_in_given_exact_out", "log_exp.pow_up", "log_exp.pow_down",
        "a weighted exact-out swap costs too little",
    ),
    (
        "weighted-exponent-swapped", "weighted_maths", "compute_out_given_exact_in",
        "weight_in, weight_out)", "weight_out, weight_in)",
        "another pool",
    ),
    (
        "weighted-equal-out-up", "weighted_maths", "compute_out_given_exact_in",
        "fixed_point.mul_div_down", "fixed_point.mul_div_up",
        "a swap between equal weights pays one unit too much",
    ),
    (
        "weighted-equal-in-down", "weighted_maths", "compute_in_given_exact_out",
        "fixed_point.mul_div_up", "fixed_point.mul_div_down",
        "an exact-out swap between equal weights costs too little",
    ),
    (
        "product-out-up", "constant_product_maths", "compute_out_given_exact_in",
        "fixed_point.mul_div_down", "fixed_point.mul_div_up",
        "a constant product swap pays one unit too much",
    ),
    (
        "geometric-shares-up", "geometric_maths", "compute_shares_given_amounts_in",
        "supply * growth // fixed_point.E36", "fixed_point.div_up(supply * growth, fixed_point.E36)",
        "an add mints one share too many",
    ),
    (
        "geometric-fee-on-all", "geometric_maths", "compute_shares_given_amounts_in",
        "fixed_point.mul_up(nets_e18[i] - proportional_e18, fee)", "fixed_point.mul_up(nets_e18[i], fee)",
        "a proportional part pays the fee, too",
    ),
    (
        "geometric-amount-in-down", "geometric_maths", "compute_amount_in_given_shares",
        "fixed_point.div_up(balance * (u - fixed_point.E36), fixed_point.E36)",
        "balance * (u - fixed_point.E36) // fixed_point.E36",
        "shares are minted for one unit too little",
    ),
    (
        "geometric-bracket-low", "geometric_maths", "_solve_up", "return high", "return low",
        "the wrong end of a bracket: shares are minted for too little",
    ),
    (
        "geometric-burn-down", "geometric_maths", "compute_shares_given_amount_out",
        "fixed_point.div_up(supply * (fixed_point.E36 - ratio), fixed_point.E36)",
        "supply * (fixed_point.E36 - ratio) // fixed_point.E36",
        "a withdrawal burns one share too few",
    ),
    (
        "stable-y-down", "stable_invariant", "balance_up",
        "following = unsafe_add(unsafe_div(following, slope), 1)",
        "following = unsafe_sub(unsafe_div(following, slope), y >> 60)",
        "a stable swap pays what Newton's steps fell short of",
    ),
    (
        "stable-out-up", "stable_maths", "out_given_invariant",
        "(((held - stays) << right) >> left) // factor_out",
        "fixed_point.div_up(((held - stays) << right) >> left, factor_out)",
        "a stable swap pays one unit too much",
    ),
    (
        "stable-shares-up", "stable_liquidity", "compute_shares_given_amounts_in",
        "fixed_point.mul_div_down(supply,", "fixed_point.mul_div_up(supply,",
        "a stable add mints one share too many",
    ),
    (
        "stable-d-of-floor", "stable_invariant", "invariant_up",
        "unsafe_add(unsafe_add(d, unsafe_div(d, least)), 1)", "d",
        "what normalising cut off is paid out",
    ),
    (
        "stable-burn-down", "stable_liquidity", "compute_shares_given_amount_out",
        "fixed_point.div_up(supply * (fixed_point.E36 - ratio), fixed_point.E36)",
        "supply * (fixed_point.E36 - ratio) // fixed_point.E36",
        "a withdrawal burns one share too few",
    ),
    (
        "stable-fee-on-all", "stable_liquidity", "compute_shares_given_amounts_in",
        "fixed_point.mul_up(nets_e18[i] - proportional_e18, fee)", "fixed_point.mul_up(nets_e18[i], fee)",
        "a proportional part pays the fee, too",
    ),
    (
        "convention", "stable_invariant", "invariant_up", "amplification * len(x)", "amplification * len(x) * len(x)",
        "another convention of A",
    ),
)  # fmt: skip

MUTANTS = tuple(
    Mutant(name, f"maths/{module}", *change, TESTS, only=SCOPES.get(module, ""))
    for name, module, *change in ROWS
)
