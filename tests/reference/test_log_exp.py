"""contracts/maths/log_exp.vy against mpmath: one-sidedness, the derived error bounds, every seam, gas."""

import importlib.util
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import mpmath
import pyrevm
import pytest
from eth_abi import decode
from mpmath import mpf
from vyper.compiler import compile_from_file_input
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.settings import OptimizationLevel, Settings

ROOT = Path(__file__).parents[2]
CALLER = "0x" + "11" * 20
SCALE = 2**96
E36 = 10**36
TOP = 2**176 - 1  # largest operand of a ratio
SEED = 20
EXACT = mpf(10) ** -60  # of the reference itself, at 80 digits
PARAMETERS = {
    "pow_down": "nn nd np nq",
    "pow_up": "nn nd np nq",
    "log2_down": "nn nd",
    "log2_ratio": "nn nd",
    "log2_up": "nn nd",
    "exp2_down": "sy",
    "exp2": "sy",
    "exp2_up": "sy",
    "ln": "nn nd",
    "exp": "sx",
}
SIGNED_RESULT = {"log2_down", "log2_ratio", "log2_up", "ln"}
Call = Callable[..., int]


def _source() -> str:
    lines = ["# pragma version 0.4.3", "from poolwright.contracts.maths import log_exp"]
    empty = ["@external", "@pure", "def empty_{0}({1}) -> {2}:", "    return {3}"]
    for name, spec in PARAMETERS.items():
        types = {p[1:]: "int256" if p[0] == "s" else "uint256" for p in spec.split()}
        typed = ", ".join(f"{p}: {kind}" for p, kind in types.items())
        result = "int256" if name in SIGNED_RESULT else "uint256"
        zero = (
            f"convert({next(iter(types))}, {result})" if result not in types.values() else next(iter(types))
        )
        lines += ["@external", "@pure", f"def {name}({typed}) -> {result}:"]
        lines += [f"    return log_exp.{name}({', '.join(types)})"]
        lines += [line.format(name, typed, result, zero) for line in empty]
    return "\n".join(lines)


class Contract:
    """The compiled module behind one external function each, and beside each an empty one for its gas."""

    def __init__(self) -> None:
        path = Path("LogExpHarness.vy")
        out = compile_from_file_input(
            FileInput(0, path, path, _source()),
            input_bundle=FilesystemInputBundle([ROOT / "src"]),
            settings=Settings(optimize=OptimizationLevel.GAS, experimental_codegen=False),
            output_formats=["bytecode", "method_identifiers"],
        )
        self.evm = pyrevm.EVM(gas_limit=2**60)
        self.address = self.evm.deploy(CALLER, bytes.fromhex(out["bytecode"][2:]))
        found = out["method_identifiers"].items()
        self.selectors = {k.split("(")[0]: bytes.fromhex(v[2:].zfill(8)) for k, v in found}

    def __call__(self, name: str, *args: int) -> int:
        data = self.selectors[name] + b"".join((a % 2**256).to_bytes(32, "big") for a in args)
        raw = self.evm.message_call(CALLER, self.address, calldata=data)
        return int.from_bytes(raw, "big", signed=name in SIGNED_RESULT)

    def gas(self, name: str, *args: int) -> int:
        """Marginal gas: an external function with the call, less the same one without it."""
        used = []
        for each in (name, f"empty_{name}"):
            self(each, *args)
            used.append(self.evm.result.gas_used)
        return used[0] - used[1]

    def revert_text(self, name: str, *args: int) -> str:
        with pytest.raises(RuntimeError, match="Revert") as caught:
            self(name, *args)
        data = bytes.fromhex(str(caught.value).split("output: 0x")[1].rstrip(" }"))
        return decode(["string"], data[4:])[0] if data else ""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract()


