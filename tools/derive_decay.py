"""Derive the constants of decay in contracts/maths/oracle_maths.vy and prove its bound; `--check` compares.

Like derive_log_exp. 2^-f on [0, 1] is 1 - f * P(f), P of degree 6 through the Chebyshev nodes of g = (1 - 2^-f) / f.
P is wrong by at most max |g^(7)| / 7! * 2 * (1/4)^7; and g is the integral of ln2 * 2^(-f u) over u in [0, 1], so that
its derivatives shrink in size as f grows: the largest is the Taylor coefficient at 0, ln2^8 / 8!.
"""

import re
import sys
from pathlib import Path

from mpmath import factorial, floor, log, mpf, nstr

from derive_log_exp import chebyshev_bound, interpolate, measured

SOURCE = Path(__file__).parents[1] / "src/poolwright/contracts/maths/oracle_maths.vy"
SCALE = mpf(2) ** 64
DEGREE = 6


def falling(f: mpf) -> mpf:
    """Return (1 - 2^-f) / f."""
    return (1 - mpf(2) ** -f) / f if f else log(2)


def derive() -> tuple[dict[str, int], mpf]:
    """Constants C0 .. C6 (signs taken off: they alternate), and the absolute error of a decay."""
    exact = interpolate(falling, mpf(1), DEGREE)
    assert all((c > 0) == (i % 2 == 0) for i, c in enumerate(exact))
    bound = chebyshev_bound(log(2) ** (DEGREE + 2) / factorial(DEGREE + 2), mpf(1), DEGREE)
    seen = measured(falling, exact, mpf(1))
    assert bound / 2 < seen <= bound, (seen, bound)
    rounded = {f"C{i}": int(floor(abs(c) * SCALE + mpf("0.5"))) for i, c in enumerate(exact)}
    # Half a unit in each constant, one unit floored in each of the seven products, one in the last shift, one in f.
    roundings = (mpf(DEGREE + 1) / 2 + DEGREE + 1 + 1 + 1) / SCALE
    error = bound + roundings
    assert error < mpf(2) ** -32, nstr(log(error, 2), 6)  # what the source says
    return rounded, error


def check(constants: dict[str, int]) -> int:
    """Number of constants in the source that differ from the derived ones."""
    found = dict(re.findall(r"^(C\d): constant\(uint256\) = (\d+)$", SOURCE.read_text(), re.M))
    wrong = {name for name, value in constants.items() if found.get(name) != str(value)}
    for name in sorted(wrong):
        print(f"{SOURCE.name}: {name} is {found.get(name)}, derived {constants[name]}")
    return len(wrong)


def main() -> int:
    """Print the bound and the constants; with --check also compare them with the source."""
    constants, error = derive()
    print(f"decay, absolute error 2^{nstr(log(error, 2), 6)}")
    if "--check" in sys.argv:
        wrong = check(constants)
        print(f"{len(constants) - wrong} of {len(constants)} constants are as derived")
        return 1 if wrong else 0
    for name, value in constants.items():
        print(f"{name}: constant(uint256) = {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
