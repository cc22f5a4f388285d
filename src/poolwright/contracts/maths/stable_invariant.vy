# pragma version 0.4.3
"""
@title Stable invariant
@notice D and y of StableSwap for 2 to 8 assets: Ann * sum x + D = Ann * D + D^(n+1) / (n^n prod x), Ann = A * n.
@custom:assumes factors from scaling.scaling_factor, amplification = A * limits.AMPLIFICATION_PRECISION within limits
@custom:rounding the direction is in the name; every D and y is proved on its side by the sign of the invariant
@custom:kill none: pure
"""
# Egorov, "StableSwap" (2019), with Ann = A * n as Curve's contracts have it (the paper's A n^n).
# Values v_i = balance_i * factor_i are exact (1e36). They are shifted to x_i with 2^88 <= sum x < 2^104, so that one unit of x
# is below 2^-88 of the pool however small or large it is, and D^2 times any product term met below fits a word.
# Domain: x_i > sum x / 2^16 for every asset, before and after; outside it the pool answers "stable: imbalance".
# Bounds used below: S = sum x < 2^104 as normalise leaves it and below D_MAX after an operation, D <= S, x_i >= 2^72, n <= 8,
# Ann <= 80,000, amplification * n < 2^27.
# A product term of D is below 2^148 once D has a start (see _above_root; for n <= 4 at S itself, as one asset at least is not
# below S / n: S * (2^16 / n)^(n - 1) < 2^147), so a word holds D or n * D times it. A margin on D, below 2^37, changes that little.

from . import fixed_point
from . import limits

IMBALANCE_BITS: constant(uint256) = 16
# A product term past this halves D first (see _above_root): n * 2^148 * 2^104 < 2^255.
PRODUCT_LIMIT: constant(uint256) = 2 ** 148
# No balance of the domain comes near this.
Y_MAX: constant(uint256) = 2 ** 112
# Nor does a sum or an invariant reach this: the fee on what one asset adds lifts a sum to 2^104 / 0.9 at most.
D_MAX: constant(uint256) = 3 * 2 ** 103
ITERATIONS: constant(uint256) = 255


@internal
@pure
def normalise(
    balances: DynArray[uint256, 8], factors: DynArray[uint256, 8], room: uint256
) -> (DynArray[uint256, 8], uint256, uint256):
    """
    @dev (x rounded down, left, right): x = (balance * factor << left) >> right. room: value (1e36) that an operation may add.
    """
    x: DynArray[uint256, 8] = balances
    total: uint256 = room
    for i: uint256 in range(len(balances), bound=8):
        value: uint256 = balances[i] * factors[i]
        total += value
        x[i] = value
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
    assert total < 2 ** 104, "stable: balances too large"
    for i: uint256 in range(len(balances), bound=8):
        x[i] = (x[i] << left) >> right
    self.check_domain(x)
    return x, left, right


@internal
@pure
def value_up(amount: uint256, left: uint256, right: uint256) -> uint256:
    """
    @dev The value (1e36) of an amount in units of x, rounded up.
    """
    return ((amount << right) + (1 << left) - 1) >> left


@internal
@pure
def invariant_up(x: DynArray[uint256, 8], amplification: uint256) -> uint256:
    """
    @dev An upper bound of D of balances in [x, x + 1): D of x + 1, rounded up.
    """
    above: DynArray[uint256, 8] = x
    total: uint256 = 0
    for i: uint256 in range(len(x), bound=8):
        more: uint256 = unsafe_add(x[i], 1)  # cannot overflow: below 2^112
        above[i] = more
        total = unsafe_add(total, more)  # cannot overflow: eight such values
    ann: uint256 = amplification * len(x)
    d: uint256 = self._newton_d(above, total, ann)
    margin: uint256 = 1
    for _: uint256 in range(10):
        # D is at or above the root where  product(D) + Ann * D >= Ann * S + D;  the product is rounded down.
        if self._is_above(d + margin, self.product_down(above, d + margin), total, ann):
            return d + margin
        margin *= 16
    raise "stable: no convergence"


@internal
@pure
def invariant_down(x: DynArray[uint256, 8], amplification: uint256) -> uint256:
    """
    @dev A lower bound of D of x.
    """
    ann: uint256 = amplification * len(x)
    total: uint256 = self._sum(x)
    d: uint256 = self._newton_d(x, total, ann)
    margin: uint256 = 1
    for _: uint256 in range(24):
        assert d > margin, "stable: no convergence"
        # Strictly below the root where the same sum, its product rounded up, is not above.
        if not self._is_above(d - margin, self._product_up(x, d - margin), total, ann):
            return d - margin
        margin *= 16
    raise "stable: no convergence"