@pytest.fixture(scope="module")
def derivation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("derive_log_exp", ROOT / "tools/derive_log_exp.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bounds(derivation: ModuleType) -> dict[str, mpf]:
    return derivation.derive()[1]


@pytest.fixture(params=["contract", "twin"])
def run(request: pytest.FixtureRequest, contract: Contract) -> Call:
    """The same checks on the compiled contract and on the generated Python."""
    if request.param == "contract":
        return contract
    from poolwright.model.maths import log_exp

    return lambda name, *args: getattr(log_exp, name)(*args)


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mpmath.workdps(80):
        yield


def _constant(name: str) -> int:
    text = (ROOT / "src/poolwright/contracts/maths/log_exp.vy").read_text()
    found = re.search(rf"^{name}: constant\(uint256\) = (\d+)$", text, re.M)
    assert found
    return int(found[1])


def _near(d: int, ratio: mpf, offset: int) -> tuple[int, int]:
    """A pair with n / d at the ratio, and a few units off."""
    return min(TOP, max(1, int(mpmath.nint(d * ratio)) + offset)), d


def ratio_cases(count: int) -> list[tuple[int, int]]:
    """Pairs (n, d) around every seam of the logarithm, at every size, and at random."""
    rng = random.Random(SEED)
    seams = [mpf(1), mpf(5) / 4, mpf(8) / 5]  # grid points of the reduction
    for name in ("Z_MAX", "Z_24_17", "Z_9_5", "Z_9_4"):
        z = mpf(_constant(name)) / 2**80
        seams.append((1 + z) / (1 - z))
    pairs = [(1, 1), (TOP, TOP), (1, TOP), (TOP, 1), (1, 2), (2, 1), (2, 3), (TOP, TOP - 1)]
    for _ in range(count):
        d = max(1, rng.getrandbits(rng.randint(1, 176)))
        kind = rng.randrange(5)
        if kind == 0:
            n, d = _near(d, rng.choice(seams), rng.choice([-2, -1, 0, 1, 2]))
        elif kind == 1:  # steps of the bit length
            n, d = _near(d, rng.choice(seams) * mpf(2) ** rng.randint(-176, 176), rng.choice([-1, 0, 1]))
        elif kind == 2:  # a trade: close to 1
            n = min(TOP, d + rng.getrandbits(rng.randint(1, max(1, d.bit_length()))))
        elif kind == 3:  # around 1 by a few units, and large
            d = TOP - rng.getrandbits(rng.randint(1, 175))
            n = min(TOP, d + rng.randint(-3, 3))
        else:
            n = max(1, rng.getrandbits(rng.randint(1, 176)))
        pairs.append((n, d) if rng.random() < 0.5 else (d, n))
    return pairs


def power_cases(count: int) -> list[tuple[int, int, int, int]]:
    """Pairs with exponents p/q up to 100, many of them chosen to reach a seam of the exponential."""
    rng = random.Random(SEED + 1)
    cases = []
    for n, d in ratio_cases(count):
        log = abs(mpmath.log(mpf(n) / d, 2))
        kind = rng.randrange(4)
        if kind == 0 and log > mpf(2) ** -40:  # the result at 2^(j/2), within one unit of the exponent
            q = 2**118
            p = int(mpmath.nint(min(mpf(rng.randint(1, 240)) / 2 / log, 100) * q)) + rng.choice([-1, 0, 1])
        elif kind == 1 and log > mpf(2) ** -40:  # any exponent with a result from 1e-36 to 1e36
            q = rng.randint(10**16, 10**18)
            p = int(min(100 * q, rng.random() * 120 / log * q))
        elif kind == 2:  # weights
            p, q = rng.randint(1, 99) * 10**16, rng.randint(1, 99) * 10**16
        else:
            p, q = rng.choice([(1, 1), (0, 1), (1, 2), (2, 1), (1, 100), (100, 1), (4, 1), (1, 3)])
        if p < 2**128 and (n <= d or log * p / q < 134):
            cases.append((n, d, p, q))
    return cases


def test_constants_are_the_derived_ones(derivation: ModuleType) -> None:
    constants, _ = derivation.derive()
    assert derivation.check(constants) == 0


def test_pow_is_one_sided_and_within_its_bound(
    run: Call, bounds: dict[str, mpf], derivation: ModuleType
) -> None:
    worst = {"relative": mpf(0), "share of bound": mpf(0), "trade": mpf(0)}
    for n, d, p, q in power_cases(6000):
        exponent = mpmath.log(mpf(n) / d, 2) * p / q
        true = mpf(2) ** exponent * E36
        down, up = run("pow_down", n, d, p, q), run("pow_up", n, d, p, q)
        assert down <= true * (1 + EXACT), (n, d, p, q)
        assert up >= true * (1 - EXACT), (n, d, p, q)
        allowed = derivation.pow_bound(bounds, exponent, mpf(p) / q)
        unit = max(mpf(1), true / E36)
        error = max(true - down, up - true)
        assert error <= true * allowed + 3 * unit, (n, d, p, q, error / true)
        beyond_units = max(mpf(0), (error - 3 * unit) / true)
        worst["share of bound"] = max(worst["share of bound"], beyond_units / allowed)
        if true >= 10**18 and p <= 100 * q:
            worst["relative"] = max(worst["relative"], beyond_units)
            assert error <= true * mpf("1e-17"), (n, d, p, q)
        if abs(exponent) < 0.1 and p <= 2 * q:
            worst["trade"] = max(worst["trade"], beyond_units)
    print({name: mpmath.nstr(value, 3) for name, value in worst.items()})
    assert worst["relative"] < mpf("1.7e-19")
    assert 0.3 < worst["share of bound"] <= 1  # the bound is not idle


def test_pow_of_equal_operands_is_one(run: Call) -> None:
    for x in (1, 2, 10**18, TOP):
        for p, q in ((1, 1), (1, 3), (100, 1), (0, 1)):
            assert run("pow_down", x, x, p, q) == E36
            assert E36 <= run("pow_up", x, x, p, q) <= E36 + 1


def test_pow_up_of_a_fraction_never_passes_one_by_more_than_a_unit(run: Call) -> None:
    for n, d, p, q in power_cases(1500):
        if n <= d:
            assert run("pow_up", n, d, p, q) <= E36 + 1
        else:
            assert run("pow_down", n, d, p, q) >= E36


def test_pow_vanishes_one_sidedly(run: Call) -> None:
    for n, d, p, q in ((1, TOP, 1, 1), (1, 2, 135, 1), (1, 2, 2**127, 1), (1, 3, 10**6, 1)):
        assert run("pow_down", n, d, p, q) == 0
        assert run("pow_up", n, d, p, q) == 1


def test_log2_is_one_sided_and_within_its_bound(run: Call, bounds: dict[str, mpf]) -> None:
    worst = mpf(0)
    absolute = bounds["log2, absolute"]
    for n, d in ratio_cases(6000):
        true = mpmath.log(mpf(n) / d, 2)
        low, ratio, high = (mpf(run(name, n, d)) / SCALE for name in ("log2_down", "log2_ratio", "log2_up"))
        assert low <= true + EXACT, (n, d)
        assert high >= true - EXACT, (n, d)
        assert -EXACT <= abs(true) - abs(ratio) <= abs(true) * mpf(2) ** -68 + absolute, (n, d)
        assert ratio == 0 or (ratio > 0) == (true > 0)
        error = max(true - low, high - true)
        allowed = abs(true) * mpf(2) ** -68 + absolute
        assert error <= allowed + EXACT, (n, d)
        worst = max(worst, error / allowed)
    print("log2: worst error over bound", mpmath.nstr(worst, 4))
    assert worst > 0.5


def test_log2_pays_for_exp2(run: Call, bounds: dict[str, mpf]) -> None:
    """log2_ratio stays below, log2_up of a growth stays above the truth by exp2's own relative error."""
    kernel = bounds["exp2 kernel, relative"]
    for n, d in ratio_cases(3000):
        if n > d:
            true = mpmath.log(mpf(n) / d, 2)
            assert mpf(run("log2_ratio", n, d)) / SCALE <= true * (1 - kernel), (n, d)
            assert mpf(run("log2_up", n, d)) / SCALE >= true * (1 + kernel), (n, d)


def exponent_cases(count: int) -> list[int]:
    """Exponents at every integer and half, one unit around them, at both ends, tiny and random."""
    rng = random.Random(SEED + 2)
    halves = [j * SCALE // 2 for j in range(-280, 270)]
    cases = [y + step for y in halves for step in (-1, 0, 1)]
    cases += [sign * 2**bits + step for bits in range(97) for sign in (-1, 1) for step in (-1, 0, 1)]
    cases += [rng.randint(-140 * SCALE, 135 * SCALE - 2**60) for _ in range(count)]
    cases += [-(2**255) + 1, -(2**200), -(2**104)]
    return [y for y in cases if y < 135 * SCALE - 2**60]


def test_exp2_is_one_sided_and_within_its_bound(run: Call) -> None:
    worst = mpf(0)
    for y in exponent_cases(3000):
        real = mpf(y) / SCALE
        true = mpf(2) ** max(real, mpf(-400)) * E36
        down, middle, up = (run(name, y) for name in ("exp2_down", "exp2", "exp2_up"))
        assert down <= true * (1 + EXACT), y
        assert up >= true * (1 - EXACT), y
        unit = max(mpf(1), true / E36)
        near = min(abs(real), mpf(140))
        assert max(true - down, up - true) <= true * (near / 2**69 + mpf(2) ** -95) + 3 * unit, y
        assert abs(middle - true) <= true * near / 2**70 + 3 * unit, y
        if near > mpf("0.01") and true > 10**30:
            worst = max(worst, (abs(middle - true) - 3 * unit) / true / near)
    print("exp2: relative error over |y|", mpmath.nstr(worst, 4), "bound", mpmath.nstr(mpf(2) ** -70, 4))
    assert worst > 0


def test_exp2_at_zero_is_one(run: Call) -> None:
    assert run("exp2", 0) == E36
    assert E36 - 10**8 <= run("exp2_down", 0) <= E36 <= run("exp2_up", 0) <= E36 + 10**8


def test_ln_within_its_bound(run: Call) -> None:
    for n, d in ratio_cases(2000):
        true = mpmath.log(mpf(n) / d)
        short = abs(true) - mpf(abs(run("ln", n, d))) / E36
        assert -EXACT <= short <= abs(true) * mpf(2) ** -68 + mpf("1.7e-24"), (n, d)


def test_exp_within_its_bound(run: Call) -> None:
    rng = random.Random(SEED + 3)
    cases = [0, 1, -1, E36, -E36, 93 * E36, -100 * E36, -(2**128), -(2**255) + 1]
    cases += [rng.randint(-95 * E36, 93 * E36) for _ in range(1000)]
    cases += [rng.choice([-1, 1]) * rng.getrandbits(rng.randint(1, 120)) for _ in range(1000)]
    for x in cases:
        real = max(mpf(x) / E36, mpf(-300))
        true = mpmath.exp(real) * E36
        unit = max(mpf(1), true / E36)
        assert abs(run("exp", x) - true) <= true * (abs(real) / 2**70 + mpf(2) ** -96) + 3 * unit, x


RATIO = "log_exp: ratio out of range"
EXPONENT = "log_exp: exponent out of range"
LARGE = "log_exp: exponent too large"


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        (RATIO, "pow_up", (0, 1, 1, 1)),
        (RATIO, "pow_down", (1, 0, 1, 1)),
        (RATIO, "pow_up", (0, 0, 1, 1)),
        (RATIO, "pow_up", (TOP + 1, 1, 1, 1)),
        (RATIO, "log2_down", (1, TOP + 1)),
        (RATIO, "ln", (2**256 - 1, 2**256 - 1)),
        (EXPONENT, "pow_up", (1, 2, 1, 0)),
        (EXPONENT, "pow_down", (1, 2, 2**128, 1)),
        (LARGE, "pow_up", (2, 1, 135, 1)),
        (LARGE, "pow_down", (TOP, 1, 100, 1)),
        (LARGE, "exp2", (135 * SCALE,)),
        (LARGE, "exp2_down", (2**255 - 1,)),
        (LARGE, "exp2_up", (135 * SCALE - 1,)),
        (LARGE, "exp", (94 * E36,)),
        (LARGE, "exp", (2**255 - 1,)),
    ],
)
def test_reverts_outside_the_domain(contract: Contract, text: str, name: str, args: tuple[int, ...]) -> None:
    assert contract.revert_text(name, *args) == text


