"""The engine: arbitrage against one pool through a price history, exact to the wei."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import numpy as np

from poolwright.errors import PoolRevert, PoolwrightError
from poolwright.model import native
from poolwright.model.pool import Pool
from poolwright.model.state import PoolState
from poolwright.simulate import kernel
from poolwright.simulate.kinds import kind_arrays
from poolwright.simulate.prices import PriceSeries, load_prices
from poolwright.simulate.result import Arbitrage, SimulationResult, Trades
from poolwright.simulate.typing import Floats, Integers, Limbs
from poolwright.spec.bounds import WAD
from poolwright.spec.kind import Kind
from poolwright.spec.params import PoolParams
from poolwright.spec.schema import PoolSpec

# Rows between two moves of the progress bar, and between two looks at Ctrl-C: a few milliseconds.
CHUNK = 4_096
# Value of a pool whose first balances nobody gave, in the numeraire of the prices.
DEFAULT_VALUE = 1_000_000.0


class SimulationInterrupted(KeyboardInterrupt):
    """Ctrl-C during a simulation; `.result` holds the rows that were done, None if there were none."""

    def __init__(self, result: SimulationResult | None) -> None:
        super().__init__("simulation interrupted")
        self.result = result


class _Run(NamedTuple):
    """Everything that one run fills, in the kernel's form."""

    market: kernel.Market
    ledger: kernel.Ledger
    rows: kernel.Rows


class _Kept(NamedTuple):
    """Trades taken from the buffer."""

    places: list[Integers]
    amounts: list[Limbs]


def simulate(
    pool: PoolSpec | PoolParams,
    prices: PriceSeries | str | Path | Mapping[str, str | Path | float],
    *,
    value: float | None = None,
    balances: Sequence[int] | None = None,
    arbitrage: Arbitrage | str = Arbitrage.BEST_PAIR,
    gas_cost: float = 0.0,
    progress: Callable[[int, int], None] | None = None,
) -> SimulationResult:
    """Let arbitrageurs trade against a pool after each row of prices, with the exact maths of the contracts.

    Args:
        pool: its first balances are `balances` (raw units), or worth `value` in the numeraire at the first
            prices, or those of the spec, or worth 1,000,000.
        prices: a series, or what `load_prices` reads.
        arbitrage: "best_pair" or "to_no_arbitrage"; the result names it.
        gas_cost: numeraire that each trade costs the arbitrageur beside the pool's fee.
        progress: called with (rows done, rows) now and then.

    Raises PriceDataError for the prices, SimulationInterrupted (a KeyboardInterrupt that carries the rows done)
    for Ctrl-C.
    """
    params = pool.resolve() if isinstance(pool, PoolSpec) else pool
    symbols = [token.symbol for token in params.tokens]
    series = prices.select(symbols) if isinstance(prices, PriceSeries) else load_prices(prices, symbols)
    if not (np.isfinite(gas_cost) and gas_cost >= 0):
        raise PoolwrightError(
            f"gas_cost {gas_cost} must be a number of 0 or more, in the numeraire of the prices."
        )
    model = _arbitrage(arbitrage)
    if balances is None:
        balances = _first_balances(pool, params, series, value)
    elif value is not None:
        raise PoolwrightError("give value or balances, not both.")
    initial = _open(params, balances)
    return _run(params, series, initial, model, float(gas_cost), progress)


def balances_worth(params: PoolParams, first_prices: Floats, value: float) -> tuple[int, ...]:
    """Return raw balances worth `value` in all, rounded down: by weight, or equal worth without weights.

    A stable pool gets equal amounts in its own unit (rates applied), where its prices are even.
    """
    if not (np.isfinite(value) and value > 0):
        raise PoolwrightError(f"value {value} must be a positive number, in the numeraire of the prices.")
    # Fractions, so that round figures stay round.
    worth, prices = Fraction(value), [Fraction(float(price)) for price in first_prices]
    if params.kind is Kind.STABLE:
        rates = [Fraction(token.rate, WAD) for token in params.tokens]
        each = worth / sum(price / rate for price, rate in zip(prices, rates, strict=True))
        whole = [each / rate for rate in rates]
    else:
        weights = params.weights or (1,) * len(prices)
        whole = [worth * w / sum(weights) / price for w, price in zip(weights, prices, strict=True)]
    raw = [int(amount * 10**token.decimals) for amount, token in zip(whole, params.tokens, strict=True)]
    for amount, token in zip(raw, params.tokens, strict=True):
        if amount < 1:
            raise PoolwrightError(
                f"value {value} buys less than one unit of {token.symbol}. Start with more."
            )
    return tuple(raw)


def _open(params: PoolParams, balances: Sequence[int]) -> PoolState:
    try:
        return Pool.create(params, balances).state
    except PoolRevert as revert:
        raise PoolwrightError(f"a pool cannot open with these first balances: {revert}.") from None


