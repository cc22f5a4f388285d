"""Derive the constants of contracts/maths/log_exp.vy and prove its error bound; `--check` compares them with the file.

Both kernels are polynomials through Chebyshev nodes, so the interpolation error has the closed bound
max |f^(n+1)| / (n+1)! * 2 * (b/4)^(n+1) on [0, b]. Each derivative is largest at a known end of the interval:
atanh(sqrt w)/sqrt w has only positive Taylor coefficients (end b), and sqrt u * coth(sqrt u * h) is a sum of
u / (u + const), whose derivatives shrink in size as u grows (end 0). Rounding is added step by step.
Every bound below is on the exponent: an error e there is a relative error e * ln 2 of the power.
"""

import re
import sys
from pathlib import Path

import mpmath
from mpmath import ceil, cos, floor, log, mp, mpf, nstr, pi, sqrt

mp.dps = 90
SOURCE = Path(__file__).parents[1] / "src/poolwright/contracts/maths/log_exp.vy"

Z_LIMIT = mpf(1) / 15  # ratios up to 8/7 need no range reduction
T_LIMIT = mpf(1) / 2  # nor exponents up to 1/2
# Scales of c0 .. c6, as Horner meets them: 72 more at each product by w = z^2 or u = t^2, less where the source shifts.
LOG_SCALES = (172, 100, 168, 96, 180, 108, 36)
EXP_SCALES = (96, 96, 168, 96, 204, 132, 60)
UNIT = 96  # scale of a logarithm
Z_SCALE = 80
W_SCALE = 72


def log_function(w: mpf) -> mpf:
    """Return log2((1+z)/(1-z)) / z with w = z^2."""
    return 2 / log(2) * (mpmath.atanh(sqrt(w)) / sqrt(w) if w else mpf(1))


def exp_function(u: mpf) -> mpf:
    """Return c with 2^t = (c + t) / (c - t), u = t^2."""
    return sqrt(u) * mpmath.coth(sqrt(u) * log(2) / 2) if u else 2 / log(2)


def interpolate(f, end: mpf, degree: int) -> list[mpf]:
    """Coefficients, lowest first, of the polynomial through f at the Chebyshev nodes of [0, end]."""
    nodes = [end / 2 * (1 + cos(pi * (2 * i + 1) / (2 * degree + 2))) for i in range(degree + 1)]
    vandermonde = mpmath.matrix(degree + 1)
    for i, x in enumerate(nodes):
        for j in range(degree + 1):
            vandermonde[i, j] = x**j
    return list(mpmath.lu_solve(vandermonde, mpmath.matrix([f(x) for x in nodes])))


def measured(f, coefficients: list[mpf], end: mpf) -> mpf:
    """Largest |polynomial - f| on a grid: must lie under, and near, the proven bound."""
    grid = [end * i / 2000 for i in range(2001)]
    return max(abs(sum(c * x**i for i, c in enumerate(coefficients)) - f(x)) for x in grid)


def chebyshev_bound(derivative: mpf, end: mpf, degree: int) -> mpf:
    """Interpolation error from the Taylor coefficient f^(degree+1)/(degree+1)! at its largest."""
    return abs(derivative) * 2 * (end / 4) ** (degree + 1)


