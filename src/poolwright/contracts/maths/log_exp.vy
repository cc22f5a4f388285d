# pragma version 0.4.3
"""
@title Logarithm, exponential and power
@notice log2 of a ratio, 2^y, and (n/d)^(p/q) in 1e36 scale, with bounds on one known side.
@custom:assumes operands of a ratio are in [1, 2^176); exponents p/q have p < 2^128, q >= 1
@custom:rounding _down: never above the true value; _up: never below it; without suffix: stated at the function
@custom:kill none: pure functions

Base 2 in 2^96 scale, so that reducing a range is a shift. Bounds, as derived by tools/derive_log_exp.py:
    log2_down, log2_up   |error| <= |log2| / 2^68 + 2^-78.4
    pow_down, pow_up     relative error <= |y| * 2.4e-21 + p/q * 1.7e-24 + 1e-29, where (n/d)^(p/q) = 2^y,
                         plus 3 units of 1e-36: 1.5e-19 for p/q = 100 at 1e-18, 4e-22 for p/q = 1 and n/d = 1.1
"""

from .. import refusal

# Equal to fixed_point.E36.
E36: constant(uint256) = 10 ** 36

# Operands of a ratio are below this: (large - small) * 2^80 then fits 256 bits.
MAX_OPERAND: constant(uint256) = 2 ** 176
MAX_POWER: constant(uint256) = 2 ** 128
# 2^y in 1e36 scale fits for y < 135 (1e36 * 2^135 < 2^255); 1e36 * 2^-135 < 2^-15.
MAX_EXPONENT: constant(uint256) = 135 * 2 ** 96
ONE: constant(uint256) = 2 ** 96
HALF: constant(uint256) = 2 ** 95
FRACTION: constant(uint256) = 2 ** 96 - 1

# log2((1+z)/(1-z)) = z * (c0 + c1 w + ... + c6 w^6), w = z^2 <= 1/225: interpolated at the Chebyshev nodes, lowered so
# that the result, floors included, is at most true * (1 - 2^-70.3) and at least true * (1 - 2^-69.3) - LOG2_ERROR.
# Scales of c0 .. c6: 2^172, 2^100, 2^168, 2^96, 2^180, 2^108, 2^36 (w has 2^72).
LOG_C0: constant(uint256) = 17272841538997403272776748921871987754030537439591039
LOG_C1: constant(uint256) = 1219222156352789592167037873900
LOG_C2: constant(uint256) = 215910519237491754544438278085608938252537344067452
LOG_C3: constant(uint256) = 32657736323959081647741241287
LOG_C4: constant(uint256) = 491316467529940812244305356629614239417061012408434933
LOG_C5: constant(uint256) = 85117873964093268114925004382254
LOG_C6: constant(uint256) = 15459851074
# floor(2^80 / 15): z of the ratio 8/7, up to which the polynomial serves directly. Then z of 24/17, 9/5 and 9/4.
Z_MAX: constant(uint256) = 80595054640975278313745
Z_24_17: constant(uint256) = 206401969202497663974225
Z_9_5: constant(uint256) = 345407377032751192773193
Z_9_4: constant(uint256) = 464971469082549682579298
# One unit of z (2^-80) moves a logarithm by 2 / ln 2 / (1 - 1/225) units at most; in 2^-96, with floors. All in all:
# |error| <= |log2| / 2^68 + LOG2_ERROR.
LOG2_ERROR: constant(uint256) = 189948
# floor(log2(5/4) * 2^96), floor(log2(8/5) * 2^96)
LOG2_5_4: constant(uint256) = 25505771419643454319770983421
LOG2_8_5: constant(uint256) = 53722391094620883273772966914
# floor(log2(i)) in bits 3i .. 3i+2, for i in 1 .. 63
FLOOR_LOG2: constant(uint256) = 4483644096704771974168421016565586273999644657607376446016

# 2^t = (c + t) / (c - t), c = t * coth(t * ln2 / 2) = c0 + c1 u - c2 u^2 + c3 u^3 - ... - c6 u^6, u = t^2 <= 1/4:
# interpolated at the Chebyshev nodes; the result is 2^(t * (1 +- 2^-70.3)).
# Scales of c0 .. c6: 2^96, 2^96, 2^168, 2^96, 2^204, 2^132, 2^60 (u has 2^72).
EXP_C0: constant(uint256) = 228604154316148052805408627247
EXP_C1: constant(uint256) = 9152796244617912172944676862
EXP_C2: constant(uint256) = 346109208286828345661002371518978698731006096703
EXP_C3: constant(uint256) = 838407390172590287022493
EXP_C4: constant(uint256) = 3268026132558474832320765244951716098075909511744602617
EXP_C5: constant(uint256) = 8395806946944463488395423125703
EXP_C6: constant(uint256) = 21392900