def _arbitrage(name: Arbitrage | str) -> Arbitrage:
    try:
        return Arbitrage(name)
    except ValueError:
        known = ", ".join(str(each) for each in Arbitrage)
        raise PoolwrightError(f"there is no arbitrage model {str(name)!r}; known: {known}.") from None


def _first_balances(
    pool: PoolSpec | PoolParams, params: PoolParams, series: PriceSeries, value: float | None
) -> tuple[int, ...]:
    given = pool.initial_balances() if isinstance(pool, PoolSpec) and value is None else None
    return given or balances_worth(params, series.prices[0], DEFAULT_VALUE if value is None else value)


def _run(
    params: PoolParams,
    series: PriceSeries,
    initial: PoolState,
    model: Arbitrage,
    gas_cost: float,
    progress: Callable[[int, int], None] | None,
) -> SimulationResult:
    run = _prepare(params, series, initial, gas_cost, model is Arbitrage.TO_NO_ARBITRAGE)
    kept = _Kept([], [])

    def result() -> SimulationResult:
        return _result(params, series, initial, model, run, kept)

    kind = kind_arrays(params, initial.rates)
    buffer = kernel.empty_buffer(CHUNK)
    total = len(series)
    with _deferred_interrupt() as interrupted:
        try:
            while (row := int(run.ledger.cursor[kernel.ROW])) < total and not interrupted:
                kernel.compiled_advance(
                    kind, run.market, run.ledger, run.rows, buffer, min(row + CHUNK, total)
                )
                _take(run.ledger, buffer, kept)
                if progress is not None:
                    progress(int(run.ledger.cursor[kernel.ROW]), total)
        except KeyboardInterrupt:
            interrupted.append(signal.SIGINT)
    done = int(run.ledger.cursor[kernel.ROW])
    if done < total:
        raise SimulationInterrupted(result() if done else None)
    return result()


def _prepare(
    params: PoolParams, series: PriceSeries, initial: PoolState, gas_cost: float, repeat: bool
) -> _Run:
    n, rows = len(params.tokens), len(series)
    units = np.array([10.0**token.decimals for token in params.tokens])
    terms = native.to_limbs([params.swap_fee, params.protocol_share, params.creator_share])
    market = kernel.Market(series.prices / units, terms, 1.0 - params.swap_fee / WAD, gas_cost, repeat)
    ledger = kernel.Ledger(
        balances=native.to_limbs(initial.balances),
        protocol_owed=native.to_limbs([0] * n),
        creator_owed=native.to_limbs([0] * n),
        fees=native.to_limbs([0] * n),
        cursor=np.zeros(4, np.int64),
        totals=np.zeros(2),
    )
    accounts = kernel.Rows(np.empty((rows, n)), np.empty(rows), np.empty(rows), np.empty(rows, np.int64))
    return _Run(market, ledger, accounts)


@contextmanager
def _deferred_interrupt() -> Iterator[list[int]]:
    """Collect Ctrl-C in a list, so that it falls between chunks; a second one interrupts at once."""
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)


def _take(ledger: kernel.Ledger, buffer: kernel.Buffer, kept: _Kept) -> None:
    """Move the buffer's trades to the list."""
    count = int(ledger.cursor[kernel.BUFFERED])
    kept.places.append(buffer.places[:count].copy())
    kept.amounts.append(buffer.amounts[:count].copy())
    ledger.cursor[kernel.BUFFERED] = 0


def _result(
    params: PoolParams, series: PriceSeries, initial: PoolState, model: Arbitrage, run: _Run, kept: _Kept
) -> SimulationResult:
    ledger, rows = run.ledger, run.rows
    done = int(ledger.cursor[kernel.ROW])
    places, amounts = np.concatenate(kept.places), np.concatenate(kept.amounts)
    trades = Trades(series.times[places[:, 0]], places, amounts)
    final = PoolState(
        balances=tuple(native.from_limbs(ledger.balances)),
        protocol_owed=tuple(native.from_limbs(ledger.protocol_owed)),
        creator_owed=tuple(native.from_limbs(ledger.creator_owed)),
        shares=initial.shares,
        rates=initial.rates,
        swap_fee=initial.swap_fee,
        amplification=initial.amplification,
        at=int(trades.times[-1]) if len(trades) else initial.at,
    )
    units = np.array([10.0**token.decimals for token in params.tokens])
    return SimulationResult(
        params=params,
        prices=series,
        arbitrage=model,
        gas_cost=run.market.gas_cost,
        initial_state=initial,
        final_state=final,
        trades=trades,
        balances=rows.balances[:done] / units,
        fees=rows.fees[:done],
        arbitrage_profit=rows.profit[:done],
        trade_counts=rows.trades[:done],
        fee_amounts=tuple(native.from_limbs(ledger.fees)),
        refused=int(ledger.cursor[kernel.REFUSED]),
    )