def test_gas(contract: Contract) -> None:
    """Marginal gas of a call, printed: at most 2,200 for ratios to 64, 2,400 anywhere in the domain."""
    b, w = 10**24 * 10**18, 10**16
    table = {}
    for percent in (1, 10, 14, 20, 45, 100, 900, 6299, 10**15):
        grown = b + b * percent // 100 if percent < 10**15 else TOP
        for n, d in ((b, grown), (grown, b)):
            for p, q in ((50, 30), (30, 50), (50, 50), (1, 99)):
                gas = [contract.gas(name, n, d, p * w, q * w) for name in ("pow_down", "pow_up")]
                table[percent] = max(table.get(percent, 0), *gas)
    rng = random.Random(SEED + 4)
    for _ in range(2000):
        d = rng.getrandbits(rng.randint(8, 168)) | 128
        n = d * rng.randint(1, 64 * 2**7) // 2**7 + 1
        for pair in ((n, d), (d, n)):
            args = (*pair, rng.randint(1, 99) * w, rng.randint(33, 99) * w)
            table[6299] = max(table[6299], contract.gas("pow_down", *args), contract.gas("pow_up", *args))
    print("pow, marginal gas by growth in percent:", table)
    others = {name: contract.gas(name, 11, 10) for name in ("log2_down", "log2_ratio", "log2_up", "ln")}
    others["log2_down(balance, 1)"] = contract.gas("log2_down", 10**24 + 7, 1)
    others |= {name: contract.gas(name, SCALE // 3) for name in ("exp2_down", "exp2", "exp2_up")}
    print("others:", others)
    assert max(table[p] for p in (1, 10, 14)) <= 1300
    assert max(table[p] for p in (20, 45, 100, 900, 6299)) <= 2200
    assert max(table.values()) <= 2400