# floor(ln 2 * 10^36); floor(2^216 / (ln 2 * 10^36)): natural units in 1e36 scale to base 2 in 2^96 scale, times 2^120.
LN2_E36: constant(uint256) = 693147180559945309417232121458176568
LOG2E: constant(uint256) = 151933520934879550844003121311


@internal
@pure
def pow_down(n: uint256, d: uint256, p: uint256, q: uint256) -> uint256:
    # (n / d)^(p / q) in 1e36 scale, rounded down; exactly 1e36 for n = d
    if q == 0 or p >= MAX_POWER:
        refusal.because("log_exp: exponent out of range")
    if n >= d:
        # cannot overflow: a logarithm is below 2^104, p below 2^128, and q >= 1 divides.
        return self._exp2(unsafe_div(unsafe_mul(self._log2_low(n, d), p), q), False, 0)
    # The larger the logarithm of d / n, the smaller the power: as _log2_high, and the exponent rounded up.
    magnitude: uint256 = self._log2_low(d, n)
    # cannot overflow: see above.
    magnitude = unsafe_add(magnitude, unsafe_add(magnitude >> 68, LOG2_ERROR))
    return self._exp2(unsafe_add(unsafe_div(unsafe_mul(magnitude, p), q), 1), True, 0)


@internal
@pure
def pow_up(n: uint256, d: uint256, p: uint256, q: uint256) -> uint256:
    # (n / d)^(p / q) in 1e36 scale, rounded up; at most 1e36 + 1 for n <= d
    if q == 0 or p >= MAX_POWER:
        refusal.because("log_exp: exponent out of range")
    if n <= d:
        # cannot overflow: a logarithm is below 2^104, p below 2^128, and q >= 1 divides.
        return self._exp2(unsafe_div(unsafe_mul(self._log2_low(d, n), p), q), True, 1)
    magnitude: uint256 = self._log2_low(n, d)
    # cannot overflow: see above.
    magnitude = unsafe_add(magnitude, unsafe_add(magnitude >> 68, LOG2_ERROR))
    return self._exp2(unsafe_add(unsafe_div(unsafe_mul(magnitude, p), q), 1), False, 1)


@internal
@pure
def log2_down(n: uint256, d: uint256) -> int256:
    # log2(n / d) in 2^96 scale, rounded down; 0 for n = d. Sums of these, times weights, are lower bounds too.
    if n >= d:
        return convert(self._log2_low(n, d), int256)
    return unsafe_sub(0, convert(self._log2_high(d, n), int256))  # cannot overflow: below 2^104


@internal
@pure
def log2_up(n: uint256, d: uint256) -> int256:
    # log2(n / d) in 2^96 scale, rounded up; 0 for n = d
    if n > d:
        return convert(self._log2_high(n, d), int256)
    return unsafe_sub(0, convert(self._log2_low(d, n), int256))  # cannot overflow: below 2^104


@internal
@pure
def log2_ratio(n: uint256, d: uint256) -> int256:
    # log2(n / d) in 2^96 scale, rounded towards 0: |log2| - |result| is in [0, |log2| / 2^68 + LOG2_ERROR]
    if n >= d:
        return convert(self._log2_low(n, d), int256)
    return unsafe_sub(0, convert(self._log2_low(d, n), int256))  # cannot overflow: below 2^104


# Below, y and x in an error bound are the real numbers, and a unit is 1e-36 (above 1: 3e-36 of the value).


@internal
@pure
def exp2_down(y: int256) -> uint256:
    # 2^y in 1e36 scale, y in 2^96 scale, rounded down: relative error <= |y| / 2^69 + 2^-95, plus 3 units
    magnitude: uint256 = convert(abs(y), uint256)
    # cannot overflow: 1 + 2^186 at most.
    margin: uint256 = unsafe_add(magnitude >> 69, 1)
    if y < 0:
        return self._exp2(unsafe_add(magnitude, margin), True, 0)  # cannot overflow: 2^255 + 2^187
    return self._exp2(unsafe_sub(magnitude, min(magnitude, margin)), False, 0)  # cannot overflow: at least 0


@internal
@pure
def exp2_up(y: int256) -> uint256:
    # 2^y in 1e36 scale, y in 2^96 scale, rounded up: relative error <= |y| / 2^69 + 2^-95, plus 3 units
    magnitude: uint256 = convert(abs(y), uint256)
    # cannot overflow: 1 + 2^186 at most.
    margin: uint256 = unsafe_add(magnitude >> 69, 1)
    if y < 0:
        return self._exp2(unsafe_sub(magnitude, min(magnitude, margin)), True, 1)  # cannot overflow: at least 0
    return self._exp2(unsafe_add(magnitude, margin), False, 1)  # cannot overflow: 2^255 + 2^187


