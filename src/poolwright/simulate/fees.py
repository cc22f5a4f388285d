"""A swap fee as a Python function of the pool and the step, compiled by numba and called before each trade."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from poolwright.errors import PoolwrightError
from poolwright.simulate.kernels.user_fee import FLAT, HEAD, ROW, SECONDS, TIME, TRADES
from poolwright.simulate.typing import Floats

MOST_MEMORY = 4_096


class PoolView(NamedTuple):
    """The pool before a trade: `reserves` in whole tokens, the declared `swap_fee`, `trades` so far.

    `memory`: numbers that are the function's own, 0 at first; it may change them, best in `after_trade`.
    """

    reserves: Floats
    swap_fee: float
    trades: float
    memory: Floats


class Step(NamedTuple):
    """The row: its number, `time` (unix seconds), `seconds` since the row before, and the market's `prices`.

    A pool on chain sees market prices only through an oracle: use them knowingly.
    """

    row: float
    time: float
    seconds: float
    prices: Floats


@dataclass(frozen=True, slots=True)
class FeeRule:
    """`swap_fee(pool, step, token_in, token_out)` returns the fee as a fraction of the amount in.

    It is asked for each pair before each trade, and rounded down to a WAD integer of at most MAX_SWAP_FEE.
    `after_trade(pool, step, token_in, token_out, amount_in, amount_out)` is told of each trade of the pool, in
    whole tokens. Both are compiled: numbers, arrays and `math` only. `memory`: how many numbers they keep;
    `start`: the first of them at the beginning, 0 beyond. Rules that differ in `start` alone are compiled once.
    """

    swap_fee: Callable[..., float]
    after_trade: Callable[..., None] | None = None
    memory: int = 16
    start: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.memory <= MOST_MEMORY:
            raise PoolwrightError(f"memory {self.memory} must be from 1 to {MOST_MEMORY} numbers.")
        if len(self.start) > self.memory:
            raise PoolwrightError(f"start has {len(self.start)} numbers, memory holds {self.memory}.")

    @property
    def name(self) -> str:
        """Name and hash of the source, for results."""
        return _told(self)

    def desk(self, tokens: int) -> Floats:
        """Return a view for a pool of so many tokens, empty but for the memory's start."""
        desk = np.zeros(HEAD + 2 * tokens + self.memory)
        desk[HEAD + 2 * tokens :][: len(self.start)] = self.start
        return desk


@cache
def _told(rule: FeeRule) -> str:
    """Return the name of a rule; its source is read once."""
    functions = [rule.swap_fee, rule.after_trade] if rule.after_trade else [rule.swap_fee]
    try:
        text = "\n".join(inspect.getsource(function) for function in functions)
    except (OSError, TypeError):
        return f"{_name(rule.swap_fee)} (source not at hand)"
    text += "".join(f"\n{number!r}" for number in rule.start)
    return f"{_name(rule.swap_fee)}, sha256 {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


@intrinsic  # type: ignore[untyped-decorator]
def _pointer(typingctx: Any, address: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), emit


def compile_rule(rule: FeeRule, tokens: int) -> tuple[Any, Any]:
    """Return the compiled functions, whose `.address` the loop calls; None for a missing second one.

    Raises PoolwrightError with numba's reason when a function cannot be compiled.
    """
    return _compile(replace(rule, start=()), tokens)


@cache
def _compile(rule: FeeRule, tokens: int) -> tuple[Any, Any]:
    size, last = HEAD + 2 * tokens + rule.memory, HEAD + 2 * tokens

    @numba.njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def view(address: Any) -> Any:
        desk = numba.carray(_pointer(address), size, types.float64)
        pool = PoolView(desk[HEAD : HEAD + tokens], desk[FLAT], desk[TRADES], desk[last:size])
        step = Step(desk[ROW], desk[TIME], desk[SECONDS], desk[HEAD + tokens : last])
        return pool, step

    fee = _compiled(rule.swap_fee)

    def swap_fee(address: Any, i: Any, o: Any) -> Any:
        pool, step = view(address)
        return float(fee(pool, step, i, o))

    whole, real = types.int64, types.float64
    compiled_fee = _c_function(real(whole, whole, whole), swap_fee, rule.swap_fee)
    if rule.after_trade is None:
        return compiled_fee, None
    after = _compiled(rule.after_trade)

    def after_trade(address: Any, i: Any, o: Any, paid: Any, taken: Any) -> Any:
        pool, step = view(address)
        after(pool, step, i, o, paid, taken)
        return 0.0

    signature = real(whole, whole, whole, real, real)
    return compiled_fee, _c_function(signature, after_trade, rule.after_trade)


def _compiled(function: Any) -> Any:
    """Return the function as numba calls it; one that is compiled already stays."""
    return function if hasattr(function, "py_func") else numba.njit(error_model="numpy")(function)


def _c_function(signature: Any, wrapper: Any, function: Any) -> Any:
    try:
        return numba.cfunc(signature)(wrapper)
    except numba.core.errors.NumbaError as error:
        reason = str(error).strip().splitlines()
        told = next((line for line in reversed(reason) if line.strip()), "")
        raise PoolwrightError(
            f"the fee function {_name(function)!r} cannot be compiled: {reason[0] if reason else ''} ... {told}. "
            "Use numbers, arrays and math only."
        ) from error
