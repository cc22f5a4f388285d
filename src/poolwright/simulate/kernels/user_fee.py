"""The pool's fees before each trade: fixed ones, or those of a user's compiled function, called by its address."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from poolwright.simulate.kernels import tables
from poolwright.simulate.kernels.inline import inlined
from poolwright.simulate.kernels.policy_fees import keeps_of, policy_fees
from poolwright.simulate.kernels.tables import Ledger, Market, Terms

# The most that the contracts charge, limits.MAX_SWAP_FEE (a test compares), as a machine integer.
MOST = 10**17
# Layout of a desk: the numbers of one moment, then reserves [n], prices [n] (whole tokens), memory.
ROW, TIME, SECONDS, TRADES, FLAT, TOKENS = range(6)
HEAD = TOKENS + 1


@intrinsic  # type: ignore[untyped-decorator]
def call_fee(typingctx: Any, address: Any, desk: Any, i: Any, o: Any) -> Any:
    """Call double(int64 desk, int64 i, int64 o) at an address."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = ir.IntType(64)
        function = ir.FunctionType(ir.DoubleType(), [whole] * 3)
        return builder.call(builder.inttoptr(args[0], function.as_pointer()), args[1:])

    return types.float64(types.int64, types.int64, types.int64, types.int64), emit


@intrinsic  # type: ignore[untyped-decorator]
def call_after(typingctx: Any, address: Any, desk: Any, i: Any, o: Any, paid: Any, taken: Any) -> Any:
    """Call double(int64 desk, int64 i, int64 o, double paid, double taken) at an address."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole, real = ir.IntType(64), ir.DoubleType()
        function = ir.FunctionType(real, [whole] * 3 + [real] * 2)
        return builder.call(builder.inttoptr(args[0], function.as_pointer()), args[1:])

    arguments = [types.int64] * 4 + [types.float64] * 2
    return types.float64(*arguments), emit


@inlined
def lay_desk(terms: Terms, market: Market, ledger: Ledger, row: int) -> None:
    """Write what the user's functions may see: the pool before the trade, and the step."""
    desk, n = terms.desk, len(ledger.reserves)
    desk[ROW] = row
    desk[TIME] = market.times[row]
    desk[SECONDS] = market.times[row] - market.times[row - 1] if row else 0.0
    desk[TRADES] = ledger.cursor[tables.TRADED]
    desk[FLAT] = terms.flat
    desk[TOKENS] = n
    for k in range(n):
        desk[HEAD + k] = ledger.reserves[k] / market.units[k]
        desk[HEAD + n + k] = market.unit_prices[row, k] * market.units[k]


@inlined
def refresh_fees(terms: Terms, market: Market, ledger: Ledger, row: int, agent: int) -> None:
    """Ask the policy, or the user's function, for the fee of each pair; a flat fee stays as it is."""
    if policy_fees(terms.policy, ledger, market.times[row], agent, terms.swap_fees):
        keeps_of(terms.swap_fees, terms.keeps)
    if terms.rule == 0:
        return
    lay_desk(terms, market, ledger, row)
    n = len(ledger.reserves)
    for i in range(n):
        for o in range(n):
            if i != o:
                fee = call_fee(terms.rule, terms.desk_address, i, o)
                if not fee >= 0.0:  # NaN, too
                    if ledger.cursor[tables.FAULT] == 0:
                        ledger.cursor[tables.FAULT] = row + 1
                    fee = 0.0
                # Rounded down to a WAD integer, as a contract would.
                terms.swap_fees[i, o] = min(int(min(fee, 1.0) * 1e18), MOST)
    keeps_of(terms.swap_fees, terms.keeps)


@inlined
def tell_user(
    terms: Terms, market: Market, ledger: Ledger, place: tuple[int, int, int], paid: float, taken: float
) -> None:
    """Tell the user's second function of a trade, in whole tokens, with the pool as it is now."""
    row, i, o = place
    if terms.after != 0:
        lay_desk(terms, market, ledger, row)
        call_after(terms.after, terms.desk_address, i, o, paid / market.units[i], taken / market.units[o])