@internal
@pure
def exp2(y: int256) -> uint256:
    # 2^y in 1e36 scale, y in 2^96 scale: relative error <= |y| / 2^70, plus 3 units, on either side
    return self._exp2(convert(abs(y), uint256), y < 0, 0)


@internal
@pure
def ln(n: uint256, d: uint256) -> int256:
    # ln(n / d) in 1e36 scale, rounded towards 0: |ln| - |result| is in [0, |ln| / 2^68 + 1.7e-24]
    if n >= d:
        # cannot overflow: below 2^104 times 2^120.
        return convert(unsafe_mul(self._log2_low(n, d), LN2_E36) >> 96, int256)
    # cannot overflow: as above.
    return unsafe_sub(0, convert(unsafe_mul(self._log2_low(d, n), LN2_E36) >> 96, int256))


@internal
@pure
def exp(x: int256) -> uint256:
    # e^x, both in 1e36 scale: relative error <= |x| / 2^70 + 2^-96, plus 3 units, on either side
    magnitude: uint256 = convert(abs(x), uint256)
    if magnitude >> 128 != 0:
        if x >= 0:
            refusal.because("log_exp: exponent too large")
        return 0
    # cannot overflow: below 2^128 times 2^97.
    return self._exp2(unsafe_mul(magnitude, LOG2E) >> 120, x < 0, 0)


@internal
@pure
def _log2_high(large: uint256, small: uint256) -> uint256:
    # Upper bound of log2(large / small), large >= small, that also pays for _exp2: at least true * (1 + 2^-70.3)
    magnitude: uint256 = self._log2_low(large, small)
    # cannot overflow: below 2^105. The low one is at least true * (1 - 2^-68.6) - LOG2_ERROR.
    return unsafe_add(magnitude, unsafe_add(magnitude >> 68, LOG2_ERROR))


@internal
@pure
def _log2_low(large: uint256, small: uint256) -> uint256:
    # Lower bound of log2(large / small), large >= small, that also pays for _exp2: at most true * (1 - 2^-70.3)
    if small == 0 or large >= MAX_OPERAND:
        refusal.because("log_exp: ratio out of range")
    # cannot overflow: small <= large < 2^176, so the product is below 2^256; z <= 1 in 2^80 scale.
    z: uint256 = unsafe_div(unsafe_sub(large, small) << 80, unsafe_add(large, small))
    base: uint256 = 0
    below: bool = False
    if z > Z_MAX:
        base, below, z = self._reduce(large, small, z)
    # cannot overflow: z < 2^76.1, so w < 2^64.2 (2^72 scale).
    w: uint256 = unsafe_mul(z, z) >> 88
    # Horner, innermost first: each shift drops bits, which lowers the result.
    # cannot overflow: the products are below 2^101, 2^172, 2^243; 2^160, 2^232; then 2^164, 2^250.
    s: uint256 = unsafe_add(LOG_C4, unsafe_mul(unsafe_add(LOG_C5, unsafe_mul(LOG_C6, w)), w))
    s = unsafe_add(LOG_C2, unsafe_mul(unsafe_add(LOG_C3, unsafe_mul(s, w) >> 156), w))
    s = unsafe_mul(z, unsafe_add(LOG_C0, unsafe_mul(unsafe_add(LOG_C1, unsafe_mul(s, w) >> 140), w))) >> 156
    if base == 0:
        return s
    if below:
        s = unsafe_sub(base, s)  # cannot overflow: the base is at least log2(5/4), s at most log2(8/7)
    else:
        s = unsafe_add(base, s)  # cannot overflow: below 2^104
    # Less 2^-69 of itself: covers what s lacked where it was taken away, and pays for _exp2.
    return unsafe_sub(s, s >> 69)  # cannot overflow: a part of s


