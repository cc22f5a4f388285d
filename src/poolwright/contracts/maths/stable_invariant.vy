# pragma version 0.4.3
"""
@title Stable invariant
@notice D and y of StableSwap for 2 to 8 assets: Ann * sum x + D = Ann * D + D^(n+1) / (n^n prod x), Ann = A * n.
@custom:assumes values below 2^239, amplification = A * limits.AMPLIFICATION_PRECISION within limits
@custom:rounding the direction is in the name
@custom:kill none: pure
"""
# Egorov, "StableSwap" (2019), with Ann = A * n as Curve's contracts have it (the paper's A n^n).
# Values v_i = balance_i * factor_i are exact (1e36). They are shifted to x_i with 2^88 <= sum x < 2^104, so that one unit of x
# is below 2^-88 of the pool however small or large it is, and D^2 times any product term met below fits a word.
# Domain: x_i > sum x / 2^16 for every asset, before and after; outside it the pool answers "stable: imbalance".
#
# Both equations solved here,
#   F(D) = P + (Ann - 1) D - Ann S  with  P = D^(n+1) / (n^n prod x),      G(y) = y^2 + (b - D) y - c,
# are convex. So a step of Newton's method from anywhere where they rise ends at the root or above, and one whose roundings all
# err upwards does, too: each iterate is an upper bound, and none needs a proof of its own.
#
# Bounds used below: S = sum x < 2^104 as normalise leaves it and below D_MAX after an operation, D <= S, x_i >= 2^72, n <= 8,
# Ann <= 80,000, amplification * n < 2^27.
# A product term of D is below 2^148 once D has a start (see _above_root; for n <= 4 at S itself, as one asset at least is not
# below S / n: S * (2^16 / n)^(n - 1) < 2^147), so a word holds D or n * D times it.

from .. import refusal
from . import limits

IMBALANCE_BITS: constant(uint256) = 16
# A product term past this halves D first (see _above_root): n * 2^148 * 2^104 < 2^255.
PRODUCT_LIMIT: constant(uint256) = 2 ** 148
# No balance of the domain comes near this.
Y_MAX: constant(uint256) = 2 ** 112
# Nor does a sum or an invariant reach this: the fee on what one asset adds lifts a sum to 2^104 / 0.9 at most.
D_MAX: constant(uint256) = 3 * 2 ** 103
ITERATIONS: constant(uint256) = 255
# A bound is good enough within four of these parts (bits) of the least balance: 2^-62 of every balance, where the distance that is
# promised is above 2^-54.
SETTLED_BITS: constant(uint256) = 64


@internal
@pure
def normalise(
    values: DynArray[uint256, 8], worth: uint256
) -> (DynArray[uint256, 8], uint256, uint256, uint256, uint256):
    """
    @dev (x rounded down, left, right, sum x, least x): x = (value << left) >> right. worth: the values' sum, and what an operation may add.
    """
    total: uint256 = worth
    left: uint256 = 0
    if total < 2 ** 100:
        left = 64
        total = total << 64
    right: uint256 = 0
    if total >= 2 ** 216:
        right = 128
        total = total >> 128
    if total >= 2 ** 152:
        right += 64
        total = total >> 64
    if total >= 2 ** 120:
        right += 32
        total = total >> 32
    if total >= 2 ** 104:
        right += 16
        total = total >> 16
    if total >= 2 ** 104:
        refusal.because("stable: balances too large")
    x: DynArray[uint256, 8] = values
    total = 0
    least: uint256 = Y_MAX
    i: uint256 = 0
    for value: uint256 in values:
        x_i: uint256 = (value << left) >> right
        x[i] = x_i
        i = unsafe_add(i, 1)  # cannot overflow: counts to 8
        total = unsafe_add(total, x_i)  # cannot overflow: the sum of all is below 2^104
        if x_i < least:
            least = x_i
    if least <= total >> IMBALANCE_BITS:
        refusal.because("stable: imbalance")
    return x, left, right, total, least


@internal
@pure
def check_domain(x: DynArray[uint256, 8]) -> (uint256, uint256):
    """
    @dev (sum x, least x) of balances after an operation; reverts outside the domain.
    """
    total: uint256 = 0
    least: uint256 = Y_MAX
    for x_k: uint256 in x:
        assert x_k < Y_MAX, "stable: imbalance"
        total = unsafe_add(total, x_k)  # cannot overflow: eight values below 2^112
        least = min(least, x_k)
    if least <= total >> IMBALANCE_BITS:
        refusal.because("stable: imbalance")
    assert total < D_MAX, "stable: balances too large"
    return total, least


@internal
@pure
def value_up(amount: uint256, left: uint256, right: uint256) -> uint256:
    """
    @dev The value (1e36) of an amount in units of x, rounded up.
    """
    return ((amount << right) + (1 << left) - 1) >> left