def derive_exp() -> tuple[dict[str, int], mpf]:
    """Constants of the exp2 kernel, and e: the computed 2^t lies within 2^(t * (1 +- e))."""
    end, degree = T_LIMIT**2, 6
    exact = interpolate(exp_function, end, degree)
    # x coth x = sum 2^(2k) B_2k x^(2k) / (2k)!; the Taylor coefficient of u^7 with x = sqrt(u) * ln2 / 2
    seventh = mpf(2) ** 14 * mpmath.bernoulli(14) / mpmath.factorial(14) * (log(2) / 2) ** 13
    bound = chebyshev_bound(seventh, end, degree)
    seen = measured(exp_function, exact, end)
    assert bound / 2 < seen <= bound, (seen, bound)
    rounded = [int(floor(abs(c) * mpf(2) ** s + mpf("0.5"))) for c, s in zip(exact, EXP_SCALES, strict=True)]
    error = bound + sum(mpf(2) ** (-s - 1) * end**i for i, s in enumerate(EXP_SCALES))
    slope = abs(exact[1])  # of c in u, largest at 0
    error += slope * mpf(2) ** -W_SCALE + mpf(2) ** -UNIT * (1 + end + end**3)  # u floored; the three shifts
    # d log2((c+t)/(c-t)) / dc = -2t / (ln 2 * (c^2 - t^2))
    relative = error * 2 / (log(2) * ((exact[0] - error) ** 2 - end))
    return {f"EXP_C{i}": c for i, c in enumerate(rounded)}, relative


def derive_log(paid: mpf) -> tuple[dict[str, int], mpf]:
    """Constants of the log2 kernel, and b: true * (1 - b) - offset <= computed <= true * (1 - paid)."""
    end, degree = Z_LIMIT**2, 6
    exact = interpolate(log_function, end, degree)
    # The Taylor coefficient of w^7 at `end`, summed: (2/ln2) * sum_k C(k, 7) end^(k-7) / (2k+1)
    seventh, binomial = mpf(0), mpf(1)
    for k in range(7, 120):
        seventh += binomial * end ** (k - 7) / (2 * k + 1)
        binomial = binomial * (k + 1) / (k - 6)
    bound = chebyshev_bound(seventh * 2 / log(2), end, degree)
    seen = measured(log_function, exact, end)
    assert bound / 2 < seen <= bound, (seen, bound)
    smallest = 2 / log(2)
    bias = paid + bound / smallest
    lowered = [c * (1 - bias) for c in exact]
    rounded = [int(floor(c * mpf(2) ** s)) for c, s in zip(lowered, LOG_SCALES, strict=True)]
    # Everything below only lowers the result: coefficients, w and both shifts are floored.
    floors = sum(mpf(2) ** -s * end**i for i, s in enumerate(LOG_SCALES))
    slope = sum(i * c * end ** (i - 1) for i, c in enumerate(exact) if i)
    floors += slope * mpf(2) ** -W_SCALE + mpf(2) ** -96 * end**3 + mpf(2) ** -100 * end
    return {f"LOG_C{i}": c for i, c in enumerate(rounded)}, bias + bound / smallest + floors / smallest


