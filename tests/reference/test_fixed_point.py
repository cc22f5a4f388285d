"""contracts/maths/fixed_point.vy against exact integers: floors, ceilings, 512-bit products, revert texts."""

import random
from collections.abc import Callable
from pathlib import Path

import pyrevm
import pytest
from eth_abi import decode, encode
from vyper.compiler import compile_from_file_input
from vyper.compiler.input_bundle import FileInput, FilesystemInputBundle
from vyper.compiler.settings import OptimizationLevel, Settings

from poolwright.errors import PoolRevert
from poolwright.model.maths import fixed_point

ROOT = Path(__file__).parents[2]
TOP = 2**256 - 1
WAD = 10**18
ZERO_DIVISION = "fixed_point: division by zero"
OVERFLOW = "fixed_point: overflow"
CALLER = "0x" + "11" * 20
ARITY = {
    "div_up": 2,
    "mul_down": 2,
    "mul_up": 2,
    "div_wad_down": 2,
    "div_wad_up": 2,
    "mul_div_down": 3,
    "mul_div_up": 3,
}


def _source() -> str:
    lines = ["# pragma version 0.4.3", "from poolwright.contracts.maths import fixed_point"]
    for name, arity in ARITY.items():
        typed = ", ".join(f"{p}: uint256" for p in "abc"[:arity])
        lines += ["@external", "@pure", f"def {name}({typed}) -> uint256:"]
        lines += [f"    return fixed_point.{name}({', '.join('abc'[:arity])})"]
    return "\n".join(lines)


@pytest.fixture(scope="module", params=["contract", "twin"])
def run(request: pytest.FixtureRequest) -> Callable[..., int | str]:
    """Call a function, compiled or as generated Python: its result, or its revert text ("" without one)."""
    return _contract() if request.param == "contract" else _twin()


def _twin() -> Callable[..., int | str]:
    def call(name: str, *args: int) -> int | str:
        try:
            return getattr(fixed_point, name)(*args)
        except PoolRevert as revert:
            return revert.reason

    return call


def _contract() -> Callable[..., int | str]:
    path = Path("FixedPointHarness.vy")
    out = compile_from_file_input(
        FileInput(0, path, path, _source()),
        input_bundle=FilesystemInputBundle([ROOT / "src"]),
        settings=Settings(optimize=OptimizationLevel.GAS, experimental_codegen=False),
        output_formats=["bytecode", "method_identifiers"],
    )
    evm = pyrevm.EVM(gas_limit=2**60)
    address = evm.deploy(CALLER, bytes.fromhex(out["bytecode"][2:]))
    selectors = {k.split("(")[0]: bytes.fromhex(v[2:].zfill(8)) for k, v in out["method_identifiers"].items()}

    def call(name: str, *args: int) -> int | str:
        data = selectors[name] + encode(["uint256"] * len(args), args)
        try:
            return int.from_bytes(evm.message_call(CALLER, address, calldata=data), "big")
        except RuntimeError as error:  # pyrevm gives the revert data only inside the message
            output = bytes.fromhex(str(error).split("output: 0x")[1].rstrip(" }"))
            return decode(["string"], output[4:])[0] if output else ""

    return call


def _exact(name: str, a: int, b: int, c: int = 1) -> int | str:
    """The same by exact integers of any size."""
    if name in ("mul_div_down", "mul_div_up", "div_up", "div_wad_down", "div_wad_up"):
        divisor = c if name.startswith("mul_div") else b
        if divisor == 0:
            wad_overflows = name == "div_wad_up" and a * WAD > TOP  # the product is formed first
            return "" if wad_overflows else ZERO_DIVISION
    top, bottom = {
        "div_up": (a, b),
        "mul_down": (a * b, WAD),
        "mul_up": (a * b, WAD),
        "div_wad_down": (a * WAD, b),
        "div_wad_up": (a * WAD, b),
        "mul_div_down": (a * b, c),
        "mul_div_up": (a * b, c),
    }[name]
    if not name.startswith("mul_div") and top > TOP:
        return ""
    result = -(-top // bottom) if name.endswith("up") else top // bottom
    return result if result <= TOP else OVERFLOW


EDGES = [
    0,
    1,
    2,
    3,
    WAD - 1,
    WAD,
    WAD + 1,
    2**127,
    2**128 - 1,
    2**128,
    2**128 + 1,
    2**255,
    TOP - 1,
    TOP,
    TOP // WAD,
    TOP // WAD + 1,
]


def _cases(arity: int, count: int, seed: int) -> list[tuple[int, ...]]:
    rng = random.Random(seed)

    def operand() -> int:
        pick = rng.random()
        if pick < 0.3:
            return rng.choice(EDGES)
        if pick < 0.45:  # many factors of two, for the exact-division path
            return (rng.getrandbits(rng.randint(1, 64)) << rng.randint(0, 255)) & TOP
        return rng.getrandbits(rng.randint(1, 256))

    cases = []
    for _ in range(count):
        case = [operand() for _ in range(arity)]
        if (
            arity == 3 and rng.random() < 0.5
        ):  # divisors just above the high word: the quotient fills 256 bits
            case[2] = min(
                TOP, max(1, (case[0] * case[1] >> 256) + rng.choice([0, 1, 2, rng.getrandbits(200)]))
            )
        if arity == 3 and rng.random() < 0.1:  # exact multiples: up equals down
            case[1] = case[2]
        cases.append(tuple(case))
    return cases


@pytest.mark.parametrize("name", ARITY)
def test_equals_exact_integers(run: Callable[..., int | str], name: str) -> None:
    wide = reverted = 0
    cases = _cases(ARITY[name], 4000, seed=7)
    for case in cases:
        want = _exact(name, *case)
        assert run(name, *case) == want, (name, case)
        reverted += isinstance(want, str)
        wide += ARITY[name] == 3 and case[0] * case[1] > TOP and not isinstance(want, str)
    print(f"{name}: {len(cases)} cases, {reverted} reverts, {wide} beyond a 256-bit product")
    assert 0 < reverted < 0.7 * len(cases)
    if name.startswith("mul_div"):
        assert wide > 500


def test_all_edges(run: Callable[..., int | str]) -> None:
    for a in EDGES:
        for b in EDGES:
            for name, arity in ARITY.items():
                for c in EDGES if arity == 3 else (1,):
                    args = (a, b, c)[:arity]
                    assert run(name, *args) == _exact(name, *args), (name, args)


def test_mul_div_up_reverts_when_rounding_up_passes_the_word(run: Callable[..., int | str]) -> None:
    # a * b = (2^256 - 1) * c + 1 with c = 2^129: floor is the largest word, ceiling does not fit.
    c = next(c for c in range(3, 400, 2) if _split(TOP * c + 1))
    a, b = _split(TOP * c + 1)
    assert run("mul_div_down", a, b, c) == TOP
    assert run("mul_div_up", a, b, c) == OVERFLOW


def _split(product: int) -> tuple[int, int] | tuple[()]:
    """Two words with this product, if a small factor gives them."""
    for small in range(2, 2000):
        if product % small == 0 and product // small <= TOP:
            return small, product // small
    return ()