@internal
@pure
def invariant_up(x: DynArray[uint256, 8], total: uint256, least: uint256, amplification: uint256) -> uint256:
    """
    @dev An upper bound of D of balances in [x, x + 1); total and least are those of x.
    """
    d: uint256 = total
    if len(x) > 4:
        d = self.above_root(x, total, least)
    d = self._root_up(x, total, least, d, amplification * len(x))
    # D grows with each balance and has degree 1, and x + 1 <= x * (1 + 1 / least).
    # cannot overflow: D < 2^105; least >= 1 in the domain.
    return unsafe_add(unsafe_add(d, unsafe_div(d, least)), 1)


@internal
@pure
def invariant_down(
    x: DynArray[uint256, 8], total: uint256, least: uint256, start: uint256, amplification: uint256
) -> uint256:
    """
    @dev A lower bound of D of x, with its sum and its least; start is where to look for it: above_root, or no more than 2 D.
    """
    n: uint256 = len(x)
    ann: uint256 = amplification * n
    d: uint256 = self._root_up(x, total, least, start, ann)
    product: uint256 = d
    for x_k: uint256 in x:
        # Rounds up: a quotient and one more. cannot overflow: see the bounds at the top.
        product = unsafe_add(unsafe_div(unsafe_mul(product, d), unsafe_mul(x_k, n)), 1)
    # From an upper bound the root is no farther than F(D) over the least slope on the way, which F, convex, has at the root:
    # F' = Ann - 1 + (n + 1) P / D with P = Ann (S - D) + D there, no less than with this larger D in P.
    # cannot overflow: product < 2^149, ann * d and ann * total < 2^132.
    above: uint256 = unsafe_add(
        unsafe_mul(product, limits.AMPLIFICATION_PRECISION),
        unsafe_mul(unsafe_sub(ann, limits.AMPLIFICATION_PRECISION), d),  # cannot overflow: Ann > 1
    )
    above = unsafe_sub(above, unsafe_mul(ann, total))  # cannot overflow: F(D) >= 0, as D is an upper bound
    # cannot overflow: ann * total < 2^132; D > 0 and, as _root_up gives it, D <= S.
    slope: uint256 = unsafe_div(unsafe_mul(ann, unsafe_sub(total, d)), d)
    slope = unsafe_add(unsafe_mul(unsafe_add(n, 1), slope), ann)  # cannot overflow: below 2^136
    slope = unsafe_add(slope, unsafe_mul(n, limits.AMPLIFICATION_PRECISION))  # cannot overflow: see above
    return d - (unsafe_div(above, slope) + 1)  # cannot overflow: a quotient