@internal
@pure
def balance_up(x: DynArray[uint256, 8], index: uint256, d: uint256, amplification: uint256) -> uint256:
    """
    @dev An upper bound of x[index] at invariant d, the other balances given; x[index] itself only starts the search.
         y^2 + b * y >= c + D * y  with  b = S' + D/Ann (down),  c = D^(n+1) / (n^n prod' x * Ann) (up).
    """
    assert d < D_MAX, "stable: balances too large"
    n: uint256 = len(x)
    ann: uint256 = amplification * n
    b: uint256 = d * limits.AMPLIFICATION_PRECISION // ann
    c: uint256 = d
    for k: uint256 in range(len(x), bound=8):
        if k != index:
            x_k: uint256 = x[k]
            # cannot overflow: x_k < 2^112, c < 2^150, d < 2^105.
            b = unsafe_add(b, x_k)  # cannot overflow: see above
            c = fixed_point.div_up(unsafe_mul(c, d), unsafe_mul(x_k, n))  # cannot overflow: see above
            # A larger term needs a y outside the domain.
            assert c < 2 ** 150, "stable: imbalance"
    c = fixed_point.div_up(c * d, ann * n) * limits.AMPLIFICATION_PRECISION
    y: uint256 = x[index]
    # Newton needs 2y + b > D at its start; from below the root its first step passes to the far side, at most to Y_MAX.
    if 2 * y + b <= d:
        y = d
    for i: uint256 in range(ITERATIONS):
        last: uint256 = y
        # cannot overflow: y <= 2^112, c < 2^253, b < 2^115. The divisor is positive: at the start as assured above, later because
        # y is at least the root less one, where it exceeds c / y - 2.
        y = unsafe_div(unsafe_add(unsafe_mul(y, y), c), unsafe_sub(unsafe_add(unsafe_mul(2, y), b), d))
        y = min(y, Y_MAX)
        # From the second step on it only falls, until rounding stops it.
        if i > 0 and y + 1 >= last:
            break
    assert y < Y_MAX, "stable: imbalance"
    margin: uint256 = 1
    for _: uint256 in range(24):
        candidate: uint256 = y + margin
        if candidate * candidate + b * candidate >= c + d * candidate:
            return candidate
        margin *= 16
    raise "stable: no convergence"


@internal
@pure
def check_domain(x: DynArray[uint256, 8]):
    total: uint256 = 0
    least: uint256 = Y_MAX
    for x_k: uint256 in x:
        assert x_k < Y_MAX, "stable: imbalance"
        total = unsafe_add(total, x_k)  # cannot overflow: eight values below 2^112
        if x_k < least:
            least = x_k
    assert least > total >> IMBALANCE_BITS, "stable: imbalance"


@internal
@pure
def _sum(x: DynArray[uint256, 8]) -> uint256:
    total: uint256 = 0
    for x_k: uint256 in x:
        total = unsafe_add(total, x_k)  # cannot overflow: eight values below 2^112
    return total


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
def _product_up(x: DynArray[uint256, 8], d: uint256) -> uint256:
    """
    @dev D^(n+1) / (n^n prod x), each step rounded up.
    """
    n: uint256 = len(x)
    product: uint256 = d
    for x_k: uint256 in x:
        product = fixed_point.div_up(product * d, x_k * n)
    return product


@internal
@pure
def _is_above(d: uint256, product: uint256, total: uint256, ann: uint256) -> bool:
    """
    @dev product + Ann * D >= Ann * S + D, times the precision of Ann.
    """
    # cannot overflow: a product is below 2^149, ann below 2^27, d and total below 2^115.
    left: uint256 = unsafe_add(unsafe_mul(product, limits.AMPLIFICATION_PRECISION), unsafe_mul(ann, d))
    # cannot overflow: see above
    return left >= unsafe_add(unsafe_mul(ann, total), unsafe_mul(d, limits.AMPLIFICATION_PRECISION))


@internal
@pure
def _above_root(x: DynArray[uint256, 8], total: uint256) -> uint256:
    """
    @dev A start for Newton, at or above D, whose product terms all stay below PRODUCT_LIMIT. Halving is safe: a product term
         past the limit at D means the whole product exceeds 2^(n+1) * (Ann * S + D) even if each asset still to come takes its
         largest share of S, so the root lies below D / 2. Only n >= 5 can get there at all.
    """
    d: uint256 = total
    n: uint256 = len(x)
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
def _newton_d(x: DynArray[uint256, 8], total: uint256, ann: uint256) -> uint256:
    """
    @dev D_next = (Ann * S + n * P) * D / ((Ann - 1) * D + (n + 1) * P), P the product at D; falls to the root from above.
    """
    assert total < D_MAX, "stable: balances too large"
    n: uint256 = len(x)
    d: uint256 = total
    if n > 4:
        d = self._above_root(x, total)
    amplified: uint256 = ann * total // limits.AMPLIFICATION_PRECISION
    for _: uint256 in range(ITERATIONS):
        product: uint256 = self.product_down(x, d)
        last: uint256 = d
        # cannot overflow: amplified < 2^122 and ann * d < 2^132; n + 1 times a product below 2^152, n * D times it below
        # 1.5 * 2^255.
        # The divisor is positive, as Ann > 1 and D is.
        top: uint256 = unsafe_mul(unsafe_add(amplified, unsafe_mul(product, n)), d)  # cannot overflow: see above
        d = unsafe_mul(unsafe_sub(ann, limits.AMPLIFICATION_PRECISION), d)  # cannot overflow: see above
        d = unsafe_add(unsafe_div(d, limits.AMPLIFICATION_PRECISION), unsafe_mul(unsafe_add(n, 1), product))
        d = unsafe_div(top, d)  # cannot overflow: see above
        # It only falls, until rounding stops it.
        if d + 1 >= last:
            break
    return d
