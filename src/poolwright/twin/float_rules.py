"""Where float64 cannot follow the integers: each place by name, its exact statements and what stands for them.

Integer solvers stop when a step is at most one unit and then prove their side with margins of units. In float64
a step settles at some units in the last place, and a one-sided proof means nothing. The replacement is written
in the language of the exact text and translated with the rest; `settled(new, last)` is a primitive. Statements
that are not found word for word, as often as said, are an error: a changed source changes its rule.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Rule(NamedTuple):
    """`exact`: consecutive statements of one function of the exact text; `floats`: their replacement."""

    module: str
    function: str
    exact: str
    floats: str


# Modules that mean nothing on floats, such as packing of bits: left out, and nothing translated may call them.
EXACT_ONLY: Final[tuple[str, ...]] = (
    "asset_word",
    "constitution",
    "oracle_maths",
    "ramp_maths",
    "rate_maths",
)

_BRACKET = "if usub(high, low) <= (high // fixed_point.WAD):\n    break"
_SETTLED_BRACKET = "if settled(low, high):\n    break"
_BRACKET_DOWN = "if (low < limits.MIN_LEFT_E36) or (usub(high, low) <= (high // fixed_point.WAD)):\n    break"
_SETTLED_BRACKET_DOWN = "if (low < limits.MIN_LEFT_E36) or settled(low, high):\n    break"

RULES: Final[tuple[Rule, ...]] = (
    # A power of ten by a count that stays an integer.
    Rule(
        "scaling",
        "scaling_factor",
        "return wrap_umul(rate, upow(10, wrap_usub(limits.MAX_DECIMALS, decimals)))",
        """
factor = rate
for _ in range(to_index(usub(limits.MAX_DECIMALS, decimals), 18)):
    factor = wrap_umul(factor, 10)
return factor
""",
    ),
    # A lower bound takes away what is above the root, which in float64 is noise: Newton's own result is the float form.
    Rule(
        "stable_invariant",
        "invariant_down",
        """
product = d
for x_k in x:
    product = wrap_uadd(wrap_udiv(wrap_umul(product, d), wrap_umul(x_k, n)), 1)
above = wrap_uadd(
    wrap_umul(product, limits.AMPLIFICATION_PRECISION),
    wrap_umul(wrap_usub(ann, limits.AMPLIFICATION_PRECISION), d),
)
above = wrap_usub(above, wrap_umul(ann, total))
slope = wrap_udiv(wrap_umul(ann, wrap_usub(total, d)), d)
slope = wrap_uadd(wrap_umul(wrap_uadd(n, 1), slope), ann)
slope = wrap_uadd(slope, wrap_umul(n, limits.AMPLIFICATION_PRECISION))
return usub(d, uadd(wrap_udiv(above, slope), 1))
""",
        "return d",
    ),
    # The brackets of liquidity with a fee: closed to a part in 1e18, which float64 cannot resolve.
    Rule("geometric_maths", "_solve_up", _BRACKET, _SETTLED_BRACKET),
    Rule("geometric_maths", "_solve_down", _BRACKET_DOWN, _SETTLED_BRACKET_DOWN),
    Rule("stable_ratios", "solve_up", _BRACKET, _SETTLED_BRACKET),
    Rule("stable_ratios", "solve_down", _BRACKET_DOWN, _SETTLED_BRACKET_DOWN),
)