@internal
@pure
def balance_up(
    x: DynArray[uint256, 8], index: uint256, start: uint256, d: uint256, amplification: uint256
) -> uint256:
    """
    @dev An upper bound of x[index] at invariant d < D_MAX, the other balances given; start is where to look for it. Inside the domain.
         y^2 + b * y >= c + D * y  with  b = S' + D/Ann (down),  c = D^(n+1) / (n^n prod' x * Ann) (up).
    """
    n: uint256 = len(x)
    ann: uint256 = amplification * n
    others: uint256 = 0
    least: uint256 = Y_MAX
    c: uint256 = d
    k: uint256 = 0
    for x_k: uint256 in x:
        if k != index:
            others = unsafe_add(others, x_k)  # cannot overflow: x_k < 2^112
            if x_k < least:
                least = x_k
            # Rounds up: a quotient and one more; by nothing, nothing, which is outside. cannot overflow: c < 2^150, d < 2^105.
            c = unsafe_add(unsafe_div(unsafe_mul(c, d), unsafe_mul(x_k, n)), 1)
            # A larger term needs a y outside the domain.
            if c >= 2 ** 150:
                refusal.because("stable: imbalance")
        k = unsafe_add(k, 1)  # cannot overflow: counts to 8
    # cannot overflow: c * d < 2^255; with ann * n >= 4 * AMPLIFICATION_PRECISION the quotient times that is below 2^253.
    c = unsafe_mul(unsafe_add(unsafe_div(unsafe_mul(c, d), ann * n), 1), limits.AMPLIFICATION_PRECISION)
    b: uint256 = unsafe_add(others, d * limits.AMPLIFICATION_PRECISION // ann)  # cannot overflow: below 2^116
    y: uint256 = start
    # G rises where 2y + b > D: at D, if not at the start. cannot overflow: start < 2^113.
    if unsafe_add(unsafe_mul(2, y), b) <= d:
        y = d
    for i: uint256 in range(ITERATIONS):
        # cannot overflow: y < 2^113, c < 2^253, b < 2^116. The slope is positive: at the start as assured above, later because at
        # the root y + b - D = c / y.
        slope: uint256 = unsafe_sub(unsafe_add(unsafe_mul(2, y), b), d)
        following: uint256 = unsafe_add(unsafe_mul(y, y), c)  # cannot overflow: see above
        # Rounds up: a quotient and one more. cannot overflow: a quotient.
        following = unsafe_add(unsafe_div(following, slope), 1)
        step: uint256 = 0
        if following < y:
            step = unsafe_sub(y, following)  # cannot overflow: see above
            y = following
        elif i == 0:
            # From below the root, to an upper bound.
            following = min(following, Y_MAX)
            step = unsafe_sub(max(following, y), y)  # cannot overflow: see above
            y = following
        else:
            break
        # What remains above the root is below step^2 / slope. cannot overflow: step < 2^113; slope < 2^117, the part is below 2^49.
        if unsafe_mul(step, step) <= unsafe_mul(slope, y >> SETTLED_BITS):
            break
    # A root past Y_MAX leaves y there, outside.
    if y >= Y_MAX or min(least, y) <= unsafe_add(others, y) >> IMBALANCE_BITS:  # cannot overflow: sums below 2^116
        refusal.because("stable: imbalance")
    return y


@internal
@pure
def product_down(x: DynArray[uint256, 8], d: uint256) -> uint256:
    """
    @dev D^(n+1) / (n^n prod x), each step rounded down.
    """
    n: uint256 = len(x)
    product: uint256 = d
    for x_k: uint256 in x:
        # cannot overflow: see the bounds at the top.
        product = unsafe_div(unsafe_mul(product, d), unsafe_mul(x_k, n))
    return product


@internal
@pure
def above_root(x: DynArray[uint256, 8], total: uint256, least: uint256) -> uint256:
    """
    @dev A start for Newton, at or above D, whose product terms all stay below PRODUCT_LIMIT. Halving is safe: a product term
         past the limit at D means the whole product exceeds 2^(n+1) * (Ann * S + D) even if each asset still to come takes its
         largest share of S, so the root lies below D / 2. Only n >= 5 can get there at all, and none with a term's factor
         S / (n x) within 32: S * 32^8 < 2^145.
    """
    d: uint256 = total
    n: uint256 = len(x)
    # cannot overflow: least < 2^112.
    if n <= 4 or total <= unsafe_mul(unsafe_mul(least, n), 32):
        return d
    for _: uint256 in range(16):
        product: uint256 = d
        for x_k: uint256 in x:
            if product < PRODUCT_LIMIT:
                # cannot overflow: below PRODUCT_LIMIT, D below 2^105.
                product = unsafe_div(unsafe_mul(product, d), unsafe_mul(x_k, n))
        if product < PRODUCT_LIMIT:
            break
        d = d >> 1
    return d


@internal
@pure
def _root_up(
    x: DynArray[uint256, 8], total: uint256, least: uint256, start: uint256, ann: uint256
) -> uint256:
    """
    @dev An upper bound of D of x, no more than its sum, by Newton's method:
         D_next = (Ann * S + n * P) * D / ((Ann - 1) * D + (n + 1) * P), which is F's step and falls as P rises: P rounds down.
    """
    n: uint256 = len(x)
    # D is never above S, and on to S the step falls as P rises.
    d: uint256 = min(start, total)
    # cannot overflow: ann < 2^27, total < 2^105, amplified < 2^122. Rounds up: a quotient and one more.
    amplified: uint256 = unsafe_add(unsafe_div(unsafe_mul(ann, total), limits.AMPLIFICATION_PRECISION), 1)
    for i: uint256 in range(ITERATIONS):
        product: uint256 = d
        for x_k: uint256 in x:
            # cannot overflow: see the bounds at the top.
            product = unsafe_div(unsafe_mul(product, d), unsafe_mul(x_k, n))
        bend: uint256 = unsafe_mul(unsafe_add(n, 1), product)  # cannot overflow: below 2^152
        # D * F'(D), rounded down. cannot overflow: Ann > 1, ann * d < 2^132.
        slope: uint256 = unsafe_mul(unsafe_sub(ann, limits.AMPLIFICATION_PRECISION), d)
        slope = unsafe_add(unsafe_div(slope, limits.AMPLIFICATION_PRECISION), bend)  # cannot overflow: see above
        # cannot overflow: n * D times a product is below 1.5 * 2^255.
        following: uint256 = unsafe_mul(unsafe_add(amplified, unsafe_mul(product, n)), d)
        # Rounds up: a quotient and one more. cannot overflow: a quotient; slope is positive, as Ann > 1 and D is.
        following = unsafe_add(unsafe_div(following, slope), 1)
        step: uint256 = 0
        if following < d:
            step = unsafe_sub(d, following)  # cannot overflow: see above
        elif i == 0:
            # From below the root, to an upper bound, which lies below 2 D if it lies below twice the start.
            if following > unsafe_mul(2, d):  # cannot overflow: see above
                d = self.above_root(x, total, 0)
                continue
            following = min(following, total)
            step = unsafe_sub(following, d)  # cannot overflow: d is at most each of both
        else:
            # Rounding stops it.
            break
        d = following
        # What remains above the root is below F'' / F' * step^2 / 2, and F'' / F' = n * bend / (D * slope): at most n / 2 parts.
        # cannot overflow: step and d < 2^105; a part is below 2^40, slope < 2^153 and, as P >= D / 2^9 there, at most 2^26 * bend.
        if unsafe_mul(step, step) <= unsafe_mul(d, unsafe_div(unsafe_mul(least >> SETTLED_BITS, slope), bend)):
            break
    return d
