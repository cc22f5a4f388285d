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
    # Newton falls to the root; the integers' last unit is far below a float's last place.
    Rule(
        "stable_invariant",
        "_newton_d",
        "if uadd(d, 1) >= last:\n    break",
        "if settled(d, last):\n    break",
    ),
    Rule(
        "stable_invariant",
        "balance_up",
        "if (i > 0) and (uadd(y, 1) >= last):\n    break",
        "if (i > 0) and settled(y, last):\n    break",
    ),
    # The margins that prove a side: Newton's own result is the float form.
    Rule(
        "stable_invariant",
        "balance_up",
        """
margin = _U_1
for _ in range(24):
    candidate = uadd(y, margin)
    if uadd(umul(candidate, candidate), umul(b, candidate)) >= uadd(c, umul(d, candidate)):
        return candidate
    margin = umul(margin, 16)
raise PoolRevert("stable: no convergence")
""",
        "return y",
    ),
    Rule(
        "stable_invariant",
        "invariant_up",
        """
above: tuple[uint256, ...] = x
total = _U_0
for i in range(len(x)):
    more = wrap_uadd(x[i], 1)
    above = with_item(above, i, more)
    total = wrap_uadd(total, more)
ann = umul(amplification, len(x))
d = _newton_d(above, total, ann)
margin = _U_1
for _ in range(10):
    if _is_above(uadd(d, margin), product_down(above, uadd(d, margin)), total, ann):
        return uadd(d, margin)
    margin = umul(margin, 16)
raise PoolRevert("stable: no convergence")
""",
        "return _newton_d(x, _sum(x), umul(amplification, len(x)))",
    ),
    Rule(
        "stable_invariant",
        "invariant_down",
        """
ann = umul(amplification, len(x))
total = _sum(x)
d = _newton_d(x, total, ann)
margin = _U_1
for _ in range(24):
    if d <= margin:
        raise PoolRevert("stable: no convergence")
    if not _is_above(usub(d, margin), _product_up(x, usub(d, margin)), total, ann):
        return usub(d, margin)
    margin = umul(margin, 16)
raise PoolRevert("stable: no convergence")
""",
        "return _newton_d(x, _sum(x), umul(amplification, len(x)))",
    ),
    # The brackets of liquidity with a fee: closed to a part in 1e18, which float64 cannot resolve.
    Rule("geometric_maths", "_solve_up", _BRACKET, _SETTLED_BRACKET),
    Rule("geometric_maths", "_solve_down", _BRACKET_DOWN, _SETTLED_BRACKET_DOWN),
    Rule("stable_liquidity", "_solve_up", _BRACKET, _SETTLED_BRACKET),
    Rule("stable_liquidity", "_solve_down", _BRACKET_DOWN, _SETTLED_BRACKET_DOWN),
)