@internal
@pure
def _reduce(large: uint256, small: uint256, z: uint256) -> (uint256, bool, uint256):
    # large / small = g * (1+z)/(1-z) or, if below, g * (1-z)/(1+z), g = 2^k times 1, 5/4 or 8/5, chosen so that
    # 7/8 <= large / (small * g) <= 8/7. Returns (log2(g) in 2^96 scale, below, z in 2^80 scale).
    a: uint256 = large
    b: uint256 = small
    at: uint256 = z
    base: uint256 = 0
    if z > Z_9_4:
        # k = floor(log2(large // small)): by halves down to 6 bits, which are looked up.
        k: uint256 = 0
        rest: uint256 = unsafe_div(large, small)  # cannot overflow: a quotient by small >= 1
        if rest >> 6 != 0:
            if rest >> 96 != 0:
                rest = rest >> 96
                k = unsafe_add(k, 96)  # cannot overflow: at most 186
            if rest >> 48 != 0:
                rest = rest >> 48
                k = unsafe_add(k, 48)  # cannot overflow: at most 186
            if rest >> 24 != 0:
                rest = rest >> 24
                k = unsafe_add(k, 24)  # cannot overflow: at most 186
            if rest >> 12 != 0:
                rest = rest >> 12
                k = unsafe_add(k, 12)  # cannot overflow: at most 186
            if rest >> 6 != 0:
                rest = rest >> 6
                k = unsafe_add(k, 6)  # cannot overflow: at most 186
        k = unsafe_add(k, (FLOOR_LOG2 >> unsafe_mul(rest, 3)) & 7)  # cannot overflow: rest < 64
        base = k << 96
        b = small << k  # at most large
        at = unsafe_div(unsafe_sub(a, b) << 80, unsafe_add(a, b))  # cannot overflow: b <= a < 2^176
    if at > Z_MAX:
        # cannot overflow: a and b are below 2^176, the base below 2^104.
        if at < Z_24_17:
            a = unsafe_mul(a, 4)  # cannot overflow: see above
            b = unsafe_mul(b, 5)  # cannot overflow: see above
            base = unsafe_add(base, LOG2_5_4)  # cannot overflow: see above
        elif at < Z_9_5:
            a = unsafe_mul(a, 5)  # cannot overflow: see above
            b = unsafe_mul(b, 8)  # cannot overflow: see above
            base = unsafe_add(base, LOG2_8_5)  # cannot overflow: see above
        else:
            b = unsafe_mul(b, 2)  # cannot overflow: see above
            base = unsafe_add(base, ONE)  # cannot overflow: see above
    # cannot overflow: a < 2^178.4, b <= 8/7 a, and the difference is at most 1/15 of the sum, so below 2^176.
    if a < b:
        return base, True, unsafe_div(unsafe_sub(b, a) << 80, unsafe_add(a, b))  # cannot overflow: see above
    return base, False, unsafe_div(unsafe_sub(a, b) << 80, unsafe_add(a, b))  # cannot overflow: see above


@internal
@pure
def _exp2(magnitude: uint256, negative: bool, slack: uint256) -> uint256:
    # 2^-magnitude if negative, else 2^magnitude, in 1e36 scale, magnitude in 2^96 scale. With slack 0 every rounding is
    # down, with 1 up; the kernel's own error, 2^-70.3 of the magnitude, is the caller's to pay.
    t: uint256 = magnitude
    falling: bool = negative
    k: uint256 = 0
    if magnitude > HALF:
        if magnitude >= MAX_EXPONENT:
            if not negative:
                refusal.because("log_exp: exponent too large")
            return slack
        # The nearest integer k; t <= 1/2 remains, on either side of it.
        k = magnitude >> 96
        t = magnitude & FRACTION
        if t > HALF:
            t = unsafe_sub(ONE, t)  # cannot overflow: a fraction is below one
            k = unsafe_add(k, 1)  # cannot overflow: at most 135
            falling = not negative
    # cannot overflow: t <= 2^95, so u <= 2^70 (2^72 scale).
    u: uint256 = unsafe_mul(t, t) >> 120
    # Horner: c0 + u (c1 - u (c2 - u (c3 - u (c4 - u (c5 - u c6))))).
    # cannot overflow: each product, shifted, is below the constant it is taken from; unshifted at most 2^252.
    c: uint256 = unsafe_sub(EXP_C4, unsafe_mul(unsafe_sub(EXP_C5, unsafe_mul(EXP_C6, u)), u))
    c = unsafe_sub(EXP_C2, unsafe_mul(unsafe_sub(EXP_C3, unsafe_mul(c, u) >> 180), u))
    c = unsafe_add(EXP_C0, unsafe_mul(unsafe_sub(EXP_C1, unsafe_mul(c, u) >> 144), u) >> 72)
    result: uint256 = slack
    if falling:
        # cannot overflow: c is about 2.9, t at most 1/2, in 2^96 scale: 2^98 * 10^36 < 2^218, quotients below 2^121.
        result = unsafe_add(unsafe_div(unsafe_mul(unsafe_sub(c, t), E36), unsafe_add(c, t)), slack)
    else:
        # cannot overflow: the same.
        result = unsafe_add(unsafe_div(unsafe_mul(unsafe_add(c, t), E36), unsafe_sub(c, t)), slack)
    if k == 0:
        return result
    if negative:
        return unsafe_add(result >> k, slack)  # cannot overflow: below 2^121
    return result << k  # at most (1e36 + 1) * 2^135 < 2^255