def derive() -> tuple[dict[str, int], dict[str, mpf]]:
    """All constants, and all bounds, with the inequalities that the source's comments rely on asserted."""
    exp_constants, exp_error = derive_exp()
    log_constants, near = derive_log(exp_error)
    # z is floored: d log2((1+z)/(1-z)) / dz = (2/ln2) / (1 - z^2), one unit of z; and the result is floored.
    z_max = int(floor(Z_LIMIT * 2**Z_SCALE))
    steepest = 2 / log(2) / (1 - Z_LIMIT**2)
    z_error = int(ceil(steepest * mpf(2) ** (UNIT - Z_SCALE))) + 2
    five_quarters, eight_fifths, f_max = log(mpf(5) / 4, 2), log(mpf(8) / 5, 2), log(mpf(8) / 7, 2)
    lowering, raising = mpf(2) ** -69, mpf(2) ** -68
    grain = mpf(2) ** -24  # one unit beside a slack of 2^-69 of log2(8/7) or more
    # Reduced ratios: base + f, or base - f, f within its own bounds; then less 1/2^69. The result is log2(8/7) or more.
    below = [(five_quarters - f_max) / f_max] + [f_max / (base - f_max) for base in (eight_fifths, mpf(1))]
    lacking = max(below) * near + z_error / (f_max * mpf(2) ** UNIT)  # where f is taken away
    assert lowering * (1 - grain) >= exp_error + lacking
    above = f_max / (five_quarters + f_max)
    wide = lowering + above * near
    # Raised by 2^-68 a logarithm is above the truth and pays for exp2.
    assert raising * (1 - grain) >= max(near, wide) + exp_error
    constants_of_error = {"Z_MAX": z_max, "LOG2_ERROR": z_error + 4}
    # Where _reduce changes its grid point g: the ratio over g then stays in [7/8, 8/7].
    edges = {"Z_24_17": (24, 17), "Z_9_5": (9, 5), "Z_9_4": (9, 4)}
    last_before_edge = ((24 / 17, 5 / 4), (9 / 5, 8 / 5), (9 / 4, 2))
    first_after_edge = ((8 / 7, 5 / 4), (24 / 17, 8 / 5), (9 / 5, 2))
    for ratio, point in last_before_edge + first_after_edge:
        assert abs(log(mpf(ratio) / point, 2)) < f_max
    constants = {**log_constants, **exp_constants, **constants_of_error}
    constants |= {
        "LOG2_5_4": int(floor(five_quarters * 2**UNIT)),
        "LOG2_8_5": int(floor(eight_fifths * 2**UNIT)),
        **{name: (2**Z_SCALE * (top - bottom)) // (top + bottom) for name, (top, bottom) in edges.items()},
        "FLOOR_LOG2": sum((i.bit_length() - 1) << (3 * i) for i in range(1, 64)),
        "LN2_E36": int(floor(log(2) * mpf(10) ** 36)),
        "LOG2E": int(floor(mpf(2) ** 216 / log(2) / mpf(10) ** 36)),
    }
    bounds = {"exp2 kernel, relative": exp_error, "log2 near, relative": near, "log2 wide, relative": wide}
    bounds["log2, absolute"] = mpf(z_error + 4) / mpf(2) ** UNIT
    return constants, bounds


def pow_bound(bounds: dict[str, mpf], exponent: mpf, ratio: mpf) -> mpf:
    """Relative error of pow_down and pow_up where (n/d)^ratio = 2^exponent, beside 3 units of 1e-36.

    Towards 1 a logarithm is low by up to its own bound. Away from 1 it was raised by 2^-68 from at most
    true * (1 - kernel), so that with the kernel's error no more than 2^-68 remains.
    """
    low = max(bounds["log2 near, relative"], bounds["log2 wide, relative"])
    relative = max(low + bounds["exp2 kernel, relative"], mpf(2) ** -68)
    return (abs(exponent) * relative + ratio * bounds["log2, absolute"] + mpf(2) ** -UNIT) * log(2)


def report(bounds: dict[str, mpf]) -> None:
    """Print the bounds, and what they mean for pow."""
    for name, value in bounds.items():
        print(f"{name:24} 2^{nstr(log(value, 2), 6)}")
    for exponent, ratio in (("60", 100), ("1", 1), ("0.1", 1), ("1e-6", 1)):
        total = pow_bound(bounds, mpf(exponent), mpf(ratio))
        print(f"pow, relative error at 2^-{exponent}, p/q = {ratio}: {nstr(total, 3)}")


def check(constants: dict[str, int]) -> int:
    """Number of constants in the source that differ from the derived ones."""
    text = SOURCE.read_text()
    found = dict(re.findall(r"^(\w+): constant\(u?int256\) = (\d+)$", text, re.M))
    wrong = {name for name, value in constants.items() if found.get(name) != str(value)}
    for name in sorted(wrong):
        print(f"{SOURCE.name}: {name} is {found.get(name)}, derived {constants[name]}")
    return len(wrong)


def main() -> int:
    """Print bounds and constants; with --check also compare them with the source."""
    constants, bounds = derive()
    report(bounds)
    if "--check" in sys.argv:
        wrong = check(constants)
        print(f"{len(constants) - wrong} of {len(constants)} constants are as derived")
        return 1 if wrong else 0
    for name, value in constants.items():
        print(f"{name}: constant(uint256) = {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
